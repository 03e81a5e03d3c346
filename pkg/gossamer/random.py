"""Random tensors: `keras.random`'s names. The same seed gives the same numbers on every backend.

A function of a seed is stateless: an integer gives the same numbers at each call. What changes
from call to call is a `SeedGenerator`; without a seed a global one is used.
"""

from __future__ import annotations

import math
import random as python_random
from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.backend import current_backend, get_backend
from gossamer.ops.axes import normalize_axis, normalize_shape
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.random_bits import random_bits
from gossamer.tensor import Tensor
from gossamer.variable import Variable

__all__ = [
    "SeedGenerator", "categorical", "dropout", "normal", "randint", "shuffle", "truncated_normal",
    "uniform",
]  # fmt: skip

_WORD = 0xFFFFFFFF


class SeedGenerator:
    """A source of seeds: each call that is given it draws the next one.

    Args:
        seed: where the sequence begins; random if None.
        name: for people.

    Raises:
        ValueError: for a seed that is no integer.

    Example:
        >>> generator = random.SeedGenerator(1)
        >>> random.randint((3,), 0, 100, seed=generator).tolist()
        [90, 90, 64]
        >>> random.randint((3,), 0, 100, seed=generator).tolist()
        [30, 61, 55]
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        self._initial_seed = seed
        self.name = name or "seed_generator"
        first = python_random.randint(1, 10**9) if seed is None else _integer(seed)
        # On the host: counting needs no kernel, and survives the loss of a device.
        state = as_tensor(_words(first, 0), backend=get_backend("numpy"))
        self.state = Variable(state, trainable=False, name="seed_generator_state")

    def next(self, ordered: bool = True) -> Tensor:
        """The next seed, as a key of two uint32; the state moves on."""
        key = self.state.value
        self.state.assign(ops.add(key, as_tensor(_words(0, 1), backend=key.backend)))
        return key

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        return cls(**config)


def _integer(seed: Any) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ValueError(
            f"Expected an integer seed, a SeedGenerator or None. Received: seed={seed!r}"
        )
    return int(seed)


def _words(first: int, second: int) -> np.ndarray:
    return np.array([first & _WORD, second & _WORD], np.uint32)


_global: SeedGenerator | None = None


def global_seed_generator() -> SeedGenerator:
    """The generator of all calls without a seed."""
    global _global
    if _global is None:
        _global = SeedGenerator(name="global_seed_generator")
    return _global


def set_global_seed(seed: int) -> None:
    """Begin the global generator's sequence anew."""
    global _global
    _global = SeedGenerator(seed, name="global_seed_generator")


def _key(seed: Any) -> Tensor:
    """What a seed stands for, on the current backend."""
    backend = current_backend()
    if seed is None:
        seed = global_seed_generator()
    if isinstance(seed, SeedGenerator):
        return as_tensor(seed.next(), backend=backend)
    return as_tensor(_words(_integer(seed), 0), backend=backend)


def _float_dtype(dtype: Any, name: str) -> str:
    given = dtypes.standardize_dtype(dtype or dtypes.WEAK["float"])
    if given not in dtypes.FLOATS:
        raise ValueError(f"Expected a floating dtype for {name}. Received: dtype={given}")
    return given


def _fraction(bits: Tensor) -> Tensor:
    """The upper 24 bits as an integer in a float32: as many as it holds exactly."""
    return ops.cast(ops.floor_divide(bits, 256), "float32")


def uniform(
    shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Floats drawn evenly from `minval` up to `maxval`, which is not reached.

    Args:
        shape: a size or a tuple of sizes.
        minval: the lower end.
        maxval: the upper end.
        dtype: a floating type; float32 if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, or a seed of another type.

    Example:
        >>> random.uniform((2,), seed=1).tolist()
        [0.70394366979599, 0.05771493911743164]
    """
    name = _float_dtype(dtype, "uniform")
    steps = _fraction(random_bits(_key(seed), normalize_shape(shape)))
    unit = ops.cast(steps * 2.0**-24, name)
    return unit if (minval, maxval) == (0.0, 1.0) else unit * (maxval - minval) + minval


def _standard_normal(key: Tensor, shape: Any, share: float) -> Tensor:
    """Normal numbers, of the middle `share` of the distribution: its inverse at even places."""
    steps = _fraction(random_bits(key, normalize_shape(shape)))
    # The middles of 2**24 intervals of (-1, 1): never an end, where the inverse is infinite.
    even = steps * 2.0**-23 + (2.0**-24 - 1.0)
    return ops.erfinv(even * share if share != 1.0 else even) * math.sqrt(2.0)


def _scaled(sample: Tensor, mean: Any, stddev: Any, dtype: str) -> Tensor:
    sample = ops.cast(sample, dtype)
    return sample if (mean, stddev) == (0.0, 1.0) else sample * stddev + mean


def normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Floats of the normal distribution.

    Args:
        shape: a size or a tuple of sizes.
        mean: the distribution's mean.
        stddev: its standard deviation.
        dtype: a floating type; float32 if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, or a seed of another type.

    Example:
        >>> random.normal((2, 3), seed=1).shape
        (2, 3)
    """
    name = _float_dtype(dtype, "normal")
    return _scaled(_standard_normal(_key(seed), shape, 1.0), mean, stddev, name)


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Floats of the normal distribution within two standard deviations of its mean.

    Args:
        shape: a size or a tuple of sizes.
        mean: the distribution's mean.
        stddev: its standard deviation, before it is cut.
        dtype: a floating type; float32 if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no float, or a seed of another type.

    Example:
        >>> bool(ops.max(ops.abs(random.truncated_normal((100,), seed=1))) <= 2)
        True
    """
    name = _float_dtype(dtype, "truncated_normal")
    share = math.erf(math.sqrt(2.0))
    return _scaled(_standard_normal(_key(seed), shape, share), mean, stddev, name)


def randint(shape: Any, minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Integers drawn evenly from `minval` up to `maxval`, which is not reached.

    Args:
        shape: a size or a tuple of sizes.
        minval: the least integer.
        maxval: one more than the greatest.
        dtype: an integer type.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no integer, an empty range, or a seed of another type.

    Example:
        >>> random.randint((4,), 0, 10, seed=1).tolist()
        [0, 0, 4, 1]
    """
    name = dtypes.standardize_dtype(dtype)
    if name not in dtypes.INTEGERS:
        raise ValueError(f"Expected an integer dtype for randint. Received: dtype={name}")
    low, high = int(minval), int(maxval)
    if not 0 < high - low <= _WORD:
        raise ValueError(f"Expected minval < maxval. Received: minval={minval}, maxval={maxval}")
    bits = random_bits(_key(seed), normalize_shape(shape))
    # Uneven by at most (high - low) / 2**32 of each integer's share.
    offset = ops.cast(ops.mod(bits, np.uint32(high - low)), name)
    return offset + np.asarray(low).astype(name) if low else offset


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Classes drawn with probabilities `softmax(logits)`.

    Args:
        logits: of shape (batch, classes).
        num_samples: how many to draw for each row.
        dtype: an integer type.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Returns:
        A tensor of shape (batch, num_samples).

    Raises:
        ValueError: for logits without two axes, or a seed of another type.

    Example:
        >>> random.categorical([[0.0, -1000.0]], 3, seed=1).tolist()
        [[0, 0, 0]]
    """
    scores = floating(logits)
    if scores.ndim != 2:
        raise ValueError(f"Expected logits of shape (batch, classes). Received: {scores.shape}")
    batch, classes = scores.shape
    bits = random_bits(_key(seed), (batch, num_samples, classes))
    unit = _fraction(as_tensor(bits, backend=scores.backend)) * 2.0**-24 + 2.0**-25
    # The largest of logits with Gumbel noise falls on each class with its softmax probability.
    noise = -ops.log(-ops.log(ops.cast(unit, scores.dtype)))
    return ops.cast(ops.argmax(ops.expand_dims(scores, 1) + noise, axis=-1), dtype)


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Tensor:
    """Zeros in place of a random share of elements; the rest divided by `1 - rate`.

    Args:
        inputs: the tensor.
        rate: the share that becomes zero, from 0 to 1.
        noise_shape: the shape in which elements are drawn, which broadcasts to that of `inputs`;
            None in it stands for the size of `inputs`.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a rate outside of 0 to 1, or a seed of another type.

    Example:
        >>> random.dropout([1.0, 1.0, 1.0, 1.0], 0.5, seed=1).tolist()
        [2.0, 0.0, 0.0, 2.0]
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: rate={rate}")
    tensor = floating(inputs)
    if rate in (0, 1):
        return tensor if rate == 0 else ops.zeros_like(tensor)
    drawn = tensor.shape if noise_shape is None else tuple(
        own if size is None else size
        for size, own in zip(noise_shape, tensor.shape, strict=True)
    )  # fmt: skip
    bits = as_tensor(random_bits(_key(seed), normalize_shape(drawn)), backend=tensor.backend)
    kept = ops.greater_equal(bits, np.uint32(rate * 2.0**32))
    return ops.where(kept, tensor * (1.0 / (1.0 - rate)), 0.0)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """The slices along an axis, in random order: that of as many random integers.

    Args:
        x: the tensor.
        axis: the axis.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for an axis that is not there, or a seed of another type.

    Example:
        >>> random.shuffle([1, 2, 3, 4], seed=1).tolist()
        [3, 2, 1, 4]
    """
    tensor = as_tensor(x)
    along = normalize_axis(axis, tensor.ndim)
    bits = random_bits(_key(seed), (tensor.shape[along],))
    return ops.take(tensor, ops.argsort(as_tensor(bits, backend=tensor.backend)), along)
