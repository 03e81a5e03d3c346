"""Views as index expressions: how an output coordinate finds its input coordinate.

Every function takes and returns tuples of integer expressions, one an axis. Used by the ops'
`lower`; knows nothing of how a target lays out its memory but one rule, in `merge_axes`.
"""

from collections.abc import Hashable, Sequence
from math import prod
from typing import Any

from gossamer.kernel import expr
from gossamer.kernel.expr import Expr, const, op

ZERO = const(0, expr.INT)
Coordinates = tuple[Expr, ...]


def axes(rank: int) -> Coordinates:
    """The output's own coordinates."""
    return tuple(expr.axis(i) for i in range(rank))


def broadcast(coordinates: Coordinates, shape: Sequence[int]) -> Coordinates:
    """Where an input of `shape` is read when it is broadcast to the rank of `coordinates`."""
    aligned = coordinates[len(coordinates) - len(shape) :]
    return tuple(ZERO if size == 1 else where for size, where in zip(shape, aligned, strict=True))


def shifted(at: Expr, offset: int, name: Hashable, in_quads: bool) -> tuple[Expr, dict[Any, int]]:
    """`at + offset`, and the number that is named so.

    Args:
        at: a coordinate.
        offset: how far to go.
        name: what to call the number.
        in_quads: whether four neighbours along this axis are read at once where they can be: an
            offset of whole quads is then counted in these, so that a target knows.
    """
    number = expr.uniform(name)
    if in_quads and offset % 4 == 0:
        return number * 4 + at, {name: offset // 4}
    return at + number, {name: offset}


def linear(coordinates: Coordinates, dims: Sequence[Expr]) -> Expr:
    """The row-major number of an element: `((c0 * d1 + c1) * d2 + c2) ...`."""
    number: Expr = ZERO
    for where, dim in zip(coordinates, dims, strict=True):
        number = number * dim + where
    return number


def delinear(number: Expr, dims: Sequence[Expr]) -> Coordinates:
    """The coordinates of the row-major `number`: the inverse of `linear`."""
    coordinates: list[Expr] = []
    for dim in reversed(dims[1:]):
        coordinates.append(op("remainder", number, dim))
        number = op("quotient", number, dim)
    return (*([number] if dims else []), *reversed(coordinates))


def within(where: Expr, dim: Expr) -> Expr:
    """Whether a coordinate lies inside of an axis of size `dim`."""
    return (where >= const(0, expr.INT)) & (where < dim)


def innermost(shape: Sequence[int]) -> int:
    """The last axis that is not 1, or -1: the one along which elements are neighbours."""
    return max((i for i, size in enumerate(shape) if size != 1), default=-1)


def merge_axes(*shapes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Shapes of equal rank, with the fewest axes that tell them apart under broadcasting.

    Neighbouring axes merge where every shape has either both or neither of them. A tensor's
    innermost axis that is not 1 stays apart, since targets may pad it; so a merged shape
    addresses the same memory. The result has at least two axes, so that tensors of one and of
    many axes share their programs.
    """
    rank = len(shapes[0])
    inner = [innermost(shape) for shape in shapes]
    largest = [max(shape[i] for shape in shapes) for i in range(rank)]
    groups: list[list[int]] = []
    for i in range(rank):
        if largest[i] == 1:
            continue
        if groups and all(
            (shape[groups[-1][-1]] == 1) == (shape[i] == 1) and (shape[i] == 1 or inner[k] != i)
            for k, shape in enumerate(shapes)
        ):
            groups[-1].append(i)
        else:
            groups.append([i])
    merged = [tuple(prod(shape[i] for i in group) for group in groups) for shape in shapes]
    return [(1,) * (2 - len(shape)) + shape for shape in merged]
