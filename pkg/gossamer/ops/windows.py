"""Where windows lie on a tensor: the geometry of convolution and pooling, and its index maps.

Along each axis, output place `s` reads at tap `k` the input place
`s * stride + k * dilation - low`. `WindowMaps` writes that as index expressions, in both
directions; `margined`, `inner` and `taps_of` do the same for NumPy arrays.
"""

import math
import operator
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from gossamer.defaults import standardize_data_format
from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, const, op

Numbers = tuple[int, ...]
TRUE = const(True, expr.BOOL)


class Window(NamedTuple):
    """The windows along one axis.

    Attributes:
        taps: elements of a window.
        stride: the step between windows.
        dilation: the step between taps.
        low: how far the first window begins before the input does.
        length: places of the input.
        places: places of the output: how many windows there are.
    """

    taps: int
    stride: int
    dilation: int
    low: int
    length: int
    places: int

    @property
    def is_trivial(self) -> bool:
        """Whether each place is its own window."""
        return (self.taps, self.stride, self.low) == (1, 1, 0) and self.places == self.length

    @property
    def is_inside(self) -> bool:
        """Whether no window reaches beyond the input."""
        last = (self.places - 1) * self.stride + (self.taps - 1) * self.dilation - self.low
        return self.low <= 0 and last < self.length

    @property
    def phases(self) -> int:
        """How many kinds of input places there are, each with taps of its own.

        Place `p` is reached by the taps `k` with `p + low - k` divisible by the stride only.
        """
        return min(self.stride, self.taps) if self.dilation == 1 else 1

    @property
    def steps_back(self) -> int:
        """How many taps may reach one input place."""
        return -(-self.taps // self.stride) if self.dilation == 1 else self.taps


Windows = tuple[Window, ...]


def whole_axis(length: int) -> Window:
    """An axis without windows."""
    return Window(1, 1, 1, 0, length, length)


def windows_of(
    lengths: Numbers, taps: Numbers, strides: Numbers, dilation: Numbers, padding: str
) -> Windows:
    """The windows along each axis, for the padding `"valid"`, `"same"` or `"causal"`.

    `"causal"` has all of the margin before the input, so that no window reads what comes later.
    """
    windows = []
    for length, count, step, d in zip(lengths, taps, strides, dilation, strict=True):
        reach = (count - 1) * d + 1
        if padding == "valid":
            windows.append(Window(count, step, d, 0, length, (length - reach) // step + 1))
            continue
        places = math.ceil(length / step)
        margin = max((places - 1) * step + reach - length, 0)
        # What does not divide evenly is added after the input, as in Keras.
        low = reach - 1 if padding == "causal" else margin // 2
        windows.append(Window(count, step, d, low, length, places))
    return tuple(windows)


def per_axis(
    given: Any, count: int, name: str, least: int = 1, error: type[Exception] = ValueError
) -> Numbers:
    """One number for each spatial axis.

    Raises:
        error: for anything else, and for numbers less than `least`.
    """
    numbers = tuple(given) if isinstance(given, Sequence) else (given,) * count
    try:
        numbers = tuple(operator.index(number) for number in numbers)
    except TypeError:
        numbers = ()
    if len(numbers) != count or min(numbers) < least:
        raise error(
            f"Expected a number from {least} on, or {count} of them. Received: {name}={given}"
        )
    return numbers


def check_options(padding: str, data_format: str | None) -> tuple[str, bool]:
    """The padding in lower case, and whether channels come first: as `config` has it for None.

    Raises:
        ValueError: for paddings and formats that there are not.
    """
    lower = padding.lower() if isinstance(padding, str) else padding
    if lower not in ("valid", "same"):
        raise ValueError(f"Expected the padding 'valid' or 'same'. Received: padding={padding!r}")
    return lower, check_format(data_format)


def check_format(data_format: str | None) -> bool:
    """Whether channels come first.

    Raises:
        ValueError: for formats that there are not.
    """
    return standardize_data_format(data_format) == "channels_first"


class WindowMaps:
    """Index expressions of windows; `values` are the numbers that they name."""

    def __init__(self, windows: Windows) -> None:
        self.windows = windows
        self.values: dict[Hashable, int | float] = {}

    def number(self, name: str, i: int, value: int) -> Expr:
        """A number of the geometry, which the kernel is given when it runs."""
        self.values["static", f"{name}{i}"] = value
        return expr.uniform(("static", f"{name}{i}"))

    def times(self, x: Expr, name: str, i: int, factor: int) -> Expr:
        """`x * factor`; nothing for 1, which is worth a program of its own."""
        return x if factor == 1 else x * self.number(name, i, factor)

    def source(self, i: int, place: Expr, tap: Expr) -> tuple[Expr, Expr]:
        """Along axis `i`, the input place of an output place's tap, and whether there is one."""
        window = self.windows[i]
        at = self.times(place, "stride", i, window.stride)
        at = at + self.times(tap, "dilation", i, window.dilation)
        if window.is_inside:
            return at, TRUE
        at = at - self.number("low", i, window.low)
        return at, index.within(at, self.number("length", i, window.length))

    def back(self, i: int, at: Expr, step: Expr) -> tuple[Expr, Expr, Expr]:
        """The other direction: which tap of which output place reads the input place `at`.

        `step` counts the taps that may, `Window.steps_back` of them. Returns the tap, the output
        place, and whether there is one.
        """
        window = self.windows[i]
        shifted = at if window.is_inside else at + self.number("low", i, window.low)
        if window.stride == 1:
            tap = step
            place = shifted - self.times(step, "dilation", i, window.dilation)
            inside = TRUE
        elif window.dilation == 1:
            stride = self.number("stride", i, window.stride)
            # Only taps of the place's phase, so that the division leaves no remainder to test.
            tap = op("remainder", shifted, stride) + step * stride
            place = op("quotient", shifted, stride) - step
            inside = TRUE if window.taps % window.stride == 0 else tap < self.taps(i)
        else:
            stride = self.number("stride", i, window.stride)
            tap = step
            reach = shifted - self.times(step, "dilation", i, window.dilation)
            place = op("quotient", reach, stride)
            # A negative reach has no place; its quotient may be 0 all the same.
            inside = expr.equal(op("remainder", reach, stride), 0) & (reach >= 0)
        return tap, place, inside & index.within(place, self.number("places", i, window.places))

    def taps(self, i: int) -> Expr:
        return self.number("taps", i, self.windows[i].taps)


def margined(x: np.ndarray, windows: Windows, first: int, fill: Any = 0) -> np.ndarray:
    """`x` with margins, so that every tap of every window is an element.

    Args:
        x: the input; its axes from `first` on have the windows.
        windows: one an axis.
        first: the first axis with windows.
        fill: what the margins hold.
    """
    sizes = [
        max(w.low + w.length, (w.places - 1) * w.stride + (w.taps - 1) * w.dilation + 1)
        for w in windows
    ]
    after = x.shape[first + len(windows) :]
    out = np.full((*x.shape[:first], *sizes, *after), fill, x.dtype)
    out[inner(windows, first)] = x
    return out


def inner(windows: Windows, first: int) -> tuple[slice, ...]:
    """Where the input lies in its margins."""
    return (*[slice(None)] * first, *(slice(w.low, w.low + w.length) for w in windows))


def taps_of(windows: Windows, first: int) -> Iterator[tuple[Numbers, tuple[slice, ...]]]:
    """Each tap, with the part of the margined input that it reads for all output places."""
    for tap in np.ndindex(*[w.taps for w in windows]):
        parts = (
            slice(k * w.dilation, k * w.dilation + (w.places - 1) * w.stride + 1, w.stride)
            for k, w in zip(tap, windows, strict=True)
        )
        yield tap, (*[slice(None)] * first, *parts)
