"""How long the calls of a backend take: the clocks that `core.profile` reads."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gossamer.backend.base import Backend, Call


@dataclass(eq=False, slots=True)
class Lap:
    """What one call took.

    Attributes:
        wall_ms: milliseconds in which Python was busy with it.
        kernel_ms: milliseconds in which its kernels ran; None until `Clock.settled`, and where
            the device could not tell.
        draws: how many kernels it ran on the device.
        programs: how many programs were compiled for it.
        sources: the programs' source.
    """

    wall_ms: float
    kernel_ms: float | None
    draws: int = 0
    programs: int = 0
    sources: tuple[str, ...] = ()


class Clock(Protocol):
    """Measures one call after another.

    Attributes:
        method: how it measures, in a few words.
    """

    method: str

    def start(self) -> None:
        """A call begins."""

    def stop(self, call: Call, buffers: Sequence[Any]) -> Lap:
        """It has been issued."""

    def finish(self) -> None:
        """Wait until the device has done all that was asked of it."""

    def settle(self) -> bool:
        """Complete all laps, if that is possible without giving the thread back."""

    async def settled(self) -> None:
        """Complete all laps."""


class WallClock:
    """The clock of a backend that is done when its call returns."""

    method = "wall clock"

    def start(self) -> None:
        self._started = time.perf_counter()

    def stop(self, call: Call, buffers: Sequence[Any]) -> Lap:
        elapsed = (time.perf_counter() - self._started) * 1000
        return Lap(elapsed, elapsed)

    def finish(self) -> None:
        """Nothing is ever under way."""

    def settle(self) -> bool:
        return True

    async def settled(self) -> None:
        """Every lap is complete."""


def clock_of(backend: Backend) -> Clock:
    """A clock for the calls of a backend."""
    if backend.name == "webgl":
        from gossamer.backend.webgl.queries import QueryClock

        return QueryClock(backend)
    return WallClock()
