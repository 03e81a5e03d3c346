"""pytest inside Pyodide: runs the wanted tests and posts each report to the page.

Carried into the page by inside.py and called by inside.js; knows pytest and Pyodide only.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from pyodide.ffi import can_run_sync, run_sync

ROOT = "/gossamer"
SECONDS_BETWEEN_YIELDS = 0.05


class Messenger:
    """A pytest plugin that runs the wanted tests only and tells the page what happens."""

    def __init__(self, wanted: Iterable[str], post: Callable[[str], None]) -> None:
        self.wanted = frozenset(wanted)
        self.post = post
        self.yielded_at = time.monotonic()

    def tell(self, **message: Any) -> None:
        self.post(json.dumps(message))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.tell(kind="collection error", nodeid=report.nodeid, text=str(report.longrepr))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        self.tell(kind="collected", nodeids=[item.nodeid for item in items])
        others = [item for item in items if item.nodeid not in self.wanted]
        items[:] = [item for item in items if item.nodeid in self.wanted]
        config.hook.pytest_deselected(items=others)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.tell(kind="started", nodeid=nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.config = item.config
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self.tell(kind="report", nodeid=report.nodeid, report=data)

    def pytest_runtest_logfinish(self) -> None:
        """Lets the page breathe now and then, so that the outer pytest gets the reports live."""
        if can_run_sync() and time.monotonic() - self.yielded_at > SECONDS_BETWEEN_YIELDS:
            run_sync(asyncio.sleep(0))
            self.yielded_at = time.monotonic()


def run(plan_json: str, post: Callable[[str], None]) -> str:
    """Runs the plan's tests; returns an empty string, or a sentence that says what went wrong."""
    plan = json.loads(plan_json)
    import gossamer

    # The environment variable asked for it; a silent fallback would test the wrong backend.
    if gossamer.backend() != plan["backend"]:
        return f"Expected the backend {plan['backend']}. Received: {gossamer.backend()}"
    os.chdir(ROOT)
    files = list(dict.fromkeys(nodeid.partition("::")[0] for nodeid in plan["wanted"]))
    arguments = ["--capture=sys", "-p", "no:faulthandler", "-p", "no:cacheprovider", "--tb=short"]
    messenger = Messenger(plan["wanted"], post)
    code = pytest.main([f"--rootdir={ROOT}", *arguments, *files], plugins=[messenger])
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return ""
    return f"pytest inside Pyodide ended with {code!r}"
