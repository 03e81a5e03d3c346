"""Graphs on WebGL2: kernels fused, planned and compiled once, then drawn by one call.

What is computed of single numbers is computed by NumPy before the call, and passed as uniforms.
All other kernels become draws. What lives between two of them only lies in the workspace, whose
textures are used again as soon as their last reader has been drawn; inputs, outputs, and what
NumPy looks at in between, have textures of their own. A graph with something in it that only the
host can do, or a choice or loop, is drawn in several runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gossamer.backend.clock import clock_of
from gossamer.backend.graph import SMALL, Choice, Graph, KernelInfo, Loop, Node
from gossamer.backend.numpy.replay import bytes_of
from gossamer.backend.pieces import Pieces
from gossamer.backend.webgl.draws import DrawList, Segment
from gossamer.dtypes import COMPLEX
from gossamer.kernel.spec import TensorSpec

if TYPE_CHECKING:
    from gossamer.backend.webgl.webgl_backend import WebglBackend


def made(backend: WebglBackend, graph: Graph) -> Pieces[WebglReplay]:
    """A graph, made ready to run."""
    replay = WebglReplay(backend, graph)
    yield from replay.build()
    return replay


class WebglReplay:
    """A graph, ready to run once it is built.

    Attributes:
        numbers: the inputs of one element that it takes as numbers and not as textures.
    """

    def __init__(self, backend: WebglBackend, graph: Graph) -> None:
        self._backend = backend
        self._graph = graph
        self._has_run = False
        self.numbers = _numbers(graph)
        self._on_host = _on_host(graph, self.numbers)
        self._steps: list[_Step | Segment] = []
        self._values: list[Any] = [None] * len(graph.specs)
        for number, value in graph.constants.items():
            self._values[number] = value
        self._draws = DrawList(backend, graph.specs, self._on_host, self._values)

    def run(self, inputs: Sequence[Any], given_up: Collection[int] = ()) -> list[Any]:
        values = self._begun(inputs)
        # The first run finds what is wrong with a program: until then nothing is written over.
        self._draws.given_up = given_up if self._has_run else ()
        for step in self._steps:
            step.run(values)
        self._has_run = True
        return [values[number] for number in self._graph.outputs]

    def timed(self, inputs: Sequence[Any]) -> tuple[list[Any], list[float]]:
        values = self._begun(inputs)
        self._draws.given_up = ()
        wait = clock_of(self._backend).finish
        times: list[float] = []
        for step in self._steps:
            for part in step.parts():
                wait()
                started = time.perf_counter()
                part(values)
                wait()
                times.append((time.perf_counter() - started) * 1000)
        return [values[number] for number in self._graph.outputs], times

    def kernels(self) -> list[KernelInfo]:
        return [info for step in self._steps for info in step.infos()]

    def _begun(self, inputs: Sequence[Any]) -> list[Any]:
        values = self._values.copy()
        for number, buffer in zip(self._graph.inputs, inputs, strict=True):
            values[number] = buffer
        self._draws.begin(values)
        return values

    # Building

    def build(self) -> Pieces[None]:
        """From nodes to steps: what needs nothing of the device first, then in order."""
        graph = self._graph
        known = {*graph.constants, *(self._on_host & {*graph.inputs})}
        pending: list[Node] = []
        before: list[_Step | Segment] = []
        last_use = {v: i for i, node in enumerate(graph.nodes) for v in node.inputs}
        for i, node in enumerate(graph.nodes):
            if node.outputs[0] in self._on_host and known.issuperset(node.inputs):
                before.append((yield from self._host_step(node)))
                known.update(node.outputs)
            elif self._is_break(node):
                yield from self._flush(pending, last_use, i)
                pending = []
                self._steps.append((yield from self._host_step(node)))
            else:
                pending.append(node)
        yield from self._flush(pending, last_use, len(graph.nodes))
        if len(self._steps) == 1 and isinstance(self._steps[0], Segment):
            self._steps[0].find_donors(graph)  # nobody else reads the inputs after these draws
        self._steps = [*before, *self._steps]
        self._draws.compile(graph.inputs)
        yield partial(self._draws.caught_up, 0)

    def _is_break(self, node: Node) -> bool:
        """Whether a node is no kernel."""
        if isinstance(node.call, Choice | Loop):
            return True
        sizes = [spec.size for spec in (*node.call.inputs, node.call.output)]
        if 0 in sizes or not callable(node.call.primitive.lower):
            return True
        return node.outputs[0] in self._on_host

    def _flush(self, nodes: list[Node], last_use: dict[int, int], here: int) -> Pieces[None]:
        """Make the draws of the kernels so far."""
        if not nodes:
            return
        made = {v for node in nodes for v in node.outputs}
        kept = {v for v in made if last_use.get(v, -1) >= here} | made.intersection(
            self._graph.outputs
        )
        segment = Segment(self._draws)
        self._steps.append(segment)
        yield from segment.build(nodes, kept)

    def _host_step(self, node: Node) -> Pieces[_Step]:
        specs = self._graph.specs
        if isinstance(node.call, Choice):
            return (yield from _chosen(self._backend, node, specs, self._on_host))
        if isinstance(node.call, Loop):
            return (yield from _looped(self._backend, node, specs, self._on_host))
        return _OnHost(self._backend, node, specs, node.outputs[0] in self._on_host)


def _numbers(graph: Graph) -> set[int]:
    """The inputs that are taken as numbers; those that the graph replaces by tensors are not."""
    numbers = {n for n in graph.on_host if _is_small(graph.specs[n])}
    while True:
        on_host = _on_host(graph, numbers)
        replaced = {n for n, new in graph.replaced.items() if n in numbers and new not in on_host}
        if not replaced:
            return numbers
        numbers -= replaced


def _on_host(graph: Graph, numbers: set[int]) -> set[int]:
    """The values that NumPy has: small ones, of such ones alone."""
    known = numbers | {
        n
        for n, x in graph.constants.items()
        if isinstance(x, np.ndarray) and _is_small(graph.specs[n])
    }
    for node in graph.nodes:
        if isinstance(node.call, Choice | Loop):
            continue
        if _is_small(node.call.output) and node.inputs and known.issuperset(node.inputs):
            known.update(node.outputs)
    return known


def _is_small(spec: TensorSpec) -> bool:
    """Whether NumPy computes it; complex numbers are two floats, and no uniform."""
    return spec.size <= SMALL and spec.dtype not in COMPLEX


class _Step:
    """A node that is no kernel."""

    def __init__(self, node: Node, specs: list[TensorSpec]) -> None:
        self._name = node.name
        self._reads = tuple(specs[v] for v in node.inputs)
        self._makes = tuple(specs[v] for v in node.outputs)

    def run(self, values: list[Any]) -> None:
        raise NotImplementedError

    def parts(self) -> list[Callable[[list[Any]], None]]:
        return [self.run]

    def infos(self) -> list[KernelInfo]:
        moved = bytes_of(*self._reads, *self._makes)
        return [KernelInfo((self._name,), self._reads, self._makes, 0, moved, "")]


class _OnHost(_Step):
    """A call that NumPy computes."""

    def __init__(
        self, backend: WebglBackend, node: Node, specs: list[TensorSpec], stays: bool
    ) -> None:
        assert not isinstance(node.call, Choice | Loop)
        super().__init__(node, specs)
        self._backend = backend
        self._call = node.call
        self._inputs, (self._output,) = node.inputs, node.outputs
        self._stays = stays

    def run(self, values: list[Any]) -> None:
        call, get = self._call, self._backend.get
        if call.output.size == 0:
            values[self._output] = np.empty(call.output.shape, call.output.dtype)
            return
        arrays = [
            x if isinstance(x, np.ndarray) and x.shape == spec.shape else get(x, spec)
            for x, spec in zip([values[v] for v in self._inputs], call.inputs, strict=True)
        ]
        with np.errstate(all="ignore"):
            result = np.asarray(call.primitive.reference(*arrays, **call.static), call.output.dtype)
        values[self._output] = result if self._stays else self._backend.put_on_device(result)


def _chosen(
    backend: WebglBackend, node: Node, specs: list[TensorSpec], on_host: set[int]
) -> Pieces[_Step]:
    assert isinstance(node.call, Choice)
    branches = []
    for graph in node.call.graphs:
        branches.append((yield from made(backend, _inner(graph, node.inputs[1:], on_host))))
    return _Chosen(backend, node, specs, branches)


class _Chosen(_Step):
    """One of several graphs, by a number that is read."""

    def __init__(
        self,
        backend: WebglBackend,
        node: Node,
        specs: list[TensorSpec],
        branches: list[WebglReplay],
    ) -> None:
        super().__init__(node, specs)
        self._backend = backend
        self._index, *self._operands = node.inputs
        self._branches = branches
        self._spec = specs[self._index]
        self._outputs = node.outputs

    def run(self, values: list[Any]) -> None:
        index = int(self._backend.get(values[self._index], self._spec))
        made = self._branches[index].run([values[v] for v in self._operands])
        _keep(self._backend, values, self._outputs, made)


def _looped(
    backend: WebglBackend, node: Node, specs: list[TensorSpec], on_host: set[int]
) -> Pieces[_Step]:
    assert isinstance(node.call, Loop)
    graph = _inner(node.call.body, node.inputs, on_host)
    graph.replaced = dict(zip(graph.inputs, graph.outputs, strict=False))
    body = yield from made(backend, graph)
    numbers = {v for v, n in zip(node.inputs, graph.inputs, strict=True) if n in body.numbers}
    condition = yield from made(backend, _inner(node.call.condition, node.inputs, numbers))
    return _Looped(backend, node, specs, body, condition)


class _Looped(_Step):
    """A graph for as long as a number that is read says so."""

    def __init__(
        self,
        backend: WebglBackend,
        node: Node,
        specs: list[TensorSpec],
        body: WebglReplay,
        condition: WebglReplay,
    ) -> None:
        assert isinstance(node.call, Loop)
        super().__init__(node, specs)
        self._backend = backend
        self._inputs, self._outputs = node.inputs, node.outputs
        self._body, self._condition = body, condition
        self._limit = node.call.limit

    def run(self, values: list[Any]) -> None:
        given = [values[v] for v in self._inputs]
        carried = len(self._outputs)
        steps = 0
        while self._limit is None or steps < self._limit:
            (goes_on,) = self._condition.run(given)
            if not self._backend.get(goes_on, TensorSpec((), "bool")):
                break
            given[:carried] = self._body.run(given)
            steps += 1
        _keep(self._backend, values, self._outputs, given[:carried])


def _inner(graph: Graph, operands: Sequence[int], on_host: set[int]) -> Graph:
    """A graph within another one, which knows which of its inputs are on the host there."""
    inner = graph.with_nodes(graph.nodes)
    inner.on_host = {n for n, v in zip(graph.inputs, operands, strict=True) if v in on_host}
    return inner


def _keep(
    backend: WebglBackend, values: list[Any], outputs: Sequence[int], made: Sequence[Any]
) -> None:
    """Keep what an inner graph made, on the device."""
    for v, buffer in zip(outputs, made, strict=True):
        values[v] = backend.put_on_device(buffer) if isinstance(buffer, np.ndarray) else buffer
