"""Eigenvalues and singular values, with their vectors.

Values have gradients everywhere, vectors where the values are distinct: a gradient that asks for
the vectors of equal values is NaN or infinite, as nothing says which of them were meant. The
gradients are those of Giles, An extended collection of matrix derivative results for forward and
reverse mode automatic differentiation (2008), and of Townsend, Differentiating the singular value
decomposition (2016). Signs of vectors are arbitrary, so only what does not depend on them should
be differentiated.
"""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.primitive import ALIKE, NO_GRADIENT, Host, Primitive
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.linear_algebra import (
    SEQUENTIAL,
    finitely,
    in_parts,
    matrices,
    on_diagonal,
    packed,
    packed_shape,
    real_matrices,
    symmetric_part,
    transposed,
)
from gossamer.tensor import Tensor

Shapes = list[tuple[int, ...]]


def _inverse_gaps(values: Tensor, squares: bool = False) -> Tensor:
    """`1 / (values[j] - values[i])`, or of squares: 0 on the diagonal, infinite for equals."""
    count = values.shape[-1]
    later, earlier = ops.expand_dims(values, -2), ops.expand_dims(values, -1)
    gaps = later - earlier
    if squares:
        # Not the difference of squares, which cancels.
        gaps = gaps * (later + earlier)
    diagonal = ops.eye(count, dtype="bool").to(values.backend.name)
    return ops.where(diagonal, 0.0, 1.0 / ops.where(diagonal, 1.0, gaps))


def _eigen_shapes(x: TensorSpec | Tensor) -> Shapes:
    return [x.shape[-1:], x.shape[-2:]]


def _eigenvalues_rule(g: Tensor, results: tuple[Tensor, ...], x: Tensor) -> Tensor:
    _, vectors = results
    return ops.matmul(vectors * on_diagonal(g), transposed(vectors))


def _eigenvectors_rule(g: Tensor, results: tuple[Tensor, ...], x: Tensor) -> Tensor:
    values, vectors = results
    inner = _inverse_gaps(values) * ops.matmul(transposed(vectors), g)
    return ops.matmul(ops.matmul(vectors, inner), transposed(vectors))


_eigh = Primitive(
    name="eigh",
    shape=lambda x: packed_shape(x, _eigen_shapes(x)),
    reference=finitely(lambda x: packed(np.linalg.eigh(x), x.shape[:-2])),
    vjp=(NO_GRADIENT,),  # each result has its own, see `in_parts`
    lower=Host(SEQUENTIAL),
)


def eigh(x: Any) -> tuple[Tensor, Tensor]:
    """Eigenvalues, ascending, and eigenvectors of symmetric matrices: `x @ v = v * w`.

    The symmetric part of `x` counts.

    Args:
        x: of shape (..., m, m).

    Returns:
        The eigenvalues, of shape (..., m), and the eigenvectors, the columns of matrices of shape
        (..., m, m).

    Raises:
        TypeError: for half floats.
        ValueError: for matrices that are not square.

    Example:
        >>> w, v = ops.eigh([[3.0, 0.0], [0.0, 1.0]])
        >>> w.tolist()
        [1.0, 3.0]
    """
    tensor = symmetric_part(real_matrices(x, square=True))
    rules = (_eigenvalues_rule, _eigenvectors_rule)
    values, vectors = in_parts(_eigh, tensor, _eigen_shapes(tensor), rules)
    return values, vectors


_COMPLEX = {"float32": "complex64", "float64": "complex128"}

_eig = Primitive(
    name="eig",
    shape=lambda x: packed_shape(x, _eigen_shapes(x), _COMPLEX.get(x.dtype, x.dtype)),
    reference=finitely(lambda x: packed(np.linalg.eig(x), x.shape[:-2])),
    vjp=(NO_GRADIENT,),  # refused below
    lower=Host(SEQUENTIAL),
    of_complex=ALIKE,
)


def eig(x: Any) -> tuple[Tensor, Tensor]:
    """Eigenvalues and eigenvectors of square matrices, complex: `x @ v = v * w`.

    The eigenvalues stand in no order. They have no gradients: see `eigh` for symmetric matrices.

    Args:
        x: of shape (..., m, m).

    Returns:
        The eigenvalues, of shape (..., m), and the eigenvectors, the columns of matrices of shape
        (..., m, m).

    Raises:
        TypeError: for half floats.
        ValueError: for matrices that are not square.
        NotImplementedError: where it would be differentiated.

    Example:
        >>> w, v = ops.eig([[0.0, -1.0], [1.0, 0.0]])
        >>> sorted(w.tolist(), key=lambda value: value.imag)
        [-1j, 1j]
    """
    tensor = matrices(x, square=True)
    if any(id(tensor) in tape.tracked for tape in autodiff.tapes):
        raise NotImplementedError(
            "eig has no gradient; use eigh for symmetric matrices, or stop_gradient. "
            f"Received: x of shape {tensor.shape}, on a gradient tape"
        )
    # Always complex, though NumPy's are real where they can be: a dtype that depended on values
    # would be unknown when functions are traced, and before a GPU has computed them.
    values, vectors = in_parts(_eig, tensor, _eigen_shapes(tensor), (NO_GRADIENT, NO_GRADIENT))
    return values, vectors


def _svd_shapes(x: TensorSpec | Tensor, full: bool) -> Shapes:
    rows, columns = x.shape[-2:]
    count = min(rows, columns)
    return [(rows, rows if full else count), (count,), (columns if full else count, columns)]


def _left_gradient(g: Tensor, u: Tensor, s: Tensor, vh: Tensor) -> Tensor:
    """Of the left vectors. Vectors that complete a basis turn no further than they must."""
    count, has = s.shape[-1], u.shape[-1]
    product = ops.matmul(transposed(u), g)
    turn = product - transposed(product)
    inner = _inverse_gaps(s, squares=True) * turn[..., :count, :count] * on_diagonal(s)
    if has > count:
        inner = ops.concatenate([inner, turn[..., count:, :count] / on_diagonal(s)], -2)
    left = ops.matmul(u, inner)
    if u.shape[-2] > has:
        left = left + (g - ops.matmul(u, product)) / on_diagonal(s)
    return ops.matmul(left, vh[..., :count, :])


def _left_rule(g: Tensor, results: tuple[Tensor, ...], x: Tensor) -> Tensor:
    return _left_gradient(g, *results)


def _singular_values_rule(g: Tensor, results: tuple[Tensor, ...], x: Tensor) -> Tensor:
    u, s, vh = results
    count = s.shape[-1]
    return ops.matmul(u[..., :count] * on_diagonal(g), vh[..., :count, :])


def _right_rule(g: Tensor, results: tuple[Tensor, ...], x: Tensor) -> Tensor:
    u, s, vh = results
    # The left vectors of the transposed matrix.
    return transposed(_left_gradient(transposed(g), transposed(vh), s, transposed(u)))


_svd = Primitive(
    name="svd",
    shape=lambda x, full: packed_shape(x, _svd_shapes(x, full)),
    reference=finitely(lambda x, full: packed(np.linalg.svd(x, full), x.shape[:-2])),
    vjp=(NO_GRADIENT,),  # each result has its own, see `in_parts`
    lower=Host(SEQUENTIAL),
)


def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Singular values, descending, and singular vectors: `x = u @ diag(s) @ vh`.

    Args:
        x: of shape (..., m, n).
        full_matrices: whether `u` and `vh` are square; else they have as many vectors as there
            are singular values, k, the lesser of m and n. Gradients of the vectors beyond k are
            one choice of many: use them for what all bases of the same space have in common.
        compute_uv: whether the vectors are wanted, too.

    Returns:
        u of shape (..., m, m) or (..., m, k), s of shape (..., k), and vh of shape (..., n, n) or
        (..., k, n); s alone without `compute_uv`.

    Raises:
        TypeError: for half floats.
        ValueError: for fewer than two axes.

    Example:
        >>> ops.svd([[0.0, 2.0], [1.0, 0.0]], compute_uv=False).tolist()
        [2.0, 1.0]
    """
    tensor = real_matrices(x)
    full = full_matrices and compute_uv
    rules = (_left_rule, _singular_values_rule, _right_rule)
    u, s, vh = in_parts(_svd, tensor, _svd_shapes(tensor, full), rules, full=full)
    return (u, s, vh) if compute_uv else s
