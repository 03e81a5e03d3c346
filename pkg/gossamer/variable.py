"""The variable: a named tensor that training replaces."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core import autodiff, tracing, variable_scope
from gossamer.core.snapshots import Copy, snapshots
from gossamer.dtypes import floatx, standardize_dtype
from gossamer.errors import TracedValueError
from gossamer.name_scope import current_path
from gossamer.naming import unique_name
from gossamer.ops.convert import as_tensor
from gossamer.ops.operators import attach_operators
from gossamer.tensor import Tensor

FLOATS = ("float16", "float32", "float64")


class Variable:
    """A tensor that can be assigned to; tapes watch it when it is trainable.

    Its elements come back when a lost GPU does, as old as `config.set_snapshot_interval` allows.

    Args:
        initializer: the first value, an array or tensor; or a function `(shape, dtype) -> value`.
        shape: needed when `initializer` is a function.
        dtype: of the value; that of `initializer`, or float32, if None.
        trainable: whether a `GradientTape` watches it unasked, and optimizers change it.
        autocast: whether layers that compute in another dtype read it as that.
        aggregation, synchronization: Keras's, for several devices; there is one here.
        name: for people; `"variable"` and a number if None.

    Attributes:
        path: the name behind those of the layers around it.
        constraint: a function of the value, applied after each step of an optimizer; or None.
        regularizer: a function of the value that is added to the loss; or None.
        overwrite_with_gradient: whether an optimizer assigns the gradient to it.

    Raises:
        ValueError: for a function without a shape; in `assign`, for another shape.

    Example:
        >>> v = Variable([1.0, 2.0])
        >>> v.assign_add([1.0, 1.0]).numpy()
        array([2., 3.], dtype=float32)
    """

    # `_copy` is what `core.snapshots` keeps of the value.
    __slots__ = (
        "__weakref__", "_copy", "_value", "aggregation", "autocast", "constraint", "name",
        "overwrite_with_gradient", "path", "regularizer", "synchronization", "trainable",
    )  # fmt: skip
    __array_ufunc__ = None

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str = "auto",
        name: str | None = None,
    ) -> None:
        if isinstance(shape, int):
            shape = (shape,)
        # Made once and for all, even within a function that is being traced.
        with autodiff.paused(), tracing.eagerly():
            if callable(initializer):
                if shape is None:
                    raise ValueError(
                        "Expected a shape beside an initializer function. Received: None"
                    )
                dtype = standardize_dtype(dtype or floatx())
                if variable_scope.current.before_making is not None:
                    make = variable_scope.current.before_making
                    initializer = make(tuple(shape), dtype, initializer)
                initializer = initializer(tuple(shape), dtype=dtype)
            value = as_tensor(initializer, dtype)
        if value.backend.adopts or not value.backend.has_elements:
            raise TracedValueError(
                "Expected the first value of a variable that is made within a function that `jit` "
                "traces not to be computed there; give a function that makes it. "
                f"Received: {name or 'variable'}, a traced tensor of shape {value.shape}"
            )
        self._value = value
        if shape is not None and self._value.shape != tuple(shape):
            raise ValueError(
                f"Expected a value of shape {tuple(shape)}. Received: shape={self._value.shape}"
            )
        self.name = name or unique_name("variable")
        if "/" in self.name:
            raise ValueError(f"Expected a name without a '/'. Received: name={name!r}")
        around = current_path()
        self.path = f"{around}/{self.name}" if around else self.name
        self.trainable = bool(trainable)
        self.autocast = autocast
        self.aggregation = aggregation
        self.synchronization = synchronization
        self.constraint: Callable[[Tensor], Tensor] | None = None
        self.regularizer: Callable[[Tensor], Tensor] | None = None
        self.overwrite_with_gradient = False
        self._copy: Copy | None = None
        snapshots.register(self)

    @property
    def value(self) -> Tensor:
        """The tensor that this variable is now."""
        value = self._now()
        if autodiff.tapes and self.trainable:
            autodiff.variable_read(self, value)
        dtype = variable_scope.current.autocast_dtype
        if dtype is not None and self.autocast and value.dtype in FLOATS and dtype != value.dtype:
            return ops.cast(value, dtype)
        return value

    def _now(self) -> Tensor:
        scope = variable_scope.current.scope
        return self._value if scope is None else scope.value_of(self)

    def __tensor__(self) -> Tensor:
        """How ops take a variable for a tensor."""
        return self.value

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape

    @property
    def dtype(self) -> str:
        return self._value.dtype

    @property
    def ndim(self) -> int:
        return self._value.ndim

    def assign(self, value: Any) -> Variable:
        """Replace the value by one of the same shape, cast to the variable's dtype.

        Raises:
            ValueError: for another shape.
        """
        scope = variable_scope.current.scope
        backend = self._value.backend if scope is None else scope.backend
        tensor = as_tensor(value, self.dtype, backend)
        if tensor.shape != self.shape:
            raise ValueError(
                f"Expected a value of shape {self.shape} for {self.name!r}. "
                f"Received: shape={tensor.shape}"
            )
        if scope is not None:
            scope.assign(self, tensor)
            return self
        self._value = tensor
        if snapshots.wants_changes:
            snapshots.changed()
        return self

    def assign_add(self, value: Any) -> Variable:
        return self.assign(self._changed_by(ops.add, value))

    def assign_sub(self, value: Any) -> Variable:
        return self.assign(self._changed_by(ops.subtract, value))

    def _changed_by(self, op: Callable[..., Tensor], value: Any) -> Tensor:
        now = self._now()
        return op(now, as_tensor(value, self.dtype, now.backend))

    def numpy(self) -> np.ndarray:
        return self._now().numpy()

    def data(self) -> Coroutine[Any, Any, np.ndarray]:
        return self._now().data()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._now().__array__(dtype, copy)

    def __float__(self) -> float:
        return float(self._now())

    def __int__(self) -> int:
        return int(self._now())

    def __bool__(self) -> bool:
        return bool(self._now())

    def __len__(self) -> int:
        return len(self._value)

    def __format__(self, format_spec: str) -> str:
        return format(self._now(), format_spec)

    def __repr__(self) -> str:
        return f"<Variable {self.name}, shape={self.shape}, dtype={self.dtype}>\n{self.numpy()}"


attach_operators(Variable)
