"""The site in dist/: what is in it, and how it comes to use another Pyodide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.errors import BuildError
from tools.gossamer_wheel import version
from tools.npm import ROOT
from tools.pyodide_distribution import assemble
from tools.website import DIST, build_site, with_pyodide_address, with_wheel_name

# What pages load, and what they load when they read or write HDF5.
PACKAGES = {"numpy", "gossamer", "pyfive", "h5wasm"}
WHEEL = f"gossamer-{version()}-py3-none-any.whl"


def packages(site: Path) -> dict[str, dict[str, object]]:
    return json.loads((site / "pyodide" / "pyodide-lock.json").read_text())["packages"]


@pytest.mark.usefixtures("site")
def test_everything_is_there() -> None:
    for name in (
        *("index.html", "gossamer.js", WHEEL, f"pyodide/{WHEEL}"),
        *("pyodide/pyodide.js", "pyodide/pyodide.mjs", "notebook/index.html"),
        *("docs/index.html", "docs/random.html", "docs/docs.css", "docs/search.js"),
    ):
        assert (DIST / name).is_file(), name
    assert set(packages(DIST)) == PACKAGES
    assert f'"{WHEEL}"' in (DIST / "gossamer.js").read_text()


@pytest.mark.usefixtures("site")
def test_sources_of_the_notebook_and_strangers_are_not(cache: Path) -> None:
    stranger = DIST / "demo" / "stranger.txt"
    stranger.write_text("left by an earlier build")
    build_site(cache)
    assert not stranger.exists()
    assert not (DIST / "notebook" / "first_steps.ipynb").exists()


def test_another_pyodide_folder_is_copied(tmp_path: Path, cache: Path) -> None:
    assemble(tmp_path / "theirs", cache=cache)
    (tmp_path / "theirs" / "console.html").write_text("theirs")
    build_site(cache, str(tmp_path / "theirs"), tmp_path / "site")
    assert (tmp_path / "site" / "pyodide" / "console.html").read_text() == "theirs"
    assert set(packages(tmp_path / "site")) == PACKAGES


def test_another_pyodide_address_is_written_into_the_pages(tmp_path: Path, cache: Path) -> None:
    build_site(cache, "https://example.org/pyodide/", tmp_path)
    assert not (tmp_path / "pyodide").exists()
    assert (tmp_path / WHEEL).is_file()
    page = (tmp_path / "index.html").read_text()
    assert 'data-pyodide="https://example.org/pyodide/"' in page
    assert "data-pyodide=" not in (ROOT / "web" / "index.html").read_text()


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            '<script src="gossamer.js"></script>',
            '<script src="gossamer.js" data-pyodide="//a/b"></script>',
        ),
        (
            '<script defer src="../gossamer.js" data-x="y"></script>',
            '<script defer src="../gossamer.js" data-pyodide="//a/b" data-x="y"></script>',
        ),
        (
            '<script data-pyodide="//c" src="gossamer.js"></script>',
            '<script data-pyodide="//c" src="gossamer.js"></script>',
        ),
        ('<script src="other.js"></script>', '<script src="other.js"></script>'),
    ],
)
def test_the_loaders_tag_gets_the_address(page: str, expected: str) -> None:
    assert with_pyodide_address(page, "//a/b") == expected


def test_the_loader_gets_the_wheels_name() -> None:
    script = 'const WHEEL = "gossamer-0.0.0-py3-none-any.whl";'
    assert with_wheel_name(script, WHEEL) == f'const WHEEL = "{WHEEL}";'
    with pytest.raises(BuildError, match="Received: "):
        with_wheel_name("const WHEEL = null;", WHEEL)
