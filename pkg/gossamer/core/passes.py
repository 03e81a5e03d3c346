"""Passes: each makes a graph smaller, and leaves its values as they are.

What is fused into which kernel is the backend's choice (`kernel.fusion`); here is what holds for
every backend. Floating-point arithmetic is only left out where the result is the same to the last
bit: `x * 1` is `x`, `x + 0.0` is not, for a negative zero.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from gossamer.backend.graph import SMALL, Choice, Graph, Loop, Node
from gossamer.backend.pieces import Pieces
from gossamer.core.primitive import PRIMITIVES, Primitive


def simplified(graph: Graph) -> Pieces[Graph]:
    """The graph after all passes."""
    for improve in PASSES:
        graph = improve(graph)
        yield None
    return graph


def with_folded_constants(graph: Graph) -> Graph:
    """What is computed of constants alone is a constant, unless that is larger than they are."""
    constants, nodes = dict(graph.constants), []
    for node in graph.nodes:
        arrays = [constants.get(number) for number in node.inputs]
        call = node.call
        if isinstance(call, Choice | Loop) or not all(isinstance(x, np.ndarray) for x in arrays):
            nodes.append(node)
            continue
        if call.output.size > max([SMALL, *(spec.size for spec in call.inputs)]):
            nodes.append(node)
            continue
        with np.errstate(all="ignore"):
            result = call.primitive.reference(*arrays, **call.static)
        constants[node.outputs[0]] = np.asarray(result, call.output.dtype)
    folded = graph.with_nodes(nodes)
    folded.constants = constants
    return folded


def without_neutral_operands(graph: Graph) -> Graph:
    """Copies, and operations with an operand that changes nothing, are their other operand."""
    same: dict[int, int] = {}
    nodes = []
    for node in graph.nodes:
        node = _renumbered(node, same)
        source = _unchanged(node, graph)
        if source is None:
            nodes.append(node)
        else:
            same[node.outputs[0]] = source
    return graph.with_nodes(nodes, [same.get(number, number) for number in graph.outputs])


def _unchanged(node: Node, graph: Graph) -> int | None:
    """The input that a node's output equals to the last bit; None if there is none."""
    if isinstance(node.call, Choice | Loop):
        return None
    primitive = _primitive(node)
    if primitive.copies:
        return node.inputs[0]
    for position, number in enumerate(primitive.neutral):
        if number is None or len(node.inputs) != 2:
            continue
        other = node.inputs[1 - position]
        known = graph.constants.get(node.inputs[position])
        is_neutral = isinstance(known, np.ndarray) and known.size == 1 and _equals(known, number)
        if is_neutral and graph.specs[other] == node.call.output:
            return other
    return None


def _primitive(node: Node) -> Primitive:
    return PRIMITIVES[node.name]


def _equals(known: np.ndarray, number: float) -> bool:
    value = known.item()
    return value == number and np.signbit(value) == np.signbit(number)


def with_common_subexpressions(graph: Graph) -> Graph:
    """Equal calls of equal values are made once; equal small constants are one."""
    same: dict[int, int] = {}
    known: dict[Hashable, int] = {}
    for number, value in graph.constants.items():
        if isinstance(value, np.ndarray) and value.size <= SMALL:
            key = (value.dtype.name, value.shape, value.tobytes())
            same[number] = known.setdefault(key, number)
    made: dict[Hashable, Node] = {}
    nodes = []
    for node in graph.nodes:
        node = _renumbered(node, same)
        if isinstance(node.call, Choice | Loop):
            nodes.append(node)
            continue
        # Calls of equal questions are one object, as `bind` has them.
        first = made.setdefault((id(node.call), node.inputs), node)
        if first is node:
            nodes.append(node)
        else:
            same |= dict(zip(node.outputs, first.outputs, strict=True))
    return graph.with_nodes(nodes, [same.get(number, number) for number in graph.outputs])


def without_dead_code(graph: Graph) -> Graph:
    """Only what the outputs need."""
    needed = set(graph.outputs)
    nodes = []
    for node in reversed(graph.nodes):
        if not needed.isdisjoint(node.outputs):
            nodes.append(node)
            needed.update(node.inputs)
    alive = graph.with_nodes(nodes[::-1])
    alive.constants = {n: value for n, value in graph.constants.items() if n in needed}
    return alive


def _renumbered(node: Node, same: dict[int, int]) -> Node:
    return node._replace(inputs=tuple([same.get(number, number) for number in node.inputs]))


PASSES: tuple[Callable[[Graph], Graph], ...] = (
    with_folded_constants,
    without_neutral_operands,
    with_common_subexpressions,
    without_dead_code,
)
