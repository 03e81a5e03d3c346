"""Adds up what tests counted with `record_property`, and prints it at the end of the run.

A pytest plugin of the outer pytest, registered by tests/conftest.py; counts of the runs inside
Pyodide come with their reports.
"""

from __future__ import annotations

from collections import Counter

import pytest


class Counts:
    """The sum of every number that was recorded under the same name, in order of appearance."""

    def __init__(self) -> None:
        self._totals: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            where = ", in the browser" if report.nodeid.startswith("inside[") else ""
            for name, value in report.user_properties:
                if isinstance(value, int):
                    self._totals[name + where] += value

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._totals:
            terminalreporter.section("counts")
        for name, total in self._totals.items():
            terminalreporter.write_line(f"{total:7} {name}")
