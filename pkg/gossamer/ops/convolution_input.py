"""How the gradient of convolution for its input is computed, which is transposed convolution."""

from collections.abc import Sequence
from math import prod

from gossamer.kernel import expr, index
from gossamer.kernel.expr import axis, const, op
from gossamer.kernel.spec import (
    COMPUTE_DTYPE,
    Contract,
    Lowering,
    Map,
    Reduce,
    Step,
    Steps,
    TensorSpec,
)
from gossamer.ops.grouped_product import GroupedProduct, guarded
from gossamer.ops.windows import TRUE, Windows


def lower_input(
    g: TensorSpec, w: TensorSpec, out: TensorSpec, windows: Windows, groups: int
) -> Lowering:
    """With strides, each tap reaches only one in `stride` of the input's places.

    So places are told apart by their phase (the remainder of the division by the stride): those
    of one phase are a convolution with its taps alone. All phases are columns of one product,
    side by side, in which every step counts; a second kernel puts them in order.
    """
    phased = [window.stride > 1 and window.dilation == 1 for window in windows]
    if not any(phased):
        return _side_by_side(g, w, out, windows, groups, phased)
    sizes = [
        (window.length - 1 + window.low) // window.stride - window.low // window.stride + 1
        if apart
        else window.length
        for window, apart in zip(windows, phased, strict=True)
    ]
    columns = prod(window.phases for window in windows) * out.shape[-1]
    phases = TensorSpec((out.shape[0], *sizes, columns), out.dtype)
    first = _side_by_side(g, w, phases, windows, groups, phased)
    return Steps((Step(first, (0, 1)), Step(_in_order(phases, out, windows, phased), (2,))))


def _side_by_side(
    g: TensorSpec, w: TensorSpec, out: TensorSpec, windows: Windows, groups: int,
    phased: Sequence[bool],
) -> Contract | Reduce:  # fmt: skip
    """The product whose columns are the channels of each phase, one phase after another."""
    last, dtype = len(windows) + 1, COMPUTE_DTYPE[out.dtype]
    channels, filters = w.shape[-2:]
    product = GroupedProduct(windows, groups, channels)
    maps = product.maps
    counts = [window.phases for window in windows]
    column, phases = axis(last), [index.ZERO] * len(windows)
    if prod(counts) > 1:
        dims = [maps.number("phases", i, n) if n > 1 else const(1, expr.INT)
                for i, n in enumerate(counts)]  # fmt: skip
        dims.append(maps.number("columns", 1, channels * groups))
        *phases, column = index.delinear(axis(last), dims)
    taps, where, inside, there = [], [], TRUE, TRUE
    for i, (window, apart) in enumerate(zip(windows, phased, strict=True)):
        if not apart:
            tap, place, reached = maps.back(i, axis(i + 1), product.folded(window.taps))
        else:
            step = product.folded(window.steps_back)
            tap = phases[i] + maps.times(step, "stride", i, window.stride)
            place = axis(i + 1) - step + maps.number("base", i, window.low // window.stride)
            reached = index.within(place, maps.number("places", i, window.places))
            if window.taps > window.stride and window.taps % window.stride:
                there = there & (tap < maps.taps(i))
        taps.append(tap)
        where.append(place)
        inside = inside & reached
    own = product.folded(filters // groups)
    product.is_thin = filters == groups
    group = product.group(axis(last), out.shape[-1])
    filter_ = product.channel(group, own, filters // groups)
    if groups > 1:
        column = op("remainder", column, maps.number("channels", 1, channels))
    return product.lowered(
        (g, w),
        out,
        left=guarded(inside, expr.load(0, (axis(0), *where, filter_), dtype)),
        right=guarded(there, expr.load(1, (*taps, column, filter_), dtype)),
    )


def _in_order(phases: TensorSpec, out: TensorSpec, windows: Windows, phased: Sequence[bool]) -> Map:
    """Each place from the columns of its phase."""
    last, dtype = len(windows) + 1, COMPUTE_DTYPE[out.dtype]
    product = GroupedProduct(windows, 1, out.shape[-1])
    maps = product.maps
    where, inside, number = [], TRUE, index.ZERO
    for i, (window, apart) in enumerate(zip(windows, phased, strict=True)):
        place = axis(i + 1)
        if apart:
            stride = maps.number("stride", i, window.stride)
            shifted = place + maps.number("low", i, window.low)
            phase = op("remainder", shifted, stride)
            place = op("quotient", shifted, stride)
            place = place - maps.number("base", i, window.low // window.stride)
            if window.phases > 1:
                number = number * maps.number("phases", i, window.phases) + phase
            if window.phases < window.stride:
                inside = inside & (phase < maps.taps(i))
        where.append(place)
    column = product.offset("columns", number, out.shape[-1]) + axis(last)
    return Map(
        inputs=(phases,),
        output=out,
        body=guarded(inside, expr.load(0, (axis(0), *where, column), dtype)),
        values=maps.values,
    )
