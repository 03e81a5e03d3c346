"""A sort in several kernels, for targets that can only gather: blocks by counting, then merges.

In a block each key's place is the number of keys before it: one kernel counts, one turns places
into keys. Then runs are merged in pairs, each level of merges in one kernel: of every output, a
binary search along the diagonal of the merge finds from which run it comes (Green, McColl and
Bader, "GPU Merge Path", 2012). So 1,000 keys take 5 kernels; Batcher's bitonic network, which
GPUs usually run, takes 55 and the same number of comparisons. Of the first few in order no run
needs to be longer than these few, so that top_k is the same with shorter runs.

Keys are compared as integers in the same order, so that all dtypes and both directions share
kernels, NaN has a place, and -0.0 equals 0.0. Equal keys stay in order, as a merge prefers the
earlier run.
"""

from math import prod
from typing import NamedTuple

from gossamer.kernel import expr, index
from gossamer.kernel.expr import (
    BOOL,
    FLOAT,
    INT,
    UINT,
    Expr,
    bitcast,
    const,
    equal,
    op,
    select,
    substitute,
    uniform,
)
from gossamer.kernel.spec import Lowering, Map, Reduce, Sort, Step, Steps, TensorSpec

# The longest block: counting takes as many comparisons for each of its keys. Shorter where there
# are many keys, so that these and not the kernels take the time.
LONG_BLOCK, SHORT_BLOCK = 256, 64
MANY_KEYS = 1 << 14

_QUADS = ("sort", "quads in a block")
_LENGTH = ("sort", "length")
_RUN = ("sort", "length of a run")
_MERGED = ("sort", "length of a merged run")
_HIGHEST_BIT = ("sort", "highest bit of a run's length")
_TOTAL = ("sort", "length of all runs")
_GREATEST = const(2**31 - 1, INT)
_LEAST = const(-(2**31), INT)


def in_order(key: Expr, descending: bool) -> Expr:
    """An int32 that is less than another exactly if `key` comes before the other's."""
    if key.dtype == FLOAT:
        bits = bitcast(key, INT)
        # The bits of positive floats are in order, those of negative ones in the reverse order.
        number = select(bits < 0, op("xor", bits, _GREATEST), bits)
        number = select(equal(bits, _LEAST), const(0, INT), number)
        number = select(op("isnan", key), _GREATEST, number)
    elif key.dtype == UINT:
        number = bitcast(op("xor", key, const(2**31, UINT)), INT)
    elif key.dtype == BOOL:
        number = select(key, const(1, INT), const(0, INT))
    else:
        number = key
    return ~number if descending else number


def _number(truth: Expr) -> Expr:
    """1 or 0: sums and products of these are less code for a shader than logic is."""
    return expr.cast(truth, INT)


def in_merges(spec: Sort) -> Lowering:
    """The kernels whose last one gives what `spec` says."""
    blocks = _Blocks(spec)
    inputs = len(spec.inputs)
    steps = [Step(blocks.places(), tuple(range(inputs)))]
    if blocks.count == 1:
        return Steps((*steps, Step(blocks.order(), (inputs,))))
    steps.append(Step(blocks.runs(), tuple(range(inputs + 1))))
    runs = blocks.sorted_runs
    while runs.run < runs.total:
        steps.append(Step(runs.merged(), (inputs + len(steps) - 1,)))
        runs = runs.after()
    return Steps((*steps, Step(runs.order(spec), (inputs + len(steps) - 1,))))


class _Blocks:
    """The keys in blocks along the axis, each sorted by itself.

    Attributes:
        count: the number of blocks in each row of keys.
        sorted_runs: what is wanted of each block.
    """

    def __init__(self, spec: Sort) -> None:
        self.spec, self.axis = spec, spec.axis
        shape, wanted = spec.output.shape, spec.output.shape[spec.axis]
        self.keys = TensorSpec((*shape[: self.axis], spec.length, *shape[self.axis + 1 :]), INT)
        many = self.keys.size > MANY_KEYS
        longest = SHORT_BLOCK if many else LONG_BLOCK
        self.quads = -(-min(spec.length, longest) // 4)
        block = 4 * self.quads
        self.count = -(-spec.length // block)
        run, rest = min(block, wanted), spec.length - (self.count - 1) * block
        total = (self.count - 1) * run + min(rest, run)
        self.sorted_runs = _Runs(prod(shape) // wanted, run, total, wanted)
        self.values = {**spec.values, _QUADS: self.quads, _LENGTH: spec.length, _RUN: run}

    def _key(self, position: Expr, others: list[Expr]) -> Expr:
        place = {expr.axis(i): x for i, x in enumerate(others)}
        place[expr.axis(self.axis)] = position
        return in_order(substitute(self.spec.key, place), self.spec.descending)

    def _quad(self, block: Expr) -> Expr:
        """The quad of a block that a fold over it has come to."""
        return block * uniform(_QUADS) + expr.reduce_axis(0)

    def places(self) -> Reduce:
        """How many keys of its block come before each key."""
        own = list(index.axes(len(self.keys.shape)))
        here = own[self.axis]
        key = self._key(here, own)
        # By quads, so that four neighbours are known to lie in one block.
        quad = self._quad(op("quotient", op("quotient", here, 4), uniform(_QUADS)))
        counts = []
        for lane in range(4):
            there = quad * 4 + lane
            # Beyond the end there is nothing less, and what is equal comes later.
            inside = there < uniform(_LENGTH)
            other = select(inside, self._key(there, own), _GREATEST)
            ties = _number(equal(other, key)) * _number(there < here)
            counts.append(_number(other < key) + ties)
        return Reduce(
            inputs=self.spec.inputs,
            output=self.keys,
            body=(counts[0] + counts[1]) + (counts[2] + counts[3]),
            combine="add",
            over=(self.quads,),
            epilogue=expr.accumulator(INT),
            values=self.values,
        )

    def _found(self, which: int, block: Expr, place: Expr, others: list[Expr]) -> Expr:
        """The position of the key with that place in its block; zero at all steps but one."""
        found: list[Expr] = []
        for lane in range(4):
            there = self._quad(block) * 4 + lane
            load = expr.load(which, (*others[: self.axis], there, *others[self.axis + 1 :]), INT)
            other = select(there < uniform(_LENGTH), load, const(-1, INT))
            found.append(_number(equal(other, place)) * there)
        return (found[0] + found[1]) + (found[2] + found[3])

    def order(self) -> Reduce:
        """The order of a single block."""
        own = list(index.axes(len(self.keys.shape)))
        return Reduce(
            inputs=(self.keys,),
            output=self.spec.output,
            body=self._found(0, index.ZERO, own[self.axis], own),
            combine="add",
            over=(self.quads,),
            epilogue=expr.accumulator(INT),
            values=self.values,
        )

    def runs(self) -> Reduce:
        """The keys of each block in order, each beside its position: (rows, total, 2)."""
        which = len(self.spec.inputs)
        dims = [expr.in_dim(which, i) for i in range(len(self.keys.shape)) if i != self.axis]
        others = list(index.delinear(expr.axis(0), dims))
        others.insert(self.axis, index.ZERO)
        block = op("quotient", expr.axis(1), uniform(_RUN))
        place = op("remainder", expr.axis(1), uniform(_RUN))
        position = expr.accumulator(INT)
        return Reduce(
            inputs=(*self.spec.inputs, self.keys),
            output=self.sorted_runs.spec,
            body=self._found(which, block, place, others),
            combine="add",
            over=(self.quads,),
            epilogue=select(equal(expr.axis(2), 0), self._key(position, others), position),
            values=self.values,
        )


class _Runs(NamedTuple):
    """Keys in runs, each run in order, and beside each key its position: (rows, total, 2).

    Attributes:
        rows: how many times there are so many keys.
        run: how long a run is; the last one may be shorter.
        total: how long all runs are.
        wanted: as much of a run as is wanted in the end.
    """

    rows: int
    run: int
    total: int
    wanted: int

    @property
    def spec(self) -> TensorSpec:
        return TensorSpec((self.rows, self.total, 2), INT)

    def after(self) -> "_Runs":
        """What merging runs in pairs leaves."""
        run = min(2 * self.run, self.wanted)
        before = (-(-self.total // (2 * self.run)) - 1) * 2 * self.run
        total = before // (2 * self.run) * run + min(self.total - before, run)
        return _Runs(self.rows, run, total, self.wanted)

    def merged(self) -> Reduce:
        """The kernel that merges runs in pairs."""
        run, total = uniform(_RUN), uniform(_TOTAL)
        here, which = expr.axis(1), expr.axis(2)
        pair = op("quotient", here, uniform(_MERGED))
        before = op("remainder", here, uniform(_MERGED))
        left = pair * run * 2
        right = left + run
        left_size = op("min", run, total - left)
        right_size = op("max", op("min", run, total - right), 0)
        # So many keys come before this one; how many of them are from the left run is searched
        # for bit by bit, from the least number that is possible.
        least = op("max", before - right_size, 0)
        most = op("min", before, left_size)
        found = expr.accumulator(INT)
        more = found + (uniform(_HIGHEST_BIT) >> expr.reduce_axis(0))
        number = least + more
        # The last of so many from the left comes before the first that is not from the right.
        last_left = _key(left + number - 1)
        next_right = _key(right + (before - number))
        fits = (number <= most) & (last_left <= next_right)
        from_left = least + found
        from_right = before - from_left
        left_is_next = _key(left + from_left) <= _key(right + from_right)
        is_left = (from_left < left_size) & ((right_size <= from_right) | left_is_next)
        position = select(is_left, left + from_left, right + from_right)
        return Reduce(
            inputs=(self.spec,),
            output=self.after().spec,
            body=select(fits, more, found),
            combine="step",
            over=(self.run.bit_length(),),
            epilogue=expr.load(0, (expr.axis(0), position, which), INT),
            values={
                _RUN: self.run,
                _MERGED: self.after().run,
                _TOTAL: self.total,
                _HIGHEST_BIT: 1 << (self.run.bit_length() - 1),
            },
        )

    def order(self, spec: Sort) -> Map:
        """The positions in a single run, at their places in the output."""
        own = list(index.axes(len(spec.output.shape)))
        here = own.pop(spec.axis)
        dims = [expr.out_dim(i) for i in range(len(own) + 1) if i != spec.axis]
        row = index.linear(tuple(own), dims)
        return Map(
            inputs=(self.spec,),
            output=spec.output,
            body=expr.load(0, (row, here, const(1, INT)), INT),
        )


def _key(position: Expr) -> Expr:
    return expr.load(0, (expr.axis(0), position, index.ZERO), INT)
