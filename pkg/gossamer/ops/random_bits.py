"""The one source of randomness: 32 random bits an element, the same on every backend.

`gossamer.random` makes its distributions of them. Bits are a function of a key and of an element's
number, and of nothing else: there is no hidden state.
"""

import numpy as np

from gossamer.core.primitive import NO_GRADIENT, Primitive, bind
from gossamer.kernel import expr, index, mathlib
from gossamer.kernel.spec import Map, TensorSpec
from gossamer.tensor import Tensor

Shape = tuple[int, ...]


def _shape(key: TensorSpec, shape: Shape, stream: int) -> TensorSpec:
    if key != TensorSpec((2,), "uint32"):
        raise ValueError(f"Expected a key of two uint32. Received: {key}")
    return TensorSpec(shape, "uint32")


def bits_of(key: np.ndarray, size: int, stream: int = 0) -> np.ndarray:
    """The bits of `size` elements, in NumPy."""
    counter = (np.arange(size, dtype=np.uint32), np.full(size, stream, np.uint32))
    with np.errstate(over="ignore"):
        return mathlib.threefry2x32((key[0], key[1]), counter)[0]


def _lower(key: TensorSpec, out: TensorSpec, shape: Shape, stream: int) -> Map:
    (merged,) = index.merge_axes(shape)
    dims = [expr.out_dim(i) for i in range(len(merged))]
    number = expr.cast(index.linear(index.axes(len(merged)), dims), expr.UINT)
    words = tuple(expr.load(0, (expr.const(i, expr.INT),), expr.UINT) for i in (0, 1))
    second = expr.cast(expr.uniform(("static", "stream")), expr.UINT)
    return Map(
        inputs=(key,),
        output=TensorSpec(merged, out.dtype),
        body=mathlib.threefry2x32((words[0], words[1]), (number, second))[0],
        values={("static", "stream"): stream},
    )


_random_bits = Primitive(
    name="random_bits",
    shape=_shape,
    reference=lambda key, shape, stream: bits_of(key, int(np.prod(shape)), stream).reshape(shape),
    vjp=(NO_GRADIENT,),
    lower=_lower,
)


def random_bits(key: Tensor, shape: Shape, stream: int = 0) -> Tensor:
    """uint32 of random bits: the first word of Threefry of the key at (element, stream)."""
    return bind(_random_bits, key, shape=shape, stream=stream)
