"""Chromium for the tests: launched once, and pages that may not reach any other host.

Called by the fixtures and by the runs inside Pyodide. All of them share one Playwright, because
its synchronous interface allows one per process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from tools.chromium import installed_chromium, launch_flags

OWN_ADDRESS = re.compile(r"(http://127\.0\.0\.1[:/]|data:|blob:|about:)")
# Names resolve to nothing, so that a request to another host fails even from a service worker,
# where Playwright would not see it.
OFFLINE_FLAG = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


class Chromium:
    """The browser of a test session, started at its first use."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    @property
    def browser(self) -> Browser:
        """The running browser; started anew after it has crashed."""
        if self._browser is None or not self._browser.is_connected():
            self._playwright = self._playwright or sync_playwright().start()
            # Playwright's own build where the system has no browser: None says so.
            self._browser = self._playwright.chromium.launch(
                executable_path=installed_chromium(), args=[*launch_flags(), OFFLINE_FLAG]
            )
        return self._browser

    def close(self) -> None:
        """Ends browser and Playwright, if they were started."""
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._browser = self._playwright = None


class Watch:
    """What the pages of a context said and where they went."""

    def __init__(self, context: BrowserContext, allowed: Sequence[str] = ()) -> None:
        self.console: list[str] = []
        self.errors: list[str] = []
        self.outside: list[str] = []
        self._allowed = tuple(allowed)
        context.on("request", self._see_request)
        context.on(
            "console", lambda message: self.console.append(f"{message.type}: {message.text}")
        )
        context.on("weberror", lambda problem: self.errors.append(_described(problem.error)))

    def _see_request(self, request: Request) -> None:
        url = request.url
        if not OWN_ADDRESS.match(url) and not url.startswith(self._allowed or "\0"):
            self.outside.append(url)

    def assert_offline(self) -> None:
        """Fails when a page asked another host for anything."""
        assert not self.outside, f"requests to other hosts: {self.outside}"

    def log(self) -> str:
        """Console and uncaught errors as text, for the report of a failed test."""
        return "\n".join([*self.console, *(f"uncaught: {error}" for error in self.errors)])


def _described(error: Error) -> str:
    """An uncaught error with where it came from: Python's say no more than their name."""
    return "\n".join(filter(None, (str(error), error.stack)))


def open_page(browser: Browser, allowed: Sequence[str] = ()) -> tuple[Page, Watch]:
    """A page in a context of its own, and its watch; close with `page.context.close()`."""
    context = browser.new_context()
    watch = Watch(context, allowed)
    return context.new_page(), watch
