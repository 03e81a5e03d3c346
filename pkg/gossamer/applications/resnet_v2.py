"""ResNets of version 2: each block normalizes first, and then convolves."""

from __future__ import annotations

from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import tf_input as preprocess_input
from gossamer.applications.resnet import member

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]

ResNet50V2 = member(50, 2)
ResNet101V2 = member(101, 2)
ResNet152V2 = member(152, 2)
