"""From objects to configurations and back, as Keras writes them.

Below all that it serves: it knows tensors, and learns of layers, losses and the rest by the
families that they enter. `gossamer.saving` shows it to users.
"""

from gossamer.serialization.family import Family
from gossamer.serialization.objects import (
    deserialize_keras_object,
    enable_unsafe_deserialization,
    serialize_keras_object,
)
from gossamer.serialization.registry import (
    CustomObjectScope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    name_built_in,
    register_keras_serializable,
)

__all__ = [
    "CustomObjectScope",
    "Family",
    "deserialize_keras_object",
    "enable_unsafe_deserialization",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "name_built_in",
    "register_keras_serializable",
    "serialize_keras_object",
]
