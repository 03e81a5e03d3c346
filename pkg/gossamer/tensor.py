"""The tensor: an immutable array on a backend.

Holds a buffer, and the memory goes back to the backend when the last reference goes. The operators
are attached by `ops.operators`, since a tensor knows nothing of the ops.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from gossamer.backend import Backend, get_backend
from gossamer.kernel.spec import TensorSpec


class _Live:
    """How many tensors there are, and the bytes of their elements."""

    count = 0
    bytes = 0


live = _Live()
_ITEM_BYTES: dict[str, int] = {}


def nbytes(spec: TensorSpec) -> int:
    width = _ITEM_BYTES.get(spec.dtype)
    if width is None:
        width = _ITEM_BYTES[spec.dtype] = np.dtype(spec.dtype).itemsize
    return spec.size * width


class Tensor:
    """An n-dimensional array of one dtype, on the backend where it was made.

    Tensors come from `ops.convert_to_tensor`, from random functions and from other tensors; this
    constructor is the engine's.

    Example:
        >>> x = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> x.shape, x.dtype, float((x * x).sum())
        ((2, 2), 'float32', 30.0)
    """

    __slots__ = ("__weakref__", "_bytes", "backend", "buffer", "spec")

    # NumPy's operators step aside, so that `array + tensor` is a tensor.
    __array_ufunc__ = None

    def __init__(self, spec: TensorSpec, buffer: Any, backend: Backend) -> None:
        self.spec = spec
        self.buffer = buffer
        self.backend = backend
        self._bytes = nbytes(spec)
        live.count += 1
        live.bytes += self._bytes

    def __del__(self) -> None:
        live.count -= 1
        live.bytes -= self._bytes

    @property
    def shape(self) -> tuple[int, ...]:
        return self.spec.shape

    @property
    def dtype(self) -> str:
        return self.spec.dtype

    @property
    def ndim(self) -> int:
        return len(self.spec.shape)

    @property
    def size(self) -> int:
        return self.spec.size

    def numpy(self) -> np.ndarray:
        """A NumPy array of the elements, the caller's own; waits for the device."""
        return self.backend.get(self.buffer, self.spec)

    def data(self) -> Coroutine[Any, Any, np.ndarray]:
        """The same as `numpy()`, without blocking the page: `await t.data()`.

        The read begins here and does not need the tensor any more.
        """
        return self.backend.begin_read(self.buffer, self.spec).data()

    def to(self, backend: str) -> Tensor:
        """This tensor on the named backend; itself if it is there already. Gradients end here."""
        target = get_backend(backend)
        if target is self.backend:
            return self
        target.check_dtype(self.dtype)
        return Tensor(self.spec, target.put(self.numpy()), target)

    def item(self) -> Any:
        """The only element, as a Python number.

        Raises:
            ValueError: if there are more, or none.
        """
        if self.size != 1:
            raise ValueError(f"Expected a tensor of one element. Received: shape={self.shape}")
        return self.numpy().item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self.numpy().tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("A tensor's elements lie on its backend. Received: copy=False")
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __index__(self) -> int:
        if self.ndim or self.dtype not in _INDEX_DTYPES:
            raise TypeError(f"Expected an integer scalar. Received: {self.spec}")
        return int(self.item())

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("A tensor without axes has no length. Received: shape=()")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __format__(self, format_spec: str) -> str:
        return format(self.item() if format_spec else str(self), format_spec)

    def __repr__(self) -> str:
        header = f"Tensor(shape={self.shape}, dtype={self.dtype}, backend={self.backend.name})"
        return f"{header}\n{self.numpy()}"

    if TYPE_CHECKING:  # attached by ops.operators
        T: Tensor

        def __getitem__(self, key: Any) -> Tensor: ...
        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __floordiv__(self, other: Any) -> Tensor: ...
        def __mod__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __rpow__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __abs__(self) -> Tensor: ...
        def __invert__(self) -> Tensor: ...
        def __and__(self, other: Any) -> Tensor: ...
        def __or__(self, other: Any) -> Tensor: ...
        def __xor__(self, other: Any) -> Tensor: ...
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __eq__(self, other: Any) -> Tensor: ...  # type: ignore[override]
        def __ne__(self, other: Any) -> Tensor: ...  # type: ignore[override]
        def astype(self, dtype: Any) -> Tensor: ...
        def reshape(self, *newshape: Any) -> Tensor: ...
        def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor: ...
        def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor: ...


_INDEX_DTYPES = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"})
