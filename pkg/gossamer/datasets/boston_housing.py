"""Prices of houses in Boston, 1978: 506 samples of 13 numbers."""

from __future__ import annotations

from typing import Any

from gossamer.datasets.housing import Split, split
from gossamer.datasets.sources import find, load_npz


def load_data(path: Any = "boston_housing.npz", test_split: float = 0.2, seed: Any = 113) -> Split:
    """`(x_train, y_train), (x_test, y_test)`: 13 numbers a house, and its price in 1000 dollars.

    One of the numbers is made of the share of Black people in the neighbourhood, on the assumption
    that it moves prices: use the set to talk about such data, not to predict with.

    Args:
        path: a path or URL of `boston_housing.npz`, with `x` and `y`.
        test_split: which fraction is for tests.
        seed: of the order of the samples.

    Raises:
        FileNotFoundError: where there is no file.
        ValueError: for another fraction.
    """
    arrays = load_npz(find(path, "boston_housing.npz, a file of arrays x and y"))
    return split(arrays["x"], arrays["y"], test_split, seed)
