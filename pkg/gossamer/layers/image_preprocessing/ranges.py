"""Ranges that arguments of augmentation layers give: a number, or two."""

from __future__ import annotations

from typing import Any

Range = tuple[float, float]


def factor_range(
    factor: Any,
    bounds: Range = (-1.0, 1.0),
    name: str = "factor",
    lower: float | None = None,
    strict: bool = False,
) -> Range:
    """From where to where a factor is drawn.

    Args:
        factor: two numbers, or one: then the range is up to it, from its opposite or the bound.
        bounds: what is allowed.
        name: of the argument.
        lower: from where the range goes for one number; the opposite, or the lower bound if that
            is above it, if None.
        strict: whether each of two numbers must be within the bounds; if not, it is enough that
            the ranges overlap.

    Raises:
        ValueError: for what is no number and no two of them, or out of bounds.
    """
    least, most = bounds
    pair = isinstance(factor, (tuple, list)) and len(factor) == 2
    values = list(factor) if pair else [factor]
    fits = all(isinstance(x, (int, float)) for x in values)
    if fits and pair and not strict:
        fits = values[0] <= most and values[1] >= least
    elif fits:
        fits = all(least <= x <= most for x in values)
    if not fits:
        raise ValueError(
            f"Expected a number or two of them from {least} to {most}. Received: {name}={factor!r}"
        )
    if pair:
        first, second = sorted(values)
        return (first, second)
    size = abs(factor)
    return (max(-size, least) if lower is None else lower, size)


def checked_value_range(value_range: Any) -> list[float]:
    """The smallest and the largest value of images, in order.

    Raises:
        ValueError: for what is no list of two numbers.
    """
    if not isinstance(value_range, (tuple, list)) or len(value_range) != 2:
        raise ValueError(f"Expected two numbers. Received: value_range={value_range!r}")
    return sorted(value_range)
