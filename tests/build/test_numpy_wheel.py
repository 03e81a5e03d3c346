"""NumPy's wheel for Pyodide: trimmed, cured, with a right RECORD, the same every time."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.build.record import assert_record_is_right
from tools import wasm
from tools.npm import archive
from tools.numpy_wheel import PACKAGE, TAG, numpy_wheel, wheel_contents
from tools.wheel import read_facts, wheel_bytes


@pytest.fixture(scope="module")
def wheel(cache: Path) -> Path:
    return numpy_wheel(cache)


def test_name_and_facts(wheel: Path) -> None:
    assert wheel.name == "numpy-2.0.1-cp312-cp312-pyodide_2024_0_wasm32.whl"
    facts = read_facts(wheel)
    assert (facts.name, facts.version, facts.requirements) == ("numpy", "2.0.1", ())
    assert facts.imports == ("numpy",)


def test_record_is_right(wheel: Path) -> None:
    assert_record_is_right(wheel)


def test_it_is_trimmed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if "f2py" in name or "/_simd." in name]
    modules = [name.split("/")[-1].split(".")[0] for name in names if name.endswith(".so")]
    assert [name for name in modules if name.endswith("_tests")] == ["_multiarray_tests"]
    assert wheel.stat().st_size < 3_200_000


def test_every_missing_backtrace_is_cured(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as stream:
        modules = {
            name.split("/")[-1].split(".")[0]: stream.read(name)
            for name in stream.namelist()
            if name.endswith(".so")
        }
    wanting = {
        name for name, module in modules.items() if "backtrace" in wasm.imported_functions(module)
    }
    exporting = {name for name, module in modules.items() if "backtrace" in wasm.exports(module)}
    assert wanting == exporting == {"_multiarray_umath"}


def test_only_dylink_remains_of_the_custom_sections(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as stream:
        for name in stream.namelist():
            if name.endswith(".so"):
                parts = wasm.sections(stream.read(name))
                custom = [wasm.custom_name(part) for part in parts if part.number == wasm.CUSTOM]
                assert custom == ["dylink.0"], name


def test_it_is_the_same_every_time(wheel: Path, cache: Path) -> None:
    again = wheel_bytes("numpy", "2.0.1", TAG, wheel_contents(archive(PACKAGE, cache), "2.0.1"))
    assert again == wheel.read_bytes()
