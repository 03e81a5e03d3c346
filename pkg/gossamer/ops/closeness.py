"""Equality up to a tolerance."""

from typing import Any

from gossamer import ops
from gossamer.ops.convert import floating, promote
from gossamer.tensor import Tensor


def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Whether `|x1 - x2| <= atol + rtol * |x2|`, elementwise; equal infinities are close.

    Args:
        x1: of any shape.
        x2: of a shape that broadcasts with it.
        rtol: the tolerance in units of `x2`.
        atol: the tolerance in absolute units.
        equal_nan: whether two NaN are close.

    Example:
        >>> ops.isclose([1.0, 2.0], [1.0000001, 2.1]).tolist()
        [True, False]
    """
    a, b = (floating(x) for x in promote(x1, x2))
    near = ops.absolute(a - b) <= atol + rtol * ops.absolute(b)
    # An infinity would be close to everything by its own tolerance.
    near = ops.where(ops.logical_and(ops.isfinite(a), ops.isfinite(b)), near, a == b)
    if equal_nan:
        near = ops.logical_or(near, ops.logical_and(ops.isnan(a), ops.isnan(b)))
    return near


def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Whether all elements are close, as `isclose` says it: a bool of no axes.

    Args:
        x1: of any shape.
        x2: of a shape that broadcasts with it.
        rtol: the tolerance in units of `x2`.
        atol: the tolerance in absolute units.
        equal_nan: whether two NaN are close.

    Example:
        >>> bool(ops.allclose([1.0, 2.0], [1.0000001, 2.0]))
        True
    """
    return ops.all(isclose(x1, x2, rtol, atol, equal_nan))
