"""Numbers at even distances: `linspace`, and of exponents `logspace` and `geomspace`."""

import math
import operator
from typing import Any

from gossamer import dtypes, ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor, promote
from gossamer.ops.create import iota
from gossamer.ops.elementwise import broadcast_shapes
from gossamer.tensor import Tensor

# By how much, relatively, a power may miss the number that it is: 4 units in the last place.
_ROUNDING = 2.0**-21


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Evenly spaced numbers: `start + i * (stop - start) / (num - 1)`, both ends exact.

    Args:
        start: the first number, or a tensor of them.
        stop: the last number, or a tensor of them.
        num: how many.
        endpoint: whether `stop` is the last; else it would be the next one.
        retstep: whether to return the spacing too.
        dtype: the floating type of the ends if None.
        axis: where the result has its new axis, if the ends have axes.

    Raises:
        ValueError: for a negative `num`.

    Example:
        >>> ops.linspace(0.0, 1.0, 5).tolist()
        [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    low, high, own = _ends(start, stop)
    count = operator.index(num)
    if count < 0:
        raise ValueError(f"Expected a number of samples from 0 on. Received: num={num}")
    steps = count - 1 if endpoint else count
    rank = max(low.ndim, high.ndim)
    share = iota(0, 1, count, low.dtype, low.backend) / float(max(steps, 1))
    share = ops.reshape(share, (count,) + (1,) * rank)
    # Not start + i * step: the weights 0 and 1 make both ends exact.
    samples = low * (1.0 - share) + high * share
    samples = ops.moveaxis(samples, 0, normalize_axis(axis, rank + 1))
    name = own if dtype is None else dtypes.standardize_dtype(dtype)
    samples = ops.cast(ops.floor(samples) if name in dtypes.INTEGERS else samples, name)
    if not retstep:
        return samples
    # Between fewer than two samples there is no step.
    return samples, ops.cast((high - low) / (float(steps) if steps > 0 else math.nan), own)


def _ends(start: Any, stop: Any) -> tuple[Tensor, Tensor, str]:
    """The ends in the floating type in which to compute, halves in 32 bits, and their own type."""
    low, high = promote(start, stop)
    own = dtypes.result_type(low.dtype, float)
    wide = "float32" if own == "float16" else own
    return as_tensor(low, wide), as_tensor(high, wide), own


def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10,
    dtype: Any = None,
    axis: int = 0,
) -> Tensor:
    """Powers of `base` with evenly spaced exponents: `base ** linspace(start, stop, num)`.

    Args:
        start: the first exponent, or a tensor of them.
        stop: the last exponent, or a tensor of them.
        num: how many.
        endpoint: whether `stop` is the last; else it would be the next one.
        base: a number, or a tensor of them.
        dtype: the floating type of the ends if None.
        axis: where the result has its new axis, if the ends have axes.

    Raises:
        ValueError: for a negative `num`.

    Example:
        >>> ops.logspace(0.0, 3.0, 4, base=2).tolist()
        [1.0, 2.0, 4.0, 8.0]
    """
    low, high, own = _ends(start, stop)
    bases = as_tensor(base, low.dtype, low.backend)
    if bases.ndim:
        # One for each of the ends, as they broadcast; the new axis is between theirs, too.
        shape = broadcast_shapes(low.shape, high.shape, bases.shape)
        low, bases = ops.broadcast_to(low, shape), ops.broadcast_to(bases, shape)
        bases = ops.expand_dims(bases, normalize_axis(axis, len(shape) + 1))
    powers = ops.power(bases, linspace(low, high, num, endpoint, axis=axis))
    return _as_dtype(powers, dtype or own)


def _as_dtype(samples: Tensor, dtype: Any) -> Tensor:
    """The samples in a dtype, in integers whole where they miss whole numbers by a rounding."""
    name = dtypes.standardize_dtype(dtype)
    if name in dtypes.INTEGERS:
        nearest = ops.round(samples)
        near = ops.absolute(samples - nearest) <= _ROUNDING * ops.absolute(samples)
        samples = ops.where(near, nearest, ops.trunc(samples))
    return ops.cast(samples, name)


def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Tensor:
    """Numbers of which each is the same multiple of the one before; both ends are exact.

    Args:
        start: the first number, or a tensor of them; not 0, or the result is NaN.
        stop: the last number, of the same sign, or a tensor of them.
        num: how many.
        endpoint: whether `stop` is the last; else it would be the next one.
        dtype: the floating type of the ends if None.
        axis: where the result has its new axis, if the ends have axes.

    Raises:
        ValueError: for a negative `num`.

    Example:
        >>> ops.geomspace(1.0, 1000.0, 4).tolist()
        [1.0, 10.0, 100.0, 1000.0]
    """
    low, high, own = _ends(start, stop)
    sign = ops.sign(low)
    # The ends' ratio may overflow, its logarithm cannot.
    exponents = linspace(ops.log10(low / sign), ops.log10(high / sign), num, endpoint)
    rank = exponents.ndim - 1
    number = ops.reshape(iota(0, 1, num, "int32", low.backend), (num,) + (1,) * rank)
    samples = sign * ops.power(10.0, exponents)
    samples = ops.where(number == 0, low, samples)
    if endpoint and num > 1:
        samples = ops.where(number == num - 1, high, samples)
    samples = ops.moveaxis(samples, 0, normalize_axis(axis, rank + 1))
    return _as_dtype(samples, dtype or own)
