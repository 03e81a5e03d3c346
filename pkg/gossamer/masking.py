"""Masks: which steps of a sequence count. One rides on the tensor that it belongs to."""

from typing import Any


def set_keras_mask(x: Any, mask: Any) -> None:
    """Let a tensor carry a mask; None for none."""
    x._keras_mask = mask


def get_keras_mask(x: Any) -> Any:
    """The mask that a tensor carries; None if it carries none.

    Example:
        >>> x = ops.ones((2, 3))
        >>> gs.masking.set_keras_mask(x, ops.ones((2, 3), "bool"))
        >>> gs.masking.get_keras_mask(x).shape
        (2, 3)
    """
    return getattr(x, "_keras_mask", None)
