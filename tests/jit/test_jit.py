"""A jitted function gives what the function gives, on every backend."""

import dataclasses
import gc

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.errors import TracedValueError

RNG = np.random.default_rng(0)


def floats(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def test_same_numbers_for_structures_and_arrays():
    @dataclasses.dataclass
    class Batch:
        x: object
        scale: float

    def f(batch, more, *, flag):
        y = ops.tanh(batch.x @ more["w"]) * batch.scale
        return {"y": y if flag else -y, "parts": [ops.sum(y), (ops.max(y, axis=0),)], "flag": flag}

    jitted = gs.jit(f)
    batch, more = Batch(floats(5, 3), 0.5), {"w": floats(3, 4)}
    for flag in (True, False, True):
        expected, found = f(batch, more, flag=flag), jitted(batch, more, flag=flag)
        assert found["flag"] is flag
        np.testing.assert_allclose(found["y"], expected["y"], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found["parts"][0], expected["parts"][0], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found["parts"][1][0], expected["parts"][1][0], rtol=1e-5)
    assert jitted.cache_info()[:2] == (1, 2)


def test_variables_are_read_and_written_at_every_call():
    w, count = gs.Variable(floats(3)), gs.Variable(0, dtype="int32", trainable=False)

    @gs.jit
    def step(x):
        count.assign_add(1)
        w.assign_sub(0.1 * x)
        w.assign(w * 2.0)
        return ops.sum(w)

    expected = w.numpy()
    for k in range(3):
        x = floats(3)
        expected = (expected - np.float32(0.1) * x) * 2
        np.testing.assert_allclose(float(step(x)), expected.sum(), rtol=1e-5)
        np.testing.assert_allclose(w.numpy(), expected, rtol=1e-5)
        assert int(count) == k + 1
    w.assign([0.0, 0.0, 0.0])
    assert float(step(np.zeros(3, np.float32))) == 0.0


def mlp_step(optimizer, variables):
    w1, b1, w2, b2 = variables
    loss_of = gs.losses.CategoricalCrossentropy(from_logits=True)

    def step(x, y):
        with gs.GradientTape() as tape:
            logits = ops.relu(x @ w1 + b1) @ w2 + b2
            loss = loss_of(y, logits)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    return step


def test_a_training_step_in_one_call():
    shapes = ((20, 16), (16,), (16, 4), (4,))
    first = [floats(*shape) for shape in shapes]
    losses = []
    for wrap in (gs.jit, lambda f: f):
        variables = [gs.Variable(value) for value in first]
        step = wrap(mlp_step(gs.optimizers.Adam(0.01), variables))
        rng = np.random.default_rng(1)
        losses.append([])
        for _ in range(5):
            x = rng.normal(size=(8, 20)).astype(np.float32)
            y = np.eye(4, dtype=np.float32)[rng.integers(4, size=8)]
            losses[-1].append(float(step(x, y)))
        losses[-1] += [value for v in variables for value in v.numpy().ravel()]
    np.testing.assert_allclose(losses[0], losses[1], rtol=2e-4, atol=1e-5)


def test_gradients_inside():
    f = lambda x, w: ops.sum(ops.sin(x @ w) ** 2)  # noqa: E731
    jitted = gs.jit(gs.value_and_grad(f, argnums=(0, 1)))
    x, w = floats(4, 3), floats(3, 2)
    expected, found = gs.value_and_grad(f, argnums=(0, 1))(x, w), jitted(x, w)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-5)
    for a, b in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_random_numbers_go_on():
    results = []
    for wrap in (gs.jit, lambda f: f):
        generator = gs.random.SeedGenerator(7)
        f = wrap(lambda x, g=generator: x + gs.random.uniform((3,), seed=g))
        results.append([f(np.zeros(3, np.float32)).numpy() for _ in range(3)])
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0][0], results[0][1])


def test_looking_at_elements_names_the_line_and_what_to_use():
    @gs.jit
    def f(x):
        if ops.sum(x) > 0:  # the line
            return x
        return -x

    with pytest.raises(TracedValueError, match=r"(?s)ops.cond.*the line.*Received: a traced"):
        f(floats(3))
    with pytest.raises(TracedValueError, match=r"ops\.while_loop"):
        gs.jit(float)(ops.ones(()))


def test_a_traced_tensor_that_escapes_says_so():
    kept = []
    gs.jit(lambda x: kept.append(x))(floats(3))
    with pytest.raises(TracedValueError, match="only stood for a value"):
        kept[0] + 1.0


def test_static_arguments():
    calls = []

    def f(x, axes, n):
        calls.append(n)
        return ops.sum(x, axis=axes) * n

    jitted = gs.jit(f, static_argnames=("axes", "n"))
    x = floats(2, 3, 4)
    for n in (1.0, 2.0, 1.0):
        np.testing.assert_allclose(jitted(x, [0, 1], n=n), x.sum((0, 1)) * n, rtol=1e-5)
    assert calls == [1.0, 2.0]
    with pytest.raises(ValueError, match="static_argnames"):
        gs.jit(f, static_argnames="axis")
    with pytest.raises(TypeError, match="key of a dictionary"):
        gs.jit(f)(x, {1, 2}, 1.0)


def test_floats_are_no_part_of_the_program_and_integers_are():
    jitted = gs.jit(lambda x, a: x * a)
    for a in (0.5, 1.5, 2.5):
        np.testing.assert_allclose(jitted(floats(2) * 0 + 1, a), [a, a])
    assert jitted.cache_info().misses == 1
    jitted(floats(2), 3)
    assert jitted.cache_info().misses == 2


def test_many_static_values_warn():
    jitted = gs.jit(lambda x, n: x * n)
    for n in range(15):
        jitted(floats(2), n)
    with pytest.warns(RuntimeWarning, match="has been traced 16 times"):
        jitted(floats(2), 15)


def test_the_cache_is_bounded_and_can_be_cleared():
    jitted = gs.jit(lambda x: x + 1.0, cache_size=2)
    for n in (1, 2, 3, 3):
        jitted(floats(n))
    assert jitted.cache_info() == (1, 3, 2, 2)
    jitted.cache_clear()
    assert jitted.cache_info() == (0, 0, 2, 0)


def test_results_that_are_arguments_constants_and_values():
    x = ops.convert_to_tensor(floats(3))
    jitted = gs.jit(lambda x: (x, ops.ones(3), "text", None, 2, ops.copy(x), ops.arange(40)))
    same, ones, text, nothing, two, copy, numbers = jitted(x)
    np.testing.assert_array_equal(same, x)
    np.testing.assert_array_equal(copy, x)
    np.testing.assert_array_equal(ones, np.ones(3))
    np.testing.assert_array_equal(numbers, np.arange(40))
    assert (text, nothing, two) == ("text", None, 2)


def test_captured_tensors_are_constants():
    w = ops.convert_to_tensor(floats(3, 2))
    x = floats(4, 3)
    np.testing.assert_allclose(gs.jit(lambda x: x @ w)(x), x @ w.numpy(), rtol=1e-5)


def test_within_a_tape_the_function_itself_is_differentiated():
    square = gs.jit(lambda x: ops.sum(x * x))
    np.testing.assert_allclose(gs.grad(square)(np.float32([1, 2])), [2.0, 4.0])


def test_within_another_one_it_is_part_of_that():
    inner = gs.jit(lambda x: x * 2.0)
    outer = gs.jit(lambda x: inner(x) + 1.0)
    np.testing.assert_allclose(outer(np.float32([1, 2])), [3.0, 5.0])


def test_host_primitives_in_the_middle():
    def f(a):
        b = ops.matmul(a, ops.transpose(a)) + 3.0 * ops.eye(a.shape[0])
        return ops.sum(ops.linalg.cholesky(b) * 2.0, axis=0)

    a = floats(4, 4)
    np.testing.assert_allclose(gs.jit(f)(a), f(a), rtol=1e-4, atol=1e-5)


def test_methods_can_be_jitted():
    class Model:
        def __init__(self):
            self.w = gs.Variable([2.0])

        @gs.jit
        def __call__(self, x):
            return self.w * x

    one, other = Model(), Model()
    other.w.assign([3.0])
    assert float(one(np.float32([1]))[0]) == 2.0
    assert float(other(np.float32([1]))[0]) == 3.0


def test_nothing_is_left_when_it_goes():
    w = gs.Variable(floats(100))

    def make():
        @gs.jit
        def step(x):
            w.assign_add(x)
            return ops.sum(w * x)

        return step

    make()(floats(100))  # what is kept once and for all is there
    gc.collect()
    gc.disable()
    try:
        before = gs.memory()["tensors"]
        step = make()
        for _ in range(3):
            step(floats(100))
        del step
        assert gs.memory()["tensors"] == before
    finally:
        gc.enable()


def test_graph_and_kernels_can_be_printed():
    jitted = gs.jit(lambda x: ops.relu(x * 2.0))
    x = floats(3)
    assert "multiply(" in str(jitted.graph(x))
    kernels = jitted.kernels(x)
    assert "multiply" in str(kernels)
    assert len(kernels) >= 1


def test_wrong_arguments():
    with pytest.raises(TypeError, match="Expected a function"):
        gs.jit(3)
    with pytest.raises(ValueError, match="room for one"):
        gs.jit(lambda x: x, cache_size=0)


def test_variables_made_within_are_made_once():
    made = []

    @gs.jit
    def f(x):
        if not made:
            made.append(gs.Variable(lambda shape, dtype: np.ones(shape, dtype), shape=(2,)))
        return made[0] * x

    np.testing.assert_allclose(f(np.float32([1, 2])), [1, 2])
    np.testing.assert_allclose(f(np.float32([3, 2])), [3, 2])
    with pytest.raises(TracedValueError, match="first value of a variable"):
        gs.jit(lambda x: gs.Variable(x))(floats(2))


def test_debug_prints_kernels_with_times_graph_and_source(monkeypatch, capsys, backend):
    for level in "0123":
        monkeypatch.setenv("GOSSAMER_DEBUG", level)
        jitted = gs.jit(lambda x: ops.cond(ops.sum(x) > 0, lambda: ops.exp(x), lambda: x * 2.0))
        np.testing.assert_allclose(jitted(np.float32([0, 1])), [1, np.e], rtol=1e-5)
        text = capsys.readouterr().out
        assert ("ms one by one" in text and "choice" in text) == (level >= "1")
        assert ("= choice(" in text) == (level >= "2")
        assert ("#version 300 es" in text) == (level == "3" and backend == "webgl")
    monkeypatch.setenv("GOSSAMER_DEBUG", "loud")
    with pytest.raises(ValueError, match="from 0 to 3"):
        gs.jit(lambda x: x)(np.float32([1]))


def test_layers_and_optimizers_are_built_by_the_first_jitted_step():
    x = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.float32([[0], [1], [1], [0]])
    layers = [gs.layers.Dense(16, activation="tanh"), gs.layers.Dense(1, activation="sigmoid")]
    loss_of, optimizer = gs.losses.MeanSquaredError(), gs.optimizers.Adam(0.05)

    def predict(x):
        return layers[1](layers[0](x))

    @gs.jit
    def step(x, y):
        with gs.GradientTape() as tape:
            loss = loss_of(y, predict(x))
        variables = [v for layer in layers for v in layer.trainable_variables]
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    losses = [float(step(x, y)) for _ in range(150)]
    assert losses[-1] < 0.05 < losses[0]
    assert step.cache_info().misses == 1
    assert int(optimizer.iterations) == 150
    optimizer.learning_rate = 0.0
    before = predict(x).numpy()
    step(x, y)
    np.testing.assert_array_equal(predict(x), before)


@pytest.mark.parametrize("dtype", ["float16", "float32", "int32", "uint8", "bool"])
def test_a_float_takes_the_dtype_of_what_it_meets(dtype):
    x = ops.cast([1, 0, 3], dtype)
    f = lambda x, a: (x * a, ops.maximum(a, x), x + a, ops.where(x > 1, x, a))  # noqa: E731
    for found, expected in zip(gs.jit(f)(x, 0.3), f(x, 0.3), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_wide_floats_stay_wide(backend):
    if backend != "numpy":
        return
    gs.config.set_floatx("float64")
    try:
        x = ops.convert_to_tensor(np.ones(3), "float64")
        np.testing.assert_array_equal(gs.jit(lambda x, a: x * a)(x, 0.1), [0.1] * 3)
    finally:
        gs.config.set_floatx("float32")


def test_a_profile_shows_the_kernels_of_the_program():
    w = gs.Variable(floats(4, 3))

    @gs.jit
    def step(x):
        w.assign_sub(0.1 * w)
        return ops.relu(x @ w)

    x = floats(5, 4)
    step(x)
    before = w.numpy()
    profile = gs.profile(step, x)
    np.testing.assert_allclose(w, before * np.float32(0.9), rtol=1e-6)
    np.testing.assert_allclose(profile.value, np.maximum(x @ w.numpy(), 0), rtol=1e-5)
    assert len(profile.kernels) == len(step.kernels(x))
    assert any("matmul" in kernel.name for kernel in profile.kernels)
    assert profile.kernel_ms is not None
    assert "matmul" in str(profile)


def test_debug_mode_names_the_op_within():
    @gs.jit
    def f(x):
        return ops.log(x) * 2.0

    f(np.float32([1, 2]))
    with gs.debug_mode(), pytest.raises(gs.NonFiniteError, match="log made infinity"):
        f(np.float32([1, 0]))


def test_complex_numbers():
    def f(x, y):
        z = ops.fft((x, y))
        scaled = ops.convert_to_tensor(np.complex64(1 + 2j)) * ops.view_as_complex(
            ops.stack(z, axis=-1)
        )
        return scaled * np.complex64(0.5j), ops.absolute(scaled), ops.sum(scaled)

    x, y = floats(3, 8), floats(3, 8)
    for found, expected in zip(gs.jit(f)(x, y), f(x, y), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
