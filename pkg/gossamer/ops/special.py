"""Roots, powers of two, angles, the cardinal sine and Bessel's functions, elementwise.

More of what `math` has, in the same form.
"""

import math
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.kernel import bessel, floats, mathlib
from gossamer.ops.convert import as_tensor, floating, promote, promote_strongly
from gossamer.ops.elementwise import elementwise
from gossamer.tensor import Tensor

_cbrt = elementwise(
    "cbrt", np.cbrt, floats.cube_root, vjp=(lambda g, y, x: g / (3.0 * (y * y)),),
)  # fmt: skip
_exp2 = elementwise(
    "exp2", np.exp2, floats.exponential_2, vjp=(lambda g, y, x: g * (y * math.log(2.0)),),
)  # fmt: skip
# At the origin, where the slope depends on the direction, it is 0, as that of `absolute`.
_hypot = elementwise(
    "hypot", np.hypot, mathlib.hypotenuse,
    vjp=(
        lambda g, y, a, b: g * ops.divide_no_nan(a, y),
        lambda g, y, a, b: g * ops.divide_no_nan(b, y),
    ),
)  # fmt: skip


def _i0_reference(x: np.ndarray) -> np.ndarray:
    # NumPy's has a NaN at infinity.
    return np.where(np.isinf(x), np.inf, np.i0(np.asarray(x, np.float64))).astype(x.dtype)


def _i1_reference(x: np.ndarray) -> np.ndarray:
    """NumPy lacks it: the kernel's two series, here with as many terms as float64 needs."""
    wide = np.asarray(x, np.float64)
    magnitude = np.abs(wide)
    half = np.minimum(magnitude, 20.0) / 2
    near = half * np.polynomial.polynomial.polyval(half * half, bessel.power_series(1, 50))
    far = np.maximum(magnitude, 20.0)
    power = np.exp(far / 2)
    series = np.polynomial.polynomial.polyval(1 / far, bessel.asymptotic_series(1, 25))
    large = np.where(np.isinf(far), far, power * (series / np.sqrt(2 * math.pi * far)) * power)
    return np.copysign(np.where(magnitude > 20.0, large, near), wide).astype(x.dtype)


def _slope_of_i0(x: Tensor) -> Tensor:
    return _i1(x)


_i0 = elementwise(
    "i0", _i0_reference, lambda x: bessel.bessel_i(0, x),
    vjp=(lambda g, y, x: g * _slope_of_i0(x),),
)  # fmt: skip
_i1 = elementwise(
    "i1", _i1_reference, lambda x: bessel.bessel_i(1, x),
    # i1(x) / x, which is 1/2 at 0.
    vjp=(
        lambda g, y, x: (
            g * (_i0(x) - ops.where(x == 0.0, 0.5, y / ops.where(x == 0.0, 1.0, x)))
        ),
    ),
)  # fmt: skip


def cbrt(x: Any) -> Tensor:
    """Cube root, elementwise; negative for negative numbers.

    Example:
        >>> ops.cbrt([8.0, -27.0]).tolist()
        [2.0, -3.0]
    """
    return _cbrt(floating(x))


def exp2(x: Any) -> Tensor:
    """Power of two, elementwise: `2 ** x`.

    Example:
        >>> ops.exp2([3, -1]).tolist()
        [8.0, 0.5]
    """
    return _exp2(floating(x))


def hypot(x1: Any, x2: Any) -> Tensor:
    """Hypotenuse, elementwise: `sqrt(x1**2 + x2**2)`, without overflow.

    Example:
        >>> ops.hypot([3.0], [4.0]).tolist()
        [5.0]
    """
    a, b = promote(x1, x2)
    return _hypot(floating(a), floating(b))


def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """`log2(2**x1 + 2**x2)` without overflow.

    Example:
        >>> ops.logaddexp2(1000.0, 1000.0).item()
        1001.0
    """
    a, b = (floating(x) for x in promote_strongly(x1, x2))
    difference = a - b
    smaller = ops.log1p(_exp2(-ops.absolute(difference))) * (1.0 / math.log(2.0))
    # The difference of equal infinities is a NaN, where the larger alone is the answer.
    return ops.where(ops.isnan(difference), a + b, ops.maximum(a, b) + smaller)


def deg2rad(x: Any) -> Tensor:
    """Degrees to radians: `x * pi / 180`.

    Example:
        >>> round(ops.deg2rad(180.0).item(), 4)
        3.1416
    """
    return floating(x) * (math.pi / 180.0)


def rad2deg(x: Any) -> Tensor:
    """Radians to degrees: `x * 180 / pi`.

    Example:
        >>> round(ops.rad2deg(3.14159265).item(), 3)
        180.0
    """
    return floating(x) * (180.0 / math.pi)


# sin(a) / a in powers of a^2: to 1e-16 where |a| < pi/4.
_SINC_SERIES = [(-1) ** k / math.factorial(2 * k + 1) for k in range(9)]


def sinc(x: Any) -> Tensor:
    """Normalized cardinal sine, elementwise: `sin(pi * x) / (pi * x)`, and 1 at 0.

    Example:
        >>> round(ops.sinc(0.5).item(), 4)
        0.6366
    """
    tensor = floating(x)
    # The quotient's derivatives cancel near 0; the series has all of them.
    near = ops.absolute(tensor) < 0.25
    squared = ops.square(ops.where(near, tensor, 0.0) * math.pi)
    series = as_tensor(_SINC_SERIES[-1], tensor.dtype, tensor.backend)
    for coefficient in reversed(_SINC_SERIES[:-1]):
        series = series * squared + coefficient
    far = ops.where(near, 1.0, tensor)
    # Sines of whole multiples of pi are 0 with alternating slope: exact, however many turns.
    whole = ops.round(far)
    sign = 1.0 - 2.0 * ops.mod(whole, 2.0)
    quotient = sign * ops.sin((far - whole) * math.pi) / (far * math.pi)
    return ops.where(near, series, quotient)


def i0(x: Any) -> Tensor:
    """Modified Bessel function of the first kind and order 0.

    Example:
        >>> [round(y, 4) for y in ops.i0([0.0, 1.0]).tolist()]
        [1.0, 1.2661]
    """
    return _i0(floating(x))
