"""Small colour images of a hundred kinds of things: 50,000 to train on and 10,000 to test."""

from __future__ import annotations

from typing import Any

from gossamer.datasets.cifar import load
from gossamer.datasets.housing import Split
from gossamer.datasets.sources import find


def load_data(label_mode: str = "fine", path: Any = "cifar-100-python.tar.gz") -> Split:
    """`(x_train, y_train), (x_test, y_test)`: images of 32 x 32 pixels, and their kinds.

    Args:
        label_mode: `"fine"` for a hundred kinds, `"coarse"` for twenty.
        path: a path or URL of `cifar-100-python.tar.gz`, or the folder that it was unpacked to.

    Raises:
        FileNotFoundError: where there is no such file.
        ValueError: for other labels.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f"Expected 'fine' or 'coarse'. Received: label_mode={label_mode!r}")
    source = find(path, "cifar-100-python.tar.gz, or the folder that it was unpacked to")
    key = f"{label_mode}_labels"
    return load(source, ["train"], key), load(source, ["test"], key)
