"""Trigonometric functions as expressions, over the whole range of float32.

Targets have sines that err by 2e-4 and lose their argument beyond some turns. Polynomials by
Cephes (Moshier), sinf, asinf, atanf.
"""

import math

from gossamer.kernel.expr import FLOAT, INT, UINT, Expr, bitcast, cast, const, equal, op, select
from gossamer.kernel.mathlib import copysign, is_infinite, is_negative, polynomial

# Up to here pi/2 in three parts reduces an argument exactly.
_FEW_TURNS = 8192.0
# 2/pi in binary, after 32 zeros.
_TWO_OVER_PI = (
    0x00000000, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041,
)  # fmt: skip


def _quadrant(x: Expr) -> tuple[Expr, Expr, Expr]:
    """The multiple of pi/2 next to `x`, modulo 4, and the sine and cosine of what remains."""
    magnitude = op("abs", x)
    multiple = op("round", x * (2 / math.pi))
    rest = x - multiple * 1.5703125 - multiple * 4.837512969970703e-4
    rest = rest - multiple * 7.549789954891882e-8
    far_multiple, far_rest = _reduced_from_far(x)
    near = magnitude < _FEW_TURNS
    quadrant = select(near, cast(multiple, INT), far_multiple) & 3
    # What needs no reduction stays as it is, -0.0 too.
    rest = select(magnitude < math.pi / 4, x, select(near, rest, far_rest))
    return quadrant, sine_near_zero(rest), cosine_near_zero(rest)


def _reduced_from_far(x: Expr) -> tuple[Expr, Expr]:
    """The same multiple and the rest, of large numbers: by the bits of 2/pi that matter to them.

    The product of the mantissa and 62 bits of 2/pi, modulo 4, to 30 places after the point.
    Source: Payne and Hanek, "Radian reduction for trigonometric functions", SIGNUM 1983.
    """
    bits = bitcast(x, UINT)
    mantissa = (bits & 0x7FFFFF) | 0x800000
    exponent = (bits >> 23) & 0xFF
    offset = exponent - 120  # of the first bit whose product is below 4
    word, shift = offset >> 5, offset & 31
    words = []
    for i in range(3):
        chosen: Expr = const(_TWO_OVER_PI[i + 4], UINT)
        for j in (3, 2, 1, 0):
            chosen = select(equal(word, j), const(_TWO_OVER_PI[i + j], UINT), chosen)
        words.append(chosen)
    # In two steps, since a shift by 32 is none.
    back = const(31, UINT) - shift
    upper = (words[0] << shift) | ((words[1] >> 1) >> back)
    lower = (words[1] << shift) | ((words[2] >> 1) >> back)
    # The upper half of 24 bits times 32, by parts whose products fit 32 bits.
    left, right = mantissa >> 12, mantissa & 0xFFF
    a, b = lower >> 16, lower & 0xFFFF
    carried = ((left * a) >> 4) + ((left * b) >> 20) + ((right * a) >> 16)
    turns = mantissa * upper + carried
    multiple = (turns + 0x20000000) >> 30
    rest = cast(bitcast(turns - (multiple << 30), INT), FLOAT) * (math.pi / 2 * 2.0**-30)
    rest = select(is_infinite(x) | op("isnan", x), const(math.nan, FLOAT), rest)
    count = bitcast(multiple, INT)
    return select(x < 0, -count, count), select(x < 0, -rest, rest)


def sine_near_zero(x: Expr) -> Expr:
    """The sine between -pi/4 and pi/4."""
    z = x * x
    # As a product, in which -0.0 stays.
    return x * (1.0 + z * polynomial(z, [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4]))


def cosine_near_zero(x: Expr) -> Expr:
    """The cosine between -pi/4 and pi/4."""
    z = x * x
    series = [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5]
    return 1.0 - 0.5 * z + z * z * polynomial(z, series)


def sine(x: Expr) -> Expr:
    quadrant, sine_of_rest, cosine_of_rest = _quadrant(x)
    magnitude = select(equal(quadrant & 1, 0), sine_of_rest, cosine_of_rest)
    return select(quadrant < 2, magnitude, -magnitude)


def cosine(x: Expr) -> Expr:
    quadrant, sine_of_rest, cosine_of_rest = _quadrant(x)
    magnitude = select(equal(quadrant & 1, 0), cosine_of_rest, sine_of_rest)
    return select(equal((quadrant + 1) & 2, 0), magnitude, -magnitude)


def tangent(x: Expr) -> Expr:
    quadrant, sine_of_rest, cosine_of_rest = _quadrant(x)
    even = equal(quadrant & 1, 0)
    return select(even, sine_of_rest / cosine_of_rest, -cosine_of_rest / sine_of_rest)


_ARC_SINE = [
    1.6666752422e-1, 7.4953002686e-2, 4.5470025998e-2, 2.4181311049e-2, 4.2163199048e-2,
]  # fmt: skip


def _arc_sine_parts(x: Expr) -> tuple[Expr, Expr]:
    """arcsin |x| for |x| below 1/2, and pi/2 - arcsin |x| for the rest."""
    magnitude = op("abs", x)
    z = magnitude * magnitude
    small = magnitude + magnitude * z * polynomial(z, _ARC_SINE)
    z = 0.5 * (1.0 - magnitude)
    root = op("sqrt", z)
    large = 2.0 * (root + root * z * polynomial(z, _ARC_SINE))
    return small, select(magnitude > 1.0, const(math.nan, FLOAT), large)


def arc_sine(x: Expr) -> Expr:
    small, large = _arc_sine_parts(x)
    return copysign(select(op("abs", x) < 0.5, small, math.pi / 2 - large), x)


def arc_cosine(x: Expr) -> Expr:
    small, large = _arc_sine_parts(x)
    outer = select(x < 0, math.pi - large, large)
    return select(op("abs", x) < 0.5, math.pi / 2 - copysign(small, x), outer)


def arc_tangent(x: Expr) -> Expr:
    # The argument is brought below tan(pi/8).
    magnitude = op("abs", x)
    far, near = magnitude > 2.414213562373095, magnitude < 0.4142135623730950
    middle = (magnitude - 1.0) / (magnitude + 1.0)
    reduced = select(far, -1.0 / magnitude, select(near, magnitude, middle))
    zero = const(0.0, FLOAT)
    base = select(far, zero + math.pi / 2, select(near, zero, zero + math.pi / 4))
    z = reduced * reduced
    series = polynomial(
        z, [-3.33329491539e-1, 1.99777106478e-1, -1.38776856032e-1, 8.05374449538e-2]
    )
    return copysign(base + (reduced + reduced * z * series), x)


def arc_tangent_2(y: Expr, x: Expr) -> Expr:
    """The angle of the point (x, y), in radians from -pi to pi."""
    # On the axis the quotient's sign would be that of a zero x, which does not matter.
    quarter = copysign(const(math.pi / 2, FLOAT), y)
    on_axis = equal(x, 0.0) & ~op("isnan", y)
    principal = select(on_axis, quarter, arc_tangent(y / x))
    # The sign of a zero y decides between pi and -pi.
    half = copysign(const(math.pi, FLOAT), y)
    turned = principal + half
    both_zero = equal(y, 0.0) & equal(x, 0.0)
    zero_angle = select(is_negative(x), half, y)
    infinite = is_infinite(y) & is_infinite(x)
    diagonal = copysign(select(x < 0, const(3 * math.pi / 4, FLOAT), const(math.pi / 4, FLOAT)), y)
    return select(
        both_zero, zero_angle, select(infinite, diagonal, select(x < 0, turned, principal))
    )


def of_turns(part: Expr, parts: Expr, inverse: Expr) -> tuple[Expr, Expr]:
    """The cosine and the sine of `part / parts` of a full turn, `part` from 0 to `parts - 1`.

    By integers until what is left is at most an eighth of a turn, so that nothing is rounded away.

    Args:
        part: int32.
        parts: int32, at most 2^29.
        inverse: `1 / parts`, a float.
    """
    # An error of this product moves what is left by a hair, and no more.
    quadrant = cast(op("round", cast(part, FLOAT) * (4.0 * inverse)), INT)
    rest = cast(part * 4 - quadrant * parts, FLOAT) * (inverse * (math.pi / 2))
    sine_of_rest, cosine_of_rest = sine_near_zero(rest), cosine_near_zero(rest)
    odd = equal(quadrant & 1, 1)
    cosine_size = select(odd, sine_of_rest, cosine_of_rest)
    sine_size = select(odd, cosine_of_rest, sine_of_rest)
    return (
        select(equal((quadrant + 1) & 2, 0), cosine_size, -cosine_size),
        select(equal(quadrant & 2, 0), sine_size, -sine_size),
    )
