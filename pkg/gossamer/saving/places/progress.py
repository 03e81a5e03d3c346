"""The bar that shows how much of a file has come: as `fit` shows its steps."""

from __future__ import annotations

from gossamer.saving.places.tally import Report
from gossamer.utils.progbar import Progbar, heading

INTERVAL_SECONDS = 0.1
UNIT = 1000  # a kilobyte


def bar(label: str) -> Report:
    """A bar for `read(progress=...)`; it is drawn at most ten times a second.

    Args:
        label: what comes; stands above the bar.

    Example:
        >>> show = bar("digits.keras")
        >>> callable(show)
        True
    """
    shown: list[Progbar] = []

    def show(received: int, total: int | None) -> None:
        if not shown:
            heading(f"Loading {label}")
            shown.append(Progbar(None, unit_name="kB", interval=INTERVAL_SECONDS))
        (progbar,) = shown
        # The last piece of a kilobyte counts as one, so that no bar ends at 0 of 0.
        progbar.target = None if total is None else max(-(-total // UNIT), 1)
        is_last = received == total
        if is_last or progbar.is_due():
            progbar.update(-(-received // UNIT), finalize=is_last)

    return show
