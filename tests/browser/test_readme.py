"""The README keeps its promises: its page trains in a browser, its Python prints what it says."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def block(language):
    """The first code block of the README in this language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no {language} block"
    return found[1]


@pytest.mark.parametrize("backend", ["auto", "webgl"])
def test_its_page_learns(page, site, backend):
    html = block("html").replace('src="gossamer.js"', f'src="gossamer.js" data-backend="{backend}"')
    address = urljoin(site, "readme.html")
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address)
    page.wait_for_function("answer.textContent.includes('xor')", timeout=120_000)
    text = page.inner_text("#answer")
    answers = [float(number) for number in re.findall(r"= (\d\.\d+)", text)]
    assert [round(answer) for answer in answers] == [0, 1, 1, 0], text
    # Software draws WebGL2 here, which loses to NumPy.
    assert ("(on webgl)" in text) == (backend == "webgl"), text


def test_its_page_is_short():
    assert len(block("html").splitlines()) <= 34


def test_its_python_prints_what_it_says():
    code = block("python")
    expected = re.findall(r"#\s*(.*)$", code, re.MULTILINE)
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2] / "pkg",
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == expected
