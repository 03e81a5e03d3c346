"""Weights in several HDF5 files, none too large, and `.weights.json`, which says what is where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from gossamer.saving import hdf5, json_text, state
from gossamer.saving.configuration import parsed
from gossamer.saving.formats import Format, ModelFile, ModelFileError, ReadOptions

ENDING = ".weights.json"
GIGABYTE = 1 << 30
MAP = "weight_map"


class _Shards:
    """Groups of several files as one group."""

    def __init__(self, name: str, groups: list[hdf5.Group]) -> None:
        self.name, self._groups = name, groups

    def __contains__(self, path: str) -> bool:
        return any(path in group for group in self._groups)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for group in self._groups for name in group))

    def group(self, path: str) -> _Shards:
        return _Shards(self.name, [g.group(path) for g in self._groups if path in g])

    def array(self, path: str) -> np.ndarray:
        return next(group for group in self._groups if path in group).array(path)


def names_beside(file: ModelFile) -> list[str]:
    """The files that the map names."""
    weight_map = _map(file)
    names = [name for value in weight_map.values() for name in _listed(value)]
    if not all(isinstance(name, str) for name in names):
        raise ModelFileError(f"Expected names of files in {file.name}. Received: {names!r:.200}")
    return list(dict.fromkeys(names))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _map(file: ModelFile) -> dict[str, Any]:
    content = parsed(file.data, file.name)
    weight_map = content.get(MAP) if isinstance(content, dict) else None
    if not isinstance(weight_map, dict):
        raise ModelFileError(f"Expected {MAP!r} in {file.name}. Received: {content!r:.200}")
    return weight_map


def read_weights(file: ModelFile, model: Any, options: ReadOptions) -> None:
    """Give a model the weights of all shards, all or none.

    Raises:
        ModelFileError: for weights that do not fit.
    """
    shards = [hdf5.open_file(file.beside[name], name) for name in names_beside(file)]
    state.load(
        model,
        _Shards(file.name, shards),
        skip_mismatch=options.skip_mismatch,
        skipped=options.objects_to_skip or (),
    )


def write_weights(model: Any, name: str, max_shard_size: float) -> dict[str, bytes]:
    """The shards of a model's weights and their map.

    Args:
        model: built already.
        name: of the map; it ends in `.weights.json`.
        max_shard_size: gigabytes of one file.

    Raises:
        ValueError: for a variable larger than that.
    """
    largest, shards, total = max_shard_size * GIGABYTE, [hdf5.Node()], 0
    base, room = name[: -len(ENDING)], largest
    weight_map: dict[str, Any] = {}
    for path, node in _groups(state.save(model), ""):
        for key, array in node.arrays.items():
            if array.nbytes > largest:
                raise ValueError(
                    f"Expected variables of at most max_shard_size={max_shard_size} GB. "
                    f"Received: {path}/{key}, {array.nbytes} bytes"
                )
            if array.nbytes > room:
                shards.append(hdf5.Node())
                room = largest
            room -= array.nbytes
            total += array.nbytes
            target = shards[-1].at(path)
            target.attributes, target.arrays[key] = node.attributes, array
            used = weight_map.setdefault(f"/{path}", [])
            if (shard := _shard_name(base, len(shards) - 1)) not in used:
                used.append(shard)
    weight_map = {path: used if len(used) > 1 else used[0] for path, used in weight_map.items()}
    files = {_shard_name(base, k): hdf5.write(shard) for k, shard in enumerate(shards)}
    index = {"metadata": {"total_size": total}, MAP: weight_map}
    return files | {name: json.dumps(index, indent=4).encode()}


def _shard_name(base: str, number: int) -> str:
    return f"{base}_{number:05}.weights.h5"


def _groups(node: hdf5.Node, path: str) -> Iterator[tuple[str, hdf5.Node]]:
    if node.arrays:
        yield path, node
    for name, child in node.groups.items():
        yield from _groups(child, f"{path}/{name}" if path else name)


def _is_map(file: ModelFile) -> bool:
    if bytes(file.data[:1]) != b"{":
        return False
    try:
        content = json_text.parse(file.data)
    except (ValueError, RecursionError):
        return False  # another format, or none, of which its own reader says why
    return isinstance(content, dict) and isinstance(content.get(MAP), dict)


FORMAT = Format(
    "Keras 3 weights in shards (.weights.json)",
    (ENDING,),
    _is_map,
    read_weights=read_weights,
    names_beside=names_beside,
    ready_to_write=hdf5.ready_to_write,
)
