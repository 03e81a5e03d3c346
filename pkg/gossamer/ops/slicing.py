"""Parts of tensors, and margins around them: the primitives `slice` and `pad`, mutual gradients.

Both primitives take a step, the pad as elements that it puts between neighbours, so that each can
undo the other. Starts, steps and margins are numbers that a kernel is given, not part of it.
"""

import builtins
from collections.abc import Hashable
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
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
    forwards = ops.flip(g, backwards) if backwards else g
    return strided_pad(forwards, 0, tuple(low), tuple(high), tuple(inner))


def _slice_lower(
    x: TensorSpec, out: TensorSpec, starts: Numbers, sizes: Numbers, steps: Numbers
) -> Map:
    where = []
    innermost = index.innermost(x.shape)
    values: dict[Hashable, int | float] = {}
    for i, (start, size, step) in enumerate(zip(starts, sizes, steps, strict=True)):
        at = expr.axis(i)
        if (start, size, step) != (0, x.shape[i], 1):
            if step != 1:
                at = at * expr.uniform(("static", f"step{i}"))
                values["static", f"step{i}"] = step
            in_quads = step == 1 and i == innermost
            at, offset = index.shifted(at, start, ("static", f"start{i}"), in_quads)
            values.update(offset)
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


def slice_along(x: Tensor, axis: int, start: int, size: int) -> Tensor:
    """`size` elements along one axis, from `start` on; all along the others."""
    starts = tuple(start if i == axis else 0 for i in range(x.ndim))
    sizes = tuple(size if i == axis else length for i, length in enumerate(x.shape))
    return strided_slice(x, starts, sizes, (1,) * x.ndim)


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
    innermost = index.innermost(x.shape)
    values: dict[Hashable, int | float] = {}
    for i in range(len(x.shape)):
        at = expr.axis(i)
        if low[i] or high[i] or inner[i]:
            in_quads = not inner[i] and i == innermost
            at, offset = index.shifted(at, -low[i], ("static", f"low{i}"), in_quads)
            values.update(offset)
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


def strided_pad(x: Tensor, value: Any, low: Numbers, high: Numbers, inner: Numbers) -> Tensor:
    """`x` with elements of `value` before, after and between its own: the inverse of the slice."""
    filling = as_tensor(value, x.dtype, x.backend)
    return bind(_pad_primitive, x, filling, low=low, high=high, inner=inner)


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """Margins around a tensor.

    Args:
        x: the tensor.
        pad_width: `(before, after)` for each axis, one such pair for all axes, or one number.
        mode: `"constant"`, `"reflect"`, `"symmetric"`, `"edge"` or `"wrap"`, as in NumPy.
        constant_values: what a constant margin holds; 0 if None.

    Raises:
        TypeError: for widths that are no integers.
        ValueError: for another mode, or widths that are negative or do not fit the axes.

    Example:
        >>> ops.pad([1, 2], (1, 2), constant_values=9).tolist()
        [9, 1, 2, 9, 9]
    """
    tensor = as_tensor(x)
    widths = _widths(pad_width, tensor.ndim)
    if mode == "constant":
        low, high = tuple(before for before, _ in widths), tuple(after for _, after in widths)
        if not any(low + high):
            return tensor
        value = 0 if constant_values is None else constant_values
        return strided_pad(tensor, value, low, high, (0,) * tensor.ndim)
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
    except ValueError:
        widths = np.full((rank, 2), -1)
    if widths.dtype.kind not in "iu":
        raise TypeError(f"Expected integer widths. Received: pad_width={pad_width}")
    if widths.min(initial=0) < 0:
        raise ValueError(
            f"Expected widths from 0 on, as pairs for {rank} axes. Received: pad_width={pad_width}"
        )
    return [(int(before), int(after)) for before, after in widths]
