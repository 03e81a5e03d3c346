"""Image files in folders as a dataset."""

from __future__ import annotations

from typing import Any

from gossamer.data.images import FORMATS, decode_image, resized
from gossamer.defaults import standardize_data_format
from gossamer.utils.directories import check_format, datasets_of

CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
# Keras has them by TensorFlow only.
OF_TENSORFLOW = ("area", "gaussian", "mitchellcubic")


def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Any = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: Any = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Batches of images of one size, of files that lie in a folder for each class.

    Args:
        directory: the folder of these folders.
        labels: `"inferred"` from the folders' names, None, or a list with a number for each file.
        label_mode: `"int"`, `"categorical"` (one-hot), `"binary"` (of shape (batch, 1)) or None.
        class_names: the folders to take, in their order; all in alphabetical order if None.
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        batch_size: how many images a batch has; None for images one by one.
        image_size: (height, width) of all images.
        shuffle: whether they come in another order each time.
        seed: of that order.
        validation_split: the fraction of the files, the last ones, that are for validation.
        subset: `"training"`, `"validation"`, `"both"` for the two in a list, or None.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        follow_links: whether links lead to other folders.
        crop_to_aspect_ratio: whether to cut off sides of the images instead of distorting them.
        pad_to_aspect_ratio: whether to add margins instead.
        data_format: `"channels_last"` or `"channels_first"`; as `config` has it if None.
        format: without effect: it is a `gossamer.data.Dataset` in any case.
        verbose: whether to print how many files there are.

    Returns:
        A dataset of float32 images from 0 to 255, or of pairs of images and labels. It has
        `class_names` and `file_paths`.

    Raises:
        ImportError: where Pillow is not installed, when a file is decoded.
        NotImplementedError: for interpolations that Keras has by TensorFlow only.
        ValueError: for other options, and where there are no files.
    """
    if color_mode not in CHANNELS:
        raise ValueError(
            f"Expected one of {', '.join(CHANNELS)}. Received: color_mode={color_mode!r}"
        )
    size = (image_size, image_size) if isinstance(image_size, int) else image_size
    if not isinstance(size, (list, tuple)) or len(size) != 2:
        raise ValueError(f"Expected a height and a width. Received: image_size={image_size!r}")
    method = interpolation.lower()
    if method in OF_TENSORFLOW:
        raise NotImplementedError(
            f"Images are resized by {', '.join(INTERPOLATIONS)} here. "
            f"Received: interpolation={interpolation!r}"
        )
    if method not in INTERPOLATIONS:
        raise ValueError(
            f"Expected one of {', '.join(INTERPOLATIONS)}. "
            f"Received: interpolation={interpolation!r}"
        )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Expected crop_to_aspect_ratio or pad_to_aspect_ratio. Received: both")
    check_format(format)
    first = standardize_data_format(data_format) == "channels_first"

    def load(path: str) -> Any:
        with open(path, "rb") as file:
            image = decode_image(file.read(), CHANNELS[color_mode])
        image = resized(
            image, tuple(size), interpolation=method, data_format="channels_last",
            crop_to_aspect_ratio=crop_to_aspect_ratio, pad_to_aspect_ratio=pad_to_aspect_ratio,
        )  # fmt: skip
        return image.transpose(2, 0, 1) if first else image

    found = datasets_of(
        directory, load, FORMATS, labels, label_mode, class_names,
        lambda dataset: dataset if batch_size is None else dataset.batch(batch_size),
        batch_size, shuffle, seed, validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return found if subset == "both" else found[0]
