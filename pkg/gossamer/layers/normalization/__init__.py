"""The layers that Keras calls normalization."""

from typing import Any

from gossamer.layers.normalization.batch_normalization import BatchNormalization
from gossamer.layers.normalization.layer_normalization import (
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from gossamer.layers.normalization.spectral_normalization import SpectralNormalization

MEMBERS: list[Any] = [
    BatchNormalization, GroupNormalization, LayerNormalization, RMSNormalization,
    SpectralNormalization, UnitNormalization,
]  # fmt: skip
ALIASES: dict[str, Any] = {}
