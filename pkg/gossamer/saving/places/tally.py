"""How far the reading of several files is, told as if they were one."""

from __future__ import annotations

import threading
from collections.abc import Callable

# What is told: bytes that are here, and how many there will be, if that is known.
Report = Callable[[int, int | None], None]


class Tally:
    """Adds up the files that are read. The end is told once, when all are whole.

    Args:
        progress: called with the bytes that have come, and with how many come in all, or None as
            long as that is not known. Files that are read in threads call it from these.
    """

    def __init__(self, progress: Report | None) -> None:
        self._progress = progress
        self._parts: list[tuple[int, int | None]] = []
        self._lock = threading.Lock()

    def part(self) -> Report:
        """What one file reports to."""
        with self._lock:
            index = len(self._parts)
            self._parts.append((0, None))

        def report(received: int, total: int | None) -> None:
            with self._lock:
                self._parts[index] = received, total
                self._show()

        return report

    def finish(self) -> None:
        """All are here."""
        received = sum(part[0] for part in self._parts)
        if self._progress is not None:
            self._progress(received, received)

    def _show(self) -> None:
        received = sum(part[0] for part in self._parts)
        totals = [part[1] for part in self._parts]
        known = [total for total in totals if total is not None]
        total = sum(known) if len(known) == len(totals) else None
        # All of the first file is not all: who reads it may ask for others.
        if self._progress is not None and received != total:
            self._progress(received, total)
