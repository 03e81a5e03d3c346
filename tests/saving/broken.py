"""Files with a fault each, for readers that must refuse them or read them, and do nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

MUTATIONS = 300


def mutations(data: bytes, seed: int = 7, count: int = MUTATIONS) -> Iterator[bytes]:
    """Truncated files and files with bits flipped, most of them near the beginning or the end."""
    random = np.random.default_rng(seed)
    for number in range(count):
        if number % 4 == 0:
            yield data[: random.integers(len(data))]
            continue
        changed = bytearray(data)
        for _ in range(random.integers(1, 4)):
            near = int(random.integers(min(len(data), 200)))
            place = (near, len(data) - 1 - near, int(random.integers(len(data))))[number % 3]
            changed[place] ^= 1 << int(random.integers(8))
        yield bytes(changed)


def count_refused(data: bytes, read: Callable[[bytes], Any], errors: Any) -> int:
    """How many of the faulty files are refused; any other error than these ends the test."""
    refused = 0
    for broken in mutations(data):
        try:
            read(broken)
        except errors:
            refused += 1
    return refused
