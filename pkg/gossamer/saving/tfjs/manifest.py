"""The weights of a TensorFlow.js model: what its manifest says, checked against the shards.

A manifest has groups, each with the paths of its shards and the weights in them, whose bytes stand
one behind the other over all shards. Weights may be quantised: 8 or 16 bits that stand for
`value * scale + min`, or halves of floats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from gossamer.saving import named_weights
from gossamer.saving.formats import ModelFileError

MOST_DIMENSIONS = 32
DTYPES = {
    "float32": "<f4", "int32": "<i4", "bool": "?", "uint8": "u1", "uint16": "<u2", "float16": "<f2",
    "complex64": "<c8",
}  # fmt: skip
QUANTIZED = {"uint8": "u1", "uint16": "<u2", "float16": "<f2"}
OPTIMIZER = "optimizer"


class Quantization(NamedTuple):
    """How a weight is stored: `stored * scale + minimum`, or as a half."""

    dtype: str
    scale: float
    minimum: float


class Weight(NamedTuple):
    """A line of the manifest."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: Quantization | None
    group: str

    @property
    def stored(self) -> np.dtype:
        kind = QUANTIZED[self.quantization.dtype] if self.quantization else DTYPES[self.dtype]
        return np.dtype(kind)

    @property
    def size(self) -> int:
        """Bytes in the shards."""
        return math.prod(self.shape) * self.stored.itemsize


def paths(manifest: Any, name: str) -> list[str]:
    """The paths of all shards, in order.

    Raises:
        ModelFileError: for a manifest of another form, and paths that leave the folder.
    """
    return [path for group in _groups(manifest, name) for path in group["paths"]]


def weights(
    manifest: Any, shards: Mapping[str, memoryview], name: str
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The weights of the model, and of its optimizer, by name.

    Args:
        manifest: as the model's file has it.
        shards: what is in the files beside it, by path.
        name: what errors call the model's file.

    Raises:
        ModelFileError: for shards that are missing or have other sizes, dtypes that are not known,
            and names that come twice.
    """
    found: dict[str, dict[str, np.ndarray]] = {"model": {}, OPTIMIZER: {}}
    for group in _groups(manifest, name):
        lines = [_line(entry, name) for entry in group["weights"]]
        pieces = _pieces(group["paths"], shards, name)
        expected, received = sum(line.size for line in lines), sum(map(len, pieces))
        if expected != received:
            raise ModelFileError(
                f"Expected {expected} bytes in {', '.join(group['paths'])}, as the manifest of "
                f"{name} says. Received: {received}"
            )
        start = 0
        for line in lines:
            arrays = found[line.group]
            if line.name in arrays:
                raise ModelFileError(
                    f"Expected each weight of {name} once. Received: {line.name!r} twice"
                )
            arrays[line.name] = _values(_slice(pieces, start, start + line.size), line, name)
            start += line.size
    return found["model"], found[OPTIMIZER]


def _groups(manifest: Any, name: str) -> list[dict[str, Any]]:
    groups = manifest if isinstance(manifest, list) else None
    if groups is None or not all(map(_is_group, groups)):
        raise ModelFileError(
            f"Expected groups of paths and weights in the manifest of {name}. "
            f"Received: {manifest!r:.100}"
        )
    listed = [path for group in groups for path in group["paths"]]
    for path in listed:
        pure = PurePosixPath(path)
        inside = path and not pure.is_absolute() and ".." not in pure.parts
        if not inside or "\\" in path or ":" in path or "\0" in path:
            raise ModelFileError(f"Expected paths of shards beside {name}. Received: {path!r:.100}")
    if len(set(listed)) != len(listed):
        raise ModelFileError(f"Expected each shard of {name} once. Received: {listed!r:.200}")
    return groups


def _is_group(group: Any) -> bool:
    return (
        isinstance(group, dict)
        and isinstance(group.get("paths"), list)
        and all(isinstance(path, str) for path in group["paths"])
        and isinstance(group.get("weights"), list)
    )


def _line(entry: Any, name: str) -> Weight:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise ModelFileError(
            f"Expected name, shape and dtype of a weight of {name}. Received: {entry!r:.100}"
        )
    key, shape, dtype = entry["name"], entry.get("shape"), entry.get("dtype")
    if dtype == "string":
        raise ModelFileError(f"Expected numbers in {name}. Received: texts, in {key!r}")
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ModelFileError(
            f"Expected one of the dtypes {', '.join(DTYPES)} of {key!r} in {name}. "
            f"Received: dtype={dtype!r:.100}"
        )
    sizes = shape if isinstance(shape, list) else [-1]
    if len(sizes) > MOST_DIMENSIONS or not all(type(n) is int and n >= 0 for n in sizes):
        raise ModelFileError(
            f"Expected at most {MOST_DIMENSIONS} sizes of {key!r} in {name}. "
            f"Received: shape={shape!r:.100}"
        )
    group = entry.get("group") or "model"
    if group not in ("model", OPTIMIZER):
        raise ModelFileError(
            f"Expected weights of the model or the optimizer in {name}. Received: group={group!r}"
        )
    quantization = _quantization(entry.get("quantization"), key, dtype, name)
    return Weight(key, tuple(sizes), dtype, quantization, group)


def _quantization(entry: Any, key: str, dtype: str, name: str) -> Quantization | None:
    if entry is None:
        return None
    stored = entry.get("dtype") if isinstance(entry, dict) else None
    if stored not in QUANTIZED:
        raise ModelFileError(
            f"Expected one of the dtypes {', '.join(QUANTIZED)} for the quantized {key!r} in "
            f"{name}. Received: {entry!r:.100}"
        )
    if dtype not in (("float32",) if stored == "float16" else ("float32", "int32")):
        raise ModelFileError(
            f"Expected a weight of floats, or of integers, {key!r}, in {name}, that is quantized "
            f"to {stored}. Received: dtype={dtype!r}"
        )
    if stored == "float16":
        return Quantization(stored, 1.0, 0.0)
    numbers = [entry.get("scale"), entry.get("min")]
    if not all(type(n) in (int, float) and math.isfinite(n) for n in numbers):
        raise ModelFileError(
            f"Expected scale and min of the quantized {key!r} in {name}. Received: {entry!r:.100}"
        )
    return Quantization(stored, float(numbers[0]), float(numbers[1]))


def _pieces(listed: list[str], shards: Mapping[str, memoryview], name: str) -> list[memoryview]:
    missing = [path for path in listed if path not in shards]
    if missing:
        raise ModelFileError(
            f"Expected the files that {name} names beside it. Received: none of {missing}"
        )
    return [shards[path] for path in listed]


def _slice(pieces: list[memoryview], start: int, end: int) -> memoryview:
    """Bytes counted over all pieces: a view, unless they lie in several."""
    parts = []
    for piece in pieces:
        if start < len(piece) and end > 0:
            parts.append(piece[max(start, 0) : end])
        start, end = start - len(piece), end - len(piece)
    return parts[0] if len(parts) == 1 else memoryview(b"".join(parts))


def _values(data: memoryview, line: Weight, name: str) -> np.ndarray:
    values = named_weights.aligned(np.frombuffer(data, line.stored))
    if line.quantization is not None and line.quantization.dtype == "float16":
        values = values.astype("float32")
    elif line.quantization is not None:
        # In float64, as TensorFlow.js computes it, and rounded once.
        wide = values * line.quantization.scale + line.quantization.minimum
        with np.errstate(over="ignore", invalid="ignore"):
            values = (np.round(wide) if line.dtype == "int32" else wide).astype(line.dtype)
    elif line.dtype == "bool" and (values.view("u1") > 1).any():
        raise ModelFileError(f"Expected 0 or 1 in {line.name!r} of {name}. Received: other bytes")
    return values.reshape(line.shape)
