"""Data as streams of elements, after tf.data and TensorFlow.js: read, mapped, shuffled, batched."""

from gossamer.browser.camera import webcam
from gossamer.browser.sounds import microphone
from gossamer.data.dataset import AUTOTUNE, INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Dataset
from gossamer.data.elements import ElementSpec

__all__ = [
    "AUTOTUNE",
    "INFINITE_CARDINALITY",
    "UNKNOWN_CARDINALITY",
    "Dataset",
    "ElementSpec",
    "microphone",
    "webcam",
]
