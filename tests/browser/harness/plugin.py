"""The outer pytest's side of the runs inside Pyodide: one item per test and backend.

Registered by tests/conftest.py on CPython. For every collected test that can run in a page it adds
`inside[webgl]::tests/ops/test_x.py::test_y[add]` and the like, before `-k` and `-m` select, so that
whatever was selected restricts the inner runs too. Each such item forwards the reports of the
inner pytest as its own; a test without a report has failed. Per backend two items more are about
no single test: `collection` fails if the inner pytest found other tests than this one, `page` if
the run ended badly or reached for another host.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.harness.fixtures import CHROMIUM
from tests.browser.harness.inside import InsideRun, is_carried, make_folder
from tools.cache import cache_folder
from tools.npm import ROOT
from tools.website import PYODIDE_VARIABLE

BACKENDS = ("numpy", "webgl")


class InsideBackend(pytest.Collector):
    """`inside[webgl]`: the parent of its backend's items, and the owner of their run."""

    def __init__(self, *, backend: str, bases: list[pytest.Item], **arguments: Any) -> None:
        super().__init__(name=f"inside[{backend}]", nodeid=f"inside[{backend}]", **arguments)
        self.backend = backend
        self.bases = bases  # what CPython's pytest collected, whether it runs inside or not
        self.wanted: list[str] = []
        self._run: InsideRun | None = None

    def collect(self) -> list[pytest.Item]:
        return [
            InsideItem.from_parent(self, name=base.nodeid, base=base)
            for base in self.bases
            if runs_inside(base) and (self.backend == "webgl" or not _marked(base, "webgl"))
        ]

    def run(self, places: dict[str, Any], folder: Path) -> InsideRun:
        """The run, begun at its first use."""
        if self._run is None:
            chromium = self.config.stash[CHROMIUM]
            self._run = InsideRun(chromium, folder, places, self.backend)
            self._run.start(self.wanted)
        return self._run

    def close(self) -> None:
        if self._run is not None:
            self._run.close()


class InsideItem(pytest.Item):
    """A test of CPython's collection, to be run inside Pyodide."""

    parent: InsideBackend

    def __init__(self, *, base: pytest.Item | None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.base = base
        if base is not None:
            self.own_markers.extend(base.iter_markers())
            self.extra_keyword_matches.update(base.listextrakeywords())

    def reportinfo(self) -> tuple[Path, None, str]:
        return ROOT, None, self.nodeid

    def runtest(self) -> None:
        raise AssertionError("its reports come from the page")


class CollectionItem(InsideItem):
    """Fails if the inner pytest did not collect what this one did."""


class PageItem(InsideItem):
    """Fails if the run as a whole went wrong."""


class InsidePlugin:
    """Adds the items and answers for them."""

    def __init__(self, config: pytest.Config) -> None:
        given = [name.strip() for name in config.getoption("--inside").split(",")]
        self.backends = [name for name in given if name]
        unknown = [name for name in self.backends if name not in BACKENDS]
        if unknown:
            raise pytest.UsageError(f"--inside expects {BACKENDS}. Received: {unknown}")
        self._parents: list[InsideBackend] = []
        self._places: dict[str, Any] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> Iterator[None]:
        bases = list(items)
        here = [item for item in items if not _marked(item, "browser_only", "webgl")]
        # Playwright leaves an event loop in this thread, in which asyncio.run() refuses to work:
        # whatever uses a browser comes after whatever does not.
        items[:] = sorted(here, key=lambda item: "browser" in getattr(item, "fixturenames", ()))
        for backend in self.backends:
            parent = InsideBackend.from_parent(session, backend=backend, bases=bases)
            self._parents.append(parent)
            items.extend(session.genitems(parent))
        result = yield
        selected = [item for item in items if isinstance(item, InsideItem)]
        items[:] = [item for item in items if not isinstance(item, InsideItem)]
        for parent in self._parents:
            own = [item for item in selected if item.parent is parent]
            parent.wanted = [item.name for item in own]
            if own:
                first = CollectionItem.from_parent(parent, name="collection", base=None)
                last = PageItem.from_parent(parent, name="page", base=None)
                items += [first, *own, last]
        return result

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if not isinstance(item, InsideItem):
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports(item):
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_sessionfinish(self) -> None:
        for parent in self._parents:
            parent.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _reports(self, item: InsideItem) -> list[pytest.TestReport]:
        run = item.parent.run(self._served_places(), Path(self._served_folder()))
        if isinstance(item, CollectionItem):
            while run.collected is None and not run.ended:
                run.receive()
            return [_own_report(item, _collection_problem(item.parent, run))]
        if isinstance(item, PageItem):
            run.finish()
            return [_own_report(item, "\n".join(run.problems))]
        received = run.reports(item.name)
        if not received or received[-1]["when"] != "teardown":
            return [_own_report(item, run.why_missing(item.name))]
        reports = []
        for data in received:
            if isinstance(data["longrepr"], list):  # a skip's file, line and reason, through JSON
                data["longrepr"] = tuple(data["longrepr"])
            report = item.config.hook.pytest_report_from_serializable(config=item.config, data=data)
            report.nodeid, report.location = item.nodeid, item.location
            reports.append(report)
        return reports

    def _served_folder(self) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="gossamer-inside-")
        return self._folder.name

    def _served_places(self) -> dict[str, Any]:
        if self._places is None:
            pyodide = os.environ.get(PYODIDE_VARIABLE) or None
            self._places = make_folder(Path(self._served_folder()), ROOT, cache_folder(), pyodide)
        return self._places


def runs_inside(item: pytest.Item) -> bool:
    """Whether the test can run inside Pyodide at all."""
    return is_carried(item.nodeid) and not _marked(item, "cpython_only")


def _marked(item: pytest.Item, *names: str) -> bool:
    return any(item.get_closest_marker(name) is not None for name in names)


def _collection_problem(parent: InsideBackend, run: InsideRun) -> str:
    """What differs between the two collections; empty when nothing does."""
    if run.collected is None:
        return "\n".join(["pytest inside Pyodide collected nothing.", *run.problems, run.log()])
    inner = set(run.collected)
    missing = [nodeid for nodeid in parent.wanted if nodeid not in inner]
    lines = [f"not found inside Pyodide: {nodeid}" for nodeid in missing]
    # With node ids or --last-failed this pytest has not collected whole files itself.
    partly = any("::" in argument for argument in parent.config.args)
    if not partly and not parent.config.getoption("lf", False):
        extra = sorted(inner - {base.nodeid for base in parent.bases})
        lines += [f"found inside Pyodide only: {nodeid}" for nodeid in extra]
    return "\n".join([*lines, *run.problems])


def _own_report(item: InsideItem, problem: str) -> pytest.TestReport:
    """A report of ours: passed, or failed with the problem as its text."""
    return pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords=dict.fromkeys(item.keywords, 1),
        outcome="failed" if problem else "passed",
        longrepr=problem or None,
        when="call",
    )
