"""What the lowerings of convolution share: products over taps and channels, in groups."""

from collections.abc import Sequence

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, axis, const, op, reduce_axis, select
from gossamer.kernel.spec import Contract, Reduce, TensorSpec
from gossamer.ops.windows import TRUE, WindowMaps, Windows


class GroupedProduct:
    """Collects what a lowering says: the fold's axes, the numbers, the groups.

    Args:
        windows: the geometry.
        groups: how many groups.
        part: how many of the output's columns belong to a group.
    """

    def __init__(self, windows: Windows, groups: int, part: int) -> None:
        self.maps = WindowMaps(windows)
        self.groups, self.part = groups, part
        self.over: list[int] = []
        # Of one channel there are no four steps that lie side by side.
        self.is_thin = False

    def folded(self, size: int) -> Expr:
        """The coordinate of the next axis that is folded over; none is needed for one element."""
        if size == 1:
            return index.ZERO
        self.over.append(size)
        return reduce_axis(len(self.over) - 1)

    def group(self, column: Expr, columns: int) -> Expr:
        """The group of a column of the output, or of several such outputs side by side."""
        if self.groups == 1:
            return index.ZERO
        # Four columns that stand together are of one group then: the expression says so.
        quads = self.part % 4 == 0
        step = 4 if quads else 1
        number = column >> 2 if quads else column
        if columns != self.groups * self.part:
            number = op("remainder", number, self._size("columns", self.groups * self.part // step))
        return op("quotient", number, self._size("part", self.part // step))

    def channel(self, group: Expr, own: Expr, size: int) -> Expr:
        """The channel in all groups, from one of the `size` in a group."""
        return own if self.groups == 1 else self.offset("channels", group, size) + own

    def channel_of_kernel(self, kernel: TensorSpec) -> Expr:
        """The input's channel, where the output is a kernel of this shape."""
        column, channels = len(kernel.shape) - 1, kernel.shape[-2]
        return self.channel(self.group(axis(column), kernel.shape[-1]), axis(column - 1), channels)

    def offset(self, name: str, number: Expr, size: int) -> Expr:
        """`number * size`, so written that whole vectors of four are seen as such."""
        if size % 4:
            return number * self._size(name, size)
        return (number * self._size(name, size // 4)) * 4

    def _size(self, name: str, value: int) -> Expr:
        return self.maps.number(name, 0, value)

    def lowered(
        self, inputs: tuple[TensorSpec, ...], out: TensorSpec, left: Expr, right: Expr
    ) -> Contract | Reduce:
        """The kernel: a product of operands, unless columns side by side are of several groups."""
        over = tuple(self.over) or (1,)
        result, values = expr.accumulator(left.dtype), self.maps.values
        if (self.groups == 1 or self.part % 4 == 0) and not self.is_thin:
            return Contract(
                inputs=inputs, output=out, left=left, right=right, over=over, epilogue=result,
                values=values,
            )  # fmt: skip
        return Reduce(
            inputs=inputs, output=out, body=left * right, combine="add", over=over,
            epilogue=result, values=values,
        )  # fmt: skip


def guarded(inside: Expr, value: Expr) -> Expr:
    return select(inside, value, const(0, value.dtype))


def sources(
    maps: WindowMaps, places: Sequence[Expr], taps: Sequence[Expr]
) -> tuple[list[Expr], Expr]:
    """The input places of output places and taps, and whether they lie inside."""
    where, inside = [], TRUE
    for i, (place, tap) in enumerate(zip(places, taps, strict=True)):
        at, there = maps.source(i, place, tap)
        where.append(at)
        inside = inside & there
    return where, inside
