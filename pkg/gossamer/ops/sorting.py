"""Sorting: the order of elements along an axis, and what is read in that order.

Only the order is computed by a kernel of its own. Values are gathered, so that gradients of every
order flow through the gather.
"""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import NO_GRADIENT, Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.sort import in_order
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, Reduce, Sort, TensorSpec
from gossamer.ops.axes import keepdims_shape, normalize_axis
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.places import gather
from gossamer.tensor import Tensor


def _argsort_reference(x: np.ndarray, axis: int, count: int, descending: bool) -> np.ndarray:
    keys = x
    if descending:
        # Equal keys have equal numbers, whose negatives are in the reverse order; NaN is greatest.
        keys = -np.unique(x, return_inverse=True)[1].reshape(x.shape)
    order = np.argsort(keys, axis, kind="stable")
    return np.take(order, range(count), axis).astype(np.int32)


def _argsort_lower(
    x: TensorSpec, out: TensorSpec, axis: int, count: int, descending: bool
) -> Sort | Map:
    kept = keepdims_shape(x.shape, (axis,))
    if x.shape[axis] == 1:
        (merged,) = index.merge_axes(out.shape)
        return Map(inputs=(x,), output=TensorSpec(merged, out.dtype), body=index.ZERO)
    merged, without, output = index.merge_axes(x.shape, kept, out.shape)
    return Sort(
        inputs=(TensorSpec(merged, x.dtype),),
        output=TensorSpec(output, out.dtype),
        key=expr.load(0, index.axes(len(merged)), COMPUTE_DTYPE[x.dtype]),
        axis=next(i for i, size in enumerate(merged) if size != without[i]),
        length=x.shape[axis],
        descending=descending,
    )


_argsort = Primitive(
    name="argsort",
    shape=lambda x, axis, count, descending: TensorSpec(
        (*x.shape[:axis], count, *x.shape[axis + 1 :]), "int32"
    ),
    reference=_argsort_reference,
    vjp=(NO_GRADIENT,),
    lower=_argsort_lower,
)


def _order(x: Tensor, axis: int, count: int | None = None, descending: bool = False) -> Tensor:
    first = x.shape[axis] if count is None else count
    return bind(_argsort, x, axis=axis, count=first, descending=descending)


def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """The int32 indices that put elements in ascending order along an axis; equal ones stay so.

    NaN comes last, and -0.0 equals 0.0.

    Args:
        x: the tensor.
        axis: the axis; the flat tensor is sorted for None.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.argsort([3, 1, 2]).tolist()
        [1, 2, 0]
    """
    tensor = as_tensor(x)
    if axis is None or tensor.ndim == 0:
        tensor, axis = ops.ravel(tensor), 0
    return _order(tensor, normalize_axis(axis, tensor.ndim))


def sort(x: Any, axis: int | None = -1) -> Tensor:
    """The elements in ascending order along an axis; NaN comes last.

    Args:
        x: the tensor.
        axis: the axis; the flat tensor is sorted for None.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.sort([[3, 1, 2], [6, 5, 4]]).tolist()
        [[1, 2, 3], [4, 5, 6]]
    """
    tensor = as_tensor(x)
    if axis is None:
        tensor, axis = ops.ravel(tensor), 0
    along = normalize_axis(axis, tensor.ndim)
    return gather(tensor, _order(tensor, along), along, wrap=False)


def argpartition(x: Any, kth: int, axis: int | None = -1) -> Tensor:
    """Indices that put the `kth` element in its place in order, less before it, more after it.

    All others are in order, too.

    Args:
        x: the tensor.
        kth: the place, or a sequence of places.
        axis: the axis; the flat tensor is sorted for None.

    Raises:
        ValueError: for a place or an axis that is not there.

    Example:
        >>> ops.argpartition([3, 1, 2], 1)[1].item()
        2
    """
    order = argsort(x, axis)
    for place in np.ravel(kth):
        normalize_axis(place, order.shape[0 if axis is None else axis])
    return order


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The `k` greatest elements along the last axis, greatest first, and their int32 indices.

    NaN is greater than every number; of equal elements the earlier one comes first.

    Args:
        x: the tensor.
        k: how many.
        sorted: whether they must be in order; they always are.

    Raises:
        ValueError: for more elements than there are, or a tensor without axes.

    Example:
        >>> values, indices = ops.top_k([5, 2, 7, 1, 9, 3], 3)
        >>> values.tolist(), indices.tolist()
        ([9, 7, 5], [4, 2, 0])
    """
    tensor = as_tensor(x)
    if tensor.ndim == 0 or not 0 <= k <= tensor.shape[-1]:
        raise ValueError(
            f"Expected k from 0 to the size of the last axis. "
            f"Received: k={k}, x.shape={tensor.shape}"
        )
    order = _order(tensor, tensor.ndim - 1, k, descending=True)
    return gather(tensor, order, tensor.ndim - 1, wrap=False), order


def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether fewer than `k` predictions of a row are greater than that of its target.

    Args:
        targets: integer labels, of shape (batch,).
        predictions: of shape (batch, classes); one that is NaN is less than all others.
        k: how many predictions count as the top.

    Raises:
        TypeError: for targets that are no integers.
        ValueError: for shapes that do not fit.

    Example:
        >>> ops.in_top_k([1, 0], [[0.1, 0.4, 0.9], [0.1, 0.4, 0.9]], 2).tolist()
        [True, False]
    """
    given = floating(predictions)
    labels = as_tensor(targets, backend=given.backend)
    if labels.shape != given.shape[:-1]:
        raise ValueError(
            "Expected targets of the predictions' shape without the classes. "
            f"Received: targets.shape={labels.shape}, predictions.shape={given.shape}"
        )
    own = ops.take_along_axis(given, ops.expand_dims(labels, -1), -1)
    own = ops.where(ops.isnan(own), -np.inf, own)
    return ops.count_nonzero(ops.greater(given, own), axis=-1) < k


def _searchsorted_reference(sequence: np.ndarray, values: np.ndarray, right: bool) -> np.ndarray:
    return np.searchsorted(sequence, values, "right" if right else "left").astype(np.int32)


def _searchsorted_lower(
    sequence: TensorSpec, values: TensorSpec, out: TensorSpec, right: bool
) -> Reduce:
    (merged,) = index.merge_axes(values.shape)
    own = index.broadcast(index.axes(len(merged)), merged)
    dtype = COMPUTE_DTYPE[values.dtype]
    wanted = in_order(expr.load(1, own, dtype), descending=False)
    size = sequence.shape[0]
    bits = size.bit_length()
    highest = ("static", "highest bit of the size")
    found = expr.accumulator(expr.INT)
    more = found + (expr.uniform(highest) >> expr.reduce_axis(0))
    last = in_order(expr.load(0, (more - 1,), dtype), descending=False)
    before = last <= wanted if right else last < wanted
    return Reduce(
        inputs=(sequence, TensorSpec(merged, values.dtype)),
        output=TensorSpec(merged, out.dtype),
        body=expr.select((more <= expr.in_dim(0, 0)) & before, more, found),
        combine="step",
        over=(bits,),
        epilogue=found,
        values={highest: 1 << (bits - 1)},
    )


_searchsorted = Primitive(
    name="searchsorted",
    shape=lambda sequence, values, right: TensorSpec(values.shape, "int32"),
    reference=_searchsorted_reference,
    vjp=(NO_GRADIENT, NO_GRADIENT),
    lower=_searchsorted_lower,
)


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where to insert values into a sorted sequence so that it stays sorted, int32.

    Args:
        sorted_sequence: of one axis, in ascending order.
        values: of any shape.
        side: `"left"` to insert before equal elements, `"right"` to insert after them.

    Raises:
        ValueError: for a sequence without one axis, or another side.

    Example:
        >>> ops.searchsorted([1, 3, 3, 5], [3, 4]).tolist()
        [1, 3]
    """
    if side not in ("left", "right"):
        raise ValueError(f"Expected the side 'left' or 'right'. Received: side={side!r}")
    sequence, wanted = promote(sorted_sequence, values)
    if sequence.ndim != 1:
        raise ValueError(f"Expected a sequence of one axis. Received: shape={sequence.shape}")
    return bind(_searchsorted, sequence, wanted, right=side == "right")


def digitize(x: Any, bins: Any) -> Tensor:
    """The number of the bin in which each element lies: `bins[i - 1] <= x < bins[i]`, int32.

    Args:
        x: of any shape.
        bins: the ends of bins, of one axis and in ascending order.

    Raises:
        ValueError: for bins without one axis.

    Example:
        >>> ops.digitize([0.0, 1.0, 3.0, 1.6], [0.0, 3.0, 4.5, 7.0]).tolist()
        [1, 1, 2, 1]
    """
    return searchsorted(bins, x, side="right")
