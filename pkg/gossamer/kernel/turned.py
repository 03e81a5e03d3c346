"""Products whose operands lie across: copied first, so that every load is a whole vector of four.

For targets that compute a tile of rows by columns with vectors of four: these ask for it where
enough columns use the copy.
"""

from dataclasses import replace
from typing import Any

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, substitute, walk
from gossamer.kernel.spec import COMPUTE_DTYPE, Contract, Map, Step, Steps, TensorSpec


def with_turned_operands(spec: Contract, column: int) -> Steps | None:
    """A product whose operands are first copied so that vectors of four run along their last axis.

    A target that computes a tile of rows by columns loads the left operand along the innermost
    folded axis, and the right one along that or along the columns. An operand that lies otherwise
    costs it four loads instead of one, at every step; turning it once is cheap beside that. Where
    the left one is more than a plain read, and lies along the rows, the sides are swapped. None
    if both lie well, or nothing can be done.

    Args:
        spec: the product.
        column: the output's axis along which the columns are.
    """
    if _should_swap(spec, column):
        turned = _with_turned(_swapped(spec, column), column)
        back = _moved_back(turned[-1].spec.output, spec.output)
        return Steps((*turned, Step(back, (_last(turned),))))
    steps = _with_turned(spec, column)
    return Steps(tuple(steps)) if len(steps) > 1 else None


def _last(steps: list[Step]) -> int:
    """The number of the last step's output, for a step after it."""
    product = steps[-1]
    return max(product.sources) + 1


def _with_turned(spec: Contract, column: int) -> list[Step]:
    """The product, after copies of the operands that are plain reads and lie badly."""
    innermost = expr.reduce_axis(len(spec.over) - 1)
    steps: list[Step] = []
    sides: dict[str, Any] = {"left": spec.left, "right": spec.right}
    good = {"left": (innermost,), "right": (innermost, expr.axis(column))}
    inputs = list(spec.inputs)
    for side, operand in sides.items():
        wanted = next((x for x in good[side] if x in operand.args), None)
        if operand.op != "load" or wanted is None or operand.args[-1] in good[side]:
            continue
        position = operand.args.index(wanted)
        turn = _turn(inputs[operand.attr], position)
        steps.append(Step(turn, (operand.attr,)))
        sides[side] = expr.load(len(inputs), _exchanged(operand.args, position), operand.dtype)
        inputs.append(turn.output)
    product = replace(spec, inputs=tuple(inputs), **sides)
    return [*steps, Step(product, tuple(range(len(inputs))))]


def _should_swap(spec: Contract, column: int) -> bool:
    """Whether both operands lie across the fold, and the left one cannot be turned."""
    row, innermost = expr.axis(column - 1), expr.reduce_axis(len(spec.over) - 1)
    turnable = spec.left.op == "load" and innermost in spec.left.args
    if column < 1 or turnable or spec.right.op != "load":
        return False
    across = [x.args[-1] is row for x in walk(spec.left) if x.op == "load"]
    right = spec.right.args
    return (
        all(across)
        and spec.epilogue.op == "accumulator"
        and right[-1] is expr.axis(column)
        and innermost in right
        and row not in right
        and expr.axis(column) not in walk(spec.left)
    )


def _swapped(spec: Contract, column: int) -> Contract:
    """The same product with its sides exchanged, and its last axis first.

    The axes that only the new right operand depends on are then the inner ones: rows far from
    each other share it.
    """
    order = (column, *range(column))
    moved: dict[Expr, Expr] = {}
    for of in (expr.axis, expr.out_dim):
        moved |= {of(old): of(new) for new, old in enumerate(order)}
    shape = tuple(spec.output.shape[i] for i in order)
    return replace(
        spec,
        output=TensorSpec(shape, spec.output.dtype),
        left=substitute(spec.right, moved),
        right=substitute(spec.left, moved),
    )


def _moved_back(given: TensorSpec, output: TensorSpec) -> Map:
    """A copy with the first axis last."""
    first, *others = index.axes(len(given.shape))
    last = expr.axis(len(others))
    where = (last, first, *others[:-1])
    return Map(
        inputs=(given,),
        output=output,
        body=expr.load(0, where, COMPUTE_DTYPE[given.dtype]),
    )


def _exchanged(items: tuple[Any, ...], position: int) -> tuple[Any, ...]:
    """The items with that one and the last in each other's places."""
    exchanged = list(items)
    exchanged[position], exchanged[-1] = exchanged[-1], exchanged[position]
    return tuple(exchanged)


def _turn(given: TensorSpec, axis: int) -> Map:
    """A copy with an axis and the last one exchanged."""
    return Map(
        inputs=(given,),
        output=TensorSpec(_exchanged(given.shape, axis), given.dtype),
        body=expr.load(
            0, _exchanged(index.axes(len(given.shape)), axis), COMPUTE_DTYPE[given.dtype]
        ),
    )
