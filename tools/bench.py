"""Runs the site's benchmark page in headless Chromium and prints its table as it fills.

A program of the test environment, which has Playwright: `build.py bench` starts it as
`python -m tools.bench ONLY SAMPLES FILE`. What is measured, and how, is in web/bench/.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from tools.cache import write_file
from tools.chromium import installed_chromium, launch_flags
from tools.errors import BuildError
from tools.server import running
from tools.website import DIST

# Chromium keeps compiled programs; a first run is to be one.
FRESH_FLAGS = ("--disable-gpu-program-cache", "--disable-gpu-shader-disk-cache")
PATIENCE = 600_000  # milliseconds for one row
MORE = (
    "known => bench.rows.length > known || ['done', 'error'].includes(document.body.dataset.state)"
)


def main(arguments: Sequence[str]) -> int:
    """Runs the cases, prints them, writes the JSON; returns 1 if one of them failed."""
    only, samples, file = arguments
    query = urlencode({"only": only, "samples": samples, "run": ""})
    failed = False
    with sync_playwright() as playwright, running(DIST) as address:
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(), args=[*launch_flags(), *FRESH_FLAGS]
        )
        page = browser.new_page()
        page.goto(f"{address}bench/?{query}")
        print(line("", ["gossamer", "TF.js", "ratio", "wanted", "draws"]))
        for row in rows(page):
            print(line(row["name"], row["cells"]), flush=True)
            if row["error"]:
                failed = True
                print(f"    {row['error']}", flush=True)
        result = page.locator("#json").text_content() or ""
        browser.close()
    write_file(Path(file), result.encode())
    print(f"{json.loads(result)['renderer']}\nAll figures are in {file}")
    return int(failed)


def rows(page: Page) -> Iterator[dict[str, Any]]:
    """Each row of the page as it comes, until the page is done.

    Raises BuildError when the page itself fails.
    """
    known = 0
    while True:
        page.wait_for_function(MORE, arg=known, timeout=PATIENCE, polling=200)
        found: list[str] = page.evaluate("known => bench.rows.slice(known)", known)
        yield from map(json.loads, found)
        known += len(found)
        if not found:
            break
    if page.locator("body").get_attribute("data-state") == "error":
        raise BuildError(f"The benchmark's page failed: {page.locator('#status').inner_text()}")


def line(name: str, cells: Sequence[str]) -> str:
    """The cells of a row side by side."""
    gossamer, tfjs, ratio, wanted, draws = cells
    return f"{name:54}{gossamer:>10}{tfjs:>10}{ratio:>7}   {wanted:16}{draws:>9}"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildError as problem:
        sys.exit(f"build.py: {problem}")
