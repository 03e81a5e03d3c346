"""Determinants, and their logarithms, which do not overflow."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import NO_GRADIENT, Host, Primitive, bind
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.linear_algebra import (
    SEQUENTIAL,
    finitely,
    in_parts,
    packed,
    packed_shape,
    real_matrices,
    transposed,
)
from gossamer.tensor import Tensor


def _one_for_each(x: Tensor) -> Tensor:
    """Numbers for matrices, stretched over them by broadcasting."""
    return ops.expand_dims(x, (-2, -1))


def _cofactors_reference(x: np.ndarray) -> np.ndarray:
    """By singular values: for each the product of all others, without a quotient."""
    u, s, vh = np.linalg.svd(x.astype(np.result_type(x, np.float64)))
    ones = np.ones_like(s[..., :1])
    before = np.cumprod(np.concatenate([ones, s[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([ones, s[..., :0:-1]], -1), -1)[..., ::-1]
    sign = np.linalg.det(u) * np.linalg.det(vh)
    others: np.ndarray = (u * (sign[..., None] * before * after)[..., None, :]) @ vh
    return others


def _cofactors_vjp(g: Tensor, out: Tensor, x: Tensor) -> Tensor:
    # Of det(x) * x^-T; by the inverse, so that it needs one.
    inverse = transposed(ops.inv(x))
    total = ops.sum(g * inverse, (-2, -1), keepdims=True)
    return total * out - ops.matmul(ops.matmul(out, transposed(g)), inverse)


_cofactors = Primitive(
    name="cofactors",
    shape=lambda x: x,
    reference=finitely(_cofactors_reference),
    vjp=(_cofactors_vjp,),
    lower=Host(SEQUENTIAL),
)

_det = Primitive(
    name="det",
    shape=lambda x: TensorSpec(x.shape[:-2], x.dtype),
    reference=np.linalg.det,
    # Jacobi's formula, by cofactors: singular matrices have a gradient, too.
    vjp=(lambda g, out, x: _one_for_each(g) * bind(_cofactors, x),),
    lower=Host(SEQUENTIAL),
)


def det(x: Any) -> Tensor:
    """The determinants of square matrices.

    Args:
        x: of shape (..., m, m).

    Raises:
        TypeError: for half floats and complex numbers.
        ValueError: for matrices that are not square.

    Example:
        >>> round(ops.det([[1.0, 2.0], [3.0, 4.0]]).item(), 4)
        -2.0
    """
    return bind(_det, real_matrices(x, square=True))


_slogdet = Primitive(
    name="slogdet",
    shape=lambda x: packed_shape(x, [(), ()]),
    reference=lambda x: packed(np.linalg.slogdet(x), x.shape[:-2]),
    vjp=(NO_GRADIENT,),  # the logarithm has its own, see `in_parts`
    lower=Host(SEQUENTIAL),
)


def slogdet(x: Any) -> tuple[Tensor, Tensor]:
    """The signs of determinants, and the logarithms of their absolute values.

    Args:
        x: of shape (..., m, m).

    Returns:
        The signs, 0 for singular matrices, and the logarithms, minus infinity for them; each of
        shape (...).

    Raises:
        TypeError: for half floats and complex numbers.
        ValueError: for matrices that are not square.

    Example:
        >>> sign, logarithm = ops.slogdet([[0.0, 1.0], [1.0, 0.0]])
        >>> sign.item(), logarithm.item()
        (-1.0, 0.0)
    """
    tensor = real_matrices(x, square=True)
    sign, logarithm = in_parts(
        _slogdet,
        tensor,
        [(), ()],
        (NO_GRADIENT, lambda g, results, x: _one_for_each(g) * transposed(ops.inv(x))),
    )
    return sign, logarithm


def logdet(x: Any) -> Tensor:
    """The logarithms of the absolute values of determinants.

    Args:
        x: of shape (..., m, m).

    Raises:
        TypeError: for half floats and complex numbers.
        ValueError: for matrices that are not square.

    Example:
        >>> ops.logdet([[1.0, 0.0], [0.0, 1.0]]).item()
        0.0
    """
    return slogdet(x)[1]
