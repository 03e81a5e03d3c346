"""Boxes and masks in images, and galleries of them as SVG."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import gossamer as gs
from gossamer.visualization import png

visualization = gs.visualization
IMAGES = np.random.default_rng(0).integers(0, 255, (2, 12, 10, 3)).astype("uint8")
BOXES = {
    "boxes": np.array([[[2.0, 3.0, 6.0, 9.0], [0.0, 0.0, 4.0, 4.0]]] * 2, "float32"),
    "labels": np.array([[1, -1], [0, 1]]),
}


def decoded(data: bytes) -> np.ndarray:
    """The pixels of a PNG that has no filters."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, found = 8, {}
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(
            kind + body
        )
        found[kind] = body
        at += 12 + size
    width, height, _, colour = struct.unpack(">IIBB", found[b"IHDR"][:10])
    channels = {0: 1, 4: 2, 2: 3, 6: 4}[colour]
    rows = np.frombuffer(zlib.decompress(found[b"IDAT"]), "uint8").reshape(height, -1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, channels)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png(channels):
    image = np.random.default_rng(1).integers(0, 255, (5, 7, channels)).astype("uint8")
    np.testing.assert_array_equal(decoded(png.encoded(image)), image)
    with pytest.raises(ValueError, match="1 to 4 channels"):
        png.encoded(np.zeros((2, 2, 5), "uint8"))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_boxes(data_format):
    first = data_format == "channels_first"
    images = IMAGES.transpose(0, 3, 1, 2) if first else IMAGES
    drawn = visualization.draw_bounding_boxes(
        images, BOXES, "xyxy", color=(9, 8, 7), line_thickness=1, data_format=data_format
    )
    drawn = drawn.transpose(0, 2, 3, 1) if first else drawn
    changed = (drawn != IMAGES).any(axis=-1)
    edge = np.zeros((12, 10), bool)
    edge[3:10, 2:7] = True
    edge[4:9, 3:6] = False
    np.testing.assert_array_equal(changed[0], edge)
    assert (drawn[0][edge] == (9, 8, 7)).all()
    # The second image has a second box.
    other = np.zeros((12, 10), bool)
    other[:5, :5] = True
    other[1:4, 1:4] = False
    np.testing.assert_array_equal(changed[1], edge | other)


def test_boxes_in_other_formats_and_of_floats():
    floats = IMAGES / 255.0
    expected = visualization.draw_bounding_boxes(IMAGES, BOXES, "xyxy")
    x1, y1, x2, y2 = np.moveaxis(BOXES["boxes"], -1, 0)
    others = {
        "xywh": np.stack([x1, y1, x2 - x1, y2 - y1], -1),
        "rel_xyxy": np.stack([x1 / 10, y1 / 12, x2 / 10, y2 / 12], -1) + 1e-6,
        "yxyx": np.stack([y1, x1, y2, x2], -1),
    }
    for name, boxes in others.items():
        drawn = visualization.draw_bounding_boxes(floats, {**BOXES, "boxes": boxes}, name)
        assert drawn.dtype == np.uint8
        assert np.abs(drawn.astype(int) - expected).max() <= 1, name


@pytest.mark.cpython_only
@pytest.mark.parametrize("options", [
    {"num_classes": 3}, {"num_classes": 3, "alpha": 0.25}, {"num_classes": 3, "blend": False},
    {"num_classes": 3, "ignore_index": 1},
    {"num_classes": 2, "color_mapping": {0: (1, 2, 3), 1: (200, 100, 0)}},
])  # fmt: skip
def test_masks_as_in_keras(options, record_property):
    from tests.oracle.keras_library import keras

    masks = (
        np.random.default_rng(2).integers(0, options["num_classes"], (2, 12, 10, 1)).astype("int32")
    )
    expected = keras.visualization.draw_segmentation_masks(IMAGES, masks, **options)
    found = visualization.draw_segmentation_masks(IMAGES, masks, **options)
    assert found.dtype == np.asarray(expected).dtype
    # A product rounded otherwise may be cut off one lower.
    assert np.abs(found.astype(float) - np.asarray(expected)).max() <= 1
    assert (found == np.asarray(expected)).mean() > 0.99
    record_property("segmentation masks as Keras's", 1)


def pictures(drawing: str) -> list[np.ndarray]:
    ElementTree.fromstring(drawing)
    found = re.findall(r"data:image/png;base64,([^\"]*)", drawing)
    return [decoded(base64.b64decode(data)) for data in found]


def test_image_gallery(tmp_path):
    images = np.concatenate([IMAGES, IMAGES[:1]])
    drawing = visualization.plot_image_gallery(
        images, y_true=[0, 1, 2], y_pred=[0, 0, 1], label_map={0: "a<b", 1: "dog"},
        path=str(tmp_path / "gallery.svg"),
    )  # fmt: skip
    found = pictures(drawing)
    for one, other in zip(found, images, strict=True):
        np.testing.assert_array_equal(one, other)
    assert "Label: dog  Pred: a&lt;b" in drawing
    assert "Label: Unknown  Pred: dog" in drawing
    assert drawing._repr_svg_() == (tmp_path / "gallery.svg").read_text()
    assert len(pictures(visualization.plot_image_gallery(images, rows=1, cols=2))) == 2
    scaled = visualization.plot_image_gallery(images / 255.0, value_range=(0, 1), transparent=False)
    assert np.abs(pictures(scaled)[0].astype(int) - images[0]).max() <= 1


def test_box_gallery():
    boxes: dict[str, Any] = {**BOXES, "confidences": np.array([[0.5, 0.0], [0.25, 1.0]])}
    drawing = visualization.plot_bounding_box_gallery(
        IMAGES, "xyxy", y_true=BOXES, y_pred=boxes, class_mapping={0: "cat", 1: "dog"}, legend=True
    )
    expected = visualization.draw_bounding_boxes(IMAGES, BOXES, "xyxy", color=(0, 188, 212))
    expected = visualization.draw_bounding_boxes(expected, boxes, "xyxy", color=(255, 235, 59))
    for one, other in zip(pictures(drawing), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [drawing.count(text) for text in (">cat<", ">dog<", ">dog | 0.50<", ">cat | 0.25<")] == [
        1, 2, 1, 1
    ]  # fmt: skip
    assert "Ground Truth" in drawing


def test_mask_gallery():
    masks = np.zeros((2, 12, 10, 1), "int32")
    drawing = visualization.plot_segmentation_mask_gallery(IMAGES, 1, y_true=masks, y_pred=masks)
    found = pictures(drawing)
    assert len(found) == 6
    np.testing.assert_array_equal(found[0], IMAGES[0])
    drawn = visualization.draw_segmentation_masks(IMAGES, masks, 1)
    np.testing.assert_array_equal(found[4], drawn[1])


@pytest.mark.parametrize(("wrong", "error", "message"), [
    (lambda: visualization.draw_bounding_boxes(IMAGES[0], BOXES, "xyxy"), ValueError, "a batch"),
    (lambda: visualization.draw_bounding_boxes(IMAGES, [], "xyxy"), TypeError, "a dictionary"),
    (lambda: visualization.draw_bounding_boxes(IMAGES, {"boxes": 1}, "xyxy"), ValueError, "labels"),
    (lambda: visualization.draw_bounding_boxes(IMAGES, BOXES, "xyxy", {0: "a"}),
     NotImplementedError, "plot_bounding_box_gallery"),
    (lambda: visualization.draw_segmentation_masks(IMAGES, IMAGES / 2.0), TypeError, "integers"),
    (lambda: visualization.plot_image_gallery(IMAGES[0]), ValueError, "a batch"),
    (lambda: visualization.plot_image_gallery(IMAGES, y_true=[0, 1]), ValueError, "a label_map"),
    (lambda: visualization.plot_image_gallery(IMAGES, path="x", show=True), ValueError, "both"),
    (lambda: visualization.plot_bounding_box_gallery(
        IMAGES, "xyxy", legend=True, legend_handles=[("red", "x")]), ValueError, "both"),
])  # fmt: skip
def test_mistakes(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()
