"""Programs: a function of tensors, traced once for arguments of a kind, and replayed from then on.

What `jit` keeps. Making one is work in pieces, between which a page may draw.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gossamer.backend import Backend, Executable, Graph
from gossamer.backend.pieces import Pieces
from gossamer.core import autodiff, structure
from gossamer.core.observe import observers
from gossamer.core.passes import simplified
from gossamer.core.snapshots import snapshots
from gossamer.core.tracing import Symbol, Trace
from gossamer.kernel.spec import TensorSpec
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class Same:
    """A key for what is known by its identity; keeps it alive."""

    __slots__ = ("item",)

    def __init__(self, item: Any) -> None:
        self.item = item

    def __hash__(self) -> int:
        return id(self.item)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.item is other.item


@dataclass(eq=False, slots=True)
class Program:
    """A traced function, ready to run for arguments of one kind.

    Attributes:
        graph: what it computes.
        executable: the graph, ready to run.
        given: for each input of the graph the number of a leaf of the arguments, or a variable.
        expected: the variables of one element that it takes for numbers of Python's.
        form: of the result.
        results: its leaves: the number of an output, or what it is at every call.
        written: the variables that it assigns to, each with the number of its output.
        replaced: the inputs that are these variables' values before.
    """

    graph: Graph
    executable: Executable
    given: list[int | Variable]
    expected: list[Variable]
    form: structure.Form
    results: list[int | Same]
    written: list[tuple[Variable, int]]
    replaced: list[tuple[int, Variable]]

    def fits(self) -> bool:
        """Whether the variables lie where they did."""
        return all(v._value.backend.is_on_host(v._value.buffer) for v in self.expected)


@dataclass(eq=False, slots=True)
class Request:
    """The arguments of one call.

    Attributes:
        key: equal for calls that one program serves.
        target: the backend that is to run it.
        leaves: the arguments' leaves, the tensors among them on the target.
        dynamic: which of them are tensors.
        weak: which of these are numbers of Python's, each with its type.
        form: of the arguments.
    """

    key: Hashable
    target: Backend
    leaves: list[Any]
    dynamic: list[int]
    weak: dict[int, type]
    form: structure.Form


def traced(function: Callable[..., Any], request: Request) -> Pieces[Program]:
    """The program of a function for arguments of one kind. The function runs in one piece."""
    trace = Trace(request.target)
    try:
        with trace, autodiff.paused():
            leaves = list(request.leaves)
            for i in request.dynamic:
                on_host = request.target.is_on_host(leaves[i].buffer)
                leaves[i] = trace.input(leaves[i].spec, on_host, request.weak.get(i))
            args, kwargs = structure.unflatten(request.form, iter(leaves))
            value = function(*args, **kwargs)
            found, form = structure.flatten(value, lambda _: False)
            results = [_result(leaf, trace) for leaf in found]
            written = [
                (variable, _output(trace, trace.number(trace.values[key])))
                for key, variable in trace.written.items()
            ]
            numbers = {id(variable): number for variable, number in trace.read}
            trace.graph.replaced = {
                numbers[id(variable)]: trace.graph.outputs[k] for variable, k in written
            }
    finally:
        read = list(trace.read)
        trace.close()
    yield None
    graph = yield from simplified(trace.graph)
    sources = {number: variable for variable, number in read}
    leaf_of = iter(request.dynamic)
    given = [sources[n] if n in sources else next(leaf_of) for n in graph.inputs]
    executable = yield from request.target.compile(graph)
    expected = [v for v, n in read if n in executable.numbers]
    replaced = [(n, variable) for variable, n in read if n in graph.replaced]
    return Program(graph, executable, given, expected, form, results, written, replaced)


def _result(leaf: Any, trace: Trace) -> int | Same:
    if isinstance(leaf, Tensor) and isinstance(leaf.buffer, Symbol):
        return _output(trace, trace.number(leaf))
    return Same(leaf)


def _output(trace: Trace, number: int) -> int:
    """The place of a value among the graph's outputs."""
    trace.graph.outputs.append(number)
    return len(trace.graph.outputs) - 1


def replayed(program: Program, request: Request) -> Any:
    target = request.target
    given_up = [n for n, variable in program.replaced if _is_alone(variable)]
    buffers = buffers_of(program, request)
    if observers:
        made, times = program.executable.timed(buffers)
        for observer in observers:
            observer.replayed(program.executable.kernels(), times)
    else:
        made = program.executable.run(buffers, given_up)
    specs, outputs = program.graph.specs, program.graph.outputs
    for variable, k in program.written:
        here = variable._value.backend
        variable._value = _tensor(made[k], specs[outputs[k]], target, here)
    if program.written and snapshots.wants_changes:
        snapshots.changed()
    results = [
        x.item if isinstance(x, Same) else _tensor(made[x], specs[outputs[x]], target, target)
        for x in program.results
    ]
    del buffers, made
    snapshots.take_if_due()
    return structure.unflatten(program.form, iter(results))


def buffers_of(program: Program, request: Request) -> list[Any]:
    """What the graph's inputs are at this call."""
    leaves = request.leaves
    return [x._value.buffer if isinstance(x, Variable) else leaves[x].buffer for x in program.given]


def _is_alone(holder: Any) -> bool:
    """Whether nobody but a variable has its tensor, and nobody but that its buffer."""
    return (
        sys.getrefcount(holder._value) == _ONE_REFERENCE
        and sys.getrefcount(holder._value.buffer) == _ONE_REFERENCE
    )


class _Held:
    """Something that is held once, to see what Python counts then."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = object()


_held = _Held()
_ONE_REFERENCE = sys.getrefcount(_held._value)


def _tensor(buffer: Any, spec: TensorSpec, target: Backend, here: Backend) -> Tensor:
    """A tensor of what the target made, on a backend."""
    if isinstance(buffer, np.ndarray):
        if here.can_be_lost:  # what NumPy computed for a device
            buffer = here.put(buffer)
    elif here is not target:
        buffer = here.adopt(buffer, spec, target)
    return Tensor(spec, buffer, here)
