"""Skeletons: the few forms that a kernel takes, and the slots that an op fills in.

An op's `lower` returns one of them. `Map` computes every output element from its coordinates;
`Reduce` folds an expression over further coordinates; `Contract` sums the product of two operands
over further coordinates, the left one depending on the output's rows, the right one on its last
axis. `Scan` folds along an axis and keeps every result, `Scatter` folds what is aimed at the same
place, `Sort` finds an order; a target without a template for them runs the kernels that `scan`,
`scatter` and `sort` make of them. What a spec says is independent of the target and, but for
`values`, of all sizes. What takes several kernels is `Steps`.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

from gossamer.kernel import expr
from gossamer.kernel.expr import Expr
from gossamer.kernel.simplify import simplify


class TensorSpec(NamedTuple):
    """A tensor's shape and dtype."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def size(self) -> int:
        return prod(self.shape)


# How a kernel computes with what it loads: the narrow integers and halves are kept in 32 bits, and
# of a complex number each part is a float (see `parts`).
COMPUTE_DTYPE = {
    "bool": "bool", "uint8": "int32", "int8": "int32", "uint16": "int32", "int16": "int32",
    "int32": "int32", "uint32": "uint32", "float16": "float32", "float32": "float32",
    "complex64": "float32",
}  # fmt: skip

# Each way to fold, with what it starts from for floats, int32, uint32 and bool.
COMBINE: dict[str, dict[str, Any]] = {
    "add": {"float32": 0.0, "int32": 0, "uint32": 0},
    "mul": {"float32": 1.0, "int32": 1, "uint32": 1},
    "max": {"float32": float("-inf"), "int32": -(2**31), "uint32": 0, "bool": False},
    "min": {"float32": float("inf"), "int32": 2**31 - 1, "uint32": 2**32 - 1, "bool": True},
    "argmax": {"float32": float("-inf"), "int32": -(2**31), "uint32": 0},
    "argmin": {"float32": float("inf"), "int32": 2**31 - 1, "uint32": 2**32 - 1},
    "step": {"float32": 0.0, "int32": 0, "uint32": 0},
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Spec:
    """What all skeletons have: the inputs as the kernel sees them, the output, named numbers.

    Attributes:
        inputs: shape and dtype of each input; a shape may merge axes of the tensor's, as
            `index.merge_axes` permits.
        output: the same of the output.
        values: numbers for the uniforms that the op named itself.
    """

    inputs: tuple[TensorSpec, ...]
    output: TensorSpec
    values: dict[Hashable, int | float] = field(default_factory=dict)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """All outputs; the first is `output`."""
        return (self.output,)

    @property
    def reduce_shape(self) -> tuple[int, ...]:
        return ()

    def expressions(self) -> tuple[Expr, ...]:
        raise NotImplementedError

    def uniform_value(self, name: Any) -> int | float:
        """The number that stands for a uniform: a size, or one that the op named."""
        match name:
            case ("out", i):
                return self.output.shape[i]
            case ("in", which, i):
                return self.inputs[which].shape[i]
            case ("reduce", i):
                return self.reduce_shape[i]
        return self.values[name]

    @cached_property
    def structure(self) -> Hashable:
        """All that a compiled program depends on: equal for specs that differ in sizes only."""
        return (
            type(self).__name__,
            tuple((len(spec.shape), spec.dtype) for spec in self.inputs),
            (len(self.output.shape), *[spec.dtype for spec in self.outputs]),
            len(self.reduce_shape),
            self.expressions(),
        )


def _simple(spec: Any, *names: str) -> None:
    for name in names:
        object.__setattr__(spec, name, simplify(getattr(spec, name)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Map(Spec):
    """`out[i] = body(i)`, and further outputs of the same shape.

    Attributes:
        body: an element of the output.
        more: an element of each further output, and what that output is. One pass over the
            inputs computes them all, which a target with several outputs a kernel makes use of.
        keeps_elements: that the output is the first input's elements in the same row-major order,
            so that a target where both lie alike need not copy. Only of a single output.
    """

    body: Expr
    more: tuple[tuple[Expr, TensorSpec], ...] = ()
    keeps_elements: bool = False

    def __post_init__(self) -> None:
        _simple(self, "body")
        more = tuple((simplify(body), spec) for body, spec in self.more)
        object.__setattr__(self, "more", more)
        if any(spec.shape != self.output.shape for spec in self.outputs):
            shapes = [spec.shape for spec in self.outputs]
            raise ValueError(f"Expected outputs of one shape. Received: shapes={shapes}")
        if self.keeps_elements and more:
            raise ValueError(
                "Expected a single output where the kernel keeps its input's elements. "
                f"Received: outputs={self.outputs}"
            )

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        return (self.output, *[spec for _, spec in self.more])

    def expressions(self) -> tuple[Expr, ...]:
        return (self.body, *[body for body, _ in self.more])


@dataclass(frozen=True, kw_only=True, eq=False)
class Reduce(Spec):
    """`out[i] = epilogue(fold of body(i, r) over all r)`.

    `combine` is a key of `COMBINE`; for `argmax` and `argmin` the fold's result is the linear
    index of the first extreme (the first NaN, if there is one, as in NumPy). For `step` the body
    is the next result itself and may use the one before it, `accumulator`: a loop, in order.
    """

    body: Expr
    combine: str
    over: tuple[int, ...]
    epilogue: Expr

    def __post_init__(self) -> None:
        _simple(self, "body", "epilogue")

    @property
    def reduce_shape(self) -> tuple[int, ...]:
        return self.over

    @property
    def accumulator_dtype(self) -> str:
        return expr.INT if self.combine.startswith("arg") else self.body.dtype

    def expressions(self) -> tuple[Expr, ...]:
        return (self.body, self.epilogue, expr.const(list(COMBINE).index(self.combine), expr.INT))


@dataclass(frozen=True, kw_only=True, eq=False)
class Contract(Spec):
    """`out[i] = epilogue(sum over r of left(i, r) * right(i, r))`.

    `left` must not depend on the output's last axis, so that a target may hold a tile of
    rows × columns in registers and load each operand once for it; but it may on `axis >> 2`,
    which is one number for four columns (groups of a convolution).
    """

    left: Expr
    right: Expr
    over: tuple[int, ...]
    epilogue: Expr

    def __post_init__(self) -> None:
        _simple(self, "left", "right", "epilogue")

    @property
    def reduce_shape(self) -> tuple[int, ...]:
        return self.over

    @property
    def combine(self) -> str:
        return "add"

    @property
    def accumulator_dtype(self) -> str:
        return self.left.dtype

    def expressions(self) -> tuple[Expr, ...]:
        return (self.left, self.right, self.epilogue)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan(Spec):
    """`out[i] = fold of body(j)` over all `j` up to `i` along an axis.

    Attributes:
        body: an element at the output's own coordinates.
        axis: the axis.
        combine: `add`, `mul`, `max` or `min`.
        factor: with `add`, by what the fold so far is multiplied at each step, if at all:
            `out[i] = body(i) + factor(i) * out[i - 1]`. Of the first element it is not used, and
            where it is 0 the fold begins anew: nothing is left of what came before, not even NaN.
        reverse: whether the fold begins at the end.
        exclusive: whether it ends before the element itself.
    """

    body: Expr
    axis: int
    combine: str
    factor: Expr | None = None
    reverse: bool = False
    exclusive: bool = False

    def __post_init__(self) -> None:
        _simple(self, "body")
        if self.factor is not None:
            _simple(self, "factor")

    def expressions(self) -> tuple[Expr, ...]:
        factor = () if self.factor is None else (self.factor,)
        numbers = (self.axis, list(COMBINE).index(self.combine), self.reverse, self.exclusive)
        return (self.body, *factor, *[expr.const(number, expr.INT) for number in numbers])


@dataclass(frozen=True, kw_only=True, eq=False)
class Scatter(Spec):
    """`out[i] = fold of update(i, r)` over the steps `r` for which `at(i, r)` is `i[axis]`.

    Neither `at` nor `update` depends on the coordinate along `axis`: so each step has one place,
    and a target that can store there need not look for the steps of a place. A step whose place
    is outside of the output is dropped.

    Attributes:
        at: int32, the place along `axis`.
        update: what is folded there.
        axis: the axis.
        combine: `add`, `mul`, `max` or `min`; where there is no step the output is its beginning.
        count: the number of steps.
    """

    at: Expr
    update: Expr
    axis: int
    combine: str
    count: int

    def __post_init__(self) -> None:
        _simple(self, "at", "update")

    @property
    def reduce_shape(self) -> tuple[int, ...]:
        return (self.count,)

    def expressions(self) -> tuple[Expr, ...]:
        numbers = (self.axis, list(COMBINE).index(self.combine))
        return (self.at, self.update, *[expr.const(number, expr.INT) for number in numbers])


@dataclass(frozen=True, kw_only=True, eq=False)
class Sort(Spec):
    """`out[k]` is the place along an axis of the key that comes at `k` in order: stable, int32.

    NaN is greater than every number, and -0.0 equals 0.0. The output may be shorter than the keys:
    then it has the first ones.

    Attributes:
        key: a key at the coordinates of the keys, which are the output's but for the axis.
        axis: the axis.
        length: how many keys there are along it.
        descending: whether the greatest key comes first; equal ones stay in order all the same.
    """

    key: Expr
    axis: int
    length: int
    descending: bool = False

    def __post_init__(self) -> None:
        _simple(self, "key")

    def expressions(self) -> tuple[Expr, ...]:
        return (
            self.key,
            expr.const(self.axis, expr.INT),
            expr.const(self.descending, expr.INT),
        )


class Step(NamedTuple):
    """One kernel of several.

    Attributes:
        spec: the kernel.
        sources: what each of its inputs is: the op's input of that number, or, counted on from
            there, the output of an earlier step.
    """

    spec: Spec
    sources: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Steps:
    """Kernels one after another; the last one's output is the op's."""

    steps: tuple[Step, ...]

    @property
    def output(self) -> TensorSpec:
        return self.steps[-1].spec.output


Lowering = Spec | Steps
