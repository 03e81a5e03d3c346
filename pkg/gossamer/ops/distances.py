"""Distances between points."""

from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.elementwise import broadcast_shapes
from gossamer.tensor import Tensor


def cdist(x: Any, y: Any) -> Tensor:
    """Euclidean distances between all pairs: `out[i, j] = sqrt(sum((x[i] - y[j])**2))`.

    Where a distance is 0, its gradient is 0.

    Args:
        x: of shape (..., m, features).
        y: of shape (..., n, features), the leading axes of which broadcast against those of `x`.

    Returns:
        A tensor of shape (..., m, n).

    Raises:
        ValueError: for shapes that do not fit.

    Example:
        >>> ops.cdist([[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0]]).tolist()
        [[0.0], [5.0]]
    """
    a, b = promote(as_tensor(x), as_tensor(y))
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"Expected points of as many features. Received: x.shape={a.shape}, y.shape={b.shape}"
        )
    broadcast_shapes(a.shape[:-2], b.shape[:-2])
    apart = ops.subtract(ops.expand_dims(a, -2), ops.expand_dims(b, -3))
    total = floating(ops.sum(ops.square(apart), -1))
    # The slope of the root at 0 is infinite: it is taken of another number there.
    same = ops.equal(total, 0)
    return ops.where(same, 0.0, ops.sqrt(ops.where(same, 1.0, total)))
