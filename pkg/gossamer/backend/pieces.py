"""Long work in pieces, between which a page may do what is its own.

A generator that gives way after each piece and returns the result. It is written once: who cannot
wait runs it to its end; who can, in `browser.event_loop`, lets the page draw in between. While one
waits, anything else may run: between two pieces no work may rely on what others change, nor have
changed what others see.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

Result = TypeVar("Result")

# What may be waited for after a piece: that the device has done its part. Nobody has to.
Wait = Callable[[], Awaitable[None]]
Pieces = Generator[Wait | None, None, Result]


def to_the_end(pieces: Pieces[Result]) -> Result:
    """The result, without a pause."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value
