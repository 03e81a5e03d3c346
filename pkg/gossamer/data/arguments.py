"""What the methods of datasets share about their arguments."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np


def positive(name: str, value: Any) -> int:
    """The number, if it is a positive one.

    Raises:
        ValueError: if it is not.
    """
    number = int(value)
    if number < 1:
        raise ValueError(f"Expected a positive {name}. Received: {name}={value!r}")
    return number


def generators_of(seed: int | None, differently: bool) -> Iterator[np.random.Generator]:
    """A generator for each time that the elements are gone through."""
    if seed is None:
        seed = int(np.random.randint(2**31))
    for number in itertools.count():
        yield np.random.default_rng([abs(seed), number if differently else 0])
