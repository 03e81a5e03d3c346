"""Modified Bessel functions of the first kind, I0 and I1, by their two classical series.

Near zero all terms of the power series are positive, so that none cancel; far out the asymptotic
series is exact to the last place. Source: Abramowitz, Stegun, "Handbook of mathematical
functions", 1964, 9.6.10 and 9.7.1.
"""

import math

from gossamer.kernel.expr import FLOAT, Expr, const, op, select
from gossamer.kernel.mathlib import copysign, exponential, polynomial


def power_series(order: int, count: int) -> list[float]:
    """The coefficients of `I(x) / (x / 2)^order` in powers of `(x / 2)^2`."""
    return [1 / (math.factorial(k) * math.factorial(k + order)) for k in range(count)]


def asymptotic_series(order: int, count: int) -> list[float]:
    """The coefficients of `I(x) sqrt(2 pi x) / exp(x)` in powers of `1 / x`."""
    coefficients = [1.0]
    for k in range(1, count):
        coefficients.append(coefficients[-1] * ((2 * k - 1) ** 2 - 4 * order**2) / (8 * k))
    return coefficients


# The place where the series change, and how many terms each has, for 24 binary places.
_FAR, _POWERS, _INVERSES = 12.0, 22, 9


def bessel_i(order: int, x: Expr) -> Expr:
    """I0 or I1."""
    magnitude = op("abs", x)
    half = 0.5 * op("min", magnitude, _FAR)
    near = polynomial(half * half, power_series(order, _POWERS))
    near = near * half if order else near
    # Half of the exponential at a time overflows only where the product does.
    power = exponential(0.5 * magnitude)
    inverse = 1.0 / op("max", magnitude, _FAR)
    far = polynomial(inverse, asymptotic_series(order, _INVERSES))
    far = power * (op("sqrt", inverse) * (far * (1 / math.sqrt(2 * math.pi)))) * power
    # Neither is a float past 92, and for the largest numbers the inverse is 0.
    far = select(magnitude > 200.0, const(math.inf, FLOAT), far)
    value = select(magnitude < _FAR, near, far)
    value = select(op("isnan", x), x, value)
    return copysign(value, x) if order else value
