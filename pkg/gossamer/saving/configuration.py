"""From the text of a file to a model: what a stranger wrote gives a model or one clear error."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from gossamer.backend import putting_later
from gossamer.core import variable_scope
from gossamer.initializers import Ones, Zeros
from gossamer.initializers.random import RandomInitializer
from gossamer.saving import json_text
from gossamer.saving.formats import ModelFile, ModelFileError, ReadOptions
from gossamer.serialization import CustomObjectScope, deserialize_keras_object
from gossamer.serialization.objects import in_safe_mode, safe_mode_scope, sharing_scope

# Variables that a file's configuration may ask for, against its size: quantised weights are a
# quarter of what they become, an optimizer that the file lacks has up to three values for each.
LARGEST_EXPANSION = 16
SMALLEST_LIMIT = 64 << 20

# What code that believes in a configuration raises when it should not have.
UNFORESEEN = (
    KeyError, IndexError, AttributeError, RecursionError, ArithmeticError, AssertionError,
    UnicodeError, MemoryError,
)  # fmt: skip


def parsed(text: memoryview | str, name: str) -> Any:
    """What JSON text says.

    Raises:
        ModelFileError: if it is none.
    """
    try:
        return json_text.parse(text)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"Expected the configuration in {name} to be JSON. Received: {error}"
        ) from error


def deserialized(config: Any, options: ReadOptions, file: ModelFile) -> Any:
    """The model that a configuration of Keras 3's describes.

    Raises:
        ModelFileError: if it describes none, or one that is much larger than its file.
        TypeError: for classes that are not known.
        ValueError: for code, in safe mode; for arguments that a layer refuses.
    """
    from gossamer.layers.layer import Layer

    with reading(options, file):
        model = deserialize_keras_object(config, safe_mode=_safe_mode(options))
    if not isinstance(model, Layer):
        raise ModelFileError(
            f"Expected the configuration of a model in {file.name}. Received: {model!r:.200}"
        )
    return model


def _safe_mode(options: ReadOptions) -> bool:
    """What the user said of all files, or else of this one."""
    chosen = in_safe_mode()
    return options.safe_mode if chosen is None else chosen


class reading:
    """Within it a stranger's configuration is made into objects.

    Custom objects are known, what is shared is one, variables are counted before they are made and
    begin with zeros where they would be random, and whatever trips over the configuration becomes
    a ModelFileError.
    """

    def __init__(self, options: ReadOptions, file: ModelFile) -> None:
        self._options, self._name = options, file.name
        size = len(file.data) + sum(map(len, file.beside.values()))
        self._remaining = max(SMALLEST_LIMIT, LARGEST_EXPANSION * size)
        self._scopes = contextlib.ExitStack()

    def __enter__(self) -> None:
        self._scopes.enter_context(CustomObjectScope(self._options.custom_objects))
        self._scopes.enter_context(sharing_scope())
        self._scopes.enter_context(putting_later())
        self._scopes.enter_context(safe_mode_scope(_safe_mode(self._options)))
        self._before = variable_scope.current.before_making
        variable_scope.current.before_making = self._count

    def _count(self, shape: tuple[int, ...], dtype: str, initializer: Any) -> Any:
        size = np.dtype(dtype).itemsize
        for length in shape:
            size *= length
        self._remaining -= size
        if self._remaining < 0:
            raise ModelFileError(
                f"Expected a model about as large as its file, {self._name}. "
                f"Received: one with a variable of shape {shape}"
            )
        # What would be drawn at random comes from the file; until then the device has no work.
        if isinstance(initializer, RandomInitializer | Zeros):
            return np.zeros
        return np.ones if isinstance(initializer, Ones) else initializer

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        variable_scope.current.before_making = self._before
        self._scopes.close()
        if isinstance(error, UNFORESEEN):
            raise ModelFileError(
                f"Expected a configuration of Keras's form in {self._name}. "
                f"Received: one over which {kind.__name__} was raised ({error})"
            ) from error
