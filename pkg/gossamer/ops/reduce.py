"""Reductions over axes: sum, product, extremes, and what is composed of them.

A reduction primitive takes `axes` in ascending order and drops them; `keepdims` is a reshape.
"""

from collections.abc import Callable
from math import prod as product
from typing import Any, NamedTuple

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, NO_GRADIENT, Primitive, Rule, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Reduce, TensorSpec
from gossamer.ops.axes import keepdims_shape, normalize_axes, normalize_axis
from gossamer.ops.convert import as_tensor, floating
from gossamer.tensor import Tensor

Axis = Any


class Folding(NamedTuple):
    """How a tensor is folded over axes, neighbouring ones merged.

    Attributes:
        source: its shape.
        kept: the result's, with 1 for what is folded.
        where: the coordinates of an element.
        over: the sizes of the folded axes.
    """

    source: tuple[int, ...]
    kept: tuple[int, ...]
    where: index.Coordinates
    over: tuple[int, ...]


def folding(shape: tuple[int, ...], axes: tuple[int, ...]) -> Folding:
    """The axes of a kernel that folds a tensor of this shape over `axes`."""
    source, kept = index.merge_axes(shape, keepdims_shape(shape, axes))
    where: list[expr.Expr] = []
    over: list[int] = []
    # Of a fold of everything axes of size 1 are part, so that all such folds are one kernel.
    total = set(kept) == {1}
    for i, (size, left) in enumerate(zip(source, kept, strict=True)):
        if size == left and not total:
            where.append(expr.axis(i) if size != 1 else index.ZERO)
        else:
            where.append(expr.reduce_axis(len(over)))
            over.append(size)
    return Folding(source, kept, tuple(where), tuple(over) or (1,))


# How many elements are folded into one; the kernel is given the number when it runs.
COUNT = expr.uniform(("static", "count"), expr.FLOAT)


def count_over(shape: tuple[int, ...], axes: tuple[int, ...]) -> float:
    """How many elements of a tensor of this shape are folded into one."""
    return float(product(shape[i] for i in axes))


def _reduction(
    name: str, reference: Callable[..., Any], combine: str, vjp: Rule, result: str | None = None,
    is_mean: bool = False, of_complex: str | None = None,
) -> Primitive:  # fmt: skip
    def shape(x: TensorSpec, axes: tuple[int, ...]) -> TensorSpec:
        kept = tuple(size for i, size in enumerate(x.shape) if i not in axes)
        return TensorSpec(kept, result or x.dtype)

    def lower(x: TensorSpec, out: TensorSpec, axes: tuple[int, ...]) -> Reduce:
        source, kept, where, over = folding(x.shape, axes)
        dtype = COMPUTE_DTYPE[x.dtype]
        total = expr.accumulator(expr.INT if combine.startswith("arg") else dtype)
        return Reduce(
            inputs=(TensorSpec(source, x.dtype),),
            output=TensorSpec(kept, out.dtype),
            body=expr.load(0, where, dtype),
            combine=combine,
            over=over,
            epilogue=total / COUNT if is_mean else total,
            values={COUNT.attr: count_over(x.shape, axes)} if is_mean else {},
        )

    return Primitive(
        name=name,
        shape=shape,
        reference=lambda x, axes: reference(x, axes),
        vjp=(vjp,),
        lower=lower,
        of_complex=of_complex,
    )


def stretch(x: Tensor, like: Tensor, axes: tuple[int, ...]) -> Tensor:
    """A reduced tensor back at the shape of what it was reduced from."""
    return ops.broadcast_to(ops.reshape(x, keepdims_shape(like.shape, axes)), like.shape)


def _extreme_vjp(g: Tensor, y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Tensor:
    # Equal extremes share the cotangent, as in JAX: the gradient stays a subgradient.
    hit = ops.cast(ops.equal(x, ops.reshape(y, keepdims_shape(x.shape, axes))), g.dtype)
    return stretch(g / bind(_sum, hit, axes=axes), x, axes) * hit


def _prod_vjp(g: Tensor, y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Tensor:
    # Not y / x, which has no value where x is 0.
    kept = tuple(i for i in range(x.ndim) if i not in axes)
    order = (*kept, *axes)
    moved = ops.transpose(x, order)
    flat = ops.reshape(moved, (*y.shape, product(x.shape[i] for i in axes)))
    others = ops.transpose(ops.reshape(_others(flat), moved.shape), np.argsort(order).tolist())
    return stretch(g, x, axes) * others


def _others(x: Tensor) -> Tensor:
    """For each element the product of all others along the last axis, without a quotient.

    Pairs are multiplied, then pairs of pairs; on the way back each takes its partner's part. So
    the gradients of this gradient are exact too, where elements are 0.
    """
    count = x.shape[-1]
    if count < 2:
        return ops.ones_like(x)
    half = (count + 1) // 2
    first = x[..., :half]
    second = ops.pad(
        x[..., half:], [(0, 0)] * (x.ndim - 1) + [(0, 2 * half - count)], "constant", 1
    )
    rest = _others(first * second)
    return ops.concatenate([rest * second, (rest * first)[..., : count - half]], -1)


def _exact_sum(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    return np.sum(x, axis=axes, dtype=x.dtype)


def _mean_reference(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    return _exact_sum(x, axes) / x.dtype.type(count_over(x.shape, axes))


def _arg(function: Callable[..., Any]) -> Callable[..., Any]:
    def reference(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
        moved = np.moveaxis(x, axes, range(-len(axes), 0))
        return function(moved.reshape(*moved.shape[: x.ndim - len(axes)], -1), axis=-1)

    return reference


_sum = _reduction(
    "sum", _exact_sum, "add", lambda g, y, x, axes: stretch(g, x, axes), of_complex=ALIKE,
)  # fmt: skip
_mean = _reduction(
    "mean",
    _mean_reference,
    "add",
    lambda g, y, x, axes: stretch(g / count_over(x.shape, axes), x, axes),
    is_mean=True,
    of_complex=ALIKE,
)
_prod = _reduction("prod", lambda x, axes: np.prod(x, axis=axes, dtype=x.dtype), "mul", _prod_vjp)
# For bools the largest is whether any is true, and the smallest whether all are.
_max = _reduction(
    "max",
    lambda x, axes: (np.any if x.dtype == bool else np.max)(x, axis=axes),
    "max",
    _extreme_vjp,
)
_min = _reduction(
    "min",
    lambda x, axes: (np.all if x.dtype == bool else np.min)(x, axis=axes),
    "min",
    _extreme_vjp,
)
_argmax = _reduction("argmax", _arg(np.argmax), "argmax", NO_GRADIENT, result="int32")
_argmin = _reduction("argmin", _arg(np.argmin), "argmin", NO_GRADIENT, result="int32")


def _reduce(primitive: Primitive, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    axes = normalize_axes(axis, x.ndim)
    reduced = bind(primitive, x, axes=axes) if axes else _over_nothing(primitive, x)
    return ops.reshape(reduced, keepdims_shape(x.shape, axes)) if keepdims else reduced


def _over_nothing(primitive: Primitive, x: Tensor) -> Tensor:
    """A reduction over no axes keeps every element, but for its dtype."""
    return ops.reshape(bind(primitive, ops.reshape(x, (*x.shape, 1)), axes=(x.ndim,)), x.shape)


def _wide(x: Any) -> Tensor:
    """Integers narrower than 32 bits, and bools, as the 32-bit type that sums of them take."""
    tensor = as_tensor(x)
    wider = {
        "bool": "int32",
        "int8": "int32",
        "int16": "int32",
        "uint8": "uint32",
        "uint16": "uint32",
    }
    return as_tensor(tensor, wider.get(tensor.dtype, tensor.dtype))


def _not_empty(x: Tensor, axis: Axis, name: str) -> None:
    if product(x.shape[i] for i in normalize_axes(axis, x.ndim)) == 0:
        raise ValueError(f"Expected elements to take the {name} of. Received: shape={x.shape}")


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Sum over axes; over all of them if `axis` is None. Small integers give 32-bit sums.

    Args:
        x: of any shape.
        axis: an axis or several.
        keepdims: keep the reduced axes, with size 1.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.sum([[1.0, 2.0], [3.0, 4.0]], axis=0).tolist()
        [4.0, 6.0]
    """
    return _reduce(_sum, _wide(x), axis, keepdims)


def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """Product over axes; over all of them if `axis` is None.

    Example:
        >>> ops.prod([[1.0, 2.0], [3.0, 4.0]]).item()
        24.0
    """
    return _reduce(_prod, _wide(x) if dtype is None else as_tensor(x, dtype), axis, keepdims)


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Mean over axes: `sum(x) / count`; integers give floats.

    Example:
        >>> ops.mean([[1.0, 2.0], [3.0, 4.0]], axis=1).tolist()
        [1.5, 3.5]
    """
    return _reduce(_mean, floating(x), axis, keepdims)


def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """Largest element over axes; NaN if there is one.

    Raises:
        ValueError: if there are no elements and no `initial`.

    Example:
        >>> ops.max([[1.0, 5.0], [3.0, 4.0]], axis=0).tolist()
        [3.0, 5.0]
    """
    return _extreme(_max, x, axis, keepdims, initial, ops.maximum)


def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """Smallest element over axes; NaN if there is one.

    Raises:
        ValueError: if there are no elements and no `initial`.

    Example:
        >>> ops.min([[1.0, 5.0], [3.0, 4.0]], axis=0).tolist()
        [1.0, 4.0]
    """
    return _extreme(_min, x, axis, keepdims, initial, ops.minimum)


def _extreme(
    primitive: Primitive, x: Any, axis: Axis, keepdims: bool, initial: Any, limit: Any
) -> Tensor:
    tensor = as_tensor(x)
    axes = normalize_axes(axis, tensor.ndim)
    if initial is not None and product(tensor.shape[i] for i in axes) == 0:
        kept = tuple(size for i, size in enumerate(tensor.shape) if i not in axes)
        shape = keepdims_shape(tensor.shape, axes) if keepdims else kept
        return ops.broadcast_to(as_tensor(initial, tensor.dtype, tensor.backend), shape)
    _not_empty(tensor, axis, primitive.name)
    reduced = _reduce(primitive, tensor, axis, keepdims)
    return (
        reduced
        if initial is None
        else limit(reduced, as_tensor(initial, tensor.dtype, tensor.backend))
    )


def amax(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Another name of `max`.

    Example:
        >>> ops.amax([1, 3, 2]).item()
        3
    """
    return max(x, axis, keepdims)


def amin(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Another name of `min`.

    Example:
        >>> ops.amin([3, 1, 2]).item()
        1
    """
    return min(x, axis, keepdims)


def any(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether any element is true (not zero) over axes.

    Example:
        >>> ops.any([[True, False], [False, False]], axis=1).tolist()
        [True, False]
    """
    return _reduce(_max, as_tensor(x, "bool"), axis, keepdims)


def all(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether all elements are true (not zero) over axes.

    Example:
        >>> ops.all([[True, True], [True, False]], axis=1).tolist()
        [True, False]
    """
    return _reduce(_min, as_tensor(x, "bool"), axis, keepdims)


def count_nonzero(x: Any, axis: Axis = None) -> Tensor:
    """How many elements are not zero over axes, int32; over all of them if `axis` is None.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.count_nonzero([[0, 1], [2, 3]], axis=1).tolist()
        [1, 2]
    """
    return sum(as_tensor(x, "bool"), axis)


def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Index of the first largest element along an axis, int32; of the flat tensor for None.

    Raises:
        ValueError: if there are no elements.

    Example:
        >>> ops.argmax([[1.0, 5.0], [3.0, 4.0]], axis=1).tolist()
        [1, 1]
    """
    return _arg_extreme(_argmax, x, axis, keepdims)


def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Index of the first smallest element along an axis, int32; of the flat tensor for None.

    Raises:
        ValueError: if there are no elements.

    Example:
        >>> ops.argmin([[1.0, 5.0], [3.0, 4.0]], axis=1).tolist()
        [0, 0]
    """
    return _arg_extreme(_argmin, x, axis, keepdims)


def _arg_extreme(primitive: Primitive, x: Any, axis: int | None, keepdims: bool) -> Tensor:
    tensor = as_tensor(x)
    if tensor.dtype == "bool":
        tensor = as_tensor(tensor, "int32")
    single = None if axis is None else normalize_axis(axis, tensor.ndim)
    _not_empty(tensor, single, primitive.name)
    return _reduce(primitive, tensor, single, keepdims)


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`log(sum(exp(x)))` over axes, without overflow: the maximum is taken out first.

    Example:
        >>> round(ops.logsumexp([1000.0, 1000.0]).item(), 3)
        1000.693
    """
    tensor = floating(x)
    largest = ops.stop_gradient(max(tensor, axis, keepdims=True))
    # An infinite maximum would make inf - inf; the shift may be anything finite instead.
    shift = ops.where(ops.isfinite(largest), largest, 0.0)
    total = ops.log(sum(ops.exp(tensor - shift), axis, keepdims=True)) + shift
    axes = normalize_axes(axis, tensor.ndim)
    kept = tuple(size for i, size in enumerate(tensor.shape) if i not in axes)
    return total if keepdims else ops.reshape(total, kept)
