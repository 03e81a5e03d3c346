"""h5wasm for Pyodide: the HDF5 library on npm, in a wheel, so that a page loads it by name.

Called by the builds of the site and of the notebook. It is JavaScript with the WebAssembly inside;
gossamer imports it when a page first saves a model (pkg/gossamer/browser/hdf5_writer.py).
"""

from __future__ import annotations

from pathlib import Path

from tools.cache import sha256, write_file
from tools.npm import archive, pin, unpacked
from tools.wheel import wheel_bytes, wheel_file

PACKAGE = "h5wasm"
TAG = "py3-none-any"
SCRIPTS = ("hdf5_hl.js", "hdf5_util.js")
MODULE = '"""h5wasm\'s JavaScript, as files beside this one."""\n'


def h5wasm_wheel(cache: Path) -> Path:
    """The wheel in the cache, made when this recipe has not been followed yet."""
    version = pin(PACKAGE)[0]
    here = Path(__file__).parent
    recipe = sha256(
        archive(PACKAGE, cache).read_bytes()
        + b"".join((here / name).read_bytes() for name in ("h5wasm_wheel.py", "wheel.py"))
    )
    path = cache / "wheels" / recipe[:16] / f"{PACKAGE}-{version}-{TAG}.whl"
    if not path.is_file():
        folder = unpacked(PACKAGE, cache)
        information = f"{PACKAGE}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: {version}\n"
        files = {
            f"{PACKAGE}/__init__.py": MODULE.encode(),
            f"{information}/METADATA": metadata.encode(),
            f"{information}/WHEEL": wheel_file(TAG, "gossamer-build", pure=True),
            f"{information}/LICENSE.txt": (folder / "LICENSE.txt").read_bytes(),
        }
        for name in SCRIPTS:
            files[f"{PACKAGE}/{name}"] = (folder / "dist" / "esm" / name).read_bytes()
        write_file(path, wheel_bytes(PACKAGE, version, TAG, files))
    return path
