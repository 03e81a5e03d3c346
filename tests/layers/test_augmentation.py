"""Layers of images: what they do when told what to do, as Keras does; what they draw; jitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers, ops
from gossamer.layers.image_preprocessing.bounding_boxes import FORMATS, convert_format

NAMES = [
    "AugMix", "AutoContrast", "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization",
    "CutMix", "Equalization", "MaxNumBoundingBoxes", "MixUp", "RandAugment", "RandomBrightness",
    "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomCrop",
    "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation",
    "RandomZoom", "Resizing", "Solarization",
]  # fmt: skip


def test_names(record_property):
    assert all(issubclass(getattr(layers, name), layers.Layer) for name in NAMES)
    record_property("layer names present", len(NAMES))


# Each with what it is made with; those without boxes are said to be so.
UNIT = {"value_range": (0, 1)}
LAYERS: list[tuple[str, dict[str, Any]]] = [
    ("RandomBrightness", {"factor": 0.4, **UNIT}),
    ("RandomContrast", {"factor": 0.8, **UNIT}),
    ("RandomSaturation", {"factor": (0.3, 0.9), **UNIT}),
    ("RandomHue", {"factor": (0.3, 0.9), **UNIT}),
    ("RandomColorDegeneration", {"factor": (0.3, 0.9), **UNIT}),
    ("RandomSharpness", {"factor": (0.3, 0.9), **UNIT}),
    ("RandomPosterization", {"factor": (2, 6), **UNIT}),
    ("RandomPosterization", {"factor": [3, 3], **UNIT}),
    ("RandomInvert", {"factor": (0.5, 0.5), **UNIT}),
    ("RandomGrayscale", {"factor": 0.5}),
    ("RandomGaussianBlur", {"factor": (0.9, 1.0), "kernel_size": (3, 5), **UNIT}),
    ("RandomErasing", {"factor": (0.9, 1.0), **UNIT}),
    ("RandomErasing", {"factor": (0.9, 1.0), "fill_value": (0.1, 0.2, 0.3), **UNIT}),
    ("Solarization", {"addition_factor": 0.4, "threshold_factor": 0.9, **UNIT}),
    ("RandomTranslation", {"height_factor": 0.4, "width_factor": (-0.1, 0.6)}),
    ("RandomTranslation", {"height_factor": 0.4, "width_factor": 0.3, "fill_mode": "constant",
                           "fill_value": 0.3, "interpolation": "nearest"}),
    ("RandomZoom", {"height_factor": 0.5}),
    ("RandomZoom", {"height_factor": (-0.5, -0.2), "width_factor": 0.4, "fill_mode": "nearest"}),
    ("RandomRotation", {"factor": 0.4}),
    ("RandomRotation", {"factor": (0.1, 0.2), "fill_mode": "constant"}),
    ("RandomShear", {"x_factor": 0.5}),
    ("RandomShear", {"x_factor": (0.1, 0.5), "y_factor": 0.4, "fill_mode": "wrap"}),
    ("RandomPerspective", {"factor": (0.9, 1.0), "scale": 0.3}),
    ("RandomFlip", {}),
    ("RandomFlip", {"mode": "horizontal"}),
    ("RandomFlip", {"mode": "vertical"}),
    ("RandomCrop", {"height": 5, "width": 7}),
    ("RandomCrop", {"height": 12, "width": 7}),
    ("MixUp", {"alpha": 0.6}),
    ("CutMix", {"factor": (0.5, 1.0)}),
    ("RandAugment", {"num_ops": 3, **UNIT}),
    ("AugMix", {**UNIT}),
    ("Resizing", {"height": 5, "width": 12}),
    ("Resizing", {"height": 5, "width": 12, "crop_to_aspect_ratio": True}),
    ("Resizing", {"height": 5, "width": 12, "pad_to_aspect_ratio": True}),
    ("CenterCrop", {"height": 5, "width": 7}),
    ("CenterCrop", {"height": 12, "width": 7}),
    ("MaxNumBoundingBoxes", {"max_number": 3}),
    ("MaxNumBoundingBoxes", {"max_number": 1, "fill_value": -2}),
]  # fmt: skip
ALSO_RANDOM = [
    ("RandomElasticTransform", {"factor": (0.9, 1.0), **UNIT}),
    ("RandomColorJitter", {"brightness_factor": 0.3, "contrast_factor": 0.4,
                           "saturation_factor": (0.3, 0.7), "hue_factor": 0.2, **UNIT}),
    ("AutoContrast", UNIT),
    ("Equalization", UNIT),
    ("ContrastLimitedAdaptiveHistogramEqualization", UNIT),
]  # fmt: skip
WITHOUT_SEED = {
    "Resizing", "CenterCrop", "MaxNumBoundingBoxes", "AutoContrast", "Equalization",
    "ContrastLimitedAdaptiveHistogramEqualization",
}  # fmt: skip
WITHOUT_BOXES = {"CutMix", "RandomElasticTransform", "AugMix"}
# Keras joins boxes of `MixUp` with labels along another axis, and takes the height for the width in
# `RandomCrop`: those are tested by hand.
OTHER_BOXES = WITHOUT_BOXES | {"MixUp", "RandomCrop"}
# Keras takes boxes of other formats for corners there.
ONLY_CORNERS = {"RandomRotation", "RandomPerspective", "RandAugment"}
IDS = [f"{name}-{k}" for k, (name, _) in enumerate(LAYERS)]


def made(library: Any, name: str, config: dict[str, Any], **more: Any) -> Any:
    seed = {} if name in WITHOUT_SEED else {"seed": 5}
    return getattr(library.layers, name)(**config, **seed, **more)


def data(first: bool = False) -> dict[str, Any]:
    """Four images of 9 by 10 pixels, and what belongs to them."""
    generator = np.random.default_rng(4)
    images = generator.uniform(size=(4, 9, 10, 3)).astype(np.float32)
    masks = generator.integers(0, 4, (4, 9, 10, 1)).astype(np.float32)
    corners = np.sort(generator.uniform(0, 9, (4, 2, 2, 2)), axis=2).astype(np.float32)
    return {
        "images": np.moveaxis(images, -1, 1).copy() if first else images,
        "labels": np.eye(4, dtype=np.float32),
        "bounding_boxes": {
            "boxes": corners.reshape(4, 2, 4), "labels": np.array([[0, 1]] * 4, np.int32)
        },
        "segmentation_masks": np.moveaxis(masks, -1, 1).copy() if first else masks,
    }  # fmt: skip


def arrays(x: Any) -> Any:
    if isinstance(x, dict):  # in its order, which `tree` does not keep
        return {key: arrays(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(map(arrays, x))
    return np.asarray(x) if isinstance(x, gs.Tensor) else x


def equal(found: Any, right: Any) -> None:
    right = np.asarray(right)
    assert tuple(found.shape) == right.shape
    np.testing.assert_allclose(np.asarray(found), right, rtol=1e-4, atol=1e-4)


@pytest.mark.cpython_only
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize(("name", "config"), LAYERS, ids=IDS)
def test_transformations_as_keras(name, config, data_format, record_property):
    """Keras is given what was drawn here, and does the same to images, labels and masks."""
    from tests.oracle import keras_library

    keras = keras_library.keras
    first = data_format == "channels_first"
    own, theirs = (made(x, name, config, data_format=data_format) for x in (gs, keras))
    given = data(first)
    images = given["images"]
    drawn = own.get_random_transformation(ops.convert_to_tensor(images), training=True)
    told = arrays(drawn)
    told = told[:2] if name == "RandomCrop" else told
    if name == "RandAugment":
        # Keras's `+=` changes NumPy's images where they stand, also when another layer is chosen.
        brighter = theirs.random_brightness.transform_images
        theirs.random_brightness.transform_images = lambda x, t, **k: brighter(x.copy(), t, **k)
    right = theirs.transform_images(images.copy(), told, training=True)
    equal(own.transform_images(ops.convert_to_tensor(images), drawn, True), right)
    record_property("images transformed as Keras does", 1)
    equal(own.transform_labels(ops.convert_to_tensor(given["labels"]), drawn, True),
          theirs.transform_labels(given["labels"], told, training=True))  # fmt: skip
    if name in ("MixUp", "CutMix"):  # Keras takes pixels for images there, or other channels
        return
    masks = given["segmentation_masks"]
    right = theirs.transform_segmentation_masks(masks.copy(), told, training=True)
    equal(own.transform_segmentation_masks(ops.convert_to_tensor(masks), drawn, True), right)
    record_property("segmentations transformed as Keras does", 1)


@pytest.mark.cpython_only
@pytest.mark.parametrize("box_format", ["xyxy", "rel_xyxy", "center_xywh"])
@pytest.mark.parametrize(
    ("name", "config"), [x for x in LAYERS if x[0] not in OTHER_BOXES],
    ids=[i for i, x in zip(IDS, LAYERS, strict=True) if x[0] not in OTHER_BOXES],
)  # fmt: skip
def test_boxes_as_keras(name, config, box_format, record_property):
    from tests.oracle import keras_library

    if name in ONLY_CORNERS and box_format != "xyxy":
        return
    keras = keras_library.keras
    own, theirs = (made(x, name, config, bounding_box_format=box_format) for x in (gs, keras))
    given = data()
    boxes = given["bounding_boxes"]["boxes"]
    boxes = np.asarray(convert_format(boxes, "xyxy", box_format, 9, 10))
    labels = given["bounding_boxes"]["labels"]
    drawn = own.get_random_transformation(ops.convert_to_tensor(given["images"]), training=True)
    # Keras changes what it is given.
    right = theirs.transform_bounding_boxes(
        {"boxes": boxes.copy(), "labels": labels.copy()},
        transformation=arrays(drawn),
        training=True,
    )
    tensors = {"boxes": ops.convert_to_tensor(boxes), "labels": ops.convert_to_tensor(labels)}
    found = own.transform_bounding_boxes(tensors, drawn, True)
    equal(found["boxes"], right["boxes"])
    equal(found["labels"], right["labels"])
    record_property("boxes transformed as Keras does", 1)


@pytest.mark.cpython_only
def test_formats_of_boxes_as_keras(record_property):
    from tests.oracle import keras_library

    boxes = data()["bounding_boxes"]["boxes"]
    convert = keras_library.keras.utils.bounding_boxes.convert_format
    for source in FORMATS:
        for target in FORMATS:
            right = convert(boxes.copy(), source, target, height=9, width=10)
            found = convert_format(boxes, source, target, 9, 10)
            np.testing.assert_allclose(found, right, rtol=1e-4, atol=1e-4)
            record_property("formats of boxes as Keras's", 1)


@pytest.mark.parametrize(
    ("name", "config"), LAYERS + ALSO_RANDOM, ids=[*IDS, *(name for name, _ in ALSO_RANDOM)]
)
def test_jitted_layers_do_the_same(name, config):
    """And equal seeds give equal results."""
    images = ops.convert_to_tensor(data()["images"])
    one, other = (made(gs, name, config) for _ in range(2))
    one.build(images.shape)
    other.build(images.shape)
    step = gs.jit(lambda x: other(x, training=True))
    for turn in range(2):
        if turn == 1 and name == "AugMix":  # what is drawn by Python is drawn once
            break
        np.testing.assert_allclose(step(images), one(images, training=True), rtol=1e-4, atol=1e-4)


CHANGES = [(name, config) for name, config in LAYERS if name.startswith("Random")]


@pytest.mark.parametrize(("name", "config"), CHANGES, ids=[f"{n}-{k}" for k, (n, _) in
                                                          enumerate(CHANGES)])  # fmt: skip
def test_draws_differ_from_call_to_call_and_inference_changes_nothing(name, config):
    images = data()["images"]
    layer = made(gs, name, config)
    results = [np.asarray(layer(images)) for _ in range(8)]
    if name not in ("RandomCrop",):
        np.testing.assert_array_equal(layer(images, training=False), images)
        assert any(not np.array_equal(result, images) for result in results)
    fixed = name == "RandomPosterization" and config["factor"] == [3, 3]
    if not fixed and not (name == "RandomCrop" and config["height"] == 12):
        assert any(not np.array_equal(result, results[0]) for result in results[1:])


@pytest.mark.parametrize(
    ("name", "config"), LAYERS + ALSO_RANDOM, ids=[*IDS, *(name for name, _ in ALSO_RANDOM)]
)
def test_dictionaries_and_single_images(name, config):
    more = {} if name in WITHOUT_BOXES else {"bounding_box_format": "xyxy"}
    layer = made(gs, name, config, **more)
    batch = data()
    if name in WITHOUT_BOXES:
        del batch["bounding_boxes"]
    single = gs.tree.map_structure(lambda x: x[0], batch)
    outputs = layer(batch)
    assert set(outputs) == set(batch)
    shape = layer.compute_output_shape((4, 9, 10, 3))
    assert outputs["images"].shape == shape
    assert outputs["segmentation_masks"].shape[:-1] == (
        shape[:-1] if name != "MaxNumBoundingBoxes" else (4, 9, 10)
    )
    one = layer(single)
    for (path, x), (_, y) in zip(
        gs.tree.flatten_with_path(outputs), gs.tree.flatten_with_path(one), strict=True
    ):
        assert x.shape[1:] == y.shape, path
    assert layer(single["images"]).shape == shape[1:]


def test_layers_draw_from_their_ranges():
    images = np.full((400, 1, 1, 3), 0.5, np.float32)
    brighter = np.asarray(layers.RandomBrightness((0.1, 0.3), (0, 1), seed=1)(images))[:, 0, 0, 0]
    assert 0.6 <= brighter.min() < 0.61
    assert 0.79 < brighter.max() <= 0.8
    inverted = np.asarray(layers.RandomInvert((0.25, 0.25), (0, 2), seed=1)(images))[:, 0, 0, 0]
    assert 0.15 < (inverted == 1.5).mean() < 0.35
    flipped = np.asarray(layers.RandomFlip("horizontal", seed=1)(
        np.tile(np.array([0.0, 1.0], np.float32)[None, None, :, None], (400, 1, 1, 1))
    ))  # fmt: skip
    assert 0.4 < flipped[:, 0, 0, 0].mean() < 0.6


def test_an_elastic_transform_moves_pixels_a_little():
    ramp = np.broadcast_to(np.linspace(0, 1, 32, dtype=np.float32)[:, None], (2, 32, 32, 1)[1:3])
    images = np.stack([ramp, ramp])[..., None]
    layer = layers.RandomElasticTransform((1.0, 1.0), scale=(0.5, 0.5), value_range=(0, 1), seed=1)
    moved = np.abs(np.asarray(layer(images)) - images)
    assert 0.001 < moved.mean() < 0.2
    same = layer({"images": images, "segmentation_masks": images})
    assert np.abs(np.asarray(same["images"]) - np.asarray(same["segmentation_masks"])).max() < 0.05


def test_boxes_of_crops():
    boxes = {"boxes": np.array([[[1.0, 2.0, 5.0, 6.0]]], np.float32), "labels": np.array([[3]])}
    crop = layers.RandomCrop(4, 6, bounding_box_format="xyxy")
    found = crop.transform_bounding_boxes(boxes, (3, 2, 9, 10))
    np.testing.assert_allclose(found["boxes"], [[[0, 0, 3, 3]]])
    assert found["labels"].tolist() == [[3]]
    relative = layers.RandomCrop(4, 6, bounding_box_format="rel_xyxy")
    parts = convert_format(boxes, "xyxy", "rel_xyxy", 9, 10)
    found = relative.transform_bounding_boxes(parts, (3, 2, 9, 10))
    np.testing.assert_allclose(found["boxes"], [[[0, 0, 0.5, 0.75]]], rtol=1e-6)
    gone = crop.transform_bounding_boxes(boxes, (5, 5, 9, 10))
    assert gone["labels"].tolist() == [[-1]]


def test_boxes_of_mixed_images():
    boxes = {"boxes": np.arange(8.0).reshape(2, 1, 4), "labels": np.array([[1], [2]])}
    told = {"permutation_order": [1, 0], "mix_weight": [0.25, 0.75]}
    found = layers.MixUp().transform_bounding_boxes(boxes, told)
    assert found["labels"].tolist() == [[1, 2], [2, 1]]
    assert found["boxes"].shape == (2, 2, 4)
    masks = np.stack([np.zeros((3, 3, 1)), np.full((3, 3, 1), 4.0)])
    masks = layers.MixUp().transform_segmentation_masks(masks, told)
    assert np.asarray(masks)[:, 0, 0, 0].tolist() == [3.0, 3.0]


def test_integers_become_floats():
    images = np.full((1, 2, 2, 3), 200, np.uint8)
    darker = layers.RandomBrightness((-0.2, -0.2))(images)
    assert darker.dtype == "float32"
    np.testing.assert_allclose(darker, 149)
    assert layers.Resizing(1, 1)(images).dtype == "uint8"


def test_samples_of_different_numbers_of_boxes():
    layer = layers.MaxNumBoundingBoxes(3, bounding_box_format="xyxy")
    boxes = {"boxes": [[[1, 1, 2, 2]], [[1, 1, 3, 3], [0, 0, 1, 1]]], "labels": [[4], [5, 6]]}
    given = {"images": np.zeros((2, 4, 4, 3), np.float32), "bounding_boxes": boxes}
    # Lists are for `bounding_boxes` alone to read: a layer's inputs are trees.
    found = layer.transform_bounding_boxes(
        gs.layers.image_preprocessing.bounding_boxes.as_tensors(boxes), None
    )
    assert found["labels"].tolist() == [[4, -1, -1], [5, 6, -1]]
    assert given["images"].shape == (2, 4, 4, 3)


@pytest.mark.parametrize(("make", "received"), [
    (lambda: layers.RandomBrightness(2.0), "factor=2.0"),
    (lambda: layers.RandomBrightness("x"), "factor='x'"),
    (lambda: layers.RandomBrightness(0.1, value_range=(1,)), r"value_range=\(1,\)"),
    (lambda: layers.RandomContrast(-0.1), "factor=-0.1"),
    (lambda: layers.RandomPosterization(9), "factor=9"),
    (lambda: layers.RandomGrayscale(1.5), "factor=1.5"),
    (lambda: layers.RandomGaussianBlur(kernel_size=2), "kernel_size=2"),
    (lambda: layers.RandomErasing(scale=2.0), "scale=2.0"),
    (lambda: layers.RandomErasing(fill_value=(1, 2)), r"fill_value=\(1, 2\)"),
    (lambda: layers.Solarization(threshold_factor=-1), "threshold_factor=-1"),
    (lambda: layers.RandomTranslation(1.5, 0.1), "height_factor=1.5"),
    (lambda: layers.RandomZoom(-1), "height_factor=-1"),
    (lambda: layers.RandomShear(-0.1), "x_factor=-0.1"),
    (lambda: layers.RandomPerspective(scale=2.0), "scale=2.0"),
    (lambda: layers.RandomFlip()(np.ones((2, 2))), r"shape=\(2, 2\)"),
    (lambda: layers.RandomFlip()(data()), "None"),
    (lambda: layers.RandomFlip(bounding_box_format="xyxy")(
        {"images": np.ones((1, 2, 2, 3)), "bounding_boxes": {"boxes": np.ones((1, 1, 4))}}),
     "boxes"),
    (lambda: convert_format(np.ones((1, 4)), "xyxy", "round"), "round"),
    (lambda: convert_format(np.ones((1, 4)), "xyxy", "rel_xyxy"), "height=None"),
    (lambda: convert_format(np.ones((1, 3)), "xyxy", "yxyx"), r"shape=\(1, 3\)"),
])  # fmt: skip
def test_what_is_refused(make, received):
    with pytest.raises(ValueError, match=f"Received: .*{received}"):
        make()


@pytest.mark.parametrize("make", [
    lambda: layers.RandomRotation(0.1, fill_mode="x"),
    lambda: layers.RandomZoom(0.1, interpolation="x"),
    lambda: layers.RandomElasticTransform(fill_mode="x"),
])  # fmt: skip
def test_unknown_modes(make):
    with pytest.raises(NotImplementedError, match=r"Received: .*='x'"):
        make()
