"""Small colour images of ten kinds of things: 50,000 to train on and 10,000 to test."""

from __future__ import annotations

from typing import Any

from gossamer.datasets.cifar import load
from gossamer.datasets.housing import Split
from gossamer.datasets.sources import find


def load_data(path: Any = "cifar-10-python.tar.gz") -> Split:
    """`(x_train, y_train), (x_test, y_test)`: images of 32 x 32 pixels, and their kinds; uint8.

    Args:
        path: a path or URL of `cifar-10-python.tar.gz`, or the folder that it was unpacked to.

    Raises:
        FileNotFoundError: where there is no such file.
    """
    source = find(path, "cifar-10-python.tar.gz, or the folder that it was unpacked to")
    x_train, y_train = load(source, [f"data_batch_{i}" for i in range(1, 6)], "labels")
    x_test, y_test = load(source, ["test_batch"], "labels")
    return (x_train, y_train.astype("uint8")), (x_test, y_test.astype("uint8"))
