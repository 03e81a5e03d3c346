"""Where models live: files read from and written to addresses of every kind.

It knows nothing of what is in the files; `saving.formats` does.
"""

from gossamer.saving.places.management import (
    copy_model,
    copy_model_async,
    list_models,
    list_models_async,
    move_model,
    move_model_async,
    remove_model,
    remove_model_async,
)
from gossamer.saving.places.progress import bar
from gossamer.saving.places.reading import read
from gossamer.saving.places.web import clear_cache, clear_cache_async, read_range
from gossamer.saving.places.writing import write

__all__ = [
    "bar",
    "clear_cache",
    "clear_cache_async",
    "copy_model",
    "copy_model_async",
    "list_models",
    "list_models_async",
    "move_model",
    "move_model_async",
    "read",
    "read_range",
    "remove_model",
    "remove_model_async",
    "write",
]
