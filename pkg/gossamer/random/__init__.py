"""Random tensors: `keras.random`'s names. The same seed gives the same numbers on every backend.

A function of a seed is stateless: an integer gives the same numbers at each call. What changes
from call to call is a `SeedGenerator`; without a seed a global one is used. Every distribution is
a fixed number of kernels over the bits of `ops.random_bits`, and none waits for the device.
"""

from gossamer.random.binomials import binomial
from gossamer.random.choices import categorical, dropout, randint, shuffle
from gossamer.random.floats import normal, truncated_normal, uniform
from gossamer.random.gammas import beta, gamma
from gossamer.random.seed_generator import SeedGenerator

__all__ = [
    "SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "normal", "randint",
    "shuffle", "truncated_normal", "uniform",
]  # fmt: skip
