"""A Pyodide folder of our own: its lock, what belongs in it, another distribution as its source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.cache import sha256
from tools.errors import BuildError
from tools.gossamer_wheel import gossamer_wheel
from tools.pyodide_distribution import LOCK, RUNTIME_FILES, assemble
from tools.wheel import wheel_bytes, wheel_file

FIELDS = {
    "name",
    "version",
    "file_name",
    "install_dir",
    "sha256",
    "package_type",
    "imports",
    "depends",
    "unvendored_tests",
}


def pure_wheel(folder: Path, name: str, *requirements: str) -> Path:
    """A small wheel with one module."""
    needs = "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
    module = name.lower().replace("-", "_").replace(".", "_")
    files = {
        f"{module}.py": b"",
        f"{module}-1.0.dist-info/METADATA": f"Name: {name}\nVersion: 1.0\n{needs}".encode(),
        f"{module}-1.0.dist-info/WHEEL": wheel_file("py3-none-any", "test", pure=True),
    }
    path = folder / f"{module}-1.0-py3-none-any.whl"
    path.write_bytes(wheel_bytes(module, "1.0", "py3-none-any", files))
    return path


def lock_of(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / LOCK).read_text())["packages"]


def test_the_folder_is_self_sufficient(tmp_path: Path, cache: Path) -> None:
    wheel = gossamer_wheel(tmp_path / "wheels")
    target = tmp_path / "pyodide"
    assemble(target, [wheel], cache=cache)
    packages = lock_of(target)
    assert set(packages) == {"numpy", "gossamer"}
    for entry in packages.values():
        assert set(entry) == FIELDS
        assert sha256((target / str(entry["file_name"])).read_bytes()) == entry["sha256"]
        assert (entry["install_dir"], entry["package_type"]) == ("site", "package")
    assert packages["gossamer"]["depends"] == ["numpy"]
    named = {str(entry["file_name"]) for entry in packages.values()}
    assert {path.name for path in target.iterdir()} == {*RUNTIME_FILES, LOCK, *named}
    information = json.loads((target / LOCK).read_text())["info"]
    assert (information["version"], information["abi_version"]) == ("0.27.7", "2024_0")


def test_a_second_time_changes_nothing_and_removes_strangers(tmp_path: Path, cache: Path) -> None:
    assemble(tmp_path, cache=cache)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "old-1.0-py3-none-any.whl").touch()
    assemble(tmp_path, cache=cache)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_depends_names_only_what_is_there(tmp_path: Path, cache: Path) -> None:
    one = pure_wheel(
        tmp_path, "One.Two", "Three_Four>=1", "colorama; sys_platform == 'win32'", 'x; extra == "y"'
    )
    other = pure_wheel(tmp_path, "three-four")
    assemble(tmp_path / "pyodide", [one, other], cache=cache)
    packages = lock_of(tmp_path / "pyodide")
    assert packages["one-two"]["depends"] == ["three-four"]
    assert packages["one-two"]["imports"] == ["one_two"]


def test_another_distribution_keeps_its_own_packages(tmp_path: Path, cache: Path) -> None:
    assemble(tmp_path / "theirs", cache=cache)
    wheel = gossamer_wheel(tmp_path / "wheels")
    assemble(tmp_path / "ours", [wheel], cache=cache, source=tmp_path / "theirs")
    assert set(lock_of(tmp_path / "ours")) == {"numpy", "gossamer"}
    assert lock_of(tmp_path / "ours")["numpy"] == lock_of(tmp_path / "theirs")["numpy"]


def test_a_folder_without_pyodide_is_refused(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(BuildError, match=r"pyodide\.asm\.wasm.* Received: .*nothing"):
        assemble(tmp_path / "ours", cache=cache, source=tmp_path / "nothing")
