"""Images beside each other, as SVG: a notebook shows it, and it is a file if a path is given."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.defaults import image_data_format
from gossamer.utils.model_plot import Drawing
from gossamer.visualization import png
from gossamer.visualization.drawing import (
    NO_BOX,
    as_pixels,
    corners_of,
    draw_bounding_boxes,
    draw_segmentation_masks,
)

# Of the page's pixels for each unit of `scale`, as inches of 96 of them.
INCH = 96
LINE = 16  # the height of a line of text
Overlay = Callable[[int], str]


def plot_image_gallery(
    images: Any,
    y_true: Any = None,
    y_pred: Any = None,
    label_map: dict[int, str] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    value_range: tuple[float, float] = (0, 255),
    scale: float = 2,
    path: str | None = None,
    show: bool | None = None,
    transparent: bool = True,
    dpi: int = 60,
    legend_handles: list[tuple[Any, str]] | None = None,
    data_format: str | None = None,
) -> Drawing:
    """Images in rows, with the names of their classes.

    Args:
        images: of the shape (batch, height, width, channels).
        y_true, y_pred: classes, one of each image.
        label_map: their names.
        rows, cols: how many there are; as many as make a square if None.
        value_range: of the images.
        scale: the size of an image in inches.
        path: of an SVG file to write.
        show: of no use: the drawing is returned, and a notebook shows it.
        transparent: whether there is nothing behind the images, or white.
        dpi: of no use, since the images have the pixels that they have.
        legend_handles: pairs of a colour and a text.
        data_format: `config.image_data_format()` if None.

    Returns:
        An SVG drawing, as a string.

    Raises:
        ValueError: for images of other shapes, classes without names, a path with `show`.

    Example:
        >>> drawing = gs.visualization.plot_image_gallery(np.zeros((4, 8, 8, 3), "uint8"))
        >>> drawing.count("<image"), drawing.startswith("<svg")
        (4, True)
    """
    if path is not None and show:
        raise ValueError(f"Expected a path, or show. Received: both, path={path!r}")
    if (y_true is not None or y_pred is not None) and label_map is None:
        raise ValueError("Expected a label_map with y_true or y_pred. Received: label_map=None")
    titles = None
    if label_map is not None and (y_true is not None or y_pred is not None):
        titles = _titles(y_true, y_pred, label_map)
    pixels = _pixels(images, value_range, data_format)
    drawing = _gallery(pixels, rows, cols, scale, titles, legend_handles, transparent)
    return _written(drawing, path)


def plot_bounding_box_gallery(
    images: Any,
    bounding_box_format: str,
    y_true: Any = None,
    y_pred: Any = None,
    value_range: tuple[float, float] = (0, 255),
    true_color: tuple[int, int, int] = (0, 188, 212),
    pred_color: tuple[int, int, int] = (255, 235, 59),
    line_thickness: int = 2,
    font_scale: float = 1.0,
    text_thickness: int | None = None,
    class_mapping: dict[int, str] | None = None,
    ground_truth_mapping: dict[int, str] | None = None,
    prediction_mapping: dict[int, str] | None = None,
    legend: bool = False,
    legend_handles: list[tuple[Any, str]] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    data_format: str | None = None,
    scale: float = 2,
    path: str | None = None,
    transparent: bool = True,
) -> Drawing:
    """Images in rows with boxes, and the names of their classes.

    Args:
        images: of the shape (batch, height, width, channels).
        bounding_box_format: of the boxes, such as `"xyxy"`.
        y_true, y_pred: `boxes` of the shape (batch, n, 4), `labels` of the shape (batch, n), and
            perhaps `confidences`, as the labels.
        value_range: of the images.
        true_color, pred_color: of the boxes.
        line_thickness: of their lines, in pixels.
        font_scale: how large text is.
        text_thickness: of no use, since text is text.
        class_mapping: names of classes.
        ground_truth_mapping, prediction_mapping: the same for one of the two.
        legend: whether there is one, of what the colours mean.
        legend_handles: pairs of a colour and a text.
        rows, cols, data_format, scale, path, transparent: as for `plot_image_gallery`.

    Raises:
        ValueError: for images of other shapes, and two legends.

    Example:
        >>> boxes = {"boxes": [[[1, 1, 6, 6]]], "labels": [[0]]}
        >>> drawing = gs.visualization.plot_bounding_box_gallery(
        ...     np.zeros((1, 8, 8, 3)), "xyxy", boxes, class_mapping={0: "cat"}
        ... )
        >>> "cat" in drawing
        True
    """
    if legend and legend_handles:
        raise ValueError("Expected legend or legend_handles. Received: both")
    if legend:
        legend_handles = [(true_color, "Ground Truth"), (pred_color, "Prediction")]
    pixels = _pixels(images, value_range, data_format)
    texts: list[list[str]] = [[] for _ in pixels]
    for boxes, color, names in (
        (y_true, true_color, ground_truth_mapping or class_mapping),
        (y_pred, pred_color, prediction_mapping or class_mapping),
    ):
        if boxes is None:
            continue
        pixels = draw_bounding_boxes(
            pixels, boxes, bounding_box_format, color=color, line_thickness=line_thickness,
            data_format="channels_last",
        )  # fmt: skip
        for found, more in zip(
            texts, _texts(boxes, bounding_box_format, pixels.shape, names or {}, color, font_scale),
            strict=True,
        ):  # fmt: skip
            found += more
    drawing = _gallery(
        pixels, rows, cols, scale, None, legend_handles, transparent, lambda k: "".join(texts[k])
    )
    return _written(drawing, path)


def plot_segmentation_mask_gallery(
    images: Any,
    num_classes: int,
    value_range: tuple[float, float] = (0, 255),
    y_true: Any = None,
    y_pred: Any = None,
    color_mapping: dict[int, Any] | None = None,
    blend: bool = True,
    alpha: float = 0.8,
    ignore_index: int = -1,
    data_format: str | None = None,
    **kwargs: Any,
) -> Drawing:
    """Images, each with its masks beside it.

    Args:
        images: of the shape (batch, height, width, channels).
        num_classes: how many classes there are.
        value_range: of the images.
        y_true, y_pred: masks of integers, of the shape (batch, height, width, 1).
        color_mapping, blend, alpha, ignore_index: as for `draw_segmentation_masks`.
        data_format: `config.image_data_format()` if None.
        kwargs: for `plot_image_gallery`.

    Raises:
        ValueError: for images of other shapes.

    Example:
        >>> drawing = gs.visualization.plot_segmentation_mask_gallery(
        ...     np.zeros((2, 8, 8, 3)), 2, y_true=np.zeros((2, 8, 8, 1), "int32")
        ... )
        >>> drawing.count("<image")
        4
    """
    first = (data_format or image_data_format()) == "channels_first"

    def channels_last(x: Any) -> np.ndarray:
        array = np.asarray(ops.convert_to_numpy(x))
        if array.ndim != 4:
            raise ValueError(f"Expected a batch of images. Received: shape={array.shape}")
        return array.transpose(0, 2, 3, 1) if first else array

    array = channels_last(images)
    columns = [array]
    for masks in (y_true, y_pred):
        if masks is not None:
            columns.append(draw_segmentation_masks(
                array, channels_last(masks).astype(np.int32), num_classes, color_mapping, alpha,
                blend, ignore_index, "channels_last",
            ))  # fmt: skip
    beside = np.stack([c.astype(np.float32) for c in columns], 1).reshape(-1, *array.shape[1:])
    return plot_image_gallery(
        beside, value_range=value_range, rows=len(array), cols=len(columns),
        data_format="channels_last", **kwargs,
    )  # fmt: skip


def _pixels(images: Any, value_range: tuple[float, float], data_format: str | None) -> np.ndarray:
    array = np.asarray(ops.convert_to_numpy(images))
    if array.ndim != 4:
        raise ValueError(f"Expected a batch of images. Received: images.shape={array.shape}")
    if (data_format or image_data_format()) == "channels_first":
        array = array.transpose(0, 2, 3, 1)
    low, high = value_range
    scaled = (array.astype(np.float32) - low) * (255 / (high - low))
    return as_pixels(np.clip(scaled, 0, 255).astype(np.uint8))


def _titles(y_true: Any, y_pred: Any, names: dict[int, str]) -> list[str]:
    """Lines such as "Label: cat  Pred: dog"."""
    lines: list[list[str]] = []
    for what, classes in (("Label", y_true), ("Pred", y_pred)):
        if classes is not None:
            numbers = np.asarray(ops.convert_to_numpy(classes)).ravel().tolist()
            lines.append([f"{what}: {names.get(k, 'Unknown')}" for k in numbers])
    return ["  ".join(parts) for parts in zip(*lines, strict=True)]


def _texts(
    boxes: Any, box_format: str, shape: Any, names: dict[int, str], color: Any, font_scale: float
) -> list[list[str]]:
    """For each image the names of its boxes, above them."""
    corners, labels = corners_of(boxes, box_format, shape)
    confidences = boxes.get("confidences")
    if confidences is not None:
        confidences = np.asarray(ops.convert_to_numpy(confidences))
    size = 0.06 * shape[2] * font_scale
    found: list[list[str]] = []
    for k, (own, classes) in enumerate(zip(corners, labels, strict=True)):
        found.append([])
        for n, (box, label) in enumerate(zip(own, classes.tolist(), strict=True)):
            if label == NO_BOX or label not in names:
                continue
            text = names[label]
            if confidences is not None:
                text = f"{text} | {confidences[k][n]:.2f}"
            x, y = int(box[0]), int(box[1])
            y = y - 2 if y > size + 2 else y + int(size) + 2
            found[-1].append(
                f'<text x="{x}" y="{y}" font-size="{size:.1f}" fill="{_css(color)}">'
                f"{escape(text)}</text>"
            )
    return found


def _css(color: Any) -> str:
    return color if isinstance(color, str) else "rgb({},{},{})".format(*map(int, color))


def _gallery(
    pixels: np.ndarray, rows: int | None, cols: int | None, scale: float,
    titles: list[str] | None, legend: list[tuple[Any, str]] | None, transparent: bool,
    overlay: Overlay | None = None,
) -> Drawing:  # fmt: skip
    count, height, width = pixels.shape[:3]
    rows = rows or math.ceil(math.sqrt(count))
    cols = cols or math.ceil(count / rows)
    across = scale * INCH
    down = across * height / max(width, 1)
    cell = down + (LINE if titles else 0)
    total = rows * cell + (LINE * 1.5 if legend else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{cols * across:g}" height="{total:g}" '
        f'viewBox="0 0 {cols * across:g} {total:g}" font-family="sans-serif">'
    ]
    if not transparent:
        parts.append('<rect width="100%" height="100%" fill="white"/>')
    for k in range(min(count, rows * cols)):
        left, top = k % cols * across, k // cols * cell
        data = base64.b64encode(png.encoded(pixels[k])).decode()
        parts.append(
            f'<svg x="{left:g}" y="{top:g}" width="{across:g}" height="{down:g}" '
            f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
            f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
            f"{overlay(k) if overlay else ''}</svg>"
        )
        if titles:
            parts.append(
                f'<text x="{left + across / 2:g}" y="{top + down + LINE * 0.8:g}" '
                f'font-size="{LINE * 0.75:g}" text-anchor="middle">{escape(titles[k])}</text>'
            )
    for n, (color, text) in enumerate(legend or ()):
        left, top = 4 + n * 9 * LINE, rows * cell + LINE * 0.4
        parts.append(
            f'<rect x="{left}" y="{top:g}" width="{LINE * 0.75:g}" height="{LINE * 0.75:g}" '
            f'fill="{_css(color)}"/><text x="{left + LINE:g}" y="{top + LINE * 0.65:g}" '
            f'font-size="{LINE * 0.75:g}">{escape(text)}</text>'
        )
    return Drawing("".join([*parts, "</svg>"]))


def _written(drawing: Drawing, path: str | None) -> Drawing:
    if path is not None:
        Path(path).write_text(drawing, encoding="utf-8")
    return drawing
