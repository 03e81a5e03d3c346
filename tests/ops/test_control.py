"""Control flow: what is called and how often, gradients through it, and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops


def test_only_the_branch_that_is_taken_is_called() -> None:
    def never() -> None:
        raise AssertionError

    assert ops.cond(ops.convert_to_tensor(True), lambda: 3, never) == 3
    assert ops.cond(ops.convert_to_tensor(0.0), never, lambda: 4) == 4
    assert ops.switch(ops.convert_to_tensor(7), [never, lambda: 5]) == 5


@pytest.mark.parametrize("x", [3.0, -3.0])
def test_gradient_of_a_branch(x: float) -> None:
    slope = gs.grad(lambda x: ops.cond(x > 0, lambda: x * x, lambda: 5.0 * x))(x)
    assert slope.item() == (6.0 if x > 0 else 5.0)
    chosen = gs.grad(lambda x: ops.switch(x > 0, [lambda y: -y, lambda y: y * y], x))(x)
    assert chosen.item() == (6.0 if x > 0 else -1.0)


def test_gradients_of_loops() -> None:
    def doubled(x: gs.Tensor) -> gs.Tensor:
        return ops.while_loop(lambda y: y < 10, lambda y: y * 2, x)

    assert gs.grad(doubled)(1.5).item() == 8.0
    assert gs.grad(gs.grad(lambda x: ops.fori_loop(0, 3, lambda k, y: y * x, x)))(2.0).item() == 48

    def totals(x: gs.Tensor) -> gs.Tensor:
        carry, ys = ops.scan(lambda c, x: (c * x, c + x), ops.convert_to_tensor(1.0), x)
        return carry + ops.sum(ys)

    # carry = abc, ys = 1 + a, a + b, ab + c
    np.testing.assert_allclose(gs.grad(totals)([2.0, 3.0, 5.0]).numpy(), [15 + 5, 10 + 3, 6 + 1])
    np.testing.assert_allclose(
        gs.grad(lambda x: ops.sum(ops.map(lambda y: y**3, x)))([1.0, 2.0]).numpy(), [3.0, 12.0]
    )


def test_a_loop_reads_one_scalar_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    numpy = gs.Tensor.numpy
    monkeypatch.setattr(gs.Tensor, "numpy", lambda x: read.append(x.shape) or numpy(x))
    found = ops.while_loop(lambda x: x < 3, lambda x: x + 1, ops.convert_to_tensor(0))
    ops.cond(found > 2, lambda: 1, lambda: 2)
    ops.scan(lambda c, x: (c + x, c), 0.0, ops.ones(5))
    assert read == [()] * 5


def test_maximum_iterations_are_not_decided() -> None:
    asked: list[int] = []

    def goes_on(x: gs.Tensor) -> bool:
        asked.append(1)
        return True

    assert ops.while_loop(goes_on, lambda x: x + 1, 0, maximum_iterations=3).item() == 3
    assert len(asked) == 3


def test_numbers_take_the_dtype_of_the_first_step() -> None:
    assert ops.while_loop(lambda x: x < 2, lambda x: x + 0.5, 0).dtype == "float32"
    assert ops.fori_loop(0, 2, lambda k, x: 1, ops.ones(())).dtype == "float32"
    with pytest.raises(TypeError, match=r"int32\[\]"):
        ops.while_loop(lambda x: x < 2, lambda x: x + 0.5, ops.convert_to_tensor(0))


@pytest.mark.parametrize(
    "step",
    [
        lambda x: {"a": x["a"]},
        lambda x: {"a": x["a"], "b": (x["b"], x["b"])},
        lambda x: {"a": x["a"][:1], "b": x["b"]},
        lambda x: {"a": x["a"], "b": ops.cast(x["b"], "float32")},
    ],
)
def test_what_is_carried_keeps_its_form(step: Any) -> None:
    carried = {"a": ops.ones(2), "b": ops.ones((), "int32")}
    with pytest.raises(TypeError, match="Received: "):
        ops.fori_loop(0, 1, lambda k, x: step(x), carried)
    with pytest.raises(TypeError, match="Received: "):
        ops.scan(lambda c, x: (step(c), x), carried, ops.ones(2))
    with pytest.raises(TypeError, match="Received: "):
        ops.while_loop(lambda x: True, step, carried)


def test_scan_of_nothing_has_the_shapes_of_a_step() -> None:
    carry, ys = ops.scan(
        lambda c, x: (c + ops.sum(x), {"y": x > 0, "none": None}), 1.0, ops.ones((0, 3))
    )
    assert carry.item() == 1.0
    assert (ys["y"].shape, ys["y"].dtype, ys["none"]) == ((0, 3), "bool", None)


def test_results_of_unequal_structure() -> None:
    with pytest.raises(TypeError, match="one structure"):
        ops.map(lambda x: (x,) if x > 1 else {"x": x}, ops.arange(3))


def test_errors() -> None:
    with pytest.raises(TypeError, match="Received: f=3"):
        ops.scan(3, 0, ops.ones(2))
    with pytest.raises(ValueError, match="unroll=0"):
        ops.scan(lambda c, x: (c, x), 0, ops.ones(2), unroll=0)
    with pytest.raises(ValueError, match="length=None"):
        ops.scan(lambda c, x: (c, x), 0)
    with pytest.raises(ValueError, match="length=3"):
        ops.scan(lambda c, x: (c, x), 0, ops.ones(2), length=3)
    with pytest.raises(TypeError, match="a carry and a result"):
        ops.scan(lambda c, x: c, 0, ops.ones(2))
    with pytest.raises(ValueError, match=r"branches=\[\]"):
        ops.switch(0, [])
    with pytest.raises(TypeError, match="function"):
        ops.vectorized_map(3, ops.ones(2))
