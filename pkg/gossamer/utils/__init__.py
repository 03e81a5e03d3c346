"""`keras.utils`'s names, as far as there is something that they are of use for."""

from gossamer.serialization import (
    CustomObjectScope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from gossamer.utils.model_plot import model_to_dot, plot_model
from gossamer.utils.progbar import Progbar
from gossamer.utils.random_seed import set_random_seed
from gossamer.utils.session import clear_session
from gossamer.utils.tuples import pack_x_y_sample_weight, unpack_x_y_sample_weight

custom_object_scope = CustomObjectScope

__all__ = [
    "CustomObjectScope", "Progbar", "clear_session", "custom_object_scope",
    "deserialize_keras_object", "get_custom_objects", "get_registered_name",
    "get_registered_object", "model_to_dot", "pack_x_y_sample_weight", "plot_model",
    "register_keras_serializable", "serialize_keras_object", "set_random_seed",
    "unpack_x_y_sample_weight",
]  # fmt: skip
