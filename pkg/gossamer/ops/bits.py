"""`view`: the bytes of a tensor, read as numbers of another dtype."""

from typing import Any

import numpy as np

from gossamer import dtypes
from gossamer.core.primitive import NO_GRADIENT, Primitive, bind
from gossamer.kernel import expr, index, mathlib
from gossamer.kernel.expr import BOOL, INT, UINT, Expr
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.ops.convert import promote
from gossamer.tensor import Tensor


def _width(dtype: str) -> int:
    """How many bytes an element has."""
    return np.dtype(dtype).itemsize


def _view_shape(x: TensorSpec, dtype: str) -> TensorSpec:
    have, wanted = _width(x.dtype), _width(dtype)
    if have == wanted:
        return TensorSpec(x.shape, dtype)
    if not x.shape or x.shape[-1] * have % wanted:
        raise ValueError(
            f"Expected a last axis whose bytes are whole elements of {dtype}. Received: {x}"
        )
    return TensorSpec((*x.shape[:-1], x.shape[-1] * have // wanted), dtype)


def _as_bits(value: Expr, dtype: str) -> Expr:
    """The bits of an element, in the lowest ones of 32."""
    if dtype == "float16":
        return mathlib.half_bits(value)
    if value.dtype == BOOL:
        return expr.cast(value, UINT)
    return _lowest(expr.bitcast(value, UINT), _width(dtype))


def _lowest(bits: Expr, width: int) -> Expr:
    """The lowest bytes of the four."""
    return bits if width == 4 else bits & ((1 << 8 * width) - 1)


def _of_bits(bits: Expr, dtype: str) -> Expr:
    """The element that has these bits."""
    if dtype == "float16":
        return mathlib.half_of_bits(bits)
    if dtype == "bool":
        return expr.op("ne", bits, 0)
    if dtype in ("int8", "int16"):  # the sign goes on to the left
        unused = 32 - 8 * _width(dtype)
        return (expr.bitcast(bits, INT) << unused) >> unused
    return expr.bitcast(bits, COMPUTE_DTYPE[dtype])


def _view_lower(x: TensorSpec, out: TensorSpec, dtype: str) -> Map:
    *others, last = index.axes(len(out.shape)) or (index.ZERO,)

    def bits_at(place: Expr) -> Expr:
        where = (*others, place) if x.shape else ()
        return _as_bits(expr.load(0, where, COMPUTE_DTYPE[x.dtype]), x.dtype)

    have, wanted = _width(x.dtype), _width(dtype)
    if have == wanted:
        bits = bits_at(last)
    elif have > wanted:
        parts = have // wanted
        part = expr.bitcast(expr.op("remainder", last, parts), UINT)
        bits = _lowest(bits_at(expr.op("quotient", last, parts)) >> part * (8 * wanted), wanted)
    else:
        parts = wanted // have
        bits = bits_at(last * parts)
        for k in range(1, parts):
            bits = bits | (bits_at(last * parts + k) << 8 * have * k)
    return Map(inputs=(x,), output=out, body=_of_bits(bits, dtype))


_view = Primitive(
    name="view",
    shape=_view_shape,
    # The least significant byte comes first, as on every machine that browsers run on.
    reference=lambda x, dtype: np.ascontiguousarray(x).reshape(x.shape).view(dtype),
    vjp=(NO_GRADIENT,),
    lower=_view_lower,
)


def view(x: Any, dtype: Any = None) -> Tensor:
    """The bytes of `x` as elements of another dtype; no gradient flows through it.

    Args:
        x: the tensor.
        dtype: the other dtype; if its elements are wider or narrower, the last axis has fewer or
            more of them. That of `x` if None.

    Raises:
        ValueError: if the bytes of the last axis are no whole elements, or for an unknown dtype.

    Example:
        >>> ops.view(ops.array([1.0, -2.0]), "uint32").tolist()
        [1065353216, 3221225472]
        >>> ops.view(ops.array([1, 256], "int32"), "uint8").tolist()
        [1, 0, 0, 0, 0, 1, 0, 0]
    """
    (tensor,) = promote(x)
    name = tensor.dtype if dtype is None else dtypes.standardize_dtype(dtype)
    return tensor if name == tensor.dtype else bind(_view, tensor, dtype=name)
