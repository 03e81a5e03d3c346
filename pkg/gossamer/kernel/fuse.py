"""Fusion: an elementwise kernel as the epilogue of its producer, the prologue of its user, or
together with its neighbours.

That is the whole of fusion: a bias, an activation and a residual end up in the epilogue of the
product that they follow, a cast or a scale in the loads of the fold that reads it, the new
variable and the new moments of an optimizer in one kernel of several outputs. The result is one
spec, which reads the inputs of both. Who calls it decides whether it pays.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, substitute, uniform, walk
from gossamer.kernel.spec import (
    COMPUTE_DTYPE,
    Contract,
    Map,
    Reduce,
    Scan,
    Scatter,
    Sort,
    Spec,
    TensorSpec,
)

Values = dict[Hashable, int | float]
_FUSED = "fused"

# The expressions of each skeleton that load its inputs, by the name of the slot. A map has those
# of its further outputs besides.
_SLOTS: dict[type[Spec], tuple[str, ...]] = {
    Map: ("body",),
    Reduce: ("body", "epilogue"),
    Contract: ("left", "right", "epilogue"),
    Scan: ("body", "factor"),
    Scatter: ("at", "update"),
    Sort: ("key",),
}


def into_epilogue(first: Map | Reduce | Contract, second: Map, which: int) -> Spec | None:
    """One spec for `second` applied to the output of `first`.

    Its inputs are those of `first`, then those of `second` but for number `which`.

    Args:
        first: what makes an input of `second`.
        second: what reads that input at its own coordinates only.
        which: the number of the input.

    Returns:
        None if `second` reads it elsewhere, if what lies between is narrower than what kernels
        compute with, so that storing it changes it, or if either has several outputs.
    """
    if _has_several_outputs(first) or _has_several_outputs(second):
        return None
    given = second.inputs[which]
    if not _keeps_values(first.output) or given.size != second.output.size:
        return None
    own = _own(second.output.shape)
    reads = [x for x in walk(second.body) if x.op == "load" and x.attr == which]
    if any(_own_of(x, given.shape) != own for x in reads):
        return None
    values: Values = dict(first.values)
    mark = _new_mark(values)
    body = _renamed(second.body, second, len(first.inputs), mark, values, gone=which)
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

    Wherever it is loaded: a fold to an index that is done in two passes computes `first` again for
    the best of each part, and one with a state at every place that it looks at.

    Returns:
        None if what lies between is narrower than what kernels compute with, or if `first` has
        several outputs.
    """
    if not _keeps_values(first.output) or _has_several_outputs(first):
        return None
    values: Values = dict(second.values)
    mark = _new_mark(values)
    body = _renamed(first.body, first, len(second.inputs), mark, values)

    def fused(slot: Expr) -> Expr:
        x = _fixed(slot, lambda name: name[:2] == ("in", which), second, mark, values)
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
        return _closed_up(substitute(x, loads), which)

    slots = _slots(second, fused)
    if isinstance(second, Map):
        slots["keeps_elements"] = False
    return replace(
        second,
        inputs=(*second.inputs[:which], *second.inputs[which + 1 :], *first.inputs),
        values=values,
        **slots,
    )


def together(first: Map, second: Map) -> Map | None:
    """One spec that computes both, neither of which needs what the other makes.

    Its inputs are those of `first`, then those of `second`, its outputs likewise. What both read
    is listed twice: `merged_inputs` tells what is the same.

    Returns:
        None if their outputs have different shapes.

    Example:
        >>> from gossamer.kernel import expr
        >>> from gossamer.kernel.spec import Map, TensorSpec
        >>> row = TensorSpec((4,), "float32")
        >>> x = expr.load(0, (expr.axis(0),), "float32")
        >>> both = together(
        ...     Map(inputs=(row,), output=row, body=x + 1),
        ...     Map(inputs=(row,), output=row, body=x * 2),
        ... )
        >>> both.expressions()
        (add(load[0](axis[0]), 1.0), mul(load[1](axis[0]), 2.0))
    """
    if first.output.shape != second.output.shape:
        return None
    values: Values = dict(first.values)
    mark = _new_mark(values)
    # Sizes of the output stay what they are, so that what is computed of them is computed once.
    bodies = [
        _renamed(body, second, len(first.inputs), mark, values, kept=("out",))
        for body in second.expressions()
    ]
    return replace(
        first,
        inputs=(*first.inputs, *second.inputs),
        values=values,
        more=(*first.more, *zip(bodies, second.outputs, strict=True)),
        keeps_elements=False,
    )


def merged_inputs(spec: Spec, sources: tuple[int, ...]) -> tuple[Spec, tuple[int, ...]]:
    """The same kernel with each input once, and without those that it does not read.

    Inputs are one if they come from the same source and the kernel sees them in the same shape.

    Args:
        spec: a kernel of any skeleton.
        sources: what each of its inputs is, as a number of the caller's.

    Returns:
        The kernel, and the sources of its inputs.

    Example:
        >>> from gossamer.kernel import expr
        >>> from gossamer.kernel.spec import Map, TensorSpec
        >>> row = TensorSpec((4,), "float32")
        >>> x, y = (expr.load(i, (expr.axis(0),), "float32") for i in (1, 2))
        >>> spec = Map(inputs=(row, row, row), output=row, body=x * y)
        >>> merged, sources = merged_inputs(spec, (5, 7, 7))
        >>> merged.body, sources
        (mul(load[0](axis[0]), load[0](axis[0])), (7,))
    """
    read = {number for x in walk(*spec.expressions()) for number in _inputs_named(x)}
    kept: dict[tuple[int, TensorSpec], int] = {}
    numbers: dict[int, int] = {}
    for k in sorted(read):
        numbers[k] = kept.setdefault((sources[k], spec.inputs[k]), len(kept))
    if len(kept) == len(spec.inputs):
        return spec, sources
    merged = replace(
        spec,
        inputs=tuple(given for _, given in kept),
        **_slots(spec, lambda x: _renumbered(x, numbers.__getitem__)),
    )
    return merged, tuple(source for source, _ in kept)


def with_plain_names(spec: Spec) -> Spec:
    """The same kernel with its own numbers called by the order in which they are met.

    So kernels that were fused of equal parts on different ways have the same structure.
    """
    names: dict[Hashable, Hashable] = {}
    for x in walk(*spec.expressions()):
        if x.op == "uniform" and x.attr[0] not in ("in", "out", "reduce"):
            names.setdefault(x.attr, ("static", len(names)))
    values = {new: spec.values[old] for old, new in names.items()}

    def renamed(x: Expr) -> Expr:
        return substitute(
            x,
            {
                y: uniform(names[y.attr], y.dtype)
                for y in walk(x)
                if y.op == "uniform" and y.attr in names
            },
        )

    return replace(spec, values=values, **_slots(spec, renamed))


def _slots(spec: Spec, changed: Callable[[Expr], Expr]) -> dict[str, Any]:
    """A kernel's expressions, each changed, by the names that `replace` knows them by."""
    slots: dict[str, Any] = {
        slot: changed(x)
        for slot in _SLOTS[type(spec)]
        if (x := getattr(spec, slot)) is not None  # a scan may have no factor
    }
    if isinstance(spec, Map):
        slots["more"] = tuple((changed(x), output) for x, output in spec.more)
    return slots


def _has_several_outputs(spec: Spec) -> bool:
    return len(spec.outputs) > 1


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


def _renamed(
    x: Expr,
    spec: Spec,
    inputs: int,
    mark: int,
    values: Values,
    *,
    gone: int | None = None,
    kept: tuple[str, ...] = (),
) -> Expr:
    """An expression of `spec` whose inputs follow `inputs` others, its numbers under new names.

    Sizes of inputs go with them, but those of input number `gone` are numbers like others; `kept`
    says what else keeps its name.
    """
    stays = ("in", *kept)
    x = _fixed(
        x,
        lambda name: name[0] not in stays or name[:2] == ("in", gone),
        spec,
        mark,
        values,
    )
    return _renumbered(x, lambda number: number + inputs)


def _fixed(x: Expr, chosen: Callable[[Any], bool], spec: Spec, mark: int, values: Values) -> Expr:
    """An expression of `spec` with new names for the numbers whose names are `chosen`."""
    numbers: dict[Expr, Expr] = {}
    for current in walk(x):
        if current.op == "uniform" and chosen(current.attr):
            renamed = ("static", _FUSED, mark, current.attr)
            values[renamed] = spec.uniform_value(current.attr)
            numbers[current] = uniform(renamed, current.dtype)
    return substitute(x, numbers)


def _closed_up(x: Expr, gone: int) -> Expr:
    """`x` with the inputs after number `gone` counted one lower."""
    return _renumbered(x, lambda number: number - (number > gone))


def _renumbered(x: Expr, number_of: Callable[[int], int]) -> Expr:
    """`x` with other numbers for its inputs."""
    done: dict[Expr, Expr] = {}
    for current in walk(x):
        if current.op == "load":
            args = tuple(done[arg] for arg in current.args)
            done[current] = expr.load(number_of(current.attr), args, current.dtype)
        elif current.op == "uniform" and current.attr[0] == "in":
            _, number, axis = current.attr
            done[current] = uniform(("in", number_of(number), axis), current.dtype)
        else:
            done[current] = expr.rebuilt(current, done)
    return done[x]


def _inputs_named(x: Expr) -> tuple[int, ...]:
    """The input that a node loads, or of which it names a size."""
    if x.op == "load":
        return (x.attr,)
    return (x.attr[1],) if x.op == "uniform" and x.attr[0] == "in" else ()


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
