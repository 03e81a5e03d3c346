"""How weights begin; `keras.initializers`'s names."""

from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.initializers.constant import Constant, Identity, Ones, Zeros
from gossamer.initializers.initializer import Initializer
from gossamer.initializers.random import (
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
)
from gossamer.initializers.scaled import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from gossamer.initializers.stft import STFT
from gossamer.serialization import Family
from gossamer.tensor import Tensor

constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = IdentityInitializer = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = OrthogonalInitializer = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
stft = STFTInitializer = STFT
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

_family = Family(
    "keras.initializers",
    "initializer",
    (
        Initializer, Constant, Identity, Ones, STFT, Zeros, GlorotNormal, GlorotUniform, HeNormal,
        HeUniform, LecunNormal, LecunUniform, Orthogonal, RandomNormal, RandomUniform,
        TruncatedNormal, VarianceScaling,
    ),
    aliases={
        "IdentityInitializer": Identity, "OrthogonalInitializer": Orthogonal,
        "STFTInitializer": STFT, "normal": RandomNormal, "one": Ones, "uniform": RandomUniform,
        "zero": Zeros,
    },
    snake_cased=True,
    canonical={"Initializer": "keras.Initializer"},
)  # fmt: skip

serialize = _family.serialize
deserialize = _family.deserialize


def get(identifier: Any) -> Any:
    """An initializer by its name, class or configuration; what can be called, itself.

    Args:
        identifier: such as `"he_normal"`; or an array, which is then the value.

    Raises:
        ValueError: for anything else; where an array is the value, for another shape than its.

    Example:
        >>> type(gs.initializers.get("he_normal")).__name__
        'HeNormal'
        >>> gs.initializers.get(np.array([1.0, 2.0]))((2,)).tolist()
        [1.0, 2.0]
    """
    if isinstance(identifier, (Tensor, np.ndarray, np.generic)):
        return _given(identifier)
    return _family.get(identifier)


def _given(value: Any) -> Any:
    """The initializer that gives an array."""

    def initialize(shape: Any, dtype: Any = None) -> Tensor:
        if tuple(shape) != tuple(value.shape):
            raise ValueError(
                f"Expected the shape {tuple(value.shape)} of the given value. "
                f"Received: shape={shape}"
            )
        return ops.cast(value, dtype or dtypes.floatx())

    return initialize
