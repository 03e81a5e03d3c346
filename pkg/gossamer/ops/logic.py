"""Comparisons, logic and `where`. No gradient flows through a comparison."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, NO_GRADIENT
from gossamer.dtypes import INTEGERS
from gossamer.kernel import mathlib
from gossamer.kernel.expr import op, select
from gossamer.ops import complex_numbers
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.elementwise import elementwise
from gossamer.tensor import Tensor

_NONE = (NO_GRADIENT, NO_GRADIENT)


def _compare(name: str, reference: Any, operator: str, of_complex: Any = None) -> Any:
    def body(a: Any, b: Any) -> Any:
        if a.dtype == "bool":  # false is less than true
            a, b = (select(x, *_ONE_ZERO) for x in (a, b))
        return op(operator, a, b)

    return elementwise(name, reference, body, _NONE, result="bool", of_complex=of_complex)


_ONE_ZERO = (mathlib.const(1, "int32"), mathlib.const(0, "int32"))
_equal = _compare("equal", np.equal, "eq", complex_numbers.equal)
_not_equal = _compare("not_equal", np.not_equal, "ne", complex_numbers.not_equal)
_less = _compare("less", np.less, "lt")
_less_equal = _compare("less_equal", np.less_equal, "le")
_and = elementwise("bitwise_and", np.bitwise_and, lambda a, b: a & b, _NONE)
_or = elementwise("bitwise_or", np.bitwise_or, lambda a, b: a | b, _NONE)
_xor = elementwise("bitwise_xor", np.bitwise_xor, lambda a, b: a ^ b, _NONE)
_not = elementwise("bitwise_not", np.invert, lambda a: ~a, (NO_GRADIENT,))
_left_shift = elementwise("left_shift", np.left_shift, mathlib.shift_left, _NONE)
_right_shift = elementwise("right_shift", np.right_shift, mathlib.shift_right, _NONE)
_isnan = elementwise(
    "isnan", np.isnan, lambda x: op("isnan", x), (NO_GRADIENT,), result="bool",
    of_complex=lambda x: complex_numbers.any_part(isnan, x),
)  # fmt: skip
_isinf = elementwise(
    "isinf", np.isinf, mathlib.is_infinite, (NO_GRADIENT,), result="bool",
    of_complex=lambda x: complex_numbers.any_part(isinf, x),
)  # fmt: skip
_isfinite = elementwise(
    "isfinite", np.isfinite, mathlib.is_finite, (NO_GRADIENT,), result="bool",
    of_complex=lambda x: logical_not(
        complex_numbers.any_part(lambda part: logical_not(isfinite(part)), x)
    ),
)  # fmt: skip
_where = elementwise(
    "where", np.where, select,
    vjp=(
        NO_GRADIENT,
        # The other branch's cotangent is a true zero, even where g is infinite or NaN.
        lambda g, y, condition, a, b: where(condition, g, 0.0),
        lambda g, y, condition, a, b: where(condition, 0.0, g),
    ),
    of_complex=ALIKE,
)  # fmt: skip


def equal(x1: Any, x2: Any) -> Tensor:
    """`x1 == x2`, elementwise.

    Example:
        >>> ops.equal([1, 2], [1, 3]).tolist()
        [True, False]
    """
    return _equal(*promote(x1, x2))


def not_equal(x1: Any, x2: Any) -> Tensor:
    """`x1 != x2`, elementwise.

    Example:
        >>> ops.not_equal([1, 2], [1, 3]).tolist()
        [False, True]
    """
    return _not_equal(*promote(x1, x2))


def less(x1: Any, x2: Any) -> Tensor:
    """`x1 < x2`, elementwise.

    Example:
        >>> ops.less([1, 3], 2).tolist()
        [True, False]
    """
    return _less(*promote(x1, x2))


def less_equal(x1: Any, x2: Any) -> Tensor:
    """`x1 <= x2`, elementwise.

    Example:
        >>> ops.less_equal([1, 2, 3], 2).tolist()
        [True, True, False]
    """
    return _less_equal(*promote(x1, x2))


def greater(x1: Any, x2: Any) -> Tensor:
    """`x1 > x2`, elementwise.

    Example:
        >>> ops.greater([1, 3], 2).tolist()
        [False, True]
    """
    return less(x2, x1)


def greater_equal(x1: Any, x2: Any) -> Tensor:
    """`x1 >= x2`, elementwise.

    Example:
        >>> ops.greater_equal([1, 2, 3], 2).tolist()
        [False, True, True]
    """
    return less_equal(x2, x1)


def _bools(*values: Any) -> tuple[Tensor, ...]:
    return tuple(as_tensor(x, "bool") for x in promote(*values))


def logical_and(x1: Any, x2: Any) -> Tensor:
    """Whether both are true (not zero), elementwise.

    Example:
        >>> ops.logical_and([True, True], [True, False]).tolist()
        [True, False]
    """
    return _and(*_bools(x1, x2))


def logical_or(x1: Any, x2: Any) -> Tensor:
    """Whether at least one is true (not zero), elementwise.

    Example:
        >>> ops.logical_or([True, False], [False, False]).tolist()
        [True, False]
    """
    return _or(*_bools(x1, x2))


def logical_xor(x1: Any, x2: Any) -> Tensor:
    """Whether exactly one is true (not zero), elementwise.

    Example:
        >>> ops.logical_xor([True, True], [True, False]).tolist()
        [False, True]
    """
    return _xor(*_bools(x1, x2))


def logical_not(x: Any) -> Tensor:
    """Whether it is false (zero), elementwise.

    Example:
        >>> ops.logical_not([True, False]).tolist()
        [False, True]
    """
    return _not(as_tensor(x, "bool"))


def _whole(*values: Any) -> tuple[Tensor, ...]:
    tensors = promote(*values)
    if tensors[0].dtype not in ("bool", *INTEGERS):
        raise TypeError(f"Expected integers or bools. Received: dtype={tensors[0].dtype}")
    return tensors


def bitwise_and(x: Any, y: Any) -> Tensor:
    """`x & y` on the bits of integers, or on bools.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.bitwise_and(6, 3).item()
        2
    """
    return _and(*_whole(x, y))


def bitwise_or(x: Any, y: Any) -> Tensor:
    """`x | y` on the bits of integers, or on bools.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.bitwise_or(6, 3).item()
        7
    """
    return _or(*_whole(x, y))


def bitwise_xor(x: Any, y: Any) -> Tensor:
    """`x ^ y` on the bits of integers, or on bools.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.bitwise_xor(6, 3).item()
        5
    """
    return _xor(*_whole(x, y))


def bitwise_not(x: Any) -> Tensor:
    """`~x` on the bits of integers, or on bools.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.bitwise_not(6).item()
        -7
    """
    return _not(*_whole(x))


def bitwise_invert(x: Any) -> Tensor:
    """Another name of `bitwise_not`.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.bitwise_invert(6).item()
        -7
    """
    return bitwise_not(x)


def _integers(x: Any, y: Any) -> tuple[Tensor, ...]:
    return tuple(as_tensor(one, "int32") if one.dtype == "bool" else one for one in _whole(x, y))


def bitwise_left_shift(x: Any, y: Any) -> Tensor:
    """`x << y`, elementwise; zero where `y` is negative or not below the number of bits.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.bitwise_left_shift([1, 2], [3, 32]).tolist()
        [8, 0]
    """
    return _left_shift(*_integers(x, y))


def bitwise_right_shift(x: Any, y: Any) -> Tensor:
    """`x >> y`, elementwise; only the sign is left where `y` is negative or too large.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.bitwise_right_shift([8, -8], [2, 32]).tolist()
        [2, -1]
    """
    return _right_shift(*_integers(x, y))


def left_shift(x: Any, y: Any) -> Tensor:
    """Another name of `bitwise_left_shift`.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.left_shift(1, 3).item()
        8
    """
    return bitwise_left_shift(x, y)


def right_shift(x: Any, y: Any) -> Tensor:
    """Another name of `bitwise_right_shift`.

    Raises:
        TypeError: for floats.

    Example:
        >>> ops.right_shift(8, 2).item()
        2
    """
    return bitwise_right_shift(x, y)


def isnan(x: Any) -> Tensor:
    """Whether it is not a number, elementwise.

    Example:
        >>> ops.isnan([1.0, float("nan")]).tolist()
        [False, True]
    """
    return _isnan(floating(x))


def isinf(x: Any) -> Tensor:
    """Whether it is an infinity, elementwise.

    Example:
        >>> ops.isinf([1.0, float("inf")]).tolist()
        [False, True]
    """
    return _isinf(floating(x))


def isfinite(x: Any) -> Tensor:
    """Whether it is neither infinite nor NaN, elementwise.

    Example:
        >>> ops.isfinite([1.0, float("inf")]).tolist()
        [True, False]
    """
    return _isfinite(floating(x))


def isposinf(x: Any) -> Tensor:
    """Whether it is infinite and positive, elementwise.

    Example:
        >>> ops.isposinf([-float("inf"), float("inf")]).tolist()
        [False, True]
    """
    return logical_and(isinf(x), greater(x, 0))


def isneginf(x: Any) -> Tensor:
    """Whether it is infinite and negative, elementwise.

    Example:
        >>> ops.isneginf([-float("inf"), float("inf")]).tolist()
        [True, False]
    """
    return logical_and(isinf(x), less(x, 0))


def nan_to_num(
    x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """Numbers in place of NaN and infinities; integers stay as they are.

    Args:
        x: of any shape.
        nan: in place of NaN.
        posinf: in place of infinity; the largest number of the dtype if None.
        neginf: in place of minus infinity; the least number of the dtype if None.

    Example:
        >>> ops.nan_to_num([float("nan"), 2.0]).tolist()
        [0.0, 2.0]
    """
    tensor = as_tensor(x)
    if tensor.dtype in ("bool", *INTEGERS):
        return tensor
    limits = np.finfo(tensor.dtype)
    most = float(limits.max) if posinf is None else posinf
    least = float(limits.min) if neginf is None else neginf
    finite = where(isposinf(tensor), most, where(isneginf(tensor), least, tensor))
    return where(isnan(tensor), nan, finite)


def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """`x1` where the condition holds, else `x2`, elementwise; without both, where it holds.

    Args:
        condition: bools, or numbers that count as true if they are not zero.
        x1: of a shape that broadcasts with the condition's.
        x2: of a shape that broadcasts with the condition's.

    Returns:
        A tensor; without `x1` and `x2` the places where the condition holds, as a tuple of int32
        indices, one tensor an axis. Their number is read from the condition.

    Raises:
        ValueError: for one of `x1` and `x2` without the other, and for a condition of no axes
            without both.

    Example:
        >>> ops.where([True, False], [1.0, 2.0], 0.0).tolist()
        [1.0, 0.0]
        >>> [places.tolist() for places in ops.where([[0, 1], [1, 1]])]
        [[0, 1, 1], [1, 0, 1]]
    """
    if x1 is None and x2 is None:
        return ops.nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError(f"Expected both x1 and x2, or none of them. Received: x1={x1}, x2={x2}")
    a, b = promote(x1, x2)
    backend = condition.backend if isinstance(condition, Tensor) else a.backend
    if a.backend is not backend:
        a, b = (as_tensor(x, backend=backend) if x.size == 1 else x for x in (a, b))
    return _where(as_tensor(condition, "bool", backend=backend), a, b)
