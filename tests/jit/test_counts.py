"""What a jitted training step asks of the device: draws, programs, uploads, calls, memory."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend

pytestmark = pytest.mark.webgl


@pytest.fixture(autouse=True)
def no_snapshots():
    """Which are taken by the clock, and read the variables."""
    gs.config.set_snapshot_interval(None)
    yield
    gs.config.set_snapshot_interval(60)


def normal(*shape):
    rng = np.random.default_rng(0)
    return (rng.normal(size=shape) * max(np.prod(shape[:-1]), 1) ** -0.5).astype(np.float32)


def mlp(x, w1, b1, w2, b2):
    return ops.relu(x @ w1 + b1) @ w2 + b2


def cnn(x, k1, b1, g1, s1, k2, b2, g2, s2, w, b, *moving):
    def layer(x, kernel, bias, gamma, beta, *moving):
        x = ops.conv(x, kernel, padding="same") + bias
        mean, variance = ops.moments(x, (0, 1, 2))
        for average, now in zip(moving, (mean, variance), strict=True):
            average.assign_sub((average - now) * 0.01)
        x = ops.batch_normalization(x, mean, variance, -1, beta, gamma, 1e-3)
        return ops.max_pool(ops.relu(x), 2)

    x = layer(x, k1, b1, g1, s1, *moving[:2])
    x = layer(x, k2, b2, g2, s2, *moving[2:])
    return ops.reshape(x, (x.shape[0], -1)) @ w + b


def lstm(x, kernel, recurrent, bias, w, b):
    h = c = ops.zeros((x.shape[0], recurrent.shape[0]))
    for now in ops.unstack(x, axis=1):
        z = now @ kernel + h @ recurrent + bias
        i, f, candidate, o = ops.split(z, 4, -1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(candidate)
        h = ops.sigmoid(o) * ops.tanh(c)
    return h @ w + b


MLP = (mlp, ((784, 128), (128,), (128, 10), (10,)), 0, (784,))
CNN = (
    cnn,
    (
        *((3, 3, 1, 8), (8,), (8,), (8,), (3, 3, 8, 16), (16,), (16,), (16,), (784, 10), (10,)),
        *((8,), (8,), (16,), (16,)),
    ),
    4,
    (28, 28, 1),
)
LSTM = (lstm, ((12, 64), (16, 64), (64,), (16, 10), (10,)), 0, (40, 12))


class Training:
    """A step of Adam."""

    def __init__(self, forward, shapes, state, example, wrap=gs.jit):
        learned = len(shapes) - state
        self.variables = [gs.Variable(normal(*s), trainable=k < learned)
                          for k, s in enumerate(shapes)]  # fmt: skip
        trained = self.variables[:learned]
        optimizer = gs.optimizers.Adam(0.01)
        loss_of = gs.losses.CategoricalCrossentropy(from_logits=True)

        def step(x, y):
            with gs.GradientTape() as tape:
                loss = loss_of(y, forward(x, *self.variables))
            optimizer.apply(tape.gradient(loss, trained), trained)
            return loss

        self.step = wrap(step)
        self.example = example

    def batch(self, count):
        rng = np.random.default_rng(count)
        y = np.eye(10, dtype=np.float32)[rng.integers(10, size=count)]
        x = rng.normal(size=(count, *self.example)).astype(np.float32)
        return ops.convert_to_tensor(x), ops.convert_to_tensor(y)


class Calls:
    """Counts the calls into the device's JavaScript."""

    def __init__(self, monkeypatch):
        names = self.names = []
        backend = get_backend("webgl")
        device = backend.device

        class Counting:
            def __getattr__(self, name):
                found = getattr(device, name)
                if not callable(found):
                    return found
                return lambda *args: (names.append(name), found(*args))[1]

        monkeypatch.setattr(backend, "device", Counting())


@pytest.mark.parametrize(
    ("network", "batch", "most"), [(MLP, 32, 60), (CNN, 8, 140), (LSTM, 8, 1300)],
    ids=["mlp", "cnn", "lstm"],
)  # fmt: skip
def test_draws_uploads_and_calls_of_a_step(network, batch, most, monkeypatch, record_property):
    calls = Calls(monkeypatch)
    training = Training(*network)
    x, y = training.batch(batch)
    losses = [float(training.step(x, y)) for _ in range(2)]
    before, done = gs.memory(), len(calls.names)
    loss = training.step(x, y)
    after = gs.memory()
    assert calls.names[done:] == ["replay"]
    difference = {k: after[k] - before[k] for k in ("draws", "uploads", "reads", "programs")}
    record_property(f"draws of a jitted step of {network[0].__name__}", difference["draws"])
    assert 0 < difference.pop("draws") <= most
    assert difference == {"uploads": 0, "reads": 0, "programs": 0}
    assert after["tensors"] == before["tensors"] + 1
    assert float(loss) < losses[0]


@pytest.mark.parametrize("network", [MLP, CNN], ids=["mlp", "cnn"])
def test_another_batch_compiles_almost_nothing(network):
    training = Training(*network)
    training.step(*training.batch(8))
    before = gs.memory()["programs"]
    training.step(*training.batch(7))
    assert gs.memory()["programs"] - before <= 5
    assert training.step.cache_info().misses == 2


def test_a_step_is_what_it_is_without_jit():
    found = []
    for wrap in (gs.jit, lambda f: f):
        training = Training(*CNN, wrap=wrap)
        losses = [float(training.step(*training.batch(n))) for n in (8, 7, 8)]
        found.append([*losses, *[float(ops.sum(ops.absolute(v))) for v in training.variables]])
    np.testing.assert_allclose(found[0], found[1], rtol=2e-3, atol=1e-4)


def test_normalization_is_part_of_the_convolution_at_inference():
    kernel, *statistics = (gs.Variable(normal(*s)) for s in ((3, 3, 4, 8), (8,), (8,), (8,)))
    variance = gs.Variable(np.full(8, 0.5, np.float32))
    gamma, beta, mean = statistics

    @gs.jit
    def layer(x):
        y = ops.conv(x, kernel, padding="same")
        return ops.relu6(ops.batch_normalization(y, mean, variance, -1, beta, gamma, 1e-3))

    x = ops.convert_to_tensor(normal(2, 9, 9, 4))
    assert layer.kernels(x).draws == 1
    np.testing.assert_allclose(layer(x), layer.__wrapped__(x), rtol=1e-4, atol=1e-5)


def test_what_lives_between_draws_uses_the_same_textures_again():
    w = ops.convert_to_tensor(normal(64, 64))

    @gs.jit
    def f(x):
        for _ in range(30):
            x = ops.tanh(x @ w)
        return ops.sum(x)

    x = ops.convert_to_tensor(normal(64, 64))
    f(x)
    workspace = get_backend("webgl").workspace
    before = gs.memory()["textures"]
    held = workspace.bytes
    for _ in range(3):
        f(x)
    assert gs.memory()["textures"] == before
    assert workspace.bytes == held
    fewer = [s for s in f.kernels(x).kernels if s.draws]
    assert len(fewer) >= 30  # whose results lie in two textures in turn, and not in thirty


def test_random_numbers_upload_nothing():
    generator = gs.random.SeedGenerator(1)
    f = gs.jit(lambda x: x * gs.random.uniform((50, 4), seed=generator))
    x = ops.ones((50, 4))
    first = f(x).numpy()
    before = gs.memory()["uploads"]
    second = f(x).numpy()
    assert gs.memory()["uploads"] == before
    assert not np.array_equal(first, second)


def test_within_little_memory_a_step_gives_the_same():
    training = Training(*MLP)
    x, y = training.batch(32)
    expected = [float(training.step(x, y)) for _ in range(3)]
    other = Training(*MLP)
    gs.config.set_memory_limit(1 << 20)
    try:
        found = [float(other.step(x, y)) for _ in range(3)]
    finally:
        gs.config.set_memory_limit(None)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def big_step():
    w = gs.Variable(normal(512, 512))
    optimizer = gs.optimizers.Adam(0.01)

    @gs.jit
    def step(x):
        with gs.GradientTape() as tape:
            loss = ops.mean((x @ w) ** 2)
        optimizer.apply([tape.gradient(loss, w)], [w])
        return loss

    return w, step


def test_new_values_take_the_textures_of_old_ones():
    w, step = big_step()
    x = ops.convert_to_tensor(normal(8, 512))
    for _ in range(2):
        step(x)
    get_backend("webgl").pool.clear()
    before = gs.memory()["allocated_bytes"]
    losses = [float(step(x)) for _ in range(3)]
    grown = gs.memory()["allocated_bytes"] - before
    assert losses[2] < losses[0]
    # The first new moment has no texture to take; three would be without donation.
    assert 0 < grown < 1.5 * w.value.nbytes


def test_a_tensor_that_someone_has_is_not_written_over():
    w, step = big_step()
    x = ops.convert_to_tensor(normal(8, 512))
    for _ in range(3):
        kept, expected = w.value, w.numpy()
        view = ops.reshape(w, (256, 1024))
        step(x)
        np.testing.assert_array_equal(kept, expected)
        np.testing.assert_array_equal(view, expected.reshape(256, 1024))
        assert not np.array_equal(w.numpy(), expected)
    del kept, view
    step(x)
