"""Fixtures of the browser tests: the built and served site, a browser, a page.

Registered by tests/conftest.py on CPython, for tests/browser and tests/build.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.harness.pages import Chromium, Watch, open_page
from tools.cache import cache_folder
from tools.server import running
from tools.website import DIST, PYODIDE_VARIABLE, build_site

CHROMIUM = pytest.StashKey[Chromium]()
WATCH = pytest.StashKey[Watch]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[CHROMIUM] = Chromium()
    config.add_cleanup(config.stash[CHROMIUM].close)


@pytest.fixture(scope="session")
def cache() -> Path:
    """The build's cache folder."""
    return cache_folder()


@pytest.fixture(scope="session")
def site(cache: Path) -> Iterator[str]:
    """The address of the built site (dist/), with a slash at its end."""
    build_site(cache, os.environ.get(PYODIDE_VARIABLE) or None)
    with running(DIST) as address:
        yield address


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Browser:
    """Headless Chromium with WebGL2 on a software GPU."""
    return pytestconfig.stash[CHROMIUM].browser


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page in a context of its own; the test fails if it asks another host for anything.

    The console and uncaught errors are shown when the test fails; `watch` gives them to the test.
    """
    opened, watch = open_page(browser)
    request.node.stash[WATCH] = watch
    yield opened
    opened.context.close()
    watch.assert_offline()


@pytest.fixture
def watch(page: Page, request: pytest.FixtureRequest) -> Watch:
    """What the page said: `watch.console`, `watch.errors`, `watch.outside`."""
    return request.node.stash[WATCH]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Adds the page's console to the report of a failed test."""
    report = yield
    watch = item.stash.get(WATCH, None)
    if watch is not None and report.failed:
        report.sections.append(("Browser console", watch.log()))
    return report
