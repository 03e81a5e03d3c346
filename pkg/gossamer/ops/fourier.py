"""Fourier transforms, of pairs of real tensors: real and imaginary parts, as in Keras.

One primitive transforms along the last axis, with the two parts along the axis before it. Its
kernels are those of Stockham: one for each factor of the length, which leaves the frequencies in
order and needs no table, as the factors' roots of unity are computed where they are used.
Source: Cochran et al., "What is the fast Fourier transform?", Proc. IEEE 55, 1967.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import Primitive, bind
from gossamer.dtypes import FLOATS
from gossamer.kernel import expr, index, trigonometry
from gossamer.kernel.expr import const, op, select
from gossamer.kernel.spec import Reduce, Step, Steps, TensorSpec
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor

# Factors up to here are taken together: each is a kernel, and folds over so many elements.
_LARGEST_RADIX = 16
# Products of two numbers up to here are integers of 32 bits.
_LARGEST_PRIME = 46340


def _radices(length: int) -> Iterator[int]:
    """Factors of the length: primes, small ones multiplied together."""
    factors = []
    rest, prime = length, 2
    while rest > 1:
        while rest % prime:
            prime = prime + 1 if prime * prime <= rest else rest
        factors.append(prime)
        rest //= prime
    if factors and factors[-1] > _LARGEST_PRIME:
        raise NotImplementedError(
            "A Fourier transform needs a length whose prime factors are at most "
            f"{_LARGEST_PRIME} here. Received: length={length}"
        )
    radix = 1
    for factor in factors:
        if radix > 1 and radix * factor > _LARGEST_RADIX:
            yield radix
            radix = 1
        radix *= factor
    yield radix


def _lower(x: TensorSpec, out: TensorSpec, inverse: bool) -> Steps:
    batch, length = math.prod(x.shape[:-2]), x.shape[-1]
    steps: list[Step] = []
    done, given = 1, TensorSpec((batch, 2, 1, length), x.dtype)
    for radix in _radices(length):
        made = TensorSpec((batch, 2, done * radix, length // (done * radix)), x.dtype)
        steps.append(Step(_pass(given, made, radix, inverse), (len(steps),)))
        done, given = done * radix, made
    return Steps(tuple(steps))


def _pass(given: TensorSpec, made: TensorSpec, radix: int, inverse: bool) -> Reduce:
    """One factor: `made[c, a] = sum over j of given[c % s, q j + a] * w^(c j)`.

    `given` holds transforms of length `s`, one of each `q radix`-th element; `made` those of length
    `s radix`, with `w` their root of unity.
    """
    batch, part, frequency, offset = index.axes(4)
    j = expr.reduce_axis(0)
    before = op("remainder", frequency, expr.in_dim(0, 2))
    place = expr.out_dim(3) * j + offset
    real, imaginary = (
        expr.load(0, (batch, const(p, expr.INT), before, place), expr.FLOAT) for p in (0, 1)
    )
    turns = op("remainder", frequency * j, expr.out_dim(2))
    cosine, sine = trigonometry.of_turns(
        turns, expr.out_dim(2), expr.uniform(("static", "one part"), expr.FLOAT)
    )
    sine = sine if inverse else -sine
    # By the part, not by a branch: both need the same two products.
    is_real = expr.equal(part, 0)
    body = real * select(is_real, cosine, sine) + imaginary * select(is_real, -sine, cosine)
    return Reduce(
        inputs=(given,),
        output=made,
        body=body,
        combine="add",
        over=(radix,),
        epilogue=expr.accumulator(expr.FLOAT),
        values={("static", "one part"): 1.0 / made.shape[2]},
    )


def _reference(x: np.ndarray, inverse: bool) -> np.ndarray:
    numbers = x[..., 0, :] + 1j * x[..., 1, :]
    transformed = np.fft.ifft(numbers, norm="forward") if inverse else np.fft.fft(numbers)
    return np.stack([transformed.real, transformed.imag], axis=-2)


# `inverse` is that of unitary transforms: it has no factor. As such it is the transposed map, too.
_fft: Primitive = Primitive(
    name="fft",
    shape=lambda x, inverse: x,
    reference=_reference,
    vjp=(lambda g, out, x, inverse: bind(_fft, g, inverse=not inverse),),
    lower=_lower,
)


def _packed(x: Any) -> Tensor:
    """A pair of real and imaginary parts as one tensor, along an axis before the last."""
    if not isinstance(x, tuple | list) or len(x) != 2:
        raise ValueError(
            f"Expected a tuple of two tensors, the real and the imaginary part. Received: x={x}"
        )
    real, imaginary = (as_tensor(part) for part in x)
    if real.shape != imaginary.shape:
        raise ValueError(
            "Expected real and imaginary parts of one shape. "
            f"Received: {real.shape}, {imaginary.shape}"
        )
    if real.dtype not in FLOATS or imaginary.dtype not in FLOATS:
        raise ValueError(f"Expected floats. Received: {real.dtype}, {imaginary.dtype}")
    if "float16" in (real.dtype, imaginary.dtype):
        raise TypeError(f"Expected float32 or float64. Received: {real.dtype}, {imaginary.dtype}")
    if real.ndim < 1:
        raise ValueError(f"Expected an axis to transform along. Received: shape={real.shape}")
    return ops.stack([real, imaginary], axis=-2)


def _pair(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 0, :], x[..., 1, :]


def _along_last(x: Tensor, inverse: bool = False) -> Tensor:
    """The transform of packed parts; their length is that of the last axis."""
    if x.shape[-1] == 0:
        raise ValueError(f"Expected at least one element to transform. Received: shape={x.shape}")
    return bind(_fft, x, inverse=inverse)


def _along_last_two(x: Any, inverse: bool = False) -> Tensor:
    packed = _packed(x)
    if packed.ndim < 3:
        raise ValueError(f"Expected two axes to transform along. Received: {x[0].shape}")
    once = _along_last(packed, inverse)  # (..., rows, parts, columns)
    turned = _along_last(ops.swapaxes(once, -1, -3), inverse)  # (..., columns, parts, rows)
    return ops.swapaxes(turned, -1, -3)


def fft(x: tuple[Any, Any]) -> tuple[Tensor, Tensor]:
    """Discrete Fourier transform along the last axis: `X[k] = sum_n x[n] exp(-2 pi i k n / N)`.

    Args:
        x: the real and the imaginary part, floats of one shape.

    Returns:
        The parts of the transform, in that shape.

    Raises:
        ValueError: for anything else than two floating tensors of one shape.
        TypeError: for float16, of which there are no complex numbers.

    Example:
        >>> real, imaginary = ops.fft((np.float32([0, 1, 0, 0]), np.zeros(4, np.float32)))
        >>> real.tolist(), imaginary.tolist()
        ([1.0, 0.0, -1.0, 0.0], [0.0, -1.0, 0.0, 1.0])
    """
    return _pair(_along_last(_packed(x)))


def fft2(x: tuple[Any, Any]) -> tuple[Tensor, Tensor]:
    """Discrete Fourier transform along the last two axes; see `fft`.

    Example:
        >>> real, imaginary = ops.fft2((np.ones((2, 2), np.float32), np.zeros((2, 2), np.float32)))
        >>> real.tolist()
        [[4.0, 0.0], [0.0, 0.0]]
    """
    return _pair(_along_last_two(x))


def ifft2(x: tuple[Any, Any]) -> tuple[Tensor, Tensor]:
    """The inverse of `fft2`.

    Example:
        >>> real, _ = ops.ifft2((np.float32([[4, 0], [0, 0]]), np.zeros((2, 2), np.float32)))
        >>> real.tolist()
        [[1.0, 1.0], [1.0, 1.0]]
    """
    transformed = _along_last_two(x, inverse=True)
    return _pair(transformed / float(transformed.shape[-1] * transformed.shape[-3]))


def _with_length(x: Tensor, length: int) -> Tensor:
    """The last axis cut off, or followed by zeros, at a length."""
    if x.shape[-1] > length:
        return x[..., :length]
    return ops.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, length - x.shape[-1])])


def _fft_length(length: Any, default: int) -> int:
    chosen = default if length is None else length
    if not isinstance(chosen, int) or chosen < 1:
        raise ValueError(f"Expected a length from 1 on. Received: fft_length={length}")
    return chosen


def rfft(x: Any, fft_length: int | None = None) -> tuple[Tensor, Tensor]:
    """Fourier transform of real numbers along the last axis: the frequencies from 0 to N / 2.

    Args:
        x: floats of shape (..., n).
        fft_length: N; what is longer is cut off, what is shorter followed by zeros. None for n.

    Returns:
        The real and the imaginary part, of shape (..., N // 2 + 1).

    Raises:
        ValueError: for a length less than 1.

    Example:
        >>> real, imaginary = ops.rfft(np.float32([0, 1, 0, 0]))
        >>> real.tolist(), imaginary.tolist()
        ([1.0, 0.0, -1.0], [0.0, -1.0, 0.0])
    """
    tensor = ops.convert.floating(x)
    if tensor.ndim < 1:
        raise ValueError(f"Expected an axis to transform along. Received: shape={tensor.shape}")
    length = _fft_length(fft_length, tensor.shape[-1])
    given = _with_length(tensor, length)
    packed = ops.pad(ops.expand_dims(given, -2), [(0, 0)] * (given.ndim - 1) + [(0, 1), (0, 0)])
    return _pair(_along_last(packed)[..., : length // 2 + 1])


def irfft(x: tuple[Any, Any], fft_length: int | None = None) -> Tensor:
    """The inverse of `rfft`: real numbers, of which the frequencies from 0 to N / 2 are given.

    Args:
        x: the real and the imaginary part, of shape (..., n).
        fft_length: N; 2 (n - 1) if it is None.

    Returns:
        Floats of shape (..., N).

    Raises:
        ValueError: as `fft`, and for a length less than 1.

    Example:
        >>> ops.irfft((np.float32([1, 0, -1]), np.float32([0, -1, 0]))).tolist()
        [0.0, 1.0, 0.0, 0.0]
    """
    packed = _packed(x)
    length = _fft_length(fft_length, 2 * (packed.shape[-1] - 1))
    half = _with_length(packed, length // 2 + 1)
    # The other frequencies are the conjugates of these, in reverse order; that of 0 has no
    # imaginary part, nor has that of N / 2: what is given there is not looked at, as in NumPy.
    count = (length - 1) // 2
    signs = as_tensor(np.array([[1], [-1]], packed.dtype), packed.dtype, packed.backend)
    mirrored = [ops.flip(half[..., 1 : 1 + count], -1) * signs] if count else []
    whole = ops.concatenate([half, *mirrored], -1)
    alone = np.ones((2, length), packed.dtype)
    alone[1, 0] = 0
    if length % 2 == 0:
        alone[1, length // 2] = 0
    whole = ops.where(as_tensor(alone > 0, "bool", packed.backend), whole, 0.0)
    return _along_last(whole, inverse=True)[..., 0, :] / float(length)
