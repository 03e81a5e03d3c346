"""Values in and out of webgl: how often they are copied, what waits for what, what is kept."""

import asyncio
import weakref

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend

pytestmark = pytest.mark.webgl


@pytest.fixture
def device():
    return get_backend("webgl").device


def added(before):
    """What `memory()` counts more than before, zeros left out."""
    names = ("draws", "uploads", "upload_bytes", "reads", "read_bytes", "fences")
    after = gs.memory()
    return {name: after[name] - before[name] for name in names if after[name] != before[name]}


def normal(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def test_an_upload_is_one_transfer_of_the_array_itself(device, monkeypatch):
    """Where the padding agrees, what the device is given is the array's own memory."""
    from pyodide.ffi import create_proxy

    given = []
    original = device.context.texSubImage3D

    def spy(*args):
        given.append((args[-1].byteOffset, args[-1].byteLength))
        original.apply(device.context, args)

    proxy = create_proxy(spy)
    array = normal(256, 64)
    before = gs.memory()
    device.context.texSubImage3D = proxy
    try:
        ops.convert_to_tensor(array)
    finally:
        device.context.texSubImage3D = original
        proxy.destroy()
    assert given == [(array.ctypes.data, array.nbytes)]
    assert added(before) == {"uploads": 1, "upload_bytes": array.nbytes}


@pytest.mark.parametrize("shape", [(256, 64), (33, 17)])
def test_no_copy_stays_on_the_cpu_after_an_upload(shape):
    array = normal(*shape)
    kept = weakref.ref(array)
    x = ops.convert_to_tensor(array)
    del array
    assert kept() is None
    assert x.shape == shape


def test_the_array_may_change_after_the_upload():
    array = normal(64, 64)
    expected = array.copy()
    x = ops.convert_to_tensor(array)
    array[:] = 0
    np.testing.assert_array_equal(x.numpy(), expected)


def test_what_was_read_belongs_to_the_caller(wait_for):
    array = normal(64, 64)
    x = ops.convert_to_tensor(array)
    for read in (x.numpy, lambda: wait_for(x.data())):
        got = read()
        got[:] = 0
        np.testing.assert_array_equal(read(), array)


def test_a_read_is_no_draw_and_one_transfer(wait_for):
    array = normal(256, 64)
    x = ops.convert_to_tensor(array)
    before = gs.memory()
    x.numpy()
    assert added(before) == {"reads": 1, "read_bytes": array.nbytes}
    before = gs.memory()
    wait_for(x.data())
    assert added(before) == {"reads": 1, "read_bytes": array.nbytes, "fences": 1}


def test_reads_that_begin_together_share_a_fence(wait_for):
    arrays = [normal(i + 1, 9) for i in range(10)]
    tensors = [ops.convert_to_tensor(array) for array in arrays]

    async def read_all():
        return await asyncio.gather(*[x.data() for x in tensors])

    before = gs.memory()
    for got, wanted in zip(wait_for(read_all()), arrays, strict=True):
        np.testing.assert_array_equal(got, wanted)
    counts = added(before)
    assert (counts["reads"], counts["fences"]) == (10, 1)
    wait_for(read_all())
    assert added(before)["fences"] == 2


def test_a_read_gives_what_was_there_when_it_began(wait_for):
    """Its texture is given back and drawn to, again and again, before it ends."""
    array = normal(40, 50)

    async def read():
        x = ops.convert_to_tensor(array) * 2.0
        number = x.buffer.number
        reading = asyncio.ensure_future(x.data())
        await asyncio.sleep(0)  # so that it begins
        del x
        numbers = set()
        y = ops.convert_to_tensor(array)
        for _ in range(20):
            y = y + 1.0
            numbers.add(y.buffer.number)
        assert number in numbers
        return await reading

    np.testing.assert_array_equal(wait_for(read()), array * 2)


def test_a_cancelled_read_keeps_nothing(wait_for, device):
    """The buffer that it was to go into is deleted."""
    from pyodide.ffi import create_proxy

    deleted = []
    original = device.context.deleteBuffer
    proxy = create_proxy(
        lambda buffer: (deleted.append(1), original.apply(device.context, [buffer]))
    )
    x = ops.convert_to_tensor(normal(40, 50))

    async def cancel():
        reading = asyncio.ensure_future(x.data())
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.sleep(0.05)

    device.context.deleteBuffer = proxy
    try:
        wait_for(cancel())
        assert deleted == [1]
        wait_for(x.data())
        assert deleted == [1, 1]
    finally:
        device.context.deleteBuffer = original
        proxy.destroy()


def test_a_read_that_gives_nothing_is_an_error(device):
    """As when the GPU's process dies, and the browser does not know it yet."""
    from pyodide.ffi import create_proxy

    x = ops.convert_to_tensor(normal(40, 50))
    original = device.context.readPixels
    proxy = create_proxy(lambda *_: None)
    device.context.readPixels = proxy
    try:
        with pytest.raises(gs.DeviceLostError):
            x.numpy()
    finally:
        device.context.readPixels = original
        proxy.destroy()
    np.testing.assert_array_equal(x.numpy(), normal(40, 50))


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "uint8", "int8", "bool"])
@pytest.mark.parametrize("shape", [(2,), (5,), (64, 16), (33, 17), (3, 5, 7), (2, 1)])
def test_every_dtype_goes_there_and_back(wait_for, dtype, shape):
    array = np.random.default_rng(0).integers(0, 2**32, shape, np.uint64).astype(dtype)
    x = ops.convert_to_tensor(array)
    for got in (x.numpy(), wait_for(x.data())):
        np.testing.assert_array_equal(got, array)
        assert (got.dtype, got.shape) == (array.dtype, array.shape)
        assert got.flags.c_contiguous
        assert got.flags.writeable
