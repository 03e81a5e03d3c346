"""Which kernels of a graph are fused, so that fewer tensors are stored and read again.

An elementwise kernel becomes the epilogue of what makes its input, or is computed anew wherever
its output is read, if that costs less than to store it; kernels of equal shape that read the same
become one with several outputs. `fuse` does each of these; here is when. Times are in nanoseconds
for an element, measured on a software rasteriser; on a GPU they all shrink together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, NamedTuple, Protocol

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, walk
from gossamer.kernel.fuse import (
    into_epilogue,
    into_prologue,
    merged_inputs,
    together,
    with_plain_names,
)
from gossamer.kernel.spec import Contract, Map, Reduce, Spec

# What a draw costs however little it does, what a load or store of an element does, an operator.
DRAW = 34_000.0
LOAD = 0.75
OPERATOR = 0.1
_SLOW = {"exp": 4, "exp2": 4, "log": 4, "log2": 4, "div": 2, "sqrt": 2, "quotient": 2}
# What a tile of a product shares: a load of the left operand serves four columns, one of the right
# as many rows as there are in a tile.
SHARED = {"left": 4, "right": 8}
# So much work, in light operators, is done anew for a second reader, however few elements there
# are: else the steps of an unrolled loop flow into one another, each as a program of its own.
LIGHT = 10
# Kernels of more nodes are slow to compile, and run out of registers.
LARGEST = 300
# Coordinates in a tensor that is never stored may be computed by a division: up to so many
# elements targets may do that in floats, and they see the sizes of what is stored only.
DIVISIBLE = 1 << 21


class Kernel(NamedTuple):
    """One kernel of a graph.

    Attributes:
        spec: what it computes.
        sources: the number of each input's value.
        outputs: the numbers of the values that it makes.
        names: the ops that it consists of.
    """

    spec: Spec
    sources: tuple[int, ...]
    outputs: tuple[int, ...]
    names: tuple[str, ...]


class Target(Protocol):
    """What the device says of a fusion.

    Attributes:
        most_inputs: how many tensors a kernel may read.
        most_outputs: how many layers of textures it may fill.
    """

    most_inputs: int
    most_outputs: int

    def lie_alike(self, shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
        """Whether tensors of the two shapes have their elements in the same places."""

    def layers_of(self, shape: tuple[int, ...]) -> int:
        """How many layers a tensor of this shape fills."""


@dataclass(frozen=True)
class _Cost:
    """What one element of a map costs, in nanoseconds; `loads`: what of that reads tensors."""

    operators: float
    loads: float

    @property
    def total(self) -> float:
        return self.operators + self.loads


class Fusion:
    """Fuses the kernels of one graph.

    Args:
        kernels: in order.
        kept: the values that are wanted as such.
        numbers: the values that are no tensors, but numbers that cost nothing to read.
        target: the device.
    """

    def __init__(
        self, kernels: Iterable[Kernel], kept: set[int], numbers: set[int], target: Target
    ) -> None:
        # By place in the order; a kernel that is fused into another leaves a gap.
        self.kernels: dict[int, Kernel] = dict(enumerate(kernels))
        self.kept = kept
        self.numbers = numbers
        self.target = target
        self._users: dict[int, set[int]] = {}
        for i, kernel in self.kernels.items():
            self._use(i, kernel)
        # Equal questions are asked again and again: by each step of an unrolled loop.
        self._asked: dict[Any, tuple[Any, Any]] = {}

    def run(self) -> list[Kernel]:
        """The kernels after all fusions, in order."""
        for _ in self.steps():
            pass
        return self.fused()

    def steps(self) -> Iterator[None]:
        """Do all fusions, giving way now and then."""
        for i, kernel in list(self.kernels.items()):
            if not isinstance(kernel.spec, Map):
                self._with_epilogues(i)
                yield
        for fuse in (self._into_users, self._with_epilogues):
            for i in list(self.kernels):
                fuse(i)
                yield
        yield from self._join()

    def fused(self) -> list[Kernel]:
        """The kernels as they are now, in order."""
        return [self.kernels[i] for i in sorted(self.kernels)]

    # The graph

    def _use(self, i: int, kernel: Kernel) -> None:
        for v in kernel.sources:
            self._users.setdefault(v, set()).add(i)

    def _replace(self, i: int, kernel: Kernel) -> None:
        """Put another kernel in a place."""
        self._drop(i)
        self.kernels[i] = kernel
        self._use(i, kernel)

    def _drop(self, i: int) -> None:
        for v in self.kernels.pop(i).sources:
            self._users[v].discard(i)

    def _tensors(self, sources: Iterable[int]) -> set[int]:
        return {v for v in sources if v not in self.numbers}

    def _memo(self, function: Any, *args: Any) -> Any:
        key = (function, *[id(x) if isinstance(x, Spec) else x for x in args])
        found = self._asked.get(key)
        if found is None:
            found = self._asked[key] = (function(*args), args)  # which keeps the ids their own
        return found[0]

    def _merged(self, spec: Spec, sources: tuple[int, ...]) -> tuple[Spec, tuple[int, ...]]:
        """The kernel with each tensor read as one input, its numbers under plain names."""
        pattern = tuple([sources.index(v) for v in sources])
        merged, left = self._memo(merged_inputs, spec, pattern)
        merged = self._memo(with_plain_names, merged)
        return merged, tuple([sources[i] for i in left])

    # Into the producer

    def _with_epilogues(self, i: int) -> None:
        """Fuse what follows a kernel into it, one after another."""
        place: int | None = i if i in self.kernels else None
        while place is not None:
            place = self._into_epilogue(place)

    def _into_epilogue(self, i: int) -> int | None:
        """Fuse the only user of a kernel into it; the place where the result stands, if any."""
        first = self.kernels[i]
        (v, *more) = first.outputs
        users = self._users.get(v, set())
        if more or v in self.kept or len(users) != 1:
            return None
        (j,) = users
        second = self.kernels[j]
        if not isinstance(first.spec, Map | Reduce | Contract) or not isinstance(second.spec, Map):
            return None
        if second.sources.count(v) != 1 or len(second.outputs) != 1:
            return None
        if len(self._tensors([*first.sources, *second.sources]) - {v}) > self.target.most_inputs:
            return None
        which = second.sources.index(v)
        spec = self._memo(into_epilogue, first.spec, second.spec, which)
        if spec is None or not self.target.lie_alike(spec.output.shape, second.spec.output.shape):
            return None
        sources = (*first.sources, *second.sources[:which], *second.sources[which + 1 :])
        self._drop(i)
        self._replace(j, self._kernel(spec, sources, second.outputs, first.names + second.names))
        return j

    def _kernel(
        self, spec: Spec, sources: tuple[int, ...], outputs: tuple[int, ...], names: Sequence[str]
    ) -> Kernel:
        return Kernel(*self._merged(spec, sources), outputs, tuple(names))

    # Into the users

    def _into_users(self, i: int) -> None:
        """Compute a map wherever it is read, if all its users can and it costs less."""
        first = self.kernels[i]
        v = first.outputs[0]
        users = sorted(self._users.get(v, ()))
        if not isinstance(first.spec, Map) or v in self.kept or not users:
            return
        if not all(self._takes(self.kernels[j], first, v) for j in users):
            return
        if not self._is_cheaper(first, v, [self.kernels[j] for j in users]):
            return
        fused = [self._with_prologue(first, self.kernels[j], v) for j in users]
        if None in fused:
            return
        for j, kernel in zip(users, fused, strict=True):
            assert kernel is not None
            self._replace(j, kernel)
        self._drop(i)

    def _takes(self, user: Kernel, first: Kernel, v: int) -> bool:
        spec = user.spec
        if not isinstance(spec, Map | Reduce | Contract):
            return False
        if isinstance(spec, Reduce) and (spec.combine == "step" or spec.combine.startswith("arg")):
            return False
        in_operand = isinstance(spec, Contract) and any(
            self._memo(_reads, spec, k, slot)
            for k, source in enumerate(user.sources)
            if source == v
            for slot in SHARED
        )
        if first.spec.output.size > DIVISIBLE and any(
            spec.inputs[k].shape != first.spec.output.shape
            for k, source in enumerate(user.sources)
            if source == v
        ):
            return False
        # An operand that is more than a plain read can be copied by no target to lie well.
        if in_operand and not self._memo(_is_plain_read, first.spec):
            return False
        if len(self._tensors([*user.sources, *first.sources]) - {v}) > self.target.most_inputs:
            return False
        return self._memo(_nodes, spec) + self._memo(_nodes, first.spec) <= LARGEST

    def _with_prologue(self, first: Kernel, user: Kernel, v: int) -> Kernel | None:
        spec, sources = user.spec, user.sources
        while v in sources:
            which = sources.index(v)
            spec = self._memo(into_prologue, first.spec, spec, which)
            if spec is None:
                return None
            sources = (*sources[:which], *sources[which + 1 :], *first.sources)
        return self._kernel(spec, sources, user.outputs, first.names + user.names)

    def _is_cheaper(self, first: Kernel, v: int, users: list[Kernel]) -> bool:
        """Whether to compute at every read costs no more than to store once and read that."""
        size = first.spec.output.size
        numbers = tuple(source in self.numbers for source in first.sources)
        cost: _Cost = self._memo(_cost, first.spec, numbers)
        if len(users) > 1 and cost.operators > LIGHT * OPERATOR:
            return False
        reads = sum(
            self._memo(_reads_of, user.spec, k)
            for user in users
            for k, source in enumerate(user.sources)
            if source == v
        )
        stored = DRAW + size * (cost.total + LOAD) + reads * LOAD
        return reads * cost.total <= stored

    # Side by side

    def _join(self) -> Iterator[None]:
        """Make one kernel of small maps of one shape that read the same, where order permits."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for i in sorted(self.kernels):
            spec = self.kernels[i].spec
            if isinstance(spec, Map) and self._room(spec) > 1:
                groups.setdefault(spec.output.shape, []).append(i)
        for places in groups.values():
            yield from self._join_group(places)

    def _room(self, spec: Map) -> int:
        """How many outputs of this shape a kernel can have."""
        return self.target.most_outputs // self.target.layers_of(spec.output.shape)

    def _join_group(self, places: list[int]) -> Iterator[None]:
        """Let each kernel take those after it that it can."""
        while places:
            i = places.pop(0)
            for j in places[:]:
                place = self._joined(i, j)
                if place is not None:
                    places.remove(j)
                    i = place
                    yield

    def _joined(self, i: int, j: int) -> int | None:
        """One kernel in the place of two; None if that cannot be, or reads nothing twice."""
        first, second = self.kernels[i], self.kernels[j]
        assert isinstance(first.spec, Map)
        shared = self._tensors(first.sources) & self._tensors([*second.sources, *first.outputs])
        needs = [v for v in first.outputs if v in second.sources]
        if not (shared or needs) or len(first.outputs + second.outputs) > self._room(first.spec):
            return None
        if len(self._tensors([*first.sources, *second.sources])) > self.target.most_inputs:
            return None
        # The first one moves down to the second: nobody between may need what it makes.
        users = set().union(*[self._users.get(v, set()) for v in first.outputs]) - {j}
        if any(k < j for k in users):
            return None
        for v in needs:
            # What the first one makes is at hand, where the second one is at the same place.
            if not self._memo(_reads_in_place, second.spec, second.sources.index(v)):
                return None
            alone = first._replace(spec=self._memo(_alone, first.spec, first.outputs.index(v)))
            computed = self._with_prologue(alone, second, v)
            if computed is None:
                return None
            second = computed
        spec = self._memo(together, first.spec, second.spec)
        if spec is None or self._memo(_nodes, spec) > LARGEST:
            return None
        kernel = self._kernel(
            spec, first.sources + second.sources, first.outputs + second.outputs,
            first.names + self.kernels[j].names,
        )  # fmt: skip
        self._drop(i)
        self._replace(j, kernel)
        return j


def _expressions(spec: Spec) -> dict[str, Expr]:
    """The expressions of a kernel that are fused into, by the name of the slot."""
    if isinstance(spec, Map):
        return {f"body {k}": x for k, x in enumerate(spec.expressions())}
    if isinstance(spec, Contract):
        return {"left": spec.left, "right": spec.right, "epilogue": spec.epilogue}
    assert isinstance(spec, Reduce)
    return {"body": spec.body, "epilogue": spec.epilogue}


def _nodes(spec: Spec) -> int:
    return len(walk(*_expressions(spec).values()))


def _loads(x: Expr, which: int) -> int:
    """At how many places an expression reads an input."""
    return sum(y.op == "load" and y.attr == which for y in walk(x))


def _reads(spec: Spec, which: int, slot: str) -> int:
    """The same for one slot of a kernel, times how often that is evaluated."""
    loads = _loads(_expressions(spec)[slot], which)
    if not loads or slot == "epilogue":
        return loads * spec.output.size
    return loads * spec.output.size * prod(spec.reduce_shape) // SHARED.get(slot, 1)


def _reads_of(spec: Spec, which: int) -> int:
    """How many elements of an input a kernel reads in all."""
    return sum(_reads(spec, which, slot) for slot in _expressions(spec))


def _reads_in_place(spec: Map, which: int) -> bool:
    """Whether a map reads an input only at the place that it writes to."""
    own = tuple(
        index.ZERO if size == 1 else expr.axis(i) for i, size in enumerate(spec.output.shape)
    )
    loads = [x for x in walk(*spec.expressions()) if x.op == "load" and x.attr == which]
    return spec.inputs[which].shape == spec.output.shape and all(x.args == own for x in loads)


def _alone(spec: Map, which: int) -> Map:
    """A map with one of its outputs only."""
    body, output = spec.expressions()[which], spec.outputs[which]
    return replace(spec, body=body, output=output, more=())


def _is_plain_read(spec: Map) -> bool:
    """Whether a map only moves elements, each coordinate to another axis or along its own."""
    return spec.body.op == "load" and all(
        where.op in ("axis", "const")
        or (where.op == "add" and sum(x.op == "axis" for x in walk(where)) == 1)
        for where in spec.body.args
    )


def _cost(spec: Map, numbers: tuple[bool, ...]) -> _Cost:
    values = walk(spec.body, opaque=("load",))
    operators = sum(_SLOW.get(x.op, 1) for x in values if x.args and x.op != "load")
    loads = [x for x in values if x.op == "load"]
    # Coordinates that are computed by division cost about what the load does.
    across = sum(x.op in ("quotient", "remainder") for load in loads for x in walk(*load.args))
    tensors = sum(not numbers[x.attr] for x in loads)
    return _Cost(OPERATOR * (operators + 2 * across), LOAD * tensors)
