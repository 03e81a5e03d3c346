"""Cases of complex numbers and Fourier transforms."""

from __future__ import annotations

from tests.ops.record import Input, f, v
from tests.oracle.case import case
from tests.oracle.generate import DTYPES, SHAPES, of, unary


def c(*shape: int) -> Input:
    return Input(shape, "complex64")


COMPLEX = [
    *(one for op in ("real", "imag", "conj", "conjugate", "angle", "isreal") for one in unary(op)),
    *(case(op, c(*shape)) for op in ("real", "imag", "conj", "conjugate", "angle", "isreal",
                                     "view_as_real", "abs", "negative", "square", "exp", "sum",
                                     "mean", "ravel", "sqrt", "log")
      for shape in SHAPES if shape != (0,)),
    *(case(op, c(2, 3), c(3)) for op in ("add", "subtract", "multiply", "divide", "equal",
                                         "not_equal")),
    *(case(op, c(2, 3), f(3)) for op in ("add", "subtract", "multiply", "divide")),
    *(case(op, c(2, 3), 2.0) for op in ("add", "subtract", "multiply", "divide")),
    case("matmul", c(2, 3), c(3, 4)),
    case("reshape", c(2, 3), (3, 2)),
    case("transpose", c(2, 3)),
    case("concatenate", [c(2, 3), c(1, 3)], axis=0),
    case("stack", [c(3), c(3)]),
    case("take", c(4, 3), v([0, 3], "int32"), axis=0),
    case("where", v([True, False, True], "bool"), c(3), c(3)),
    case("cast", f(3), "complex64"),
    case("cast", of("int32", 3), "complex64"),
    *(case("view_as_complex", f(*shape, 2)) for shape in SHAPES),
    *(case("view_as_complex", f(*shape)) for shape in ((), (3,), (2, 1))),
    case("view_as_real", f(3)),
    *(case("polar", f(*a), f(*b))
      for a, b in (((), ()), ((3,), (3,)), ((2, 3), (3,)), ((0,), (0,)))),
    case("polar", of("int32", 3), of("int32", 3)),
]  # fmt: skip

FOURIER = [
    *(case(op, (f(*shape), f(*shape))) for op in ("fft", "fft2", "ifft2", "irfft")
      for shape in ((4, 6), (2, 3, 8), (5, 7), (3, 1, 10))),
    *(case(op, (f(7), f(7))) for op in ("fft", "fft2", "ifft2", "irfft")),
    *(case(op, given) for op in ("fft", "fft2", "ifft2", "irfft") for given in (
        f(4, 6), (f(4, 6), f(4, 5)), (f(4, 6),), (of("int32", 4, 6), of("int32", 4, 6)), "x")),
    *(case("fft", (of(d, 2, 8), of(d, 2, 8))) for d in ("float16", "float32", "float64")),
    *(case("rfft", of(d, 2, 8)) for d in DTYPES),
    case("rfft", "no numbers"),
    *(case("rfft", f(3, 9), fft_length=n) for n in (None, 4, 9, 16, 1)),
    *(case("irfft", (f(3, 5), f(3, 5)), fft_length=n) for n in (None, 4, 8, 9, 16)),
    *(case("stft", f(*shape), 6, 3, n, window=window, center=center)
      for shape in ((30,), (2, 25)) for n in (6, 8, 9) for window in ("hann", "hamming", None)
      for center in (True, False)),
    case("stft", f(30), 6, 3, 8, window=f(6, low=0.5, high=1.0)),
    case("stft", f(30), 6, 3, 8, window=f(5)),
    case("stft", f(30), 6, 3, 8, window="square"),
    case("stft", f(30), 6, 3, 5),
    case("stft", f(30), 6, 0, 8),
    case("stft", of("int32", 30), 6, 3, 8),
    *(case("istft", (f(9, 5), f(9, 5)), 6, 3, 8, length=length, window=window, center=center)
      for length in (None, 20) for window in ("hann", "hamming", None)
      for center in (True, False)),
    case("istft", (f(2, 9, 5), f(2, 9, 5)), 8, 4, 8),
    case("istft", (f(5), f(5)), 8, 4, 8),
    case("istft", f(9, 5), 8, 4, 8),
]  # fmt: skip
