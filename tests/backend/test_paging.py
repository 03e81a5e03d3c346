"""Paging to the CPU: past the budget what was used least recently leaves the device.

The first half is the pool's logic, with a device that is no GPU; the second is webgl.
"""

import gc

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend.webgl.pool import SizeClass, TexturePool
from gossamer.backend.webgl.texture import Texture
from gossamer.errors import OutOfDeviceMemoryError
from tests.backend.fake_device import FakeDevice

SMALL = SizeClass("float", 16, 16, 1)
INTEGERS = SizeClass("int", 16, 16, 1)
LARGE = SizeClass("float", 16, 32, 2)


def make_pool(budget, memory=float("inf")):
    device = FakeDevice(memory)
    return device, TexturePool(device, budget)


def make_texture(pool, value, wanted=SMALL):
    texture = Texture(pool, wanted)
    pool.device.use(texture.number)
    pool.device.content[texture.number][:] = value
    return texture


def value_of(pool, texture):
    number = texture.on_device()
    return pool.device.content[number].flat[0]


def test_what_was_used_least_recently_is_paged_out_first():
    device, pool = make_pool(3 * SMALL.bytes)
    textures = [make_texture(pool, i) for i in range(3)]
    device.use(textures[0].number)
    fourth = make_texture(pool, 3)
    assert [bool(t.number) for t in (*textures, fourth)] == [True, False, True, True]
    assert (pool.page_outs, pool.paged, pool.paged_bytes) == (1, 1, SMALL.bytes)
    assert pool.allocated_bytes == device.bytes == 3 * SMALL.bytes
    assert [value_of(pool, t) for t in textures] == [0, 1, 2]
    assert pool.page_ins == 2  # the second, and the third, which went for it
    assert pool.allocated_bytes == device.bytes == 3 * SMALL.bytes


def test_waiting_textures_go_before_any_is_paged_out():
    device, pool = make_pool(3 * SMALL.bytes)
    used, other = make_texture(pool, 1), make_texture(pool, 2, INTEGERS)
    del other
    _third, fourth = make_texture(pool, 3), make_texture(pool, 4)
    assert used.number
    assert fourth.number
    assert pool.page_outs == 0
    assert device.bytes == 3 * SMALL.bytes


def test_a_paged_out_texture_is_used_at_once_for_its_class():
    device, pool = make_pool(SMALL.bytes)
    first = make_texture(pool, 1)
    number = first.number
    second = make_texture(pool, 2)
    assert second.number == number
    assert (value_of(pool, first), value_of(pool, second)) == (1, 2)
    assert len(device.alive) == 1


def test_pinned_textures_stay():
    device, pool = make_pool(2 * SMALL.bytes)
    textures = [make_texture(pool, i) for i in range(2)]
    pool.pinned = [textures[0], np.zeros(1), None]
    more = [make_texture(pool, i) for i in range(2)]
    assert textures[0].number
    assert not textures[1].number
    pool.pinned = [*textures, *more]
    another = make_texture(pool, 9)  # past the budget, rather than not at all
    assert another.number
    assert device.bytes == pool.allocated_bytes == 3 * SMALL.bytes
    pool.pinned = ()
    del another
    assert device.bytes == 2 * SMALL.bytes


def test_the_memory_of_paged_tensors_goes_with_them():
    device, pool = make_pool(SMALL.bytes)
    first, second = make_texture(pool, 1), make_texture(pool, 2)
    assert not first.number
    del first
    assert (pool.paged, pool.paged_bytes, pool.used) == (0, 0, 1)
    del second
    assert pool.used == 0
    assert pool.waiting_bytes == device.bytes


def test_a_page_survives_the_loss_of_the_device():
    device, pool = make_pool(SMALL.bytes)
    paged, lost = make_texture(pool, 7), make_texture(pool, 8)
    pool.restart()
    assert value_of(pool, paged) == 7
    assert pool.allocated_bytes == SMALL.bytes
    del lost, paged
    assert pool.used == 0
    assert pool.waiting_bytes == pool.allocated_bytes == device.bytes


def test_what_the_device_refuses_is_tried_once_more():
    device, pool = make_pool(budget=100 * SMALL.bytes, memory=8 * SMALL.bytes)
    textures = [make_texture(pool, i) for i in range(8)]
    large = make_texture(pool, 9, LARGE)
    assert device.refusals == 1
    assert large.number
    assert pool.allocated_bytes == device.bytes <= device.memory
    assert [value_of(pool, t) for t in textures] == list(range(8))
    assert value_of(pool, large) == 9


def test_what_the_device_refuses_twice_is_an_error():
    device, pool = make_pool(budget=100 * SMALL.bytes, memory=3 * SMALL.bytes)
    texture = make_texture(pool, 1)
    with pytest.raises(OutOfDeviceMemoryError):
        Texture(pool, LARGE)
    assert device.refusals == 2
    assert value_of(pool, texture) == 1
    assert pool.used == 1
    assert pool.allocated_bytes == device.bytes == SMALL.bytes


@pytest.mark.parametrize("budget", [0, 1, 5, 20])
def test_many_textures_of_random_classes_return_to_nothing(budget):
    rng = np.random.default_rng(budget)
    device, pool = make_pool(budget * LARGE.bytes)
    held = {}
    for step in range(1000):
        key = int(rng.integers(12))
        if key in held and rng.random() < 0.5:
            value, texture = held[key]
            assert value_of(pool, texture) == value
        else:
            held[key] = step, make_texture(pool, step, [SMALL, INTEGERS, LARGE][step % 3])
        assert pool.allocated_bytes == device.bytes <= max(pool.budget, LARGE.bytes)
    texture = None
    held.clear()
    assert (pool.used, pool.paged, pool.paged_bytes) == (0, 0, 0)
    pool.clear()
    assert not device.alive


@pytest.fixture
def limit():
    """Sets the memory limit, for one test."""
    yield gs.config.set_memory_limit
    gs.config.set_memory_limit(None)


def figures(*names):
    return [gs.memory()[name] for name in names]


@pytest.mark.webgl
@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "uint8", "bool"])
def test_paged_tensors_come_back_as_they_were(limit, dtype):
    values = np.random.default_rng(0).integers(0, 2**32, (37, 21), np.uint64).astype(dtype)
    tensors = [ops.convert_to_tensor(values) for _ in range(4)]
    limit(0)
    ops.convert_to_tensor(np.ones((5, 5), np.float32))
    assert gs.memory()["paged_bytes"] >= 4 * values.nbytes
    before = figures("page_ins", "uploads")
    np.testing.assert_array_equal(tensors[0].numpy(), values)  # read where it is
    assert figures("page_ins", "uploads") == before
    np.testing.assert_array_equal(ops.where(tensors[1] == tensors[2], tensors[3], 0), values)
    assert gs.memory()["page_ins"] > before[0]


@pytest.mark.webgl
def test_a_paged_tensor_is_read_without_blocking(limit, wait_for):
    values = np.arange(35, dtype=np.float32).reshape(5, 7)
    x = ops.convert_to_tensor(values)
    limit(0)
    other = ops.ones((9, 9))
    assert gs.memory()["paged_bytes"] > 0
    np.testing.assert_array_equal(wait_for(x.data()), values)
    np.testing.assert_array_equal(wait_for(other.data()), np.ones((9, 9)))


@pytest.mark.webgl
def test_the_operands_of_a_call_and_of_its_parts_stay(limit):
    """Calls of many inputs and of several draws, with memory for nothing."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(60, 100)).astype(np.float32) for _ in range(6)]

    def calls():
        tensors = [ops.convert_to_tensor(x) for x in arrays]
        joined = ops.concatenate(tensors, axis=1)
        long = ops.convert_to_tensor(rng.normal(size=100_003).astype(np.float32))
        return [joined.numpy(), ops.sum(long).numpy(), (tensors[0] + tensors[5]).numpy()]

    rng = np.random.default_rng(1)
    expected = calls()
    limit(0)
    rng = np.random.default_rng(1)
    for got, wanted in zip(calls(), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert gs.memory()["page_outs"] > 0


def trained(steps=3):
    """The parameters of a small network after some steps of Adam."""
    rng = np.random.default_rng(0)
    x = ops.convert_to_tensor(rng.normal(size=(32, 50)).astype(np.float32))
    y = ops.convert_to_tensor(rng.integers(0, 10, 32).astype(np.int32))
    layers = [
        gs.layers.Dense(
            units,
            activation="tanh",
            kernel_initializer=gs.initializers.GlorotUniform(seed=i),
        )
        for i, units in enumerate([64, 64, 64, 10])
    ]
    optimizer = gs.optimizers.Adam(0.01)
    for _ in range(steps):
        with gs.GradientTape() as tape:
            h = x
            for layer in layers:
                h = layer(h)
            loss = ops.mean(ops.sparse_categorical_crossentropy(y, h, from_logits=True))
        variables = [variable for layer in layers for variable in layer.trainable_variables]
        optimizer.apply(tape.gradient(loss, variables), variables)
    return [variable.numpy() for variable in variables]


@pytest.mark.webgl
def test_a_network_larger_than_the_budget_trains_to_the_same_result(limit):
    within = trained()
    parameters = sum(x.nbytes for x in within)
    before = figures("page_outs", "page_ins", "draws")
    limit(parameters)  # the moments alone are twice as much
    beyond = trained()
    page_outs, page_ins, _ = [
        b - a for a, b in zip(before, figures("page_outs", "page_ins", "draws"), strict=True)
    ]
    assert page_outs > page_ins > 50
    for got, wanted in zip(beyond, within, strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.webgl
def test_after_paging_memory_returns_to_its_baseline(limit):
    gc.collect()
    gc.disable()
    try:
        names = ("tensors", "bytes", "textures", "paged_bytes")
        before = figures(*names)
        limit(100_000)
        trained(steps=1)
        assert figures(*names) == before
    finally:
        gc.enable()


@pytest.mark.webgl
def test_a_lower_limit_frees_what_waits(limit):
    ops.ones((300, 300)) + 1.0
    assert gs.memory()["free_bytes"] > 0
    limit(0)
    assert gs.memory()["free_bytes"] == 0
    assert gs.memory()["limit_bytes"] == 0


@pytest.mark.webgl
def test_a_refusal_by_the_driver_makes_room(limit):
    """The driver says once that there is no memory: what is not needed leaves, and it goes on."""
    from pyodide.ffi import create_proxy

    from gossamer.backend import get_backend

    backend = get_backend("webgl")
    context = backend.device.context
    backend.pool.clear()
    kept = [ops.ones((500, 500)) + i for i in range(4)]
    kept[0].numpy()  # the driver is asked whether these are really there
    get_error, answers = context.getError, [context.OUT_OF_MEMORY]
    proxy = create_proxy(lambda: answers.pop() if answers else context.NO_ERROR)
    before = figures("page_outs")
    context.getError = proxy
    try:
        large = ops.ones((2100, 2100))
    finally:
        context.getError = get_error
        proxy.destroy()
    assert not answers
    assert figures("page_outs") > before
    assert float(ops.mean(large)) == 1.0
    for i, x in enumerate(kept):
        np.testing.assert_array_equal(x.numpy(), np.full((500, 500), 1.0 + i))


@pytest.mark.webgl
def test_a_tensor_that_no_memory_can_hold_is_an_error(limit):
    limit(1 << 50)
    kept = ops.ones((30, 30)) + 1.0
    before = figures("textures", "allocated_bytes")
    with pytest.raises(OutOfDeviceMemoryError):
        ops.ones((1 << 16, 1 << 15))  # 8 GiB in one texture
    np.testing.assert_array_equal(kept.numpy(), np.full((30, 30), 2.0))
    textures, allocated = figures("textures", "allocated_bytes")
    assert textures <= before[0]
    assert allocated <= before[1]
    np.testing.assert_array_equal((kept + 1.0).numpy(), np.full((30, 30), 3.0))


@pytest.mark.webgl
def test_a_late_refusal_is_an_error_and_gives_no_zeros():
    """Small textures are asked about when something is read: none of the new ones is used then."""
    from pyodide.ffi import create_proxy

    from gossamer.backend import get_backend

    backend = get_backend("webgl")
    context = backend.device.context
    old = ops.ones((7, 7)) + 1.0
    old.numpy()
    backend.pool.clear()
    new = ops.convert_to_tensor(np.ones((123, 45), np.float32))
    get_error, answers = context.getError, [context.OUT_OF_MEMORY]
    proxy = create_proxy(lambda: answers.pop() if answers else context.NO_ERROR)
    context.getError = proxy
    try:
        with pytest.raises(OutOfDeviceMemoryError):
            old.numpy()
    finally:
        context.getError = get_error
        proxy.destroy()
    np.testing.assert_array_equal(old.numpy(), np.full((7, 7), 2.0))
    with pytest.raises(gs.DeviceLostError):
        new.numpy()
    with pytest.raises(gs.DeviceLostError):
        new + 1.0
    before = figures("textures")
    del new
    assert figures("textures") == [before[0] - 1]
    again = ops.convert_to_tensor(np.full((123, 45), 3.0, np.float32))
    np.testing.assert_array_equal((again + 1.0).numpy(), np.full((123, 45), 4.0))
