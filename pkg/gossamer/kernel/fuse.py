"""Fusion: an elementwise kernel as the epilogue of its producer, or the prologue of its user.

That is the whole of fusion: a bias, an activation and a residual end up in the epilogue of the
product that they follow, a cast or a scale in the loads of the fold that reads it. The result is
one spec, which reads the inputs of both. Who calls it decides whether it pays.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, substitute, uniform, walk
from gossamer.kernel.spec import COMPUTE_DTYPE, Contract, Map, Reduce, Spec, TensorSpec

Values = dict[Hashable, int | float]
_FUSED = "fused"

# The expressions of each skeleton that load its inputs, by the name of the slot.
_SLOTS: dict[type[Spec], tuple[str, ...]] = {
    Map: ("body",),
    Reduce: ("body", "epilogue"),
    Contract: ("left", "right", "epilogue"),
}


def into_epilogue(first: Map | Reduce | Contract, second: Map, which: int) -> Spec | None:
    """One spec for `second` applied to the output of `first`.

    Its inputs are those of `first`, then those of `second` but for number `which`.

    Args:
        first: what makes an input of `second`.
        second: what reads that input at its own coordinates only.
        which: the number of the input.

    Returns:
        None if `second` reads it elsewhere, or if what lies between is narrower than what kernels
        compute with, so that storing it changes it.
    """
    given = second.inputs[which]
    if not _keeps_values(first.output) or given.size != second.output.size:
        return None
    own = _own(second.output.shape)
    reads = [x for x in walk(second.body) if x.op == "load" and x.attr == which]
    if any(_own_of(x, given.shape) != own for x in reads):
        return None
    values: Values = dict(first.values)
    mark = _new_mark(values)
    body = _renamed(second.body, second, len(first.inputs), mark, values)
    where = _regrouped(
        index.axes(len(first.output.shape)), first.output.shape, second.output.shape, mark, values
    )
    slot = "body" if isinstance(first, Map) else "epilogue"
    result = getattr(first, slot)
    replacements: dict[Expr, Expr] = {expr.axis(i): x for i, x in enumerate(where)}
    replacements |= {
        x: result for x in walk(body) if x.op == "load" and x.attr == len(first.inputs) + which
    }
    # The input's number is free: those after it move up.
    fused = _closed_up(substitute(body, replacements), len(first.inputs) + which)
    slots: dict[str, Any] = {slot: fused}
    if isinstance(first, Map):
        slots["keeps_elements"] = False
    return replace(
        first,
        inputs=(*first.inputs, *second.inputs[:which], *second.inputs[which + 1 :]),
        output=TensorSpec(first.output.shape, second.output.dtype),
        values=values,
        **slots,
    )


def into_prologue(first: Map, second: Map | Reduce | Contract, which: int) -> Spec | None:
    """One spec for `second` with `first` computed wherever it loads input `which`.

    Its inputs are those of `second` but for number `which`, then those of `first`.

    Returns:
        None if what lies between is narrower than what kernels compute with, or if `second` folds
        to an index or with a state, whose loads stand for more than one value.
    """
    if not _keeps_values(first.output):
        return None
    values: Values = dict(second.values)
    mark = _new_mark(values)
    body = _renamed(first.body, first, len(second.inputs), mark, values)
    slots: dict[str, Any] = {}
    for slot in _SLOTS[type(second)]:
        x = getattr(second, slot)
        loads: dict[Expr, Expr] = {}
        for current in walk(x):
            if current.op == "load" and current.attr == which:
                # What its coordinates load may be `which` as well.
                coordinates = tuple(substitute(arg, loads) for arg in current.args)
                where = _regrouped(
                    coordinates, second.inputs[which].shape, first.output.shape, mark, values
                )
                here: dict[Expr, Expr] = {expr.axis(i): y for i, y in enumerate(where)}
                loads[current] = substitute(body, here)
        slots[slot] = _closed_up(substitute(x, loads), which)
    if isinstance(second, Map):
        slots["keeps_elements"] = False
    return replace(
        second,
        inputs=(*second.inputs[:which], *second.inputs[which + 1 :], *first.inputs),
        values=values,
        **slots,
    )


def _keeps_values(between: TensorSpec) -> bool:
    """Whether a tensor has all that the kernel computed."""
    return COMPUTE_DTYPE.get(between.dtype) == between.dtype


def _own(shape: Sequence[int]) -> list[Expr | None]:
    """The coordinates of an element in its own place; None along axes of size 1, which say 0."""
    return [None if size == 1 else expr.axis(i) for i, size in enumerate(shape)]


def _own_of(load: Expr, shape: Sequence[int]) -> list[Expr | None]:
    return [None if size == 1 else where for size, where in zip(shape, load.args, strict=True)]


def _new_mark(values: Values) -> int:
    """What tells the names of this fusion's numbers from those of the ones before."""
    marks = [name[2] for name in values if isinstance(name, tuple) and name[1] == _FUSED]
    return max(marks, default=0) + 1


def _renamed(x: Expr, spec: Spec, inputs: int, mark: int, values: Values) -> Expr:
    """An expression of `spec` whose inputs follow `inputs` others, its numbers under new names."""
    done: dict[Expr, Expr] = {}
    for current in walk(x):
        if current.op == "uniform":
            name = current.attr
            if name[0] == "in":
                # Sizes of inputs go with them.
                done[current] = uniform(("in", name[1] + inputs, name[2]), current.dtype)
            else:
                renamed = ("static", _FUSED, mark, name)
                values[renamed] = spec.uniform_value(name)
                done[current] = uniform(renamed, current.dtype)
        elif current.op == "load":
            args = tuple(done[arg] for arg in current.args)
            done[current] = expr.load(current.attr + inputs, args, current.dtype)
        else:
            done[current] = expr.rebuilt(current, done)
    return done[x]


def _closed_up(x: Expr, gone: int) -> Expr:
    """`x` with the inputs after number `gone` counted one lower."""
    done: dict[Expr, Expr] = {}
    for current in walk(x):
        if current.op == "load" and current.attr > gone:
            args = tuple(done[arg] for arg in current.args)
            done[current] = expr.load(current.attr - 1, args, current.dtype)
        elif current.op == "uniform" and current.attr[0] == "in" and current.attr[1] > gone:
            _, number, axis = current.attr
            done[current] = expr.in_dim(number - 1, axis)
        else:
            done[current] = expr.rebuilt(current, done)
    return done[x]


def _regrouped(
    coordinates: Sequence[Expr],
    shape: Sequence[int],
    other: Sequence[int],
    mark: int,
    values: Values,
) -> index.Coordinates:
    """The coordinates in a tensor of shape `other` of what is at `coordinates` in one of `shape`.

    Both have the same elements in row-major order; their axes are merged differently.
    """
    if tuple(shape) == tuple(other):
        return tuple(coordinates)
    where: list[Expr] = []
    here = [axis for axis, size in enumerate(shape) if size != 1]
    there = [axis for axis, size in enumerate(other) if size != 1]

    def dims(side: str, sizes: Sequence[int], axes: list[int]) -> list[Expr]:
        for axis in axes:
            values["static", _FUSED, mark, (side, axis)] = sizes[axis]
        return [uniform(("static", _FUSED, mark, (side, axis))) for axis in axes]

    while there:
        # The fewest axes of both that hold the same elements.
        left, right = [here.pop(0)], [there.pop(0)]
        while prod(shape[i] for i in left) != prod(other[i] for i in right):
            if prod(shape[i] for i in left) < prod(other[i] for i in right):
                left.append(here.pop(0))
            else:
                right.append(there.pop(0))
        number = index.linear(tuple(coordinates[i] for i in left), dims("from", shape, left))
        where += index.delinear(number, dims("to", other, right))
    found = iter(where)
    return tuple(index.ZERO if size == 1 else next(found) for size in other)
