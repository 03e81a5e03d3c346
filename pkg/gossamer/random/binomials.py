"""The binomial distribution, for every number of trials.

Around a mean of 10 and more by rejection: algorithm BTRS of W. Hörmann, "The Generation of Binomial
Random Variates", Journal of Statistical Computation and Simulation 46, 1993. Below that by
inversion: the probabilities of the first outcomes, added up until they pass a random number.
Chances above 1/2 are those of failure.
"""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.backend import current_backend
from gossamer.ops.axes import normalize_shape
from gossamer.ops.convert import as_tensor
from gossamer.random.fractions import (
    Shape,
    first_accepted,
    float_dtype,
    inner_fractions,
    parameter,
    working_dtype,
)
from gossamer.random.seed_generator import key_of
from gossamer.tensor import Tensor

_LEAST_MEAN = 10.0
# Below that mean, a larger outcome has a chance of 7e-13.
_OUTCOMES = 40
# A proposal is rejected with a chance of 0.3 at most, at a mean of 10: all of them with 3e-11.
_ROUNDS = 20
# What Stirling's formula `(k + 1/2) * log(k + 1) - (k + 1) + log(2 * pi) / 2` lacks of log(k!),
# for k from 0 to 9.
_STIRLING = (
    0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.0207906721037650,
    0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
    0.0092554621827127, 0.0083305634333628,
)  # fmt: skip


def binomial(
    shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None
) -> Tensor:
    """How many of `counts` trials succeed, each with the chance of `probabilities`.

    Args:
        shape: a size or a tuple of sizes.
        counts: how many trials; a number, or what broadcasts to `shape`. Fractions are rounded
            down, and negative numbers give NaN.
        probabilities: each trial's chance, likewise; those outside of 0 to 1 give NaN.
        dtype: a floating type; `floatx()` if None. float32 holds whole numbers up to `2**24`.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, a parameter that does not broadcast to `shape`,
            or what is no seed.

    Example:
        >>> x = random.binomial((1000,), 100, 0.2, seed=1)
        >>> bool(ops.abs(ops.mean(x) - 20.0) < 0.5)
        True
    """
    name = float_dtype(dtype, "binomial")
    sizes = normalize_shape(shape)
    working = working_dtype(name)
    n = ops.floor(ops.stop_gradient(parameter(counts, working, sizes, "counts")))
    given = ops.stop_gradient(parameter(probabilities, working, sizes, "probabilities"))
    p = ops.minimum(given, 1.0 - given)
    key = key_of(seed, current_backend())
    drawn = ops.where(
        n * p < _LEAST_MEAN, _by_inversion(key, sizes, n, p), _by_rejection(key, sizes, n, p)
    )
    drawn = ops.where(given > 0.5, n - drawn, drawn)
    valid = ops.logical_and(p >= 0.0, n >= 0.0)
    return ops.cast(ops.where(valid, drawn, float("nan")), name)


def _by_inversion(key: Tensor, shape: Shape, n: Tensor, p: Tensor) -> Tensor:
    """For small means: how many outcomes there are whose share, added up, a random number passes.

    Each outcome's probability is that of the one before, times a quotient.
    """
    rank = max(n.ndim, p.ndim)
    k = ops.reshape(ops.arange(1, _OUTCOMES, dtype=p.dtype), (-1, *(1,) * rank))
    k = as_tensor(k, backend=p.backend)
    quotients = ops.maximum(n - k + 1.0, 0.0) / k * (p / (1.0 - p))
    none = ops.expand_dims(ops.exp(n * ops.log1p(-p)), 0)
    probabilities = ops.cumprod(ops.concatenate([none, quotients]), axis=0)
    shares = ops.cumsum(probabilities, axis=0)
    shares = ops.reshape(shares, (_OUTCOMES, *(1,) * (len(shape) - rank), *shares.shape[1:]))
    passed = ops.less(shares, inner_fractions(key, shape, p.dtype))
    # Rounding may leave the sum below the largest random number.
    return ops.minimum(ops.sum(ops.cast(passed, p.dtype), axis=0), n)


def _by_rejection(key: Tensor, shape: Shape, n: Tensor, p: Tensor) -> Tensor:
    """For means of 10 and more; the names are the author's, but for those of u and v."""
    deviation = ops.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    alpha = (2.83 + 5.1 / b) * deviation
    rounds = (_ROUNDS, *shape)
    u = inner_fractions(key, rounds, p.dtype, stream=1) - 0.5
    v = inner_fractions(key, rounds, p.dtype, stream=2)
    us = 0.5 - ops.abs(u)
    proposed = ops.floor((2.0 * a / us + b) * u + c)
    k = ops.clip(proposed, 0.0, n)
    quick = ops.logical_and(us >= 0.07, v <= 0.92 - 4.2 / b)
    slow = ops.log(v * alpha / (a / (us * us) + b)) <= _log_ratio(k, n, p)
    accepted = ops.logical_and(ops.equal(k, proposed), ops.logical_or(quick, slow))
    return first_accepted(k, accepted)


def _log_ratio(k: Tensor, n: Tensor, p: Tensor) -> Tensor:
    """Logarithm of the probability of k, divided by that of the likeliest outcome m.

    Stirling's formula for each of the factorials, of which the author's form has the logarithms.
    Here they are those of quotients near 1, by `log1p`, whose errors do not grow with n.
    """
    m = ops.floor((n + 1.0) * p)
    d = k - m
    tails = _stirling_tail(m) + _stirling_tail(n - m) - _stirling_tail(k) - _stirling_tail(n - k)
    return (
        d * ops.log(p / (1.0 - p) * (n - m + 1.0) / (m + 1.0))
        - (k + 0.5) * ops.log1p(d / (m + 1.0))
        - (n - k + 0.5) * ops.log1p(-d / (n - m + 1.0))
        + tails
    )


def _stirling_tail(k: Tensor) -> Tensor:
    """What Stirling's formula lacks of log(k!)."""
    table = as_tensor(np.array(_STIRLING), k.dtype, k.backend)
    few = ops.take(table, ops.cast(ops.clip(k, 0.0, 9.0), "int32"), axis=0)
    square = (k + 1.0) * (k + 1.0)
    series = (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1.0)
    return ops.where(k < 9.5, few, series)
