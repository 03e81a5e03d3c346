"""Snapshots: copies of the variables on the CPU, which outlive the loss of a device.

All variables are copied at one moment between two steps of training, so that weights and the
moments of an optimizer fit one another. Such moments are: the end of an optimizer's step, the
beginning of an outermost tape, and whenever the event loop has nothing else to do. Each of them
asks `take_if_due`, which compares two numbers; no op and no read of a variable is slowed down.

Taking one queues copies on the device and waits for nothing. It is ended, by a copy to the CPU, at
the first moment after the device has had a second for it; or sooner if the next one is due. Until
then the snapshot before counts. What has not been assigned to since then is not copied again.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary, ref

import numpy as np

from gossamer.core.tracing import current
from gossamer.errors import DeviceLostError
from gossamer.tensor import Tensor

if TYPE_CHECKING:
    import asyncio

    from gossamer.backend import Backend
    from gossamer.backend.base import Pending
    from gossamer.variable import Variable

DEFAULT_INTERVAL = 60.0
# So long a device has for the copies, and a new model to be built, before its first snapshot.
GRACE = 1.0


class Copy(NamedTuple):
    """A variable's elements on the CPU, and the tensor that they are a copy of."""

    tensor: ref[Tensor]
    elements: np.ndarray


class _Reading(NamedTuple):
    """A copy that is being made."""

    variable: ref[Variable]
    tensor: ref[Tensor]
    pending: Pending


class Snapshots:
    """Keeps the snapshots of all variables whose device can be lost.

    Args:
        clock: seconds that only grow.

    Attributes:
        interval: seconds from one snapshot to the next; None for no snapshots.
        wants_changes: whether `changed` is to be called at the next assignment.
        taken: how many there have been.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.interval: float | None = DEFAULT_INTERVAL
        self.wants_changes = False
        self.taken = 0
        self._variables: WeakValueDictionary[int, Variable] = WeakValueDictionary()
        self._backends: set[str] = set()
        self._readings: list[_Reading] = []
        # When the last one began, and when the one in use did.
        self._begun = self._used = -math.inf
        self._wanted = math.inf  # when to begin the next one
        self._due = math.inf  # when to do something: begin one, or end one
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = math.inf

    def register(self, variable: Variable) -> None:
        """Take copies of a new variable, too."""
        backend = variable._value.backend
        if not backend.can_be_lost:
            return
        if backend.name not in self._backends:
            self._backends.add(backend.name)
            backend.on_restored(lambda: self.restore(backend))
        self._variables[id(variable)] = variable
        self.changed(is_new=True)

    def changed(self, is_new: bool = False) -> None:
        """A variable is not what it was when the last snapshot began."""
        if self.interval is None:
            return
        wait = min(self.interval, GRACE)
        begin = self._clock() + wait if is_new else self._begun + self.interval
        self.wants_changes = False
        self._wanted = min(self._wanted, begin)
        self._plan()

    def set_interval(self, interval: float | None) -> None:
        """Choose how old a snapshot may be; None drops those there are."""
        self.interval = interval
        self._wanted = math.inf
        self.wants_changes = False
        if interval is None:
            self._readings = []
            for variable in self._variables.values():
                variable._copy = None
        elif self._variables:
            self.changed(is_new=True)
        self._plan()

    def take_if_due(self) -> None:
        """What is called between two steps."""
        if current.trace is not None:
            return  # this is no step yet
        now = self._clock()
        if now < self._due:
            return
        if self._readings:
            self._end()
        if now >= self._wanted:
            self._begin(now)
        self._plan()

    def _begin(self, now: float) -> None:
        self._begun, self._wanted, self.wants_changes = now, math.inf, True
        for variable in self._variables.values():
            tensor = variable._value
            if variable._copy is None or variable._copy.tensor() is not tensor:
                try:
                    pending = tensor.backend.begin_read(tensor.buffer, tensor.spec, unasked=True)
                except DeviceLostError:
                    continue  # whoever uses this variable is told
                self._readings.append(_Reading(ref(variable), ref(tensor), pending))

    def _end(self) -> None:
        readings, self._readings = self._readings, []
        try:
            copies = [(x.variable(), Copy(x.tensor, x.pending.finish())) for x in readings]
        except DeviceLostError:
            self.changed()  # the snapshot before is all there is
            return
        for variable, copy in copies:
            if variable is not None:
                variable._copy = copy
        self._used = self._begun
        self.taken += 1

    def _plan(self) -> None:
        """Choose the next moment, and have the event loop see to it if no step does."""
        end = math.inf
        if self._readings:
            end = self._begun + min(self.interval or 0.0, GRACE)
        self._due = min(self._wanted, end)
        if self._due < self._timer_due:
            self._start_timer()

    def _start_timer(self) -> None:
        # Loaded when there is something to do: never where no device can be lost.
        import asyncio

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # there are steps only
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = self._due
        self._timer = loop.call_later(max(self._due - self._clock(), 0.0), self._wake)

    def _wake(self) -> None:
        self._timer, self._timer_due = None, math.inf
        self.take_if_due()
        self._plan()

    def restore(self, backend: Backend) -> None:
        """Give all variables of a backend the values of the last snapshot."""
        self._readings = []
        restored = 0
        for variable in list(self._variables.values()):
            copy, lost = variable._copy, variable._value
            if copy is None or lost.backend is not backend:
                continue
            tensor = Tensor(lost.spec, backend.put(copy.elements), backend)
            variable._value = tensor
            variable._copy = Copy(ref(tensor), copy.elements)
            restored += 1
        self._plan()
        if restored:
            age = self._clock() - self._used
            warnings.warn(
                f"The GPU was lost and has come back: {restored} variables are as they were "
                f"{age:.1f} seconds ago.",
                RuntimeWarning,
                stacklevel=2,
            )

    def memory(self) -> dict[str, Any]:
        """Figures for `gossamer.memory()`."""
        copies = [variable._copy for variable in self._variables.values()]
        return {
            "snapshots": self.taken,
            "snapshot_bytes": sum(copy.elements.nbytes for copy in copies if copy is not None),
        }


snapshots = Snapshots()
