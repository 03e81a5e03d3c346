"""Where the files of data sets are, and how they are read without running what they say.

Files of pickles can run any program when they are read. These are read by an unpickler that makes
arrays and nothing else.
"""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from gossamer.data.files import is_url, local_path

# What a pickled array needs: NumPy 1 and 2 name the module differently.
ALLOWED = {
    ("numpy", "ndarray"), ("numpy", "dtype"), ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
}  # fmt: skip


def find(path: Any, what: str) -> str:
    """The path of a data set's file: where it is said to be, or where Keras would have put it.

    Args:
        path: a path or URL, or the name of a file in `~/.keras/datasets` (`$KERAS_HOME/datasets`).
        what: what the file is, for the error.

    Raises:
        FileNotFoundError: where there is none.
    """
    if is_url(path) or os.path.exists(os.path.expanduser(path)):
        return local_path(path)
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    kept = home.expanduser() / "datasets" / os.fspath(path)
    if kept.exists():
        return str(kept)
    raise FileNotFoundError(
        f"Expected {what}: give its path or URL as path=..., or put it to {kept}. "
        f"Received: path={path!r}, where none is"
    )


class ArrayUnpickler(pickle.Unpickler):
    """Reads pickles of arrays, numbers, strings, lists and dictionaries."""

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the file stands for.

        Raises:
            UnpicklingError: for anything that is not part of an array.
        """
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(
                f"Expected a file of arrays only. Received: one that asks for {module}.{name}"
            )
        return super().find_class(module, name)


def load_npz(path: str) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file by name, with arrays of lists among them.

    Args:
        path: of the file.

    Raises:
        UnpicklingError: for a file that holds something else.
    """
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".npy"):
                arrays[name[:-4]] = _array(archive.read(name))
    return arrays


def _array(content: bytes) -> np.ndarray:
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    # Versions 2 and 3 differ in the encoding of names only.
    read = (
        np.lib.format.read_array_header_1_0
        if version[0] == 1
        else np.lib.format.read_array_header_2_0
    )
    _, _, dtype = read(file)
    if dtype.hasobject:
        return ArrayUnpickler(file).load()
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)
