"""The context is lost, by WEBGL_lose_context, and comes back: no zeros, and training goes on."""

import asyncio

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend
from gossamer.core.snapshots import snapshots

pytestmark = pytest.mark.webgl


def restored_with_warning(context, wait_for):
    with pytest.warns(RuntimeWarning, match="variables are as they were .* seconds ago"):
        wait_for(context.restore())


def test_what_is_gone_raises_before_and_after_the_context_is_back(context, wait_for):
    x = ops.convert_to_tensor(np.ones((4, 4), np.float32))
    variable = gs.Variable(np.ones((4, 4), np.float32))

    def uses():
        yield lambda: x.numpy()
        yield lambda: x + x
        yield lambda: wait_for(x.data())
        yield lambda: ops.matmul(x, x)
        yield lambda: variable.numpy()
        yield lambda: variable.assign_add(1.0)
        yield lambda: variable * 2.0

    context.lose()
    for use in uses():
        with pytest.raises(gs.DeviceLostError):
            use()
    with pytest.raises(gs.DeviceLostError):
        ops.convert_to_tensor(np.ones((3, 3), np.float32))
    wait_for(context.restore())
    for use in uses():
        with pytest.raises(gs.DeviceLostError):
            use()
    y = ops.convert_to_tensor(np.full((4, 4), 2, np.float32))
    np.testing.assert_array_equal((y + y).numpy(), np.full((4, 4), 4))
    variable.assign(y)
    np.testing.assert_array_equal(variable.numpy(), np.full((4, 4), 2))


def test_programs_come_back_and_new_ones_may_be_asked_for_in_between(context, wait_for):
    def run(rows):
        x = ops.convert_to_tensor(np.full((rows, 5), 3.0, np.float32))
        return ops.sum(ops.log1p(x), axis=1)

    expected = run(6).numpy()
    before = gs.memory()["programs"]
    context.lose()
    with pytest.raises(gs.DeviceLostError):
        run(6)
    host = ops.convert_to_tensor(2.0)  # single elements are on the CPU
    with pytest.raises(gs.DeviceLostError):
        ops.exp(ops.broadcast_to(host, (3, 4, 5)))
    wait_for(context.restore())
    np.testing.assert_array_equal(run(6).numpy(), expected)
    again = gs.memory()["programs"]
    assert again - before <= 2  # those of the call in between
    np.testing.assert_allclose(ops.exp(ops.broadcast_to(host, (3, 4, 5))), np.exp(2.0), rtol=1e-6)


def test_memory_begins_anew(context, wait_for):
    kept = [ops.ones((50, 50)) + 1.0 for _ in range(3)]
    before = gs.memory()["textures"]
    context.lose()
    wait_for(context.restore())
    figures = gs.memory()
    assert (figures["allocated_bytes"], figures["free_bytes"]) == (0, 0)
    assert figures["textures"] == before
    del kept
    assert gs.memory()["textures"] == before - 3
    x = ops.ones((50, 50)) + 1.0
    assert gs.memory()["allocated_bytes"] > 0
    np.testing.assert_array_equal(x.numpy(), np.full((50, 50), 2.0))


def test_a_read_that_has_begun_raises_and_does_not_hang(context, wait_for):
    x = ops.convert_to_tensor(np.ones((64, 64), np.float32))

    async def lose_while_reading(restore_first):
        readings = [asyncio.ensure_future(x.data()) for _ in range(3)]
        await asyncio.sleep(0)
        context.lose()
        if restore_first:
            await context.restore()
        return await asyncio.gather(*readings, return_exceptions=True)

    for restore_first in (False, True):
        results = wait_for(lose_while_reading(restore_first))
        # What had come over before the loss is right; all else is an error.
        for result in results:
            if isinstance(result, np.ndarray):
                np.testing.assert_array_equal(result, np.ones((64, 64)))
            else:
                assert isinstance(result, gs.DeviceLostError)
        if context.gl.isContextLost():
            wait_for(context.restore())
        x = ops.convert_to_tensor(np.ones((64, 64), np.float32))


def test_variables_come_back_from_their_snapshot(context, wait_for):
    values = {
        "float32": np.random.default_rng(0).normal(size=(33, 17)).astype(np.float32),
        "int32": np.arange(-20, 15, dtype=np.int32).reshape(5, 7),
        "bool": np.arange(35).reshape(5, 7) % 3 == 0,
        "single": np.float32(2.5),
    }
    variables = {name: gs.Variable(value) for name, value in values.items()}
    before = gs.memory()
    gs.config.set_snapshot_interval(0)
    wait_for(asyncio.sleep(0.05))  # the event loop takes it
    after = gs.memory()
    assert after["snapshots"] > before["snapshots"]
    assert after["snapshot_bytes"] >= sum(value.nbytes for value in values.values())
    assert all(after[name] == before[name] for name in ("reads", "draws", "uploads"))
    gs.config.set_snapshot_interval(1000)
    for variable in variables.values():
        variable.assign(ops.zeros_like(variable))
    context.lose()
    restored_with_warning(context, wait_for)
    for name, variable in variables.items():
        np.testing.assert_array_equal(variable.numpy(), values[name])


def test_paged_tensors_survive(context, wait_for):
    x = ops.convert_to_tensor(np.arange(35, dtype=np.float32).reshape(5, 7))
    gs.config.set_memory_limit(0)
    try:
        other = ops.ones((3, 3)) + 1.0
        context.lose()
        np.testing.assert_array_equal(x.numpy(), np.arange(35).reshape(5, 7))
        wait_for(context.restore())
        np.testing.assert_array_equal((x + 1.0).numpy(), np.arange(1, 36).reshape(5, 7))
        with pytest.raises(gs.DeviceLostError):
            other.numpy()
    finally:
        gs.config.set_memory_limit(None)


class Training:
    """A small network that learns by Adam to say whether a point is in a circle."""

    def __init__(self):
        self.layers = [
            gs.layers.Dense(
                units, activation=name, kernel_initializer=gs.initializers.GlorotUniform(seed=i)
            )
            for i, (units, name) in enumerate([(16, "tanh"), (16, "tanh"), (1, None)])
        ]
        self.optimizer = gs.optimizers.Adam(0.02)
        rng = np.random.default_rng(0)
        self.points = rng.uniform(-1, 1, (128, 2)).astype(np.float32)
        self.inside = (np.square(self.points).sum(1, keepdims=True) < 0.5).astype(np.float32)

    def step(self, lose=lambda: None):
        x, y = ops.convert_to_tensor(self.points), ops.convert_to_tensor(self.inside)
        with gs.GradientTape() as tape:
            for layer in self.layers:
                x = layer(x)
            loss = ops.mean(ops.square(ops.sigmoid(x) - y))
        lose()
        self.optimizer.apply(tape.gradient(loss, self.variables), self.variables)
        return float(loss)

    @property
    def variables(self):
        return [variable for layer in self.layers for variable in layer.trainable_variables]

    def state(self):
        slots = self.optimizer.variables[2:]
        return [v.numpy() for v in (*self.variables, *slots, self.optimizer.iterations)]


def test_training_goes_on(context, wait_for):
    training = Training()
    gs.config.set_snapshot_interval(0)
    losses = [training.step() for _ in range(30)]
    programs = gs.memory()["programs"]
    with pytest.raises(gs.DeviceLostError):
        training.step(lose=context.lose)
    restored_with_warning(context, wait_for)
    assert 28 <= int(training.optimizer.iterations) <= 30
    assert all(np.any(x != 0) for x in training.state())  # Adam's moments, too
    again = [training.step() for _ in range(60)]
    assert gs.memory()["programs"] == programs
    assert again[0] == pytest.approx(losses[-1], rel=0.1)
    assert again[-1] < 0.7 * losses[-1] < 0.7 * losses[0]


def test_what_came_back_is_the_state_of_one_step(context, wait_for):
    """Going on from there gives what would have come without a loss, to the last bit."""
    gs.config.set_snapshot_interval(0)
    training = Training()
    for _ in range(5):
        training.step()
    with pytest.raises(gs.DeviceLostError):
        training.step(lose=context.lose)
    restored_with_warning(context, wait_for)
    while training.optimizer.iterations < 8:
        training.step()
    gs.config.set_snapshot_interval(None)
    undisturbed = Training()
    for _ in range(8):
        undisturbed.step()
    for got, wanted in zip(training.state(), undisturbed.state(), strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_without_snapshots_a_step_costs_nothing_more(context):
    training = Training()
    training.step()

    def counted():
        before = gs.memory()
        training.step()
        after = gs.memory()
        return [after[name] - before[name] for name in ("draws", "uploads", "reads", "textures")]

    without = counted()
    gs.config.set_snapshot_interval(1000)
    assert counted() == without
    gs.config.set_snapshot_interval(0)
    assert counted() == without


def test_the_context_may_be_lost_again(context, wait_for):
    gs.config.set_snapshot_interval(0)
    variable = gs.Variable(np.full((5, 7), 3.0, np.float32))
    wait_for(asyncio.sleep(0.05))
    for _ in range(3):
        context.lose()
        restored_with_warning(context, wait_for)
        np.testing.assert_array_equal((variable + 1.0).numpy(), np.full((5, 7), 4.0))
    assert snapshots.memory()["snapshot_bytes"] >= variable.numpy().nbytes


def test_device_restored_does_not_wait_when_nothing_is_lost(wait_for):
    wait_for(gs.config.device_restored())
    assert not get_backend("webgl").device.context.isContextLost()


def test_a_jitted_step_goes_on_after_the_context_is_back(context, wait_for):
    gs.config.set_snapshot_interval(0)
    w = gs.Variable(np.ones((40, 30), np.float32))
    scale = np.linspace(0.5, 1.5, 30).astype(np.float32)

    @gs.jit
    def step(x):
        y = ops.tanh(x @ w) * ops.convert_to_tensor(scale)  # a constant of the program
        w.assign_sub(ops.transpose(x) @ y * 0.01)
        return ops.sum(y)

    array = np.full((8, 40), 0.01, np.float32)
    for _ in range(3):
        float(step(ops.convert_to_tensor(array)))
    snapshots.take_if_due()
    context.lose()
    with pytest.raises(gs.DeviceLostError):
        step(ops.convert_to_tensor(array))
    restored_with_warning(context, wait_for)
    before = w.numpy()
    found = float(step(ops.convert_to_tensor(array)))
    expected = np.tanh(array @ before) * scale
    assert found == pytest.approx(expected.sum(), rel=1e-4)
    np.testing.assert_allclose(w, before - array.T @ expected * 0.01, rtol=1e-4)
    assert before.min() > 0  # never zeros
