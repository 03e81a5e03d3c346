"""Who watches what `bind` computes: the profiler, and debug mode.

While nobody watches, `bind` asks one list whether it is empty, and that is all it costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gossamer.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gossamer.backend import Backend, Call
    from gossamer.backend.graph import KernelInfo


class Observer(Protocol):
    """Sees every call; what it computes itself is seen by no observer.

    Attributes:
        needs_each_op: whether a jitted function is to run op by op before its eyes; else it sees
            the kernels of a replay.
    """

    needs_each_op: bool

    def before(self, call: Call, inputs: tuple[Tensor, ...]) -> None: ...

    def after(self, call: Call, inputs: tuple[Tensor, ...], output: Tensor) -> None: ...

    def replayed(self, kernels: Sequence[KernelInfo], times: Sequence[float]) -> None:
        """A program was replayed, one kernel after another, in so many milliseconds each."""


# In the order in which they are told; who measures comes first, so that others are not measured.
observers: list[Observer] = []


def observed(call: Call, inputs: tuple[Tensor, ...], backend: Backend) -> Tensor:
    """Run a call before the eyes of all observers."""
    watching = observers[:]
    observers.clear()
    try:
        for observer in watching:
            observer.before(call, inputs)
        output = Tensor(call.output, backend.run(call, [x.buffer for x in inputs]), backend)
        for observer in watching:
            observer.after(call, inputs, output)
    finally:
        observers[:] = watching
    return output
