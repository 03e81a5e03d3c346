"""The `numpy` backend: every primitive's reference, on the CPU. The oracle of all others."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gossamer.backend.base import Backend, Call, Done
from gossamer.backend.graph import Graph
from gossamer.backend.numpy.replay import NumpyReplay
from gossamer.backend.pieces import Pieces
from gossamer.kernel.spec import TensorSpec


class NumpyBackend:
    """Buffers are NumPy arrays that nobody writes to."""

    name = "numpy"
    can_be_lost = False
    has_elements = True
    adopts = False
    stands_for = name

    def run(self, call: Call, buffers: Sequence[np.ndarray]) -> np.ndarray:
        # Infinities and NaN are values here, as on every GPU, and no reason to warn.
        with np.errstate(all="ignore"):
            result = call.primitive.reference(*buffers, **call.static)
        return np.asarray(result, call.output.dtype)

    def put(self, array: np.ndarray) -> np.ndarray:
        return array.copy()

    def get(self, buffer: np.ndarray, spec: TensorSpec) -> np.ndarray:
        return buffer.copy()

    def adopt(self, buffer: Any, spec: TensorSpec, source: Backend) -> np.ndarray:
        return source.get(buffer, spec)

    def is_on_host(self, buffer: np.ndarray) -> bool:
        return True

    def weak_type(self, buffer: Any) -> None:
        return None

    def compile(self, graph: Graph) -> Pieces[NumpyReplay]:
        yield None
        return NumpyReplay(graph)

    def begin_read(self, buffer: np.ndarray, spec: TensorSpec, unasked: bool = False) -> Done:
        return Done(buffer.copy())

    def canonical_dtype(self, dtype: str) -> str:
        return dtype

    def check_dtype(self, dtype: str) -> None:
        """Every dtype that NumPy has is held."""

    def on_restored(self, listener: Callable[[], None]) -> None:
        """Nothing is ever lost."""

    async def restored(self) -> None:
        """Nothing is ever lost."""

    def set_memory_limit(self, limit: int | None) -> None:
        """The memory is the interpreter's, which has its own limit."""

    def memory(self) -> dict[str, Any]:
        return {}
