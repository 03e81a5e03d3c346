"""What linear algebra shares: checks of matrices, and several results of one computation.

A primitive has one output. A decomposition gives several, so that its primitive lays them side by
side, flat; `in_parts` takes them apart again, and records a gradient rule of its own for each of
them. So the gradient of eigenvalues alone asks nothing of the eigenvectors, which may have none.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.primitive import Primitive, Rule, bind
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.convert import as_tensor, floating
from gossamer.tensor import Tensor

Shape = tuple[int, ...]

# Why the decompositions have no kernel, and solving and determinants with them.
SEQUENTIAL = "each step of the elimination or iteration waits for the one before"


def matrices(x: Any, square: bool = False, half: bool = False) -> Tensor:
    """A floating tensor of matrices, its last two axes.

    Args:
        x: the tensor; integers become floats.
        square: whether they must be square.
        half: whether half floats will do, which no decomposition is precise enough for.

    Raises:
        TypeError: for half floats.
        ValueError: for fewer than two axes, or matrices that are not square.
    """
    tensor = floating(x)
    if tensor.ndim < 2:
        raise ValueError(f"Expected at least two axes. Received: shape={tensor.shape}")
    if square and tensor.shape[-2] != tensor.shape[-1]:
        raise ValueError(f"Expected square matrices. Received: shape={tensor.shape}")
    if tensor.dtype == "float16" and not half:
        raise TypeError(
            f"Expected float32 or wider; cast the matrices to it. Received: dtype={tensor.dtype}"
        )
    return tensor


def real_matrices(x: Any, square: bool = False, half: bool = False) -> Tensor:
    """The same of real numbers only.

    Raises:
        TypeError: for half floats and complex numbers.
        ValueError: for fewer than two axes, or matrices that are not square.
    """
    tensor = matrices(x, square, half)
    if tensor.dtype.startswith("complex"):
        raise TypeError(f"Expected real matrices. Received: dtype={tensor.dtype}")
    return tensor


def transposed(x: Tensor) -> Tensor:
    """Each matrix with its rows and columns exchanged."""
    return ops.swapaxes(x, -1, -2)


def adjoint(x: Tensor) -> Tensor:
    """The same, of complex numbers with conjugate elements."""
    return transposed(ops.conj(x))


def symmetric_part(x: Tensor) -> Tensor:
    """`(x + x^T) / 2`, of each matrix.

    Functions of symmetric matrices begin with it, so that their gradients are symmetric, too.
    """
    return 0.5 * x + 0.5 * transposed(x)


def identity_for(x: Tensor) -> Tensor:
    """The identity matrix with as many rows as `x` has columns, in its dtype and on its backend."""
    return as_tensor(np.eye(x.shape[-1], dtype=x.dtype), x.dtype, x.backend)


def on_diagonal(values: Tensor) -> Tensor:
    """Vectors along the last axis, as factors of the columns of matrices."""
    return ops.expand_dims(values, -2)


def numerically(reference: Callable[..., Any]) -> Callable[..., Any]:
    """A reference by `np.linalg`, whose failures become the user's error.

    NumPy learns of them by the processor's flags, of which WebAssembly has none; but everywhere
    it leaves NaN. NaN of NaN and of infinities is no failure.
    """

    @wraps(reference)
    def refusing(*arrays: np.ndarray, **static: Any) -> Any:
        try:
            result = reference(*arrays, **static)
            failed = np.isnan(result).any() and all(np.isfinite(x).all() for x in arrays)
        except np.linalg.LinAlgError:
            failed = True
        if failed:
            shapes = ", ".join(str(x.shape) for x in arrays)
            raise ValueError(
                "Expected matrices that are not singular where they are inverted, and positive "
                f"definite where they have a root. Received: others, in shape {shapes}"
            )
        return result

    return refusing


def finitely(reference: Callable[..., Any]) -> Callable[..., Any]:
    """A reference that is asked of finite matrices alone: all results of others are NaN."""

    @wraps(reference)
    def masked(x: np.ndarray, **static: Any) -> Any:
        finite = np.isfinite(x).all((-2, -1), keepdims=True)
        result = reference(np.where(finite, x, 0), **static)
        batch = x.shape[:-2]
        return np.where(
            finite.reshape((*batch, *(1,) * (result.ndim - len(batch)))), result, np.nan
        )

    return masked


def packed_shape(x: TensorSpec, shapes: Sequence[Shape], dtype: str | None = None) -> TensorSpec:
    """The spec of several results for each matrix of `x`, of these shapes, side by side."""
    return TensorSpec((*x.shape[:-2], sum(map(prod, shapes))), dtype or x.dtype)


def packed(results: Sequence[np.ndarray], batch: Shape) -> np.ndarray:
    """Several results for each matrix of a batch, side by side."""
    flat = [
        x.reshape((*batch, prod(x.shape[len(batch) :]))).astype(results[0].dtype) for x in results
    ]
    return np.concatenate(flat, -1)


def in_parts(
    primitive: Primitive, x: Tensor, shapes: Sequence[Shape], rules: Sequence[Rule], **static: Any
) -> tuple[Tensor, ...]:
    """The results that a primitive lays side by side, each differentiated by its own rule.

    Args:
        primitive: its output has the results for each matrix of `x` in its last axis.
        x: the matrices.
        shapes: each result's shape, for one matrix.
        rules: one a result, `(g, results, x) -> cotangent of x`; or `NO_GRADIENT`.
        **static: what the primitive is told.
    """
    batch, found, start = x.shape[:-2], [], 0
    with autodiff.paused():
        output = bind(primitive, x, **static)
        for shape in shapes:
            end = start + prod(shape)
            found.append(ops.reshape(output[..., start:end], (*batch, *shape)))
            start = end
    results = tuple(found)
    for result, rule in zip(results, rules, strict=True):
        if rule is not None:
            autodiff.record_rule(_of_results(rule, results), (x,), result, {})
    return results


def _of_results(
    rule: Callable[..., Tensor], results: tuple[Tensor, ...]
) -> Callable[[int], Callable[..., Tensor]]:
    return lambda which: lambda g, out, x: rule(g, results, x)
