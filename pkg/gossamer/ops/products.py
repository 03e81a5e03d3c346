"""Products of tensors over chosen axes, each one contraction: `tensordot`, `dot`, `inner`, ..."""

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.contraction import contract
from gossamer.ops.convert import promote
from gossamer.ops.matmul import matmul
from gossamer.tensor import Tensor


def _over(a: Tensor, b: Tensor, left: Sequence[int], right: Sequence[int]) -> Tensor:
    """Summed over pairs of axes: what is left of `a`'s axes, then what is left of `b`'s."""
    if a.dtype == "bool":
        return ops.cast(_over(ops.cast(a, "int32"), ops.cast(b, "int32"), left, right), "bool")
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError(
            "Expected axes of equal sizes to sum over. "
            f"Received: x1.shape={a.shape}, x2.shape={b.shape}"
        )
    pairs = dict(zip(right, left, strict=True))
    of_a = tuple(range(a.ndim))
    of_b = tuple(pairs.get(i, a.ndim + i) for i in range(b.ndim))
    rest = tuple(x for x in of_a if x not in left) + tuple(x for x in of_b if x >= a.ndim)
    return contract(a, b, of_a, of_b, rest)


def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """Sum of products over pairs of axes.

    Args:
        x1: a tensor.
        x2: a tensor.
        axes: how many of the last axes of `x1` meet the first of `x2`; or two sequences, of axes
            of `x1` and of `x2`.

    Raises:
        ValueError: for axes that are not there, or of unequal sizes.

    Example:
        >>> ops.tensordot([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0], axes=1).tolist()
        [21.0, 43.0]
    """
    a, b = promote(x1, x2)
    if isinstance(axes, Sequence):
        if len(axes) != 2:
            raise ValueError(f"Expected a number of axes, or two sequences. Received: axes={axes}")
        given = [one if isinstance(one, Sequence) else (one,) for one in axes]
    else:
        # A negative number counts as 0, as NumPy has it.
        if axes > min(a.ndim, b.ndim):
            raise ValueError(
                f"Expected a number of axes that both have. Received: axes={axes}, "
                f"x1.shape={a.shape}, x2.shape={b.shape}"
            )
        given = [range(a.ndim - axes, a.ndim), range(axes)]
    left, right = (
        [normalize_axis(i, x.ndim) for i in one] for one, x in zip(given, (a, b), strict=True)
    )
    if len({*left}) != len(left) or len({*right}) != len(right) or len(left) != len(right):
        raise ValueError(f"Expected as many axes of each, once each. Received: axes={axes}")
    return _over(a, b, left, right)


def dot(x1: Any, x2: Any) -> Tensor:
    """Dot product over the last axis of `x1` and the last but one of `x2`, as NumPy has it.

    Raises:
        ValueError: for axes of unequal sizes.

    Example:
        >>> ops.dot([1.0, 2.0], [3.0, 4.0]).item()
        11.0
    """
    a, b = promote(x1, x2)
    if a.ndim == 0 or b.ndim == 0:
        return ops.multiply(a, b)
    if b.ndim <= 2:
        return ops.cast(matmul(a, b), a.dtype)  # int8 stays so here
    return _over(a, b, [a.ndim - 1], [b.ndim - 2])


def inner(x1: Any, x2: Any) -> Tensor:
    """Sum of products over the last axis of both.

    Raises:
        ValueError: for axes of unequal sizes.

    Example:
        >>> ops.inner([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0]).tolist()
        [21.0, 43.0]
    """
    a, b = promote(x1, x2)
    if a.ndim == 0 or b.ndim == 0:
        return ops.multiply(a, b)
    return _over(a, b, [a.ndim - 1], [b.ndim - 1])


def vdot(x1: Any, x2: Any) -> Tensor:
    """Sum of products of all elements.

    Raises:
        ValueError: for unequal numbers of elements.

    Example:
        >>> ops.vdot([[1.0, 2.0]], [[3.0], [4.0]]).item()
        11.0
    """
    a, b = promote(x1, x2)
    if a.shape != b.shape:
        a, b = ops.ravel(a), ops.ravel(b)
    return _over(a, b, range(a.ndim), range(b.ndim))


def outer(x1: Any, x2: Any) -> Tensor:
    """Every element of `x1` times every element of `x2`: `out[i, j] = x1[i] * x2[j]`.

    Example:
        >>> ops.outer([1.0, 2.0], [3.0, 4.0]).tolist()
        [[3.0, 4.0], [6.0, 8.0]]
    """
    a, b = promote(x1, x2)
    return ops.multiply(ops.reshape(a, (a.size, 1)), ops.reshape(b, (1, b.size)))


def kron(x1: Any, x2: Any) -> Tensor:
    """Kronecker's product: a copy of `x2` in place of each element of `x1`, times that element.

    Args:
        x1: a tensor.
        x2: a tensor; the one with fewer axes has some of size 1 added in front.

    Example:
        >>> ops.kron([1, 10], [1, 2]).tolist()
        [1, 2, 10, 20]
    """
    a, b = promote(x1, x2)
    rank = max(a.ndim, b.ndim)
    left, right = ((1,) * (rank - x.ndim) + x.shape for x in (a, b))
    product = ops.multiply(
        ops.reshape(a, [size for n in left for size in (n, 1)]),
        ops.reshape(b, [size for n in right for size in (1, n)]),
    )
    return ops.reshape(product, [m * n for m, n in zip(left, right, strict=True)])
