"""A program that is made in pieces: what a page may do in between, and that it changes nothing."""

import asyncio

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend.pieces import to_the_end
from gossamer.browser import event_loop


@pytest.fixture
def meanwhile(monkeypatch):
    """Has work in pieces give way after each, and calls what is in the list, one at a time."""
    waiting = []
    pauses = []

    async def next_frame():
        pauses.append(len(waiting))
        if waiting:
            waiting.pop(0)()
        await asyncio.sleep(0)

    monkeypatch.setattr(event_loop, "PIECE_SECONDS", 0.0)
    monkeypatch.setattr(event_loop, "next_frame", next_frame)
    return waiting, pauses


def counting():
    """A jitted function that counts its calls in a variable."""
    calls = gs.Variable(np.zeros(3, np.float32))

    @gs.jit
    def step(x):
        calls.assign_add(ops.ones((3,)))
        return ops.sum(ops.exp(x) * 2.0, axis=1) / ops.max(x) + calls[0]

    return step, calls


X = np.float32([[1, 2, 3], [4, 5, 6]])
SUM = np.exp(X).sum(1) / 3


def test_an_awaited_call_is_a_call(wait_for, meanwhile):
    _, pauses = meanwhile
    step, calls = counting()
    first = wait_for(step.call_async(X))
    made = len(pauses)
    second = wait_for(step.call_async(X))
    np.testing.assert_allclose(first, SUM + 1, rtol=1e-5)
    np.testing.assert_allclose(second, SUM + 2, rtol=1e-5)
    np.testing.assert_allclose(step(X), SUM + 3, rtol=1e-5)
    np.testing.assert_array_equal(calls, [3, 3, 3])
    assert (step.cache_info().misses, step.cache_info().hits) == (1, 2)
    # It gave way after the trace, each pass, and each kernel; and never where a program is there.
    assert made >= 5
    assert len(pauses) == made


def test_the_same_function_may_be_called_meanwhile(wait_for, meanwhile):
    step, calls = counting()
    found = []
    meanwhile[0][:] = [lambda: found.append(step(X))] * 3
    found.append(wait_for(step.call_async(X)))
    for number, result in enumerate(found, start=1):
        np.testing.assert_allclose(result, SUM + number, rtol=1e-5)
    np.testing.assert_array_equal(calls, [4, 4, 4])


def test_variables_are_read_when_it_runs_and_other_functions_trace_meanwhile(wait_for, meanwhile):
    step, calls = counting()
    other, _ = counting()
    meanwhile[0][:] = [
        lambda: calls.assign([10, 10, 10]),
        lambda: np.testing.assert_allclose(other(X), SUM + 1, rtol=1e-5),
        lambda: calls.assign_add([5, 5, 5]),
    ]
    np.testing.assert_allclose(wait_for(step.call_async(X)), SUM + 16, rtol=1e-5)
    assert meanwhile[0] == []


def test_a_tape_in_the_page_meanwhile_sees_nothing_of_it(wait_for, meanwhile):
    step, _ = counting()
    w = gs.Variable(2.0)
    slopes = []

    def differentiate():
        with gs.GradientTape() as tape:
            loss = w * w
        slopes.append(float(tape.gradient(loss, w)))

    meanwhile[0][:] = [differentiate] * 4
    np.testing.assert_allclose(wait_for(step.call_async(X)), SUM + 1, rtol=1e-5)
    assert slopes == [4.0] * 4


def test_what_is_wrong_is_raised_and_leaves_nothing_behind(wait_for, meanwhile):
    step = gs.jit(lambda x: ops.ones(3) if float(x[0]) > 0 else x)
    with pytest.raises(gs.errors.TracedValueError):
        wait_for(step.call_async(ops.ones(3)))
    assert float(ops.sum(ops.ones(3))) == 3.0  # nothing is being traced


def test_choices_and_loops_are_made_in_pieces(wait_for, meanwhile):
    @gs.jit
    def halved(x):
        x = ops.while_loop(lambda x: ops.max(x) > 1, lambda x: (x / 2,), (x,))[0]
        return ops.cond(ops.sum(x) > 1, lambda: x + 1, lambda: x - 1)

    np.testing.assert_allclose(wait_for(halved.call_async(ops.array([8.0, 4.0]))), [2.0, 1.5])
    assert len(meanwhile[1]) >= 5


def test_fit_async_gives_way_while_its_steps_are_made(wait_for, meanwhile):
    _, pauses = meanwhile
    gs.utils.set_random_seed(0)
    model = gs.Sequential([gs.layers.Dense(4, activation="tanh"), gs.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    x = np.random.default_rng(0).standard_normal((20, 3)).astype(np.float32)
    wait_for(model.fit_async(x, x[:, :1], batch_size=8, epochs=1, verbose=0))
    whole = len(pauses)
    wait_for(model.fit_async(x, x[:, :1], batch_size=8, epochs=3, verbose=0))
    assert whole >= 12  # a step of 8 samples and one of the last 4
    assert len(pauses) == whole
    wait_for(model.evaluate_async(x, x[:, :1], batch_size=8, verbose=0))
    evaluated = len(pauses)
    assert evaluated > whole
    wait_for(model.predict_async(x, batch_size=8, verbose=0))
    assert len(pauses) > evaluated


def test_to_the_end_asks_nobody_to_wait():
    def pieces():
        yield None
        yield lambda: pytest.fail("nobody waits")
        return 7

    assert to_the_end(pieces()) == 7
