"""Of neighbours along an axis: differences, areas below a curve, correlations of sequences."""

from typing import Any

from gossamer import dtypes, ops
from gossamer.dtypes import FLOATS
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.reduce import single
from gossamer.tensor import Tensor


def _pairs(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """All elements along an axis but the first, and all but the last."""
    before = (slice(None),) * axis
    return x[(*before, slice(1, None))], x[(*before, slice(None, -1))]


def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """Differences of neighbours along an axis, `n` times over: `out[i] = a[i + 1] - a[i]`.

    Args:
        a: with at least one axis; of bools, whether neighbours differ.
        n: how many times; each leaves one element less.
        axis: the axis.

    Raises:
        ValueError: for a negative `n`, or an axis that is not there.

    Example:
        >>> ops.diff([1, 4, 9, 16]).tolist()
        [3, 5, 7]
    """
    if n < 0:
        raise ValueError(f"Expected n from 0 on. Received: n={n}")
    tensor = as_tensor(a)
    along = normalize_axis(axis, tensor.ndim)
    subtract = ops.not_equal if tensor.dtype == "bool" else ops.subtract
    for _ in range(n):
        tensor = subtract(*_pairs(tensor, along))
    return tensor


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Tensor:
    """Area below a curve along an axis: `sum((x[i + 1] - x[i]) * (y[i + 1] + y[i]) / 2)`.

    Args:
        y: the curve's heights; integers give floats.
        x: their places, one for each along the axis, or in a shape that broadcasts to that of
            `y`; `dx` apart if None.
        dx: the distance of neighbours, without `x`.
        axis: the axis.

    Raises:
        ValueError: for an axis that is not there, or shapes that do not fit.

    Example:
        >>> ops.trapezoid([1.0, 2.0, 3.0], x=[4.0, 6.0, 8.0]).item()
        8.0
    """
    height = floating(y)
    along = normalize_axis(axis, height.ndim)
    width = as_tensor(dx if x is None else x, backend=height.backend)
    if x is not None:
        place = floating(width)
        width = diff(place, axis=-1 if place.ndim == 1 else axis)
        if place.ndim == 1:
            width = ops.reshape(width, (width.size, *(1,) * (height.ndim - along - 1)))
    upper, lower = _pairs(single(height), along)
    return ops.cast(ops.sum(width * (upper + lower) / 2.0, along), height.dtype)


def correlate(x1: Any, x2: Any, mode: str = "valid") -> Tensor:
    """Cross-correlation of two sequences: `out[k] = sum_i x1[i + k] * x2[i]`; a float tensor.

    Args:
        x1: of shape (n,).
        x2: of shape (m,).
        mode: which `k`: `"valid"` for those where the shorter sequence lies within the longer
            one, `"full"` for all where they meet, `"same"` for as many in the middle as the
            longer sequence has.

    Raises:
        ValueError: for another mode, no elements, or another number of axes.

    Example:
        >>> ops.correlate([1.0, 2.0, 3.0], [0.0, 1.0, 0.5], mode="same").tolist()
        [2.0, 3.5, 3.0]
    """
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"Expected 'valid', 'same' or 'full'. Received: mode={mode!r}")
    a, b = promote(x1, x2)
    if a.ndim != 1 or b.ndim != 1 or a.size == 0 or b.size == 0:
        raise ValueError(
            f"Expected two sequences. Received: x1.shape={a.shape}, x2.shape={b.shape}"
        )
    dtype = a.dtype if a.dtype in FLOATS else dtypes.WEAK["float"]
    # The longer one stands still; if that is the second, what comes out is in reverse order.
    still, moving = (a, b) if a.size >= b.size else (b, a)
    size = moving.size
    margins = {"valid": (0, 0), "same": (size // 2, size - size // 2 - 1), "full": (size - 1,) * 2}
    padded = ops.pad(single(ops.cast(still, dtype)), [margins[mode]])
    kernel = single(ops.cast(moving, dtype))
    signal = ops.reshape(padded, (1, padded.size, 1))
    out = ops.ravel(ops.conv(signal, ops.reshape(kernel, (size, 1, 1))))
    return ops.cast(out if still is a else ops.flip(out), dtype)
