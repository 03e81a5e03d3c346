"""The Layers API: Keras's anatomy (`__init__`, `build`, `call`, `get_config`).

Each group of layers is a package that says which it has, `MEMBERS`, and their other names,
`ALIASES`.
"""

from types import ModuleType
from typing import Any

from gossamer.layers import (
    activation,
    attention,
    convolutional,
    core,
    image_preprocessing,
    merging,
    normalization,
    pooling,
    preprocessing,
    regularization,
    reshaping,
    rnn,
)
from gossamer.layers.input import Input, InputLayer
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.serialization import Family

_GROUPS: list[ModuleType] = [
    activation,
    attention,
    merging,
    normalization,
    regularization,
    convolutional,
    core,
    image_preprocessing,
    pooling,
    preprocessing,
    reshaping,
    rnn,
]
_MEMBERS: list[Any] = [InputLayer, InputSpec, Layer]
_ALIASES: dict[str, Any] = {}
for _group in _GROUPS:
    _MEMBERS += _group.MEMBERS
    _ALIASES |= _group.ALIASES

_CANONICAL = {
    "Layer": "keras.Layer",
    "GroupedQueryAttention": "keras.layers.GroupQueryAttention",
}
_family = Family("keras.layers", "layer", _MEMBERS, _ALIASES, canonical=_CANONICAL)
deserialize, serialize = _family.deserialize, _family.serialize
globals().update({member.__name__: member for member in _MEMBERS} | _ALIASES)

__all__ = ["Input", "deserialize", "serialize", *(m.__name__ for m in _MEMBERS), *_ALIASES]
