"""The built Pyodide folder in a browser: it loads offline, NumPy lives, a flipped bit does not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tools.gossamer_wheel import version
from tools.server import running
from tools.website import DIST

LOAD = """async ([folder, packages, code]) => {
  const { loadPyodide } = await import(folder + "pyodide.mjs");
  const pyodide = await loadPyodide({ indexURL: folder });
  const errors = [];
  const errorCallback = (text) => errors.push(text);
  const loaded = await pyodide.loadPackage(packages, { errorCallback });
  return { loaded: loaded.map(({ name }) => name).sort(), errors, result: pyodide.runPython(code) };
}"""


def load(page: Page, address: str, packages: list[str], code: str) -> dict[str, Any]:
    """Boots Pyodide from the folder at this address, loads packages and runs the code."""
    page.goto(address + "pyodide-lock.json")
    return page.evaluate(LOAD, [address, packages, code])


def test_numpy_and_gossamer_load_offline(page: Page, site: str) -> None:
    code = "import numpy, gossamer; f'{numpy.__version__} {gossamer.__version__}'"
    got = load(page, site + "pyodide/", ["numpy", "gossamer"], code)
    assert (got["loaded"], got["errors"]) == (["gossamer", "numpy"], [])
    assert got["result"] == f"2.0.1 {version()}"


def test_numpy_reuses_no_temporary_and_lives(page: Page, site: str) -> None:
    """Without the cure this line kills the interpreter: see tools/wasm.py."""
    code = """
import numpy as np
a = np.ones((256, 256), np.float32)
float(((a + a) * a).sum())
"""
    assert load(page, site + "pyodide/", ["numpy"], code)["result"] == 2 * 256 * 256


@pytest.mark.parametrize("package", ["numpy", "gossamer"])
def test_a_flipped_bit_is_refused(page: Page, site: str, tmp_path: Path, package: str) -> None:
    del site  # it has built dist/
    folder = tmp_path / "pyodide"
    shutil.copytree(DIST / "pyodide", folder)
    (wheel,) = folder.glob(f"{package}-*.whl")
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 1
    wheel.write_bytes(content)
    code = f"import importlib.util; importlib.util.find_spec('{package}') is None"
    with running(folder) as address:
        got = load(page, address, [package], code)
    assert package not in got["loaded"]
    assert got["errors"]
    assert got["result"] is True
