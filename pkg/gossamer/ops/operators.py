"""Attaches the operators and methods to tensors and variables, which know nothing of the ops."""

from collections.abc import Callable
from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.tensor import Tensor


def _swapped(function: Any) -> Any:
    return lambda self, other: function(other, self)


BINARY: dict[str, Callable[..., Tensor]] = {
    "add": ops.add, "sub": ops.subtract, "mul": ops.multiply, "truediv": ops.divide,
    "floordiv": ops.floor_divide, "mod": ops.mod, "pow": ops.power, "matmul": ops.matmul,
    "and": ops.bitwise_and, "or": ops.bitwise_or, "xor": ops.bitwise_xor,
}  # fmt: skip
COMPARISONS: dict[str, Callable[..., Tensor]] = {
    "lt": ops.less, "le": ops.less_equal, "gt": ops.greater, "ge": ops.greater_equal,
    "eq": ops.equal, "ne": ops.not_equal,
}  # fmt: skip
UNARY: dict[str, Callable[..., Tensor]] = {
    "neg": ops.negative,
    "abs": ops.absolute,
    "invert": ops.bitwise_not,
}


def attach_operators(cls: Any) -> None:
    """Give a class Python's operators, by way of the ops."""
    for name, function in BINARY.items():
        setattr(cls, f"__{name}__", _forward(function))
        setattr(cls, f"__r{name}__", _swapped(function))
    for name, function in (COMPARISONS | UNARY).items():
        setattr(cls, f"__{name}__", _forward(function))
    cls.__hash__ = None  # == is elementwise, so that no tensor equals another
    cls.__getitem__ = _forward(ops.get_item)


def attach_methods(cls: Any) -> None:
    """Give a class the few methods that arrays have."""
    cls.T = property(ops.transpose)
    cls.astype = ops.cast
    cls.sum = ops.sum
    cls.mean = ops.mean
    cls.reshape = lambda self, *newshape: ops.reshape(
        self, newshape[0] if len(newshape) == 1 else newshape
    )


def _forward(function: Any) -> Any:
    return lambda *operands: function(*operands)


attach_operators(Tensor)
attach_methods(Tensor)
attach_operators(KerasTensor)
attach_methods(KerasTensor)
# A symbolic tensor is a key of dictionaries: it equals itself only.
KerasTensor.__hash__ = object.__hash__  # type: ignore[method-assign]
KerasTensor.__eq__ = object.__eq__  # type: ignore[method-assign]
