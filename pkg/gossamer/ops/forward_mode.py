"""Derivatives along a direction."""

from collections.abc import Callable, Sequence
from typing import Any

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.snapshots import snapshots
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import as_tensor, identity
from gossamer.tensor import Tensor
from gossamer.tree import flatten, map_structure, unflatten


def jvp(
    fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False
) -> tuple[Any, ...]:
    """A function's value, and its derivative along a direction: the Jacobian times a vector.

    Args:
        fun: takes tensors or structures of them, and returns one; with `has_aux`, a pair of it
            and anything else.
        primals: a tuple or list of the arguments.
        tangents: the direction: a tuple or list of the same form.
        has_aux: whether `fun` returns a pair.

    Returns:
        The value, the derivative, which is alike in form, and with `has_aux` the rest.

    Raises:
        TypeError: for arguments that are no floats, and tangents of another form or dtype.
        ValueError: for tangents of another shape.

    Example:
        >>> value, derivative = ops.jvp(ops.square, (3.0,), (1.0,))
        >>> value.item(), derivative.item()
        (9.0, 6.0)
    """
    if not autodiff.tapes:
        snapshots.take_if_due()
    leaves, directions = _leaves(primals, tangents)
    # Reverse mode twice: what the gradient rules make of a cotangent u is J^T u, linear in u, and
    # computed by public ops; so the gradient of <J^T u, t> for u is J t. Right for every op whose
    # gradient has a gradient, with no rules of its own, at the cost of both backward passes. The
    # value of u does not matter; nothing of the first backward pass is used but what it did.
    first = autodiff.Tape(watches_variables=False)
    for leaf in leaves:
        first.watch(leaf)
    autodiff.tapes.append(first)
    try:
        returned = fun(*unflatten(tuple(primals), leaves))
    finally:
        autodiff.tapes.remove(first)
    value, aux = returned if has_aux else (returned, None)
    value = map_structure(as_tensor, value)
    outputs = flatten(value)
    cotangents = [ops.zeros_like(output) for output in outputs]
    second = autodiff.Tape(watches_variables=False)
    for cotangent in cotangents:
        second.watch(cotangent)
    autodiff.tapes.append(second)
    try:
        pulled = first.gradient(list(zip(outputs, cotangents, strict=True)), leaves)
    finally:
        autodiff.tapes.remove(second)
    pairs = [(x, along) for x, along in zip(pulled, directions, strict=True) if x is not None]
    pushed = [
        ops.zeros_like(output) if found is None else found
        for output, found in zip(outputs, second.gradient(pairs, cotangents), strict=True)
    ]
    derivative = unflatten(value, pushed)
    return (value, derivative, aux) if has_aux else (value, derivative)


def _leaves(primals: Any, tangents: Any) -> tuple[list[Tensor], list[Tensor]]:
    """The tensors to differentiate, each a node of its own, and their tangents."""
    for given in (primals, tangents):
        if not isinstance(given, list | tuple):
            raise TypeError(
                "Expected a tuple or list of primals, and one of tangents. "
                f"Received: {type(primals).__name__} and {type(tangents).__name__}"
            )
    if _form(list(primals)) != _form(list(tangents)):
        raise TypeError(
            "Expected tangents of the same form as the primals. "
            f"Received: primals={primals}, tangents={tangents}"
        )
    leaves = [identity(x) for x in flatten(primals)]
    directions = [
        as_tensor(x, backend=leaf.backend)
        for x, leaf in zip(flatten(tangents), leaves, strict=True)
    ]
    for leaf, direction in zip(leaves, directions, strict=True):
        if leaf.dtype not in FLOATS or direction.dtype != leaf.dtype:
            raise TypeError(
                "Expected floats to differentiate, and tangents of the same dtype. "
                f"Received: {leaf.dtype} and {direction.dtype}"
            )
        if leaf.shape != direction.shape:
            raise ValueError(
                "Expected tangents of the same shapes as the primals. "
                f"Received: {leaf.shape} and {direction.shape}"
            )
    return leaves, directions


def _form(structure: Sequence[Any]) -> Any:
    """The structure without its leaves, to be compared."""
    return map_structure(lambda leaf: None, structure)
