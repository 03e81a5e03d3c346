"""The progress bar, as Keras prints it; in a notebook as HTML that changes in place."""

from __future__ import annotations

import html
import importlib
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from gossamer.browser import line

BOLD, GREEN, WHITE, PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"
BAR = "━"


def write(text: str) -> None:
    """Print without a line's end."""
    sys.stdout.write(text)
    sys.stdout.flush()


def heading(text: str) -> None:
    """A line above a bar: printed, or put where bars are in a page."""
    if line.in_page() and _notebook_display() is None:
        line.Line().text(text)
    else:
        write(f"{text}\n")


class _NotebookLine:
    """A line of a notebook's output that changes in place."""

    def __init__(self, display: Any) -> None:
        self._display = display
        self._handle: Any = None

    def show(self, markup: str) -> None:
        shown = _Html(markup)
        if self._handle is None:
            self._handle = self._display(shown, display_id=True)
        else:
            self._handle.update(shown)


def _html_line() -> Any:
    """What shows HTML here and changes it; None if there is only text."""
    display = _notebook_display()
    if display is not None:
        return _NotebookLine(display)
    return line.Line() if line.in_page() else None


def _notebook_display() -> Any:
    """IPython's `display` if this is a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None or type(shell).__name__ == "TerminalInteractiveShell":
        return None
    return importlib.import_module("IPython.display").display


class _Html:
    """What a notebook shows as HTML."""

    def __init__(self, markup: str) -> None:
        self._markup = markup

    def _repr_html_(self) -> str:
        return self._markup


class Progbar:
    """Shows how many of the steps are done, how long one takes, and some values.

    Args:
        target: how many there are; None if it is not known.
        width: of the bar, in letters.
        verbose: 0 for nothing, 1 for a bar, 2 for a line in the end.
        interval: the least time between two changes of the bar, in seconds.
        stateful_metrics: names of values that are shown as they are; others are averaged.
        stateless_metrics: names of values that are averaged; others are shown as they are.
        unit_name: what a step is called.

    Raises:
        ValueError: for both `stateful_metrics` and `stateless_metrics`.

    Example:
        >>> bar = gs.utils.Progbar(2, verbose=0)
        >>> bar.update(1, [("loss", 0.5)])
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Expected stateful_metrics or stateless_metrics. Received: both, "
                f"{stateful_metrics} and {stateless_metrics}"
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = None if stateless_metrics is not None else set(
            stateful_metrics or ()
        )  # fmt: skip
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._values: dict[str, tuple[float, float]] = {}
        self._seen = 0
        self._start = time.time()
        self._after_first: float | None = None
        self._last_update = 0.0
        self._last_width = 0
        self._line = _html_line() if verbose == 1 else None

    def is_due(self) -> bool:
        """Whether the bar was last drawn long enough ago."""
        return time.time() - self._last_update >= self.interval

    def add(self, n: int, values: Any = None) -> None:
        """Note that `n` more steps are done."""
        self.update(self._seen + n, values)

    def update(self, current: int, values: Any = None, finalize: bool | None = None) -> None:
        """Note that so many steps are done.

        Args:
            current: how many.
            values: pairs of a name and a value.
            finalize: whether these were all; whether `current` is the target if None.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._note(name, value, current, finalize)
        self._seen = current
        now = time.time()
        if self._after_first is None and current == 1:
            self._after_first = now
        if self.verbose == 1 and (finalize or self.is_due()):
            self._draw(current, now, finalize)
            self._last_update = now
        elif self.verbose == 2 and finalize and self.target:
            counts = f"{current:{len(str(self.target))}d}/{self.target}"
            write(f"{counts} - {now - self._start:.0f}s -{self._info(current, now)}\n")
            self._last_update = now

    def _note(self, name: str, value: Any, current: int, finalize: bool) -> None:
        number = float(np.mean(value))
        averaged = (
            name in self.stateless_metrics if self.stateless_metrics is not None
            else name not in (self.stateful_metrics or ())
        )  # fmt: skip
        if not averaged or finalize:
            self._values[name] = number, 1.0
            return
        weight = max(current - self._seen, 1)
        total, count = self._values.get(name, (0.0, 0.0))
        self._values[name] = total + number * weight, count + weight

    def _draw(self, current: int, now: float, finalize: bool) -> None:
        if self.target:
            counts = f"{current:{len(str(self.target))}d}/{self.target}"
            done = int(self.width * min(current / self.target, 1.0))
        else:
            counts, done = f"{current:7d}/Unknown", 0
        elapsed = now - self._start
        per_step = self._per_step(current, now)
        if self.target and not finalize:
            shown = _duration(per_step * (self.target - current))
        else:
            shown = f"{elapsed:.0f}s"
        info = self._info(current, now)
        if self._line is not None:
            self._line.show(self._markup(counts, done, f" {shown}{info}"))
            return
        if not sys.stdout.isatty() and not finalize:
            return  # a line for each change would fill a file
        bar = f"{GREEN}{BAR * done}{PLAIN}{WHITE}{BAR * (self.width - done)}{PLAIN}"
        text = f"{counts} {self.width * BAR if self.target else ''} {shown}{info}"
        padding = " " * max(self._last_width - len(text), 0)
        self._last_width = len(text)
        middle = f" {bar}" if self.target else ""
        start = "\r" if sys.stdout.isatty() else ""
        end = "\n" if finalize else ""
        write(f"{start}{BOLD}{counts}{PLAIN}{middle} {BOLD}{shown}{PLAIN}{info}{padding}{end}")

    def _markup(self, counts: str, done: int, rest: str) -> str:
        """The line as HTML."""
        return (
            '<pre style="margin:0"><b>' + html.escape(counts) + "</b> "
            f'<span style="color:#2a2">{BAR * done}</span>'
            f'<span style="color:#bbb">{BAR * (self.width - done)}</span>'
            + html.escape(rest) + "</pre>"
        )  # fmt: skip

    def _per_step(self, current: int, now: float) -> float:
        """How long a step takes; the first one, which compiles, does not count if there are
        others.
        """
        if not current:
            return 0.0
        if self._after_first is not None and current > 1:
            return (now - self._after_first) / (current - 1)
        return (now - self._start) / current

    def _info(self, current: int, now: float) -> str:
        per_step = self._per_step(current, now)
        if per_step >= 1 or not per_step:
            text = f" {per_step:.0f}s/{self.unit_name}"
        elif per_step >= 1e-3:
            text = f" {per_step * 1e3:.0f}ms/{self.unit_name}"
        else:
            text = f" {per_step * 1e6:.0f}us/{self.unit_name}"
        for name, (total, count) in self._values.items():
            value = total / max(count, 1)
            text += f" - {name}: {value:.4f}" if abs(value) > 1e-3 else f" - {name}: {value:.4e}"
        return text


def _duration(seconds: float) -> str:
    if seconds > 3600:
        return f"{seconds // 3600:.0f}:{seconds % 3600 // 60:02.0f}:{seconds % 60:02.0f}"
    if seconds > 60:
        return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"
    return f"{seconds:.0f}s"
