"""A look into a weights file, and changes to it: for when a model's architecture has changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gossamer.saving import hdf5, state
from gossamer.saving.archive import Archive
from gossamer.saving.configuration import parsed
from gossamer.saving.files import save_files
from gossamer.saving.keras_file import CONFIG, METADATA, WEIGHTS

Weights = dict[str, Any]  # by name: arrays, or the weights of an object within


class KerasFileEditor:
    """The weights of a `.keras` or `.weights.h5` file by their paths, to look at and to change.

    Objects are named by their path (`"layers/dense_1"`), or by its last part where only one has it.

    Args:
        filepath: of the file.

    Attributes:
        weights_dict: the weights, as dictionaries within dictionaries.
        object_metadata: by path, what the file says of an object, its name for one.
        config, metadata: of a `.keras` file.

    Raises:
        ValueError: for other files; in the methods, for names that there are not.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2)])
        >>> model.save_weights("/tmp/edited.weights.h5")
        >>> editor = gs.saving.KerasFileEditor("/tmp/edited.weights.h5")
        >>> editor.rename_object("dense", "renamed")
        >>> editor.weights_dict["layers"]["renamed"]["0"].shape
        (3, 2)
    """

    def __init__(self, filepath: Any) -> None:
        self.filepath = os.fspath(filepath)
        self.config: Any = None
        self.metadata: Any = None
        if not self.filepath.endswith((".keras", ".weights.h5")):
            raise ValueError(
                "Expected a name that ends in .keras or .weights.h5. "
                f"Received: filepath={self.filepath!r}"
            )
        data = memoryview(Path(self.filepath).read_bytes())
        if self.filepath.endswith(".keras"):
            archive = Archive(data, self.filepath)
            self.config = parsed(archive.read(CONFIG), self.filepath)
            self.metadata = parsed(archive.read(METADATA), self.filepath)
            data = archive.read(WEIGHTS)
        self.object_metadata: dict[str, dict[str, str]] = {}
        self.weights_dict = self._read(hdf5.open_file(data, self.filepath), "")

    def _read(self, group: hdf5.Group, path: str) -> Weights:
        weights: Weights = {}
        for name in group:
            below = f"{path}/{name}"
            if not group.is_group(name):
                weights[name] = group.array(name)
                continue
            child = group.group(name)
            if name == state.VALUES:  # those of the object itself
                if (text := child.text("name")) is not None:
                    self.object_metadata[path] = {"name": text}
                weights |= self._read(child, path)
            elif found := self._read(child, below):
                weights[name] = found
        return weights

    def summary(self) -> None:
        """Print the objects, and the shapes of their weights."""
        print(f"Keras weights file {self.filepath!r}")
        for line in _lines(self.weights_dict, "    "):
            print(line)

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Print where the file and a model differ.

        Args:
            reference_model: built already.

        Returns:
            `status`, `"success"` or `"error"`, `error_count` and `match_count`.
        """
        wanted = dict(_leaves(_as_weights(state.save(reference_model)), ""))
        found = dict(_leaves(self.weights_dict, ""))
        errors = []
        for path in sorted(wanted.keys() | found.keys()):
            if path not in found:
                errors.append(f"Weight {path}: in the model, not in the file")
            elif path not in wanted:
                errors.append(f"Weight {path}: in the file, not in the model")
            elif wanted[path].shape != found[path].shape:
                errors.append(
                    f"Weight {path}: shape={wanted[path].shape} in the model, "
                    f"shape={found[path].shape} in the file"
                )
        for line in errors:
            print(line)
        matching = len(wanted.keys() & found.keys()) - sum("shape=" in line for line in errors)
        print(f"{len(errors)} errors, {matching} matching weights")
        return {
            "status": "error" if errors else "success",
            "error_count": len(errors),
            "match_count": matching,
        }

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Give an object another name, which is no path."""
        if "/" in new_name:
            raise ValueError(f"Expected a name, not a path. Received: new_name={new_name!r}")
        self._edit(object_name, lambda place, name: place.update({new_name: place.pop(name)}))

    def delete_object(self, object_name: str) -> None:
        """Remove an object."""
        self._edit(object_name, lambda place, name: place.pop(name))

    def add_object(self, object_path: str, weights: dict[str, Any]) -> None:
        """Add an object at a path; `weights` are by name, `{"0": kernel, "1": bias}`."""
        _check_weights(weights)
        *above, name = object_path.split("/")
        place = self.weights_dict
        for part in above:
            place = place.get(part) if isinstance(place, dict) else None  # type: ignore[assignment]
        if not isinstance(place, dict):
            raise ValueError(f"Expected an object to add it to. Received: {object_path!r}")
        place[name] = weights

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Remove a weight of an object."""

        def delete(place: Weights, name: str) -> None:
            if weight_name not in place[name]:
                raise ValueError(
                    f"Expected one of the weights {list(place[name])} of {object_name!r}. "
                    f"Received: {weight_name!r}"
                )
            place[name].pop(weight_name)

        self._edit(object_name, delete)

    def add_weights(self, object_name: str, weights: dict[str, Any]) -> None:
        """Add weights to an object, by name."""
        _check_weights(weights)
        self._edit(object_name, lambda place, name: place[name].update(weights))

    def save(self, filepath: Any) -> None:
        """Write what there is now, to a name that ends in `.weights.h5`."""
        if not os.fspath(filepath).endswith(".weights.h5"):
            raise ValueError(
                f"Expected a name that ends in .weights.h5. Received: filepath={filepath!r}"
            )
        root = hdf5.Node()
        for path, array in _leaves(self.weights_dict, ""):
            owner, _, name = path.rpartition("/")
            root.at(f"{owner}/{state.VALUES}".lstrip("/")).arrays[name] = array
            root.at(f"{owner}/{state.VALUES}".lstrip("/")).attributes |= self.object_metadata.get(
                f"/{owner}", {}
            )
        save_files(filepath, lambda name: {name: hdf5.write(root)})

    def resave_weights(self, filepath: Any) -> None:
        """The same as `save`."""
        self.save(filepath)

    def _edit(self, object_name: str, change: Callable[[Weights, str], Any]) -> None:
        """Change the one object of this path or name, given where it is."""
        places = [
            (place, name)
            for path, place, name in _objects(self.weights_dict, "")
            if (path if "/" in object_name else name) == object_name
        ]
        if len(places) != 1:
            raise ValueError(
                f"Expected the name of one object, or its path. Received: {object_name!r}, which "
                f"{len(places) or 'no'} objects have"
            )
        change(*places[0])


def _check_weights(weights: Any) -> None:
    if not isinstance(weights, dict):
        raise ValueError(f"Expected a dictionary of weights by name. Received: {weights!r}")


def _objects(weights: Weights, path: str) -> Iterator[tuple[str, Weights, str]]:
    for name, value in weights.items():
        if isinstance(value, dict):
            below = f"{path}/{name}" if path else name
            yield below, weights, name
            yield from _objects(value, below)


def _leaves(weights: Weights, path: str) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in weights.items():
        below = f"{path}/{name}" if path else name
        if isinstance(value, dict):
            yield from _leaves(value, below)
        else:
            yield below, np.asarray(value)


def _lines(weights: Weights, indent: str) -> Iterator[str]:
    for name, value in weights.items():
        if isinstance(value, dict):
            yield f"{indent}{name}/"
            yield from _lines(value, f"{indent}    ")
        else:
            yield f"{indent}{name}: shape={np.shape(value)}, dtype={np.asarray(value).dtype}"


def _as_weights(node: hdf5.Node) -> Weights:
    weights: Weights = dict(node.arrays)
    for name, child in node.groups.items():
        inner = _as_weights(child)
        if name == state.VALUES:
            weights |= inner
        elif inner:
            weights[name] = inner
    return weights
