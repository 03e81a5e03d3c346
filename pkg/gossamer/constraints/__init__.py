"""Where weights are put back to after each step; `keras.constraints`'s names."""

from gossamer.constraints.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from gossamer.serialization import Family

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

_family = Family(
    "keras.constraints",
    "constraint",
    (Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm),
    snake_cased=True,
)

get = _family.get
serialize = _family.serialize
deserialize = _family.deserialize
