"""What depends on how numbers are stored: sign bits, neighbours, exponents, limits."""

from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.core.primitive import NO_GRADIENT
from gossamer.kernel import floats, mathlib
from gossamer.ops.convert import as_tensor, floating, promote, together
from gossamer.ops.elementwise import elementwise
from gossamer.tensor import Tensor

_signbit = elementwise("signbit", np.signbit, mathlib.has_sign, (NO_GRADIENT,), result="bool")
_nextafter = elementwise(
    "nextafter", np.nextafter, floats.next_after, vjp=(NO_GRADIENT, NO_GRADIENT),
)  # fmt: skip
# Kernels hold float16 as float32, whose neighbours are others.
_nextafter_half = elementwise(
    "nextafter_half", np.nextafter, floats.next_half_after, vjp=(NO_GRADIENT, NO_GRADIENT),
)  # fmt: skip
_ldexp = elementwise(
    "ldexp", lambda exponent, x: np.ldexp(x, exponent), floats.scaled_by_power_of_two,
    vjp=(NO_GRADIENT, lambda g, y, exponent, x: ldexp(g, exponent)),
)  # fmt: skip


def signbit(x: Any) -> Tensor:
    """Whether the sign bit is set, elementwise: so for -0.0, too.

    Example:
        >>> ops.signbit([-2.0, -0.0, 0.0]).tolist()
        [True, True, False]
    """
    return _signbit(as_tensor(x))


def nextafter(x1: Any, x2: Any) -> Tensor:
    """The float next to `x1` towards `x2`, elementwise. Its gradient is zero.

    Example:
        >>> ops.nextafter(1.0, 2.0).item() - 1.0 == 2.0**-23
        True
    """
    a, b = (floating(x) for x in promote(x1, x2))
    return _nextafter_half(a, b) if a.dtype == "float16" else _nextafter(a, b)


def ldexp(x1: Any, x2: Any) -> Tensor:
    """`x1 * 2 ** x2`, elementwise, which overflows only where the product does.

    Args:
        x1: numbers.
        x2: integers.

    Raises:
        TypeError: for exponents that are no integers.

    Example:
        >>> ops.ldexp([0.75, 3.0], [2, -1]).tolist()
        [3.0, 1.5]
    """
    x, exponent = together(x1, x2)
    if exponent.dtype not in dtypes.INTEGERS:
        raise TypeError(f"Expected integer exponents. Received: x2.dtype={exponent.dtype}")
    if exponent.dtype not in ("int8", "int16", "int32", "uint8", "uint16"):
        exponent = ops.minimum(exponent, 4096)  # as an int32 it might be another number
    result = dtypes.result_type(x.dtype, exponent.dtype, float)
    return _ldexp(as_tensor(exponent, "int32"), as_tensor(x, x.backend.canonical_dtype(result)))


def _limits(dtype: str) -> tuple[Any, Any]:
    if dtype == "bool":
        return 0, 1
    limits: Any = np.iinfo(dtype) if dtype in dtypes.INTEGERS else np.finfo(dtype)
    return limits.min, limits.max


def saturate_cast(x: Any, dtype: Any) -> Tensor:
    """Convert to another dtype; what is beyond its limits becomes the nearest of its numbers.

    Raises:
        ValueError: for what names no dtype.

    Example:
        >>> ops.saturate_cast([-5.0, 300.0, 7.9], "uint8").tolist()
        [0, 255, 7]
    """
    (tensor,) = promote(x)
    wanted = dtypes.standardize_dtype(dtype)
    (least, most), (lowest, highest) = _limits(tensor.dtype), _limits(wanted)
    low, high = (
        np.asarray(limit).astype(tensor.dtype) for limit in (max(least, lowest), min(most, highest))
    )
    if high.item() <= highest:
        return as_tensor(ops.clip(tensor, low, high), wanted)
    # The largest integer was rounded up to a float outside: only what is below that can be cast.
    inside = ops.clip(tensor, low, np.nextafter(high, 0, dtype=tensor.dtype))
    return ops.where(tensor >= high, np.asarray(highest, wanted), as_tensor(inside, wanted))
