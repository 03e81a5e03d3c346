"""Quantiles of more numbers than can be kept: a summary of values and weights, which is merged."""

import numpy as np


def summarized(values: np.ndarray, epsilon: float) -> np.ndarray:
    """Every n-th of the values in order, and the weight n: two rows, of about `1 / epsilon`."""
    ordered = np.sort(values.ravel())
    step = max(ordered.size * epsilon, 1)
    kept = ordered[int(step - 1) :: int(step)]
    return np.stack([kept, np.full_like(kept, step)])


def merged(first: np.ndarray, second: np.ndarray, epsilon: float) -> np.ndarray:
    """One summary of two."""
    both = np.concatenate([first, second], axis=1)
    return _compressed(both[:, np.argsort(both[0])], epsilon)


def boundaries(summary: np.ndarray, num_bins: int) -> np.ndarray:
    """The inner boundaries of bins with about as many values in each."""
    return _compressed(summary, 1.0 / num_bins)[0, :-1]


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """A summary of no more than about `1 / epsilon` values."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    totals = summary[1].cumsum()
    found = totals / totals[-1]
    totals_there = np.interp(shares, found, totals)
    weights = np.diff(totals_there, prepend=0)
    return np.stack([np.interp(shares, found, summary[0]), weights]).astype(np.float32)
