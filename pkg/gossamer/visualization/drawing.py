"""Boxes and masks drawn into images, as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.defaults import image_data_format
from gossamer.layers.image_preprocessing.bounding_boxes import convert_format

# A class that is no box, where images have different numbers of boxes.
NO_BOX = -1


def draw_bounding_boxes(
    images: Any,
    bounding_boxes: dict[str, Any],
    bounding_box_format: str,
    class_mapping: dict[int, str] | None = None,
    color: tuple[int, int, int] = (128, 128, 128),
    line_thickness: int = 2,
    text_thickness: int = 1,
    font_scale: float = 1.0,
    data_format: str | None = None,
) -> np.ndarray:
    """Images with the outlines of boxes.

    Args:
        images: of the shape (batch, height, width, channels), from 0 to 255, or floats up to 1.
        bounding_boxes: `boxes` of the shape (batch, n, 4), and `labels` of the shape (batch, n);
            what has the label -1 is none.
        bounding_box_format: of the boxes, such as `"xyxy"`.
        class_mapping: names of classes; None, since text is drawn by `plot_bounding_box_gallery`
            alone.
        color: of the lines.
        line_thickness: in pixels.
        text_thickness, font_scale: of text, of which there is none.
        data_format: `config.image_data_format()` if None.

    Returns:
        Images of uint8.

    Raises:
        ValueError: for images of other shapes, and boxes without labels.
        TypeError: for boxes that are no dictionary.
        NotImplementedError: for a class mapping.

    Example:
        >>> boxes = {"boxes": [[[1, 1, 3, 3]]], "labels": [[0]]}
        >>> drawn = gs.visualization.draw_bounding_boxes(
        ...     np.zeros((1, 5, 5, 1)), boxes, "xyxy", color=(9,), line_thickness=1
        ... )
        >>> drawn[0, 1, :, 0].tolist(), drawn[0, 2, :, 0].tolist()
        ([0, 9, 9, 9, 0], [0, 9, 0, 9, 0])
    """
    if class_mapping:
        raise NotImplementedError(
            "There is no font to draw the names of classes into images with; "
            "`plot_bounding_box_gallery` shows them."
        )
    drawn = as_pixels(images)
    last = (data_format or image_data_format()) == "channels_last"
    # A view: what is drawn into it is drawn into the images.
    canvas = drawn if last else drawn.transpose(0, 2, 3, 1)
    corners, labels = corners_of(bounding_boxes, bounding_box_format, canvas.shape)
    for image, boxes, classes in zip(canvas, corners, labels, strict=True):
        for box, label in zip(boxes, classes, strict=True):
            if label != NO_BOX:
                _outline(image, box, color, line_thickness)
    return drawn


def as_pixels(images: Any) -> np.ndarray:
    """Images of uint8, from floats up to 1 or up to 255: a copy.

    Raises:
        ValueError: for other shapes than those of batches.
    """
    array = np.array(ops.convert_to_numpy(images))
    if array.ndim != 4:
        raise ValueError(f"Expected a batch of images. Received: images.shape={array.shape}")
    if array.dtype.kind == "f" and array.size:
        array = np.clip(array, 0, 1) * 255 if array.max() <= 1.0 else np.clip(array, 0, 255)
    return array.astype(np.uint8)


def corners_of(
    bounding_boxes: Any, bounding_box_format: str, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The corners of boxes, left, top, right and bottom, as whole pixels; and the labels.

    Args:
        bounding_boxes: as for `draw_bounding_boxes`.
        bounding_box_format: of the boxes.
        shape: of the images, channels last.
    """
    if not isinstance(bounding_boxes, dict):
        raise TypeError(
            f"Expected a dictionary of boxes and labels. Received: {type(bounding_boxes)}"
        )
    if "boxes" not in bounding_boxes or "labels" not in bounding_boxes:
        raise ValueError(f"Expected boxes and labels. Received: {list(bounding_boxes)}")
    height, width = shape[1:3]
    boxes = ops.convert_to_tensor(bounding_boxes["boxes"], dtype="float32")
    corners = convert_format(boxes, bounding_box_format, "xyxy", height, width)
    labels = np.asarray(ops.convert_to_numpy(bounding_boxes["labels"])).astype(np.int32)
    return np.asarray(ops.convert_to_numpy(corners)).astype(np.int32), labels


def _outline(image: np.ndarray, box: np.ndarray, color: Any, thickness: int) -> None:
    """Draw lines around the edges of a box, half of them on each side."""
    left, top, right, bottom = box.tolist()
    before, after = thickness // 2, (thickness + 1) // 2
    for start, stop in ((top, top), (bottom, bottom)):
        _fill(image, start - before, stop + after, left - before, right + after, color)
    for start, stop in ((left, left), (right, right)):
        _fill(image, top - before, bottom + after, start - before, stop + after, color)


def _fill(image: np.ndarray, top: int, bottom: int, left: int, right: int, color: Any) -> None:
    place = slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0))
    image[place] = np.asarray(color, np.uint8)[: image.shape[-1]]


def draw_segmentation_masks(
    images: Any,
    segmentation_masks: Any,
    num_classes: int | None = None,
    color_mapping: dict[int, Any] | None = None,
    alpha: float = 0.8,
    blend: bool = True,
    ignore_index: int = -1,
    data_format: str | None = None,
) -> np.ndarray:
    """Images with the classes of pixels as colours.

    Args:
        images: of the shape (batch, height, width, channels).
        segmentation_masks: of integers, of the shape (batch, height, width, 1).
        num_classes: those from 0 up to this are drawn; the greatest number if None.
        color_mapping: a colour for each class.
        alpha: from 0 to 1, how much of a colour there is.
        blend: whether colours are blended with the images.
        ignore_index: a class whose pixels stay as they are, with `blend`.
        data_format: `config.image_data_format()` if None.

    Returns:
        Images, of uint8 if they are blended and of float32 if not.

    Raises:
        ValueError: for images of other shapes.
        TypeError: for masks that are no integers.

    Example:
        >>> drawn = gs.visualization.draw_segmentation_masks(
        ...     np.zeros((1, 1, 2, 3)), np.array([[[[0], [1]]]]), 2, {0: (0, 0, 0), 1: (200, 0, 0)}
        ... )
        >>> drawn[0, 0].tolist()
        [[0, 0, 0], [160, 0, 0]]
    """
    array = np.asarray(ops.convert_to_numpy(images)).astype(np.float32)
    masks = np.asarray(ops.convert_to_numpy(segmentation_masks))
    if array.ndim != 4:
        raise ValueError(f"Expected a batch of images. Received: images.shape={array.shape}")
    if masks.dtype.kind not in "iu":
        raise TypeError(f"Expected masks of integers. Received: dtype={masks.dtype}")
    if (data_format or image_data_format()) == "channels_first":
        array, masks = array.transpose(0, 2, 3, 1), masks.transpose(0, 2, 3, 1)
    classes = masks[..., 0]
    count = int(classes.max()) if num_classes is None else num_classes
    colors = _palette(count) if color_mapping is None else [color_mapping[k] for k in range(count)]
    drawn = array.copy()
    for number, color in enumerate(colors):
        drawn[classes == number] = np.asarray(color, np.float32)
    if not blend:
        return drawn
    blended = array * np.float32(1 - alpha) + drawn * np.float32(alpha)
    drawn = np.where((classes != ignore_index)[..., None], blended, array)
    return drawn.astype(np.uint8)


def _palette(count: int) -> list[list[int]]:
    steps = np.array([2**25 - 1, 2**15 - 1, 2**21 - 1])
    return [((number * steps) % 255).tolist() for number in range(count)]
