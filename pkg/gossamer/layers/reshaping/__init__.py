"""Layers that compute nothing new: margins taken and added, repetitions, other shapes."""

from typing import Any

from gossamer.layers.reshaping.cropping import Cropping1D, Cropping2D, Cropping3D
from gossamer.layers.reshaping.flatten import Flatten
from gossamer.layers.reshaping.permute import Permute
from gossamer.layers.reshaping.repeat_vector import RepeatVector
from gossamer.layers.reshaping.reshape import Reshape
from gossamer.layers.reshaping.up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from gossamer.layers.reshaping.zero_padding import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D

MEMBERS: list[Any] = [
    Cropping1D,
    Cropping2D,
    Cropping3D,
    Flatten,
    Permute,
    RepeatVector,
    Reshape,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
]
ALIASES: dict[str, Any] = {}
