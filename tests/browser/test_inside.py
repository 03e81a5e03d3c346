"""The runs inside Pyodide tell the truth: a sample repository with every kind of misfortune.

A pytest of its own runs over the sample with `--inside`; what each test must come to is written
beside it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tools.npm import ROOT

# On the webgl backend this package lies: it says "numpy", as after a silent fallback.
PACKAGE = """
__version__ = "0.0.1"

def backend():
    return "numpy"
"""

ORDINARY = """
import asyncio
import os
import sys

import pytest

from tests.ops.rows import ROWS

HERE = sys.platform == "emscripten"

@pytest.mark.parametrize("row", ROWS)
def test_passes(row, backend):
    assert row and backend == "numpy"
    assert os.environ.get("GOSSAMER_BACKEND", "numpy") == "numpy"

def test_fails_inside():
    assert not HERE, "as it should"

@pytest.fixture
def broken():
    assert not HERE, "broken fixture"

def test_errors_inside(broken):
    pass

@pytest.mark.skip(reason="for a reason")
def test_skipped():
    pass

@pytest.mark.xfail(strict=True)
def test_expected_to_fail():
    assert False

@pytest.mark.cpython_only
def test_cpython_only():
    assert not HERE

@pytest.mark.browser_only
def test_browser_only():
    assert HERE

@pytest.mark.webgl
def test_webgl_only():
    raise AssertionError("no page with webgl here")

async def later():
    await asyncio.sleep(0.01)
    return 5

def test_waits(wait_for):
    assert wait_for(later()) == 5

@pytest.mark.browser_only
def test_leaves(wait_for):
    from js import fetch

    with pytest.raises(BaseException):
        wait_for(fetch("http://elsewhere.invalid/"))

if HERE:
    def test_extra(): pass
else:
    def test_missing(): pass
"""

# The first ends pytest inside Pyodide with exit code 0 before all has run, the second the page.
DEATH = """
import pytest

@pytest.mark.browser_only
def test_dies():
    import os
    os._exit(0)

@pytest.mark.browser_only
def test_crashes(wait_for):
    import asyncio
    from js import location

    location.href = "about:blank"
    wait_for(asyncio.sleep(600))

def test_after():
    pass
"""

EXPECTED = {
    "tests.ops.test_ordinary::test_passes[1]": "passed",
    "tests.ops.test_ordinary::test_missing": "passed",
    "tests.ops.test_ordinary::test_cpython_only": "passed",
    "tests.ops.test_ordinary::test_waits": "passed",
    "tests.test_zz_death::test_after": "passed",
    "inside[numpy]::collection": "failed: found inside Pyodide only: "
    "tests/ops/test_ordinary.py::test_extra",
    "inside[numpy]::tests/ops/test_ordinary.py::test_passes[1]": "passed",
    "inside[numpy]::tests/ops/test_ordinary.py::test_passes[2]": "passed",
    "inside[numpy]::tests/ops/test_ordinary.py::test_fails_inside": "failed: as it should",
    "inside[numpy]::tests/ops/test_ordinary.py::test_errors_inside": "error: broken fixture",
    "inside[numpy]::tests/ops/test_ordinary.py::test_skipped": "skipped: for a reason",
    "inside[numpy]::tests/ops/test_ordinary.py::test_expected_to_fail": "skipped: ",
    "inside[numpy]::tests/ops/test_ordinary.py::test_browser_only": "passed",
    "inside[numpy]::tests/ops/test_ordinary.py::test_waits": "passed",
    "inside[numpy]::tests/ops/test_ordinary.py::test_leaves": "passed",
    "inside[numpy]::tests/ops/test_ordinary.py::test_missing": "failed: pytest inside Pyodide did "
    "not find it",
    "inside[numpy]::tests/test_zz_death.py::test_dies": "failed: : Python died: ",
    "inside[numpy]::tests/test_zz_death.py::test_crashes": "failed: : The page crashed or "
    "fell silent",
    "inside[numpy]::tests/test_zz_death.py::test_after": "passed",
    "inside[numpy]::page": "failed: requests to other hosts: ['http://elsewhere.invalid/']",
    "inside[webgl]::tests/ops/test_ordinary.py::test_passes[1]": "failed: Expected the backend "
    "webgl. Received: numpy",
    "inside[webgl]::tests/ops/test_ordinary.py::test_webgl_only": "failed: Expected the backend",
    "inside[webgl]::collection": "failed: Expected the backend webgl. Received: numpy",
    "inside[webgl]::page": "failed: Expected the backend webgl. Received: numpy",
}
ABSENT = (
    "tests.ops.test_ordinary::test_browser_only",
    "tests.ops.test_ordinary::test_webgl_only",
    "inside[numpy]::tests/ops/test_ordinary.py::test_cpython_only",
    "inside[numpy]::tests/ops/test_ordinary.py::test_webgl_only",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with this one's build and harness, and the sample's package and tests."""
    root = tmp_path_factory.mktemp("sample")
    for name in ("pyproject.toml", "package.json", "LICENSE"):
        shutil.copy(ROOT / name, root / name)
    for name in ("tools", "tests/browser/harness"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "conftest.py", root / "tests" / "conftest.py")
    for name, text in (
        ("pkg/gossamer/__init__.py", PACKAGE),
        ("tests/ops/rows.py", "ROWS = [1, 2]"),
        ("tests/ops/test_ordinary.py", ORDINARY),
        ("tests/test_zz_death.py", DEATH),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def outcomes(sample: Path, *arguments: str) -> dict[str, str]:
    """Runs pytest over the sample; returns each test's outcome, and why if it did not pass."""
    report = sample / "report.xml"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}"),
            *arguments,
        ],
        cwd=sample,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        outcome = "passed"
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                said = f"{child.get('message')}\n{child.text}"
                outcome = f"{child.tag.replace('failure', 'failed')}: {said}"
        name = "::".join(filter(None, [case.get("classname"), case.get("name")]))
        found[name.replace("].tests/", "]::tests/")] = outcome  # as the report mangles ids
    return found


@pytest.fixture(scope="module")
def all_outcomes(sample: Path) -> dict[str, str]:
    return outcomes(sample, "--inside=numpy,webgl")


@pytest.mark.parametrize("name", EXPECTED)
def test_outcome(all_outcomes: dict[str, str], name: str) -> None:
    kind, _, reason = EXPECTED[name].partition(": ")
    assert all_outcomes[name].startswith(kind)
    assert reason in all_outcomes[name]


@pytest.mark.parametrize("name", ABSENT)
def test_absent(all_outcomes: dict[str, str], name: str) -> None:
    assert name not in all_outcomes


def test_a_selection_restricts_the_inner_run(sample: Path) -> None:
    found = outcomes(sample, "--inside=numpy", "-k", "test_passes and 2", "tests/ops")
    assert found == dict.fromkeys(
        [
            "tests.ops.test_ordinary::test_passes[2]",
            "inside[numpy]::tests/ops/test_ordinary.py::test_passes[2]",
            "inside[numpy]::page",
        ],
        "passed",
    ) | {"inside[numpy]::collection": found["inside[numpy]::collection"]}


def test_without_the_option_no_page_is_opened(sample: Path) -> None:
    found = outcomes(sample, "tests/ops")
    assert found
    assert not [name for name in found if name.startswith("inside")]
