"""The webgl backend in a browser: counts, exact integers, errors."""

import gc

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend
from gossamer.errors import ShaderError

pytestmark = pytest.mark.webgl


def counted(function, *names):
    """What `function` adds to these figures of `memory()`."""
    before = gs.memory()
    result = function()
    after = gs.memory()
    del result
    return tuple(after[name] - before[name] for name in names)


def test_an_op_is_one_draw_and_no_upload():
    x = ops.convert_to_tensor(np.ones((33, 17), np.float32))
    ops.exp(x)
    assert counted(lambda: ops.exp(x), "draws", "programs", "uploads", "reads") == (1, 0, 0, 0)


def test_scalars_are_not_uploaded():
    x = ops.convert_to_tensor(np.ones((33, 17), np.float32))
    result = []
    assert counted(lambda: result.append(x * 2.5 + 1), "draws", "uploads") == (2, 0)
    np.testing.assert_allclose(result[0].numpy(), 3.5)


def test_arithmetic_of_scalars_needs_no_draw():
    x = ops.convert_to_tensor(3.0)
    assert counted(lambda: ops.sqrt(x * x + 16.0), "draws", "uploads", "reads") == (0, 0, 0)


def test_a_reshape_that_keeps_the_padding_is_free():
    x = ops.convert_to_tensor(np.ones((64, 16), np.float32))
    assert counted(lambda: ops.reshape(x, (8, 8, 16)), "draws") == (0,)


def test_another_shape_compiles_nothing():
    def run(rows, columns):
        x = ops.convert_to_tensor(np.ones((rows, columns), np.float32))
        return ops.sum(ops.relu(x), axis=0).numpy()

    run(50, 9)
    assert counted(lambda: run(61, 13), "programs") == (0,)


def test_a_batch_of_seven_compiles_nothing_after_eight():
    dense = gs.layers.Dense(10, activation="relu")

    def step(batch):
        x = ops.convert_to_tensor(np.ones((batch, 33), np.float32))
        with gs.GradientTape() as tape:
            loss = ops.mean(ops.square(dense(x)))
        return tape.gradient(loss, dense.trainable_variables)

    step(8)
    assert counted(lambda: step(7), "programs")[0] <= 5  # TensorFlow.js: 104


def test_integers_are_exact_to_the_full_range():
    values = np.array([2**31 - 1, -(2**31), 2**24 + 1, -(2**24) - 1, 0], np.int32)
    x = ops.convert_to_tensor(values)
    np.testing.assert_array_equal(x.numpy(), values)
    np.testing.assert_array_equal(ops.add(x, 1).numpy(), values + np.int32(1))
    np.testing.assert_array_equal(ops.bitwise_xor(x, 255).numpy(), values ^ 255)
    small = np.array([0, 1, 128, 255], np.uint8)
    total = ops.add(ops.convert_to_tensor(small), ops.convert_to_tensor(small))
    np.testing.assert_array_equal(total.numpy(), small + small)


def test_nan_and_infinities_pass_through():
    values = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 2e-38, 3e38], np.float32)
    x = ops.convert_to_tensor(values)
    np.testing.assert_array_equal(x.numpy(), values)
    np.testing.assert_array_equal(ops.isnan(x).numpy(), np.isnan(values))
    np.testing.assert_array_equal(ops.isinf(x).numpy(), np.isinf(values))
    np.testing.assert_array_equal(ops.maximum(x, 0.0).numpy(), np.maximum(values, 0))
    np.testing.assert_array_equal((-x).numpy(), -values)


def test_memory_returns_without_a_garbage_collection():
    gc.collect()
    gc.disable()
    try:
        dense = gs.layers.Dense(5)
        x = ops.convert_to_tensor(np.ones((8, 3), np.float32))
        dense(x)
        names = ("tensors", "bytes", "textures")
        before = [gs.memory()[name] for name in names]
        for _ in range(3):
            with gs.GradientTape() as tape:
                loss = ops.mean(ops.square(dense(x)))
            gradients = tape.gradient(loss, dense.trainable_variables)
            float(loss)
            del loss, gradients, tape
        assert [gs.memory()[name] for name in names] == before
    finally:
        gc.enable()


def test_freed_textures_are_used_again():
    x = ops.convert_to_tensor(np.ones((40, 40), np.float32))
    ops.exp(x)
    before = gs.memory()["allocated_bytes"]
    for _ in range(50):
        ops.exp(x)
    assert gs.memory()["allocated_bytes"] == before


def test_a_step_that_was_run_before_allocates_nothing():
    pool = get_backend("webgl").pool
    dense, optimizer = gs.layers.Dense(33), gs.optimizers.Adam()

    def step():
        x = ops.convert_to_tensor(np.ones((20, 50), np.float32))
        with gs.GradientTape() as tape:
            loss = ops.mean(ops.square(dense(x)))
        variables = dense.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    step()
    step()
    misses, hits, rate = pool.misses, pool.hits, gs.memory()["hit_rate"]
    for _ in range(5):
        step()
    assert pool.misses == misses
    assert pool.hits >= hits + 5 * 20
    assert gs.memory()["hit_rate"] > rate


def test_a_dtype_that_the_gpu_lacks_is_refused():
    with pytest.raises(TypeError, match=r"Received: dtype='float64'"):
        ops.convert_to_tensor([1.0], dtype="float64")
    assert ops.convert_to_tensor(np.ones((2,), np.float64)).dtype == "float32"


def test_a_shader_that_does_not_compile_shows_its_source_and_the_log():
    from gossamer.backend.webgl.device import JsException, translated

    backend = get_backend("webgl")
    source = "#version 300 es\nprecision highp float;\nout vec4 o;\nvoid main() { o = nothing; }\n"
    program = backend.device.compile(source, "", "")
    plan = backend.device.plan(program, np.zeros(4, np.int32), 1, 1)
    x = ops.convert_to_tensor(np.ones((2, 2), np.float32))
    with pytest.raises(JsException) as caught:
        backend.device.run(plan, x.buffer.number)
    error = translated(caught.value, source)
    assert isinstance(error, ShaderError)
    assert "nothing" in error.log
    assert "void main() { o = nothing; }" in str(error)
    backend.device.dropPlan(plan)
    backend.device.dropProgram(program)


def test_tensors_of_two_backends_do_not_mix():
    here = ops.convert_to_tensor(np.ones((2,), np.float32))
    there = here.to("numpy")
    with pytest.raises(ValueError, match="on one backend"):
        here + there
    np.testing.assert_array_equal((here + there.to("webgl")).numpy(), [2, 2])


@pytest.mark.parametrize("shape", [(100_003,), (317, 331), (40_000, 3), (3, 40_000), (50, 60, 41)])
def test_long_folds_take_two_draws(shape):
    array = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    x = ops.convert_to_tensor(array)
    axes = 0 if shape[0] > 1000 else (1 if shape[-1] > 1000 else None)
    assert counted(lambda: ops.sum(x, axis=axes), "draws") == (2,)
    np.testing.assert_allclose(
        ops.sum(x, axis=axes).numpy(), array.sum(axis=axes, dtype=np.float64), rtol=1e-4, atol=1e-2
    )
    np.testing.assert_array_equal(ops.max(x, axis=axes).numpy(), array.max(axis=axes))
    np.testing.assert_array_equal(ops.any(x > 3.5, axis=axes).numpy(), (array > 3.5).any(axis=axes))
    ones = ops.ones(shape, "int32")
    expected = np.ones(shape, np.int32).sum(axis=axes)
    np.testing.assert_array_equal(ops.sum(ones, axis=axes).numpy(), expected)
