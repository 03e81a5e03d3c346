"""The layers that Keras calls regularization."""

from typing import Any

from gossamer.layers.regularization.activity import ActivityRegularization
from gossamer.layers.regularization.dropout import (
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)

MEMBERS: list[Any] = [
    ActivityRegularization, AlphaDropout, Dropout, GaussianDropout, GaussianNoise,
    SpatialDropout1D, SpatialDropout2D, SpatialDropout3D,
]  # fmt: skip
ALIASES: dict[str, Any] = {}
