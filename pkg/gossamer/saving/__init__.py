"""What goes into files and comes out of them; `keras.saving`'s names."""

from gossamer.saving.file_editor import KerasFileEditor
from gossamer.saving.files import (
    copy_model,
    copy_model_async,
    load_model,
    load_model_async,
    load_weights,
    load_weights_async,
    save_model,
    save_model_async,
    save_weights,
    save_weights_async,
)
from gossamer.saving.formats import ModelFileError
from gossamer.saving.places import (
    clear_cache,
    clear_cache_async,
    list_models,
    list_models_async,
    move_model,
    move_model_async,
    remove_model,
    remove_model_async,
)
from gossamer.saving.safetensors import load_safetensors, save_safetensors
from gossamer.serialization import (
    CustomObjectScope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)

custom_object_scope = CustomObjectScope

__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "ModelFileError",
    "clear_cache",
    "clear_cache_async",
    "copy_model",
    "copy_model_async",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "list_models",
    "list_models_async",
    "load_model",
    "load_model_async",
    "load_safetensors",
    "load_weights",
    "load_weights_async",
    "move_model",
    "move_model_async",
    "register_keras_serializable",
    "remove_model",
    "remove_model_async",
    "save_model",
    "save_model_async",
    "save_safetensors",
    "save_weights",
    "save_weights_async",
    "serialize_keras_object",
]
