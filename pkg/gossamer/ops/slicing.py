"""Parts of tensors and tensors with margins: `slice` and `pad`, each other's gradients.

Both primitives take a step, the pad as elements that it puts between neighbours, so that each can
undo the other. Starts, steps and margins are numbers that a kernel is given, not part of it.
"""

import builtins
import operator
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, Primitive, bind
from gossamer.kernel import expr
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.ops.axes import normalize_axes, normalize_axis, normalize_shape
from gossamer.ops.convert import as_tensor
from gossamer.ops.views import gathered
from gossamer.tensor import Tensor

Numbers = tuple[int, ...]


def _slice_reference(x: np.ndarray, starts: Numbers, sizes: Numbers, steps: Numbers) -> np.ndarray:
    for axis, (start, size, step) in enumerate(zip(starts, sizes, steps, strict=True)):
        x = np.take(x, start + step * np.arange(size), axis) if step < 0 else x[
            (builtins.slice(None),) * axis + (builtins.slice(start, start + step * size, step),)
        ]  # fmt: skip
    return x.copy()


def _slice_vjp(
    g: Tensor, out: Tensor, x: Tensor, starts: Numbers, sizes: Numbers, steps: Numbers
) -> Tensor:
    backwards = [i for i, step in enumerate(steps) if step < 0]
    low, high, inner = [], [], []
    for start, size, step, length in zip(starts, sizes, steps, x.shape, strict=True):
        span = (size - 1) * step if size else 0
        first = 0 if size == 0 else min(start, start + span)
        low.append(first)
        high.append(length - first - (abs(span) + 1 if size else 0))
        inner.append(abs(step) - 1)
    return _pad(flip(g, backwards) if backwards else g, 0, tuple(low), tuple(high), tuple(inner))


def _slice_lower(
    x: TensorSpec, out: TensorSpec, starts: Numbers, sizes: Numbers, steps: Numbers
) -> Map:
    where = []
    values: dict[Hashable, int | float] = {}
    for i, (start, size, step) in enumerate(zip(starts, sizes, steps, strict=True)):
        at = expr.axis(i)
        if (start, size, step) != (0, x.shape[i], 1):
            if step != 1:
                at = at * expr.uniform(("static", f"step{i}"))
                values["static", f"step{i}"] = step
            at = at + expr.uniform(("static", f"start{i}"))
            values["static", f"start{i}"] = start
        where.append(at)
    return gathered(x, out, tuple(where), values)


_slice_primitive = Primitive(
    name="slice",
    shape=lambda x, starts, sizes, steps: TensorSpec(sizes, x.dtype),
    reference=_slice_reference,
    vjp=(_slice_vjp,),
    lower=_slice_lower,
    of_complex=ALIKE,
)


def strided_slice(x: Tensor, starts: Numbers, sizes: Numbers, steps: Numbers) -> Tensor:
    """`out[i] = x[start + i * step]` along every axis; all of it must lie inside of `x`."""
    if sizes == x.shape and all(step == 1 for step in steps):
        return x
    return bind(_slice_primitive, x, starts=starts, sizes=sizes, steps=steps)


def _pad_reference(
    x: np.ndarray, value: np.ndarray, low: Numbers, high: Numbers, inner: Numbers
) -> np.ndarray:
    out = np.full(_padded(x.shape, low, high, inner), value, x.dtype)
    out[
        tuple(
            builtins.slice(before, before + size * (between + 1), between + 1) if size
            else builtins.slice(0, 0)
            for before, size, between in zip(low, x.shape, inner, strict=True)
        )
    ] = x  # fmt: skip
    return out


def _padded(shape: Numbers, low: Numbers, high: Numbers, inner: Numbers) -> Numbers:
    return tuple(
        before + size + max(size - 1, 0) * between + after
        for size, before, after, between in zip(shape, low, high, inner, strict=True)
    )


def _pad_vjp(
    g: Tensor, out: Tensor, x: Tensor, value: Tensor, low: Numbers, high: Numbers, inner: Numbers
) -> Tensor:
    return strided_slice(g, low, x.shape, tuple(between + 1 for between in inner))


def _pad_value_vjp(g: Tensor, out: Tensor, x: Tensor, value: Tensor, **static: Numbers) -> Tensor:
    return ops.sum(g) - ops.sum(_pad_vjp(g, out, x, value, **static))


def _pad_lower(
    x: TensorSpec, value: TensorSpec, out: TensorSpec, low: Numbers, high: Numbers, inner: Numbers
) -> Map:
    dtype = COMPUTE_DTYPE[x.dtype]
    where, inside = [], expr.const(True, expr.BOOL)
    values: dict[Hashable, int | float] = {}
    for i in range(len(x.shape)):
        at = expr.axis(i)
        if low[i] or high[i] or inner[i]:
            values["static", f"low{i}"] = low[i]
            at = at - expr.uniform(("static", f"low{i}"))
            # Before the remainder, which is defined from 0 on: a select needs no order, but the
            # comparison with zero settles what a negative one means.
            inside = inside & (at >= 0)
            if inner[i]:
                values["static", f"step{i}"] = inner[i] + 1
                step = expr.uniform(("static", f"step{i}"))
                inside = inside & expr.equal(expr.op("remainder", at, step), 0)
                at = expr.op("quotient", at, step)
            inside = inside & (at < expr.in_dim(0, i))
        where.append(at)
    return Map(
        inputs=(x, value),
        output=out,
        body=expr.select(inside, expr.load(0, tuple(where), dtype), expr.load(1, (), dtype)),
        values=values,
    )


_pad_primitive = Primitive(
    name="pad",
    shape=lambda x, value, low, high, inner: TensorSpec(
        _padded(x.shape, low, high, inner), x.dtype
    ),
    reference=_pad_reference,
    vjp=(_pad_vjp, _pad_value_vjp),
    lower=_pad_lower,
    of_complex=ALIKE,
)


def _pad(x: Tensor, value: Any, low: Numbers, high: Numbers, inner: Numbers) -> Tensor:
    """`x` with elements of `value` before, after and between its own."""
    filling = as_tensor(value, x.dtype, x.backend)
    return bind(_pad_primitive, x, filling, low=low, high=high, inner=inner)


def flip(x: Any, axis: Any = None) -> Tensor:
    """Reverse the order of elements along axes; along all of them for None.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.flip([[1, 2], [3, 4]], axis=1).tolist()
        [[2, 1], [4, 3]]
    """
    tensor = as_tensor(x)
    axes = [i for i in normalize_axes(axis, tensor.ndim) if tensor.shape[i] > 1]
    starts = tuple(size - 1 if i in axes else 0 for i, size in enumerate(tensor.shape))
    steps = tuple(-1 if i in axes else 1 for i in range(tensor.ndim))
    return strided_slice(tensor, starts, tensor.shape, steps)


def slice(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The block of `shape` that begins at `start_indices`.

    Args:
        inputs: the tensor to take it from.
        start_indices: one number an axis.
        shape: one size an axis.

    Raises:
        ValueError: if the block does not lie inside of the tensor.

    Example:
        >>> ops.slice([[1, 2, 3], [4, 5, 6]], (0, 1), (2, 2)).tolist()
        [[2, 3], [5, 6]]
    """
    tensor = as_tensor(inputs)
    starts, sizes = _block(tensor, start_indices, shape)
    return strided_slice(tensor, starts, sizes, (1,) * tensor.ndim)


def _block(tensor: Tensor, start_indices: Any, shape: Any) -> tuple[Numbers, Numbers]:
    starts = tuple(operator.index(start) for start in start_indices)
    sizes = normalize_shape(shape)
    if len(starts) != tensor.ndim or len(sizes) != tensor.ndim or any(
        not 0 <= start <= length - size
        for start, size, length in zip(starts, sizes, tensor.shape, strict=True)
    ):  # fmt: skip
        raise ValueError(
            f"Expected a block inside of a tensor of shape {tensor.shape}. "
            f"Received: start_indices={starts}, shape={sizes}"
        )
    return starts, sizes


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """`inputs` with `updates` in place of the block that begins at `start_indices`.

    Raises:
        ValueError: if the block does not lie inside of the tensor.

    Example:
        >>> ops.slice_update([0, 0, 0, 0], [1], [5, 6]).tolist()
        [0, 5, 6, 0]
    """
    tensor = as_tensor(inputs)
    update = as_tensor(updates, tensor.dtype, tensor.backend)
    low, _ = _block(tensor, start_indices, update.shape)
    high = tuple(
        length - start - size
        for length, start, size in zip(tensor.shape, low, update.shape, strict=True)
    )
    none = (0,) * tensor.ndim
    replaced = _pad(ops.ones_like(update, dtype="bool"), False, low, high, none)
    return ops.where(replaced, _pad(update, 0, low, high, none), tensor)


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """Margins around a tensor.

    Args:
        x: the tensor.
        pad_width: `(before, after)` for each axis, one such pair for all axes, or one number.
        mode: `"constant"`, `"reflect"`, `"symmetric"`, `"edge"` or `"wrap"`, as in NumPy.
        constant_values: what a constant margin holds; 0 if None.

    Raises:
        ValueError: for another mode, or widths that are negative or do not fit the axes.

    Example:
        >>> ops.pad([1, 2], (1, 2), constant_values=9).tolist()
        [9, 1, 2, 9, 9]
    """
    tensor = as_tensor(x)
    widths = _widths(pad_width, tensor.ndim)
    if mode == "constant":
        low, high = tuple(before for before, _ in widths), tuple(after for _, after in widths)
        value = 0 if constant_values is None else constant_values
        return _pad(tensor, value, low, high, (0,) * tensor.ndim) if any(low + high) else tensor
    if mode not in ("reflect", "symmetric", "edge", "wrap") or constant_values is not None:
        raise ValueError(
            "Expected one of the modes 'constant', 'reflect', 'symmetric', 'edge', 'wrap', and "
            "constant_values with the first alone. "
            f"Received: mode={mode!r}, constant_values={constant_values}"
        )
    for axis, width in enumerate(widths):
        if any(width):
            places = np.pad(np.arange(tensor.shape[axis]), width, mode)  # type: ignore[call-overload]
            tensor = ops.take(tensor, places, axis)
    return tensor


def _widths(pad_width: Any, rank: int) -> list[tuple[int, int]]:
    try:
        widths = np.broadcast_to(np.asarray(pad_width), (rank, 2))
        pairs = [(operator.index(before), operator.index(after)) for before, after in widths]
    except (ValueError, TypeError):
        pairs = [(-1, -1)]
    if any(min(pair) < 0 for pair in pairs):
        raise ValueError(
            f"Expected widths from 0 on, as pairs for {rank} axes. Received: pad_width={pad_width}"
        )
    return pairs


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Parts along an axis: so many equal ones, or ones that end at the given indices.

    Raises:
        ValueError: if equal parts are not possible.

    Example:
        >>> [part.tolist() for part in ops.split([1, 2, 3, 4], 2)]
        [[1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    along = normalize_axis(axis, tensor.ndim)
    length = tensor.shape[along]
    if isinstance(indices_or_sections, Sequence | np.ndarray):
        ends = [operator.index(end) for end in indices_or_sections]
        ends = [min(end if end >= 0 else max(end + length, 0), length) for end in ends]
    else:
        sections = operator.index(indices_or_sections)
        if sections <= 0 or length % sections:
            raise ValueError(
                f"Expected a number that divides {length} elements into equal parts. "
                f"Received: indices_or_sections={indices_or_sections}"
            )
        ends = [length // sections * i for i in range(1, sections)]
    return [
        _along(tensor, along, start, max(end - start, 0))
        for start, end in zip([0, *ends], [*ends, length], strict=True)
    ]


def _along(x: Tensor, axis: int, start: int, size: int) -> Tensor:
    starts = tuple(start if i == axis else 0 for i in range(x.ndim))
    sizes = tuple(size if i == axis else length for i, length in enumerate(x.shape))
    return strided_slice(x, starts, sizes, (1,) * x.ndim)


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The slices along an axis, without that axis.

    Raises:
        ValueError: if `num` is given and is not the axis's size.

    Example:
        >>> [part.tolist() for part in ops.unstack([[1, 2], [3, 4]])]
        [[1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    along = normalize_axis(axis, tensor.ndim)
    if num not in (None, tensor.shape[along]):
        raise ValueError(f"Expected num={tensor.shape[along]} or None. Received: num={num}")
    return [ops.squeeze(_along(tensor, along, i, 1), along) for i in range(tensor.shape[along])]


def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """Shift elements along axes; those that leave at the end come back at the beginning.

    Args:
        x: the tensor.
        shift: by how many places, for each axis.
        axis: an axis or several; the flat tensor is rolled for None.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.roll([1, 2, 3], 1).tolist()
        [3, 1, 2]
    """
    tensor = as_tensor(x)
    if axis is None:
        return ops.reshape(roll(ops.ravel(tensor), shift, 0), tensor.shape)
    axes = axis if isinstance(axis, Sequence) else (axis,)
    shifts = shift if isinstance(shift, Sequence) else (shift,) * len(axes)
    for one, by in zip(axes, shifts, strict=True):
        along = normalize_axis(one, tensor.ndim)
        length = tensor.shape[along]
        cut = -by % length if length else 0
        if cut:
            parts = (_along(tensor, along, cut, length - cut), _along(tensor, along, 0, cut))
            tensor = ops.concatenate(parts, along)
    return tensor
