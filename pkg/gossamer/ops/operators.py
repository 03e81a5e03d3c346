"""Attaches the operators and methods to tensors and variables, which know nothing of the ops."""

from collections.abc import Callable
from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.tensor import Tensor


def _swapped(function: Any) -> Any:
    return lambda self, other: function(other, self)


def _divmod(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    return ops.floor_divide(x1, x2), ops.mod(x1, x2)


BINARY: dict[str, Callable[..., Any]] = {
    "add": ops.add, "sub": ops.subtract, "mul": ops.multiply, "truediv": ops.true_divide,
    "floordiv": ops.floor_divide, "mod": ops.mod, "divmod": _divmod, "pow": ops.power,
    "matmul": ops.matmul, "and": ops.bitwise_and, "or": ops.bitwise_or, "xor": ops.bitwise_xor,
    "lshift": ops.left_shift, "rshift": ops.right_shift,
}  # fmt: skip
COMPARISONS: dict[str, Callable[..., Tensor]] = {
    "lt": ops.less, "le": ops.less_equal, "gt": ops.greater, "ge": ops.greater_equal,
    "eq": ops.equal, "ne": ops.not_equal,
}  # fmt: skip
UNARY: dict[str, Callable[..., Any]] = {
    "neg": ops.negative,
    "pos": ops.convert_to_tensor,
    "abs": ops.absolute,
    "invert": ops.bitwise_not,
    "round": lambda self, ndigits=None: ops.round(self, ndigits or 0),
    "contains": lambda self, element: bool(ops.any(ops.equal(self, element))),
}

# The methods that are ops of the same name and arguments; `astype` and the like stand below.
METHODS = (
    "argpartition", "argsort", "conj", "conjugate", "copy", "cumprod", "cumsum", "diagonal", "dot",
    "nonzero", "ravel", "repeat", "searchsorted", "sort", "squeeze", "swapaxes", "take", "trace",
    "view",
)  # fmt: skip
# Those that NumPy's functions of their names call, with arguments that no op has.
REDUCTIONS = (
    "all", "any", "argmax", "argmin", "max", "mean", "min", "prod", "ptp", "round", "std", "sum",
    "var",
)  # fmt: skip


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
    """Give a class the methods that arrays have and that do not change them."""
    for name in METHODS:
        if hasattr(ops, name):
            setattr(cls, name, getattr(ops, name))
    for name in ("real", "imag"):
        if hasattr(ops, name):
            setattr(cls, name, property(getattr(ops, name)))
    for name in REDUCTIONS:
        if hasattr(ops, name):
            setattr(cls, name, _for_numpy(getattr(ops, name)))
    cls.T = property(ops.transpose)
    cls.mT = property(lambda self: ops.swapaxes(self, -1, -2))
    cls.astype = ops.cast
    cls.clip = _clip
    cls.flatten = ops.ravel
    cls.reshape = lambda self, *newshape: ops.reshape(self, _unpacked(newshape))
    cls.transpose = lambda self, *axes: ops.transpose(self, _unpacked(axes) if axes else None)
    cls.__copy__ = ops.copy
    cls.__deepcopy__ = lambda self, memo: ops.copy(self)


def _unpacked(given: tuple[Any, ...]) -> Any:
    """`f(2, 3)` and `f((2, 3))` are one."""
    return given[0] if len(given) == 1 else given


def _clip(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Between two bounds, either of which may be missing."""
    if min is not None and max is not None:
        return ops.clip(self, min, max)
    low = self if min is None else ops.maximum(self, min)
    return low if max is None else ops.minimum(low, max)


def _for_numpy(function: Any) -> Any:
    """The op as a method that takes what NumPy's functions pass on: `np.sum(x)` calls `x.sum`."""

    def method(self: Any, *args: Any, **named: Any) -> Any:
        given = {
            name: value
            for name, value in named.items()
            if not (name in ("dtype", "out") and value is None) and (name, value) != ("ddof", 0)
        }
        return function(self, *args, **given)

    method.__name__, method.__doc__ = function.__name__, function.__doc__
    return method


def _forward(function: Any) -> Any:
    return lambda *operands, **named: function(*operands, **named)


attach_operators(Tensor)
attach_methods(Tensor)
attach_operators(KerasTensor)
attach_methods(KerasTensor)
# A symbolic tensor is a key of dictionaries: it equals itself only.
KerasTensor.__hash__ = object.__hash__  # type: ignore[method-assign]
KerasTensor.__eq__ = object.__eq__  # type: ignore[method-assign]
