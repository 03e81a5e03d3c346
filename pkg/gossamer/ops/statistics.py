"""Statistics of samples: weighted means, correlations, and how often values occur."""

from collections.abc import Sequence
from typing import Any

from gossamer import dtypes, ops
from gossamer.dtypes import INTEGERS
from gossamer.ops.axes import keepdims_shape, normalize_axis
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.create import iota
from gossamer.ops.places import EXACT_STEPS, scatter_along
from gossamer.ops.reduce import single
from gossamer.tensor import Tensor


def ptp(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """Range of the elements over axes, "peak to peak": `max(x) - min(x)`.

    Raises:
        TypeError: for bools, which have no difference.
        ValueError: for an axis that is not there, or no elements.

    Example:
        >>> ops.ptp([[1.0, 5.0], [3.0, 4.0]], axis=1).tolist()
        [4.0, 1.0]
    """
    tensor = as_tensor(x)
    return ops.subtract(ops.max(tensor, axis, keepdims), ops.min(tensor, axis, keepdims))


def average(x: Any, axis: Any = None, weights: Any = None) -> Tensor:
    """Weighted mean over axes: `sum(weights * x) / sum(weights)`; NaN where these add up to 0.

    Args:
        x: of any shape; integers give floats.
        axis: an axis or several; all of them if None.
        weights: of the shape of `x`, or of the sizes of the axes in the order in which `axis`
            names them; all equal if None.

    Raises:
        TypeError: for weights of another shape without axes.
        ValueError: for an axis that is not there, or weights of other sizes than the axes.

    Example:
        >>> ops.average([[1.0, 2.0], [3.0, 4.0]], axis=1, weights=[1.0, 3.0]).tolist()
        [1.75, 3.75]
    """
    tensor = as_tensor(x)
    if weights is None:
        return ops.mean(tensor, axis)
    given = as_tensor(weights, backend=tensor.backend)
    dtype = dtypes.as_float(dtypes.result_type(tensor.dtype, given.dtype, float))
    share = single(ops.cast(given, dtype))
    if share.shape != tensor.shape:
        share = _along(share, tensor.shape, axis)
    total = ops.sum(single(ops.cast(tensor, dtype)) * share, axis)
    return ops.cast(total / ops.sum(share, axis), dtype)


def _along(weights: Tensor, shape: tuple[int, ...], axis: Any) -> Tensor:
    """Weights of some axes of a tensor, with axes of size 1 for the others."""
    if axis is None:
        raise TypeError(
            "Expected weights of the shape of x, or an axis that they belong to. "
            f"Received: weights.shape={weights.shape}, x.shape={shape}"
        )
    given = axis if isinstance(axis, Sequence) else (axis,)
    axes = [normalize_axis(one, len(shape)) for one in given]
    if weights.shape != tuple(shape[i] for i in axes):
        raise ValueError(
            "Expected weights of the sizes of the axes. "
            f"Received: weights.shape={weights.shape}, x.shape={shape}, axis={axis}"
        )
    order = sorted(range(len(axes)), key=axes.__getitem__)
    others = tuple(i for i in range(len(shape)) if i not in axes)
    return ops.reshape(ops.transpose(weights, order), keepdims_shape(shape, others))


def corrcoef(x: Any) -> Tensor:
    """Pearson's correlation of variables: `cov(i, j) / sqrt(cov(i, i) * cov(j, j))`.

    NaN where a variable does not vary; a scalar for a single variable.

    Args:
        x: of shape (variables, observations), or (observations,) for a single variable.

    Raises:
        ValueError: for more than two axes.

    Example:
        >>> ops.corrcoef([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]).tolist()
        [[1.0, -1.0], [-1.0, 1.0]]
    """
    given = floating(x)
    if given.ndim > 2:
        raise ValueError(f"Expected one or two axes. Received: shape={given.shape}")
    rows = single(given)
    if given.ndim < 2:
        rows = ops.reshape(rows, (1, rows.size))
    distance = rows - ops.mean(rows, 1, keepdims=True)
    if rows.shape[1]:
        # In units of the largest distance, whose squares neither overflow nor vanish.
        largest = ops.max(ops.absolute(distance), 1, keepdims=True)
        distance = distance / ops.stop_gradient(largest)
    unit = distance / ops.sqrt(ops.sum(ops.square(distance), 1, keepdims=True))
    correlation = ops.clip(ops.matmul(unit, ops.transpose(unit)), -1.0, 1.0)
    if rows.shape[0] == 1:
        correlation = ops.reshape(correlation, ())
    return ops.cast(correlation, given.dtype)


def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """How often each number occurs, or the sum of its weights: `out[i] = sum(weights[x == i])`.

    The result is as long as its numbers need: the smallest and the largest of them are read back
    from the device, nothing else is.

    Args:
        x: integers from 0 on, of shape (n,), or (rows, n) for the counts of each row.
        weights: of the shape of `x`; 1 if None.
        minlength: the least number of counts.
        sparse: must be False; there are no sparse tensors.

    Raises:
        TypeError: for what is no integer.
        ValueError: for negative numbers or `minlength`, and for shapes that do not fit.

    Example:
        >>> ops.bincount([1, 2, 2, 4]).tolist()
        [0, 1, 2, 0, 1]
    """
    if sparse:
        raise ValueError(f"gossamer has no sparse tensors. Received: sparse={sparse}")
    numbers = as_tensor(x)
    if numbers.dtype not in (*INTEGERS, "bool"):
        raise TypeError(f"Expected integers to count. Received: dtype={numbers.dtype}")
    if numbers.ndim not in (1, 2):
        raise ValueError(f"Expected one or two axes. Received: shape={numbers.shape}")
    places = ops.cast(numbers, "int32")
    length = _length(places, minlength)
    if weights is None:
        return _counts(places, numbers.ndim - 1, length)
    given = as_tensor(weights, backend=numbers.backend)
    if given.shape != numbers.shape:
        raise ValueError(
            "Expected weights of the shape of x. "
            f"Received: weights.shape={given.shape}, x.shape={numbers.shape}"
        )
    dtype = dtypes.result_type(numbers.dtype, given.dtype)
    # Sums of halves and of bools need more room than they have.
    wide = {"float16": "float32", "bool": "int32"}.get(dtype, dtype)
    sums = scatter_along(places, ops.cast(given, wide), numbers.ndim - 1, length, wrap=False)
    return ops.cast(sums, dtype)


def _length(numbers: Tensor, minlength: int) -> int:
    """How many counts there are: that is in the values."""
    if minlength < 0:
        raise ValueError(f"Expected a minlength from 0 on. Received: minlength={minlength}")
    if numbers.size == 0:
        return minlength
    least, greatest = ops.stack([ops.min(numbers), ops.max(numbers)]).tolist()
    if least < 0:
        raise ValueError(f"Expected numbers from 0 on. Received: one that is {least}")
    return max(greatest + 1, minlength)


def _counts(places: Tensor, axis: int, size: int) -> Tensor:
    """How many of the int32 places along an axis are 0, 1, ... size - 1."""
    # Floats, unlike integers, a device can fold as points.
    dtype = "float32" if places.shape[axis] <= EXACT_STEPS else "int32"
    ones = ops.ones_like(places, dtype)
    return ops.cast(scatter_along(places, ones, axis, size, wrap=False), "int32")


def histogram(
    x: Any, bins: int = 10, range: tuple[float, float] | None = None
) -> tuple[Tensor, Tensor]:
    """How many elements lie in each of `bins` intervals of one width, and the intervals' ends.

    An interval holds its lower end, and the last one its upper end too.

    Args:
        x: of shape (n,).
        bins: how many intervals.
        range: the lower end of the first one and the upper end of the last one; elements beyond
            are left out. The least and the greatest element if None.

    Returns:
        The counts, of shape (bins,), and the ends, of shape (bins + 1,), both in the float dtype
        of `x`.

    Raises:
        TypeError: for bins that are no integer.
        ValueError: for no bins, another range, or more than one axis.

    Example:
        >>> counts, ends = ops.histogram([0.0, 1.0, 1.5, 4.0], bins=2)
        >>> counts.tolist(), ends.tolist()
        ([3.0, 1.0], [0.0, 2.0, 4.0])
    """
    if not isinstance(bins, int):
        raise TypeError(f"Expected an integer number of bins. Received: bins={bins!r}")
    if bins < 1:
        raise ValueError(f"Expected at least one bin. Received: bins={bins}")
    given = floating(x)
    if given.ndim > 1:
        raise ValueError(f"Expected one axis. Received: shape={given.shape}")
    values = ops.ravel(given)
    ends = ops.cast(_ends(single(values), bins, range), values.dtype)
    place = ops.searchsorted(ends, values, side="right") - 1
    place = ops.where(ops.equal(values, ends[-1]), bins - 1, place)
    return ops.cast(_counts(place, 0, bins), values.dtype), ends


def _ends(values: Tensor, bins: int, span: Any) -> Tensor:
    """Where intervals of one width begin, and where the last one ends."""
    if span is not None:
        if not isinstance(span, tuple) or len(span) != 2 or span[1] < span[0]:
            raise ValueError(f"Expected two numbers, the lower one first. Received: range={span}")
        ends = [as_tensor(float(one), values.dtype, values.backend) for one in span]
    elif values.size == 0:
        ends = [as_tensor(one, values.dtype, values.backend) for one in (0.0, 1.0)]
    else:
        ends = [ops.min(values), ops.max(values)]
    # What has no width gets one.
    half = ops.where(ops.equal(*ends), 0.5, 0.0)
    low, high = ends[0] - half, ends[1] + half
    begins = low + (high - low) / bins * iota(0, 1, bins, values.dtype, values.backend)
    return ops.append(begins, high)
