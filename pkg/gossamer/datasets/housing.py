"""What the two sets of prices of houses share."""

from __future__ import annotations

from typing import Any

import numpy as np

Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def split(x: np.ndarray, y: np.ndarray, test_split: float, seed: Any) -> Split:
    """Samples in another order, and the last of them apart.

    Args:
        x, y: the samples.
        test_split: which fraction of them is set apart.
        seed: of the order.

    Raises:
        ValueError: for a fraction that is none, or all.
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"Expected a fraction below 1. Received: test_split={test_split}")
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    first = int(len(x) * (1 - test_split))
    train, test = order[:first], order[first:]
    return (x[train], y[train]), (x[test], y[test])
