"""Kernels in several steps: how they are strung together, and long folds in two passes.

A target with many lanes asks for two passes when a reduction has few outputs and many steps: one
lane would be busy for as long as all others idle, and a GPU's watchdog may take it for hung.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, NamedTuple

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, const, op, select, substitute, uniform, walk
from gossamer.kernel.spec import (
    COMBINE,
    Contract,
    Lowering,
    Reduce,
    Spec,
    Step,
    Steps,
    TensorSpec,
)

_UNITS = ("static", "units in a part")


class _Part(NamedTuple):
    """The numbers of a fold in parts: how many units a part has, how many steps there are.

    A fold that is split again has them twice, so that their names count.
    """

    chunk: Expr
    steps: Expr

    @staticmethod
    def of(spec: Spec) -> "_Part":
        level = sum(isinstance(name, tuple) and name[:2] == _UNITS for name in spec.values)
        return _Part(uniform((*_UNITS, level)), uniform(("static", "steps", level)))


def flattened(lowering: Lowering, inputs: int, expand: Callable[[Spec], Lowering]) -> list[Step]:
    """The kernels of a lowering, expanded until each is what a target runs, numbered through.

    Args:
        lowering: what is to be computed.
        inputs: how many inputs it has.
        expand: what a target runs instead of a kernel: several, another, or that kernel itself.
    """
    flat: list[Step] = []

    def add(current: Lowering, sources: tuple[int, ...]) -> int:
        """Append the kernels, and return the number of the last one's output."""
        if isinstance(current, Spec):
            expanded = expand(current)
            if expanded is not current:
                return add(expanded, sources)
            flat.append(Step(current, sources))
            return inputs + len(flat) - 1
        values = list(sources)
        for step in current.steps:
            values.append(add(step.spec, tuple([values[i] for i in step.sources])))
        return values[-1]

    add(lowering, tuple(range(inputs)))
    return flat


def in_two_passes(spec: Reduce | Contract, parts: int) -> Steps | None:
    """Two kernels that together are `spec`: the first has parts of the fold as its first axis.

    None for folds that have one part only, and for those to an index whose epilogue reads inputs.

    Args:
        spec: the reduction or product.
        parts: about how many partial results to make of each output.
    """
    to_index = isinstance(spec, Reduce) and spec.combine.startswith("arg")
    reads = any(x.op == "load" for x in walk(spec.epilogue))
    if spec.combine == "step" or (to_index and reads):
        return None
    # The first extreme of the first part is the first of all only if parts follow each other.
    longest = max(range(len(spec.over)), key=lambda i: spec.over[i])
    split = next((i for i, n in enumerate(spec.over) if n > 1), 0) if to_index else longest
    steps = spec.over[split]
    # Whole quads, so that a part begins where a target's vector of four does.
    unit = 1 if to_index else 4
    chunk = -(-steps // (unit * parts)) * unit
    count = -(-steps // chunk)
    if count == 1:
        return None
    part = _Part.of(spec)
    partial = TensorSpec((count, *spec.output.shape), spec.accumulator_dtype)
    first = replace(
        spec,
        output=partial,
        over=(*spec.over[:split], chunk, *spec.over[split + 1 :]),
        epilogue=expr.accumulator(spec.accumulator_dtype),
        values={**spec.values, part.chunk.attr: chunk // unit, part.steps.attr: steps},
        **_operands_of_a_part(spec, split, unit, part),
    )
    inputs = tuple(range(len(spec.inputs)))
    if isinstance(spec, Reduce) and isinstance(first, Reduce) and to_index:
        second = _best_part(spec, first, split, part)
        return Steps((Step(first, inputs), Step(second, (*inputs, len(inputs)))))
    where = (expr.reduce_axis(0), *_outputs(spec))
    if spec.output.size == 1:
        # As a row, like a vector that is folded at once: so that they are one program.
        partial = TensorSpec((1, count), partial.dtype)
        where = (expr.reduce_axis(0), expr.reduce_axis(1))
    # The inputs keep their numbers for an epilogue that reads them.
    given = spec.inputs if reads else ()
    second = Reduce(
        inputs=(*given, partial),
        output=spec.output,
        body=expr.load(len(given), where, partial.dtype),
        combine=spec.combine,
        over=partial.shape if spec.output.size == 1 else (count,),
        epilogue=spec.epilogue,
        values=spec.values,
    )
    sources = inputs[: len(given)]
    return Steps((Step(first, inputs), Step(second, (*sources, len(inputs)))))


def _outputs(spec: Spec) -> index.Coordinates:
    """The coordinates of the output in a tensor of its shape."""
    return tuple(
        index.ZERO if size == 1 else expr.axis(i) for i, size in enumerate(spec.output.shape)
    )


def _operands_of_a_part(
    spec: Reduce | Contract, split: int, unit: int, part: _Part
) -> dict[str, Any]:
    """What is folded, at a step of one part; beyond the last step what changes nothing."""
    step = (expr.axis(0) * part.chunk) * unit + expr.reduce_axis(split)
    rank = len(spec.output.shape)
    moved = {expr.axis(i): expr.axis(i + 1) for i in range(rank)}
    moved |= {expr.out_dim(i): expr.out_dim(i + 1) for i in range(rank)}
    moved |= {expr.reduce_axis(split): step, expr.reduce_dim(split): part.steps}
    slots = ("left", "right") if isinstance(spec, Contract) else ("body",)
    operands = {slot: substitute(getattr(spec, slot), moved) for slot in slots}
    if not spec.combine.startswith("arg"):
        return {
            slot: select(step < part.steps, x, const(COMBINE[spec.combine][x.dtype], x.dtype))
            for slot, x in operands.items()
        }
    # There is nothing that is never the extreme: beyond the end the last step is looked at again.
    within = op("min", step, part.steps - 1)
    return {slot: substitute(x, {step: within}) for slot, x in operands.items()}


def _best_part(spec: Reduce, first: Reduce, split: int, part: _Part) -> Reduce:
    """The index in all parts, from the index in each: its value is read again and compared."""
    number, which = len(spec.inputs), expr.reduce_axis(0)
    found = expr.load(number, (which, *_outputs(spec)), expr.INT)
    # The axes after the one that is split follow it in the index; those before are of size 1.
    inner = range(split + 1, len(spec.over))
    dims = [uniform(("static", "folded", i)) for i in inner]
    outer, *others = index.delinear(found, [expr.const(0, expr.INT), *dims])
    step = op("min", which * part.chunk + outer, part.steps - 1)
    places = {expr.reduce_axis(i): x for i, x in zip((split, *inner), (step, *others), strict=True)}
    places |= {expr.reduce_axis(i): index.ZERO for i in range(split)}
    sizes = {expr.reduce_dim(i): dim for i, dim in zip(inner, dims, strict=True)}
    sizes |= {expr.reduce_dim(i): expr.const(1, expr.INT) for i in range(split)}
    sizes[expr.reduce_dim(split)] = part.steps
    chosen = expr.load(number, (expr.accumulator(expr.INT), *_outputs(spec)), expr.INT)
    before = expr.accumulator(expr.INT) * part.chunk
    for dim in dims:
        before = before * dim
    values: dict[Hashable, int | float] = dict(first.values)
    values |= {("static", "folded", i): spec.over[i] for i in inner}
    return Reduce(
        inputs=(*spec.inputs, first.output),
        output=spec.output,
        body=substitute(spec.body, {**places, **sizes}),
        combine=spec.combine,
        over=first.output.shape[:1],
        epilogue=substitute(spec.epilogue, {expr.accumulator(expr.INT): before + chosen}),
        values=values,
    )
