"""What a backend is: it holds buffers and runs calls. `core.bind` is its only caller.

A buffer is the backend's own; a backend knows nothing of tensors, ops or gradients. A call brings
its primitive along, of which a backend uses `reference` (NumPy) or `lower` (the kernel spec).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from gossamer.backend.graph import Executable, Graph
from gossamer.backend.pieces import Pieces
from gossamer.kernel.spec import TensorSpec

Buffer = Any


class Operation(Protocol):
    """What a backend sees of a primitive."""

    @property
    def name(self) -> str: ...

    @property
    def reference(self) -> Any: ...

    @property
    def lower(self) -> Any: ...


@dataclass(eq=False, slots=True)
class Call:
    """A primitive with the shapes, dtypes and static arguments that it is applied to.

    Attributes:
        plans: the backend's own notes on how to run it, kept as long as the call is.
    """

    primitive: Operation
    inputs: tuple[TensorSpec, ...]
    output: TensorSpec
    static: dict[str, Any]
    plans: dict[Any, Any] = field(default_factory=dict)


class Pending(Protocol):
    """A tensor's elements on their way to the CPU, as they were when the read was begun."""

    def finish(self) -> np.ndarray:
        """A new array of them; waits for the device."""

    async def data(self) -> np.ndarray:
        """The same, while the page goes on."""


class Done:
    """Elements that are there already."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def finish(self) -> np.ndarray:
        return self._array

    async def data(self) -> np.ndarray:
        return self._array


class Backend(Protocol):
    """A place where tensors live and kernels run.

    Attributes:
        name: what users call it.
        can_be_lost: whether its device may go, and what lies there; it comes back empty.
        has_elements: whether its tensors do, or have shapes only.
        adopts: whether the tensors of other backends may be given to its calls beside its own.
        stands_for: its name, or that of the backend for which it traces.
    """

    name: str
    can_be_lost: bool
    has_elements: bool
    adopts: bool
    stands_for: str

    def run(self, call: Call, buffers: Sequence[Buffer]) -> Buffer:
        """Compute the call's output from its inputs' buffers."""

    def put(self, array: np.ndarray) -> Buffer:
        """A buffer with the array's elements; the array may change afterwards."""

    def get(self, buffer: Buffer, spec: TensorSpec) -> np.ndarray:
        """A new array with the buffer's elements; waits for the device."""

    def adopt(self, buffer: Buffer, spec: TensorSpec, source: "Backend") -> Buffer:
        """A buffer with the elements of one of another backend's."""

    def is_on_host(self, buffer: Buffer) -> bool:
        """Whether the elements are at hand, without a wait for a device."""

    def weak_type(self, buffer: Buffer) -> type | None:
        """The type of the Python number that a buffer stands for; None for all others."""

    def compile(self, graph: Graph) -> Pieces[Executable]:
        """Make a graph ready to run here, again and again."""

    def begin_read(self, buffer: Buffer, spec: TensorSpec, unasked: bool = False) -> Pending:
        """The same, without waiting: to be ended now or later; not counted if nobody asked."""

    def canonical_dtype(self, dtype: str) -> str:
        """The dtype that values of `dtype` take here when the user named none."""

    def check_dtype(self, dtype: str) -> None:
        """Raise `TypeError` if this backend cannot hold `dtype`."""

    def on_restored(self, listener: Callable[[], None]) -> None:
        """Call a function whenever the device was lost and has come back."""

    async def restored(self) -> None:
        """Wait until the device is back, if it was lost."""

    def set_memory_limit(self, limit: int | None) -> None:
        """Bytes that buffers may take on the device; None for the backend's own choice."""

    def memory(self) -> dict[str, Any]:
        """Counts and bytes, for `gossamer.memory()`."""
