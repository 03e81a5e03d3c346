"""The graph between symbolic tensors: which calls lead from inputs to outputs, in which order.

A symbolic tensor knows the call that it came from. From the outputs back to the inputs these calls
are found, sorted, and each is given its depth: the longest way from it to an output. The order of
a model's layers, and with it that of its weights, is by depth, as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.input import InputLayer
from gossamer.layers.layer import Layer
from gossamer.operation import Operation


@dataclass(eq=False)
class Node:
    """One call in the graph, or an input.

    Attributes:
        operation: the layer or op that is called; the input layer of an input.
        args, kwargs: what it is called with; symbolic tensors among them.
        outputs: those of its results that are used, by their position.
        name: of the operation.
    """

    operation: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    name: str
    outputs: dict[int, KerasTensor] = field(default_factory=dict)

    @property
    def is_input(self) -> bool:
        return isinstance(self.operation, InputLayer)

    @property
    def inputs(self) -> list[KerasTensor]:
        return [x for x in tree.flatten([self.args, self.kwargs]) if isinstance(x, KerasTensor)]

    def run(self, done: dict[int, Any], call: Callable[..., Any] | None = None) -> None:
        """Make the call.

        Args:
            done: values of symbolic tensors by their ids; those of the outputs are added.
            call: what calls a layer or op, as `call(operation, *args, **kwargs)`.
        """
        given = [self.args, self.kwargs]
        leaves = [
            done[id(leaf)] if isinstance(leaf, KerasTensor) else leaf
            for leaf in tree.flatten(given)
        ]
        args, kwargs = tree.unflatten(given, leaves)
        self.keep(self.called(call, args, kwargs), done)

    def called(
        self, call: Callable[..., Any] | None, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if call is None:
            return self.operation(*args, **kwargs)
        return call(self.operation, *args, **kwargs)

    def keep(self, results: Any, done: dict[int, Any]) -> None:
        """Add what the call gave to the values of symbolic tensors."""
        leaves = tree.flatten(results)
        for position, tensor in self.outputs.items():
            done[id(tensor)] = leaves[position]

    @property
    def key(self) -> int:
        """The same for all calls of one layer or operation; an op is another one at each call."""
        return id(self.operation) if isinstance(self.operation, Operation) else id(self)


class Network:
    """What lies between inputs and outputs.

    Args:
        inputs, outputs: symbolic tensors.

    Attributes:
        inputs, outputs: these.
        nodes: inputs and calls, each after those that it depends on.
        operations: one node for each layer and each call of an op, in Keras's order of layers.

    Raises:
        ValueError: if an output depends on what is no input, or a name is there twice.
    """

    def __init__(self, inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> None:
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.nodes: list[Node] = []
        self.node_of: dict[int, Node] = {}  # by the ids of symbolic tensors
        self._calls: dict[int, Node] = {}
        self._first_met: dict[int, int] = {}
        self._input_nodes = {id(x): _input_node(x) for x in self.inputs}
        for output in self.outputs:
            self._find(output)
        self.operations = self._sorted()
        self._check_names()

    def _find(self, output: KerasTensor) -> None:
        """Add the calls that a tensor depends on, depth first; deep graphs need no deep stack."""
        waiting: list[tuple[KerasTensor, Node | None]] = [(output, None)]
        open_calls: set[int] = set()
        while waiting:
            tensor, finished = waiting.pop()
            if finished is not None:
                self.nodes.append(finished)
                open_calls.discard(id(finished))
                continue
            known = self.node_of.get(id(tensor))
            if known is not None:
                continue
            node = self._node(tensor)
            is_new = not node.outputs
            self.node_of[id(tensor)] = node
            node.outputs[0 if node.is_input else tensor.operation.position] = tensor  # type: ignore[union-attr]
            if not is_new:
                continue
            self._first_met.setdefault(node.key, len(self._first_met))
            waiting.append((tensor, node))
            waiting.extend((x, None) for x in reversed(node.inputs))

    def _node(self, tensor: KerasTensor) -> Node:
        if id(tensor) in self._input_nodes:
            return self._input_nodes[id(tensor)]
        call = tensor.operation
        if call is None:
            raise ValueError(
                "Expected outputs that depend on the inputs alone: the graph is disconnected. "
                f"Received: {tensor!r}, which is no input"
            )
        node = self._calls.get(id(call.kwargs))
        if node is None:
            name = tensor.call_name or getattr(call.function, "name", None)
            name = name or call.function.__name__
            node = self._calls[id(call.kwargs)] = Node(call.function, call.args, call.kwargs, name)
        return node

    def _sorted(self) -> list[Node]:
        depths: dict[int, int] = {}
        deepest: dict[int, int] = {}
        for node in reversed(self.nodes):
            depth = max(depths.get(id(node), 0), deepest.get(node.key, 0))
            deepest[node.key] = depths[id(node)] = depth
            for tensor in node.inputs:
                before = self.node_of[id(tensor)]
                depths[id(before)] = max(depth + 1, depths.get(id(before), 0))
        # Inputs that no output depends on belong to the model none the less.
        for tensor, node in zip(self.inputs, self._input_nodes.values(), strict=True):
            if node.key not in deepest:
                self.node_of[id(tensor)] = node
                node.outputs[0] = tensor
                deepest[node.key] = 0
                self._first_met[node.key] = -1
                self.nodes.insert(0, node)
        by_key: dict[int, Node] = {}
        for node in self.nodes:
            by_key.setdefault(node.key, node)
        return sorted(
            by_key.values(), key=lambda node: (-deepest[node.key], self._first_met[node.key])
        )

    def _check_names(self) -> None:
        """Layers must have names of their own; ops are given numbers."""
        taken = {node.name for node in self.operations if isinstance(node.operation, Layer)}
        layers = [node.name for node in self.operations if isinstance(node.operation, Layer)]
        twice = sorted({name for name in layers if layers.count(name) > 1})
        if twice:
            raise ValueError(
                f"Expected layers of different names in a model. Received: {twice}, more than once"
            )
        ops = [node for node in self.operations if not isinstance(node.operation, Layer)]
        for node in sorted(ops, key=lambda node: min(x.number for x in node.outputs.values())):
            node.name = _free_name(node.name, taken)
            taken.add(node.name)

    def calls_of(self, key: int) -> list[Node]:
        """The calls of one layer, in the order in which they were made."""
        calls = [node for node in self.nodes if node.key == key]
        return sorted(calls, key=lambda node: min(x.number for x in node.outputs.values()))

    @property
    def layers(self) -> list[Layer]:
        """The layers, in Keras's order."""
        return [node.operation for node in self.operations if isinstance(node.operation, Layer)]

    def run(self, values: Sequence[Any], call: Callable[..., Any] | None = None) -> list[Any]:
        """The outputs for values of the inputs.

        Args:
            values: of the inputs, symbolic tensors perhaps.
            call: what calls a layer or op, as `call(operation, *args, **kwargs)`.
        """
        done = {id(x): value for x, value in zip(self.inputs, values, strict=True)}
        for node in self.nodes:
            if not node.is_input and all(id(x) in done for x in node.inputs):
                node.run(done, call)
        return [done[id(x)] for x in self.outputs]


def _input_node(tensor: KerasTensor) -> Node:
    """The input layer of a tensor: its own, or a new one if it comes from a call."""
    layer = tensor.input_layer
    if layer is None:
        name = tensor.name if tensor.operation is None else f"{tensor.name}CLONE"
        layer = InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype, name=name)
        if tensor.operation is None:
            tensor.input_layer = layer
    return Node(layer, (), {}, layer.name)


def _free_name(name: str, taken: Iterable[str]) -> str:
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
