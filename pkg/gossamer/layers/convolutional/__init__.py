"""Layers of convolutions: ordinary, transposed, depthwise, separable."""

from typing import Any

from gossamer.layers.convolutional.conv import Conv1D, Conv2D, Conv3D
from gossamer.layers.convolutional.conv_transpose import (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
)
from gossamer.layers.convolutional.depthwise_conv import DepthwiseConv1D, DepthwiseConv2D
from gossamer.layers.convolutional.separable_conv import SeparableConv1D, SeparableConv2D

MEMBERS: list[Any] = [
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
]
ALIASES: dict[str, Any] = {
    member.__name__.replace("Conv", "Convolution"): member
    for member in MEMBERS
    if not member.__name__.startswith("Depthwise")
}
