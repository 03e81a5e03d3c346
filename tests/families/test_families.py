"""Initializers, regularizers, constraints and activations, wherever gossamer runs."""

import math

import numpy as np
import pytest

import gossamer as gs
from gossamer import initializers, regularizers
from gossamer.backend import get_backend, using
from gossamer.initializers.on_host import MOST_ELEMENTS

SHAPE = (80, 90)  # enough draws that moments are known to a few percent
N = 80 * 90


def variance(name):
    fan_in, fan_out = SHAPE
    return {
        "glorot": 2 / (fan_in + fan_out), "lecun": 1 / fan_in, "he": 2 / fan_in,
    }[name.split("_")[0]]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [f"{author}_{kind}" for author in ("glorot", "lecun", "he") for kind in ("normal", "uniform")],
)
def test_moments_of_scaled_initializers(name):
    values = type(initializers.get(name))(seed=1)(SHAPE).numpy()
    deviation = math.sqrt(variance(name))
    assert abs(values.mean()) < 5 * deviation / math.sqrt(N)
    assert abs(values.std() / deviation - 1) < 0.05
    # What is cut off lies beyond two deviations of the normal before it was cut.
    bound = 2 / 0.87962566 if name.endswith("normal") else math.sqrt(3)
    assert 0.9 * bound * deviation < np.abs(values).max() <= 1.0001 * bound * deviation


@pytest.mark.webgl
@pytest.mark.parametrize("shape", [(64, 32), (400, 300)])
@pytest.mark.parametrize("kind", [initializers.GlorotUniform, initializers.HeNormal])
def test_the_host_and_the_device_draw_the_same(kind, shape):
    before = gs.memory()["draws"]
    values = kind(seed=1)(shape)
    is_drawn_on_the_device = gs.memory()["draws"] > before
    assert is_drawn_on_the_device == (math.prod(shape) > MOST_ELEMENTS)
    with using(get_backend("numpy")):
        expected = kind(seed=1)(shape).numpy()
    bound = 0 if kind is initializers.GlorotUniform else 1e-6
    np.testing.assert_allclose(values.numpy(), expected, rtol=0, atol=bound)


@pytest.mark.parametrize(
    ("initializer", "mean", "deviation", "low", "high"),
    [
        (initializers.RandomNormal(1.0, 2.0, seed=1), 1.0, 2.0, -12.0, 14.0),
        (initializers.TruncatedNormal(1.0, 2.0, seed=1), 1.0, 1.7593, -3.0, 5.0),
        (initializers.RandomUniform(-1.0, 3.0, seed=1), 1.0, 4 / math.sqrt(12), -1.0, 3.0),
        (
            initializers.VarianceScaling(3.0, "fan_out", "untruncated_normal", seed=1),
            0.0, math.sqrt(3 / 90), -1.5, 1.5,
        ),
        (
            initializers.VarianceScaling(
                1.0, "fan_in", "uniform", seed=1, input_axes=[1], output_axes=[0]
            ),
            0.0, math.sqrt(1 / 90), -math.sqrt(3 / 90), math.sqrt(3 / 90),
        ),
    ],
    ids=lambda x: type(x).__name__,
)  # fmt: skip
def test_moments(initializer, mean, deviation, low, high):
    values = initializer(SHAPE).numpy()
    assert abs(values.mean() - mean) < 5 * deviation / math.sqrt(N)
    assert abs(values.std() / deviation - 1) < 0.05
    assert low - 1e-5 <= values.min() < values.max() <= high + 1e-5


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (2, 3, 4)], ids=str)
def test_orthogonal(shape):
    q = initializers.Orthogonal(gain=2.0, seed=1)(shape).numpy()
    assert q.shape == shape
    q = q.reshape(-1, shape[-1]).astype("float64")
    product = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_seeds():
    fixed = initializers.RandomNormal(seed=3)
    np.testing.assert_array_equal(fixed((3,)), fixed((3,)))
    np.testing.assert_array_equal(fixed((3,)), fixed.clone()((3,)))
    fresh = initializers.RandomNormal()
    # Drawn once, as in Keras.
    np.testing.assert_array_equal(fresh((3,)), fresh((3,)))
    assert not np.array_equal(fresh((3,)), fresh.clone()((3,)))
    generator = gs.random.SeedGenerator(1)
    moving = initializers.RandomNormal(seed=generator)
    first = moving((3,)).numpy()
    assert not np.array_equal(first, moving((3,)))
    read = initializers.get(initializers.serialize(moving))
    np.testing.assert_array_equal(first, read((3,)))
    gs.utils.set_random_seed(1)
    first = initializers.RandomNormal()((3,)).numpy()
    gs.utils.set_random_seed(1)
    np.testing.assert_array_equal(first, initializers.RandomNormal()((3,)))


def test_the_gain_of_the_identity_is_written():
    # Keras forgets it.
    assert initializers.Identity().get_config() == {}
    read = initializers.get(initializers.serialize(initializers.Identity(2.0)))
    np.testing.assert_array_equal(read((2, 2)), [[2.0, 0.0], [0.0, 2.0]])


def test_initializers_of_variables():
    for name in ("zeros", "ones", "glorot_uniform", "orthogonal", "identity", "stft"):
        shape = (4, 1, 3) if name == "stft" else (4, 3)
        variable = gs.Variable(initializers.get(name), shape, "float32")
        assert (variable.shape, variable.dtype) == (shape, "float32")
    with pytest.raises(ValueError, match="matrix"):
        initializers.Identity()((2, 2, 2))
    with pytest.raises(ValueError, match="two axes"):
        initializers.Orthogonal()((2,))
    with pytest.raises(ValueError, match="given value"):
        initializers.get(np.ones(2))((3,))
    with pytest.raises(ValueError, match="initializers"):
        initializers.get("nothing")
    with pytest.raises(ValueError, match="initializer"):
        initializers.get(3)
    assert initializers.get(None) is None


@pytest.mark.parametrize(
    ("regularizer", "expected"),
    [
        (regularizers.L1(0.5), [[0.5, -0.5], [0.5, 0.5]]),
        (regularizers.L2(0.5), [[1.0, -2.0], [3.0, 4.0]]),
        (regularizers.L1L2(1.0, 0.5), [[2.0, -3.0], [4.0, 5.0]]),
        (regularizers.L1L2(), [[0.0, 0.0], [0.0, 0.0]]),
    ],
    ids=["l1", "l2", "l1_l2", "none"],
)
def test_gradients_of_penalties(regularizer, expected):
    weight = gs.Variable([[1.0, -2.0], [3.0, 4.0]])

    @gs.jit
    def gradient():
        with gs.GradientTape() as tape:
            penalty = regularizer(weight) + 0.0 * gs.ops.sum(weight)
        return tape.gradient(penalty, weight)

    np.testing.assert_allclose(gradient(), expected, rtol=1e-6)


def test_the_gradient_of_the_orthogonal_penalty():
    value = np.random.default_rng(1).normal(size=(3, 4)).astype("float32")
    penalty = regularizers.OrthogonalRegularizer(2.0)
    direction = np.random.default_rng(2).normal(size=(3, 4)).astype("float32")
    slope = gs.grad(penalty)(gs.ops.convert_to_tensor(value)).numpy()
    step = 1e-2
    ends = [float(penalty(gs.ops.convert_to_tensor(value + s * direction))) for s in (step, -step)]
    assert abs((ends[0] - ends[1]) / (2 * step) - (slope * direction).sum()) < 2e-3


def test_constraints_change_variables():
    weight = gs.Variable([[3.0, -0.3], [4.0, 0.4]])

    @gs.jit
    def step(constraint):
        weight.assign(constraint(weight))

    step(gs.constraints.MaxNorm(2.5))
    np.testing.assert_allclose(weight, [[1.5, -0.3], [2.0, 0.4]], rtol=1e-5)
    step(gs.constraints.UnitNorm())
    np.testing.assert_allclose(weight, [[0.6, -0.6], [0.8, 0.8]], rtol=1e-5)
    step(gs.constraints.NonNeg())
    np.testing.assert_allclose(weight, [[0.6, 0.0], [0.8, 0.8]], rtol=1e-5)


def test_activations():
    x = gs.ops.convert_to_tensor([-10.0, -1.0, 0.0, 3.0, 10.0])
    relu = gs.activations.relu
    np.testing.assert_allclose(relu(x, 0.5, 5.0, 1.0), [-5.5, -1.0, -0.5, 3.0, 5.0])
    np.testing.assert_allclose(relu(x, max_value=6), [0.0, 0.0, 0.0, 3.0, 6.0])
    assert gs.activations.get(None) is gs.activations.linear
    assert gs.activations.get("swish") is gs.activations.silu
    assert gs.activations.serialize(relu) == "relu"
    for name in set(gs.activations.__all__) - {"get", "serialize", "deserialize", "threshold"}:
        activation = gs.activations.get(name)
        values = gs.jit(activation)(gs.ops.reshape(x[:4], (2, 2)))
        assert bool(gs.ops.all(gs.ops.isfinite(values))), name
