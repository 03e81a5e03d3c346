"""How values become tensors, and how the operands of one op come to share a dtype."""

from math import copysign
from typing import Any

import numpy as np

from gossamer import dtypes, ops, tree
from gossamer.backend import Backend, current_backend
from gossamer.core.primitive import ALIKE, NO_GRADIENT, Primitive, bind
from gossamer.dtypes import COMPLEX, FLOATS
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.tensor import Tensor

_SCALARS = (bool, int, float, complex)


def as_tensor(x: Any, dtype: Any = None, backend: Backend | None = None) -> Tensor:
    """`x` as a tensor: tensors and variables stay as they are, numbers and arrays are put.

    Args:
        x: tensor, variable, number, NumPy array, or nested sequence of these.
        dtype: cast to this, if given.
        backend: where to put what is no tensor yet, and move what is elsewhere; the current
            backend for new ones if None.
    """
    if not isinstance(x, Tensor):
        if hasattr(x, "__tensor__"):
            x = x.__tensor__()
        else:
            return _put(x, dtype, backend or current_backend())
    if backend is not None and x.backend is not backend:
        x = x.to(backend.name)
    return x if dtype is None else _cast_to(x, dtypes.standardize_dtype(dtype))


def as_canonical(x: Any) -> Tensor:
    """`x` as a tensor whose 64 bits have become 32, unless `set_floatx` keeps them."""
    tensor = as_tensor(x)
    return _cast_to(tensor, dtypes.canonical(tensor.dtype))


# Python numbers that were operands before, as arrays: `x * 0.5` is what steps are full of.
_NUMBERS: dict[Any, np.ndarray] = {}
_NUMBERS_LIMIT = 1024


def _number(x: float, dtype: str, backend: Backend) -> Tensor:
    """A Python number as a tensor of a float dtype."""
    # 0.0 equals -0.0, but is another number.
    key = (x, copysign(1.0, x), dtype)
    array = _NUMBERS.get(key)
    if array is None:
        if len(_NUMBERS) >= _NUMBERS_LIMIT:
            _NUMBERS.clear()
        array = _NUMBERS[key] = np.array(x, dtype)
        array.setflags(write=False)
    return Tensor(_SCALAR_SPECS[dtype], backend.put(array), backend)


_SCALAR_SPECS = {dtype: TensorSpec((), dtype) for dtype in FLOATS}


def _put(x: Any, dtype: Any, backend: Backend) -> Tensor:
    if dtype in FLOATS and type(x) in (int, float):
        return _number(x, dtype, backend)
    array = _as_array(x)
    if dtype is None:
        name = backend.canonical_dtype(dtypes.canonical(dtypes.name_of(array.dtype)))
    else:
        name = dtypes.standardize_dtype(dtype)
    backend.check_dtype(name)
    return Tensor(
        TensorSpec(array.shape, name), backend.put(array.astype(name, copy=False)), backend
    )


def _as_array(x: Any) -> np.ndarray:
    """A NumPy array; Python numbers take the types that `dtypes.WEAK` gives them."""
    if isinstance(x, np.ndarray | np.generic):
        array = np.asarray(x)
    else:
        try:
            array = np.asarray(x)
        except ValueError:
            raise ValueError(
                f"Expected nested sequences of equal lengths. Received: {x!r}"
            ) from None
        if not _holds_arrays(x):
            weak = {"i": "int", "f": "float", "c": "complex"}.get(array.dtype.kind)
            array = array.astype(dtypes.WEAK[weak]) if weak else array
    if array.dtype.kind not in "biufc":
        raise TypeError(f"Expected numbers. Received: {x!r}")
    return array


def is_value(x: Any) -> bool:
    """Whether a nested sequence is one array of numbers, as `[1.0, 2.0]` is for every op."""
    return isinstance(x, list | tuple) and all(
        isinstance(leaf, int | float) for leaf in tree.flatten(x)
    )


def _holds_arrays(x: Any) -> bool:
    """Whether a nested sequence has NumPy values in it, whose dtypes are meant."""
    while isinstance(x, list | tuple) and x:
        x = x[0]
    return hasattr(x, "dtype")


def weak_dtype(x: Any) -> Any:
    """What `x` counts as in promotion: a Python type for Python numbers, else its dtype.

    Raises:
        TypeError: for what has none.
    """
    if isinstance(x, _SCALARS):
        return type(x)
    if isinstance(x, Tensor) and (weak := x.backend.weak_type(x.buffer)) is not None:
        return weak
    if not hasattr(x, "dtype"):
        raise TypeError(f"Expected a number or a tensor. Received: {x!r}")
    return x.dtype


def promote(*values: Any) -> tuple[Tensor, ...]:
    """The values as tensors of one dtype on one backend, by Keras's promotion rules."""
    if all(type(x) is Tensor for x in values):
        first = values[0].spec.dtype
        if first not in dtypes.narrowed and all(x.spec.dtype == first for x in values):
            return values
    elif len(values) == 2:
        # A number takes the dtype of the floats that it meets.
        a, b = values
        if type(a) is Tensor and type(b) in (float, int) and _stays_float(a.spec.dtype):
            return a, _number(b, a.spec.dtype, a.backend)
        if type(b) is Tensor and type(a) in (float, int) and _stays_float(b.spec.dtype):
            return _number(a, b.spec.dtype, b.backend), b
    operands = [
        x if isinstance(x, (*_SCALARS, Tensor)) else as_tensor(x, backend=_backend_of(values))
        for x in values
    ]
    backend = _backend_of(operands)
    common = backend.canonical_dtype(dtypes.result_type(*[weak_dtype(x) for x in operands]))
    return tuple(
        _cast_to(x, common) if isinstance(x, Tensor) else _put(x, common, backend)
        for x in operands
    )  # fmt: skip


def together(*values: Any) -> tuple[Tensor, ...]:
    """The values as tensors on one backend, each of its own dtype: Python numbers, too."""
    backend = _backend_of(values)
    return tuple(as_tensor(x, backend=None if isinstance(x, Tensor) else backend) for x in values)


def promote_strongly(*values: Any) -> tuple[Tensor, ...]:
    """As `promote`, but that a Python float counts as the float32 that it is by itself.

    So some functions of Keras have it, which make tensors of their arguments first.
    """
    return promote(*together(*values))


def _stays_float(dtype: str) -> bool:
    return dtype in FLOATS and dtype not in dtypes.narrowed


def _backend_of(values: Any) -> Backend:
    for x in values:
        if isinstance(x, Tensor):
            return x.backend
        if hasattr(x, "__tensor__"):
            return x.__tensor__().backend
    return current_backend()


def floating(x: Any) -> Tensor:
    """`x` as a floating tensor: integers and bools take the default float type."""
    tensor = as_tensor(x)
    return _cast_to(tensor, dtypes.as_float(tensor.dtype))


def _cast_to(x: Tensor, dtype: str) -> Tensor:
    if x.dtype == dtype:
        return x
    if dtype in COMPLEX or x.dtype in COMPLEX:
        return ops.complex_numbers.cast(x, dtype)
    return bind(_cast, x, dtype=dtype)


def _lower_copy(x: TensorSpec, out: TensorSpec, **_: Any) -> Map:
    """The same elements in the same order, cast to the output's dtype."""
    (shape,) = index.merge_axes(x.shape)
    loaded = expr.load(0, index.broadcast(index.axes(len(shape)), shape), COMPUTE_DTYPE[x.dtype])
    return Map(
        inputs=(TensorSpec(shape, x.dtype),),
        output=TensorSpec(shape, out.dtype),
        body=expr.cast(loaded, COMPUTE_DTYPE[out.dtype]),
        keeps_elements=x.dtype == out.dtype,
    )


_cast = Primitive(
    name="cast",
    shape=lambda x, dtype: TensorSpec(x.shape, dtype),
    reference=lambda x, dtype: x.astype(dtype),
    vjp=(lambda g, out, x, dtype: _cast_to(g, x.dtype),),
    lower=_lower_copy,
)
# The same tensor as another node of the graph: what gradients are taken with respect to.
_identity = Primitive(
    name="identity",
    shape=lambda x: x,
    reference=lambda x: x,
    vjp=(lambda g, out, x: g,),
    lower=_lower_copy,
    of_complex=ALIKE,
    copies=True,
)
# The same tensor for computing with it a second time: what jit must not take for the first time.
_anew = Primitive(
    name="anew",
    shape=lambda x: x,
    reference=lambda x: x,
    vjp=(lambda g, out, x: g,),
    lower=_lower_copy,
    of_complex=ALIKE,
)
_stop_gradient = Primitive(
    name="stop_gradient",
    shape=lambda x: x,
    reference=lambda x: x,
    vjp=(NO_GRADIENT,),
    lower=_lower_copy,
    of_complex=ALIKE,
    copies=True,
)


def identity(x: Any) -> Tensor:
    """`x` as a tensor of its own, through which gradients flow."""
    return bind(_identity, as_tensor(x))


def anew(x: Tensor) -> Tensor:
    """`x` as another value of a graph, so that what is computed of it is computed again."""
    return bind(_anew, x)


def stop_gradient(variable: Any) -> Tensor:
    """The same values, through which no gradient flows.

    Example:
        >>> float(gs.grad(lambda x: x * ops.stop_gradient(x))(3.0))
        3.0
    """
    return bind(_stop_gradient, as_tensor(variable))


def cast(x: Any, dtype: Any) -> Tensor:
    """Convert to another dtype: floats truncate to integers, non-zero becomes True.

    Example:
        >>> ops.cast([-1.7, 0.0, 2.5], "int32").tolist()
        [-1, 0, 2]
    """
    return as_tensor(x, dtype)


def convert_to_tensor(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Tensor:
    """A tensor on the current backend, from a number, array, nested sequence, variable or tensor.

    Python integers become int32 and floats float32; arrays and tensors keep their dtype, but that
    64 bits become 32 unless `dtype` asks for them, or `config.set_floatx("float64")` has.

    Raises:
        TypeError: for what holds no numbers, or a dtype that the backend cannot hold.
        ValueError: for ragged nested sequences, and for unknown dtypes.

    Example:
        >>> ops.convert_to_tensor([1, 2, 3]).dtype
        'int32'
    """
    if sparse or ragged:
        raise NotImplementedError("gossamer has no sparse and no ragged tensors.")
    tensor = as_tensor(x, dtype)
    return tensor if dtype is not None else _cast_to(tensor, dtypes.canonical(tensor.dtype))


def array(x: Any, dtype: Any = None) -> Tensor:
    """A tensor of a number, array, nested sequence, variable or tensor.

    Unlike `convert_to_tensor` it makes 32 bits of a tensor's 64, too, unless `dtype` says more.

    Raises:
        TypeError: for what holds no numbers, or a dtype that the backend cannot hold.
        ValueError: for ragged nested sequences, and for unknown dtypes.

    Example:
        >>> ops.array([1, 2, 3], "float32").tolist()
        [1.0, 2.0, 3.0]
    """
    return promote(x)[0] if dtype is None else as_tensor(x, dtype)


def copy(x: Any) -> Tensor:
    """The same values as a tensor of its own, through which gradients flow.

    Example:
        >>> ops.copy([1, 2]).tolist()
        [1, 2]
    """
    return identity(x)


def convert_to_numpy(x: Any) -> np.ndarray:
    """A NumPy array of the elements; waits for the device. What is no tensor NumPy converts.

    Example:
        >>> ops.convert_to_numpy(ops.ones((2,)))
        array([1., 1.], dtype=float32)
    """
    if isinstance(x, Tensor) or hasattr(x, "__tensor__"):
        return as_tensor(x).numpy()
    return np.array(x)


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor of gossamer's.

    Example:
        >>> ops.is_tensor(ops.ones(())), ops.is_tensor(1.0)
        (True, False)
    """
    return isinstance(x, Tensor)


def shape(x: Any) -> tuple[int, ...]:
    """The shape, as a tuple of integers.

    Example:
        >>> ops.shape(ops.ones((2, 3)))
        (2, 3)
    """
    return as_tensor(x).shape


def dtype(x: Any) -> str:
    """The dtype's name.

    Example:
        >>> ops.dtype(ops.ones(()))
        'float32'
    """
    return as_tensor(x).dtype


def ndim(x: Any) -> int:
    """The number of axes.

    Example:
        >>> ops.ndim(ops.ones((2, 3)))
        2
    """
    return as_tensor(x).ndim


def size(x: Any) -> int:
    """The number of elements.

    Example:
        >>> ops.size(ops.ones((2, 3)))
        6
    """
    return as_tensor(x).size
