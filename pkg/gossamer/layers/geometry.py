"""Numbers and shapes of layers that look at places: windows, margins, data formats."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from gossamer.ops.windows import per_axis

Shape = tuple[int | None, ...]
Pairs = tuple[tuple[int, ...], ...]


def positive(value: Any, name: str) -> int:
    """A whole number from 1 on.

    Raises:
        ValueError: for anything else.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = 0
    if number < 1 or isinstance(value, bool):
        raise ValueError(f"Expected a positive integer for {name}. Received: {name}={value!r}")
    return number


def pairs(value: Any, count: int, name: str) -> Pairs:
    """What is before and after each of `count` axes: of a number, of one an axis, or of pairs.

    Raises:
        ValueError: for anything else, and for negative numbers.
    """
    given = value if isinstance(value, Sequence) else (value,) * count
    if isinstance(value, str) or len(given) != count:
        raise ValueError(
            f"Expected an integer, {count} of them, or {count} pairs. Received: {name}={value!r}"
        )
    return tuple(per_axis(pair, 2, name, least=0) for pair in given)


def standardize_padding(padding: Any, allowed: tuple[str, ...] = ("valid", "same")) -> str:
    """The padding in small letters.

    Raises:
        ValueError: for one that is not allowed.
    """
    lower = padding.lower() if isinstance(padding, str) else padding
    if lower not in allowed:
        raise ValueError(
            f"Expected the padding {' or '.join(map(repr, allowed))}. Received: padding={padding!r}"
        )
    return lower


def channels_of(shape: Any, data_format: str) -> Any:
    """The number of channels."""
    return shape[-1] if data_format == "channels_last" else shape[1]


def lengths_of(shape: Any, data_format: str) -> Shape:
    """The sizes of the axes between batch and channels."""
    return tuple(shape[1:-1] if data_format == "channels_last" else shape[2:])


def shape_of(batch: int | None, lengths: Any, channels: Any, data_format: str) -> Shape:
    """The shape of so many places and channels."""
    if data_format == "channels_last":
        return (batch, *lengths, channels)
    return (batch, channels, *lengths)


def of_places(around: Any, each: Any, data_format: str) -> tuple[Any, ...]:
    """For every axis of a tensor: `each` for those of places, `around` for batch and channels."""
    if data_format == "channels_last":
        return (around, *each, around)
    return (around, around, *each)


def window_places(
    lengths: Shape,
    taps: tuple[int, ...],
    strides: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: str,
) -> Shape:
    """How many windows there are along each axis; None along one of unknown length.

    Raises:
        ValueError: if a window does not fit.
    """
    if len(lengths) != len(taps):
        raise ValueError(
            f"Expected inputs with {len(taps)} axes between batch and channels. "
            f"Received: {len(lengths)} of the lengths {lengths}"
        )
    reach = [
        (count - 1) * step + 1 if padding == "valid" else 1
        for count, step in zip(taps, dilation, strict=True)
    ]
    places = tuple(
        None if length is None else (length - r) // stride + 1
        for length, r, stride in zip(lengths, reach, strides, strict=True)
    )
    if any(count is not None and count < 1 for count in places):
        raise ValueError(
            f"Expected inputs in which a window of the size {taps} fits. "
            f"Received: the lengths {lengths}, with dilation_rate={dilation}, padding={padding!r}"
        )
    return places
