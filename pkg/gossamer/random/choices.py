"""Integers, classes, and which elements stay or where they go."""

import math
from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.backend import current_backend
from gossamer.ops.axes import normalize_axis, normalize_shape
from gossamer.ops.convert import as_tensor
from gossamer.ops.elementwise import broadcast_shapes
from gossamer.ops.random_bits import random_bits
from gossamer.random.fractions import Shape, first_accepted, inner_fractions, working_dtype
from gossamer.random.seed_generator import key_of
from gossamer.tensor import Tensor

_WORDS = 1 << 32  # how many there are
# No integer is likelier than another by more than this share: as fine as float32 is.
_UNEVENNESS = 2.0**-24


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Integers drawn evenly from `minval` up to `maxval`, which is not reached.

    Words of 32 random bits that would favour some of the integers are drawn again, as in D. Lemire,
    "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019.

    Args:
        shape: a size or a tuple of sizes.
        minval: the least integer; a number, or what broadcasts to `shape`.
        maxval: one more than the greatest, likewise; a tensor's elements that are not above those
            of `minval` give `minval`.
        dtype: an integer type; int32 if None.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a dtype that is no integer, numbers between which there is no integer of
            that dtype, or more than `2**32`, ends that do not broadcast to `shape`, or what is no
            seed.

    Example:
        >>> random.randint((4,), 0, 10, seed=1).tolist()
        [0, 0, 4, 1]
    """
    name = dtypes.standardize_dtype("int32" if dtype is None else dtype)
    if name not in dtypes.INTEGERS:
        raise ValueError(f"Expected an integer dtype for randint. Received: dtype={name}")
    working = dtypes.canonical(name)
    sizes = normalize_shape(shape)
    backend = current_backend()
    key = key_of(seed, backend)
    if all(isinstance(end, int | float | np.number) for end in (minval, maxval)):
        low, high = int(minval), int(maxval)
        _check_range(low, high, working)
        # Additions wrap around, as they should where the span is wider than the positive half.
        drawn = ops.cast(_below(key, sizes, high - low), working)
        return ops.cast(drawn + np.asarray(low).astype(working) if low else drawn, name)
    lows, highs = (as_tensor(end, working, backend) for end in (minval, maxval))
    if broadcast_shapes(lows.shape, highs.shape, sizes) != sizes:
        raise ValueError(
            f"Expected minval and maxval to broadcast to the shape {sizes}. "
            f"Received: shapes {lows.shape} and {highs.shape}"
        )
    spans = ops.cast(highs, "uint32") - ops.cast(lows, "uint32")
    spans = ops.where(highs > lows, spans, np.uint32(1))
    # How large they are is not known here, so that there are as many rounds as the worst needs.
    drawn = _even_remainders(key, sizes, spans, math.ceil(-math.log2(_UNEVENNESS)))
    return ops.cast(ops.cast(drawn, working) + lows, name)


def _check_range(low: int, high: int, dtype: str) -> None:
    limits = np.iinfo(dtype)
    if not (limits.min <= low < high <= int(limits.max) + 1 and high - low <= _WORDS):
        raise ValueError(
            f"Expected minval < maxval, both of {dtype} and at most 2**32 apart. "
            f"Received: minval={low}, maxval={high}"
        )


def _below(key: Tensor, shape: Shape, span: int) -> Tensor:
    """uint32 drawn evenly from the numbers below `span`."""
    rejected = _WORDS % span / _WORDS
    if rejected <= _UNEVENNESS:
        bits = random_bits(key, shape)
        return bits if span == _WORDS else ops.mod(bits, np.uint32(span))
    rounds = math.ceil(math.log2(_UNEVENNESS) / math.log2(rejected))
    return _even_remainders(key, shape, as_tensor(np.uint32(span), backend=key.backend), rounds)


def _even_remainders(key: Tensor, shape: Shape, spans: Tensor, rounds: int) -> Tensor:
    """Remainders by `spans` of the first of several words that is not one of the surplus."""
    bits = random_bits(key, (rounds, *shape))
    # The words from the surplus on are a multiple of the span. 2**32 itself is no uint32.
    surplus = ops.mod(0 - spans, spans)
    return ops.mod(first_accepted(bits, ops.greater_equal(bits, surplus)), spans)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Classes drawn with probabilities `softmax(logits)`.

    The largest of the logits with Gumbel noise, `-log(-log(u))`, falls on each class with its
    probability: E. J. Gumbel, "Statistical Theory of Extreme Values", 1954.

    Args:
        logits: of shape (batch, classes).
        num_samples: how many to draw for each row.
        dtype: the result's type.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Returns:
        A tensor of shape (batch, num_samples).

    Raises:
        ValueError: for logits without two axes, or what is no seed.

    Example:
        >>> random.categorical([[0.0, -1000.0]], 3, seed=1).tolist()
        [[0, 0, 0]]
    """
    given = as_tensor(logits)
    if given.ndim != 2:
        raise ValueError(f"Expected logits of shape (batch, classes). Received: {given.shape}")
    batch, classes = given.shape
    working = working_dtype(given.dtype)
    key = key_of(seed, given.backend)
    noise = -ops.log(-ops.log(inner_fractions(key, (batch, num_samples, classes), working)))
    scores = ops.expand_dims(ops.cast(given, working), 1)
    return ops.cast(ops.argmax(scores + noise, axis=-1), dtype)


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Tensor:
    """Zeros in place of a random share of elements; the rest divided by `1 - rate`.

    Args:
        inputs: the tensor.
        rate: the share that becomes zero, from 0 to 1.
        noise_shape: the shape in which elements are drawn, which broadcasts to that of `inputs`;
            None in it stands for the size of `inputs`.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for a rate outside of 0 to 1, a shape that does not broadcast to that of
            `inputs`, or what is no seed.

    Example:
        >>> random.dropout([1.0, 1.0, 1.0, 1.0], 0.5, seed=1).tolist()
        [2.0, 0.0, 0.0, 2.0]
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: rate={rate}")
    tensor = as_tensor(inputs)
    if rate in (0, 1):
        return tensor if rate == 0 else ops.zeros_like(tensor)
    drawn = _noise_shape(noise_shape, tensor.shape)
    bits = random_bits(key_of(seed, tensor.backend), drawn)
    kept = ops.greater_equal(bits, np.uint32(rate * 2.0**32))
    return ops.where(kept, ops.cast(tensor / (1.0 - rate), tensor.dtype), 0)


def _noise_shape(given: Any, shape: Shape) -> Shape:
    if given is None:
        return shape
    sizes = tuple(given)
    if len(sizes) <= len(shape):
        named = zip(sizes, shape[: len(sizes)], strict=True)
        drawn = normalize_shape([own if size is None else size for size, own in named])
        if broadcast_shapes(drawn, shape) == shape:
            return drawn
    raise ValueError(
        f"Expected a noise_shape that broadcasts to {shape}. Received: noise_shape={given}"
    )


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """The elements along an axis in random order: that of as many random integers.

    Each slice along the axis, a column of a matrix for axis 0, has an order of its own, as in Keras
    on NumPy and JAX; to keep rows whole, take them by the shuffled numbers of the rows.

    Args:
        x: the tensor.
        axis: the axis.
        seed: an integer, a `SeedGenerator`, or None for the global one.

    Raises:
        ValueError: for an axis that is not there, or what is no seed.

    Example:
        >>> random.shuffle([1, 2, 3, 4], seed=1).tolist()
        [3, 2, 1, 4]
        >>> rows = random.shuffle(ops.arange(3), seed=1)
        >>> ops.take(ops.reshape(ops.arange(6), (3, 2)), rows, axis=0).tolist()
        [[4, 5], [2, 3], [0, 1]]
    """
    tensor = as_tensor(x)
    along = normalize_axis(axis, tensor.ndim)
    # Two equal words, which keep their order, are too rare to be seen: one pair in 2**32.
    order = ops.argsort(random_bits(key_of(seed, tensor.backend), tensor.shape), axis=along)
    return ops.take_along_axis(tensor, order, axis=along)
