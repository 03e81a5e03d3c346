"""One seed for every source of random numbers."""

import random as python_random

import numpy as np

from gossamer.random.seed_generator import forget_global_seed_generator


def set_random_seed(seed: int) -> None:
    """Seed Python's `random`, NumPy's, and the global generator of `gossamer.random`.

    What is drawn after it without a seed of its own is the same in every run, with `SeedGenerator`s
    made after it without a seed among that.

    Args:
        seed: an integer from 0 to `2**32 - 1`.

    Raises:
        ValueError: for another one.

    Example:
        >>> gs.utils.set_random_seed(1)
        >>> first = random.uniform((3,)).tolist()
        >>> gs.utils.set_random_seed(1)
        >>> random.uniform((3,)).tolist() == first
        True
    """
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"Expected an integer from 0 to 2**32 - 1. Received: seed={seed!r}")
    python_random.seed(seed)
    np.random.seed(seed)
    # Its successor takes its seed from Python's `random`.
    forget_global_seed_generator()
