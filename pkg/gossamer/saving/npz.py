"""`.npz`: named arrays in a zip archive, as `numpy.savez` writes them.

Names, sizes and headers are checked before anything is unpacked, and nothing is unpickled.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from gossamer.saving import named_weights
from gossamer.saving.archive import Archive
from gossamer.saving.formats import Format, ModelFile, ModelFileError, ReadOptions

HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
ENDING = ".npy"
LOCAL_HEADER = b"PK\x03\x04"
EMPTY_ARCHIVE = b"PK\x05\x06"


def load_npz(file: Any) -> dict[str, np.ndarray]:
    """The arrays in an `.npz` file by name.

    Args:
        file: a path, the contents as bytes, or a file open for reading.

    Raises:
        ModelFileError: for a broken file, one that unpacks to too much, and for Python objects.

    Example:
        >>> from gossamer.saving import npz
        >>> npz.save_npz("/tmp/a.npz", {"x": np.arange(3)})
        >>> npz.load_npz("/tmp/a.npz")["x"].tolist()
        [0, 1, 2]
    """
    data, name = named_weights.contents(file)
    return _arrays(data, name)


def save_npz(file: Any, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name, as they are.

    Args:
        file: a path, or a file open for writing.
        arrays: arrays, or what NumPy makes arrays of, by name.

    Raises:
        TypeError: for Python objects.

    Example:
        >>> from gossamer.saving import npz
        >>> npz.save_npz("/tmp/b.npz", {"x": np.ones(2)})
    """
    named_weights.write(file, packed(arrays))


def packed(arrays: Mapping[str, Any]) -> bytes:
    """The contents of a file with these arrays."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, value in arrays.items():
            array = np.asanyarray(value)
            if array.dtype.hasobject:
                raise TypeError(f"Expected an array of numbers. Received: {name}={value!r:.100}")
            # A fixed date: the same weights are the same file.
            member = zipfile.ZipInfo(f"{name}{ENDING}", (1980, 1, 1, 0, 0, 0))
            with archive.open(member, "w", force_zip64=True) as target:
                np.lib.format.write_array(target, array, allow_pickle=False)
    return stream.getvalue()


def _arrays(data: memoryview, name: str) -> dict[str, np.ndarray]:
    archive = Archive(data, name)
    return {member.removesuffix(ENDING): _array(archive, member) for member in archive.names()}


def _array(archive: Archive, member: str) -> np.ndarray:
    """An array of its header and its bytes, which must have the size that the header says."""
    name = archive.name
    if not member.endswith(ENDING):
        raise ModelFileError(
            f"Expected arrays, whose names end in {ENDING}, in {name}. Received: {member!r}"
        )
    data = archive.read(member)
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in HEADERS:
            raise ModelFileError(
                f"Expected version 1.0 or 2.0 of {member!r} in {name}. Received: {version}"
            )
        shape, in_columns, dtype = HEADERS[version](stream)
    except ModelFileError:
        raise
    except Exception as error:  # a broken header leads NumPy into many
        raise ModelFileError(
            f"Expected a whole zip archive of arrays. Received: {name}, {member!r} ({error})"
        ) from error
    if dtype.hasobject or dtype.kind not in "biufc":
        raise ModelFileError(f"Expected numbers in {member!r} of {name}. Received: dtype={dtype}")
    size = dtype.itemsize
    for length in shape:
        size *= length
    start = stream.tell()
    if any(length < 0 for length in shape) or size != len(data) - start:
        raise ModelFileError(
            f"Expected {size} bytes of {member!r} in {name}, of shape {shape} and dtype "
            f"{dtype}. Received: {len(data) - start}"
        )
    values = named_weights.aligned(np.frombuffer(data, dtype, offset=start))
    return values.reshape(shape, order="F" if in_columns else "C")


def _recognises(file: ModelFile) -> bool:
    """Whether it is an archive in which the first file is an array."""
    head = bytes(file.data[:4096])
    if head.startswith(EMPTY_ARCHIVE):
        return False
    length = int.from_bytes(head[26:28], "little")
    return head.startswith(LOCAL_HEADER) and head[30 : 30 + length].endswith(ENDING.encode())


def read_weights(file: ModelFile, model: Any, options: ReadOptions) -> None:
    """Give a model the weights in an `.npz` file, by the paths of its variables.

    Raises:
        ModelFileError: for a broken file, or one that does not fit.
    """
    named_weights.give(model, _arrays(file.data, file.name), options, file.name)


def write_weights(model: Any, name: str) -> dict[str, bytes]:
    """The `.npz` file of a model's weights."""
    return {name: packed(named_weights.arrays(model))}


FORMAT = Format(
    "NumPy (.npz)",
    (".npz",),
    recognises=_recognises,
    read_weights=read_weights,
    write_weights=write_weights,
)
