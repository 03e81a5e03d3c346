"""Images as architectures want them, and the names of ImageNet's classes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.defaults import image_data_format
from gossamer.dtypes import floatx

CLASS_INDEX: dict[str, list[str]] | None = None
CLASS_FILE = "imagenet_class_index.json"
MODES = ("caffe", "tf", "torch")


def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Images of values in [0, 255] as a family of architectures was trained on.

    `"caffe"`: `bgr(x) - mean`; `"tf"`: `x / 127.5 - 1`; `"torch"`: `(x / 255 - mean) / std`, with
    ImageNet's means and deviations by channel.

    Args:
        x: images, one or a batch; an array or a tensor. What is given is left as it is.
        data_format: `"channels_last"` or `"channels_first"`; the default one if None.
        mode: one of the three.

    Raises:
        ValueError: for another mode or data format.

    Example:
        >>> gs.applications.imagenet_utils.preprocess_input(np.array([[[255.0, 0.0, 51.0]]]))
        array([[[ -52.939, -116.779,  131.32 ]]])
    """
    if mode not in MODES:
        raise ValueError(f"Expected mode to be one of {', '.join(MODES)}. Received: mode={mode}")
    data_format = image_data_format() if data_format is None else data_format
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            "Expected data_format to be channels_first or channels_last. "
            f"Received: data_format={data_format}"
        )
    library: Any = np if isinstance(x, np.ndarray) else ops
    if isinstance(x, np.ndarray) and not np.issubdtype(x.dtype, np.floating):
        x = x.astype(floatx())
    if mode == "tf":
        return x / 127.5 - 1.0
    axis = -1 if data_format == "channels_last" else 0 if len(x.shape) == 3 else 1
    sizes = [1] * len(x.shape)
    sizes[axis] = 3

    def by_channel(values: list[float]) -> Any:
        # Of the images' dtype, as numbers would be.
        dtype = x.dtype if "float" in str(x.dtype) else floatx()
        array = np.reshape(values, sizes).astype(dtype if library is np else "float32")
        return array if library is np else ops.cast(array, dtype)

    if mode == "caffe":
        return library.flip(x, axis) - by_channel([103.939, 116.779, 123.68])
    x = x / 255.0
    return (x - by_channel([0.485, 0.456, 0.406])) / by_channel([0.229, 0.224, 0.225])


def caffe_input(x: Any, data_format: str | None = None) -> Any:
    """Images of [0, 255] from RGB to BGR, less ImageNet's means: `bgr(x) - mean`.

    Args:
        x: images, one or a batch; an array or a tensor. What is given is left as it is.
        data_format: `"channels_last"` or `"channels_first"`; the default one if None.

    Raises:
        ValueError: for another data format.

    Example:
        >>> gs.applications.vgg16.preprocess_input(np.array([[[255.0, 0.0, 51.0]]]))
        array([[[ -52.939, -116.779,  131.32 ]]])
    """
    return preprocess_input(x, data_format, "caffe")


def tf_input(x: Any, data_format: str | None = None) -> Any:
    """Images of [0, 255] in [-1, 1]: `x / 127.5 - 1`.

    Args:
        x: images, one or a batch; an array or a tensor. What is given is left as it is.
        data_format: `"channels_last"` or `"channels_first"`; the default one if None.

    Raises:
        ValueError: for another data format.

    Example:
        >>> gs.applications.mobilenet.preprocess_input(np.array([[[255.0, 0.0, 51.0]]]))
        array([[[ 1. , -1. , -0.6]]])
    """
    return preprocess_input(x, data_format, "tf")


def torch_input(x: Any, data_format: str | None = None) -> Any:
    """Images of [0, 255] with ImageNet's means and deviations taken out: `(x / 255 - mean) / std`.

    Args:
        x: images, one or a batch; an array or a tensor. What is given is left as it is.
        data_format: `"channels_last"` or `"channels_first"`; the default one if None.

    Raises:
        ValueError: for another data format.

    Example:
        >>> gs.applications.densenet.preprocess_input(np.array([[[255.0, 0.0, 51.0]]])).round(3)
        array([[[ 2.249, -2.036, -0.916]]])
    """
    return preprocess_input(x, data_format, "torch")


def unchanged_input(x: Any, data_format: str | None = None) -> Any:
    """Images as they are: the architecture begins with the layers that prepare them.

    Args:
        x: images of values in [0, 255].
        data_format: of no effect.

    Example:
        >>> gs.applications.efficientnet.preprocess_input(7.0)
        7.0
    """
    return x


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[Any, ...]]]:
    """The likeliest classes of ImageNet for each image: their ids, names and scores.

    The names are read from `models/imagenet_class_index.json` in `$KERAS_HOME`, or in `.keras` of
    the user's folder, where Keras keeps them: a table from `"0"` to `"999"` to id and name.

    Args:
        preds: scores of the 1000 classes, of shape (images, 1000).
        top: how many classes of each.

    Raises:
        ValueError: for scores of another shape.
        FileNotFoundError: where there is no such file.

    Example:
        >>> gs.applications.imagenet_utils.decode_predictions(np.zeros((1, 10)))
        Traceback (most recent call last):
        ValueError: Expected scores of shape (images, 1000). Received: shape (1, 10)
    """
    if len(preds.shape) != 2 or preds.shape[1] != 1000:
        raise ValueError(
            f"Expected scores of shape (images, 1000). Received: shape {tuple(preds.shape)}"
        )
    names = _class_index()
    scores = ops.convert_to_numpy(preds)
    # Of equal scores the later class comes first, and is shown first among the shown ones' equals.
    best = scores.argsort(axis=-1)[:, ::-1][:, :top]
    return [
        [(*names[str(place)], row[place]) for place in places]
        for row, places in zip(scores, best, strict=True)
    ]


def _class_index() -> dict[str, list[str]]:
    """The ids and names of classes, read once."""
    global CLASS_INDEX
    if CLASS_INDEX is None:
        folder = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
        path = Path(folder).expanduser() / "models" / CLASS_FILE
        if not path.exists():
            raise FileNotFoundError(
                f"Expected the names of ImageNet's classes in a file, as Keras keeps them: "
                f"gossamer names no host to fetch it from. Received: no file at {path}"
            )
        CLASS_INDEX = json.loads(path.read_text(encoding="utf-8"))
    return CLASS_INDEX
