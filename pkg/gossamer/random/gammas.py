"""The gamma distribution, and of two gammas the beta distribution.

The method is that of G. Marsaglia and W. W. Tsang, "A Simple Method for Generating Gamma
Variables", ACM Transactions on Mathematical Software 26(3), 2000: a cube of a normal number, which
is rejected at times, and for `alpha` below 1 the variable of `alpha + 1` times `u**(1 / alpha)`.
"""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.backend import current_backend
from gossamer.ops.axes import normalize_shape
from gossamer.random.fractions import (
    Shape,
    first_accepted,
    float_dtype,
    inner_fractions,
    parameter,
    standard_normal,
    working_dtype,
)
from gossamer.random.seed_generator import key_of
from gossamer.tensor import Tensor

# A proposal is rejected with a chance of 0.049 at most, at alpha = 1: all of them with 3e-11.
_ROUNDS = 8
_STREAMS = 3


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Floats of the gamma distribution: density `x**(alpha - 1) * exp(-x) / Gamma(alpha)`.

    No gradient flows to `alpha`.

    Args:
        shape: a size or a tuple of sizes.
        alpha: what is also called the distribution's shape; a number, or what broadcasts to
            `shape`. 0 gives 0, and negative numbers NaN.
        dtype: a floating type; `floatx()` if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, an `alpha` that does not broadcast to `shape`, or
            what is no seed.

    Example:
        >>> x = random.gamma((1000,), 3.0, seed=1)
        >>> bool(ops.abs(ops.mean(x) - 3.0) < 0.2)
        True
    """
    name = float_dtype(dtype, "gamma")
    sizes = normalize_shape(shape)
    concentration = parameter(alpha, working_dtype(name), sizes, "alpha")
    cube, boost = _parts(key_of(seed, current_backend()), sizes, concentration, 0)
    return ops.cast(cube * ops.exp(boost), name)


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Floats of the beta distribution: density proportional to `x**(alpha-1) * (1-x)**(beta-1)`.

    It is `a / (a + b)` for gamma variables a of `alpha` and b of `beta`. No gradient flows to the
    parameters.

    Args:
        shape: a size or a tuple of sizes.
        alpha: the first parameter; a number, or what broadcasts to `shape`. Negative ones give
            NaN.
        beta: the second one, likewise.
        dtype: a floating type; `floatx()` if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, a parameter that does not broadcast to `shape`,
            or what is no seed.

    Example:
        >>> x = random.beta((1000,), 2.0, 6.0, seed=1)
        >>> bool(ops.abs(ops.mean(x) - 0.25) < 0.02)
        True
    """
    name = float_dtype(dtype, "beta")
    sizes = normalize_shape(shape)
    key = key_of(seed, current_backend())
    logarithms = []
    for stream, (what, given) in enumerate((("alpha", alpha), ("beta", beta))):
        concentration = parameter(given, working_dtype(name), sizes, what)
        cube, boost = _parts(key, sizes, concentration, stream * _STREAMS)
        logarithms.append(ops.log(cube) + boost)
    # The quotient by logarithms: for small parameters both gammas are too small to be floats.
    return ops.cast(ops.sigmoid(logarithms[0] - logarithms[1]), name)


def _parts(key: Tensor, shape: Shape, alpha: Tensor, stream: int) -> tuple[Tensor, Tensor]:
    """Of a gamma variable a factor, and the logarithm of the other factor."""
    alpha = ops.stop_gradient(alpha)
    alpha = ops.where(alpha < 0, float("nan"), alpha)
    # Of the variable for alpha + 1, where alpha is below 1.
    d = ops.where(alpha < 1, alpha + 1, alpha) - np.float32(1 / 3)
    rounds = (_ROUNDS, *shape)
    t = standard_normal(key, rounds, alpha.dtype, stream=stream) / ops.sqrt(9.0 * d)
    u = inner_fractions(key, rounds, alpha.dtype, stream + 1)
    # The authors' `x**2 / 2 + d - d * v + d * log(v)` for `v = (1 + t)**3`, without its large
    # terms, which cancel.
    limit = d * (3.0 * (ops.log1p(t) - t + t * t / 2.0) - t * t * t)
    accepted = ops.logical_and(t > -1.0, ops.log(u) < limit)
    # Where all were rejected 0, which gives the likeliest number.
    root = 1.0 + first_accepted(ops.where(accepted, t, 0.0), accepted)
    boost = ops.log(inner_fractions(key, shape, alpha.dtype, stream + 2)) / alpha
    return d * root * root * root, ops.where(alpha < 1, boost, 0.0)
