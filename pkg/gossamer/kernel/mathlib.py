"""Functions that targets lack or do badly, as expressions of the operators that they all have.

Accurate to a few units in the last place of float32 over the whole range, NaN and infinities as
in NumPy; numbers below 2^-126, the smallest normal one, count as zeros, as they do for targets.
Signs, NaN and infinities are told by their bits, since a target's compiler may take for granted
that there are none. Used by the ops' `lower`; `threefry2x32` also runs on NumPy arrays.
"""

import math
from collections.abc import Sequence
from typing import Any

from gossamer.kernel.expr import (
    BOOL,
    FLOAT,
    INT,
    UINT,
    Expr,
    bitcast,
    cast,
    const,
    equal,
    op,
    select,
)


def polynomial(x: Expr, coefficients: Sequence[float]) -> Expr:
    """`c0 + c1 x + c2 x^2 + ...` by Horner's rule."""
    total: Expr = const(coefficients[-1], x.dtype)
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total


def absolute(x: Expr) -> Expr:
    return x if x.dtype in (UINT, BOOL) else op("abs", x)


def sign(x: Expr) -> Expr:
    """-1, 0 or 1; NaN for NaN."""
    one, zero = const(1, x.dtype), const(0, x.dtype)
    if x.dtype == UINT:
        return select(equal(x, 0), zero, one)
    rest = select(op("isnan", x), x, zero) if x.dtype == FLOAT else zero
    return select(x > 0, one, select(x < 0, -one, rest))


def is_negative(x: Expr) -> Expr:
    """Whether the sign bit is set: so of -0.0, too."""
    return bitcast(x, INT) < 0


def has_sign(x: Expr) -> Expr:
    """Whether a number of any type is negative, or -0.0."""
    if x.dtype in (UINT, BOOL):
        return op("ne", x, x)
    return is_negative(x)


def is_zero(x: Expr) -> Expr:
    return (bitcast(x, INT) & 0x7FFFFFFF) < 0x00800000


def copysign(magnitude: Expr, x: Expr) -> Expr:
    """`magnitude`, which is positive, with the sign of `x`."""
    return select(is_negative(x), -magnitude, magnitude)


def maximum(a: Expr, b: Expr) -> Expr:
    """The larger one; NaN when either is NaN, which a target's own `max` does not promise."""
    if a.dtype == BOOL:
        return a | b
    return op("max", a, b) if a.dtype != FLOAT else select((a > b) | op("isnan", a), a, b)


def minimum(a: Expr, b: Expr) -> Expr:
    if a.dtype == BOOL:
        return a & b
    return op("min", a, b) if a.dtype != FLOAT else select((a < b) | op("isnan", a), a, b)


def reciprocal_sqrt(x: Expr) -> Expr:
    # 1 / sqrt is exact to the last place; targets' own inverse square roots are not.
    return 1.0 / op("sqrt", x)


def exponential(x: Expr) -> Expr:
    # Software rasterisers clamp the argument, and a clamped NaN is a number.
    return select(op("isnan", x), x, op("exp", x))


# Cephes (Moshier), logf: log(1 + x) = x - x^2 / 2 + x^3 P(x).
_LOGARITHM = (
    3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1,
    -1.2420140846e-1, 1.1676998740e-1, -1.1514610310e-1, 7.0376836292e-2,
)  # fmt: skip


def _parts(x: Expr) -> tuple[Expr, Expr]:
    """The exponent, and the mantissa less 1: `x = 2^e (1 + m)`, `1 + m` about 1 to sqrt(2)."""
    bits = bitcast(x, INT)
    # 0x3F3504F3 is sqrt(1/2), from where the mantissa begins.
    exponent = (bits - 0x3F3504F3) >> 23
    mantissa = bitcast(bits - (exponent << 23), FLOAT)
    return cast(exponent, FLOAT), mantissa - 1.0


def logarithm(x: Expr) -> Expr:
    """The natural logarithm. Targets' own ones err by 4e-4 near 1, and say anything below 0."""
    exponent, m = _parts(x)
    square = m * m
    rest = m * square * polynomial(m, _LOGARITHM) - exponent * 2.12194440e-4 - 0.5 * square
    finite = (m + rest) + exponent * 0.693359375
    other = select(is_infinite(x) & (x > 0.0), x, const(math.nan, FLOAT))
    other = select(is_zero(x), const(-math.inf, FLOAT), other)
    bits = bitcast(x, INT)
    return select((bits >= 0x00800000) & (bits < 0x7F800000), finite, other)


def exponential_minus_one(x: Expr) -> Expr:
    # Near zero exp(x) - 1 cancels; the Taylor series to x^9 errs by 2e-9 relative at 0.5.
    series = x * polynomial(x, [1 / math.factorial(n) for n in range(1, 10)])
    return select(op("abs", x) < 0.5, series, exponential(x) - 1.0)


def log_one_plus(x: Expr) -> Expr:
    # log(1 + x) = 2 atanh(s), s = x / (2 + x): no 1 + x, so nothing is rounded away for small x.
    # As x - s (x - ...), whose terms vanish for the smallest numbers but for the first.
    s = x / (x + 2.0)
    squared = s * s
    series = x - s * (x - squared * polynomial(squared, [2 / n for n in range(3, 16, 2)]))
    return select(op("abs", x) < 0.5, series, logarithm(x + 1.0))


def hyperbolic_sine(x: Expr) -> Expr:
    # exp(|x| / 2) twice, so that the function overflows only where its value does.
    half = exponential(0.5 * op("abs", x))
    large = copysign(half * (0.5 * half) - 0.5 / (half * half), x)
    squared = x * x
    series = x * polynomial(squared, [1 / math.factorial(n) for n in range(1, 11, 2)])
    return select(op("abs", x) < 1.0, series, large)


def hyperbolic_cosine(x: Expr) -> Expr:
    half = exponential(0.5 * op("abs", x))
    return half * (0.5 * half) + 0.5 / (half * half)


# Cephes (Moshier), tanhf: tanh(x) = x + x^3 P(x^2) below 0.625.
TANH_SERIES = (
    -3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3,
)  # fmt: skip


def hyperbolic_tangent(x: Expr) -> Expr:
    # Targets compute (e^x - e^-x) / (e^x + e^-x), which overflows.
    magnitude = op("abs", x)
    large = copysign(1.0 - 2.0 / (exponential(2.0 * magnitude) + 1.0), x)
    squared = x * x
    series = polynomial(squared, TANH_SERIES)
    # As a product, in which -0.0 stays.
    return select(magnitude < 0.625, x * (1.0 + squared * series), large)


def hypotenuse(a: Expr, b: Expr) -> Expr:
    """`sqrt(a^2 + b^2)`, which overflows only where its value does; infinite if either is."""
    a, b = op("abs", a), op("abs", b)
    larger, smaller = select(a < b, b, a), select(a < b, a, b)
    ratio = smaller / larger
    finite = select(is_zero(larger), larger, larger * op("sqrt", 1.0 + ratio * ratio))
    finite = select(op("isnan", a) | op("isnan", b), a + b, finite)
    return select(is_infinite(a) | is_infinite(b), const(math.inf, FLOAT), finite)


def inverse_hyperbolic_sine(x: Expr) -> Expr:
    magnitude = op("abs", x)
    squared = magnitude * magnitude
    # The square overflows past 1e19; there asinh(x) = log(2x) to the last place.
    moderate = log_one_plus(magnitude + squared / (1.0 + op("sqrt", squared + 1.0)))
    large = logarithm(magnitude) + math.log(2.0)
    return copysign(select(magnitude < 1e9, moderate, large), x)


def inverse_hyperbolic_cosine(x: Expr) -> Expr:
    above = x - 1.0
    moderate = log_one_plus(above + op("sqrt", above * above + 2.0 * above))
    large = logarithm(x) + math.log(2.0)
    return select(x < 1.0, const(math.nan, FLOAT), select(x < 1e9, moderate, large))


def inverse_hyperbolic_tangent(x: Expr) -> Expr:
    return 0.5 * (log_one_plus(x) - log_one_plus(-x))


# exp(z^2) erfc(z) in powers of 1 / (1 + 0.4 z), fitted to z from 0.45 to 9.6: 6e-9 relative.
_COMPLEMENT = (
    0.22567619, 0.225625598, 0.208573173, 0.163404664, 0.160561137, -0.0462289193, 0.218436681,
    -0.214810583, 0.0587719597,
)  # fmt: skip


def _upper(x: Expr) -> Expr:
    """The upper 12 bits of the mantissa: products of two such numbers are exact."""
    return bitcast(bitcast(x, INT) & -4096, FLOAT)


def _error_function_parts(x: Expr) -> tuple[Expr, Expr]:
    """erf near zero by its Maclaurin series, and erfc of what is not less than 1/2."""
    squared = x * x
    series = x * polynomial(
        squared,
        [2 / math.sqrt(math.pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(8)],
    )
    z = op("abs", x)
    t = 1.0 / (1.0 + 0.4 * z)
    upper = _upper(z)
    # exp(-z^2) in two factors: a rounded square would count z^2-fold.
    decay = exponential(-(upper * upper)) * exponential((upper - z) * (upper + z))
    # Past 10 it is less than any float, and the lower factor of infinity is none.
    tail = select(z > 10.0, const(0.0, FLOAT), t * polynomial(t, _COMPLEMENT) * decay)
    return series, tail


def error_function(x: Expr) -> Expr:
    series, tail = _error_function_parts(x)
    return select(op("abs", x) < 0.75, series, copysign(1.0 - tail, x))


def error_function_complement(x: Expr) -> Expr:
    """`1 - erf(x)`, exact where that would cancel."""
    series, tail = _error_function_parts(x)
    return select(op("abs", x) < 0.5, 1.0 - series, select(x < 0.0, 2.0 - tail, tail))


# Source: Giles, "Approximating the erfinv function", GPU Computing Gems Jade, 2011.
ERFINV_MIDDLE = (
    1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-06,
    -3.5233877e-06, 3.43273939e-07, 2.81022636e-08,
)  # fmt: skip
ERFINV_TAIL = (
    2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844,
    0.00134934322, 0.000100950558, -0.000200214257,
)  # fmt: skip


def inverse_error_function(x: Expr) -> Expr:
    # (1 - x)(1 + x), not 1 - x * x, which cancels near the ends.
    w = -logarithm((1.0 - x) * (1.0 + x))
    middle = polynomial(w - 2.5, ERFINV_MIDDLE)
    tail = polynomial(op("sqrt", w) - 3.0, ERFINV_TAIL)
    inside = x * select(w < 5.0, middle, tail)
    return select(equal(op("abs", x), 1.0), x * const(math.inf, FLOAT), inside)


def power(a: Expr, b: Expr) -> Expr:
    """`a ** b` as NumPy has it: for a negative base only integer exponents are defined."""
    if a.dtype != FLOAT:
        return _integer_power(a, b)
    magnitude = _magnitude_of_power(op("abs", a), b)
    whole = equal(op("floor", b), b)
    odd = whole & ~equal(op("floor", b * 0.5), b * 0.5)
    # By its sign bit, since -0.0 to an odd power keeps its sign, too.
    signed = select(is_negative(a) & odd, -magnitude, magnitude)
    undefined = (a < 0.0) & (a > -math.inf) & ~whole
    defined = select(undefined, const(math.nan, FLOAT), signed)
    # -1 alternates, and infinity counts as an even exponent.
    one = equal(b, 0.0) | equal(a, 1.0)
    one = one | (equal(a, -1.0) & is_infinite(b))
    return select(one, const(1.0, FLOAT), defined)


def _magnitude_of_power(a: Expr, b: Expr) -> Expr:
    """`2 ^ (b log2(a))` for positive `a`, with a logarithm of two floats.

    The exponent goes up to 128, and its error is the result's relative error: so its fraction is
    needed to 31 bits. Parts of 12 bits have exact products.
    """
    exponent, m = _parts(a)
    # log(1 + m) = 2 s + 2/3 s^3 + ..., s = m / (2 + m): the quotient in two parts, too, as the
    # rest is then small enough, and its rounding with it. The divisor's parts are exact.
    divisor = m + 2.0
    upper = _upper(divisor)
    s = m / divisor
    s_high = _upper(s)
    s_low = ((m - s_high * upper) - s_high * ((2.0 - upper) + m)) / divisor
    squared = s * s
    high = 2.0 * s_high
    low = 2.0 * s_low + s * squared * polynomial(squared, [2 / n for n in range(3, 13, 2)])
    fraction = high * 1.44238281250  # the upper bits of 1 / log(2)
    rest = high * 3.12228388963e-4 + low * (1 / math.log(2))
    fraction_high, b_high = _upper(fraction), _upper(b)
    b_low = b - b_high
    whole = op("round", b * (exponent + (fraction + rest)))
    # Infinite and zero logarithms apart, as they have no parts.
    logarithm_2 = select(is_zero(a), const(-math.inf, FLOAT), exponent + (fraction + rest))
    estimate = b * select(is_infinite(a) | op("isnan", a), a, logarithm_2)
    remainder = ((b_high * exponent - whole) + b_high * fraction_high) + (
        b_low * exponent + b_low * fraction_high + b * ((fraction - fraction_high) + rest)
    )
    steps = cast(whole, INT)
    half = steps >> 1  # in two factors, as each is a power of two that a float holds
    inside = op("exp2", remainder) * power_of_two(half) * power_of_two(steps - half)
    outside = select(estimate > 0.0, const(math.inf, FLOAT), const(0.0, FLOAT))
    outside = select(op("isnan", estimate), estimate, outside)
    return select(op("abs", estimate) < 160.0, inside, outside)


def power_of_two(exponent: Expr) -> Expr:
    return bitcast((exponent + 127) << 23, FLOAT)


def _integer_power(a: Expr, b: Expr) -> Expr:
    result: Expr = const(1, a.dtype)
    square = a
    for bit in range(31 if a.dtype == INT else 32):
        taken = equal((b >> bit) & 1, 1)
        result = select(taken, result * square, result)
        square = square * square
    return result if a.dtype == UINT else select(b < 0, const(0, a.dtype), result)


def floor_divide(a: Expr, b: Expr) -> Expr:
    """The quotient rounded towards minus infinity; integers divided by zero give zero."""
    if a.dtype == FLOAT:
        return _float_division(a, b)[0]
    divisor = select(equal(b, 0), const(1, b.dtype), b)
    if a.dtype == INT:
        # The one quotient that is none of an int32, and has no value on some targets.
        divisor = select(equal(b, -1), const(1, b.dtype), divisor)
    quotient = op("quotient", a, divisor)
    if a.dtype == INT:
        remainder = a - quotient * divisor
        inexact = ~equal(remainder, 0) & equal((remainder ^ divisor) < 0, const(True, BOOL))
        quotient = select(inexact, quotient - 1, quotient)
        quotient = select(equal(b, -1), -a, quotient)
    return select(equal(b, 0), const(0, a.dtype), quotient)


def modulo(a: Expr, b: Expr) -> Expr:
    """The remainder with the divisor's sign: `a = floor_divide(a, b) * b + modulo(a, b)`."""
    if a.dtype == FLOAT:
        return _float_division(a, b)[1]
    return select(equal(b, 0), const(0, a.dtype), a - floor_divide(a, b) * b)


def remainder(a: Expr, b: Expr) -> Expr:
    """What the quotient rounded towards zero leaves: it has the sign of `a`."""
    if a.dtype == FLOAT:
        return copysign(absolute(modulo(absolute(a), absolute(b))), a)
    if a.dtype == UINT:
        return modulo(a, b)
    # By magnitudes, as unsigned ones: there is one more negative int32 than positive ones.
    rest = bitcast(modulo(_magnitude(a), _magnitude(b)), INT)
    return select(a < 0, -rest, rest)


def _magnitude(x: Expr) -> Expr:
    return bitcast(absolute(x), UINT)


# As many steps as the slowest of 32 bits take: neighbours in Fibonacci's sequence.
_EUCLIDEAN_STEPS = 47


def greatest_common_divisor(a: Expr, b: Expr) -> Expr:
    """By Euclid's algorithm; that of a number and 0 is the number's magnitude."""
    x, y = _magnitude(a), _magnitude(b)
    for _ in range(_EUCLIDEAN_STEPS):
        done = equal(y, 0)
        rest = op("remainder", x, select(done, const(1, UINT), y))
        x, y = select(done, x, y), rest
    return bitcast(x, a.dtype)


def _float_division(a: Expr, b: Expr) -> tuple[Expr, Expr]:
    """The rounded quotient of floats, and what remains: exact for quotients up to 2^22.

    Beyond, where neighbours of `a` are further apart than `b`, the remainder is only known to lie
    between 0 and `b`.
    """
    zero = const(0.0, FLOAT)
    quotient = op("trunc", a / b)
    # The product in parts of 12 bits, which are exact: rounded it would err by `quotient` units.
    q_high, b_high = _upper(quotient), _upper(b)
    q_low, b_low = quotient - q_high, b - b_high
    remainder = a - q_high * b_high - q_low * b_high - q_high * b_low - q_low * b_low
    remainder = select(op("abs", quotient) < 16777216.0, remainder, zero)
    # A finite number modulo infinity is itself, where 0 * inf would make a NaN.
    remainder = select(is_infinite(b) & is_finite(a), a, remainder)
    # The quotient's rounding may have stepped over an integer.
    over = ~(op("abs", remainder) < op("abs", b)) & ~op("isnan", remainder)
    step = select(op("ne", is_negative(remainder), is_negative(b)), const(-1.0, FLOAT), zero + 1.0)
    quotient = select(over, quotient + step, quotient)
    remainder = select(over, remainder - step * b, remainder)
    shifted = ~equal(remainder, 0.0) & op("ne", remainder < 0.0, b < 0.0)
    quotient = select(shifted, quotient - 1.0, quotient)
    remainder = select(shifted, remainder + b, remainder)
    undefined = is_infinite(a) | equal(b, 0.0) | op("isnan", a) | op("isnan", b)
    nothing = const(math.nan, FLOAT)
    quotient = select(undefined, select(equal(b, 0.0), a / b, nothing), quotient)
    remainder = select(equal(remainder, 0.0), copysign(zero, b), remainder)
    return quotient, select(undefined, nothing, remainder)


def shift_left(x: Expr, by: Expr) -> Expr:
    """`x << by`; zero where no bit is left. Targets take `by` modulo 32."""
    inside = bitcast(by, UINT) < 32
    return select(inside, x << select(inside, by, const(0, by.dtype)), const(0, x.dtype))


def shift_right(x: Expr, by: Expr) -> Expr:
    """`x >> by`; the sign in all bits where no other is left."""
    shifted = x >> bitcast(op("min", bitcast(by, UINT), const(31, UINT)), by.dtype)
    if x.dtype == UINT:
        return select(bitcast(by, UINT) < 32, shifted, const(0, UINT))
    return shifted


def half_bits(x: Expr) -> Expr:
    """The bits of the float16 next to `x`, of the even one of two; infinity from 65520 on."""
    bits = bitcast(x, UINT)
    magnitude = bits & 0x7FFFFFFF
    # Up by half a unit of the last of 10 places, less the least bit unless that place is odd; and
    # 15 instead of 127 as what is added to the exponent.
    normal = ((magnitude + 0xFFF + ((magnitude >> 13) & 1)) >> 13) - (112 << 10)
    # Subnormal halves count units of 2^-24.
    count = cast(op("round", op("abs", x) * 2.0**24), UINT)
    finite = select(magnitude < 0x38800000, count, normal)
    other = select(magnitude > 0x7F800000, const(0x7E00, UINT), const(0x7C00, UINT))
    return select(magnitude < 0x477FF000, finite, other) | ((bits >> 16) & 0x8000)


def half_of_bits(bits: Expr) -> Expr:
    """The float16 that has these bits, as float32: the inverse of `half_bits`."""
    magnitude = bits & 0x7FFF
    subnormal = bitcast(cast(magnitude, FLOAT) * 2.0**-24, UINT)
    normal = (magnitude << 13) + (112 << 23)
    # Infinity and NaN, whose exponents are all ones.
    other = (magnitude << 13) | 0x7F800000
    finite = select(magnitude < 0x400, subnormal, normal)
    return bitcast(select(magnitude < 0x7C00, finite, other) | ((bits & 0x8000) << 16), FLOAT)


def is_infinite(x: Expr) -> Expr:
    return equal(bitcast(x, UINT) & 0x7FFFFFFF, 0x7F800000)


def is_finite(x: Expr) -> Expr:
    return (bitcast(x, UINT) & 0x7FFFFFFF) < 0x7F800000


_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))


def threefry2x32(key: tuple[Any, Any], counter: tuple[Any, Any]) -> tuple[Any, Any]:
    """Threefry-2x32 with 20 rounds: 64 random bits for each counter, the same on every backend.

    Takes and returns uint32 expressions or uint32 NumPy arrays alike.

    Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
    """
    keys = (key[0], key[1], key[0] ^ key[1] ^ _like(0x1BD11BDA, key[0]))
    x, y = counter[0] + keys[0], counter[1] + keys[1]
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            x = x + y
            y = ((y << _like(rotation, y)) | (y >> _like(32 - rotation, y))) ^ x
        x = x + keys[(group + 1) % 3]
        y = y + keys[(group + 2) % 3] + _like(group + 1, y)
    return x, y


def _like(number: int, x: Any) -> Any:
    return const(number, UINT) if isinstance(x, Expr) else x.dtype.type(number)
