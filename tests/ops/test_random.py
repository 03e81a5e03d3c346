"""Random numbers: known answers, the same on every backend, distributed as they should be."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, random
from gossamer.kernel.mathlib import threefry2x32
from gossamer.ops.random_bits import bits_of, random_bits

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


def test_global_seed() -> None:
    random.set_global_seed(5)
    first = random.uniform((3,)).tolist()
    random.set_global_seed(5)
    assert random.uniform((3,)).tolist() == first


def test_generator_config() -> None:
    generator = random.SeedGenerator.from_config(random.SeedGenerator(3, name="mine").get_config())
    assert (generator.name, generator.state.numpy().tolist()) == ("mine", [3, 0])
    assert generator.next().tolist() == [3, 0]
    assert generator.state.numpy().tolist() == [3, 1]


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
    monkeypatch.setattr(
        random, "random_bits", lambda key, shape: ops.full(shape, np.uint32(bits), "uint32")
    )
    assert abs(random.normal((3,), seed=1).numpy()).max() < 6.0
    assert abs(random.truncated_normal((3,), seed=1).numpy()).max() <= 2.0
    assert 0.0 <= random.uniform((), seed=1).item() < 1.0
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


def test_shuffle_permutes_rows() -> None:
    x = np.arange(22, dtype=np.float32).reshape(11, 2)
    shuffled = random.shuffle(x, seed=7).numpy()
    assert shuffled.tolist() != x.tolist()
    assert sorted(shuffled.tolist()) == x.tolist()
    columns = random.shuffle(x.T, axis=1, seed=7).numpy()
    np.testing.assert_array_equal(columns.T, shuffled)
