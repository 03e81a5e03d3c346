"""The machinery of elementwise primitives: a row names the function, its kernel, its gradient.

Broadcasting is part of every elementwise primitive, so that `x + bias` is one kernel; the gradient
of a broadcast operand is summed back to the operand's shape here, once for all rows.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import NO_GRADIENT, Primitive, Rule, bind
from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.tensor import Tensor


def broadcast_shapes(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that all of them broadcast to.

    Raises:
        ValueError: if there is none.
    """
    rank = max(map(len, shapes))
    result = []
    for sizes in zip(*[(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes], strict=True):
        wanted = {size for size in sizes if size != 1}
        if len(wanted) > 1:
            listed = ", ".join(map(str, shapes))
            raise ValueError(f"Expected shapes that broadcast together. Received: {listed}")
        result.append(wanted.pop() if wanted else 1)
    return tuple(result)


def sum_to_shape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Undo a broadcast: sum over the axes along which `shape` was stretched to `x.shape`."""
    if x.shape == shape:
        return x
    added = x.ndim - len(shape)
    stretched = [
        i for i in range(x.ndim)
        if i < added or (shape[i - added] == 1 and x.shape[i] != 1)
    ]  # fmt: skip
    return ops.reshape(ops.sum(x, axis=stretched) if stretched else x, shape)


def elementwise(
    name: str,
    reference: Callable[..., Any],
    body: Callable[..., Expr],
    vjp: tuple[Rule, ...],
    result: str | None = None,
    of_complex: str | Callable[..., Tensor] | None = None,
    neutral: tuple[float | None, ...] = (),
) -> Callable[..., Tensor]:
    """Define an elementwise primitive, and return the function that applies it.

    Args:
        name: the primitive's name.
        reference: the NumPy function.
        body: from one loaded element of each input to the output's element.
        vjp: one rule an input, for operands of equal shape.
        result: the result's dtype; that of the last input if None.
        of_complex, neutral: as in `Primitive`.
    """

    def shape(*specs: TensorSpec) -> TensorSpec:
        return TensorSpec(
            broadcast_shapes(*[spec.shape for spec in specs]), result or specs[-1].dtype
        )

    def lower(*specs: TensorSpec) -> Map:
        *inputs, output = specs
        rank = len(output.shape)
        aligned = [(1,) * (rank - len(spec.shape)) + spec.shape for spec in specs]
        *merged, out_shape = index.merge_axes(*aligned)
        where = index.axes(len(out_shape))
        loads = [
            expr.load(k, index.broadcast(where, size), COMPUTE_DTYPE[spec.dtype])
            for k, (size, spec) in enumerate(zip(merged, inputs, strict=True))
        ]
        return Map(
            inputs=tuple(
                TensorSpec(size, spec.dtype) for size, spec in zip(merged, inputs, strict=True)
            ),
            output=TensorSpec(out_shape, output.dtype),
            body=expr.cast(body(*loads), COMPUTE_DTYPE[output.dtype]),
        )

    primitive = Primitive(
        name=name,
        shape=shape,
        reference=reference,
        vjp=tuple(_summed(rule, which) for which, rule in enumerate(vjp)),
        lower=lower,
        of_complex=of_complex,
        neutral=neutral,
    )
    if len(vjp) == 1:
        return lambda x: bind(primitive, x)
    return lambda *inputs: bind(primitive, *inputs)


def _summed(rule: Rule, which: int) -> Rule:
    """The rule, its result summed to the operand's shape."""
    if rule is NO_GRADIENT:
        return NO_GRADIENT

    def summed(g: Tensor, out: Tensor, *inputs: Tensor) -> Tensor:
        return sum_to_shape(rule(g, out, *inputs), inputs[which].shape)

    return summed


def in_float64(function: Callable[[float], float]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of Python floats, for arrays: for what NumPy lacks."""
    return np.vectorize(function, otypes=[np.float64])
