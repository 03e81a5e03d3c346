"""Files that are almost right: cut off, bits flipped, lengths wrong, parts doubled."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

MUTATIONS = 300


def mutated(data: bytes, generator: random.Random) -> bytes:
    """A file that something happened to; half of it near the beginning, where structure is."""
    if generator.random() < 0.2:
        return data[: generator.randrange(len(data))]
    result = bytearray(data)
    for _ in range(generator.choice([1, 1, 2, 5, 20])):
        near = len(result) if generator.random() < 0.5 else min(len(result), 4096)
        place = generator.randrange(near)
        what = generator.random()
        if what < 0.5:
            result[place] ^= 1 << generator.randrange(8)
        elif what < 0.7:
            result[place] = generator.choice([0, 255, 127, 128, 1])
        elif what < 0.85:
            end = min(len(result), place + generator.randrange(1, 9))
            result[place:end] = bytes([generator.choice([0, 255])]) * (end - place)
        else:
            source = generator.randrange(len(result))
            part = bytes(result[source : source + generator.randrange(1, 64)])
            result[place : place + len(part)] = part
    return bytes(result)


def mutations(data: bytes, seed: int = 7, count: int = MUTATIONS) -> Iterator[bytes]:
    """So many of such files, the same each time."""
    generator = random.Random(seed)
    return (mutated(data, generator) for _ in range(count))


def count_refused(data: bytes, read: Callable[[bytes], Any], errors: Any) -> int:
    """How many of `MUTATIONS` such files are refused; any other error than these ends the test."""
    refused = 0
    for broken in mutations(data):
        try:
            read(broken)
        except errors:
            refused += 1
    return refused
