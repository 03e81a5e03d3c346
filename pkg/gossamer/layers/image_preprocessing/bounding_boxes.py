"""Boxes around what is in images: their formats, and what crops and turns do to them.

A box is four numbers in the last axis. Boxes and the labels of what is in them go together in a
dictionary, of `"boxes"` and `"labels"`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.tensor import Tensor

Corners = tuple[Tensor, Tensor, Tensor, Tensor]  # left, top, right, bottom


def _centre_to_corners(x: Tensor, y: Tensor, width: Tensor, height: Tensor) -> Corners:
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _corners_to_centre(x1: Tensor, y1: Tensor, x2: Tensor, y2: Tensor) -> Corners:
    return (x1 + (x2 - x1) / 2, y1 + (y2 - y1) / 2, x2 - x1, y2 - y1)


# For each format how its numbers become corners, and corners its numbers.
_FORMATS: dict[str, tuple[Callable[..., Corners], Callable[..., Corners]]] = {
    "xyxy": (lambda *box: box, lambda *corners: corners),
    "yxyx": (lambda y1, x1, y2, x2: (x1, y1, x2, y2), lambda x1, y1, x2, y2: (y1, x1, y2, x2)),
    "xywh": (
        lambda x, y, w, h: (x, y, x + w, y + h),
        lambda x1, y1, x2, y2: (x1, y1, x2 - x1, y2 - y1),
    ),
    "center_xywh": (_centre_to_corners, _corners_to_centre),
    "center_yxhw": (
        lambda y, x, h, w: _centre_to_corners(x, y, w, h),
        lambda *corners: tuple(_corners_to_centre(*corners)[k] for k in (1, 0, 3, 2)),
    ),
}
_RELATIVE = ("rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")
FORMATS = (*_FORMATS, *_RELATIVE)


def _joined(parts: Any) -> Tensor:
    return ops.concatenate(list(parts), axis=-1)


def convert_format(
    boxes: Any, source: str, target: str, height: Any = None, width: Any = None, dtype: Any = None
) -> Any:
    """Boxes in another format.

    Args:
        boxes: of shape (..., 4), or a dictionary with such.
        source, target: `"xyxy"` for left, top, right, bottom; `"yxyx"`; `"xywh"` for left, top and
            the size; `"center_xywh"`, `"center_yxhw"`; all but the last also with `"rel_"` in front
            for parts of the image's size.
        height, width: of the image; for those.
        dtype: of the result; float32 if None.

    Raises:
        ValueError: for boxes that are not of four numbers, other formats, and missing sizes.
    """
    if isinstance(boxes, dict):
        converted = convert_format(boxes["boxes"], source, target, height, width, dtype)
        return {**boxes, "boxes": converted}
    source, target = source.lower(), target.lower()
    if source not in FORMATS or target not in FORMATS:
        raise ValueError(f"Expected two of {', '.join(FORMATS)}. Received: {source}, {target}")
    from_relative, to_relative = source in _RELATIVE, target in _RELATIVE
    if (from_relative or to_relative) and (height is None or width is None):
        raise ValueError(
            "Expected height and width, for parts of them. "
            f"Received: height={height}, width={width}, from {source} to {target}"
        )
    boxes = ops.cast(boxes, dtype or "float32")
    if boxes.shape[-1] != 4:
        raise ValueError(f"Expected boxes of four numbers. Received: shape={boxes.shape}")
    if source == target:
        return boxes
    corners = _FORMATS[source.removeprefix("rel_")][0](*ops.split(boxes, 4, axis=-1))
    if from_relative != to_relative:
        sizes = [ops.cast(size, boxes.dtype) for size in (width, height, width, height)]
        pairs = zip(corners, sizes, strict=True)
        corners = tuple(x * size if from_relative else x / size for x, size in pairs)  # type: ignore[assignment]
    return _joined(_FORMATS[target.removeprefix("rel_")][1](*corners))


def clip_to_image_size(
    boxes: dict[str, Any], height: Any = None, width: Any = None, box_format: str = "xyxy"
) -> dict[str, Any]:
    """Boxes cut off at the border of the image; -1 as label of those of which nothing is left.

    Args:
        boxes: a dictionary of boxes and perhaps labels.
        height, width: of the image.
        box_format: `"xyxy"`, or `"rel_xyxy"`, for which no size is needed.
    """
    relative = box_format == "rel_xyxy"
    width, height = (1.0, 1.0) if relative else (width, height)
    parts = zip(ops.split(boxes["boxes"], 4, axis=-1), (width, height) * 2, strict=True)
    x1, y1, x2, y2 = (ops.minimum(ops.maximum(x, 0), ops.cast(size, x.dtype)) for x, size in parts)
    clipped = {**boxes, "boxes": _joined([x1, y1, x2, y2])}
    if boxes.get("labels") is not None:
        there = ops.squeeze((x2 - x1) * (y2 - y1), -1) > 0
        clipped["labels"] = ops.where(there, boxes["labels"], -1)
    return clipped


def moved_and_clipped(boxes: Any, left: Any, top: Any, right: Any, bottom: Any) -> Tensor:
    """Corners as they are in a part of the image, cut off at its border."""
    parts = zip(ops.split(boxes, 4, axis=-1), ((left, right), (top, bottom)) * 2, strict=True)
    return _joined(ops.minimum(ops.maximum(x, low), high) - low for x, (low, high) in parts)


def turned(boxes: Tensor, angle: Tensor, height: int, width: int) -> Tensor:
    """The boxes around boxes that have been turned about the middle of the image.

    Args:
        boxes: corners, of shape (batch, boxes, 4).
        angle: in degrees, of shape (batch,).
        height, width: of the image.
    """
    radians = -angle * (math.pi / 180)
    cos, sin = (ops.reshape(f(radians), (-1, 1, 1)) for f in (ops.cos, ops.sin))
    cx, cy = 0.5 * (width - 1), 0.5 * (height - 1)
    x1, y1, x2, y2 = ops.split(ops.cast(boxes, angle.dtype), 4, axis=-1)
    xs, ys = _joined([x1, x2, x2, x1]) - cx, _joined([y1, y1, y2, y2]) - cy
    return around(cos * xs - sin * ys + cx, sin * xs + cos * ys + cy)


def around(xs: Tensor, ys: Tensor) -> Tensor:
    """The boxes around points, whose coordinates are in the last axis."""
    sides = [ops.min(xs, -1), ops.min(ys, -1), ops.max(xs, -1), ops.max(ys, -1)]
    return ops.stack(sides, axis=-1)


def as_tensors(boxes: Any) -> dict[str, Any]:
    """A dictionary of boxes and labels as tensors; samples of fewer boxes get boxes of zeros.

    Raises:
        ValueError: for what is none, and for boxes and labels that do not fit.
    """
    if not isinstance(boxes, dict) or not {"boxes", "labels"} <= set(boxes):
        raise ValueError(f"Expected a dictionary of boxes and labels. Received: {boxes}")
    found, labels = boxes["boxes"], boxes["labels"]
    if isinstance(found, list) != isinstance(labels, list) or (
        isinstance(found, list) and len(found) != len(labels)
    ):
        raise ValueError(f"Expected as many labels as boxes. Received: {boxes}")
    if isinstance(found, list) and found and isinstance(found[0], list) and np.ndim(found[0]) == 2:
        most = max(len(sample) for sample in found)
        found = [sample + [[0] * 4] * (most - len(sample)) for sample in found]
        labels = [sample + [-1] * (most - len(sample)) for sample in labels]
    tensors = ops.convert_to_tensor(found, dtype="float32"), ops.convert_to_tensor(labels)
    if tensors[0].ndim not in (2, 3) or tensors[1].ndim not in (
        tensors[0].ndim - 1, tensors[0].ndim,
    ):  # fmt: skip
        raise ValueError(
            "Expected boxes of the shape (boxes, 4) or (batch, boxes, 4), and a label for each. "
            f"Received: shapes {tensors[0].shape} and {tensors[1].shape}"
        )
    return {**boxes, "boxes": tensors[0], "labels": tensors[1]}
