"""Branches and loops of a function that `jit` traces: decisions that are made when it runs.

A branch, and the condition and body of a loop, are traced each into a graph of its own. What they
use of the function around them becomes their inputs, and the variables that they assign to become
results. The decision is read when the program runs; if it depends on numbers of the host alone,
such as a counter, that costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from gossamer import dtypes, ops, tree
from gossamer.backend.graph import Choice, Graph, Loop
from gossamer.core import autodiff, variable_scope
from gossamer.core.tracing import Symbol, Trace, current
from gossamer.core.variable_scope import Scope
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor

if TYPE_CHECKING:
    from gossamer.variable import Variable


def is_traced(x: Any) -> bool:
    """Whether this is a tensor that only stands for a value."""
    return isinstance(x, Tensor) and x.backend.adopts


class _Traced(NamedTuple):
    """A function within another one that is being traced.

    Attributes:
        trace: the trace.
        structure: what the function gave.
        leaves: its leaves as tensors.
        written: the variables that it assigned to.
    """

    trace: Trace
    structure: Any
    leaves: list[Tensor]
    written: dict[int, Variable]


def _outer() -> Trace:
    assert current.trace is not None
    return current.trace


def _scope() -> Scope:
    """Where variables are read and written around the branch or loop."""
    assert variable_scope.current.scope is not None
    return variable_scope.current.scope


def _traced(
    function: Callable[..., Any],
    carried: Sequence[Tensor] = (),
    values: dict[int, Tensor] | None = None,
) -> _Traced:
    """Trace a function.

    Args:
        function: of as many tensors as are carried.
        carried: what the first inputs of its graph are like.
        values: what variables are when it begins, if not what they are now.
    """
    outer = _outer()
    with Trace(outer.target, outer) as trace:
        inputs = [trace.input(x.spec) for x in carried]
        trace.values.update(values or {})
        structure = function(*inputs)
        leaves = [_as_result(leaf) for leaf in tree.flatten(structure) if leaf is not None]
    return _Traced(trace, structure, leaves, dict(trace.written))


def _as_result(x: Any) -> Tensor:
    tensor = as_tensor(x)
    return as_tensor(tensor, dtypes.canonical(tensor.dtype))


def _closed(traced: _Traced, outputs: Sequence[Tensor]) -> tuple[Graph, list[Tensor]]:
    """The graph with these outputs, and what its captured inputs are in the outer trace."""
    trace = traced.trace
    trace.graph.outputs = [trace.number(x) for x in outputs]
    return trace.graph, list(trace.captured)


def _aligned(graph: Graph, carried: int, own: Sequence[int], operands: Sequence[int]) -> None:
    """Give a graph an input for each of the operands, in their order.

    Args:
        graph: its inputs are those that are carried, then one for each of `own`.
        carried: how many are carried.
        own: the outer numbers of the values that it captured.
        operands: the outer numbers of all that are to be given.
    """
    first, captured = graph.inputs[:carried], graph.inputs[carried:]
    inputs = dict(zip(own, captured, strict=True))
    specs = _outer().graph.specs
    graph.inputs = first + [
        inputs[n] if n in inputs else graph.new_value(specs[n]) for n in operands
    ]


def _tracked(captured: Sequence[Tensor]) -> list[Tensor]:
    """The tensors as the tapes know them: what was captured is known by its symbol only."""
    known = {
        x.buffer: x
        for tape in autodiff.tapes
        for x in tape.tracked.values()
        if isinstance(x.buffer, Symbol)
    }
    return [known.get(x.buffer, x) for x in captured]


def choose(index: Tensor, branches: Sequence[Callable[[], Any]]) -> Any:
    """What the branch of that number gives; all are traced, one is run.

    Args:
        index: an integer scalar within the branches.
        branches: give structures of one form, of tensors of equal shapes and dtypes.

    Raises:
        TypeError: if they do not.
    """
    return _chosen(index, branches, {})


def _values_now() -> dict[int, Tensor]:
    """What each variable is, for a second trace of the same function later."""
    values: dict[int, Tensor] = {}
    trace: Trace | None = _outer()
    while trace is not None:
        values = {**trace.values, **values}
        trace = trace.outer
    return values


def _chosen(
    index: Tensor,
    branches: Sequence[Callable[[], Any]],
    values: dict[int, Tensor],
    keep_writes: bool = True,
) -> Any:
    outer, scope = _outer(), _scope()
    traced = [_traced(branch, values=values) for branch in branches]
    # Among them those that the branches were the first to read.
    values = {**_values_now(), **values}
    first = traced[0]
    for other in traced[1:]:
        _check_alike(first, other)
    written: dict[int, Variable] = {}
    if keep_writes:
        for one in traced:
            written.update(one.written)
    graphs, captured = [], []
    for one in traced:
        with one.trace:
            cast = [
                as_tensor(x, like.dtype) for x, like in zip(one.leaves, first.leaves, strict=True)
            ]
            last_values = [one.trace.value_of(variable) for variable in written.values()]
            graph, own = _closed(one, [*cast, *last_values])
        graphs.append(graph)
        captured.append(own)
    operands = list(dict.fromkeys(outer.number(x) for own in captured for x in own))
    for graph, own in zip(graphs, captured, strict=True):
        _aligned(graph, 0, [outer.number(x) for x in own], operands)
    specs = [x.spec for x in first.leaves] + [v._value.spec for v in written.values()]
    node = outer.add(Choice(tuple(graphs)), [outer.number(index), *operands], *specs)
    results = [outer.tensor(n) for n in node.outputs]
    inputs = tuple(_tracked([x for own in captured for x in own]))
    if autodiff.tapes:
        _record(index, branches, values, inputs, results[: len(first.leaves)])
    for one in traced:
        one.trace.close()
    for variable, value in zip(written.values(), results[len(first.leaves) :], strict=True):
        scope.assign(variable, value)
    return _filled(first.structure, results[: len(first.leaves)])


def _filled(structure: Any, leaves: Sequence[Tensor]) -> Any:
    found = iter(leaves)
    return tree.map_structure(lambda x: None if x is None else next(found), structure)


def _check_alike(one: _Traced, other: _Traced) -> None:
    specs = [[x.spec for x in each.leaves] for each in (one, other)]
    shapes = [[spec.shape for spec in each] for each in specs]
    if not tree.is_alike(one.structure, other.structure) or shapes[0] != shapes[1]:
        raise TypeError(
            "Expected branches that give the same structure, shapes and dtypes, as one of them "
            f"is chosen when the jitted function runs. Received: {specs[0]} and {specs[1]}"
        )
    for a, b in zip(*specs, strict=True):
        if a.dtype != b.dtype and dtypes.result_type(a.dtype, b.dtype) != a.dtype:
            raise TypeError(f"Expected branches of equal dtypes. Received: {a} and {b}")


def _record(
    index: Tensor,
    branches: Sequence[Callable[[], Any]],
    values: dict[int, Tensor],
    inputs: tuple[Tensor, ...],
    outputs: Sequence[Tensor],
) -> None:
    """Let the tapes know: the gradient is a choice, too, of the branches' gradients."""
    sources = list({id(x): x for x in inputs if x.dtype in dtypes.FLOATS}.values())

    def backward(branch: Callable[[], Any], cotangents: Sequence[Tensor]) -> list[Tensor]:
        tape = autodiff.Tape(watches_variables=False)
        for source in sources:
            tape.watch(source)
        autodiff.tapes.append(tape)
        try:
            made = [_as_result(leaf) for leaf in tree.flatten(branch()) if leaf is not None]
        finally:
            autodiff.tapes.remove(tape)
        found = tape.gradient(list(zip(made, cotangents, strict=True)), sources)
        return [
            ops.zeros_like(source) if one is None else one
            for one, source in zip(found, sources, strict=True)
        ]

    def rule(*given: Tensor | None) -> list[Tensor]:
        cotangents = [
            ops.zeros_like(output) if one is None else one
            for one, output in zip(given, outputs, strict=True)
        ]
        return _chosen(
            index,
            [partial(backward, branch, cotangents) for branch in branches],
            values,
            keep_writes=False,
        )

    autodiff.record_joint_rule(rule, tuple(sources), tuple(outputs))


def loop(
    condition: Callable[..., Any],
    body: Callable[..., Sequence[Tensor]],
    carried: Sequence[Tensor],
    limit: int | None,
) -> list[Tensor]:
    """The tensors that are carried, after the body has changed them while the condition held.

    Args:
        condition: of the tensors gives a bool scalar.
        body: of the tensors gives the next ones, of the same shapes and dtypes.
        carried: the first ones.
        limit: the most steps; None for no limit.
    """
    outer, scope = _outer(), _scope()
    written = list(_traced(body, carried).written.values())
    all_carried = [*carried, *[scope.value_of(variable) for variable in written]]
    count = len(carried)

    def with_variables(function: Callable[..., Any], *given: Tensor) -> Any:
        trace = _outer()
        for variable, value in zip(written, given[count:], strict=True):
            trace.values[id(variable)] = value
        return function(*given[:count])

    steps = _traced(lambda *given: list(with_variables(body, *given)), all_carried)
    checks = _traced(lambda *given: with_variables(condition, *given), all_carried)
    graphs, captured = [], []
    for one, outputs in ((steps, [*steps.leaves]), (checks, [checks.leaves[0]])):
        if one is steps:
            outputs += [steps.trace.values[id(variable)] for variable in written]
        with one.trace:
            graph, own = _closed(one, outputs)
        graphs.append(graph)
        captured.append(own)
    operands = list(dict.fromkeys(outer.number(x) for own in captured for x in own))
    for graph, own in zip(graphs, captured, strict=True):
        _aligned(graph, len(all_carried), [outer.number(x) for x in own], operands)
    node = outer.add(
        Loop(condition=graphs[1], body=graphs[0], limit=limit),
        [*[outer.number(x) for x in all_carried], *operands],
        *[x.spec for x in all_carried],
    )
    results = [outer.tensor(n) for n in node.outputs]
    inputs = tuple(_tracked([*all_carried, *[x for own in captured for x in own]]))
    autodiff.record_joint_rule(_no_gradient, inputs, tuple(results[:count]))
    for one in (steps, checks):
        one.trace.close()
    for variable, value in zip(written, results[count:], strict=True):
        scope.assign(variable, value)
    return results[:count]


def _no_gradient(*_: Tensor | None) -> list[Tensor]:
    raise NotImplementedError(
        "A loop whose number of steps is not known when `jit` traces it has no gradient; use "
        "`ops.scan` or `ops.fori_loop` with a known number, or do not jit. Received: while_loop"
    )
