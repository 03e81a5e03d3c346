"""TensorFlow.js's layers models: `model.json` and shards of weights, read and written."""

from gossamer.saving.formats import Format
from gossamer.saving.tfjs.reading import names_beside, read_model, read_weights, recognises
from gossamer.saving.tfjs.writing import save_tfjs, write_model

FORMAT = Format(
    "TensorFlow.js layers model (model.json)",
    ("model.json",),
    recognises=recognises,
    read_model=read_model,
    read_weights=read_weights,
    write_model=write_model,
    names_beside=names_beside,
)

__all__ = ["FORMAT", "save_tfjs"]
