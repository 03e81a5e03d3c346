"""`gossamer.random` beside `keras.random`, and its distributions beside the exact ones.

Keras says shape, dtype and error of each call, on NumPy or else on JAX. SciPy, which JAX brings,
says how likely numbers are: seeds are fixed, so that a test that has passed passes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, random
from tests.oracle.case import Case
from tests.oracle.cases_random import BY_OP, keras_outcomes, keras_outcomes_on, outcome
from tests.oracle.outcome import Outcome, disagreement

pytestmark = pytest.mark.cpython_only

NAMES = (
    "SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "normal", "randint",
    "shuffle", "truncated_normal", "uniform",
)  # fmt: skip
COUNT = 40_000
# The distance of Kolmogorov and Smirnov that a right sample passes once in 2,000.
FAR = 2.04 / COUNT**0.5


def test_names_and_signatures() -> None:
    from tests.oracle.keras_library import keras

    assert sorted(random.__all__) == sorted(NAMES)
    for name in NAMES:
        own, theirs = (
            [(x.name, x.kind, x.default) for x in inspect.signature(of).parameters.values()]
            for of in (getattr(random, name), getattr(keras.random, name))
        )
        assert own == theirs, name


class Answers(NamedTuple):
    """What came of each call, by the case's id; JAX is asked only where NumPy says otherwise."""

    ours: dict[str, Outcome]
    numpy: dict[str, Outcome]
    jax: dict[str, Outcome]


@pytest.fixture(scope="module")
def answers() -> Answers:
    gs.set_backend("numpy")
    cases = {case.id: case for of_op in BY_OP.values() for case in of_op}
    own = {
        name: outcome(case, random, lambda x: ops.convert_to_tensor(x, x.dtype.name), np.asarray)
        for name, case in cases.items()
    }
    numpy = keras_outcomes(cases.values())
    differ = [case for name, case in cases.items() if disagreement(case, own[name], numpy[name])]
    return Answers(own, numpy, keras_outcomes_on("jax", differ))


def _meant(case: Case) -> str:
    """Why a call gives something else than in Keras, on purpose; empty if it should not."""
    if case.kwargs.get("dtype") == "nonsense":
        return "An unknown dtype is a ValueError, as in Keras's own standardize_dtype."
    if case.kwargs.get("dtype") == "complex64":
        return "Keras documents that normal gives floats only, and does not check it."
    if case.op == "truncated_normal" and case.args[0] == (-1,):
        return "A negative size is a ValueError, as in the other functions."
    return ""


@pytest.mark.parametrize("op", BY_OP)
def test_calls(op: str, answers: Answers, record_property: Callable[[str, Any], None]) -> None:
    problems = []
    counts = dict.fromkeys(("as Keras on NumPy", "as Keras on JAX", "meant differences"), 0)
    for case in BY_OP[op]:
        found = answers.ours[case.id]
        problem = disagreement(case, found, answers.numpy[case.id])
        if not problem:
            counts["as Keras on NumPy"] += 1
        elif not disagreement(case, found, answers.jax[case.id]):
            counts["as Keras on JAX"] += 1
        elif _meant(case):
            counts["meant differences"] += 1
        else:
            problems.append(f"{case.id} {case}: {problem}; gossamer: {found}")
    for name, count in counts.items():
        record_property(f"calls of random: {name}", count)
    assert not problems, "\n".join(problems)


def _stats() -> Any:
    return pytest.importorskip("scipy.stats")


CONTINUOUS: dict[str, tuple[Callable[[int], gs.Tensor], Callable[[Any], Any]]] = {
    "uniform": (
        lambda seed: random.uniform((COUNT,), -2.0, 3.0, seed=seed),
        lambda stats: stats.uniform(-2.0, 5.0),
    ),
    "normal": (
        lambda seed: random.normal((COUNT,), 1.0, 3.0, seed=seed),
        lambda stats: stats.norm(1.0, 3.0),
    ),
    "truncated_normal": (
        lambda seed: random.truncated_normal((COUNT,), 1.0, 3.0, seed=seed),
        lambda stats: stats.truncnorm(-2.0, 2.0, 1.0, 3.0),
    ),
    **{
        f"gamma {alpha}": (
            lambda seed, alpha=alpha: random.gamma((COUNT,), alpha, seed=seed),
            lambda stats, alpha=alpha: stats.gamma(alpha),
        )
        for alpha in (0.2, 0.5, 0.99, 1.0, 1.01, 2.0, 30.0, 1e3, 1e6)
    },
    **{
        f"beta {a} {b}": (
            lambda seed, a=a, b=b: random.beta((COUNT,), a, b, seed=seed),
            lambda stats, a=a, b=b: stats.beta(a, b),
        )
        for a, b in ((0.2, 1.5), (0.5, 0.5), (1.0, 1.0), (2.0, 5.0), (1e3, 2e3))
    },
}  # fmt: skip
DISCRETE = [
    (1, 0.3), (3, 0.9), (9, 0.5), (19, 0.5), (20, 0.5), (21, 0.52), (100, 0.05), (100, 0.2),
    (1000, 0.0099), (1000, 0.0101), (1000, 0.7), (10**6, 3e-6), (10**6, 0.5), (10**7, 0.999),
]  # fmt: skip


def _moments_are_right(x: np.ndarray, distribution: Any) -> None:
    """Mean and variance, to within five standard errors."""
    mean, variance, kurtosis = (float(m) for m in distribution.stats("mvk"))
    deviations = (x.mean() - mean) / (variance / COUNT) ** 0.5
    assert abs(deviations) < 5.0
    assert abs(x.var() / variance - 1.0) < 5.0 * ((kurtosis + 2.0) / COUNT) ** 0.5


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous_distribution(name: str) -> None:
    stats = _stats()
    draw, distribution_of = CONTINUOUS[name]
    distribution = distribution_of(stats)
    x = draw(1).numpy().astype(np.float64)
    _moments_are_right(x, distribution)
    assert stats.kstest(x, distribution.cdf).statistic < FAR


@pytest.mark.parametrize(("n", "p"), DISCRETE)
def test_binomial(n: int, p: float) -> None:
    distribution = _stats().binom(n, p)
    x = random.binomial((COUNT,), n, p, seed=1).numpy().astype(np.float64)
    assert (x == np.floor(x)).all()
    assert x.min() >= 0
    assert x.max() <= n
    _moments_are_right(x, distribution)
    outcomes = np.unique(np.sort(x)[:: COUNT // 200])
    shares = np.searchsorted(np.sort(x), outcomes, side="right") / COUNT
    assert np.abs(shares - distribution.cdf(outcomes)).max() < FAR


def test_categorical_and_randint_are_multinomial() -> None:
    stats = _stats()
    logits = np.array([[0.0, -1.0, 2.0, -4.0]])
    drawn = random.categorical(logits, COUNT, seed=1).numpy()[0]
    shares = np.exp(logits[0]) / np.exp(logits[0]).sum()
    assert stats.chisquare(np.bincount(drawn, minlength=4), COUNT * shares).pvalue > 5e-4
    for low, high in ((0, 7), (-3, 2), (0, 1000)):
        drawn = random.randint((COUNT,), low, high, seed=1).numpy() - low
        assert stats.chisquare(np.bincount(drawn, minlength=high - low)).pvalue > 5e-4


def test_shuffle_reaches_every_order_equally() -> None:
    x = random.shuffle(np.tile(np.arange(3)[:, None], COUNT // 10), seed=1).numpy()
    _, counts = np.unique(x, axis=1, return_counts=True)
    assert len(counts) == 6
    assert _stats().chisquare(counts).pvalue > 5e-4


def test_the_test_of_distributions_can_fail() -> None:
    stats = _stats()
    x = random.gamma((COUNT,), 2.02, seed=1).numpy()
    assert stats.kstest(x, stats.gamma(2.0).cdf).statistic > 0.5 * FAR
    with pytest.raises(AssertionError):
        _moments_are_right(x, stats.gamma(2.1))
