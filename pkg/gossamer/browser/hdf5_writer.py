"""HDF5 written in a page: by h5wasm, the HDF5 library in WebAssembly, loaded when first needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer.browser import event_loop, packages

PACKAGE = "h5wasm"
SCRIPT, PART = "hdf5_hl.js", "hdf5_util.js"  # the first imports the second
PATH = "gossamer.h5"  # in h5wasm's own file system, in memory
# What h5wasm cannot write, as what can hold it exactly.
WIDER = {"float16": "float32", "bool": "uint8"}
# What h5wasm calls the dtypes: by kind and size, since on this platform int32 has two names.
CODES = {
    "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q",
    "f4": "f", "f8": "d",
}  # fmt: skip

_library: Any = None


async def load() -> None:
    """Make `write` ready.

    Raises:
        ImportError: where the library is not to be had.
    """
    global _library
    if _library is not None:
        return
    from pyodide.code import run_js

    if not await packages.load(PACKAGE):
        raise ImportError(
            "Expected the package h5wasm, which writes HDF5 files in a page; gossamer's own site "
            "has it. Models can be saved without it as model.json or .safetensors. "
            f"Received: a Pyodide without {PACKAGE}"
        )
    event_loop.require_await("h5wasm")
    library = await run_js("(address) => import(address)")(_address())
    await library.ready
    _library = library


def _address() -> str:
    """Where the browser finds the script: it cannot see Python's files, so they become blobs."""
    from importlib.resources import files

    from js import URL, Blob, Object
    from pyodide.ffi import to_js

    def address(text: str) -> str:
        options = to_js({"type": "text/javascript"}, dict_converter=Object.fromEntries)
        return URL.createObjectURL(Blob.new(to_js([text]), options))

    folder = files(PACKAGE)
    part = address((folder / PART).read_text(encoding="utf-8"))
    return address((folder / SCRIPT).read_text(encoding="utf-8").replace(f"./{PART}", part))


def write(root: Any) -> bytes:
    """The file that a tree of `saving.hdf5.Node` becomes; `load` has been awaited."""
    if _library is None:
        raise RuntimeError("Expected `await load()` before `write`. Received: no library yet")
    file = _library.File.new(PATH, "w")
    try:
        _write(file, root)
        file.flush()
    finally:
        file.close()
    try:
        return _library.FS.readFile(PATH).to_bytes()
    finally:
        _library.FS.unlink(PATH)


def _write(group: Any, node: Any) -> None:
    from js import Object
    from pyodide.ffi import to_js

    for name, value in node.attributes.items():
        if isinstance(value, str):
            group.create_attribute(name, value, None, "S")
        else:
            shape = to_js([len(value)])
            kind = "S" if value else "<f8"  # as h5py writes an empty list
            group.create_attribute(name, to_js(list(value)), shape, kind)
    for name, array in node.arrays.items():
        array = np.asarray(array, WIDER.get(array.dtype.name, array.dtype), order="C")
        described = {
            "name": name, "data": to_js(array.reshape(-1)), "shape": to_js(list(array.shape)),
            "dtype": f"<{CODES[array.dtype.str[1:]]}",
        }  # fmt: skip
        group.create_dataset(to_js(described, dict_converter=Object.fromEntries))
    for name, child in node.groups.items():
        first, _, rest = name.partition("/")
        if rest:  # h5wasm makes no parents
            raise ValueError(f"Expected names without slashes. Received: {name!r}")
        _write(group.create_group(first), child)
