"""Masks that ride on tensors: on the attribute that layers set, or beside a tensor without it."""

import weakref
from typing import Any

# A tensor has slots, so that the masks which losses make lie here as long as their tensors live.
_masks: dict[int, Any] = {}


def set_keras_mask(x: Any, mask: Any) -> None:
    """Let a tensor carry a mask."""
    _masks[id(x)] = mask
    weakref.finalize(x, _masks.pop, id(x), None)


def get_keras_mask(x: Any) -> Any:
    """The mask that a tensor carries; None if it carries none."""
    mask = getattr(x, "_keras_mask", None)
    return _masks.get(id(x)) if mask is None else mask
