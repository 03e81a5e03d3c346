"""Random bits as fractions of 1, and what distributions of floats have in common.

Distributions compute in float32, of 24 random bits, or where float64 is kept (`set_floatx`) and
asked for in that, of 52: `working_dtype`. A distribution that draws several numbers an element
takes a stream for each.
"""

from typing import Any

from gossamer import dtypes, ops
from gossamer.backend import current_backend
from gossamer.ops.convert import as_tensor
from gossamer.ops.elementwise import broadcast_shapes
from gossamer.ops.random_bits import random_bits
from gossamer.tensor import Tensor

Shape = tuple[int, ...]

# A second word for each element, where one is too short: a stream that no distribution draws.
_LOW_WORDS = 1 << 16


def float_dtype(dtype: Any, name: str) -> str:
    """The dtype of the result: a float, `floatx()` if None.

    Raises:
        ValueError: for another one.
    """
    given = dtypes.standardize_dtype(dtype or dtypes.floatx())
    if given not in dtypes.FLOATS:
        raise ValueError(f"Expected a floating dtype for {name}. Received: dtype={given}")
    return given


def working_dtype(dtype: str) -> str:
    """The dtype in which a distribution computes."""
    return "float64" if dtypes.canonical(dtype) == "float64" else "float32"


def parameter(value: Any, dtype: str, shape: Shape, name: str) -> Tensor:
    """A parameter as a tensor of the current backend that broadcasts to the shape of the result.

    Raises:
        ValueError: if it does not.
    """
    tensor = as_tensor(value, dtype, current_backend())
    if tensor.shape and broadcast_shapes(tensor.shape, shape) != shape:
        raise ValueError(
            f"Expected {name} to broadcast to the shape {shape}. Received: shape={tensor.shape}"
        )
    return tensor


def whole_steps(key: Tensor, shape: Shape, dtype: str, bits: int, stream: int = 0) -> Tensor:
    """Random whole numbers below `2**bits`, as floats that hold them exactly."""
    high = random_bits(key, shape, stream)
    if bits <= 32:
        return ops.cast(ops.right_shift(high, 32 - bits), dtype)
    low = random_bits(key, shape, stream + _LOW_WORDS)
    return ops.cast(high, dtype) * 2.0 ** (bits - 32) + ops.cast(
        ops.right_shift(low, 64 - bits), dtype
    )


def inner_fractions(key: Tensor, shape: Shape, dtype: str, stream: int = 0) -> Tensor:
    """Random numbers between 0 and 1, neither of which is reached: middles of even intervals."""
    bits = 52 if dtype == "float64" else 23
    return (whole_steps(key, shape, dtype, bits, stream) + 0.5) * 2.0**-bits


def inner_even(key: Tensor, shape: Shape, dtype: str, stream: int = 0) -> Tensor:
    """Random numbers between -1 and 1, neither of which is reached: middles of even intervals."""
    bits = 52 if dtype == "float64" else 24
    # Between -1 and 1 floats lie as near to one another as these middles do, one bit more.
    steps = whole_steps(key, shape, dtype, bits, stream)
    return steps * 2.0 ** (1 - bits) + (2.0**-bits - 1.0)


def standard_normal(
    key: Tensor, shape: Shape, dtype: str, share: float = 1.0, stream: int = 0
) -> Tensor:
    """Normal numbers, of the middle `share` of the distribution: its inverse at even places."""
    even = inner_even(key, shape, dtype, stream)
    return ops.erfinv(even * share if share != 1.0 else even) * 2.0**0.5


def first_accepted(proposals: Tensor, accepted: Tensor) -> Tensor:
    """Of the proposals of each round, along the first axis, the first that was accepted.

    This is rejection sampling without a loop whose end depends on values: all rounds are computed
    at once. Where none was accepted it is the first proposal, so that there must be enough rounds.
    """
    which = ops.argmax(ops.cast(accepted, "int32"), axis=0)
    chosen = ops.take_along_axis(proposals, ops.expand_dims(which, 0), axis=0)
    return ops.squeeze(chosen, 0)
