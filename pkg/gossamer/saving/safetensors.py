"""safetensors: named arrays in one file, `.safetensors`.

Eight bytes with the length of a header, the header, which is JSON, and the arrays' bytes one behind
the other. Nothing is made before all that the header says has been checked against the file; the
arrays are views on it.

Source: the format's description at github.com/huggingface/safetensors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from gossamer.saving import json_text, named_weights
from gossamer.saving.formats import Format, ModelFile, ModelFileError, ReadOptions

LARGEST_HEADER = 100_000_000
MOST_DIMENSIONS = 32
METADATA = "__metadata__"
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8", "BOOL": "?", "BF16": "<u2",
}  # fmt: skip
NAMES = {np.dtype(code): name for name, code in DTYPES.items() if name != "BF16"}


def load_safetensors(file: Any) -> dict[str, np.ndarray]:
    """The arrays in a `.safetensors` file by name, without a copy where they need none.

    Args:
        file: a path, the contents as bytes, or a file open for reading.

    Raises:
        ModelFileError: for a broken file, or dtypes that NumPy does not have.

    Example:
        >>> from gossamer.saving import safetensors
        >>> safetensors.save_safetensors("/tmp/a.safetensors", {"x": np.arange(3)})
        >>> safetensors.load_safetensors("/tmp/a.safetensors")["x"].tolist()
        [0, 1, 2]
    """
    data, name = named_weights.contents(file)
    return _arrays(data, name)


def save_safetensors(
    file: Any, tensors: Mapping[str, Any], metadata: Mapping[str, str] | None = None
) -> None:
    """Write arrays by name.

    Args:
        file: a path, or a file open for writing.
        tensors: arrays, or what NumPy makes arrays of, by name.
        metadata: texts by name.

    Raises:
        TypeError: for a dtype that the format does not have, or names that are no text.

    Example:
        >>> from gossamer.saving import safetensors
        >>> safetensors.save_safetensors("/tmp/b.safetensors", {"x": np.ones(2)}, {"by": "me"})
    """
    named_weights.write(file, packed(tensors, metadata))


def packed(tensors: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> bytes:
    """The contents of a file with these arrays; the widest come first, so that each is aligned."""
    header: dict[str, Any] = {}
    if metadata is not None:
        header[METADATA] = {key: _text(value) for key, value in metadata.items()}
    arrays = {_text(name): _little(np.asarray(value), name) for name, value in tensors.items()}
    if METADATA in arrays:
        raise TypeError(f"Expected another name than that of the metadata. Received: {METADATA!r}")
    end = 0
    ordered = sorted(arrays, key=lambda name: (-arrays[name].itemsize, name))
    for name in ordered:
        array = arrays[name]
        begin, end = end, end + array.nbytes
        header[name] = {
            "dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": [begin, end],
        }  # fmt: skip
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    pieces = [len(text).to_bytes(8, "little"), text]
    return b"".join(pieces + [arrays[name].tobytes() for name in ordered])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"Expected names and metadata as text. Received: {value!r}")
    return value


def _little(array: np.ndarray, name: Any) -> np.ndarray:
    """The array in the order of bytes that files have."""
    dtype = array.dtype.newbyteorder("<")
    if dtype not in NAMES:
        raise TypeError(
            f"Expected one of the dtypes {', '.join(sorted(map(str, NAMES)))} of {name!r}. "
            f"Received: dtype={array.dtype}"
        )
    return array.astype(dtype, copy=False)


def _arrays(data: memoryview, name: str) -> dict[str, np.ndarray]:
    header, start = _header(data, name)
    places: list[tuple[int, int, str]] = []
    kinds: dict[str, tuple[str, list[int]]] = {}
    for key, entry in header.items():
        if key == METADATA:
            if not isinstance(entry, dict) or not all(isinstance(v, str) for v in entry.values()):
                raise ModelFileError(
                    f"Expected texts as metadata of {name}. Received: {entry!r:.100}"
                )
            continue
        dtype, shape, begin, end = _entry(key, entry, name)
        kinds[key] = (dtype, shape)
        places.append((begin, end, key))
    _check_places(sorted(places), len(data) - start, name)
    return {
        key: _array(data[start + begin : start + end], *kinds[key], key, name)
        for begin, end, key in places
    }


def _header(data: memoryview, name: str) -> tuple[dict[str, Any], int]:
    """What the header says, and where the arrays begin."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(LARGEST_HEADER, len(data) - 8):
        raise ModelFileError(
            f"Expected a header within the {len(data)} bytes of {name}, of at most "
            f"{LARGEST_HEADER} bytes. Received: {length}"
        )
    try:
        header = json_text.parse(data[8 : 8 + length], _without_twins)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"Expected a header of {name} in JSON, each name once. Received: {error}"
        ) from error
    if not isinstance(header, dict):
        raise ModelFileError(f"Expected arrays by name in {name}. Received: {header!r:.100}")
    return header, 8 + length


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [key for key, _ in pairs]
        raise ValueError(f"twice {next(key for key in names if names.count(key) > 1)!r:.100}")
    return result


def _entry(key: str, entry: Any, name: str) -> tuple[str, list[int], int, int]:
    """Dtype, shape and place of an array, its size checked against its place."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise ModelFileError(
            f"Expected dtype, shape and data_offsets of {key!r} in {name}. Received: {entry!r:.100}"
        )
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ModelFileError(
            f"Expected one of the dtypes {', '.join(DTYPES)} of {key!r} in {name}: NumPy has no "
            f"others. Received: {dtype!r:.100}"
        )
    if not _are_sizes(shape) or len(shape) > MOST_DIMENSIONS:
        raise ModelFileError(
            f"Expected at most {MOST_DIMENSIONS} sizes of {key!r} in {name}. "
            f"Received: shape={shape!r:.100}"
        )
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise ModelFileError(
            f"Expected the begin and end of {key!r} in {name}. "
            f"Received: data_offsets={offsets!r:.100}"
        )
    size = np.dtype(DTYPES[dtype]).itemsize
    for length in shape:
        size *= length
    if offsets[1] - offsets[0] != size:
        raise ModelFileError(
            f"Expected {size} bytes of {key!r} in {name}, of shape {shape} and dtype {dtype}. "
            f"Received: data_offsets={offsets}"
        )
    return dtype, shape, offsets[0], offsets[1]


def _are_sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(size) is int and size >= 0 for size in value)


def _check_places(places: list[tuple[int, int, str]], size: int, name: str) -> None:
    """One array behind the other, and nothing else."""
    expected = 0
    for begin, end, key in places:
        if begin != expected:
            raise ModelFileError(
                f"Expected the arrays of {name} one behind the other, {key!r} at {expected}. "
                f"Received: data_offsets={[begin, end]}"
            )
        expected = end
    if expected != size:
        raise ModelFileError(
            f"Expected {expected} bytes of arrays in {name}, as its header says. Received: {size}"
        )


def _array(data: memoryview, dtype: str, shape: list[int], key: str, name: str) -> np.ndarray:
    values = named_weights.aligned(np.frombuffer(data, DTYPES[dtype]))
    if dtype == "BOOL" and (values.view(np.uint8) > 1).any():
        raise ModelFileError(f"Expected 0 or 1 in {key!r} of {name}. Received: other bytes")
    if dtype == "BF16":  # the upper half of a float32
        values = (values.astype("<u4") << 16).view("<f4")
    return values.reshape(shape)


def _recognises(file: ModelFile) -> bool:
    length = int.from_bytes(file.data[:8], "little")
    return 2 <= length <= min(LARGEST_HEADER, len(file.data) - 8) and file.data[8] == ord("{")


def read_weights(file: ModelFile, model: Any, options: ReadOptions) -> None:
    """Give a model the weights in a `.safetensors` file, by the paths of its variables.

    Raises:
        ModelFileError: for a broken file, or one that does not fit.
    """
    named_weights.give(model, _arrays(file.data, file.name), options, file.name)


def write_weights(model: Any, name: str) -> dict[str, bytes]:
    """The `.safetensors` file of a model's weights."""
    return {name: packed(named_weights.arrays(model), {"format": "np"})}


FORMAT = Format(
    "safetensors",
    (".safetensors",),
    recognises=_recognises,
    read_weights=read_weights,
    write_weights=write_weights,
)
