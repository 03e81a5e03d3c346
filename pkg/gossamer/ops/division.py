"""Quotients with rules of their own, remainders and common divisors, elementwise."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import NO_GRADIENT
from gossamer.dtypes import INTEGERS
from gossamer.kernel import mathlib
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.elementwise import elementwise
from gossamer.tensor import Tensor

_fmod = elementwise(
    "fmod", np.fmod, mathlib.remainder,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: -g * ops.trunc(a / b)),
)  # fmt: skip
_gcd = elementwise(
    "gcd", np.gcd, mathlib.greatest_common_divisor, vjp=(NO_GRADIENT, NO_GRADIENT),
)  # fmt: skip


def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """Quotient, elementwise: `x1 / x2`, and 0 where `x2` is 0.

    Example:
        >>> ops.divide_no_nan([1.0, 2.0], [0.0, 4.0]).tolist()
        [0.0, 0.5]
    """
    a, b = (floating(x) for x in promote(x1, x2))
    undefined = b == 0.0
    # A divisor that is no zero, so that the gradient of the branch not taken is none, too.
    return ops.where(undefined, 0.0, a / ops.where(undefined, 1.0, b))


def fmod(x1: Any, x2: Any) -> Tensor:
    """Remainder with the sign of `x1`: `x1 - trunc(x1 / x2) * x2`.

    Example:
        >>> ops.fmod([7, -7], 3).tolist()
        [1, -1]
    """
    a, b = promote(x1, x2)
    if a.dtype == "bool":
        a, b = as_tensor(a, "int32"), as_tensor(b, "int32")
    return _fmod(a, b)


def _integers(x1: Any, x2: Any) -> tuple[Tensor, ...]:
    tensors = promote(x1, x2)
    if tensors[0].dtype not in INTEGERS:
        raise TypeError(f"Expected integers. Received: dtype={tensors[0].dtype}")
    return tensors


def gcd(x1: Any, x2: Any) -> Tensor:
    """Greatest common divisor of integers, elementwise; `|x1|` where `x2` is 0.

    Raises:
        TypeError: for what is no integer.

    Example:
        >>> ops.gcd([12, 7], 18).tolist()
        [6, 1]
    """
    return _gcd(*_integers(x1, x2))


def lcm(x1: Any, x2: Any) -> Tensor:
    """Least common multiple of integers, elementwise; 0 where either is 0.

    Raises:
        TypeError: for what is no integer.

    Example:
        >>> ops.lcm([4, 0], 6).tolist()
        [12, 0]
    """
    a, b = (ops.absolute(x) for x in _integers(x1, x2))
    # Where both are 0 so is their divisor, and integers divided by 0 give 0.
    return ops.floor_divide(a, _gcd(a, b)) * b
