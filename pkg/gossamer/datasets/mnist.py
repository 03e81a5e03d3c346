"""Digits written by hand: 60,000 images of 28 x 28 pixels to train on and 10,000 to test."""

from __future__ import annotations

from typing import Any

from gossamer.datasets.housing import Split
from gossamer.datasets.sources import find, load_npz


def load_data(path: Any = "mnist.npz") -> Split:
    """`(x_train, y_train), (x_test, y_test)`: images as uint8 from 0 to 255, and their digits.

    Args:
        path: a path or URL of `mnist.npz`, with `x_train`, `y_train`, `x_test` and `y_test`.

    Raises:
        FileNotFoundError: where there is no file.
    """
    arrays = load_npz(find(path, "mnist.npz, a file of arrays x_train, y_train, x_test and y_test"))
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
