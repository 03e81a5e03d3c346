"""What Keras has in its module `keras.backend`, put on `gossamer.backend`, which can be called.

In TensorFlow.js's way `gs.backend()` names the backend in use, and in Keras's way `gs.backend` is
a module: with `import gossamer as keras`, `keras.backend.floatx()` is found. It is the package
`gossamer.backend` itself. That knows nothing of what stands above it, so that these names come to
it from here.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gossamer import config, dtypes
from gossamer.core.symbolic import KerasTensor
from gossamer.naming import get_uid
from gossamer.utils.session import clear_session


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype: of a name, a NumPy type, a Python type; `floatx()` for None.

    Raises:
        ValueError: for what names no dtype, or one that gossamer does not have.

    Example:
        >>> gs.backend.standardize_dtype(np.float16), gs.backend.standardize_dtype(None)
        ('float16', 'float32')
    """
    return config.floatx() if dtype is None else dtypes.standardize_dtype(dtype)


def is_float_dtype(dtype: Any) -> bool:
    """Whether a dtype is one of the floating types.

    Raises:
        ValueError: for what names no dtype.

    Example:
        >>> gs.backend.is_float_dtype("float16"), gs.backend.is_float_dtype("int32")
        (True, False)
    """
    return standardize_dtype(dtype) in dtypes.FLOATS


def is_int_dtype(dtype: Any) -> bool:
    """Whether a dtype is one of the integer types; bool is none.

    Raises:
        ValueError: for what names no dtype.

    Example:
        >>> gs.backend.is_int_dtype("uint8"), gs.backend.is_int_dtype("bool")
        (True, False)
    """
    return standardize_dtype(dtype) in dtypes.INTEGERS


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is a symbolic tensor.

    Example:
        >>> gs.backend.is_keras_tensor(gs.Input((2,))), gs.backend.is_keras_tensor(ops.ones(2))
        (True, False)
    """
    return isinstance(x, KerasTensor)


def result_type(*given: Any) -> str:
    """The dtype in which an operation on several dtypes computes.

    Args:
        given: dtypes; the Python types `bool`, `int` and `float` stand for Python's numbers.

    Raises:
        ValueError: for none at all, and for what names no dtype.

    Example:
        >>> gs.backend.result_type("int32", "float16"), gs.backend.result_type("uint8", int)
        ('float16', 'uint8')
    """
    return dtypes.result_type(*(config.floatx() if one is None else one for one in given))


FUNCTIONS: tuple[Callable[..., Any], ...] = (
    clear_session, config.backend, config.epsilon, config.floatx, config.image_data_format,
    config.set_epsilon, config.set_floatx, config.set_image_data_format, get_uid, is_float_dtype,
    is_int_dtype, is_keras_tensor, result_type, standardize_dtype,
)  # fmt: skip


class BackendModule(ModuleType):
    """A module that can be called, for the name of the backend in use."""

    def __call__(self) -> str:
        return config.backend()

    if TYPE_CHECKING:  # what is put on it

        def __getattr__(self, name: str) -> Any: ...


def _extended() -> BackendModule:
    """The package `gossamer.backend`, with what is meant for users."""
    module: Any = sys.modules["gossamer.backend"]
    module.__class__ = BackendModule
    for function in FUNCTIONS:
        setattr(module, function.__name__, function)
    return module


backend = _extended()
"""The backend in use: `gs.backend()` is its name, and `gs.backend` has what `keras.backend` has.

That is `clear_session`, `epsilon`, `floatx`, `get_uid`, `image_data_format`, `is_float_dtype`,
`is_int_dtype`, `is_keras_tensor`, `result_type`, `set_epsilon`, `set_floatx`,
`set_image_data_format` and `standardize_dtype`.

Example:
    >>> gs.backend() in ("numpy", "webgl"), gs.backend.floatx()
    (True, 'float32')
"""
