"""One run of test files inside Pyodide: a page per backend, its reports as they come.

Called by plugin.py, and by test_inside.py, which checks that it never says "passed" wrongly. It
serves a folder of its own, with gossamer's wheel as the build makes it and pytest's wheels, which
the site does not carry.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError

from tests.browser.harness.pages import Chromium, open_page
from tools import pyodide_distribution
from tools.cache import write_file
from tools.gossamer_wheel import gossamer_wheel
from tools.h5wasm_wheel import h5wasm_wheel
from tools.pure_wheels import HDF5_WHEELS, PYTEST_WHEELS, fetch
from tools.server import running
from tools.wheel import read_facts

HERE = Path(__file__).parent
NOT_CARRIED = ("tests/browser", "tests/build")
NEW_PAGES = 5  # so often a run goes on after a death
LOG_LINES = 60
SILENCE_SECONDS = 300  # a single test that takes longer than this inside Pyodide has hung


def carried_files(root: Path) -> dict[str, bytes]:
    """The test files and pytest's settings, by their path in the repository."""
    files = {"pyproject.toml": (root / "pyproject.toml").read_bytes()}
    for path in sorted((root / "tests").rglob("*")):
        relative = path.relative_to(root).as_posix()
        if path.is_file() and "__pycache__" not in relative and is_carried(relative):
            files[relative] = path.read_bytes()
    return files


def is_carried(path: str) -> bool:
    """Whether the file at this path, relative to the repository, goes into the page."""
    return not path.startswith(tuple(f"{folder}/" for folder in NOT_CARRIED))


def make_folder(folder: Path, root: Path, cache: Path, pyodide: str | None) -> dict[str, Any]:
    """Fills the folder that the page is served from; returns where Pyodide and packages are.

    Arguments:
        folder: the folder to fill.
        root: the repository, or another folder with pkg/ and tests/.
        cache: the build's cache folder.
        pyodide: another distribution's folder or address, as `build.py --pyodide` takes it.
    """
    wheel = gossamer_wheel(folder / "wheels", root)
    wheels = [wheel, *fetch(PYTEST_WHEELS, Path(sys.executable), cache)]
    for name in ("inside.html", "inside.js", "inner.py"):
        shutil.copyfile(HERE / name, folder / name)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        for path, content in carried_files(root).items():
            stream.writestr(path, content)
    write_file(folder / "tests.zip", archive.getvalue())
    if pyodide is not None and pyodide.startswith(("http://", "https://")):
        for path in wheels[1:]:
            shutil.copyfile(path, folder / "wheels" / path.name)
        packages = ["numpy", *(f"wheels/{path.name}" for path in wheels)]
        return {"indexURL": pyodide.rstrip("/") + "/", "packages": packages}
    source = None if not pyodide else Path(pyodide).expanduser().resolve()
    hdf5 = [*fetch(HDF5_WHEELS, Path(sys.executable), cache), h5wasm_wheel(cache)]
    carried = [*wheels, *hdf5]  # these are loaded by what needs them
    pyodide_distribution.assemble(folder / "pyodide", carried, cache=cache, source=source)
    names = [read_facts(path).name for path in wheels]
    return {"indexURL": "pyodide/", "packages": ["numpy", *names]}


class InsideRun:
    """The tests of one backend, run in one page; reports are asked for one test at a time.

    A test that kills the page or the interpreter has failed; the tests after it run in a new page,
    so that one death does not hide what all the others have to say.
    """

    def __init__(
        self, chromium: Chromium, folder: Path, places: dict[str, Any], backend: str
    ) -> None:
        self.backend = backend
        self.collected: list[str] | None = None
        self.problems: list[str] = []  # what concerns no single test
        self.ended = False
        self._chromium = chromium
        self._folder = folder
        self._places = places
        self._wanted: dict[str, None] = {}  # a set in order
        self._reports: dict[str, list[dict[str, Any]]] = {}
        self._deaths: dict[str, str] = {}  # tests during which the page died, and how
        self._last_started = ""
        self._stack = contextlib.ExitStack()

    def start(self, wanted: Sequence[str]) -> None:
        """Opens the page and begins; returns while Pyodide boots."""
        self._wanted = dict.fromkeys(wanted)
        address = self._stack.enter_context(running(self._folder))
        outside = [self._places["indexURL"]] if "://" in self._places["indexURL"] else []
        self._page, self._watch = open_page(self._chromium.browser, outside)
        self._stack.callback(self._close_page)
        plan = {**self._places, "backend": self.backend, "wanted": list(self._wanted)}
        if not outside:
            plan["indexURL"] = address + plan["indexURL"]
        self._page.goto(address + "inside.html")
        self._page.evaluate("plan => harness.start(plan)", plan)

    def reports(self, nodeid: str) -> list[dict[str, Any]]:
        """The serialised reports (setup, call, teardown) of a test; empty when it has none.

        Waits until the test has run, or until the run has ended one way or the other.
        """
        while not (self.ended or nodeid in self._deaths or self._is_complete(nodeid)):
            self.receive()
        return self._reports.get(nodeid, [])

    def receive(self) -> None:
        """Takes what the page has to say; waits for it if need be."""
        try:
            self._page.wait_for_function(
                "() => harness.messages.length > 0 || harness.ended !== null",
                polling=20,
                timeout=SILENCE_SECONDS * 1000,
            )
            taken = self._page.evaluate("() => harness.take()")
        except PlaywrightError as failure:
            self._end(f"The page crashed or fell silent: {failure.message}")
            return
        for text in taken["messages"]:
            self._understand(json.loads(text))
        if taken["ended"] is not None:
            self._end(taken["ended"])

    def finish(self) -> None:
        """Waits for the end of the run and closes the page; `problems` is then complete."""
        while not self.ended:
            self.receive()
        self.close()

    def close(self) -> None:
        """Closes the page, whatever it is doing."""
        self.ended = True
        self._stack.close()

    def why_missing(self, nodeid: str) -> str:
        """What to say of a test without a report."""
        if nodeid in self._deaths:
            return self._deaths[nodeid]
        known = self.collected is None or nodeid in self.collected
        reason = "it has no report" if known else "pytest inside Pyodide did not find it"
        return "\n".join(
            [
                f"{nodeid} did not run inside Pyodide on {self.backend}: {reason}.",
                *self.problems,
                self.log(),
            ]
        )

    def log(self) -> str:
        """The end of the browser's console."""
        return "Browser console:\n" + "\n".join(self._watch.log().splitlines()[-LOG_LINES:])

    def _end(self, problem: str) -> None:
        """The page has ended; if it died of a test, the rest goes on in a new page."""
        self._note_what_the_page_did()
        if problem:
            self.problems.append(problem)
        rest = [nodeid for nodeid in self.collected or [] if self._is_due(nodeid)]
        if problem and rest and len(self._deaths) < NEW_PAGES:
            # What began within the last moments may not have come through; then the first test
            # without a report is the likeliest.
            killer = self._last_started if self._last_started in rest else rest[0]
            self._deaths[killer] = f"During {killer}: {problem}\n{self.log()}"
            rest.remove(killer)
            if rest:
                self._stack.close()
                self.start(rest)
                return
        self.ended = True

    def _note_what_the_page_did(self) -> None:
        """Uncaught errors and requests to other hosts are problems of the run."""
        self.problems += [f"uncaught in the page: {error}" for error in self._watch.errors]
        if self._watch.outside:
            self.problems.append(f"requests to other hosts: {self._watch.outside}")

    def _close_page(self) -> None:
        with contextlib.suppress(PlaywrightError):  # it may have crashed, which was reported
            self._page.context.close()

    def _is_due(self, nodeid: str) -> bool:
        """Whether the test is still to be run."""
        done = nodeid in self._deaths or self._is_complete(nodeid)
        return nodeid in self._wanted and not done

    def _is_complete(self, nodeid: str) -> bool:
        found = self._reports.get(nodeid)
        return bool(found) and found[-1]["when"] == "teardown"

    def _understand(self, message: dict[str, Any]) -> None:
        if message["kind"] == "collected":
            # A new page after a death collects only the files that are left.
            self.collected = self.collected or message["nodeids"]
        elif message["kind"] == "collection error":
            self.problems.append(f"{message['nodeid']}: {message['text']}")
        elif message["kind"] == "started":
            self._last_started = message["nodeid"]
        else:
            self._reports.setdefault(message["nodeid"], []).append(message["report"])
