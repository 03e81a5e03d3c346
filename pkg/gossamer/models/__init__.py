"""Models: layers that are trained as one; `keras.models`'s names."""

from typing import Any

from gossamer.models.clone import clone_model
from gossamer.models.function import Function
from gossamer.models.functional import Functional
from gossamer.models.model import Model, model_from_json
from gossamer.models.sequential import Sequential
from gossamer.serialization import name_built_in

name_built_in("keras.src.models.functional.Functional", Functional)
name_built_in("keras.models.Functional", Functional)
name_built_in("keras.Model", Model)
name_built_in("keras.models.Model", Model)
name_built_in("keras.Sequential", Sequential)
name_built_in("keras.models.Sequential", Sequential)

__all__ = ["Function", "Functional", "Model", "Sequential", "clone_model", "model_from_json"]


def __getattr__(name: str) -> Any:
    """Keras has these here, too; `saving` knows models, so it comes after them."""
    if name in ("load_model", "save_model"):
        from gossamer import saving

        return getattr(saving, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
