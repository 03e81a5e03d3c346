"""Arithmetic, elementwise: sums, products, quotients, extremes, signs and rounding.

Each primitive is one row: its NumPy function, its kernel, its gradient. Gradient rules are written
in the public ops, so that they have gradients themselves; a rule gets the cotangent `g`, the
output `y` and the inputs.
"""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, NO_GRADIENT
from gossamer.dtypes import COMPLEX, FLOATS, INTEGERS
from gossamer.kernel import mathlib
from gossamer.kernel.expr import op
from gossamer.ops import complex_numbers
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.elementwise import elementwise
from gossamer.tensor import Tensor

_add = elementwise(
    "add", np.add, lambda a, b: mathlib.maximum(a, b) if a.dtype == "bool" else a + b,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: g), of_complex=ALIKE, neutral=(-0.0, -0.0),
)  # fmt: skip
_subtract = elementwise(
    "subtract", np.subtract, lambda a, b: a - b,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: -g), of_complex=ALIKE, neutral=(None, 0.0),
)  # fmt: skip
_multiply = elementwise(
    "multiply", np.multiply, lambda a, b: mathlib.minimum(a, b) if a.dtype == "bool" else a * b,
    vjp=(lambda g, y, a, b: g * b, lambda g, y, a, b: g * a), of_complex=complex_numbers.multiply,
    neutral=(1.0, 1.0),
)  # fmt: skip
_divide = elementwise(
    "divide", np.divide, lambda a, b: a / b,
    vjp=(lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b),
    of_complex=complex_numbers.divide, neutral=(None, 1.0),
)  # fmt: skip
_floor_divide = elementwise(
    "floor_divide", np.floor_divide, mathlib.floor_divide, vjp=(NO_GRADIENT, NO_GRADIENT),
)  # fmt: skip
_mod = elementwise(
    "mod", np.mod, mathlib.modulo,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: -g * floor_divide(a, b)),
)  # fmt: skip


def _power_reference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.dtype.kind in "iu":
        # NumPy refuses negative integer exponents; like the kernel, they give zero.
        return np.where(b < 0, 0, np.power(a, np.where(b < 0, 0, b)))
    return np.power(a, b)


_power = elementwise(
    "power", _power_reference, mathlib.power, neutral=(None, 1.0),
    vjp=(
        # At b == 0 the derivative is 0 for every a, where b * a**(b - 1) is 0 * inf at a == 0.
        lambda g, y, a, b: (
            g * ops.where(b == 0.0, 0.0, b * power(a, ops.where(b == 0.0, 1.0, b - 1.0)))
        ),
        # log(a) has no value for a <= 0, where 0**b has derivative 0 for positive b.
        lambda g, y, a, b: g * ops.where(a > 0.0, y * ops.log(ops.where(a > 0.0, a, 1.0)), 0.0),
    ),
)  # fmt: skip
# Where both are equal each gets half, as in JAX, so that the gradient does not favour one.
_maximum = elementwise(
    "maximum", np.maximum, mathlib.maximum,
    vjp=(
        lambda g, y, a, b: g * _share(a, b),
        lambda g, y, a, b: g * _share(b, a),
    ),
)  # fmt: skip
_minimum = elementwise(
    "minimum", np.minimum, mathlib.minimum,
    vjp=(
        lambda g, y, a, b: g * _share(b, a),
        lambda g, y, a, b: g * _share(a, b),
    ),
)  # fmt: skip
_negative = elementwise(
    "negative", np.negative, lambda x: -x, vjp=(lambda g, y, x: -g,), of_complex=ALIKE,
)  # fmt: skip
_absolute = elementwise(
    "absolute", np.abs, mathlib.absolute, vjp=(lambda g, y, x: g * sign(x),),
    of_complex=complex_numbers.absolute,
)  # fmt: skip
_sign = elementwise("sign", np.sign, mathlib.sign, vjp=(NO_GRADIENT,))
_floor = elementwise("floor", np.floor, lambda x: op("floor", x), vjp=(NO_GRADIENT,))
_ceil = elementwise("ceil", np.ceil, lambda x: op("ceil", x), vjp=(NO_GRADIENT,))
_round = elementwise("round", np.rint, lambda x: op("round", x), vjp=(NO_GRADIENT,))
_trunc = elementwise("trunc", np.trunc, lambda x: op("trunc", x), vjp=(NO_GRADIENT,))
_square = elementwise(
    "square", np.square, lambda x: x * x, vjp=(lambda g, y, x: g * (2.0 * x),),
    of_complex=complex_numbers.square,
)  # fmt: skip


def _share(winner: Tensor, other: Tensor) -> Tensor:
    """1 where `winner` is the larger, 0.5 where both are equal, else 0."""
    return ops.where(winner > other, 1.0, ops.where(winner == other, 0.5, 0.0))


def add(x1: Any, x2: Any) -> Tensor:
    """Sum, elementwise: `x1 + x2`.

    Example:
        >>> ops.add([1, 2], 10).tolist()
        [11, 12]
    """
    return _add(*promote(x1, x2))


def subtract(x1: Any, x2: Any) -> Tensor:
    """Difference, elementwise: `x1 - x2`.

    Raises:
        TypeError: for two bools, for which NumPy defines none.

    Example:
        >>> ops.subtract([1.0, 2.0], [0.5, 1.5]).tolist()
        [0.5, 0.5]
    """
    a, b = promote(x1, x2)
    if a.dtype == "bool":
        raise TypeError("Expected numbers; for bools use logical_xor. Received: two bool tensors")
    return _subtract(a, b)


def multiply(x1: Any, x2: Any) -> Tensor:
    """Product, elementwise: `x1 * x2`.

    Example:
        >>> ops.multiply([1.0, 2.0], 3).tolist()
        [3.0, 6.0]
    """
    return _multiply(*promote(x1, x2))


def divide(x1: Any, x2: Any) -> Tensor:
    """True quotient, elementwise: `x1 / x2`; integers give floats.

    Example:
        >>> ops.divide([1, 2], 4).tolist()
        [0.25, 0.5]
    """
    a, b = promote(x1, x2)
    return _divide(floating(a), floating(b))


def true_divide(x1: Any, x2: Any) -> Tensor:
    """Another name of `divide`.

    Example:
        >>> ops.true_divide(1, 4).item()
        0.25
    """
    return divide(x1, x2)


def floor_divide(x1: Any, x2: Any) -> Tensor:
    """Quotient rounded towards minus infinity: `floor(x1 / x2)`. Its gradient is zero.

    Integers divided by 0 give 0. Two bools give int8, as in NumPy.

    Example:
        >>> ops.floor_divide([7, -7], 2).tolist()
        [3, -4]
    """
    return _floor_divide(*_numeric(*promote(x1, x2), bools_as="int8"))


def mod(x1: Any, x2: Any) -> Tensor:
    """Remainder of `floor_divide`, with the sign of `x2`: `x1 - floor(x1 / x2) * x2`.

    Example:
        >>> ops.mod([7, -7], 3).tolist()
        [1, 2]
    """
    return _mod(*_numeric(*promote(x1, x2)))


def power(x1: Any, x2: Any) -> Tensor:
    """Power, elementwise: `x1 ** x2`. Integers to negative powers give zero.

    Example:
        >>> ops.power([2.0, 3.0], 2).tolist()
        [4.0, 9.0]
    """
    if isinstance(x2, int | float) and x2 == 2:
        base = as_tensor(x1)
        if base.dtype in FLOATS:  # exact, and cheaper than by logarithms
            return _square(base)
    return _power(*_numeric(*promote(x1, x2)))


def _numeric(*tensors: Tensor, bools_as: str = "int32") -> tuple[Tensor, ...]:
    """Bools as integers, for functions that compute with numbers only."""
    return tuple(as_tensor(x, bools_as) if x.dtype == "bool" else x for x in tensors)


def maximum(x1: Any, x2: Any) -> Tensor:
    """The larger of two, elementwise; NaN where either is NaN.

    Example:
        >>> ops.maximum([1.0, -2.0], 0).tolist()
        [1.0, 0.0]
    """
    return _maximum(*promote(x1, x2))


def minimum(x1: Any, x2: Any) -> Tensor:
    """The smaller of two, elementwise; NaN where either is NaN.

    Example:
        >>> ops.minimum([1.0, -2.0], 0).tolist()
        [0.0, -2.0]
    """
    return _minimum(*promote(x1, x2))


def fmax(x1: Any, x2: Any) -> Tensor:
    """The larger of two, elementwise; the other one where one is NaN.

    Example:
        >>> ops.fmax([1.0, float("nan")], 0).tolist()
        [1.0, 0.0]
    """
    a, b = promote(x1, x2)
    return _without_nan(a, b, _maximum(a, b))


def fmin(x1: Any, x2: Any) -> Tensor:
    """The smaller of two, elementwise; the other one where one is NaN.

    Example:
        >>> ops.fmin([1.0, float("nan")], 0).tolist()
        [0.0, 0.0]
    """
    a, b = promote(x1, x2)
    return _without_nan(a, b, _minimum(a, b))


def _without_nan(a: Tensor, b: Tensor, chosen: Tensor) -> Tensor:
    if a.dtype not in FLOATS:
        return chosen
    return ops.where(ops.isnan(a), b, ops.where(ops.isnan(b), a, chosen))


def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """Limit to an interval: `minimum(maximum(x, x_min), x_max)`; bools become int32.

    Example:
        >>> ops.clip([-2.0, 0.5, 2.0], 0, 1).tolist()
        [0.0, 0.5, 1.0]
    """
    (tensor,) = _numeric(as_tensor(x))
    return minimum(maximum(tensor, x_min), x_max)


def negative(x: Any) -> Tensor:
    """Negative, elementwise: `-x`.

    Raises:
        TypeError: for bools, for which NumPy defines none.

    Example:
        >>> ops.negative([1.0, -2.0]).tolist()
        [-1.0, 2.0]
    """
    tensor = as_tensor(x)
    if tensor.dtype == "bool":
        raise TypeError("Expected numbers; for bools use logical_not. Received: dtype=bool")
    return _negative(tensor)


def absolute(x: Any) -> Tensor:
    """Absolute value, elementwise: `|x|`.

    Example:
        >>> ops.absolute([-1.5, 2.0]).tolist()
        [1.5, 2.0]
    """
    tensor = as_tensor(x)
    return tensor if tensor.dtype == "bool" else _absolute(tensor)


def abs(x: Any) -> Tensor:
    """Another name of `absolute`.

    Example:
        >>> ops.abs(-3).item()
        3
    """
    return absolute(x)


def fabs(x: Any) -> Tensor:
    """Absolute value as a float, elementwise: `|x|`.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.fabs([-1, 2]).tolist()
        [1.0, 2.0]
    """
    tensor = floating(x)
    if tensor.dtype in COMPLEX:
        raise TypeError(f"Expected real numbers. Received: dtype={tensor.dtype}")
    return _absolute(tensor)


def sign(x: Any) -> Tensor:
    """Sign, elementwise: -1, 0 or 1.

    Raises:
        TypeError: for bools, for which NumPy defines none.

    Example:
        >>> ops.sign([-2.0, 0.0, 5.0]).tolist()
        [-1.0, 0.0, 1.0]
    """
    tensor = as_tensor(x)
    if tensor.dtype == "bool":
        raise TypeError("Expected numbers. Received: dtype=bool")
    return _sign(tensor)


def heaviside(x1: Any, x2: Any) -> Tensor:
    """Heaviside's step function: 0 for negative `x1`, 1 for positive ones, `x2` at 0.

    Example:
        >>> ops.heaviside([-2.0, 0.0, 5.0], 0.5).tolist()
        [0.0, 0.5, 1.0]
    """
    x, at_zero = (floating(one) for one in promote(x1, x2))
    # NaN stays, since it is neither positive nor negative.
    return ops.where(x == 0.0, at_zero, ops.where(x < 0.0, 0.0, ops.where(x > 0.0, 1.0, x)))


def floor(x: Any) -> Tensor:
    """The largest integer that is not above `x`. Its gradient is zero.

    Example:
        >>> ops.floor([1.7, -1.2]).tolist()
        [1.0, -2.0]
    """
    return _floor(floating(x))


def ceil(x: Any) -> Tensor:
    """The smallest integer that is not below `x`. Its gradient is zero.

    Example:
        >>> ops.ceil([1.2, -1.7]).tolist()
        [2.0, -1.0]
    """
    return _ceil(floating(x))


def round(x: Any, decimals: int = 0) -> Tensor:
    """Round to `decimals` places; halves go to the even neighbour. Its gradient is zero.

    Raises:
        ValueError: for bools.

    Example:
        >>> ops.round([0.5, 1.5, 2.6]).tolist()
        [0.0, 2.0, 3.0]
    """
    tensor = as_tensor(x)
    if tensor.dtype == "bool":
        raise ValueError("Expected numbers. Received: dtype=bool")
    if tensor.dtype in INTEGERS and decimals >= 0:
        return tensor
    scaled = floating(tensor)
    if decimals == 0:
        return _round(scaled)
    rounded = _round(scaled * 10.0**decimals) / 10.0**decimals
    return as_tensor(rounded, tensor.dtype)


def trunc(x: Any) -> Tensor:
    """Round towards zero. Its gradient is zero.

    Example:
        >>> ops.trunc([1.7, -1.7]).tolist()
        [1.0, -1.0]
    """
    (tensor,) = promote(x)
    return tensor if tensor.dtype in ("bool", *INTEGERS) else _trunc(tensor)


def square(x: Any) -> Tensor:
    """Square, elementwise: `x * x`.

    Example:
        >>> ops.square([2.0, -3.0]).tolist()
        [4.0, 9.0]
    """
    return _square(*_numeric(*promote(x)))


def reciprocal(x: Any) -> Tensor:
    """Reciprocal, elementwise: `1 / x`.

    Example:
        >>> ops.reciprocal([4.0, 0.5]).tolist()
        [0.25, 2.0]
    """
    return divide(1.0, x)
