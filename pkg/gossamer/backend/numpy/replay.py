"""Graphs on the CPU: the references of their calls, one after another, with nothing in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

import numpy as np

from gossamer.backend.graph import Choice, Graph, KernelInfo, Loop, Node
from gossamer.kernel.spec import TensorSpec

# What a step computes, of which slots, into which, and which slots are of no use after it.
Step = tuple[Callable[..., Any], tuple[int, ...], tuple[int, ...], tuple[int, ...]]


class NumpyReplay:
    """The calls of a graph, ready to run."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.numbers: set[int] = set()
        self._steps: list[Step] = []
        last_use = {number: i for i, node in enumerate(graph.nodes) for number in node.inputs}
        kept = {*graph.outputs, *graph.constants}
        for i, node in enumerate(graph.nodes):
            dead = [n for n in {*node.inputs, *node.outputs} - kept if last_use.get(n, i) == i]
            self._steps.append((_function(node, graph), node.inputs, node.outputs, tuple(dead)))
        self._slots: list[Any] = [None] * len(graph.specs)
        for number, array in graph.constants.items():
            self._slots[number] = array

    def run(self, inputs: Sequence[np.ndarray], given_up: Collection[int] = ()) -> list[np.ndarray]:
        return self._computed(inputs, self._steps)

    def timed(self, inputs: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[float]]:
        times: list[float] = []

        def clocked(function: Callable[..., Any], *arrays: np.ndarray) -> Any:
            started = time.perf_counter()
            results = function(*arrays)
            times.append((time.perf_counter() - started) * 1000)
            return results

        steps = [(partial(clocked, function), *others) for function, *others in self._steps]
        return self._computed(inputs, steps), times

    def _computed(
        self, inputs: Sequence[np.ndarray], steps: Sequence[tuple[Any, ...]]
    ) -> list[np.ndarray]:
        slots = self._slots.copy()
        for number, array in zip(self._graph.inputs, inputs, strict=True):
            slots[number] = array
        # Infinities and NaN are values here, as on every GPU, and no reason to warn.
        with np.errstate(all="ignore"):
            for function, given, made, dead in steps:
                results = function(*[slots[number] for number in given])
                for number, array in zip(made, results, strict=True):
                    slots[number] = array
                for number in dead:
                    slots[number] = None
        return [slots[number] for number in self._graph.outputs]

    def kernels(self) -> list[KernelInfo]:
        return [_info(node, self._graph) for node in self._graph.nodes]


def _function(node: Node, graph: Graph) -> Callable[..., Any]:
    """From the inputs' arrays to a sequence of the outputs'."""
    call = node.call
    if isinstance(call, Choice):
        return _Chosen(call)
    if isinstance(call, Loop):
        return _Looped(call)
    return partial(_called, call.primitive.reference, call.output.dtype, call.static)


def _called(reference: Any, dtype: str, static: dict[str, Any], *arrays: np.ndarray) -> Any:
    return (np.asarray(reference(*arrays, **static), dtype),)


class _Chosen:
    def __init__(self, choice: Choice) -> None:
        self._branches = [NumpyReplay(graph) for graph in choice.graphs]

    def __call__(self, index: np.ndarray, *operands: np.ndarray) -> list[np.ndarray]:
        return self._branches[int(index)].run(operands)


class _Looped:
    def __init__(self, loop: Loop) -> None:
        self._condition, self._body = NumpyReplay(loop.condition), NumpyReplay(loop.body)
        self._limit = loop.limit
        self._carried = len(loop.body.outputs)

    def __call__(self, *given: np.ndarray) -> list[np.ndarray]:
        carried, others = list(given[: self._carried]), given[self._carried :]
        steps = 0
        while self._limit is None or steps < self._limit:
            if not self._condition.run([*carried, *others])[0]:
                break
            carried = self._body.run([*carried, *others])
            steps += 1
        return carried


def _info(node: Node, graph: Graph) -> KernelInfo:
    inputs, outputs = (
        tuple(graph.specs[number] for number in numbers) for numbers in (node.inputs, node.outputs)
    )
    return KernelInfo((node.name,), inputs, outputs, 0, bytes_of(*inputs, *outputs), "")


def bytes_of(*specs: TensorSpec) -> int:
    """The bytes of the elements of so many tensors."""
    return sum(spec.size * np.dtype(spec.dtype).itemsize for spec in specs)
