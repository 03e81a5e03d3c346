"""The short-time Fourier transform and its inverse: of windows that move along a signal."""

import math
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.convert import as_tensor
from gossamer.ops.places import scatter_along
from gossamer.tensor import Tensor

# Where the squares of the windows add up to less, nothing can be told of the signal.
_NOTHING = 1e-10


def _named_window(name: str, length: int) -> np.ndarray:
    """One period of a raised cosine."""
    mean = {"hann": 0.5, "hamming": 0.54}.get(name)
    if mean is None:
        raise ValueError(f"Expected the window 'hann' or 'hamming'. Received: window={name!r}")
    return mean - (1.0 - mean) * np.cos(2 * math.pi * np.arange(length) / length)


def _window(window: Any, length: int, fft_length: int, like: Tensor) -> Tensor:
    """The window in the middle of `fft_length` elements, in the dtype of a tensor."""
    if window is None:
        return as_tensor(np.ones(fft_length), like.dtype, like.backend)
    given = _named_window(window, length) if isinstance(window, str) else window
    chosen = as_tensor(as_tensor(given, backend=like.backend), like.dtype)
    if chosen.shape != (length,):
        raise ValueError(
            f"Expected a window of shape ({length},), that of a sequence. "
            f"Received: window of shape {chosen.shape}"
        )
    before = (fft_length - length) // 2
    return ops.pad(chosen, [(before, fft_length - length - before)])


def _check(sequence_stride: Any, sequence_length: int, fft_length: int) -> None:
    if not isinstance(sequence_stride, int) or sequence_stride <= 0:
        raise ValueError(
            f"Expected a stride from 1 on. Received: sequence_stride={sequence_stride}"
        )
    if fft_length < sequence_length:
        raise ValueError(
            "Expected an fft_length that is not less than sequence_length. "
            f"Received: sequence_length={sequence_length}, fft_length={fft_length}"
        )


def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> tuple[Tensor, Tensor]:
    """Short-time Fourier transform along the last axis: `rfft` of each windowed sequence.

    Args:
        x: float32 or float64, of shape (..., n).
        sequence_length: how many elements a sequence has.
        sequence_stride: how far sequences are apart.
        fft_length: the length of the transforms, at least `sequence_length`.
        window: `"hann"`, `"hamming"`, a tensor of shape (sequence_length,), or None for ones.
        center: whether sequences are around their places, with the signal mirrored at its ends;
            else they begin there.

    Returns:
        The real and the imaginary part, of shape (..., sequences, fft_length // 2 + 1).

    Raises:
        TypeError: for another dtype.
        ValueError: for lengths, a stride or a window that do not fit.

    Example:
        >>> real, imaginary = ops.stft(np.float32([0, 1, 2, 3, 4]), 3, 2, 3)
        >>> real.tolist()
        [[0.75, -0.375], [3.75, -1.875], [5.25, -2.625]]
    """
    tensor = as_tensor(x)
    if tensor.dtype not in ("float32", "float64"):
        raise TypeError(f"Expected float32 or float64. Received: dtype={tensor.dtype}")
    _check(sequence_stride, sequence_length, fft_length)
    shape = _window(window, sequence_length, fft_length, tensor)
    if center:
        margin = (fft_length // 2, fft_length // 2)
        tensor = ops.pad(tensor, [(0, 0)] * (tensor.ndim - 1) + [margin], mode="reflect")
    if tensor.shape[-1] < fft_length:
        raise ValueError(
            f"Expected a signal of at least {fft_length} elements. Received: shape={tensor.shape}"
        )
    sequences = ops.extract_sequences(tensor, fft_length, sequence_stride)
    return ops.rfft(sequences * shape, fft_length)


def istft(
    x: tuple[Any, Any],
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Tensor:
    """The inverse of `stft`: the sequences, windowed again, added up and divided by the squares.

    Args:
        x: the real and the imaginary part, floats of shape (..., sequences, fft_length // 2 + 1).
        sequence_length: how many elements a sequence has.
        sequence_stride: how far sequences are apart.
        fft_length: the length of the transforms.
        length: how many elements to return; None for as many as can be told.
        window: as for `stft`. With None the result is multiplied by `fft_length /
            sequence_stride`, as in Keras.
        center: whether sequences are around their places.

    Raises:
        ValueError: as `stft` and `irfft`.

    Example:
        >>> signal = np.float32([0, 1, 2, 3, 4])
        >>> ops.istft(ops.stft(signal, 4, 1, 4), 4, 1, 4).tolist()
        [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    _check(sequence_stride, sequence_length, fft_length)
    sequences = ops.irfft(x, fft_length)
    if sequences.ndim < 2:
        raise ValueError(f"Expected at least two axes. Received: shape={sequences.shape[:-1]}")
    shape = _window(window, sequence_length, fft_length, sequences)
    count = sequences.shape[-2]
    whole = fft_length + sequence_stride * (count - 1)
    moved = np.arange(count)[:, None] * sequence_stride + np.arange(fft_length)
    places = as_tensor(moved.ravel(), "int32", sequences.backend)

    def added(values: Tensor) -> Tensor:
        flat = ops.reshape(values, (*values.shape[:-2], count * fft_length))
        column = ops.reshape(places, (1,) * (flat.ndim - 1) + (-1,))
        return scatter_along(column, flat, flat.ndim - 1, whole, wrap=False)

    total = added(sequences * shape)
    weight = added(ops.broadcast_to(ops.square(shape), (count, fft_length)))
    signal = total / ops.where(weight > _NOTHING, weight, 1.0)
    if window is None:
        signal = signal * (fft_length / sequence_stride)
    start = fft_length // 2 if center else 0
    end = whole - start
    return signal[..., start : end if length is None else start + length]
