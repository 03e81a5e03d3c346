"""ResNet50 by the name of a module of its own, as Keras has it."""

from gossamer.applications.resnet import ResNet50, decode_predictions, preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
