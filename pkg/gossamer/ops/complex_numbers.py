"""Complex numbers: their parts, and arithmetic as compositions of arithmetic of the parts.

Two views connect complex tensors with real ones; a device holds both alike. What treats both parts
alike runs on complex tensors as it is; the rest is composed here, so that it has kernels and
gradients on every backend. The cotangent of `a + bi` is `da + db i`, so that the gradient of a
real function with respect to real numbers is the same whether complex ones lie between or not.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, Primitive, bind
from gossamer.dtypes import COMPLEX, FLOATS
from gossamer.kernel import expr, index
from gossamer.kernel.parts import as_parts
from gossamer.kernel.spec import Map, TensorSpec
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.tensor import Tensor

# The complex dtype of each float, and the other way round.
_WHOLE = {"float16": "complex64", "float32": "complex64", "float64": "complex128"}
_PART = {"complex64": "float32", "complex128": "float64"}


def _view_lower(x: TensorSpec, out: TensorSpec) -> Map:
    (shape,) = index.merge_axes(as_parts(x).shape)
    spec = TensorSpec(shape, "float32")
    loaded = expr.load(0, index.broadcast(index.axes(len(shape)), shape), expr.FLOAT)
    return Map(inputs=(spec,), output=spec, body=loaded, keeps_elements=True)


_as_real: Primitive = Primitive(
    name="view_as_real",
    shape=lambda x: TensorSpec((*x.shape, 2), _PART[x.dtype]),
    reference=lambda x: np.stack([x.real, x.imag], axis=-1),
    vjp=(lambda g, out, x: bind(_as_complex, g),),
    lower=_view_lower,
    of_complex=ALIKE,
)
_as_complex: Primitive = Primitive(
    name="view_as_complex",
    shape=lambda x: TensorSpec(x.shape[:-1], _WHOLE[x.dtype]),
    reference=lambda x: x[..., 0] + x.dtype.type(1) * 1j * x[..., 1],
    vjp=(lambda g, out, x: bind(_as_real, g),),
    lower=_view_lower,
    of_complex=ALIKE,
)


def view_as_real(x: Any) -> Tensor:
    """The parts of complex numbers, along one more axis at the end; zeros are what reals lack.

    Args:
        x: of any shape.

    Example:
        >>> ops.view_as_real(np.array([1 + 2j, 3 - 4j])).tolist()
        [[1.0, 2.0], [3.0, -4.0]]
    """
    tensor = as_tensor(x)
    if tensor.dtype not in COMPLEX:
        return ops.stack([tensor, ops.zeros_like(tensor)], axis=-1)
    return bind(_as_real, tensor)


def view_as_complex(x: Any) -> Tensor:
    """Complex numbers of their real and imaginary parts, which lie along the last axis.

    Args:
        x: floats of shape (..., 2).

    Raises:
        ValueError: if the last axis has another size.

    Example:
        >>> ops.view_as_complex([[1.0, 2.0], [3.0, -4.0]]).tolist()
        [(1+2j), (3-4j)]
    """
    tensor = as_tensor(x)
    if tensor.ndim < 1 or tensor.shape[-1] != 2:
        raise ValueError(
            f"Expected a last axis of size 2: real and imaginary parts. Received: {tensor.spec}"
        )
    if tensor.dtype not in FLOATS:
        tensor = floating(tensor)
    elif tensor.dtype == "float16":
        tensor = as_tensor(tensor, "float32")
    return bind(_as_complex, tensor)


def joined(real_part: Tensor, imaginary_part: Tensor) -> Tensor:
    """`real_part + i imaginary_part`, of equal shape and dtype."""
    return view_as_complex(ops.stack([real_part, imaginary_part], axis=-1))


def parts(x: Tensor) -> tuple[Tensor, Tensor]:
    """The real and the imaginary part; zeros for the latter of a real tensor."""
    if x.dtype not in COMPLEX:
        return x, ops.zeros_like(x)
    both = bind(_as_real, x)
    return both[..., 0], both[..., 1]


def real(x: Any) -> Tensor:
    """The real part, elementwise; of real numbers these themselves.

    Example:
        >>> ops.real(np.array([1 + 2j, 3 - 4j])).tolist()
        [1.0, 3.0]
    """
    return parts(as_tensor(x))[0]


def imag(x: Any) -> Tensor:
    """The imaginary part, elementwise; zeros for real numbers.

    Example:
        >>> ops.imag(np.array([1 + 2j, 3 - 4j])).tolist()
        [2.0, -4.0]
    """
    return parts(as_tensor(x))[1]


def conjugate(x: Any) -> Tensor:
    """The complex conjugate, elementwise: `a - bi` for `a + bi`; of real numbers these themselves.

    Example:
        >>> ops.conjugate(np.array([1 + 2j])).tolist()
        [(1-2j)]
    """
    tensor = as_tensor(x)
    if tensor.dtype not in COMPLEX:
        return tensor
    signs = as_tensor(np.array([1, -1], _PART[tensor.dtype]), _PART[tensor.dtype], tensor.backend)
    return view_as_complex(view_as_real(tensor) * signs)


def conj(x: Any) -> Tensor:
    """Another name of `conjugate`.

    Example:
        >>> ops.conj(np.array([1 + 2j])).tolist()
        [(1-2j)]
    """
    return conjugate(x)


def angle(x: Any) -> Tensor:
    """The angle in the complex plane, elementwise, in radians: `arctan2(imag(x), real(x))`.

    Example:
        >>> ops.angle(np.array([1 + 1j, -1 + 0j])).tolist()
        [0.7853981852531433, 3.1415927410125732]
    """
    tensor = as_tensor(x)
    real_part, imaginary_part = parts(tensor if tensor.dtype in COMPLEX else floating(tensor))
    return ops.arctan2(imaginary_part, real_part)


def isreal(x: Any) -> Tensor:
    """Whether the imaginary part is zero, elementwise.

    Example:
        >>> ops.isreal(np.array([1 + 0j, 3 - 4j])).tolist()
        [True, False]
    """
    tensor = as_tensor(x)
    if tensor.dtype not in COMPLEX:
        return ops.ones(tensor.shape, "bool")
    return ops.equal(imag(tensor), 0)


def polar(abs_: Any, angle: Any) -> Tensor:
    """Complex numbers of their absolute values and angles: `abs_ * exp(i angle)`.

    Args:
        abs_: floats of any shape.
        angle: in radians; broadcasts with `abs_`.

    Example:
        >>> ops.polar([2.0], [0.0]).tolist()
        [(2+0j)]
    """
    length, direction = promote(floating(abs_), floating(angle))
    return joined(length * ops.cos(direction), length * ops.sin(direction))


# Compositions: what primitives name as their `of_complex`.


def multiply(x: Tensor, y: Tensor) -> Tensor:
    return bilinear(ops.multiply, x, y)


def divide(x: Tensor, y: Tensor) -> Tensor:
    (a, b), (c, d) = parts(x), parts(y)
    # By the larger part of the divisor, so that squares do not overflow (Smith 1962).
    larger = ops.absolute(c) >= ops.absolute(d)
    wide, narrow = ops.where(larger, c, d), ops.where(larger, d, c)
    ratio = narrow / wide
    below = wide + narrow * ratio
    above = ops.where(larger, a + b * ratio, a * ratio + b)
    aside = ops.where(larger, b - a * ratio, b * ratio - a)
    return joined(above / below, aside / below)


def square(x: Tensor) -> Tensor:
    return multiply(x, x)


def absolute(x: Tensor) -> Tensor:
    a, b = (ops.absolute(part) for part in parts(x))
    larger = ops.maximum(a, b)
    # Of zero the quotient is taken by 1, and of infinity the root is not.
    scale = ops.where(ops.logical_and(larger > 0, ops.isfinite(larger)), larger, 1.0)
    return scale * ops.sqrt(ops.square(a / scale) + ops.square(b / scale))


def exponential(x: Tensor) -> Tensor:
    a, b = parts(x)
    return polar(ops.exp(a), b)


def logarithm(x: Tensor) -> Tensor:
    return joined(ops.log(absolute(x)), angle(x))


def square_root(x: Tensor) -> Tensor:
    """The root with a real part that is not negative."""
    a, b = parts(x)
    size = absolute(x)
    sign = ops.where(b < 0, -1.0, 1.0)
    return joined(
        ops.sqrt(ops.maximum(size + a, 0) / 2), sign * ops.sqrt(ops.maximum(size - a, 0) / 2)
    )


def bilinear(product: Callable[[Tensor, Tensor], Tensor], x: Tensor, y: Tensor) -> Tensor:
    """A product that is linear in both operands, of its four products of parts."""
    (a, b), (c, d) = parts(x), parts(y)
    return joined(product(a, c) - product(b, d), product(a, d) + product(b, c))


def equal(x: Tensor, y: Tensor) -> Tensor:
    return ops.all(ops.equal(view_as_real(x), view_as_real(y)), axis=-1)


def not_equal(x: Tensor, y: Tensor) -> Tensor:
    return ops.any(ops.not_equal(view_as_real(x), view_as_real(y)), axis=-1)


def cast(x: Tensor, dtype: str) -> Tensor:
    """To or from complex: real numbers have no imaginary part, and lose it."""
    if dtype not in COMPLEX:
        return ops.cast(ops.not_equal(x, 0) if dtype == "bool" else real(x), dtype)
    part = _PART[dtype]
    if x.dtype in COMPLEX:
        return view_as_complex(as_tensor(view_as_real(x), part))
    real_part = as_tensor(x, part)
    return joined(real_part, ops.zeros_like(real_part))


def any_part(test: Callable[[Any], Tensor], x: Tensor) -> Tensor:
    """Whether a test of numbers holds for the real or the imaginary part."""
    return ops.any(test(view_as_real(x)), axis=-1)


def on_parts(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """A function that treats both parts alike and leaves the last axis where it is."""
    return view_as_complex(function(view_as_real(x)))
