"""Penalties on weights; `keras.regularizers`'s names."""

from gossamer.regularizers.regularizers import (
    L1,
    L1L2,
    L2,
    OrthogonalRegularizer,
    Regularizer,
)
from gossamer.serialization import Family

l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

_family = Family(
    "keras.regularizers",
    "regularizer",
    (Regularizer, L1, L2, L1L2, OrthogonalRegularizer),
    # Keras's rule for small letters makes "l1l2" of the class, and the function was "l1_l2".
    aliases={"l1_l2": L1L2},
    snake_cased=True,
    canonical={"Regularizer": "keras.Regularizer"},
)

get = _family.get
serialize = _family.serialize
deserialize = _family.deserialize
