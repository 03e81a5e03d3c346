"""The clock of the webgl backend: timer queries, or waiting for every draw. See `queries.js`."""

import math
import time
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from pyodide.code import run_js
from pyodide.ffi import can_run_sync, run_sync

from gossamer.backend.base import Call
from gossamer.backend.clock import Lap
from gossamer.backend.webgl.planner import Plan


class QueryClock:
    """Times draws on the device.

    Calls that draw nothing (aliases, single elements, NumPy's references) are timed on the host.
    """

    def __init__(self, backend: Any) -> None:
        source = resources.files(__package__).joinpath("queries.js").read_text(encoding="utf-8")
        self._counts = backend.device.counts
        self._queries = run_js(source)(backend.device)
        self._pending: list[Lap] = []
        self.method = "timer query" if self._queries.hasQueries else "wall clock, one by one"
        self.finish = self._queries.finish

    def __del__(self) -> None:
        self._queries.close()

    def start(self) -> None:
        self._draws, self._programs = self._counts.draws, self._counts.programs
        self._queries.start()
        self._started = time.perf_counter()

    def stop(self, call: Call, buffers: Sequence[Any]) -> Lap:
        waited = self._queries.stop()
        wall_ms = (time.perf_counter() - self._started) * 1000
        lap = Lap(
            wall_ms=wall_ms,
            kernel_ms=None,
            draws=self._counts.draws - self._draws,
            programs=self._counts.programs - self._programs,
            sources=sources(call, buffers),
        )
        if self._queries.hasQueries:
            self._pending.append(lap)
        elif lap.draws:
            lap.kernel_ms = waited
        if not lap.draws:
            lap.kernel_ms = wall_ms
        return lap

    def settle(self) -> bool:
        if not self._pending:
            return True
        if can_run_sync():
            run_sync(self.settled())
        return not self._pending

    async def settled(self) -> None:
        pending, self._pending = self._pending, []
        if not pending:
            return
        found = (await self._queries.results()).to_py()
        for lap, milliseconds in zip(pending, np.asarray(found).tolist(), strict=True):
            if lap.draws and not math.isnan(milliseconds):
                lap.kernel_ms = milliseconds


def sources(call: Call, buffers: Sequence[Any]) -> tuple[str, ...]:
    """The shaders that run a call with these buffers; none where it needs no draw."""
    plan = call.plans.get(tuple([type(buffer) is np.ndarray for buffer in buffers]))
    if not isinstance(plan, Plan):
        return ()
    return tuple(draw.compiled.program.source for draw in plan.draws)
