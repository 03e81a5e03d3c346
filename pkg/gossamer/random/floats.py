"""Floats drawn evenly, and normally."""

import math
from typing import Any

from gossamer import dtypes, ops
from gossamer.backend import current_backend
from gossamer.ops.axes import normalize_shape
from gossamer.random.fractions import (
    Shape,
    float_dtype,
    parameter,
    standard_normal,
    whole_steps,
    working_dtype,
)
from gossamer.random.seed_generator import key_of
from gossamer.tensor import Tensor

# As many as a float of this type holds exactly below 1, so that rounding never gives 1.
_EVEN_BITS = {"float16": 11, "float32": 24, "float64": 52}


def uniform(
    shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Floats drawn evenly from `minval` up to `maxval`, which is not reached but by rounding.

    Args:
        shape: a size or a tuple of sizes.
        minval: the lower end; a number, or what broadcasts to `shape`.
        maxval: the upper end, likewise.
        dtype: a floating type; `floatx()` if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, an end that does not broadcast to `shape`, or
            what is no seed.

    Example:
        >>> random.uniform((2,), seed=1).tolist()
        [0.70394366979599, 0.05771493911743164]
    """
    name = float_dtype(dtype, "uniform")
    sizes = normalize_shape(shape)
    working = working_dtype(name)
    bits = _EVEN_BITS[dtypes.canonical(name)]
    steps = whole_steps(key_of(seed, current_backend()), sizes, working, bits)
    unit = steps * 2.0**-bits
    if not (_is_number(minval, 0.0) and _is_number(maxval, 1.0)):
        low = _number_or_tensor(minval, working, sizes, "minval")
        high = _number_or_tensor(maxval, working, sizes, "maxval")
        unit = unit * (high - low) + low
    return ops.cast(unit, name)


def normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Floats of the normal distribution: `mean + stddev * sqrt(2) * erfinv(u)`, u in -1 to 1.

    Gradients flow to `mean` and `stddev`.

    Args:
        shape: a size or a tuple of sizes.
        mean: the distribution's mean; a number, or what broadcasts to `shape`.
        stddev: its standard deviation, likewise.
        dtype: a floating type; `floatx()` if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, a parameter that does not broadcast to `shape`,
            or what is no seed.

    Example:
        >>> random.normal((2, 3), seed=1).shape
        (2, 3)
    """
    return _normal("normal", 1.0, shape, mean, stddev, dtype, seed)


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Floats of the normal distribution within two standard deviations of its mean.

    Args:
        shape: a size or a tuple of sizes.
        mean: the distribution's mean; a number, or what broadcasts to `shape`.
        stddev: its standard deviation before it is cut, likewise.
        dtype: a floating type; `floatx()` if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, a parameter that does not broadcast to `shape`,
            or what is no seed.

    Example:
        >>> bool(ops.max(ops.abs(random.truncated_normal((100,), seed=1))) <= 2)
        True
    """
    share = math.erf(math.sqrt(2.0))
    return _normal("truncated_normal", share, shape, mean, stddev, dtype, seed)


def _normal(
    name: str, share: float, shape: Any, mean: Any, stddev: Any, dtype: Any, seed: Any
) -> Tensor:
    """Normal numbers of the middle `share` of their distribution."""
    result = float_dtype(dtype, name)
    sizes = normalize_shape(shape)
    working = working_dtype(result)
    sample = standard_normal(key_of(seed, current_backend()), sizes, working, share)
    if not (_is_number(mean, 0.0) and _is_number(stddev, 1.0)):
        deviation = _number_or_tensor(stddev, working, sizes, "stddev")
        sample = sample * deviation + _number_or_tensor(mean, working, sizes, "mean")
    return ops.cast(sample, result)


def _number_or_tensor(value: Any, dtype: str, shape: Shape, name: str) -> Any:
    """A parameter; numbers stay what they are, and cost no kernel of their own."""
    return value if isinstance(value, int | float) else parameter(value, dtype, shape, name)


def _is_number(x: Any, number: float) -> bool:
    return isinstance(x, int | float) and x == number
