"""Tensors put together: `concatenate`, and what is made of it and of broadcasting."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor, promote
from gossamer.tensor import Tensor

# A fragment shader reads at least 16 textures, some of which its target may need for itself.
_MOST_INPUTS = 8


def _concatenate_shape(*specs: TensorSpec, axis: int) -> TensorSpec:
    first = specs[0].shape
    if any(
        len(spec.shape) != len(first)
        or spec.shape[:axis] + spec.shape[axis + 1 :] != first[:axis] + first[axis + 1 :]
        for spec in specs
    ):
        listed = ", ".join(str(spec.shape) for spec in specs)
        raise ValueError(f"Expected shapes that are equal but for axis {axis}. Received: {listed}")
    size = sum(spec.shape[axis] for spec in specs)
    return TensorSpec((*first[:axis], size, *first[axis + 1 :]), specs[0].dtype)


def _concatenate_vjp(which: int, g: Tensor, out: Tensor, *inputs: Tensor, axis: int) -> Tensor:
    starts = [0] * out.ndim
    starts[axis] = sum(x.shape[axis] for x in inputs[:which])
    return ops.slice(g, starts, inputs[which].shape)


def _concatenate_lower(*specs: TensorSpec, axis: int) -> Map:
    *inputs, out = specs
    where = index.axes(len(out.shape))
    dtype = COMPUTE_DTYPE[out.dtype]
    loads, ends = [], []
    before: expr.Expr = index.ZERO
    for k in range(len(inputs)):
        at = (*where[:axis], where[axis] - before, *where[axis + 1 :])
        loads.append(expr.load(k, at, dtype))
        before = before + expr.in_dim(k, axis)
        ends.append(before)
    body = loads.pop()
    for load, end in zip(reversed(loads), reversed(ends[:-1]), strict=True):
        body = expr.select(where[axis] < end, load, body)
    return Map(inputs=tuple(inputs), output=out, body=body)


_concatenate = Primitive(
    name="concatenate",
    shape=_concatenate_shape,
    reference=lambda *arrays, axis: np.concatenate(arrays, axis),
    vjp=_concatenate_vjp,
    lower=_concatenate_lower,
    of_complex=ALIKE,
)


def concatenate(xs: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors along an axis that they have.

    Args:
        xs: tensors whose shapes are equal but for that axis.
        axis: the axis.

    Raises:
        ValueError: for no tensors, other shapes, or an axis that is not there.

    Example:
        >>> ops.concatenate([[1, 2], [3]]).tolist()
        [1, 2, 3]
    """
    if len(xs) == 0:
        raise ValueError("Expected at least one tensor to join. Received: xs=[]")
    tensors = promote(*[as_tensor(x) for x in xs])
    along = normalize_axis(axis, tensors[0].ndim)
    while len(tensors) > 1:
        tensors = tuple(
            bind(_concatenate, *group, axis=along) if len(group) > 1 else group[0]
            for group in (
                tensors[i : i + _MOST_INPUTS] for i in range(0, len(tensors), _MOST_INPUTS)
            )
        )
    return tensors[0]


def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """`x2` after `x1` along an axis; both flat for None.

    Example:
        >>> ops.append([1, 2], [[3], [4]]).tolist()
        [1, 2, 3, 4]
    """
    if axis is None:
        return concatenate([ops.ravel(x1), ops.ravel(x2)])
    return concatenate([x1, x2], axis)


def stack(x: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors of one shape along a new axis.

    Args:
        x: the tensors.
        axis: where the result has the new axis.

    Raises:
        ValueError: for no tensors, unequal shapes, or an axis that is not there.

    Example:
        >>> ops.stack([[1, 2], [3, 4]], axis=1).tolist()
        [[1, 3], [2, 4]]
    """
    tensors = [as_tensor(one) for one in x]
    if len({tensor.shape for tensor in tensors}) != 1:
        listed = [tensor.shape for tensor in tensors]
        raise ValueError(f"Expected tensors of one shape to stack. Received: {listed}")
    along = normalize_axis(axis, tensors[0].ndim + 1)
    return concatenate([ops.expand_dims(tensor, along) for tensor in tensors], along)


def vstack(xs: Sequence[Any]) -> Tensor:
    """Join along the first axis; vectors count as rows.

    Example:
        >>> ops.vstack([[1, 2], [3, 4]]).tolist()
        [[1, 2], [3, 4]]
    """
    tensors = [as_tensor(x) for x in xs]
    rows = [ops.reshape(x, (1, -1)) if x.ndim < 2 else x for x in tensors]
    return concatenate(rows, 0)


def hstack(xs: Sequence[Any]) -> Tensor:
    """Join along the second axis; vectors along their only one.

    Example:
        >>> ops.hstack([[1, 2], [3]]).tolist()
        [1, 2, 3]
    """
    tensors = [as_tensor(x) for x in xs]
    lifted = [ops.reshape(x, (1,)) if x.ndim == 0 else x for x in tensors]
    return concatenate(lifted, 0 if not lifted or lifted[0].ndim == 1 else 1)


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Repeat each element in place.

    Args:
        x: the tensor.
        repeats: how often; or how often each element along the axis.
        axis: the axis; the flat tensor is repeated for None.

    Raises:
        ValueError: for a number of repeats that does not fit the axis.

    Example:
        >>> ops.repeat([1, 2], 2).tolist()
        [1, 1, 2, 2]
    """
    tensor = as_tensor(x)
    if axis is None:
        return repeat(ops.ravel(tensor), repeats, 0)
    along = normalize_axis(axis, tensor.ndim)
    length = tensor.shape[along]
    counts = np.asarray(repeats).reshape(-1)
    if len(counts) not in (1, length) or counts.dtype.kind not in "iu" or counts.min(initial=0) < 0:
        raise ValueError(
            f"Expected a count from 0 on, or one for each of {length} elements. "
            f"Received: repeats={repeats}"
        )
    if len(counts) == length != 1:
        return ops.take(tensor, np.repeat(np.arange(length), counts), along)
    # The copies are an axis of their own, for which the gradient is a sum and no scatter.
    copies = ops.expand_dims(tensor, along + 1)
    shape = (*tensor.shape[: along + 1], int(counts[0]), *tensor.shape[along + 1 :])
    merged = (*tensor.shape[:along], length * int(counts[0]), *tensor.shape[along + 1 :])
    return ops.reshape(ops.broadcast_to(copies, shape), merged)


def tile(x: Any, repeats: Any) -> Tensor:
    """Repeat the whole tensor along its axes; missing axes are added in front.

    Args:
        x: the tensor.
        repeats: how often, for each axis; a number is for the last.

    Raises:
        ValueError: for a negative number.

    Example:
        >>> ops.tile([1, 2], 2).tolist()
        [1, 2, 1, 2]
    """
    tensor = as_tensor(x)
    given = repeats if isinstance(repeats, Sequence | np.ndarray) else (repeats,)
    counts = tuple(operator.index(count) for count in given)
    if min(counts, default=0) < 0:
        raise ValueError(f"Expected counts from 0 on. Received: repeats={repeats}")
    rank = max(tensor.ndim, len(counts))
    counts = (1,) * (rank - len(counts)) + counts
    shape = (1,) * (rank - tensor.ndim) + tensor.shape
    apart = [size for one in shape for size in (1, one)]
    copies = [size for pair in zip(counts, shape, strict=True) for size in pair]
    merged = tuple(count * size for count, size in zip(counts, shape, strict=True))
    return ops.reshape(ops.broadcast_to(ops.reshape(tensor, apart), copies), merged)
