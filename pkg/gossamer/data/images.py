"""Image files as elements. Pillow decodes them, and is imported where it is used."""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Iterator
from typing import Any

import numpy as np

from gossamer import backend as backends
from gossamer import ops
from gossamer.data.archives import LARGEST_FILE, files, is_archive
from gossamer.data.dataset import Dataset
from gossamer.data.files import local_path
from gossamer.utils.images import load_img

FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}


def decode_image(content: bytes, num_channels: int = 3) -> np.ndarray:
    """The pixels of an image file, of shape (height, width, channels).

    Args:
        content: the file's bytes.
        num_channels: 1 for grey, 3 for red, green and blue, 4 with alpha.

    Raises:
        ImportError: where Pillow is not installed.
        ValueError: for another number of channels.
    """
    if num_channels not in MODES:
        raise ValueError(f"Expected 1, 3 or 4 channels. Received: num_channels={num_channels}")
    image = np.asarray(load_img(io.BytesIO(content), color_mode=MODES[num_channels]))
    return image[..., None] if image.ndim == 2 else image


def resized(image: np.ndarray, size: tuple[int, int], **options: Any) -> np.ndarray:
    """An image of another size, in floats; computed on the host, where it is needed next.

    Args:
        image: of shape (height, width, channels).
        size: the new height and width.
        options: those of `ops.image.resize`.
    """
    with backends.using(backends.get_backend("numpy")):
        return ops.image.resize(image.astype("float32"), size, **options).numpy()


def from_images(source: Any, num_channels: int = 3, max_file_bytes: int = LARGEST_FILE) -> Dataset:
    """The images of a folder or an archive in their own sizes, with their classes.

    An element is a pair of the pixels and the number of the folder that the image lies in, among
    the names of such folders in their order: the dataset's `class_names`.

    Args:
        source: a folder, or a path or URL of a zip or tar file.
        num_channels: 1 for grey, 3 for red, green and blue, 4 with alpha.
        max_file_bytes: how large a file of an archive may be.

    Raises:
        ImportError: where Pillow is not installed.
        ValueError: where there are no images.
    """
    path = local_path(source)

    def found() -> Iterator[tuple[str, bytes]]:
        if os.path.isdir(path):
            yield from _of_folder(path)
        elif is_archive(path):
            yield from files(path, max_file_bytes=max_file_bytes)
        else:
            raise ValueError(f"Expected a folder, or a zip or tar file. Received: {path!r}")

    names = [name for name, _ in found() if _is_image(name)]
    if not names:
        raise ValueError(f"Expected images ({', '.join(FORMATS)}). Received: none in {path!r}")
    class_names = sorted({_class_of(name) for name in names})

    def begin() -> Iterator[Any]:
        for name, content in found():
            if _is_image(name):
                label = np.int32(class_names.index(_class_of(name)))
                yield decode_image(content, num_channels), label

    dataset = Dataset(begin, len(names))
    dataset.class_names = class_names
    return dataset


def _of_folder(path: str) -> Iterator[tuple[str, bytes]]:
    for folder, _, names in sorted(os.walk(path)):
        for name in sorted(names):
            if _is_image(name):
                full = os.path.join(folder, name)
                with open(full, "rb") as file:
                    yield os.path.relpath(full, path).replace(os.sep, "/"), file.read()


def _is_image(name: str) -> bool:
    return name.lower().endswith(FORMATS)


def _class_of(name: str) -> str:
    return posixpath.basename(posixpath.dirname(name))
