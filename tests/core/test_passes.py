"""Each pass alone: what it leaves out, and what it leaves alone."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend
from gossamer.backend.pieces import to_the_end
from gossamer.core import passes
from gossamer.core.tracing import Trace
from gossamer.kernel.spec import TensorSpec


def traced(function, *shapes, dtype="float32"):
    """The graph of a function as it is written down."""
    trace = Trace(get_backend("numpy"))
    with trace:
        inputs = [trace.input(TensorSpec(shape, dtype)) for shape in shapes]
        for result in gs.tree.flatten(function(*inputs)):
            trace.graph.outputs.append(trace.number(result))
    trace.close()
    return trace.graph


def simplified(graph):
    return to_the_end(passes.simplified(graph))


def names(graph):
    return [node.name for node in graph.nodes]


def run(graph, *arrays):
    return to_the_end(get_backend("numpy").compile(graph)).run(arrays)


X = np.float32([[1, -2], [3, -0.0]])


def test_constants_are_folded():
    graph = traced(lambda x: x * (ops.exp(ops.convert_to_tensor(2.0)) + 1.0), (2, 2))
    folded = passes.with_folded_constants(graph)
    assert names(graph) == ["exp", "add", "multiply"]
    assert names(folded) == ["multiply"]
    np.testing.assert_allclose(run(folded, X)[0], X * (np.exp(np.float32(2)) + 1), rtol=1e-6)


def test_constants_that_are_larger_than_what_they_are_made_of_are_not():
    graph = traced(lambda x: x + ops.ones((30, 2, 2)), (2, 2))
    assert "broadcast_to" in names(passes.with_folded_constants(graph))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * 1.0, lambda x: 1.0 * x, lambda x: x / 1.0, lambda x: x - 0.0,
        lambda x: x + -0.0, lambda x: x**1.0, ops.copy, ops.stop_gradient,
    ],
)  # fmt: skip
def test_what_changes_nothing_is_left_out(function):
    graph = passes.without_neutral_operands(traced(function, (2, 2)))
    assert names(graph) == []
    (found,) = run(graph, X)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(X))


@pytest.mark.parametrize(
    "function", [lambda x: x + 0.0, lambda x: x * 0.0, lambda x: 1.0 / x, lambda x: 0.0 - x]
)
def test_what_changes_a_bit_stays(function):
    assert len(passes.without_neutral_operands(traced(function, (2, 2))).nodes) == 1


def test_a_neutral_operand_that_broadcasts_stays():
    graph = traced(lambda x: x * ops.convert_to_tensor([[1.0]]), (2,))
    assert names(passes.without_neutral_operands(graph)) == ["multiply"]


def test_equal_calls_are_made_once():
    def f(x):
        return ops.exp(x) * 0.5 + ops.exp(x) * 0.5, ops.sum(x, 0), ops.sum(x, 1)

    graph = passes.with_common_subexpressions(traced(f, (2, 2)))
    assert names(graph) == ["exp", "multiply", "add", "sum", "sum"]
    np.testing.assert_allclose(run(graph, X)[0], np.exp(X), rtol=1e-6)


def test_zeros_of_both_signs_are_two_constants():
    graph = traced(lambda x: (x * 0.0, x * -0.0), (2, 2))
    assert len(passes.with_common_subexpressions(graph).nodes) == 2


def test_dead_code_goes():
    def f(x):
        ops.tanh(x)
        ops.sum(x)
        return x * 2.0

    graph = traced(f, (2, 2))
    alive = passes.without_dead_code(graph)
    assert names(alive) == ["multiply"]
    assert len(alive.constants) == 1


def test_all_of_them_leave_the_values():
    def f(x):
        y = ops.copy(ops.sin(x) * 1.0)
        ops.cos(x)
        return y - ops.sin(x) * (1.0 + 1.0), x

    graph = traced(f, (2, 2))
    small = simplified(graph)
    assert names(small) == ["sin", "multiply", "subtract"]
    for a, b in zip(run(graph, X), run(small, X), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_graph_prints():
    text = str(simplified(traced(lambda x: ops.sum(x * 2.0, axis=1), (2, 3))))
    assert text.splitlines() == [
        "inputs %0: float32[2, 3]",
        "%1: float32[] = 2.",
        "%2: float32[2, 3] = multiply(%0, %1)",
        "%3: float32[2] = sum(%2; axes=(1,))",
        "outputs %3",
    ]
