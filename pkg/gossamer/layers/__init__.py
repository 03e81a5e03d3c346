"""The Layers API: Keras's anatomy (`__init__`, `build`, `call`, `get_config`). Thin so far."""

from gossamer.layers.dense import Dense
from gossamer.layers.input import Input
from gossamer.layers.layer import Layer

__all__ = ["Dense", "Input", "Layer"]
