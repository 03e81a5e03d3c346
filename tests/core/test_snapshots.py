"""Snapshots of variables, with a device that can be lost and is no GPU, and a clock of our own."""

import asyncio
import gc

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import _choice
from gossamer.backend.numpy import NumpyBackend
from gossamer.core.snapshots import GRACE, Snapshots
from gossamer.errors import DeviceLostError
from gossamer.kernel.spec import TensorSpec
from gossamer.tensor import Tensor

pytestmark = pytest.mark.cpython_only  # WebGL's own are in tests/backend/test_context_loss.py


class PendingRead:
    def __init__(self, backend, array):
        self.backend, self.array, self.generation = backend, array, backend.generation

    def finish(self):
        if self.generation != self.backend.generation or self.backend.is_lost:
            raise DeviceLostError("lost")
        return self.array


class FragileBackend(NumpyBackend):
    """NumPy, but it can be lost."""

    name = "fragile"
    can_be_lost = True

    def __init__(self):
        self.generation = 0
        self.is_lost = False
        self.reads = 0
        self.listeners = []
        self.buffers = {}

    def _check(self, buffer):
        if self.is_lost or self.buffers[id(buffer)][0] != self.generation:
            raise DeviceLostError("lost")

    def _new(self, array):
        self.buffers[id(array)] = (self.generation, array)
        return array

    def run(self, call, buffers):
        for buffer in buffers:
            self._check(buffer)
        return self._new(super().run(call, buffers))

    def put(self, array):
        return self._new(array.copy())

    def get(self, buffer, spec):
        self._check(buffer)
        return buffer.copy()

    def begin_read(self, buffer, spec, unasked=False):
        assert unasked
        self._check(buffer)
        self.reads += 1
        return PendingRead(self, buffer.copy())

    def on_restored(self, listener):
        self.listeners.append(listener)

    def lose(self):
        self.is_lost = True

    def restore(self):
        self.generation += 1
        self.is_lost = False
        for listener in self.listeners:
            listener()


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def snapshots(monkeypatch, clock):
    own = Snapshots(clock)
    for module in (gs.variable, gs.optimizers.optimizer, gs.gradients):
        monkeypatch.setattr(module, "snapshots", own)
    return own


@pytest.fixture
def fragile(snapshots):
    return FragileBackend()


def make_variable(backend, *values):
    array = np.array(values, np.float32)
    return gs.Variable(Tensor(TensorSpec(array.shape, "float32"), backend.put(array), backend))


def take(snapshots, clock, seconds=GRACE):
    """Lets time pass, take one and end it."""
    for _ in range(2):
        clock.now += seconds
        snapshots.take_if_due()


def lose_and_restore(backend, seconds):
    backend.lose()
    with pytest.warns(RuntimeWarning, match=rf"variables are as they were {seconds} seconds ago"):
        backend.restore()


def test_a_variable_comes_back_as_it_was_at_the_last_snapshot(snapshots, fragile, clock):
    v, w = make_variable(fragile, 1.0, 2.0), make_variable(fragile, 5.0, 6.0)
    take(snapshots, clock)
    assert snapshots.taken == 1
    v.assign([7.0, 7.0])
    clock.now += 2.5
    lose_and_restore(fragile, "3.5")
    assert v.numpy().tolist() == [1, 2]
    assert w.numpy().tolist() == [5, 6]
    assert (v + w).numpy().tolist() == [6, 8]


def test_what_has_no_snapshot_is_lost_and_says_so(snapshots, fragile, clock):
    old = make_variable(fragile, 1.0, 2.0)
    take(snapshots, clock)
    new = make_variable(fragile, 3.0, 4.0)
    value = old.value
    lose_and_restore(fragile, "1.0")
    assert old.numpy().tolist() == [1, 2]
    for gone in (value, new):
        with pytest.raises(DeviceLostError):
            gone.numpy()
        with pytest.raises(DeviceLostError):
            gone + 1.0
    new.assign(old.value)
    assert new.numpy().tolist() == [1, 2]
    take(snapshots, clock, 100)
    assert snapshots.taken == 2


def test_before_the_first_snapshot_all_is_lost(snapshots, fragile, clock):
    v = make_variable(fragile, 1.0, 2.0)
    snapshots.take_if_due()
    fragile.lose()
    fragile.restore()  # nothing came back, and no warning says that something did
    with pytest.raises(DeviceLostError):
        v.numpy()


def test_no_snapshot_is_taken_before_the_interval_is_over(snapshots, fragile, clock):
    v = make_variable(fragile, 1.0, 2.0)
    take(snapshots, clock)
    for seconds, taken in [(1, 1), (57, 1), (1, 1), (0.5, 1), (GRACE, 2), (58, 2), (GRACE, 2)]:
        v.assign_add([1.0, 1.0])
        clock.now += seconds
        snapshots.take_if_due()
        assert snapshots.taken == taken


def test_what_did_not_change_is_not_read_again(snapshots, fragile, clock):
    v, w = make_variable(fragile, 1.0, 2.0), make_variable(fragile, 5.0, 6.0)
    take(snapshots, clock)
    take(snapshots, clock, 1000)
    assert (fragile.reads, snapshots.taken) == (2, 1)
    v.assign([3.0, 4.0])
    take(snapshots, clock, 1000)
    assert (fragile.reads, snapshots.taken) == (3, 2)
    lose_and_restore(fragile, "1000.0")
    assert v.numpy().tolist() == [3, 4]
    assert w.numpy().tolist() == [5, 6]
    take(snapshots, clock, 1000)
    assert fragile.reads == 3  # they are what the copies are


def test_a_snapshot_that_did_not_end_leaves_the_one_before(snapshots, fragile, clock):
    v = make_variable(fragile, 1.0, 2.0)
    take(snapshots, clock)
    v.assign([3.0, 4.0])
    clock.now += 100
    snapshots.take_if_due()  # it begins
    assert fragile.reads == 2
    lose_and_restore(fragile, "101.0")
    assert v.numpy().tolist() == [1, 2]


def test_none_takes_none_and_drops_those_there_are(snapshots, fragile, clock):
    v = make_variable(fragile, 1.0, 2.0)
    take(snapshots, clock)
    assert snapshots.memory() == {"snapshots": 1, "snapshot_bytes": 8}
    snapshots.set_interval(None)
    assert snapshots.memory() == {"snapshots": 1, "snapshot_bytes": 0}
    w = make_variable(fragile, 5.0)
    v.assign([1.0, 1.0])
    take(snapshots, clock, 1000)
    assert snapshots.memory() == {"snapshots": 1, "snapshot_bytes": 0}
    snapshots.set_interval(10)
    take(snapshots, clock)
    assert snapshots.memory() == {"snapshots": 2, "snapshot_bytes": 12}
    del w
    assert snapshots.memory() == {"snapshots": 2, "snapshot_bytes": 8}


def test_copies_and_pending_reads_keep_nothing_alive(snapshots, fragile, clock):
    gc.collect()
    gc.disable()
    try:
        before = gs.memory()["tensors"]
        v = make_variable(fragile, 1.0, 2.0)
        take(snapshots, clock)
        v.assign([3.0, 4.0])
        clock.now += 100
        snapshots.take_if_due()
        del v
        assert gs.memory()["tensors"] == before
        take(snapshots, clock)
        assert snapshots.memory()["snapshot_bytes"] == 0
    finally:
        gc.enable()


def adam_step(optimizer, variables):
    with gs.GradientTape() as tape:
        loss = sum(ops.sum(ops.square(v)) for v in variables)
    optimizer.apply(tape.gradient(loss, variables), variables)


def state_of(optimizer, variables):
    slots = optimizer.variables[2:]
    return [v.numpy().tolist() for v in (*variables, *slots, optimizer.iterations)]


@pytest.mark.parametrize("interval", [0, 3])
def test_the_state_of_training_is_that_of_one_step(
    monkeypatch, snapshots, fragile, clock, interval
):
    """After a loss in the middle of a step, all variables are as they were after one before."""
    monkeypatch.setattr(_choice, "backend", fragile)
    snapshots.set_interval(interval)
    variables = [make_variable(fragile, 1.0, 2.0), make_variable(fragile, -3.0)]
    optimizer = gs.optimizers.Adam(0.1)
    states = []
    for _ in range(8):
        adam_step(optimizer, variables)
        clock.now += 1
        states.append(state_of(optimizer, variables))
    variables[0].assign_sub([0.5, 0.5])  # in the middle of a step
    fragile.lose()
    with pytest.raises(DeviceLostError):
        adam_step(optimizer, variables)
    with pytest.warns(RuntimeWarning, match="8 variables"):
        fragile.restore()
    restored = state_of(optimizer, variables)
    assert restored in states[3:]
    if interval == 0:
        assert restored in states[6:]
    adam_step(optimizer, variables)
    assert state_of(optimizer, variables) != restored


def test_steps_by_hand_are_between_tapes(snapshots, fragile, clock):
    snapshots.set_interval(0)
    v, w = make_variable(fragile, 1.0, 2.0), make_variable(fragile, 2.0, 4.0)
    for _ in range(4):
        with gs.GradientTape() as tape:
            loss = ops.sum(v * w)
        gradients = tape.gradient(loss, [v, w])
        for variable, gradient in zip((v, w), gradients, strict=True):
            variable.assign_sub(0.0 * gradient + 1.0)
        assert (w.numpy() - v.numpy()).tolist() == [1, 2]
    v.assign_sub([100.0, 100.0])
    lose_and_restore(fragile, "0.0")
    assert (w.numpy() - v.numpy()).tolist() == [1, 2]
    assert v.numpy()[0] in (-1, -2)


def test_the_event_loop_takes_them_where_there_are_no_steps(snapshots, fragile):
    async def infer():
        snapshots.set_interval(0)
        v = make_variable(fragile, 1.0, 2.0)
        await asyncio.sleep(0.05)
        assert snapshots.taken == 1
        await asyncio.sleep(0.05)
        assert snapshots.taken == 1
        v.assign([3.0, 4.0])
        await asyncio.sleep(0.05)
        assert snapshots.taken == 2
        lose_and_restore(fragile, "0.0")
        assert v.numpy().tolist() == [3, 4]

    asyncio.run(infer())


def test_variables_on_numpy_are_not_copied(snapshots, clock):
    v = gs.Variable(ops.ones((2,)).to("numpy"))
    v.assign([2.0, 3.0])
    take(snapshots, clock, 1000)
    assert snapshots.memory() == {"snapshots": 0, "snapshot_bytes": 0}


def test_wrong_arguments():
    with pytest.raises(ValueError, match="Received: interval=-1"):
        gs.config.set_snapshot_interval(-1)
    with pytest.raises(ValueError, match="Received: limit=-1"):
        gs.config.set_memory_limit(-1)
