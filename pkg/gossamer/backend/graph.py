"""Graphs: what a traced function computes, as a flat list of calls on numbered values.

`core.tracing` writes them, `core.passes` makes them smaller, and a backend turns one into an
`Executable`. A graph knows neither tensors nor variables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from gossamer.kernel.spec import TensorSpec

if TYPE_CHECKING:
    from gossamer.backend.base import Buffer, Call


# Values of up to so many elements may be computed on the host where all that they are made of is
# there: numbers, the state of random ones, small constants.
SMALL = 16


class Choice(NamedTuple):
    """One of several graphs, by an integer: the first input. All have the same outputs.

    Attributes:
        graphs: each is given the other inputs.
    """

    graphs: tuple[Graph, ...]

    @property
    def name(self) -> str:
        return "choice"


class Loop(NamedTuple):
    """A graph for as long as another one says.

    Attributes:
        condition: of the inputs gives a bool.
        body: of the inputs gives the next of those that are carried, which are the first.
        limit: the most steps; None for no limit.
    """

    condition: Graph
    body: Graph
    limit: int | None

    @property
    def name(self) -> str:
        return "loop"


class Node(NamedTuple):
    """One step of a graph.

    Attributes:
        call: what is computed.
        inputs: the numbers of the values that it is computed of.
        outputs: those of the values that it gives: one, but for a choice or a loop.
    """

    call: Call | Choice | Loop
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.call.name if isinstance(self.call, Choice | Loop) else self.call.primitive.name


@dataclass(eq=False)
class Graph:
    """Values and the nodes that compute them, in order.

    Attributes:
        specs: shape and dtype of each value, by its number.
        inputs: the values that are given.
        constants: those that are known: a NumPy array, or a buffer of the backend.
        nodes: each after those whose values it needs.
        outputs: the values that are wanted.
        on_host: the inputs that are numbers of Python's or lie with NumPy: what is computed of
            small ones of these alone is computed there.
        replaced: the inputs that the caller replaces by an output afterwards: variables, and what
            a loop carries.
    """

    specs: list[TensorSpec] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    constants: dict[int, Any] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    on_host: set[int] = field(default_factory=set)
    replaced: dict[int, int] = field(default_factory=dict)

    def new_value(self, spec: TensorSpec) -> int:
        self.specs.append(spec)
        return len(self.specs) - 1

    def with_nodes(self, nodes: list[Node], outputs: Sequence[int] | None = None) -> Graph:
        """The same values, computed by other nodes."""
        wanted = list(self.outputs if outputs is None else outputs)
        replaced = {
            n: wanted[self.outputs.index(v)] for n, v in self.replaced.items() if v in self.outputs
        }
        return Graph(
            self.specs, self.inputs, dict(self.constants), nodes, wanted, self.on_host, replaced
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, indent: str = "") -> Iterator[str]:
        """The graph as text, a line a node."""
        yield f"{indent}inputs {self._listed(self.inputs)}"
        for number, value in self.constants.items():
            known = value if isinstance(value, np.ndarray) and value.size <= 4 else "..."
            text = np.array2string(known) if isinstance(known, np.ndarray) else known
            yield f"{indent}{self._value(number)} = {text}"
        for node in self.nodes:
            given = ", ".join(f"%{number}" for number in node.inputs)
            static = ""
            if not isinstance(node.call, Choice | Loop) and node.call.static:
                static = "; " + ", ".join(f"{k}={v!r}" for k, v in node.call.static.items())
            yield f"{indent}{self._listed(node.outputs)} = {node.name}({given}{static})"
            for graph in _inner(node):
                yield from graph.lines(indent + "    ")
        yield f"{indent}outputs {', '.join(f'%{number}' for number in self.outputs)}"

    def _value(self, number: int) -> str:
        shape, dtype = self.specs[number]
        return f"%{number}: {dtype}[{', '.join(map(str, shape))}]"

    def _listed(self, numbers: Iterable[int]) -> str:
        return ", ".join(map(self._value, numbers))


def _inner(node: Node) -> tuple[Graph, ...]:
    if isinstance(node.call, Choice):
        return node.call.graphs
    return (node.call.condition, node.call.body) if isinstance(node.call, Loop) else ()


class KernelInfo(NamedTuple):
    """One kernel of an executable, for people.

    Attributes:
        names: the ops that are computed in it.
        shapes: of what it reads, and of what it writes.
        draws: how many it takes on the device; 0 where it is computed on the host.
        bytes: of the elements that it reads and writes.
        source: of its programs.
    """

    names: tuple[str, ...]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    draws: int
    bytes: int
    source: str


class Executable(Protocol):
    """A graph made ready to run, again and again.

    Attributes:
        numbers: the inputs that it takes from the host only.
    """

    numbers: set[int]

    def run(self, inputs: Sequence[Buffer], given_up: Collection[int] = ()) -> list[Buffer]:
        """The outputs' buffers, given the inputs'; arrays, where NumPy computed them.

        Args:
            inputs: a buffer for each of the graph's.
            given_up: the inputs that nobody needs afterwards, among those that are replaced: they
                may be written over as soon as they have been read.
        """

    def timed(self, inputs: Sequence[Buffer]) -> tuple[list[Buffer], list[float]]:
        """The same, and how many milliseconds each kernel took, waiting for one after another."""

    def kernels(self) -> list[KernelInfo]:
        """What it consists of, in order."""
