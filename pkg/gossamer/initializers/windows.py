"""Windows of signals by SciPy's names, in NumPy: SciPy is no part of a page."""

from collections.abc import Callable

import numpy as np

# Of the cosines of 0, 1, 2, ... periods; all as in SciPy.
COSINES = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.50, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}

# Functions of the distance from the middle: 0 there, 1 at the ends.
BY_DISTANCE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bartlett": lambda r: 1 - r,
    "barthann": lambda r: 0.62 - 0.24 * r + 0.38 * np.cos(np.pi * r),
    "bohman": lambda r: (1 - r) * np.cos(np.pi * r) + np.sin(np.pi * r) / np.pi,
    "boxcar": np.ones_like,
    "lanczos": np.sinc,
    "tukey": lambda r: np.where(r <= 0.5, 1.0, 0.5 - 0.5 * np.cos(2 * np.pi * r)),
}

# Functions of the distance in steps, and of the length.
BY_STEPS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "cosine": lambda n, length: np.cos(np.pi * n / length),
    "exponential": lambda n, length: np.exp(-n),
    "parzen": lambda n, length: np.where(
        n <= (length - 1) / 4,
        1 - 6 * (2 * n / length) ** 2 * (1 - 2 * n / length),
        2 * (1 - 2 * n / length) ** 3,
    ),
    "triang": lambda n, length: 1 - 2 * n / (length + length % 2),
}

NAMES = (*COSINES, *BY_DISTANCE, *BY_STEPS)


def check_window(name: str) -> None:
    """See that there is a window of a name.

    Raises:
        ValueError: if there is none.
    """
    if name not in NAMES:
        raise ValueError(
            f"Expected one of the windows {', '.join(sorted(NAMES))}. Received: window={name!r}"
        )


def window(name: str, length: int, periodic: bool) -> np.ndarray:
    """The window of a name.

    Args:
        name: as SciPy calls it.
        length: how many values.
        periodic: whether the value that would follow is the first one; if not, the last is.
    """
    check_window(name)
    if length == 1:
        return np.ones(1)
    whole = length + 1 if periodic else length
    steps = np.abs(np.arange(length) - (whole - 1) / 2)
    distance = 2 * steps / (whole - 1)
    if name in COSINES:
        terms = (a * np.cos(k * np.pi * distance) for k, a in enumerate(COSINES[name]))
        return np.sum(list(terms), axis=0)
    return BY_DISTANCE[name](distance) if name in BY_DISTANCE else BY_STEPS[name](steps, whole)
