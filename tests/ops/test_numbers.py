"""NaN, infinities, signed zeros, the largest and the least numbers, in every op, as NumPy has them.

The ops and what they mean come from the record table. Numbers below 2^-126 (subnormal ones) may
count as zeros on a GPU, going in and coming out: both answers are right. What is only moved keeps
its bits.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.core.primitive import PRIMITIVES
from tests.kernel.calls import calls
from tests.ops.record import Record
from tests.ops.records_elementwise import ELEMENTWISE, TWO_OPERANDS
from tests.ops.records_functions import BINARY as MORE_OF_TWO
from tests.ops.records_functions import FUNCTIONS

NORMAL = float(np.finfo(np.float32).tiny)
LARGEST = float(np.finfo(np.float32).max)
SPECIAL = np.float32(
    [
        *[0.0, 1e-45, 1e-40, NORMAL, 3e-30, 1e-8, 0.3, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 7.0, 16777216],
        *[3e9, 1e30, 1.7e38, LARGEST, np.inf, np.nan],
    ]
)
SPECIAL = np.concatenate([SPECIAL, -SPECIAL])
MAGNITUDES = np.logspace(-37.9, 38.5, 1501).astype(np.float32)
NUMBERS = np.concatenate(
    [SPECIAL, MAGNITUDES, -MAGNITUDES, np.linspace(-110, 110, 8801).astype(np.float32)]
)

# Where zeros differ in sign only, and NumPy itself says either: maximum(-0.0, 0.0).
EITHER_ZERO = {
    "maximum", "minimum", "relu", "relu6", "hard_tanh", "elu", "celu", "selu", "softplus", "silu",
    "swish", "hard_silu", "hard_swish", "gelu", "log_sigmoid", "leaky_relu",
    "fmax", "fmin", "sinc", "tanh_shrink",
}  # fmt: skip
# Where a factor underflows before the product does: x * sigmoid(x), and what cancels.
UNDERFLOW = {"silu": 1e-35, "swish": 1e-35, "gelu": 1e-35, "mod": 2e-37, "fmod": 2e-37}
# The tanh approximation's argument is a rounded cubic, which counts as often as it is large.
TOLERANCE = {"gelu": 5e-5}


def _erfinv(y: np.ndarray) -> np.ndarray:
    """By Newton's method, from the steepest place on."""
    x, magnitude = np.zeros_like(y), np.abs(y)
    erf, erfc = (np.vectorize(f, otypes=[float]) for f in (math.erf, math.erfc))
    for _ in range(60):
        error = np.where(magnitude < 0.5, erf(x) - magnitude, (1 - magnitude) - erfc(x))
        x = x - error / (2 / math.sqrt(math.pi) * np.exp(-x * x))
    return np.copysign(np.where(magnitude < 1, x, np.where(magnitude == 1, np.inf, np.nan)), y)


def _gelu(x: np.ndarray) -> np.ndarray:
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return x / (1 + np.exp(-2 * inner))


# Where the record's own reference cancels.
BETTER = {
    "erfinv": _erfinv,
    "gelu": _gelu,
    # Below 1 the C library of WebAssembly gives numbers.
    "arccosh": lambda x: np.arccosh(np.where(x < 1, np.nan, x)),
}


def _unary(table: list[Record]) -> dict[str, Record]:
    """A record of each op that takes one float tensor and nothing else."""
    return {
        record.op: record
        for record in table
        if [given.dtype for given in record.inputs] == ["float32"] and not record.static
    }


def _binary(table: list[Record]) -> dict[str, Record]:
    return {
        record.op: record
        for record in table
        if [given.dtype for given in record.inputs] == ["float32"] * 2
    }


UNARY = _unary([*ELEMENTWISE, *TWO_OPERANDS, *FUNCTIONS])
BINARY = _binary([*TWO_OPERANDS, *MORE_OF_TWO])


def test_no_elementwise_primitive_is_left_out() -> None:
    elementwise = {
        name
        for name, primitive in PRIMITIVES.items()
        if getattr(primitive.lower, "__module__", "") == "gossamer.ops.elementwise"
    }
    tested = {
        seen.call.primitive.name
        for record in [*UNARY.values(), *BINARY.values()]
        for seen in calls(record)
    }
    tested |= {*INTEGER_UNARY, *INTEGER_BINARY}
    tested |= {"standardize"}  # of four operands: tests/ops/test_normalization.py
    tested |= {"ldexp", "nextafter_half"}  # below
    print(f"{len(elementwise)} primitives, {len(UNARY)} ops of one float, {len(BINARY)} of two")
    assert sorted(elementwise - tested) == []


def flushed(x: np.ndarray) -> np.ndarray:
    """Zeros of the same sign in place of subnormal numbers."""
    if x.dtype.kind != "f":
        return x
    return np.where(np.abs(x) < NORMAL, np.copysign(np.float32(0), x), x)


def rounded(x: Any) -> np.ndarray:
    """What float64 arithmetic came to, as float32; bools stay."""
    array = np.asarray(x)
    return array if array.dtype == bool else array.astype(np.float32)


def assert_close(found: np.ndarray, truths: list[np.ndarray], name: str, *inputs: Any) -> None:
    """Each element is as one of the truths has it."""
    good = np.zeros(found.shape, bool)
    with np.errstate(all="ignore"):
        for truth in truths:
            good |= agrees(found, truth, name)
    if not good.all():
        wrong = np.flatnonzero(~good)[:12]
        shown = [
            (*[x.flat[i].item() for x in inputs], found.flat[i].item(), truths[0].flat[i].item())
            for i in wrong
        ]
        raise AssertionError(f"{name}: {(~good).sum()} wrong; (inputs, found, expected): {shown}")


def agrees(found: np.ndarray, truth: np.ndarray, name: str) -> np.ndarray:
    if truth.dtype == bool:
        return found == truth
    same = (found == truth) | (np.isnan(found) & np.isnan(truth))
    if name not in EITHER_ZERO:
        same &= (truth != 0) | (np.signbit(found) == np.signbit(truth))
    tolerance = TOLERANCE.get(name, 1e-5)
    near = np.abs(found - truth) <= tolerance * np.abs(truth)
    # The last numbers before infinity may be rounded up.
    over = np.isinf(found) & (np.abs(truth) >= LARGEST * (1 - tolerance))
    least = UNDERFLOW.get(name, NORMAL * (1 + tolerance))
    under = (np.abs(truth) <= least) & (np.abs(found) <= least) & ((truth != 0) | (found != 0))
    return same | (near & (truth != 0)) | (over & (found * truth > 0)) | under


@pytest.mark.parametrize("name", UNARY)
def test_one_operand(name: str) -> None:
    # Next to a far zero of a sine its relative error is that of the angle.
    numbers = NUMBERS[~(np.abs(NUMBERS) > 8192)] if name in ("sin", "cos", "tan") else NUMBERS
    found = getattr(ops, name)(ops.convert_to_tensor(numbers)).numpy()
    reference = BETTER.get(name) or UNARY[name].expected
    with np.errstate(all="ignore"):
        truths = [rounded(reference(x.astype(np.float64))) for x in (numbers, flushed(numbers))]
    assert_close(found, truths, name, numbers)


@pytest.mark.parametrize("name", BINARY)
def test_two_operands(name: str) -> None:
    pairs = [x.ravel() for x in np.meshgrid(SPECIAL, SPECIAL)]
    with np.errstate(all="ignore"):
        if name in ("mod", "fmod", "floor_divide"):
            # What is left of far more turns than a float has places is anything less than one.
            few = ~(np.abs(pairs[0].astype(np.float64) / pairs[1]) > 2**22)
            few |= (pairs[1] == 0) | np.isinf(pairs[0])
            pairs = [x[few] for x in pairs]
        found = getattr(ops, name)(*[ops.convert_to_tensor(x) for x in pairs]).numpy()
        wide = [[x.astype(np.float64), flushed(x).astype(np.float64)] for x in pairs]
        truths = [rounded(BINARY[name].expected(a, b)) for a, b in itertools.product(*wide)]
    assert_close(found, truths, name, *pairs)


def test_remainders_of_very_many_turns_are_less_than_a_turn() -> None:
    a, b = np.float32([1e38, 1e38, -3e30, 1e20, -LARGEST]), np.float32([3.0, -3.0, 7.0, 1e-20, 1e9])
    found = ops.mod(ops.convert_to_tensor(a), ops.convert_to_tensor(b)).numpy()
    assert (np.abs(found) <= np.abs(b)).all()
    assert (found * b >= 0).all()


@pytest.mark.parametrize("low", [-100.0, -10.0, -1.0, 0.0])
def test_powers(low: float) -> None:
    base = np.exp2(np.linspace(low, -low or 1.0, 1501)).astype(np.float32)
    for exponent in (0.5, -0.5, 3.0, 1 / 3, -7.25, 100.0, 1e-3):
        x = ops.convert_to_tensor(base)
        with np.errstate(all="ignore"):
            truth = rounded(base.astype(np.float64) ** np.float64(np.float32(exponent)))
        assert_close(ops.power(x, exponent).numpy(), [truth], "power", base)


def test_neighbours_are_the_next_floats() -> None:
    normal = NUMBERS[(np.abs(NUMBERS) > 2 * NORMAL) & (np.abs(NUMBERS) < 1e38)]
    for towards in (np.inf, -np.inf, 0.0):
        found = ops.nextafter(ops.convert_to_tensor(normal), towards).numpy()
        np.testing.assert_array_equal(found, np.nextafter(normal, np.float32(towards)))


def test_neighbours_of_halves_are_the_next_halves() -> None:
    # All of them but NaN, the subnormal ones, too.
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    halves = halves[~np.isnan(halves)]
    for towards in np.float16([np.inf, -np.inf, 0.0, 1.0]):
        found = ops.nextafter(ops.convert_to_tensor(halves), ops.convert_to_tensor(towards))
        assert found.dtype == "float16"
        with np.errstate(over="ignore"):
            right = np.nextafter(halves, towards)
        np.testing.assert_array_equal(found.numpy(), right)


def test_powers_of_two_as_factors() -> None:
    x, exponent = (a.ravel() for a in np.meshgrid(SPECIAL, np.arange(-320, 321, dtype=np.int32)))
    found = ops.ldexp(ops.convert_to_tensor(x), ops.convert_to_tensor(exponent)).numpy()
    with np.errstate(all="ignore"):
        truths = [rounded(np.ldexp(a.astype(np.float64), exponent)) for a in (x, flushed(x))]
    assert_close(found, truths, "ldexp", x, exponent)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "uint32", "int32"])
def test_what_is_beyond_a_dtype_saturates(dtype: str) -> None:
    limits = np.iinfo(dtype)
    x = NUMBERS[~np.isnan(NUMBERS)]
    found = ops.saturate_cast(ops.convert_to_tensor(x), dtype)
    right = np.clip(np.trunc(x.astype(np.float64)), limits.min, limits.max)
    np.testing.assert_array_equal(found.numpy(), right.astype(dtype))


def test_sines_of_large_angles() -> None:
    x = np.float32([1e3, 1e4, 1e5, 3e6, 1e10, -1e20, 1e38, -LARGEST, np.inf, -np.inf])
    x = np.concatenate([x, MAGNITUDES, -MAGNITUDES])
    for name in ("sin", "cos"):
        found = getattr(ops, name)(ops.convert_to_tensor(x)).numpy()
        with np.errstate(invalid="ignore"):
            truth = getattr(np, name)(x.astype(np.float64))
        np.testing.assert_allclose(found, truth, 0, 2e-7)


def test_what_is_moved_keeps_its_bits() -> None:
    x = np.tile(SPECIAL, 3)[:120].reshape(8, 15)
    x.view(np.uint32)[0, 0] = 0xFFC12345  # a NaN with a payload
    tensor = ops.convert_to_tensor(x)
    for moved, right in (
        (tensor, x),
        (ops.transpose(tensor), x.T),
        (ops.reshape(tensor, (5, 24)), x.reshape(5, 24)),
        (tensor[1::2, ::-1], x[1::2, ::-1]),
        (ops.concatenate([tensor, tensor], 1), np.concatenate([x, x], 1)),
        (ops.where(tensor >= tensor, tensor, tensor), x),
    ):
        both_nan = np.isnan(moved.numpy()) & np.isnan(right)
        same = moved.numpy().view(np.uint32) == np.ascontiguousarray(right).view(np.uint32)
        assert (same | both_nan).all()


def test_isnan_is_not_optimised_away() -> None:
    x = ops.convert_to_tensor(SPECIAL)
    with np.errstate(all="ignore"):
        for found, right in (
            (ops.isnan(x), np.isnan(SPECIAL)),
            (ops.isnan(x + 0.0), np.isnan(SPECIAL)),
            (ops.isnan(x - x), np.isnan(SPECIAL - SPECIAL)),
            (ops.isnan(x * 0.0), np.isnan(SPECIAL * 0)),
            (ops.isnan(ops.log(flushed(SPECIAL))), np.isnan(np.log(flushed(SPECIAL)))),
            (ops.not_equal(x, x), SPECIAL != SPECIAL),
        ):
            np.testing.assert_array_equal(found.numpy(), right)
    cleaned = ops.where(ops.isnan(x), 0.0, x).numpy()
    np.testing.assert_array_equal(cleaned, np.where(np.isnan(SPECIAL), 0, SPECIAL))


def test_the_branch_not_taken_does_not_matter() -> None:
    x = ops.convert_to_tensor(np.float32([np.nan, 1.0, np.inf, -np.inf, 4.0]))
    good = ops.isfinite(x)
    assert ops.where(good, x, 7.0).tolist() == [7.0, 1.0, 7.0, 7.0, 4.0]
    assert ops.where(good, ops.log(ops.where(good, x, 1.0)), -1.0).tolist()[0] == -1.0
    gradient = gs.grad(lambda x: ops.sum(ops.where(good, x, 0.0)))(x)
    assert gradient.tolist() == [0.0, 1.0, 0.0, 0.0, 1.0]
    # An infinite cotangent is no NaN in the other branch.
    gradient = gs.grad(lambda x: ops.sum(ops.sqrt(ops.where(x > 0, x, 0.0)) * np.inf))(x)
    assert gradient.tolist()[3] == 0.0


# Integers

RANGES = {"int32": np.int32, "uint32": np.uint32, "uint8": np.uint8, "int8": np.int8,
          "int16": np.int16, "uint16": np.uint16}  # fmt: skip
INTEGER_UNARY = {
    "negative": np.negative, "absolute": np.abs, "sign": np.sign, "square": np.square,
    "bitwise_not": np.invert,
}  # fmt: skip
INTEGER_BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "maximum": np.maximum,
    "minimum": np.minimum, "floor_divide": np.floor_divide, "mod": np.mod,
    "fmod": np.fmod, "gcd": np.gcd, "lcm": np.lcm,
    "bitwise_and": np.bitwise_and, "bitwise_or": np.bitwise_or, "bitwise_xor": np.bitwise_xor,
    "left_shift": np.left_shift, "right_shift": np.right_shift, "equal": np.equal,
    "not_equal": np.not_equal, "less": np.less, "less_equal": np.less_equal,
    "greater": np.greater, "greater_equal": np.greater_equal,
}  # fmt: skip


def integers(dtype: str) -> np.ndarray:
    limits = np.iinfo(dtype)
    numbers = {0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 64, 100, 65535, 65536, 16777217}
    numbers |= {-n for n in numbers} | {limits.max - n for n in range(3)}
    numbers |= {limits.min + n for n in range(3)}
    return np.array(sorted(n for n in numbers if limits.min <= n <= limits.max), dtype)


@pytest.mark.parametrize("dtype", RANGES)
@pytest.mark.parametrize("name", INTEGER_UNARY)
def test_integers_of_one_operand(name: str, dtype: str) -> None:
    x = integers(dtype)
    found = getattr(ops, name)(ops.convert_to_tensor(x))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.numpy(), INTEGER_UNARY[name](x))


@pytest.mark.parametrize("dtype", RANGES)
@pytest.mark.parametrize("name", INTEGER_BINARY)
def test_integers_of_two_operands(name: str, dtype: str) -> None:
    a, b = (x.ravel() for x in np.meshgrid(integers(dtype), integers(dtype)))
    with np.errstate(all="ignore"):
        right = INTEGER_BINARY[name](a, b)
    found = getattr(ops, name)(ops.convert_to_tensor(a), ops.convert_to_tensor(b))
    assert found.dtype == right.dtype.name
    wrong = np.flatnonzero(found.numpy() != right)[:8]
    assert not len(wrong), [(a[i], b[i], found.numpy()[i], right[i]) for i in wrong]


@pytest.mark.parametrize("dtype", RANGES)
def test_integer_powers_wrap(dtype: str) -> None:
    a, b = (x.ravel() for x in np.meshgrid(integers(dtype), np.arange(9)))
    b = b.astype(dtype)
    found = ops.power(ops.convert_to_tensor(a), ops.convert_to_tensor(b)).numpy()
    np.testing.assert_array_equal(found, np.power(a, b))


@pytest.mark.parametrize("dtype", RANGES)
def test_sums_of_integers_wrap(dtype: str) -> None:
    x = np.tile(integers(dtype), 7)
    total = ops.sum(ops.convert_to_tensor(x))
    np.testing.assert_array_equal(total.numpy(), np.sum(x, dtype=total.dtype))
    assert ops.max(ops.convert_to_tensor(x)).item() == x.max()
    assert ops.min(ops.convert_to_tensor(x)).item() == x.min()
    assert ops.argmax(ops.convert_to_tensor(x)).item() == x.argmax()


# Casts


@pytest.mark.parametrize("dtype", RANGES)
def test_casts_of_integers_wrap(dtype: str) -> None:
    x = integers(dtype)
    for target in RANGES:
        found = ops.cast(ops.convert_to_tensor(x), target)
        np.testing.assert_array_equal(found.numpy(), x.astype(target))
    as_float = ops.cast(ops.convert_to_tensor(x), "float32").numpy()
    np.testing.assert_array_equal(as_float, x.astype(np.float32))
    np.testing.assert_array_equal(ops.cast(ops.convert_to_tensor(x), "bool").numpy(), x != 0)


def test_casts_of_floats_truncate() -> None:
    # Beyond the integers' range, and for NaN, the result is any integer, as in NumPy.
    x = np.float32([0.0, -0.0, 0.99, -0.99, 1.5, -1.5, 254.9, 2147483520.0, -2147483648.0, NORMAL])
    found = ops.cast(ops.convert_to_tensor(x), "int32").numpy()
    np.testing.assert_array_equal(found, x.astype(np.int32))
    small = np.float32([0.0, 0.99, 1.5, 254.9, 255.9])
    for target in ("uint8", "uint32", "int16"):
        found = ops.cast(ops.convert_to_tensor(small), target).numpy()
        np.testing.assert_array_equal(found, small.astype(target))
    high = np.float32([2147483648.0, 4294967040.0])
    np.testing.assert_array_equal(
        ops.cast(ops.convert_to_tensor(high), "uint32").numpy(), high.astype(np.uint32)
    )
    truth = ops.cast(ops.convert_to_tensor(SPECIAL), "bool").numpy()
    assert ((truth == (SPECIAL != 0)) | (truth == (flushed(SPECIAL) != 0))).all()


# Sums, products, extremes

REDUCTIONS: dict[str, Callable[..., Any]] = {
    "sum": np.sum, "mean": np.mean, "prod": np.prod, "max": np.max, "min": np.min,
    "argmax": np.argmax, "argmin": np.argmin, "var": np.var, "std": np.std,
    "any": np.any, "all": np.all,
    "logsumexp": lambda x, axis: np.logaddexp.reduce(x, axis=axis),
    "cumsum": np.cumsum, "cumprod": np.cumprod,
}  # fmt: skip


def poisoned(length: int) -> np.ndarray:
    """Rows of numbers, most with something in them that is none."""
    rows = np.random.default_rng(0).uniform(0.9, 1.1, (9, length)).astype(np.float32)
    middle, last = length // 2, length - 1
    rows[1, middle] = np.nan
    rows[2, 0] = np.inf
    rows[3, last] = -np.inf
    rows[4, [0, last]] = np.inf, -np.inf
    rows[5] = -np.inf
    rows[6, [0, middle]] = np.nan, np.inf
    rows[7, last] = 0.0
    rows[8, [0, last]] = -0.0, np.nan
    return rows


@pytest.mark.parametrize("length", [5, 32, 5003])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name: str, length: int) -> None:
    rows = poisoned(length)
    for x, axis in ((rows, 1), (rows.T.copy(), 0)):
        found = getattr(ops, name)(ops.convert_to_tensor(x), axis=axis).numpy()
        with np.errstate(all="ignore"):
            right = REDUCTIONS[name](x.astype(np.float64), axis=axis)
        tolerance = {"prod": 1e-4, "cumprod": 1e-4}.get(name, 1e-5)
        np.testing.assert_allclose(found, right, tolerance, 1e-5, err_msg=f"axis={axis}")


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_of_special_values(name: str) -> None:
    rows = poisoned(37)
    with np.errstate(all="ignore"):
        wide = rows.astype(np.float64)
        shifted = wide - wide.max(-1, keepdims=True)
        right = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    right = np.exp(right) if name == "softmax" else right
    np.testing.assert_allclose(getattr(ops, name)(ops.convert_to_tensor(rows)).numpy(), right, 1e-5)


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 80.0, 1e4, 1e30])
def test_softmax_of_every_magnitude(scale: float) -> None:
    x = (np.random.default_rng(1).normal(size=(11, 37)) * scale).astype(np.float32)
    wide = x.astype(np.float64)
    total = np.logaddexp.reduce(wide, axis=-1, keepdims=True)
    tensor = ops.convert_to_tensor(x)
    found = ops.softmax(tensor).numpy()
    np.testing.assert_allclose(found, np.exp(wide - total), 1e-5, 2 * NORMAL)
    np.testing.assert_allclose(
        ops.log_softmax(tensor).numpy(), wide - total, 1e-5, 1e-6 + scale * 1e-7
    )
    np.testing.assert_allclose(ops.logsumexp(tensor, -1, keepdims=True).numpy(), total, 1e-5)


# Products


@pytest.mark.parametrize("shape", [(5, 7, 3), (8, 32, 8), (33, 65, 9), (9, 130, 1)])
def test_products_keep_what_is_no_number_in_its_row(shape: tuple[int, int, int]) -> None:
    rows, inner, columns = shape
    generator = np.random.default_rng(2)
    a = generator.normal(size=(rows, inner)).astype(np.float32)
    b = generator.normal(size=(inner, columns)).astype(np.float32)
    a[1, 2], a[3, inner - 1], a[rows - 1, 0] = np.nan, np.inf, -np.inf
    b[inner - 1, columns - 1] = np.inf
    b[0, 0] = 0.0
    dirty = ops.convert_to_tensor(np.full((40, 140), np.nan, np.float32))
    del dirty  # textures are used again, with what is in them
    with np.errstate(all="ignore"):
        right = np.matmul(a.astype(np.float64), b)
    for x, y, transposed in ((a, b, False), (b.T.copy(), a.T.copy(), True)):
        found = ops.matmul(ops.convert_to_tensor(x), ops.convert_to_tensor(y)).numpy()
        np.testing.assert_allclose(found, right.T if transposed else right, 1e-4, 1e-5)


def test_convolutions_keep_what_is_no_number_in_its_windows() -> None:
    x = np.ones((1, 19, 3), np.float32)
    x[0, 7, 1], x[0, 15, 2] = np.nan, np.inf
    kernel = np.ones((3, 3, 5), np.float32)
    found = ops.conv(
        ops.convert_to_tensor(x), ops.convert_to_tensor(kernel), padding="same"
    ).numpy()
    expected = np.full((1, 19, 5), 9.0)
    expected[0, [0, 18]] = 6.0
    expected[0, 6:9] = np.nan
    expected[0, 14:17] = np.inf
    np.testing.assert_allclose(found, expected)
