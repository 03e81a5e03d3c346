"""What pip fetches: a wrong checksum, no network, an environment that cannot be made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.test_pyodide_distribution import pure_wheel
from tools import environment
from tools.cache import sha256
from tools.errors import BuildError
from tools.npm import ROOT
from tools.pure_wheels import fetch


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip knows of the world."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def test_a_wheel_is_fetched_once(index: Path, tmp_path: Path) -> None:
    wheel = pure_wheel(index, "one")
    pins = {wheel.name: sha256(wheel.read_bytes())}
    (fetched,) = fetch(pins, Path(sys.executable), tmp_path / "cache")
    assert fetched.read_bytes() == wheel.read_bytes()
    wheel.unlink()
    assert fetch(pins, Path(sys.executable), tmp_path / "cache") == [fetched]


def test_a_wrong_checksum_is_one_sentence(index: Path, tmp_path: Path) -> None:
    wheel = pure_wheel(index, "one")
    with pytest.raises(BuildError) as raised:
        fetch({wheel.name: "0" * 64}, Path(sys.executable), tmp_path / "cache")
    assert str(raised.value).endswith(f"Received: {sha256(wheel.read_bytes())}")
    assert not list((tmp_path / "cache").rglob("*.whl"))


@pytest.mark.usefixtures("index")
def test_a_failing_pip_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"pip could not fetch one==1\.0 .*No matching dist"):
        fetch({"one-1.0-py3-none-any.whl": "0" * 64}, Path(sys.executable), tmp_path / "cache")


def test_an_environment_finds_itself(cache: Path) -> None:
    """Asked from inside it, as the checks do, it is the same as for build.py."""
    code = (
        "from pathlib import Path; from tools.environment import environment;"
        "import sys; print(environment('test', Path(sys.argv[1])))"
    )
    python = environment.environment("test", cache)
    said = subprocess.run(
        [str(python), "-c", code, str(cache)], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert said.splitlines() == [str(python)]


@pytest.mark.usefixtures("index")
def test_an_environment_is_made_anew_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "requirements", lambda group: [f"{group}==1.0"])
    with pytest.raises(BuildError, match=r"pip could not install one==1\.0 .*No matching dist"):
        environment.environment("one", tmp_path / "cache")
    pure_wheel(tmp_path / "index", "one")
    python = environment.environment("one", tmp_path / "cache")
    assert python.is_file()
    made = python.stat().st_mtime_ns
    assert environment.environment("one", tmp_path / "cache").stat().st_mtime_ns == made
