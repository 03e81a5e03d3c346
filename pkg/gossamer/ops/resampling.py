"""Resampling along an axis: each sample is a weighted sum of a few neighbouring elements.

`out[i] = sum over k of weights[i, k] * x[first[i] + k]`, one kernel an axis. Which elements and
which weights is known on the host, from a `Filter`; so is what the gradient sums, a filter too.
A dense matrix of weights would do the same, with as many products as the axis is long.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from gossamer import ops
from gossamer.core.primitive import NO_GRADIENT, Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Reduce, TensorSpec
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor

# What Keras takes for a sum of weights that is too small to divide by.
SMALLEST_TOTAL = 1000.0 * float(np.finfo(np.float32).eps)


# The kernels: the weight of an element by its distance from the sample, from 0 on. They compute
# with NumPy or with `ops`, whose names are the same.


def triangle(xp: Any, x: Any) -> Any:
    return xp.maximum(1.0 - x, 0.0)


def cubic(xp: Any, x: Any) -> Any:
    """Keys's cubic kernel with a = -0.5."""
    near = ((1.5 * x - 2.5) * x) * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return xp.where(x >= 2.0, 0.0, xp.where(x >= 1.0, far, near))


def lanczos(xp: Any, x: Any, radius: float) -> Any:
    """`sinc(x) * sinc(x / radius)` up to the radius."""
    product = radius * xp.sin(math.pi * x) * xp.sin(math.pi * x / radius)
    # Of what `where` does not take the divisor is 1, so that no gradient is infinite.
    divisor = xp.where(x > 1e-3, math.pi**2 * x * x, 1.0)
    return xp.where(x > radius, 0.0, xp.where(x > 1e-3, product / divisor, 1.0))


class Kernel(NamedTuple):
    """A kernel and the distance from which on it is 0."""

    radius: float
    weight: Callable[[Any, Any], Any]


KERNELS = {
    "linear": Kernel(1.0, triangle),
    "cubic": Kernel(2.0, cubic),
    "lanczos3": Kernel(3.0, lambda xp, x: lanczos(xp, x, 3.0)),
    "lanczos5": Kernel(5.0, lambda xp, x: lanczos(xp, x, 5.0)),
}


class Filter(NamedTuple):
    """The samples along an axis.

    Sample `i` lies at the place `(i * step + offset) / unit` of the source, which integers say
    exactly.

    Attributes:
        source: how many elements there are.
        target: how many samples.
        step: from one sample to the next, in units.
        offset: of the first sample, in units.
        unit: how many units an element has.
        kernel: a key of `KERNELS`, or `"floor"` for the element at or before the sample.
        stretch: by how much the kernel is wider than it is for neighbouring elements.
        transposed: whether it is the gradient's: `target` elements that are summed to `source`.
    """

    source: int
    target: int
    step: int
    offset: int
    unit: int
    kernel: str
    stretch: float = 1.0
    transposed: bool = False

    def transpose(self) -> "Filter":
        return self._replace(transposed=not self.transposed)

    @property
    def length(self) -> int:
        """How many elements the result has."""
        return self.source if self.transposed else self.target


@lru_cache(maxsize=256)
def taps(of: Filter) -> tuple[np.ndarray, np.ndarray]:
    """For each element of the result the first one that it sums, int32, and their weights."""
    if of.transposed:
        return _transposed(*taps(of.transpose()), of.source)
    numbers = np.arange(of.target) * of.step + of.offset
    if of.kernel == "floor":
        first = np.clip(numbers // of.unit, 0, of.source - 1)
        return first.astype(np.int32), np.ones((of.target, 1))
    radius, weight = KERNELS[of.kernel]
    places = numbers / of.unit
    reach = radius * of.stretch
    count = min(math.floor(2 * reach) + 1, of.source)
    first = np.clip(np.ceil(places - reach), 0, of.source - count)
    distance = np.abs(first[:, None] + np.arange(count) - places[:, None]) / of.stretch
    weights = weight(np, distance)
    total = np.sum(weights, 1, keepdims=True)
    small = np.abs(total) <= SMALLEST_TOTAL
    return first.astype(np.int32), np.where(small, 0.0, weights / np.where(small, 1.0, total))


def _transposed(
    first: np.ndarray, weights: np.ndarray, source: int
) -> tuple[np.ndarray, np.ndarray]:
    """The same sums seen from the elements: which samples each is part of, with what weight."""
    places = np.arange(source)
    count = weights.shape[1]
    # The samples are in order, so that those of an element are neighbours.
    begin = np.searchsorted(first, places - count, "right")
    most = max(int(np.max(np.searchsorted(first, places, "right") - begin)), 1)
    begin = np.clip(begin, 0, len(first) - most)
    samples = begin[:, None] + np.arange(most)
    tap = places[:, None] - first[samples]
    part = (tap >= 0) & (tap < count)
    return begin.astype(np.int32), np.where(part, weights[samples, np.where(part, tap, 0)], 0.0)


def _column(values: np.ndarray, axis: int, rank: int) -> np.ndarray:
    return values.reshape(-1, *(1,) * (rank - axis - 1))


def _shape(
    x: TensorSpec, first: TensorSpec, weights: TensorSpec, axis: int, along: Filter
) -> TensorSpec:
    return TensorSpec((*x.shape[:axis], along.length, *x.shape[axis + 1 :]), x.dtype)


def _reference(
    x: np.ndarray, first: np.ndarray, weights: np.ndarray, axis: int, along: Filter
) -> np.ndarray:
    out = np.zeros((*x.shape[:axis], along.length, *x.shape[axis + 1 :]), x.dtype)
    for k in range(weights.shape[1]):
        weight = _column(weights[:, k], axis, x.ndim)
        # What has no weight is no part of the sum, though it may be infinite.
        out += np.where(weight == 0, 0, np.take(x, first + k, axis) * weight).astype(x.dtype)
    return out


def _lower(
    x: TensorSpec, first: TensorSpec, weights: TensorSpec, out: TensorSpec, axis: int,
    along: Filter,
) -> Reduce:  # fmt: skip
    where = index.axes(len(out.shape))
    tap = expr.reduce_axis(0)
    weight = expr.load(2, (where[axis], tap), expr.FLOAT)
    place = expr.load(1, (where[axis],), expr.INT) + tap
    element = expr.load(0, (*where[:axis], place, *where[axis + 1 :]), COMPUTE_DTYPE[x.dtype])
    return Reduce(
        inputs=(x, first, weights),
        output=out,
        body=expr.select(expr.equal(weight, 0.0), 0.0, element * weight),
        combine="add",
        over=(weights.shape[1],),
        epilogue=expr.accumulator(expr.FLOAT),
    )


_resample = Primitive(
    name="resample",
    shape=_shape,
    reference=_reference,
    vjp=(
        lambda g, out, x, first, weights, axis, along: resampled(g, axis, along.transpose()),
        NO_GRADIENT,
        NO_GRADIENT,
    ),
    lower=_lower,
)


def resampled(x: Tensor, axis: int, along: Filter) -> Tensor:
    """The samples of a floating tensor along an axis, which is counted from the beginning."""
    first, weights = taps(along)
    return bind(
        _resample,
        x,
        as_tensor(first, "int32", x.backend),
        as_tensor(weights, x.dtype, x.backend),
        axis=axis,
        along=along,
    )


def picked(x: Tensor, axis: int, along: Filter) -> Tensor:
    """The elements that a `"floor"` filter picks along an axis, of any dtype."""
    if x.dtype.startswith("float"):
        # Its gradient sums neighbours, where that of `take` looks for them.
        return resampled(x, axis, along)
    return ops.take(x, taps(along)[0], axis)
