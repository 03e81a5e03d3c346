"""The table's rows of complex numbers, by their parts, and of Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.ops.expected import row
from tests.ops.record import Input, Record, f, v

Z = "complex64"
SHAPES = ((), (1,), (7,), (3, 5), (2, 1, 4), (0, 3))


def c(*shape: int) -> Input:
    """Complex numbers."""
    return Input(shape, Z)


def _parts(x: np.ndarray) -> np.ndarray:
    return np.stack([x.real, x.imag], -1)


def _whole(x: np.ndarray) -> np.ndarray:
    return x[..., 0] + 1j * x[..., 1]


def _pair(transform: Callable[..., Any]) -> Callable[..., Any]:
    def transformed(x: Any, **static: Any) -> Any:
        found = transform(x[0] + 1j * x[1], **static)
        return found.real, found.imag

    return transformed


def _halves(x: np.ndarray, fft_length: int | None = None) -> Any:
    found = np.fft.rfft(x, fft_length)
    return found.real, found.imag


def _complex(op: str, *inputs: Input, **others: Any) -> Record:
    return row(op, *inputs, dtype=Z, gradients=(), **others)


COMPLEX = [
    *(row("view_as_complex", f(*shape, 2), dtype=Z, expected=_whole) for shape in SHAPES),
    *(row("view_as_real", c(*shape), dtype="float32", expected=_parts) for shape in SHAPES),
    *(row(op, c(3, 5), dtype="float32", gradients=()) for op in ("real", "imag", "angle", "abs")),
    *(row(op, f(3, 5), gradients=(0,)) for op in ("real", "conj", "conjugate")),
    row("imag", f(3, 5), gradients=()),
    row("angle", f(7), gradients=()),
    row("isreal", c(3, 5), dtype="bool"),
    row("isreal", f(3, 5), dtype="bool"),
    row("polar", f(3, 5), f(5), dtype=Z, expected=lambda r, a: r * np.exp(1j * a)),
    *(_complex(op, c(3, 5)) for op in ("conj", "conjugate", "negative", "square", "exp", "sqrt",
                                       "log", "sum", "mean", "transpose")),
    *(_complex(op, c(3, 5), c(5)) for op in ("add", "subtract", "multiply", "divide")),
    _complex("multiply", c(), c(2, 3)),
    _complex("matmul", c(3, 5), c(5, 2)),
    _complex("reshape", c(3, 5), newshape=(5, 3)),
    _complex("broadcast_to", c(3, 1), shape=(2, 3, 4)),
    _complex("pad", c(3, 5), pad_width=((1, 0), (0, 2))),
    _complex("flip", c(3, 5), axis=1),
    _complex("take", c(3, 5), v([2, 0], "int32"), axis=0),
    _complex("concatenate", c(3, 5), c(3, 2), axis=1, packed=True),
    _complex("where", Input((3, 5), "bool"), c(3, 5), c(5)),
    *(row(op, v([1 + 1j, 2 + 0j], Z), v([1 + 1j, 2 + 1j], Z), dtype="bool")
      for op in ("equal", "not_equal")),
    *(row(op, v([1 + 1j, complex(0, np.nan), complex(np.inf, 0)], Z), dtype="bool")
      for op in ("isnan", "isinf", "isfinite")),
]  # fmt: skip

# Powers of two, products of small primes, and primes; a pass has at most 16 terms, or a prime.
LENGTHS = (1, 2, 3, 5, 8, 12, 16, 30, 37, 64, 100, 128)
FOURIER = [
    *(row("fft", f(n), f(n), packed=True, atol=3e-5, expected=_pair(np.fft.fft)) for n in LENGTHS),
    row("fft", f(3, 2, 20), f(3, 2, 20), packed=True, atol=1e-5, expected=_pair(np.fft.fft)),
    row("fft", f(1050), f(1050), packed=True, atol=1e-4, expected=_pair(np.fft.fft)),
    *(row(op, f(*shape), f(*shape), packed=True, atol=3e-5, expected=_pair(transform))
      for op, transform in (("fft2", np.fft.fft2), ("ifft2", np.fft.ifft2))
      for shape in ((4, 6), (2, 5, 8), (1, 7))),
    *(row("rfft", f(2, n), atol=1e-5, expected=_halves) for n in (1, 2, 7, 16)),
    *(row("rfft", f(2, 9), atol=1e-5, expected=_halves, fft_length=n) for n in (4, 15)),
    *(row("irfft", f(2, n), f(2, n), packed=True, atol=1e-5,
          expected=lambda x, **s: np.fft.irfft(x[0] + 1j * x[1], s.get("fft_length")), **static)
      for n, static in ((5, {}), (2, {}), (5, {"fft_length": 7}), (3, {"fft_length": 12}))),
]  # fmt: skip


def _framed(x: np.ndarray, stride: int, fft_length: int, center: bool) -> np.ndarray:
    if center:
        margin = fft_length // 2
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(margin, margin)], mode="reflect")
    count = (x.shape[-1] - fft_length) // stride + 1
    return np.stack([x[..., k * stride : k * stride + fft_length] for k in range(count)], -2)


def _hann(length: int, fft_length: int) -> np.ndarray:
    window = np.zeros(fft_length)
    before = (fft_length - length) // 2
    window[before : before + length] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    return window


def _stft(
    x: np.ndarray, sequence_length: int, sequence_stride: int, fft_length: int, center: bool = True
) -> Any:
    frames = _framed(x, sequence_stride, fft_length, center)
    return _halves(frames * _hann(sequence_length, fft_length))


def _istft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, center: bool = True
) -> np.ndarray:
    frames = np.fft.irfft(x[0] + 1j * x[1], fft_length)
    window = _hann(sequence_length, fft_length)
    count = frames.shape[-2]
    total = np.zeros((*frames.shape[:-2], fft_length + sequence_stride * (count - 1)))
    weight = np.zeros(total.shape[-1])
    for k in range(count):
        place = slice(k * sequence_stride, k * sequence_stride + fft_length)
        total[..., place] += frames[..., k, :] * window
        weight[place] += window**2
    signal = total / np.where(weight > 1e-10, weight, 1)
    return signal[..., fft_length // 2 : -(fft_length // 2)] if center else signal


def _short(op: str, *inputs: Any, lengths: tuple[int, int, int], **others: Any) -> Record:
    names = ("sequence_length", "sequence_stride", "fft_length")
    return row(
        op, *inputs, atol=1e-5, rtol=1e-4, **dict(zip(names, lengths, strict=True)), **others
    )


FOURIER += [
    _short("stft", (20,), lengths=(6, 3, 8), expected=_stft),
    _short("stft", (2, 17), lengths=(5, 2, 5), center=False, expected=_stft),
    _short("istft", (6, 5), (6, 5), lengths=(6, 3, 8), packed=True, expected=_istft),
    _short("istft", (2, 4, 3), (2, 4, 3), lengths=(5, 2, 5), center=False, packed=True,
           expected=_istft),
]  # fmt: skip
