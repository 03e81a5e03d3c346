"""NumPy for Pyodide: the package on npm, trimmed, cured and written as a wheel.

Called by pyodide_distribution. npm carries a conda package (`@emscripten-forge/numpy`) that was
compiled for the same CPython and Emscripten as Pyodide 0.27; tools/wasm.py explains the cure.
"""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

from tools import wasm
from tools.cache import sha256, write_file
from tools.npm import archive, pin
from tools.wheel import wheel_bytes, wheel_file

PACKAGE = "@emscripten-forge/numpy"
TAG = "cp312-cp312-pyodide_2024_0_wasm32"
SITE = "lib/python3.12/site-packages/"

# What no page needs: the Fortran compiler's front end, PyInstaller's hooks, and modules that only
# NumPy's own tests import. _core/_multiarray_tests stays: numpy.testing imports it.
LEFT_OUT = re.compile(
    r"numpy/(f2py|_pyinstaller)/"
    r"|numpy/_core/(_simd|_operand_flag_tests|_rational_tests|_struct_ufunc_tests|_umath_tests)\."
)
INFORMATION_KEPT = ("METADATA", "LICENSE.txt")


def numpy_wheel(cache: Path) -> Path:
    """The wheel in the cache, made when this recipe has not been followed yet."""
    version = pin(PACKAGE)[0].split("-")[0]
    source = archive(PACKAGE, cache)
    recipe = sha256(
        source.read_bytes()
        + b"".join(
            (Path(__file__).parent / name).read_bytes()
            for name in ("numpy_wheel.py", "wasm.py", "wheel.py")
        )
    )
    path = cache / "wheels" / recipe[:16] / f"numpy-{version}-{TAG}.whl"
    if not path.is_file():
        print(f"Re-packing NumPy {version} for Pyodide", flush=True)
        files = wheel_contents(source, version)
        write_file(path, wheel_bytes("numpy", version, TAG, files))
    return path


def wheel_contents(source: Path, version: str) -> dict[str, bytes]:
    """Path and content of each file of the wheel, but RECORD."""
    information = f"numpy-{version}.dist-info"
    files = {}
    for path, content in _site_packages(source).items():
        if LEFT_OUT.match(path):
            continue
        if path.startswith(information) and not path.endswith(INFORMATION_KEPT):
            continue
        files[path] = cured(path, content) if path.endswith(".so") else content
    files[f"{information}/WHEEL"] = wheel_file(TAG, "gossamer-build", pure=False)
    return files


def cured(path: str, module: bytes) -> bytes:
    """An extension module as we ship it: with its `backtrace` if it wants one, without notes."""
    module = wasm.without_custom_sections(module, keep=("dylink.0",))
    if "backtrace" in wasm.imported_functions(module):
        module = wasm.export_zero_function(module, "backtrace")
    return module


def _site_packages(source: Path) -> dict[str, bytes]:
    """The files under site-packages of the conda package inside the npm package."""
    files = {}
    with tarfile.open(source) as outer:
        inner_name = next(name for name in outer.getnames() if name.endswith(".tar.gz"))
        with tarfile.open(fileobj=outer.extractfile(inner_name)) as inner:
            for member in inner:
                path = member.name.removeprefix("./")
                stream = inner.extractfile(member) if member.isfile() else None
                if stream is not None and path.startswith(SITE):
                    files[path.removeprefix(SITE)] = stream.read()
    return files
