"""Clothes in ten kinds: 60,000 images of 28 x 28 pixels to train on and 10,000 to test."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np

from gossamer.data.files import is_url, local_path
from gossamer.datasets.housing import Split
from gossamer.datasets.sources import find

FILES = (
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
)  # fmt: skip


def load_data(path: Any = "fashion-mnist") -> Split:
    """`(x_train, y_train), (x_test, y_test)`: images as uint8 from 0 to 255, and their kinds.

    Args:
        path: a path or URL of the folder of the four files, `train-images-idx3-ubyte.gz` and so
            on.

    Raises:
        FileNotFoundError: where there is no such folder.
    """
    what = f"the folder of {', '.join(FILES)}"
    if is_url(path):
        paths = [local_path(f"{path.rstrip('/')}/{name}") for name in FILES]
    else:
        folder = find(path, what)
        paths = [local_path(f"{folder}/{name}") for name in FILES]
    x_train, y_train, x_test, y_test = map(read_idx, paths)
    return (x_train, y_train), (x_test, y_test)


def read_idx(path: str) -> np.ndarray:
    """The bytes of a compressed IDX file, as an array of the shape that stands in its header.

    Args:
        path: of the file.

    Raises:
        ValueError: for a file of anything else.
    """
    with gzip.open(path, "rb") as file:
        content = file.read()
    if content[:3] != b"\0\0\x08":  # two zeros, and a mark for bytes
        raise ValueError(f"Expected an IDX file of bytes. Received: {path!r}")
    rank = content[3]
    shape = np.frombuffer(content, ">u4", rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape.astype(int))
