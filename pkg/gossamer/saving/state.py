"""The state of a model by the paths that Keras gives it in its files.

A path follows attributes, in the order of their names, private ones last; models name their layers
by class: `layers/dense_1/vars/0`, `layers/bidirectional/forward_layer/cell/vars/2`. What is met
twice has the path where it was met first.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any, Protocol

import numpy as np

from gossamer.layers.layer import Layer
from gossamer.losses.loss import Loss
from gossamer.metrics.metric import Metric
from gossamer.models.functional import Functional
from gossamer.models.sequential import Sequential
from gossamer.optimizers.optimizer import Optimizer
from gossamer.saving.all_or_nothing import all_or_nothing
from gossamer.saving.formats import ModelFileError
from gossamer.saving.hdf5 import Node
from gossamer.serialization.family import snake_case
from gossamer.variable import Variable

VALUES = "vars"
OWN_MODELS = ("_functional", "_operations", "operations")  # models keep their layers there, too


class Tree(Protocol):
    """Arrays in groups, as they are read: of one file, or of several."""

    name: str

    def __contains__(self, path: str) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def group(self, path: str) -> Tree: ...
    def array(self, path: str) -> np.ndarray: ...


class Store(dict[str, np.ndarray]):
    """What `save_own_variables` fills and `load_own_variables` reads: arrays by name."""


def save(model: Any, skipped: Iterable[Any] = (), assets: Path | None = None) -> Node:
    """The state of a model, its optimizer's included, as a tree.

    Args:
        model: a model or layer.
        skipped: what is left out.
        assets: a folder for what are no numbers, vocabularies for one; None to leave them out.
    """
    root, seen = Node(), {id(one) for one in skipped}
    for path, saveable in _walk(model, "", seen):
        if hasattr(saveable, "save_own_variables"):
            store = Store()
            saveable.save_own_variables(store)
            name = getattr(saveable, "name", None)
            if store or isinstance(name, str):
                values = root.at(path).at(VALUES)
                values.arrays = {key: np.asarray(value) for key, value in store.items()}
                if isinstance(name, str):
                    values.attributes["name"] = name
        if assets is not None and hasattr(saveable, "save_assets"):
            folder = assets / path
            folder.mkdir(parents=True, exist_ok=True)
            saveable.save_assets(str(folder))
    return root


def _walk(saveable: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """All that has state, each once, with its path."""
    if id(saveable) in seen:
        return
    seen.add(id(saveable))
    yield path, saveable
    for name, child in _children(saveable):
        yield from _walk(child, f"{path}/{name}" if path else name, seen)


def load(
    model: Any,
    root: Tree,
    *,
    skip_mismatch: bool = False,
    skipped: Iterable[Any] = (),
    assets: Path | None = None,
) -> None:
    """Give a model the state that a file has, all of it or none.

    Args:
        model: a model or layer.
        root: of the file.
        skip_mismatch: whether to leave as they are those layers that the file's values do not
            fit, with a warning, and take the rest.
        skipped: what is left as it is.
        assets: the folder of what are no numbers.

    Raises:
        ModelFileError: if values are missing, or of another shape.
    """
    reader = _Reader(root, assets, {id(one) for one in skipped})
    with all_or_nothing(_variables(model)):
        reader.visit(model, "")
        if not reader.failures:
            return
        message = _failure(list(reader.failures.values()), root.name)
        if not skip_mismatch:
            raise ModelFileError(message)
        warnings.warn(message, stacklevel=3)


def _failure(failures: list[tuple[Any, Exception]], name: str) -> str:
    saveable, error = failures[0]
    others = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
    return f"{name} does not fit {_label(saveable)}{others}. {error}"


def _label(saveable: Any) -> str:
    return f"{type(saveable).__name__} {getattr(saveable, 'name', '')!r}"


def _variables(model: Any) -> list[Variable]:
    optimizer = getattr(model, "optimizer", None)
    return [*model.variables, *(optimizer.variables if optimizer is not None else ())]


class _Reader:
    """Visits a model as `_walk` does. What fails at its first path is tried at its others."""

    def __init__(self, root: Tree, assets: Path | None, done: set[int]) -> None:
        self._root, self._assets, self._done = root, assets, done
        self._open: set[int] = set()
        self.failures: dict[int, tuple[Any, Exception]] = {}

    def visit(self, saveable: Any, path: str) -> None:
        key = id(saveable)
        if key in self._done or key in self._open:
            return
        self._open.add(key)
        failed_before = len(self.failures)
        error = self._give(saveable, path)
        if error is not None:
            self.failures.setdefault(key, (saveable, error))
            failed_before = len(self.failures)
        for name, child in _children(saveable):
            self.visit(child, f"{path}/{name}" if path else name)
        self._open.remove(key)
        if error is None:
            self.failures.pop(key, None)
            if len(self.failures) <= failed_before:
                self._done.add(key)

    def _give(self, saveable: Any, path: str) -> Exception | None:
        """Values to what they belong to; the error if they do not fit."""
        try:
            if hasattr(saveable, "load_own_variables"):
                saveable.load_own_variables(self._values(path))
            if self._assets is not None and hasattr(saveable, "load_assets"):
                folder = self._assets / path
                saveable.load_assets(str(folder) if folder.is_dir() else None)
        except Exception as error:  # of layers of the user's, too
            return error
        return None

    def _values(self, path: str) -> Store:
        for place in (path, path.replace("layers", "_layer_checkpoint_dependencies")):
            values = f"{place}/{VALUES}" if place else VALUES  # the second: of Keras 2.13
            if values in self._root:
                group = self._root.group(values)
                return Store({name: group.array(name) for name in group})
        return Store()


def _children(saveable: Any) -> Iterator[tuple[str, Any]]:
    """The parts of something that have state, with the names that Keras has for them in paths."""
    if isinstance(saveable, (Functional, Sequential)):
        yield from _in_container("layers", list(saveable.layers), set())
    for name in _names(saveable):
        try:
            child = getattr(saveable, name)
        except Exception:  # a property that cannot be read now has no state either
            continue
        if isinstance(child, SAVEABLE):
            yield name, child
        elif isinstance(child, (list, tuple, dict)):
            yield from _in_container(name, child, set())


def _names(saveable: Any) -> list[str]:
    """The attributes of something's own, in the order that its parts have in files."""
    kind: type = type(saveable)
    own = (_of_class(kind) | vars(saveable).keys()) - _common(_kind(saveable))
    names = [name for name in own if not name.startswith("__") and name not in OWN_MODELS]
    return sorted(names, key=lambda name: (name.startswith("_"), name))


@functools.cache
def _of_class(kind: type) -> frozenset[str]:
    """Attributes that a class gives, but for its methods."""
    methods = (FunctionType, staticmethod, classmethod)
    return frozenset(
        name for name in dir(kind) if not isinstance(inspect.getattr_static(kind, name), methods)
    )


def _in_container(path: str, container: Any, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """The parts in a list or dictionary: named by their class, since their own names vary."""
    if id(container) in seen:
        return
    seen.add(id(container))
    used: dict[str, int] = {}
    for child in container.values() if isinstance(container, dict) else container:
        if isinstance(child, SAVEABLE):
            yield f"{path}/{_unique(snake_case(type(child).__name__), used)}", child
        elif isinstance(child, (list, tuple, dict)):
            yield from _in_container(f"{path}/{_unique('container', used)}", child, seen)


def _unique(name: str, used: dict[str, int]) -> str:
    number = used[name] = used.get(name, -1) + 1
    return f"{name}_{number}" if number else name


SAVEABLE = (Layer, Optimizer, Metric, Loss)


def _kind(saveable: Any) -> type:
    return next(kind for kind in SAVEABLE if isinstance(saveable, kind))


@functools.cache
def _common(kind: type) -> frozenset[str]:
    """Attributes that everything of a kind has: there is no state of others behind them."""
    example = Optimizer(1.0) if kind is Optimizer else kind()
    return frozenset(dir(example))
