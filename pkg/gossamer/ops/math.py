"""Roots, exponentials, logarithms, trigonometry and the error function, elementwise.

Each primitive is one row: its NumPy function, its kernel, its gradient; see `arithmetic`.
"""

import math
from typing import Any

import numpy as np

from gossamer.kernel import mathlib, trigonometry
from gossamer.kernel.expr import Expr, equal, op, select
from gossamer.ops import complex_numbers
from gossamer.ops.convert import floating, promote_strongly
from gossamer.ops.elementwise import elementwise, in_float64
from gossamer.tensor import Tensor

_arctan2 = elementwise(
    "arctan2", np.arctan2, trigonometry.arc_tangent_2,
    vjp=(
        lambda g, out, y, x: g * x / (x * x + y * y),
        lambda g, out, y, x: -g * y / (x * x + y * y),
    ),
)  # fmt: skip

_sqrt = elementwise(
    "sqrt", np.sqrt, lambda x: op("sqrt", x), vjp=(lambda g, y, x: 0.5 * g / y,),
    of_complex=complex_numbers.square_root,
)  # fmt: skip
_rsqrt = elementwise(
    "rsqrt", lambda x: 1 / np.sqrt(x), mathlib.reciprocal_sqrt,
    vjp=(lambda g, y, x: -0.5 * g * y / x,),
)  # fmt: skip
_exp = elementwise(
    "exp", np.exp, mathlib.exponential, vjp=(lambda g, y, x: g * y,),
    of_complex=complex_numbers.exponential,
)  # fmt: skip
_expm1 = elementwise(
    "expm1", np.expm1, mathlib.exponential_minus_one, vjp=(lambda g, y, x: g * (y + 1.0),),
)  # fmt: skip
_log = elementwise(
    "log", np.log, mathlib.logarithm, vjp=(lambda g, y, x: g / x,),
    of_complex=complex_numbers.logarithm,
)  # fmt: skip
_log1p = elementwise(
    "log1p", np.log1p, mathlib.log_one_plus, vjp=(lambda g, y, x: g / (x + 1.0),),
)  # fmt: skip


def _log_sum(a: Expr, b: Expr) -> Expr:
    difference = a - b
    rest = mathlib.log_one_plus(mathlib.exponential(-op("abs", difference)))
    # The difference of equal infinities is a NaN, where the larger alone is the answer.
    return select(op("isnan", difference), a + b, mathlib.maximum(a, b) + rest)


def _share_of_first(a: Any, b: Any) -> Any:
    share = 1.0 / (1.0 + np.exp(b - a))
    return np.where(a == b, 0.5, share).astype(share.dtype)


# exp(a) / (exp(a) + exp(b)), the slope of logaddexp; equal infinities have equal shares.
_share = elementwise(
    "log_share",
    _share_of_first,
    lambda a, b: select(equal(a, b), 0.5, 1.0 / (1.0 + mathlib.exponential(b - a))),
    vjp=(lambda g, y, a, b: g * (y * (1.0 - y)), lambda g, y, a, b: g * (y * (y - 1.0))),
)
_logaddexp = elementwise(
    "logaddexp",
    np.logaddexp,
    _log_sum,
    vjp=(lambda g, y, a, b: g * _share(a, b), lambda g, y, a, b: g * _share(b, a)),
)
_sin = elementwise("sin", np.sin, trigonometry.sine, vjp=(lambda g, y, x: g * cos(x),))
_cos = elementwise("cos", np.cos, trigonometry.cosine, vjp=(lambda g, y, x: -g * sin(x),))
_tan = elementwise(
    "tan", np.tan, trigonometry.tangent, vjp=(lambda g, y, x: g * (1.0 + y * y),),
)  # fmt: skip
_arcsin = elementwise(
    "arcsin", np.arcsin, trigonometry.arc_sine, vjp=(lambda g, y, x: g * rsqrt(1.0 - x * x),),
)  # fmt: skip
_arccos = elementwise(
    "arccos", np.arccos, trigonometry.arc_cosine, vjp=(lambda g, y, x: -g * rsqrt(1.0 - x * x),),
)  # fmt: skip
_arctan = elementwise(
    "arctan", np.arctan, trigonometry.arc_tangent, vjp=(lambda g, y, x: g / (1.0 + x * x),),
)  # fmt: skip
_sinh = elementwise(
    "sinh", np.sinh, mathlib.hyperbolic_sine, vjp=(lambda g, y, x: g * cosh(x),),
)  # fmt: skip
_cosh = elementwise(
    "cosh", np.cosh, mathlib.hyperbolic_cosine, vjp=(lambda g, y, x: g * sinh(x),),
)  # fmt: skip
_tanh = elementwise(
    "tanh", np.tanh, mathlib.hyperbolic_tangent, vjp=(lambda g, y, x: g * (1.0 - y * y),),
)  # fmt: skip
_arcsinh = elementwise(
    "arcsinh", np.arcsinh, mathlib.inverse_hyperbolic_sine,
    vjp=(lambda g, y, x: g * rsqrt(x * x + 1.0),),
)  # fmt: skip
_arccosh = elementwise(
    # Below 1 the C library of WebAssembly gives numbers.
    "arccosh", lambda x: np.arccosh(np.where(x < 1, np.nan, x).astype(x.dtype)),
    mathlib.inverse_hyperbolic_cosine,
    vjp=(lambda g, y, x: g * rsqrt(x * x - 1.0),),
)  # fmt: skip
_arctanh = elementwise(
    "arctanh", np.arctanh, mathlib.inverse_hyperbolic_tangent,
    vjp=(lambda g, y, x: g / (1.0 - x * x),),
)  # fmt: skip
_erf = elementwise(
    "erf", in_float64(math.erf), mathlib.error_function,
    vjp=(lambda g, y, x: g * (2.0 / math.sqrt(math.pi)) * exp(-x * x),),
)  # fmt: skip
_erfc = elementwise(
    "erfc", in_float64(math.erfc), mathlib.error_function_complement,
    vjp=(lambda g, y, x: g * (-2.0 / math.sqrt(math.pi)) * exp(-x * x),),
)  # fmt: skip


def _erfinv_reference(x: np.ndarray) -> np.ndarray:
    # The kernel's approximation, here in float64, and one step of Halley's method after it.
    m = np.abs(np.asarray(x, np.float64))
    w = -np.log((1.0 - m) * (1.0 + m))
    middle, tail = (
        np.polynomial.polynomial.polyval(at, coefficients)
        for at, coefficients in (
            (w - 2.5, mathlib.ERFINV_MIDDLE), (np.sqrt(w) - 3.0, mathlib.ERFINV_TAIL),
        )
    )  # fmt: skip
    y = m * np.where(w < 5.0, middle, tail)
    # Near 1 the complement is exact, and so is its function.
    error = np.where(m < 0.5, in_float64(math.erf)(y) - m, (1.0 - m) - in_float64(math.erfc)(y))
    step = error / (2.0 / math.sqrt(math.pi) * np.exp(-y * y))
    return np.copysign(np.where(m == 1.0, np.inf, y - step / (1.0 + y * step)), x)


_erfinv = elementwise(
    "erfinv", _erfinv_reference, mathlib.inverse_error_function,
    vjp=(lambda g, y, x: g * (math.sqrt(math.pi) / 2.0) * exp(y * y),),
)  # fmt: skip


def arctan2(x1: Any, x2: Any) -> Tensor:
    """Angle of the point `(x2, x1)`, in radians from -pi to pi.

    Example:
        >>> round(ops.arctan2(1.0, -1.0).item(), 4)
        2.3562
    """
    a, b = promote_strongly(x1, x2)
    return _arctan2(floating(a), floating(b))


def sqrt(x: Any) -> Tensor:
    """Square root, elementwise; NaN for negative numbers.

    Example:
        >>> ops.sqrt([4.0, 9.0]).tolist()
        [2.0, 3.0]
    """
    return _sqrt(floating(x))


def rsqrt(x: Any) -> Tensor:
    """Reciprocal square root, elementwise: `1 / sqrt(x)`.

    Example:
        >>> ops.rsqrt([4.0, 0.25]).tolist()
        [0.5, 2.0]
    """
    return _rsqrt(floating(x))


def exp(x: Any) -> Tensor:
    """Exponential, elementwise: `e ** x`.

    Example:
        >>> ops.exp([0.0]).tolist()
        [1.0]
    """
    return _exp(floating(x))


def expm1(x: Any) -> Tensor:
    """`exp(x) - 1`, exact for small `x`.

    Example:
        >>> ops.expm1(0.0).item()
        0.0
    """
    return _expm1(floating(x))


def log(x: Any) -> Tensor:
    """Natural logarithm, elementwise.

    Example:
        >>> ops.log([1.0]).tolist()
        [0.0]
    """
    return _log(floating(x))


def log1p(x: Any) -> Tensor:
    """`log(1 + x)`, exact for small `x`.

    Example:
        >>> ops.log1p(0.0).item()
        0.0
    """
    return _log1p(floating(x))


def log2(x: Any) -> Tensor:
    """Logarithm to base 2: `log(x) / log(2)`.

    Example:
        >>> round(ops.log2(8.0).item(), 5)
        3.0
    """
    return log(x) * (1.0 / math.log(2.0))


def log10(x: Any) -> Tensor:
    """Logarithm to base 10: `log(x) / log(10)`.

    Example:
        >>> round(ops.log10(1000.0).item(), 5)
        3.0
    """
    return log(x) * (1.0 / math.log(10.0))


def logaddexp(x1: Any, x2: Any) -> Tensor:
    """`log(exp(x1) + exp(x2))` without overflow: `max + log1p(exp(-|x1 - x2|))`.

    Example:
        >>> round(ops.logaddexp(1000.0, 1000.0).item(), 3)
        1000.693
    """
    a, b = (floating(x) for x in promote_strongly(x1, x2))
    return _logaddexp(a, b)


def sin(x: Any) -> Tensor:
    """Sine of `x` in radians.

    Example:
        >>> ops.sin(0.0).item()
        0.0
    """
    return _sin(floating(x))


def cos(x: Any) -> Tensor:
    """Cosine of `x` in radians.

    Example:
        >>> ops.cos(0.0).item()
        1.0
    """
    return _cos(floating(x))


def tan(x: Any) -> Tensor:
    """Tangent of `x` in radians.

    Example:
        >>> ops.tan(0.0).item()
        0.0
    """
    return _tan(floating(x))


def arcsin(x: Any) -> Tensor:
    """The angle in radians whose sine is `x`, from -pi/2 to pi/2.

    Example:
        >>> ops.arcsin(0.0).item()
        0.0
    """
    return _arcsin(floating(x))


def arccos(x: Any) -> Tensor:
    """The angle in radians whose cosine is `x`, from 0 to pi.

    Example:
        >>> ops.arccos(1.0).item()
        0.0
    """
    return _arccos(floating(x))


def arctan(x: Any) -> Tensor:
    """The angle in radians whose tangent is `x`, from -pi/2 to pi/2.

    Example:
        >>> ops.arctan(0.0).item()
        0.0
    """
    return _arctan(floating(x))


def sinh(x: Any) -> Tensor:
    """Hyperbolic sine: `(exp(x) - exp(-x)) / 2`.

    Example:
        >>> ops.sinh(0.0).item()
        0.0
    """
    return _sinh(floating(x))


def cosh(x: Any) -> Tensor:
    """Hyperbolic cosine: `(exp(x) + exp(-x)) / 2`.

    Example:
        >>> ops.cosh(0.0).item()
        1.0
    """
    return _cosh(floating(x))


def tanh(x: Any) -> Tensor:
    """Hyperbolic tangent: `sinh(x) / cosh(x)`.

    Example:
        >>> ops.tanh([0.0, 100.0]).tolist()
        [0.0, 1.0]
    """
    return _tanh(floating(x))


def arcsinh(x: Any) -> Tensor:
    """Inverse hyperbolic sine: `log(x + sqrt(x**2 + 1))`.

    Example:
        >>> ops.arcsinh(0.0).item()
        0.0
    """
    return _arcsinh(floating(x))


def arccosh(x: Any) -> Tensor:
    """Inverse hyperbolic cosine: `log(x + sqrt(x**2 - 1))`.

    Example:
        >>> ops.arccosh(1.0).item()
        0.0
    """
    return _arccosh(floating(x))


def arctanh(x: Any) -> Tensor:
    """Inverse hyperbolic tangent: `log((1 + x) / (1 - x)) / 2`.

    Example:
        >>> ops.arctanh(0.0).item()
        0.0
    """
    return _arctanh(floating(x))


def erf(x: Any) -> Tensor:
    """Error function: `2 / sqrt(pi)` times the integral of `exp(-t**2)` from 0 to `x`.

    Example:
        >>> ops.erf(0.0).item()
        0.0
    """
    return _erf(floating(x))


def erfc(x: Any) -> Tensor:
    """Complement of the error function: `1 - erf(x)`, exact where that would cancel.

    Example:
        >>> ops.erfc(0.0).item()
        1.0
    """
    return _erfc(floating(x))


def erfinv(x: Any) -> Tensor:
    """Inverse error function: the `y` with `erf(y) = x`; infinite at -1 and 1.

    Example:
        >>> ops.erfinv([0.0, 1.0]).tolist()
        [0.0, inf]
    """
    return _erfinv(floating(x))
