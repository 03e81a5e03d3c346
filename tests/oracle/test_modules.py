"""`ops.numpy`, `ops.nn`, `ops.linalg` and `ops.image` have the names that Keras's have.

Those of `image` are there alone, all others in `ops` itself, too.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import pytest

from gossamer import ops

pytestmark = pytest.mark.cpython_only


def _names(module: ModuleType) -> list[str]:
    return [name for name in dir(module) if name[0] != "_"]


@pytest.mark.parametrize(
    "module", [name for name in ("numpy", "nn", "linalg", "image") if hasattr(ops, name)]
)
def test_sub_module(module: str) -> None:
    from tests.oracle import keras_library

    own: Any = importlib.import_module(f"gossamer.ops.{module}")
    assert own is getattr(ops, module)
    theirs = _names(getattr(keras_library.keras.ops, module))
    assert _names(own) == sorted(own.__all__)
    assert _names(own) == [
        name for name in theirs if hasattr(own if module == "image" else ops, name)
    ]
    for name in own.__all__:
        assert module == "image" or getattr(own, name) is getattr(ops, name)
