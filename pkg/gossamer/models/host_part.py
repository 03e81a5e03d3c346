"""What of a functional model runs on the host, before a step that is jitted: layers of strings.

The graph is cut behind the layers that look at their inputs on the host, such as
`TextVectorization`. What lies before the cut runs first, by itself; the step begins with what it
made, as if these were the inputs. A model within a model is cut in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from gossamer import tree
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.call_arguments import parameters_of
from gossamer.layers.layer import Layer
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.models.network import Network, Node
from gossamer.texts import STRING


class Prepared(NamedTuple):
    """What a model is given in the place of its inputs, when its part on the host has run.

    Attributes:
        values: of what crosses the cut, in the order of `HostPart.crossing`; then, for each model
            within that is cut as well, one of these.
    """

    values: tuple[Any, ...]


class HostPart:
    """The part of a network that runs on the host, and what the rest needs of it.

    Args:
        network: the network.

    Attributes:
        is_there: whether the network has such a part, and can be cut behind it. It cannot if the
            part depends on weights, or if an output is of strings: then all of it runs op by op.
        nodes: the calls on the host.
        rest: the other calls.
        divided: those of the rest that are models which are cut themselves.
        crossing: the symbolic tensors that the rest begins with.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes: list[Node] = []
        self.rest: list[Node] = []
        self.divided: list[Node] = []
        self.crossing: list[KerasTensor] = []
        calls = [node for node in network.nodes if not node.is_input]
        wanted = [node for node in calls if is_on_host(node.operation)]
        self.divided = [
            node for node in calls if not is_on_host(node.operation) and _is_cut(node.operation)
        ]
        early = self._with_all_before(
            [*wanted, *(n for d in self.divided for n in self._before(d))]
        )
        self.nodes = [node for node in calls if id(node) in early]
        self.rest = [node for node in calls if id(node) not in early]
        self.crossing = self._crossing()
        self.is_there = bool(wanted or self.divided) and self._can_be_cut()

    def _before(self, node: Node) -> Iterable[Node]:
        """The calls that a call's arguments come from."""
        found = [self.network.node_of[id(x)] for x in node.inputs]
        return [other for other in found if not other.is_input]

    def _with_all_before(self, nodes: Iterable[Node]) -> set[int]:
        found: set[int] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if id(node) not in found:
                found.add(id(node))
                waiting.extend(self._before(node))
        return found

    def _crossing(self) -> list[KerasTensor]:
        made = {id(x) for node in self.rest for x in node.outputs.values()}
        divided = {id(node) for node in self.divided}
        needed = [x for node in self.rest if id(node) not in divided for x in node.inputs]
        needed += self.network.outputs
        return list({id(x): x for x in needed if id(x) not in made}.values())

    def _can_be_cut(self) -> bool:
        one_input = all(
            len(node.args) == 1
            and not any(isinstance(x, KerasTensor) for x in tree.flatten(node.kwargs))
            for node in self.divided
        )
        return (
            one_input
            and all(x.dtype != STRING for x in self.crossing)
            and not any(_learns(node.operation) for node in self.nodes)
            and not {id(node) for node in self.divided} & {id(node) for node in self.nodes}
        )

    def prepare(self, values: list[Any]) -> Prepared:
        """Run the part on the host.

        Args:
            values: of the network's inputs.
        """
        done = {id(x): value for x, value in zip(self.network.inputs, values, strict=True)}
        for node in self.nodes:
            node.run(done)
        made = [done[id(x)] for x in self.crossing]
        for node in self.divided:
            inputs = tree.map_structure(
                lambda x: done[id(x)] if isinstance(x, KerasTensor) else x, node.args[0]
            )
            made.append(node.operation.prepared(inputs))  # type: ignore[attr-defined]
        return Prepared(tuple(made))

    def run_rest(self, given: Prepared, call: Callable[..., Any] | None = None) -> list[Any]:
        """The outputs, from what `prepare` made.

        Args:
            given: that.
            call: what calls a layer or op, as `call(operation, *args, **kwargs)`.
        """
        count = len(self.crossing)
        done = {id(x): v for x, v in zip(self.crossing, given.values[:count], strict=True)}
        inner = {id(n): v for n, v in zip(self.divided, given.values[count:], strict=True)}
        for node in self.rest:
            if id(node) in inner:
                node.keep(node.called(call, (inner[id(node)],), node.kwargs), done)
            else:
                node.run(done, call)
        return [done[id(x)] for x in self.network.outputs]

    def layers_of_rest(self) -> list[Any]:
        """The layers that are part of a step."""
        found: list[Any] = []
        for node in self.rest:
            operation: Any = node.operation
            if node in self.divided:
                found += operation.layers_of_step()
            elif isinstance(operation, Layer):
                found += operation._flatten_layers()
        return found


def is_on_host(operation: Any) -> bool:
    """Whether this is a layer on the host, or a model of nothing else."""
    if isinstance(operation, OnHost):
        return True
    part = getattr(operation, "host_part", None)
    return part is not None and part.is_there and not part.rest


def _is_cut(operation: Any) -> bool:
    part = getattr(operation, "host_part", None)
    return part is not None and part.is_there


def _learns(operation: Any) -> bool:
    """Whether an operation has weights, or does something else in training."""
    return isinstance(operation, Layer) and (
        bool(operation.variables)
        or ("training" in parameters_of(operation.call) and not is_on_host(operation))
    )
