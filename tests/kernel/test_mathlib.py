"""Functions that targets lack, over their whole range, to a few units in the last place."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from gossamer.kernel import expr, mathlib, trigonometry
from gossamer.kernel.interpret import interpret
from gossamer.kernel.spec import Map, TensorSpec

# A float32's last place is 6e-8 of it.
ULP = 2.0**-23


def evaluate(function: Callable[..., expr.Expr], *arrays: np.ndarray) -> np.ndarray:
    specs = tuple(TensorSpec(x.shape, x.dtype.name) for x in arrays)
    loads = [expr.load(k, (expr.axis(0),), spec.dtype) for k, spec in enumerate(specs)]
    body = function(*loads)
    output = TensorSpec(specs[0].shape, body.dtype)
    return interpret(Map(inputs=specs, output=output, body=body), arrays)


def around(low: float, high: float) -> np.ndarray:
    """Numbers of every magnitude from 1e-30 on, on both sides of 0 if the interval has both."""
    small = np.logspace(-30, math.log10(max(abs(low), abs(high))), 3001)
    both = np.concatenate([-small, small, np.linspace(low, high, 3001)])
    return both[(both >= low) & (both <= high)].astype(np.float32)


FUNCTIONS: dict[str, tuple[Callable[..., expr.Expr], Callable[..., np.ndarray], float, float]] = {
    "log": (mathlib.logarithm, np.log, 1e-30, 3e38),
    "expm1": (mathlib.exponential_minus_one, np.expm1, -20.0, 80.0),
    "log1p": (mathlib.log_one_plus, np.log1p, -0.99, 1e6),
    "sinh": (mathlib.hyperbolic_sine, np.sinh, -80.0, 80.0),
    "cosh": (mathlib.hyperbolic_cosine, np.cosh, -80.0, 80.0),
    "tanh": (mathlib.hyperbolic_tangent, np.tanh, -80.0, 80.0),
    "arcsinh": (mathlib.inverse_hyperbolic_sine, np.arcsinh, -1e30, 1e30),
    "arccosh": (mathlib.inverse_hyperbolic_cosine, np.arccosh, 1.0, 1e30),
    "arctanh": (mathlib.inverse_hyperbolic_tangent, np.arctanh, -0.99, 0.99),
    "rsqrt": (mathlib.reciprocal_sqrt, lambda x: 1 / np.sqrt(x), 1e-30, 1e30),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_relative_accuracy(name: str) -> None:
    function, reference, low, high = FUNCTIONS[name]
    x = around(low, high)
    right = reference(x.astype(np.float64))
    # exp(x) itself errs by x units, since x's last place counts x-fold.
    allowed = 16 * ULP * (1 + (np.abs(x) / 8 if name in ("sinh", "cosh", "expm1") else 0))
    assert (np.abs(evaluate(function, x) - right) <= allowed * np.abs(right)).all()


def test_error_function_is_accurate() -> None:
    x = around(-6.0, 6.0)
    right = np.vectorize(math.erf)(x.astype(np.float64))
    assert np.abs(evaluate(mathlib.error_function, x) - right).max() < 4e-7


def test_complement_of_the_error_function_is_accurate_relatively() -> None:
    x = around(-6.0, 9.19)
    right = np.vectorize(math.erfc)(x.astype(np.float64))
    assert np.abs(evaluate(mathlib.error_function_complement, x) / right - 1).max() < 1e-6


def test_sines_of_every_magnitude() -> None:
    x = np.concatenate([around(-10.0, 10.0), around(-8191.0, 8191.0)])
    far = np.random.default_rng(0).uniform(13, 127.99, 20001)
    far = np.exp2(far).astype(np.float32) * np.float32([-1, 1]).repeat([10000, 10001])
    far = np.append(far, np.float32([8192.0, 3.4e38, 2.0**127]))
    for function, reference in (
        (trigonometry.sine, np.sin), (trigonometry.cosine, np.cos),
    ):  # fmt: skip
        right = reference(x.astype(np.float64))
        error = np.abs(evaluate(function, x) - right)
        assert (error <= 2e-7 * np.abs(right) + 1e-10).all()
        error = np.abs(evaluate(function, far) - reference(far.astype(np.float64)))
        assert error.max() < 2e-7


def test_powers_of_every_magnitude() -> None:
    generator = np.random.default_rng(0)
    a = np.exp2(generator.uniform(-126, 127, 20001)).astype(np.float32)
    a[:5000] = generator.uniform(0.5, 2.0, 5000)
    a[5000:7000] = 1 + generator.normal(size=2000) * 1e-4
    a[a == 1] = 1.5
    b = (generator.uniform(-125, 127, a.shape) / np.log2(a.astype(np.float64))).astype(np.float32)
    right = np.power(a.astype(np.float64), b.astype(np.float64))
    kept = (right > 1.2e-38) & (right < 3.4e38)
    assert kept.sum() > 15000
    assert np.abs(evaluate(mathlib.power, a, b)[kept] / right[kept] - 1).max() < 4 * ULP


def test_inverse_error_function_undoes_it() -> None:
    x = around(-0.99999, 0.99999)
    back = np.vectorize(math.erf)(evaluate(mathlib.inverse_error_function, x).astype(np.float64))
    assert (np.abs(back - x) <= 4 * ULP * np.abs(x) + 1e-38).all()
    ends = np.array([-1.0, 1.0, 0.0], np.float32)
    assert evaluate(mathlib.inverse_error_function, ends).tolist() == [-math.inf, math.inf, 0.0]


SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 3.0, -3.0, 1e-37, 3e38, np.inf, -np.inf, np.nan], np.float32
)
PAIRS = tuple(x.ravel() for x in np.meshgrid(SPECIAL, SPECIAL))


@pytest.mark.parametrize(
    ("function", "reference"),
    [
        (mathlib.maximum, np.maximum),
        (mathlib.minimum, np.minimum),
        (mathlib.power, np.power),
        (trigonometry.arc_tangent_2, np.arctan2),
    ],
    ids=["maximum", "minimum", "power", "arctan2"],
)
def test_special_values_as_in_numpy(
    function: Callable[..., expr.Expr], reference: np.ufunc
) -> None:
    with np.errstate(all="ignore"):
        right = reference(*PAIRS)
    np.testing.assert_allclose(evaluate(function, *PAIRS), right, 1e-6)


@pytest.mark.parametrize("dtype", ["int32", "uint32"])
def test_integer_division_as_in_numpy(dtype: str) -> None:
    values = np.array([0, 1, 2, 3, 7, 100, 2**31 - 1], dtype)
    if dtype == "int32":
        values = np.concatenate([values, -values, np.array([-(2**31)], dtype)])
    a, b = (x.ravel() for x in np.meshgrid(values, values))
    with np.errstate(all="ignore"):
        quotient, remainder = np.floor_divide(a, b), np.mod(a, b)
    np.testing.assert_array_equal(evaluate(mathlib.floor_divide, a, b), quotient)
    np.testing.assert_array_equal(evaluate(mathlib.modulo, a, b), remainder)


def test_float_division_as_in_numpy() -> None:
    generator = np.random.default_rng(0)
    a = np.concatenate(
        [
            [7.0, -7.0, 7.5, -0.5, 0.0, -0.0, 5.0, 1.0, np.inf, np.nan, 3e38, 1e-37],
            generator.normal(size=300) * 10.0 ** generator.integers(-5, 5, 300),
        ]
    )
    b = np.concatenate(
        [
            [3.0, -3.0, 0.75, 0.1, np.inf, -np.inf, np.nan, 0.0, -0.0],
            generator.normal(size=300) * 10.0 ** generator.integers(-5, 5, 300),
        ]
    )
    a, b = (x.ravel().astype(np.float32) for x in np.meshgrid(a, b))
    with np.errstate(all="ignore"):
        few = ~(np.abs(a / b) > 2**22) | np.isinf(a) | (b == 0)
        a, b = a[few], b[few]
        np.testing.assert_array_equal(evaluate(mathlib.floor_divide, a, b), np.floor_divide(a, b))
        right = np.mod(a, b)
    found = evaluate(mathlib.modulo, a, b)
    np.testing.assert_allclose(found, right, 1e-5, 1e-6)


def test_integer_powers() -> None:
    a, b = (x.ravel() for x in np.meshgrid(np.arange(-4, 5), np.arange(0, 6)))
    a, b = a.astype(np.int32), b.astype(np.int32)
    np.testing.assert_array_equal(evaluate(mathlib.power, a, b), a**b)
    assert evaluate(mathlib.power, a, -b - 1).tolist() == [0] * len(a)
