"""What every test may use, on CPython and inside Pyodide alike.

Test files run on CPython and, carried into a page, inside Pyodide: once per backend that
`--inside` names (`build.py test` names both). So they import on both sides, and what only one side
has is imported inside a test. Marks say where a test runs: `cpython_only`, `browser_only`, `webgl`.
Everything under tests/browser and tests/build runs on CPython only.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

INSIDE_PYODIDE = sys.platform == "emscripten"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--inside",
        default="",
        metavar="BACKENDS",
        help="run the collected tests inside Pyodide, too: numpy, webgl, or both with a comma",
    )


def pytest_configure(config: pytest.Config) -> None:
    if not INSIDE_PYODIDE:
        from tests.browser.harness import counts, fixtures, plugin

        config.pluginmanager.register(counts.Counts(), "gossamer-counts")
        config.pluginmanager.register(fixtures, "gossamer-fixtures")
        config.pluginmanager.register(plugin.InsidePlugin(config), "gossamer-inside")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What takes Keras on JAX long is begun first."""
    if INSIDE_PYODIDE or session.config.option.collectonly:
        return
    items: dict[Any, list[pytest.Item]] = {}
    for item in session.items:
        module = getattr(item, "module", None)
        if hasattr(module, "wanted_on_jax"):
            items.setdefault(module, []).append(item)
    calls = [module.wanted_on_jax(chosen) for module, chosen in items.items()]
    if calls:
        from tests.oracle import elsewhere

        elsewhere.begin(call for call in calls if call is not None)


@pytest.fixture(autouse=True)
def same_backend_afterwards() -> Iterator[None]:
    """A test that leaves another backend behind would have all others compute on it."""
    before = _current_backend()
    yield
    assert before in (None, _current_backend())


def _current_backend() -> str | None:
    """The name of the backend in use; None as long as gossamer is not loaded."""
    return sys.modules["gossamer"].backend() if "gossamer" in sys.modules else None


@pytest.fixture
def backend() -> str:
    """The name of the backend that this run computes on: "numpy" or "webgl"."""
    import gossamer

    return gossamer.backend()


@pytest.fixture
def wait_for() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end: `values = wait_for(tensor.data())`."""
    if INSIDE_PYODIDE:
        from pyodide.ffi import run_sync

        return run_sync
    return asyncio.run
