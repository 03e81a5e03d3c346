"""Prices of houses in districts of California, 1990: 20,640 samples of 8 numbers."""

from __future__ import annotations

from typing import Any

from gossamer.datasets.housing import Split, split
from gossamer.datasets.sources import find, load_npz

SMALL = 600


def load_data(
    version: str = "large",
    path: Any = "california_housing.npz",
    test_split: float = 0.2,
    seed: Any = 113,
) -> Split:
    """`(x_train, y_train), (x_test, y_test)`: 8 numbers a district, and the median price there.

    Args:
        version: `"large"`, or `"small"` for the first 600 samples.
        path: a path or URL of `california_housing.npz`, with `x` and `y`.
        test_split: which fraction is for tests.
        seed: of the order of the samples.

    Raises:
        FileNotFoundError: where there is no file.
        ValueError: for another fraction or version.
    """
    if version not in ("small", "large"):
        raise ValueError(f"Expected 'small' or 'large'. Received: version={version!r}")
    arrays = load_npz(find(path, "california_housing.npz, a file of arrays x and y"))
    stop = SMALL if version == "small" else None
    return split(arrays["x"][:stop], arrays["y"][:stop], test_split, seed)
