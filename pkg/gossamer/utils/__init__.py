"""`keras.utils`'s names, as far as there is something that they are of use for."""

from gossamer.core.symbolic import get_source_inputs
from gossamer.serialization import (
    CustomObjectScope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from gossamer.switches import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from gossamer.utils.audio_directory import audio_dataset_from_directory
from gossamer.utils.config import Config
from gossamer.utils.feature_space import FeatureSpace
from gossamer.utils.files import get_file
from gossamer.utils.image_directory import image_dataset_from_directory
from gossamer.utils.images import array_to_img, img_to_array, load_img, save_img
from gossamer.utils.model_plot import model_to_dot, plot_model
from gossamer.utils.numerical import normalize, to_categorical
from gossamer.utils.progbar import Progbar
from gossamer.utils.py_dataset import PyDataset
from gossamer.utils.random_seed import set_random_seed
from gossamer.utils.sequences import pad_sequences
from gossamer.utils.session import clear_session
from gossamer.utils.splitting import split_dataset
from gossamer.utils.text_directory import text_dataset_from_directory
from gossamer.utils.timeseries import timeseries_dataset_from_array
from gossamer.utils.tuples import pack_x_y_sample_weight, unpack_x_y_sample_weight

# Which stands on `session`.
from gossamer.keras_backend import is_keras_tensor, standardize_dtype  # isort: skip

custom_object_scope = CustomObjectScope
Sequence = PyDataset

__all__ = [
    "Config",
    "CustomObjectScope",
    "FeatureSpace",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "audio_dataset_from_directory",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
