"""Adds up what tests counted with `record_property`, and prints it at the end of the run.

A number is added to those of the same name; a list is a row of the table of that name. A pytest
plugin of the outer pytest, registered by tests/conftest.py; counts of the runs inside Pyodide come
with their reports.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest


class Counts:
    """The sum of every number that was recorded under the same name, in order of appearance."""

    def __init__(self) -> None:
        self._totals: Counter[str] = Counter()
        self._tables: dict[str, list[list[Any]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            where = ", in the browser" if report.nodeid.startswith("inside[") else ""
            for name, value in report.user_properties:
                if isinstance(value, int):
                    self._totals[name + where] += value
                elif isinstance(value, list | tuple):
                    self._tables.setdefault(name + where, []).append(list(value))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._totals:
            terminalreporter.section("counts")
        for name, total in self._totals.items():
            terminalreporter.write_line(f"{total:7} {name}")
        for name, rows in self._tables.items():
            terminalreporter.section(name)
            for line in _aligned(rows):
                terminalreporter.write_line(line)


def _aligned(rows: list[list[Any]]) -> list[str]:
    texts = [[f"{x:.2g}" if isinstance(x, float) else str(x) for x in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in texts]
