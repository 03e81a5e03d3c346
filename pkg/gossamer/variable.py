"""The variable: a named tensor that training replaces."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import numpy as np

from gossamer.core import autodiff
from gossamer.core.snapshots import Copy, snapshots
from gossamer.ops.convert import as_tensor
from gossamer.ops.operators import attach_operators
from gossamer.tensor import Tensor


class Variable:
    """A tensor that can be assigned to; tapes watch it when it is trainable.

    Its elements come back when a lost GPU does, as old as `config.set_snapshot_interval` allows.

    Args:
        initializer: the first value, an array or tensor; or a function `(shape, dtype) -> value`.
        shape: needed when `initializer` is a function.
        dtype: of the value; that of `initializer`, or float32, if None.
        trainable: whether a `GradientTape` watches it unasked.
        name: for people.

    Raises:
        ValueError: for a function without a shape; in `assign`, for another shape.

    Example:
        >>> v = Variable([1.0, 2.0])
        >>> v.assign_add([1.0, 1.0]).numpy()
        array([2., 3.], dtype=float32)
    """

    # `_copy` is what `core.snapshots` keeps of the value.
    __slots__ = ("__weakref__", "_copy", "_value", "name", "trainable")
    __array_ufunc__ = None

    def __init__(
        self,
        initializer: Any,
        shape: tuple[int, ...] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        if callable(initializer):
            if shape is None:
                raise ValueError("Expected a shape beside an initializer function. Received: None")
            initializer = initializer(tuple(shape), dtype=dtype or "float32")
        with autodiff.paused():
            self._value = as_tensor(initializer, dtype)
        if shape is not None and self._value.shape != tuple(shape):
            raise ValueError(
                f"Expected a value of shape {tuple(shape)}. Received: shape={self._value.shape}"
            )
        self.trainable = trainable
        self.name = name or "variable"
        self._copy: Copy | None = None
        snapshots.register(self)

    @property
    def value(self) -> Tensor:
        """The tensor that this variable is now."""
        if autodiff.tapes and self.trainable:
            autodiff.variable_read(self, self._value)
        return self._value

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
        """Replace the value by one of the same shape, cast to the variable's dtype."""
        tensor = as_tensor(value, self.dtype, self._value.backend)
        if tensor.shape != self.shape:
            raise ValueError(
                f"Expected a value of shape {self.shape} for {self.name!r}. "
                f"Received: shape={tensor.shape}"
            )
        self._value = tensor
        if snapshots.wants_changes:
            snapshots.changed()
        return self

    def assign_add(self, value: Any) -> Variable:
        return self.assign(self._value + as_tensor(value, self.dtype, self._value.backend))

    def assign_sub(self, value: Any) -> Variable:
        return self.assign(self._value - as_tensor(value, self.dtype, self._value.backend))

    def numpy(self) -> np.ndarray:
        return self._value.numpy()

    def data(self) -> Coroutine[Any, Any, np.ndarray]:
        return self._value.data()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._value.__array__(dtype, copy)

    def __float__(self) -> float:
        return float(self._value)

    def __int__(self) -> int:
        return int(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __format__(self, format_spec: str) -> str:
        return format(self._value, format_spec)

    def __repr__(self) -> str:
        return f"<Variable {self.name}, shape={self.shape}, dtype={self.dtype}>\n{self.numpy()}"


attach_operators(Variable)
