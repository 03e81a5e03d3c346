"""gossamer's own wheel: what is in it, that pip takes it, that it is the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.build.record import assert_record_is_right
from tools.errors import BuildError
from tools.gossamer_wheel import gossamer_wheel, version, wheel_contents
from tools.npm import ROOT
from tools.wheel import read_facts


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gossamer_wheel(tmp_path_factory.mktemp("wheel"))


def test_name_says_pure_python(wheel: Path) -> None:
    assert wheel.name == f"gossamer-{version()}-py3-none-any.whl"


def test_every_file_of_the_package_is_inside(wheel: Path) -> None:
    package = ROOT / "pkg" / "gossamer"
    sources = {
        f"gossamer/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == sources
    assert "gossamer/__init__.py" in names
    assert "gossamer/backend/webgl/shim.js" in names


def test_numpy_is_all_it_needs(wheel: Path) -> None:
    facts = read_facts(wheel)
    assert (facts.name, facts.version) == ("gossamer", version())
    assert facts.requirements == ("numpy",)
    assert facts.imports == ("gossamer",)


def test_record_is_right(wheel: Path) -> None:
    assert_record_is_right(wheel)


def test_licence_travels_along(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as stream:
        text = stream.read(f"gossamer-{version()}.dist-info/licenses/LICENSE").decode()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_it_is_the_same_every_time(wheel: Path, tmp_path: Path) -> None:
    first = ROOT / "pkg" / "gossamer" / "__init__.py"
    before = first.stat()
    os.utime(first)  # a checkout gives other dates; the wheel must not know
    try:
        assert gossamer_wheel(tmp_path).read_bytes() == wheel.read_bytes()
    finally:
        os.utime(first, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_older_wheel_does_not_stay_beside_it(tmp_path: Path) -> None:
    old = tmp_path / "gossamer-0.0.1-py3-none-any.whl"
    old.touch()
    made = gossamer_wheel(tmp_path)
    assert list(tmp_path.iterdir()) == [made]


def test_pip_builds_and_installs_it(tmp_path: Path) -> None:
    """`pip install .` goes through the same code: pyproject.toml names it as build backend."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--disable-pip-version-check", "--target", str(tmp_path), str(ROOT)),
        ],
        check=True,
        capture_output=True,
    )
    said = subprocess.run(
        [sys.executable, "-c", "import gossamer; print(gossamer.__version__, gossamer.__file__)"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert said == [version(), str(tmp_path / "gossamer" / "__init__.py")]


def test_a_package_without_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="Received: "):
        wheel_contents(tmp_path)
