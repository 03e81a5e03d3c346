"""Random numbers: known answers, the same on every backend, distributed as they should be."""

import math
import random as python_random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, random
from gossamer.kernel.interpret import interpret
from gossamer.kernel.mathlib import threefry2x32
from gossamer.ops.random_bits import bits_of, random_bits
from gossamer.random import fractions
from tests.kernel.calls import calls_of
from tests.ops.record import wide_floats

# Key, counter and result: the known answers of the authors' own test suite.
THREEFRY = [
    ((0x0, 0x0), (0x0, 0x0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
]
DRAWS: dict[str, Callable[[Any], gs.Tensor]] = {
    "uniform": lambda seed: random.uniform((3, 5), -1.0, 2.0, seed=seed),
    "normal": lambda seed: random.normal((3, 7), 1.0, 0.5, seed=seed),
    "truncated_normal": lambda seed: random.truncated_normal((1031,), seed=seed),
    "randint": lambda seed: random.randint((3, 5), -5, 1000, seed=seed),
    "categorical": lambda seed: random.categorical(ops.log([[0.2, 0.3, 0.5]]), 7, seed=seed),
    "dropout": lambda seed: random.dropout(ops.ones((5, 7)), 0.3, seed=seed),
    "gamma": lambda seed: random.gamma((3, 5), [[0.3], [1.0], [70.0]], seed=seed),
    "beta": lambda seed: random.beta((2, 7), 0.5, [[0.5], [20.0]], seed=seed),
    "binomial": lambda seed: random.binomial((2, 7), [[9], [4000]], 0.3, seed=seed),
    "shuffle": lambda seed: random.shuffle(ops.arange(11), seed=seed),
}
ALL = pytest.mark.parametrize("name", DRAWS)


def _words(*numbers: int) -> list[np.ndarray]:
    return [np.array([number], np.uint32) for number in numbers]


@pytest.mark.parametrize(("key", "counter", "answer"), THREEFRY)
def test_threefry(key: tuple[int, int], counter: tuple[int, int], answer: tuple[int, int]) -> None:
    with np.errstate(over="ignore"):
        result = threefry2x32(tuple(_words(*key)), tuple(_words(*counter)))
    assert tuple(int(word[0]) for word in result) == answer


def test_bits_are_the_first_word() -> None:
    bits = random_bits(ops.convert_to_tensor(np.zeros(2, np.uint32)), (2, 3)).numpy()
    assert (bits.dtype, bits.shape) == (np.dtype("uint32"), (2, 3))
    assert bits[0, 0] == THREEFRY[0][2][0]
    assert len(np.unique(bits)) == 6


@pytest.mark.parametrize("shape", [(), (7,), (3, 5), (5, 1), (2, 3, 2, 3), (10007,), (33, 65)])
@pytest.mark.parametrize("seed", [0, 1, 2**31 + 5, -1])
def test_bits_are_the_same_on_every_backend(shape: tuple[int, ...], seed: int) -> None:
    words = np.array([seed & 0xFFFFFFFF, 3], np.uint32)
    bits = random_bits(ops.convert_to_tensor(words), shape, stream=2).numpy()
    expected = bits_of(words, math.prod(shape), stream=2).reshape(shape)
    np.testing.assert_array_equal(bits, expected)
    assert bits.dtype == np.uint32


@ALL
def test_same_seed_same_numbers(name: str) -> None:
    np.testing.assert_array_equal(DRAWS[name](7).numpy(), DRAWS[name](7).numpy())
    assert (DRAWS[name](7).numpy() != DRAWS[name](8).numpy()).any()


@ALL
def test_same_on_every_backend(name: str, backend: str) -> None:
    here = DRAWS[name](7)
    assert here.backend.name == backend
    gs.set_backend("numpy")
    try:
        there = DRAWS[name](7)
    finally:
        gs.set_backend(backend)
    if here.dtype == "int32" or name == "dropout":
        np.testing.assert_array_equal(here.numpy(), there.numpy())
    else:
        np.testing.assert_allclose(here.numpy(), there.numpy(), 1e-5, 1e-6)


@ALL
def test_kernels_mean_what_references_mean(name: str) -> None:
    seen = calls_of(DRAWS[name], 7)
    assert any(one.call.primitive.name == "random_bits" for one in seen)
    for one in seen:
        lowered = one.lowered()
        assert lowered is not None, one.call
        found = interpret(lowered, one.inputs).reshape(one.output.shape)
        np.testing.assert_allclose(found, one.output, 1e-5, 1e-5, err_msg=repr(one.call))


@ALL
def test_a_generator_moves_on(name: str) -> None:
    one, other = random.SeedGenerator(7), random.SeedGenerator(7)
    first, second = (DRAWS[name](one).numpy() for _ in range(2))
    assert (first != second).any()
    np.testing.assert_array_equal(first, DRAWS[name](other).numpy())
    np.testing.assert_array_equal(second, DRAWS[name](other).numpy())


@ALL
def test_without_a_seed_numbers_differ(name: str) -> None:
    draws = [DRAWS[name](None).numpy().tolist() for _ in range(4)]
    assert any(draw != draws[0] for draw in draws)


def test_set_random_seed() -> None:
    draws = []
    for _ in range(2):
        gs.utils.set_random_seed(5)
        drawn = [random.uniform((3,)).tolist() for _ in range(2)]
        assert drawn[0] != drawn[1]
        others = python_random.random(), np.random.rand(), random.SeedGenerator().next().tolist()
        draws.append((drawn, others))
    assert draws[0] == draws[1]


@pytest.mark.parametrize("seed", [1.5, -1, 2**32, None, np.int64(1)])
def test_set_random_seed_refuses(seed: Any) -> None:
    with pytest.raises(ValueError, match="Received: "):
        gs.utils.set_random_seed(seed)


def test_generator_config() -> None:
    generator = random.SeedGenerator.from_config(random.SeedGenerator(3, name="mine").get_config())
    assert (generator.name, generator.state.numpy().tolist()) == ("mine", [3, 0])
    assert generator.next().tolist() == [3, 0]
    assert generator.state.numpy().tolist() == [3, 1]


def test_a_generator_out_of_order_moves_as_that_of_keras() -> None:
    generator = random.SeedGenerator(7)
    ordered = (True, False, False, True)
    keys = [generator.next(ordered=one).tolist() for one in ordered]
    assert keys == [[7, 0], [7, 1], [43096, 10774], [730187, 186587]]
    assert generator.state.numpy().tolist() == [730187, 186588]


def test_generators_have_names_of_their_own() -> None:
    names = {random.SeedGenerator(1).name for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith("seed_generator") for name in names)


def test_a_key_is_a_seed() -> None:
    key = random.SeedGenerator(7).next()
    assert random.uniform((3,), seed=key).tolist() == random.uniform((3,), seed=7).tolist()


@pytest.mark.parametrize("seed", [1.5, "a", np.int64(3)])
def test_what_is_no_seed(seed: Any) -> None:
    with pytest.raises(ValueError, match="Received: seed="):
        random.uniform((2,), seed=seed)
    with pytest.raises(ValueError, match="Received: seed="):
        random.SeedGenerator(seed)
    with pytest.raises(ValueError, match="other"):
        random.SeedGenerator(1, other=1)


def test_large_and_negative_seeds_are_different() -> None:
    drawn = {tuple(random.uniform((3,), seed=seed).tolist()) for seed in (0, -1, 2**32 - 2, 2**31)}
    assert len(drawn) == 4


def test_uniform_is_uniform() -> None:
    x = random.uniform((20011,), seed=1).numpy()
    assert x.dtype == np.float32
    assert x.min() >= 0.0
    assert x.max() < 1.0
    counts, _ = np.histogram(x, 10, (0.0, 1.0))
    assert abs(counts / len(x) - 0.1).max() < 0.01
    assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 0.03


@pytest.mark.parametrize(("mean", "stddev"), [(0.0, 1.0), (3.0, 0.5)])
def test_normal_is_normal(mean: float, stddev: float) -> None:
    z = (random.normal((20011,), mean, stddev, seed=2).numpy() - mean) / stddev
    assert abs(z.mean()) < 0.03
    assert abs(z.std() - 1.0) < 0.03
    for limit in (0.5, 1.0, 2.0):
        share = (abs(z) < limit).mean()
        assert abs(share - math.erf(limit / math.sqrt(2))) < 0.015


@pytest.mark.parametrize("bits", [0, 2**32 - 1])
def test_the_rarest_bits_give_numbers(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def same(key: gs.Tensor, shape: tuple[int, ...], stream: int = 0) -> gs.Tensor:
        return ops.full(shape, np.uint32(bits), "uint32")

    monkeypatch.setattr(fractions, "random_bits", same)
    assert abs(random.normal((3,), seed=1).numpy()).max() < 6.0
    assert abs(random.truncated_normal((3,), seed=1).numpy()).max() <= 2.0
    for dtype in ("float16", "float32"):
        assert 0.0 <= random.uniform((), dtype=dtype, seed=1).item() < 1.0
    for dtype in ("float16", "float32"):
        logits = ops.convert_to_tensor([[0.0, -20.0]], dtype)
        assert random.categorical(logits, 1, seed=1).tolist() == [[0]]
    for drawn in (
        random.gamma((3,), [0.1, 1.0, 9.0], seed=1), random.beta((3,), 0.5, 2.0, seed=1),
        random.binomial((3,), [9, 20, 900], 0.5, seed=1),
    ):  # fmt: skip
        assert (drawn.numpy() >= 0.0).all()
    assert random.categorical([[0.0, -1000.0]], 1, seed=1).tolist() == [[0]]


def test_truncated_normal_is_truncated() -> None:
    z = random.truncated_normal((20011,), 1.0, 0.5, seed=2).numpy()
    assert abs(z - 1.0).max() <= 1.0
    assert abs(z.mean() - 1.0) < 0.02
    assert abs(z.std() - 0.5 * 0.8796) < 0.02


def test_randint_covers_its_range() -> None:
    x = random.randint((5003,), -2, 3, seed=3).numpy()
    assert x.dtype == np.int32
    values, counts = np.unique(x, return_counts=True)
    assert values.tolist() == [-2, -1, 0, 1, 2]
    assert abs(counts / len(x) - 0.2).max() < 0.03
    small = random.randint((5,), 0, 200, dtype="uint8", seed=3)
    assert small.dtype == "uint8"


def test_categorical_follows_its_logits() -> None:
    logits = np.log(np.array([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]], np.float32))
    x = random.categorical(logits, 4001, seed=4).numpy()
    assert (x.shape, x.dtype) == ((2, 4001), np.dtype("int32"))
    for row, logit in zip(x, logits, strict=True):
        assert abs(np.bincount(row, minlength=3) / 4001 - np.exp(logit)).max() < 0.03


def test_dropout_drops_and_scales() -> None:
    x = random.dropout(ops.full((101, 33), 3.0), 0.25, seed=5).numpy()
    assert set(np.unique(x).tolist()) == {0.0, 4.0}
    assert abs((x == 0).mean() - 0.25) < 0.03


def test_dropout_with_noise_shape() -> None:
    x = random.dropout(ops.ones((31, 7)), 0.5, noise_shape=(None, 1), seed=5).numpy()
    assert (x == x[:, :1]).all()
    assert 0 < (x == 0).mean() < 1


def test_dropout_at_its_ends() -> None:
    assert random.dropout([1.0, 2.0], 0).tolist() == [1.0, 2.0]
    assert random.dropout([1.0, 2.0], 1).tolist() == [0.0, 0.0]


def test_gradient_of_dropout() -> None:
    x = ops.ones((31,))
    kept = random.dropout(x, 0.5, seed=6)
    gradient = gs.grad(lambda x: ops.sum(random.dropout(x, 0.5, seed=6)))(x)
    assert gradient.tolist() == kept.tolist()


def test_shuffle_gives_each_slice_an_order_of_its_own() -> None:
    x = np.arange(22, dtype=np.float32).reshape(11, 2)
    for axis in (0, 1, -1):
        shuffled = random.shuffle(x, axis=axis, seed=7).numpy()
        assert shuffled.tolist() != x.tolist()
        np.testing.assert_array_equal(np.sort(shuffled, axis), x)
    columns = random.shuffle(x, seed=7).numpy()
    assert (columns[:, 1] - columns[:, 0] != 1.0).any()


def test_gradient_of_shuffle_follows_the_elements() -> None:
    x, weights = ops.arange(11, dtype="float32"), ops.arange(11, dtype="float32")
    moved = random.shuffle(x, seed=3).numpy().astype(int)
    gradient = gs.grad(lambda x: ops.sum(random.shuffle(x, seed=3) * weights))(x).numpy()
    np.testing.assert_array_equal(gradient[moved], np.arange(11))


def test_gradients_of_normal_and_uniform() -> None:
    z = random.normal((7,), seed=1).numpy()
    mean, stddev = (
        gs.grad(lambda m, s: ops.sum(random.normal((7,), m, s, seed=1)), (0, 1))(2.0, 3.0)
    )  # fmt: skip
    np.testing.assert_allclose([mean.item(), stddev.item()], [7.0, z.sum()], 1e-5)
    u = random.uniform((7,), seed=1).numpy()
    low, high = (
        gs.grad(lambda a, b: ops.sum(random.uniform((7,), a, b, seed=1)), (0, 1))(2.0, 3.0)
    )  # fmt: skip
    np.testing.assert_allclose([low.item(), high.item()], [(1 - u).sum(), u.sum()], 1e-5)


@pytest.mark.parametrize(
    "draw",
    [
        lambda a: random.gamma((5,), a, seed=1),
        lambda a: random.beta((5,), a, a, seed=1),
        lambda a: random.binomial((5,), a, 0.5, seed=1),
    ],
)
def test_no_gradient_flows_to_parameters_of_rejection(draw: Callable[[Any], gs.Tensor]) -> None:
    assert gs.grad(lambda a: ops.sum(draw(a)))(30.0).item() == 0.0


def test_randint_of_large_spans_is_even() -> None:
    # Of plain remainders two thirds would lie in the lower half.
    x = random.randint((20011,), 0, 3 * 2**30, dtype="uint32", seed=1).numpy()
    assert abs((x < 3 * 2**29).mean() - 0.5) < 0.015
    full = random.randint((20011,), -(2**31), 2**31, seed=1).numpy()
    assert abs((full < 0).mean() - 0.5) < 0.015
    assert np.ptp(full.astype(float)) > 0.999 * 2**32


def test_randint_between_tensors() -> None:
    low, high = np.array([[-5], [2**31 - 3]]), np.array([[5], [2**31 - 1]])
    x = random.randint((2, 1009), low.astype(np.int32), high.astype(np.int32), seed=1).numpy()
    assert sorted(set(x[0].tolist())) == list(range(-5, 5))
    assert sorted(set(x[1].tolist())) == [2**31 - 3, 2**31 - 2]
    wide = random.randint((1009,), np.array([-(2**31)]), np.array([2**31 - 1]), seed=1).numpy()
    assert np.ptp(wide.astype(float)) > 0.98 * 2**32
    assert random.randint((2,), np.array([5, 7]), np.array([5, 2]), seed=1).tolist() == [5, 7]


def test_randint_of_other_widths(backend: str) -> None:
    for dtype in ("uint8", "int32") if backend == "webgl" else ("int8", "uint16", "int64"):
        low = 0 if dtype.startswith("u") else -5
        for ends in ((low, 5), (np.array([low]), 5)):
            x = random.randint((509,), *ends, dtype=dtype, seed=1)
            assert x.dtype == dtype
            assert sorted(set(x.tolist())) == list(range(low, 5))


def test_nothing_waits_for_the_device() -> None:
    """Distributions are computed without reading values, parameters among them."""
    a = ops.convert_to_tensor([0.3, 2.0])
    before = gs.memory().get("reads", 0)
    for draw in DRAWS.values():
        draw(1)
    random.gamma((3, 2), a, seed=1)
    random.beta((3, 2), a, a, seed=1)
    random.binomial((3, 2), a * 100.0, a / 4.0, seed=1)
    random.randint((3, 2), ops.cast(a, "int32"), 9, seed=1)
    assert gs.memory().get("reads", 0) == before


def test_extreme_parameters() -> None:
    nan = float("nan")
    np.testing.assert_array_equal(random.gamma((2,), [0.0, -1.0], seed=1).numpy(), [0.0, nan])
    np.testing.assert_array_equal(
        random.beta((3,), [0.0, 1.0, -1.0], [1.0, 0.0, 1.0], seed=1).numpy(), [0.0, 1.0, nan]
    )
    drawn = random.binomial((7,), [0, 9, 9, 9e6, 9, 9, -1], [0.5, 0, 1, 1, -0.1, 1.1, 0.5], seed=1)
    np.testing.assert_array_equal(drawn.numpy(), [0, 0, 9, 9e6, nan, nan, nan])
    tiny = random.beta((1009,), 1e-3, 1e-3, seed=1).numpy()
    assert abs(tiny.mean() - 0.5) < 0.05


def test_wide_floats_have_wide_fractions(backend: str) -> None:
    if backend != "numpy":
        pytest.skip("float64 is NumPy's")
    assert random.uniform((3,), dtype="float64", seed=1).dtype == "float64"
    with wide_floats():
        x = random.uniform((1009,), seed=1).numpy()
        assert (x != x.astype(np.float32)).mean() > 0.99
        for drawn in (
            random.normal((9,), seed=1), random.gamma((9,), 2, seed=1),
            random.beta((9,), 2, 3, seed=1), random.binomial((9,), 5, 0.5, seed=1),
            random.categorical(ops.zeros((2, 3)), 5, dtype="float64", seed=1),
        ):  # fmt: skip
            assert drawn.dtype == "float64"
