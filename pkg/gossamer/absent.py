"""Modules of Keras's that cannot be here: they say why when something of them is asked for."""

from __future__ import annotations

import types
from typing import Any


class AbsentModule(types.ModuleType):
    """A module of which every name raises a NotImplementedError.

    Args:
        name: its name.
        reason: a sentence.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"gossamer.{name}", reason)
        self._reason = reason

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotImplementedError(f"{self.__name__}.{name} is not here. {self._reason}")


distribution = AbsentModule(
    "distribution", "A page has one device, among which nothing can be distributed."
)
"""Keras's module for several devices: a page has one, and each name raises an error."""
export = AbsentModule(
    "export",
    "ExportArchive writes programs of TensorFlow, which is not here; `Model.save` writes models.",
)
"""Keras's module for TensorFlow's files, which are programs of TensorFlow: each name raises an
error.
"""
legacy = AbsentModule(
    "legacy", "It is Keras 2's way to write objects; `gossamer.saving` reads what that wrote."
)
"""Keras's module for objects as Keras 2 wrote them, which `saving` reads: each name raises an
error.
"""
src = AbsentModule("src", "It is the inside of Keras, of which gossamer is no copy.")
"""The inside of Keras, of which gossamer is no copy: each name raises an error."""
