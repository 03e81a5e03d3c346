"""Cumulative sums and products, and what is made of scans.

The gradient of a product is exact where elements are 0, and so are the gradients of the gradient:
no product is divided by an element. It is a linear recurrence, whose gradient is one again.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer import dtypes, ops, tree
from gossamer.core.primitive import Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, Scan, TensorSpec
from gossamer.ops.axes import keepdims_shape, normalize_axis
from gossamer.ops.convert import as_tensor
from gossamer.ops.nan_reduce import without_nan
from gossamer.tensor import Tensor


def _in_order(x: np.ndarray, axis: int, reverse: bool) -> np.ndarray:
    """A view with the axis in front, from that end where the scan begins."""
    return np.moveaxis(x, axis, 0)[:: -1 if reverse else 1]


def _back(x: np.ndarray, axis: int, reverse: bool) -> np.ndarray:
    return np.moveaxis(x[:: -1 if reverse else 1], 0, axis)


def _cumulative(name: str, fold: np.ufunc, combine: str, start: int, vjp: Any) -> Primitive:
    def reference(x: np.ndarray, axis: int, reverse: bool, exclusive: bool) -> np.ndarray:
        ordered = _in_order(x, axis, reverse)
        folded = fold.accumulate(ordered, axis=0, dtype=x.dtype)
        if exclusive:
            folded = np.concatenate([np.full_like(folded[:1], start), folded[:-1]])
        return _back(folded, axis, reverse)

    def lower(x: TensorSpec, out: TensorSpec, axis: int, reverse: bool, exclusive: bool) -> Any:
        return _scan_of((x,), out, axis, combine, reverse, exclusive)

    return Primitive(
        name=name,
        shape=lambda x, axis, reverse, exclusive: x,
        reference=reference,
        vjp=(vjp,),
        lower=lower,
    )


def _scan_of(
    inputs: tuple[TensorSpec, ...], out: TensorSpec, axis: int, combine: str, reverse: bool,
    exclusive: bool = False,
) -> Scan | Map:  # fmt: skip
    """The scan of the first input; a second one is the factor of what comes before."""
    dtype = COMPUTE_DTYPE[out.dtype]
    if out.shape[axis] == 1:
        (merged,) = index.merge_axes(out.shape)
        nothing = expr.const(1 if combine == "mul" else 0, dtype)
        element = expr.load(0, index.broadcast(index.axes(len(merged)), merged), dtype)
        body = nothing if exclusive else element
        given = tuple(TensorSpec(merged, x.dtype) for x in inputs)
        return Map(inputs=given, output=TensorSpec(merged, out.dtype), body=body)
    merged, kept = index.merge_axes(out.shape, keepdims_shape(out.shape, (axis,)))
    own = index.broadcast(index.axes(len(merged)), merged)
    return Scan(
        inputs=tuple(TensorSpec(merged, x.dtype) for x in inputs),
        output=TensorSpec(merged, out.dtype),
        body=expr.load(0, own, dtype),
        factor=expr.load(1, own, dtype) if len(inputs) > 1 else None,
        axis=next(i for i, size in enumerate(merged) if size != kept[i]),
        combine=combine,
        reverse=reverse,
        exclusive=exclusive,
    )


def _cumsum_vjp(
    g: Tensor, out: Tensor, x: Tensor, axis: int, reverse: bool, exclusive: bool
) -> Tensor:
    return bind(_cumsum, g, axis=axis, reverse=not reverse, exclusive=exclusive)


def _cumprod_vjp(
    g: Tensor, out: Tensor, x: Tensor, axis: int, reverse: bool, exclusive: bool
) -> Tensor:
    # What out[i] has of x[k] is the product of all before k, times that of all between k and i.
    # The sum over i of g[i] with the latter is a recurrence from the other end:
    # s[k] = g[k] + x[k + 1] * s[k + 1].
    before = bind(_cumprod, x, axis=axis, reverse=reverse, exclusive=True)
    if exclusive:
        return before * _next(recurrence(g, x, axis, not reverse), axis, reverse)
    return before * recurrence(g, _next(x, axis, reverse), axis, not reverse)


_cumsum = _cumulative("cumsum", np.add, "add", 0, _cumsum_vjp)
_cumprod = _cumulative("cumprod", np.multiply, "mul", 1, _cumprod_vjp)


def _next(x: Tensor, axis: int, reverse: bool) -> Tensor:
    """Each element's successor in the order of a scan; 0 for the last one."""
    if x.shape[axis] == 0:
        return x
    widths = [(int(reverse), int(not reverse)) if i == axis else (0, 0) for i in range(x.ndim)]
    start = 0 if reverse else 1
    return ops.pad(_part(x, axis, start, start + x.shape[axis] - 1), widths)


def _recurrence_reference(
    x: np.ndarray, factors: np.ndarray, axis: int, reverse: bool
) -> np.ndarray:
    out = x.copy()
    ordered, by = _in_order(out, axis, reverse), _in_order(factors, axis, reverse)
    for i in range(1, len(ordered)):
        ordered[i] += np.where(by[i] == 0, 0, by[i] * ordered[i - 1])
    return out


def _recurrence_vjp(
    g: Tensor, out: Tensor, x: Tensor, factors: Tensor, axis: int, reverse: bool
) -> Tensor:
    return recurrence(g, _next(factors, axis, reverse), axis, not reverse)


def _factors_vjp(
    g: Tensor, out: Tensor, x: Tensor, factors: Tensor, axis: int, reverse: bool
) -> Tensor:
    reached = _recurrence_vjp(g, out, x, factors, axis, reverse)
    return reached * _next(out, axis, not reverse)


_recurrence = Primitive(
    name="recurrence",
    shape=lambda x, factors, axis, reverse: x,
    reference=_recurrence_reference,
    vjp=(_recurrence_vjp, _factors_vjp),
    lower=lambda x, factors, out, axis, reverse: _scan_of((x, factors), out, axis, "add", reverse),
)


def recurrence(x: Tensor, factors: Tensor, axis: int, reverse: bool = False) -> Tensor:
    """`out[i] = x[i] + factors[i] * out[i - 1]` along an axis; `out[i + 1]` if `reverse`.

    Where a factor is 0 it begins anew: nothing is left of what came before, not even NaN.
    """
    return bind(_recurrence, x, factors, axis=axis, reverse=reverse)


def cumulative(
    name: str, x: Any, axis: int | None, dtype: Any = None, reverse: bool = False,
    exclusive: bool = False,
) -> Tensor:  # fmt: skip
    """`cumsum` or `cumprod`, also from the end, and of what comes before each element alone."""
    tensor = as_tensor(x)
    wanted = dtypes.canonical(dtypes.standardize_dtype(dtype or tensor.dtype))
    tensor = as_tensor(tensor, "int32" if wanted == "bool" else wanted)
    if axis is None:
        tensor, axis = ops.ravel(tensor), 0
    along = normalize_axis(axis, tensor.ndim)
    primitive = {"cumsum": _cumsum, "cumprod": _cumprod}[name]
    return bind(primitive, tensor, axis=along, reverse=reverse, exclusive=exclusive)


def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """`out[i] = x[0] + ... + x[i]` along an axis; of the flat tensor if `axis` is None.

    Args:
        x: of any shape.
        axis: the axis.
        dtype: cast to this first; to that of `x` if None, and to int32 for bools.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.cumsum([[1, 2], [3, 4]], axis=0).tolist()
        [[1, 2], [4, 6]]
    """
    return cumulative("cumsum", x, axis, dtype)


def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """`out[i] = x[0] * ... * x[i]` along an axis; of the flat tensor if `axis` is None.

    Args:
        x: of any shape.
        axis: the axis.
        dtype: cast to this first; to that of `x` if None, and to int32 for bools.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.cumprod([1.0, 2.0, 3.0]).tolist()
        [1.0, 2.0, 6.0]
    """
    return cumulative("cumprod", x, axis, dtype)


def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """`cumsum` with 0 in place of NaN.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nancumsum([1.0, float("nan"), 2.0]).tolist()
        [1.0, 1.0, 3.0]
    """
    return cumsum(without_nan(x, 0), axis, dtype)


def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """`cumprod` with 1 in place of NaN.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nancumprod([2.0, float("nan"), 3.0]).tolist()
        [2.0, 2.0, 6.0]
    """
    return cumprod(without_nan(x, 1), axis, dtype)


def associative_scan(
    f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """`out[i] = f(out[i - 1], elems[i])` along an axis, for an associative function.

    As `f` is associative, it is applied to many elements at once: log2(n) times in all.

    Args:
        f: of two structures like `elems` gives another one; elementwise along `axis`.
        elems: a tensor, or a structure of tensors of equal size along `axis`.
        reverse: whether the scan begins at the end.
        axis: the axis.

    Raises:
        TypeError: if `f` cannot be called.
        ValueError: for sizes that differ, or an axis that is not there.

    Example:
        >>> ops.associative_scan(ops.maximum, ops.convert_to_tensor([2, 1, 3])).tolist()
        [2, 2, 3]
    """
    if not callable(f):
        raise TypeError(f"Expected a function f. Received: f={f!r}")
    elems = tree.map_structure(as_tensor, elems)
    leaves = tree.flatten(elems)
    sizes = {leaf.shape[normalize_axis(axis, leaf.ndim)] for leaf in leaves}
    if len(sizes) != 1:
        raise ValueError(
            f"Expected elems of one size along axis {axis}. "
            f"Received: shapes {[leaf.shape for leaf in leaves]}"
        )
    size, distance = sizes.pop(), 1

    def part(start: int, stop: int) -> Any:
        return tree.map_structure(lambda x: _part(x, axis, start, stop), elems)

    def turned(structure: Any) -> Any:
        return tree.map_structure(lambda x: ops.flip(x, axis), structure) if reverse else structure

    elems = turned(elems)
    while distance < size:
        # The function may give a tuple for a list: what counts is the order of the leaves.
        folded = tree.flatten(f(part(0, size - distance), part(distance, size)))
        kept = tree.flatten(part(0, distance))
        elems = tree.unflatten(
            elems, [ops.concatenate(pair, axis) for pair in zip(kept, folded, strict=True)]
        )
        distance *= 2
    return turned(elems)


def _part(x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    along = axis % x.ndim
    starts = [start if i == along else 0 for i in range(x.ndim)]
    return ops.slice(x, starts, (*x.shape[:along], stop - start, *x.shape[along + 1 :]))
