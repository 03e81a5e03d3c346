"""Batches as tuples `(x, y, sample_weight)`."""

from __future__ import annotations

from typing import Any


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """The parts of a batch; None for those that there are not.

    Args:
        data: `x`, or a tuple `(x,)`, `(x, y)` or `(x, y, sample_weight)`.

    Raises:
        ValueError: for a tuple of more.

    Example:
        >>> gs.utils.unpack_x_y_sample_weight((1, 2))
        (1, 2, None)
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "Expected a batch (x,), (x, y) or (x, y, sample_weight). "
            f"Received: a tuple of {len(data)}"
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """A batch of its parts.

    Example:
        >>> gs.utils.pack_x_y_sample_weight(1, 2)
        (1, 2)
    """
    if y is None:
        return x if not isinstance(x, (tuple, list)) else (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)
