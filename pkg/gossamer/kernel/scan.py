"""A scan as folds, for targets that can only gather.

The axis is cut into blocks. One kernel folds each block, a scan of these totals (by the same
means) says what comes before each block, and one kernel folds the elements of a block up to its
own: the scan of Blelloch, "Prefix sums and their applications" (1990). A recurrence
`out[i] = body(i) + factor(i) * out[i - 1]` is there a scan of pairs: the totals of a block are
its result and the product of its factors.

Measured on SwiftShader (a fetch of four neighbours 10 ns, a draw 40 us): a row of 1,000 takes 3
draws, a row of 10^6 9 draws of 55 ms. By doubling distances instead (Hillis and Steele, "Data
parallel algorithms", 1986), radix 4, it takes 10 draws of 450 ms, as every pass reads all that
it has.
"""

from dataclasses import replace

from gossamer.kernel import expr, index, mathlib
from gossamer.kernel.expr import Expr, const, equal, op, select, substitute, uniform
from gossamer.kernel.spec import COMBINE, Lowering, Reduce, Scan, Step, Steps, TensorSpec

# The longest block, which is folded for each of its elements anew: shorter where there are many
# elements, so that these folds and not the draws take the time.
LONG_BLOCK, SHORT_BLOCK = 32, 16
MANY_ELEMENTS = 1 << 15
_BLOCK_QUADS = ("scan", "quads in a block")
_LENGTH = ("scan", "length")
_DIRECTION = ("scan", "direction")
_FIRST = ("scan", "first step")
_SHIFT = ("scan", "shift")


def in_folds(spec: Scan) -> Lowering:
    """The kernels whose last one gives what `spec` says."""
    steps = _folds(spec, tuple(range(len(spec.inputs))), len(spec.inputs))
    return Steps(tuple(steps)) if len(steps) > 1 else steps[0].spec


def _folds(spec: Scan, sources: tuple[int, ...], made: int) -> list[Step]:
    """The steps of a scan of `sources`, of which the first one's output has the number `made`."""
    scan = _Blocks(spec)
    if scan.count == 1:
        return [Step(scan.within_blocks(carried=False), sources)]
    steps = [Step(total, sources) for total in scan.totals()]
    totals = tuple(range(made, made + len(steps)))
    steps += _folds(scan.of_totals(), totals, made + len(steps))
    return [*steps, Step(scan.within_blocks(carried=True), (*sources, made + len(steps) - 1))]


def _block_quads(length: int, longest: int) -> int:
    """How many quads make a block: the least number with which there are no more levels."""
    levels, blocks = 1, -(-length // longest)
    while blocks > 1:
        levels, blocks = levels + 1, -(-blocks // longest)
    quads = 1
    while (4 * quads) ** levels < length:
        quads += 1
    return quads


class _Blocks:
    """A scan whose axis is cut into blocks of whole quads, as targets keep four neighbours."""

    def __init__(self, spec: Scan) -> None:
        self.spec, self.axis = spec, spec.axis
        self.length = spec.output.shape[spec.axis]
        many = spec.output.size > MANY_ELEMENTS
        self.quads = _block_quads(self.length, SHORT_BLOCK if many else LONG_BLOCK)
        self.count = -(-self.length // (4 * self.quads))
        self.dtype = spec.body.dtype
        self.start = const(COMBINE[spec.combine][self.dtype], self.dtype)
        blocks = (*spec.output.shape[: self.axis], self.count, *spec.output.shape[self.axis + 1 :])
        self.blocks = TensorSpec(blocks, spec.output.dtype)
        # Numbers and no part of the program: it is the same in both directions, for all lengths.
        self.values = {
            **spec.values,
            _BLOCK_QUADS: self.quads,
            _LENGTH: self.length,
            _DIRECTION: -1 if spec.reverse else 1,
            _FIRST: 4 * self.quads - 1 if spec.reverse else 0,
            _SHIFT: int(spec.exclusive),
        }

    def _at(self, x: Expr, position: Expr) -> Expr:
        # The scan's own length, as an output of blocks has another one there.
        length = {expr.out_dim(self.axis): uniform(_LENGTH)}
        return substitute(substitute(x, length), {expr.axis(self.axis): position})

    def _in_order(self, block: Expr) -> Expr:
        """The place of a step of the fold over a block, from that end where the scan begins."""
        step = uniform(_FIRST) + expr.reduce_axis(0) * uniform(_DIRECTION)
        return (block * uniform(_BLOCK_QUADS)) * 4 + step

    def _own_block(self) -> Expr:
        # By quads, so that four neighbours are known to lie in one block.
        return op("quotient", op("quotient", expr.axis(self.axis), 4), uniform(_BLOCK_QUADS))

    # The totals of blocks

    def totals(self) -> list[Reduce]:
        """Each block folded; of a recurrence the product of its factors first."""
        block = expr.axis(self.axis)
        if self.spec.factor is None:
            return [self._total(block, self.spec.body, self.spec.combine)]
        place = self._in_order(block)
        result = self._recurrence(place, const(0, self.dtype), place < uniform(_LENGTH))
        return [
            self._total(block, self.spec.factor, "mul"),
            self._fold(result, "step", 4 * self.quads, self.blocks),
        ]

    def _total(self, block: Expr, x: Expr, combine: str) -> Reduce:
        place = (block * uniform(_BLOCK_QUADS)) * 4 + expr.reduce_axis(0)
        nothing = const(COMBINE[combine][self.dtype], self.dtype)
        body = select(place < uniform(_LENGTH), self._at(x, place), nothing)
        return self._fold(body, combine, 4 * self.quads, self.blocks)

    def of_totals(self) -> Scan:
        """What comes before each block: a scan of the totals."""
        own = index.broadcast(index.axes(len(self.blocks.shape)), self.blocks.shape)
        is_pair = self.spec.factor is not None
        return Scan(
            inputs=(self.blocks, self.blocks) if is_pair else (self.blocks,),
            output=self.blocks,
            body=expr.load(int(is_pair), own, self.dtype),
            factor=expr.load(0, own, self.dtype) if is_pair else None,
            axis=self.axis,
            combine=self.spec.combine,
            reverse=self.spec.reverse,
            exclusive=True,
        )

    # Up to an element within its block

    def within_blocks(self, carried: bool) -> Reduce:
        """Each element's fold from the beginning of its block, after what is carried into it."""
        carry = self.start
        if carried:
            own = index.broadcast(index.axes(len(self.blocks.shape)), self.blocks.shape)
            where = (*own[: self.axis], self._own_block(), *own[self.axis + 1 :])
            carry = expr.load(len(self.spec.inputs), where, self.dtype)
        fold = self._fold_recurrence if self.spec.factor is not None else self._fold_elements
        reduce = fold(carry, carried)
        return replace(reduce, inputs=(*reduce.inputs, self.blocks)) if carried else reduce

    def _counts(self, place: Expr) -> Expr:
        """Whether an element counts for the one at the output's coordinates."""
        direction, never = uniform(_DIRECTION), const(2**31 - 1, expr.INT)
        # Of four neighbours the left side is one number, and the right side known before the loop.
        return select(place < uniform(_LENGTH), place * direction, never) <= (
            expr.axis(self.axis) * direction - uniform(_SHIFT)
        )

    def _fold_elements(self, carry: Expr, carried: bool) -> Reduce:
        quad = self._own_block() * uniform(_BLOCK_QUADS) + expr.reduce_axis(0)
        parts = []
        for lane in range(4):
            place = quad * 4 + lane
            parts.append(select(self._counts(place), self._at(self.spec.body, place), self.start))
        body = parts[0]
        for part in parts[1:]:
            body = _combined(self.spec.combine, body, part)
        result = expr.accumulator(self.dtype)
        epilogue = _combined(self.spec.combine, carry, result) if carried else result
        return self._fold(body, self.spec.combine, self.quads, self.spec.output, epilogue)

    def _fold_recurrence(self, carry: Expr, carried: bool) -> Reduce:
        place = self._in_order(self._own_block())
        return self._fold(
            self._recurrence(place, carry, self._counts(place)),
            "step",
            4 * self.quads,
            self.spec.output,
        )

    def _recurrence(self, place: Expr, carry: Expr, counts: Expr) -> Expr:
        """One step of the fold over a block, which begins with what is carried into it."""
        assert self.spec.factor is not None
        before = select(equal(expr.reduce_axis(0), 0), carry, expr.accumulator(self.dtype))
        # Nothing comes before the first element of all: its factor may be anything, NaN as well.
        end = select(uniform(_DIRECTION) < 0, uniform(_LENGTH) - 1, const(0, expr.INT))
        body, factor = (self._at(x, place) for x in (self.spec.body, self.spec.factor))
        begins = equal(place, end) | equal(factor, 0)
        following = select(begins, body, body + factor * before)
        return select(counts, following, before)

    def _fold(
        self, body: Expr, combine: str, steps: int, out: TensorSpec, epilogue: Expr | None = None
    ) -> Reduce:
        return Reduce(
            inputs=self.spec.inputs,
            output=out,
            body=body,
            combine=combine,
            over=(steps,),
            epilogue=epilogue or expr.accumulator(self.dtype),
            values=self.values,
        )


def _combined(combine: str, a: Expr, b: Expr) -> Expr:
    if combine == "max":
        return mathlib.maximum(a, b)
    if combine == "min":
        return mathlib.minimum(a, b)
    return op(combine, a, b)
