"""Functions that work on how a float is stored: its exponent, its neighbours, its cube root.

See `mathlib` for what is promised of NaN, infinities and subnormal numbers.
"""

import math

from gossamer.kernel.expr import FLOAT, INT, Expr, bitcast, cast, const, equal, op, select
from gossamer.kernel.mathlib import copysign, is_infinite, is_zero, power_of_two


def exponential_2(x: Expr) -> Expr:
    """`2 ** x`: the whole powers exactly, so that the target's own error stays that of a part."""
    bounded = op("min", op("max", x, -200.0), 200.0)
    whole = op("round", bounded)
    steps = cast(whole, INT)
    half = steps >> 1  # in two factors, as each is a power of two that a float holds
    result = op("exp2", bounded - whole) * power_of_two(half) * power_of_two(steps - half)
    return select(op("isnan", x), x, result)


def scaled_by_power_of_two(exponent: Expr, x: Expr) -> Expr:
    """`x * 2 ** exponent`, where the power alone may be no float."""
    # From the least number to the largest it is less than 2^300; four factors are all floats.
    steps = op("min", op("max", exponent, -300), 300)
    part = steps >> 2
    factor = power_of_two(part)
    return x * factor * factor * factor * power_of_two(steps - 3 * part)


def cube_root(x: Expr) -> Expr:
    magnitude = op("abs", x)
    # A third of the exponent, with its bias made up for: 5 % off. Two steps of Halley's method
    # cube that twice. Source: Kahan, "Computing a real cube root", 1991.
    root = bitcast(op("quotient", bitcast(magnitude, INT), const(3, INT)) + 709958130, FLOAT)
    for _ in range(2):
        other = magnitude / (root * root)
        root = root + root * ((other - root) / (root + root + other))
    unchanged = is_zero(x) | is_infinite(x) | op("isnan", x)
    return select(unchanged, x, copysign(root, x))


def next_after(x: Expr, towards: Expr) -> Expr:
    """The float next to `x` in the direction of another number."""
    bits = bitcast(x, INT)
    # Floats of one sign are in the order of their bits, as distances from zero.
    away = op("eq", x < towards, bits >= 0)
    least = copysign(bitcast(const(1, INT), FLOAT), towards)
    stepped = bitcast(select(away, bits + 1, bits - 1), FLOAT)
    return _next(x, towards, select(equal(bits & 0x7FFFFFFF, 0), least, stepped))


def next_half_after(x: Expr, towards: Expr) -> Expr:
    """The float16 next to `x` in the direction of another number, but for its rounding to one."""
    # Between 0.625 and 1.25 units of the last place, which are 2^-24 or more: this rounds to the
    # neighbour, below a power of two as well, where units are half as large.
    step = op("max", op("abs", x) * (1.25 * 2.0**-11), 0.75 * 2.0**-24)
    moved = select(x < towards, x + step, x - step)
    return _next(x, towards, select(is_infinite(x), copysign(const(65504.0, FLOAT), x), moved))


def _next(x: Expr, towards: Expr, neighbour: Expr) -> Expr:
    moved = select(equal(x, towards), towards, neighbour)
    return select(op("isnan", x) | op("isnan", towards), const(math.nan, FLOAT), moved)
