"""Which primitive calls an op makes: caught on their way into the `numpy` backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import numpy as np

import gossamer as gs
from gossamer.backend import get_backend
from gossamer.backend.base import Call
from gossamer.core.primitive import Host
from gossamer.kernel.parts import as_parts, in_parts
from gossamer.kernel.spec import Lowering, Spec, Steps, TensorSpec
from tests.ops.record import Record, gradients, on, weights_for


class Seen(NamedTuple):
    """One call, with the arrays that it was given and the array that the reference gave."""

    call: Call
    inputs: list[np.ndarray]
    output: np.ndarray

    def lowered(self) -> Lowering | None:
        """Its kernels; None for what runs on the host: empty tensors, and what has no kernel."""
        call = self.call
        sizes = [spec.size for spec in (*call.inputs, call.output)]
        if isinstance(call.primitive.lower, Host) or 0 in sizes:
            return None
        return in_parts(call.primitive.lower(*call.inputs, call.output, **call.static))

    def kernels(self) -> Iterator[tuple[Spec, list[TensorSpec]]]:
        """Each kernel, with the tensors that it is given and the one that it gives."""
        lowering, tensors = self.lowered(), [as_parts(x) for x in self.call.inputs]
        if isinstance(lowering, Steps):
            *earlier, last = lowering.steps
            for spec, sources in earlier:
                yield spec, [*(tensors[i] for i in sources), spec.output]
                tensors.append(spec.output)
            lowering, tensors = last.spec, [tensors[i] for i in last.sources]
        if lowering is not None:
            yield lowering, [*tensors, as_parts(self.call.output)]


def parts_of(array: np.ndarray) -> np.ndarray:
    """An array as kernels have it: complex numbers as pairs of floats."""
    if array.dtype.kind != "c":
        return array
    return np.ascontiguousarray(array)[..., np.newaxis].view(np.float32)


@contextmanager
def watching() -> Iterator[list[Seen]]:
    """Computes on the `numpy` backend, and lists what it runs."""
    backend: Any = get_backend("numpy")
    run, before = backend.run, gs.backend()
    seen: list[Seen] = []

    def watched(call: Call, buffers: list[np.ndarray]) -> np.ndarray:
        result = run(call, buffers)
        seen.append(Seen(call, list(buffers), result))
        return result

    gs.set_backend("numpy")
    backend.run = watched
    try:
        yield seen
    finally:
        del backend.run
        gs.set_backend(before)


def calls_of(function: Callable[..., Any], *arguments: Any) -> list[Seen]:
    """What a function runs."""
    with watching() as seen:
        function(*arguments)
    return seen


# Ops of which the gradient's gradient has a kernel that neither they nor their gradients have.
TWICE = {"max_pool"}


@cache
def calls(record: Record) -> list[Seen]:
    """What a record's op runs, forwards and backwards."""
    arrays = record.arrays()
    with watching() as seen:
        results = record.apply(on("numpy", arrays))
        gradients(record, on("numpy", arrays), weights_for(record, results))
        if record.op in TWICE and record.differentiable():
            slope = gs.grad(lambda x: gs.ops.sum(gs.ops.square(record.apply([x])[0])))
            gs.grad(lambda x: gs.ops.sum(gs.ops.square(slope(x))))(arrays[0])
    return seen
