"""From kernels to the draws of a replay: fusion, programs, and which texture each value lies in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gossamer.backend.base import Call
from gossamer.backend.graph import Graph, KernelInfo, Node
from gossamer.backend.numpy.replay import bytes_of
from gossamer.backend.pieces import Pieces
from gossamer.backend.webgl import device as js
from gossamer.backend.webgl.planner import Draw, Plan
from gossamer.backend.webgl.pool import SizeClass
from gossamer.backend.webgl.texture import Texture
from gossamer.kernel import expr
from gossamer.kernel.expr import Expr, substitute, walk
from gossamer.kernel.fusion import Fusion, Kernel
from gossamer.kernel.parts import as_parts, in_parts
from gossamer.kernel.spec import Map, Spec, TensorSpec

if TYPE_CHECKING:
    from gossamer.backend.webgl.webgl_backend import WebglBackend

# Textures that a kernel may read: every WebGL2 has 16 units.
MOST_INPUTS = 16
# Programs that the device may compile while further ones are written.
MOST_UNDER_WAY = 4


class Element(NamedTuple):
    """A number that a draw is given: an element of a small value on the host."""

    value: int
    place: tuple[int, ...]


class DrawList:
    """All draws of a replay, and the slots in which their textures are.

    Slots of the workspace and of constants come first, the same at every run; then those of values
    that have a texture of their own at each.

    Args:
        backend: the backend.
        specs: of all values; more are added, of what a call computes in several kernels.
        on_host: the values that NumPy has.
        values: what is known: the constants.
    """

    def __init__(
        self,
        backend: WebglBackend,
        specs: Sequence[TensorSpec],
        on_host: set[int],
        values: Sequence[Any],
    ) -> None:
        self.backend = backend
        self.planner = backend.planner
        self.specs = list(specs)
        self.on_host = on_host
        self.known = values
        self.segments: list[Segment] = []
        # By the numbers of programs, what the device is told of them; empty once it has been.
        self._expected: dict[int, str] = {}
        # The inputs that nobody needs after this run.
        self.given_up: Collection[int] = ()
        self.elements: list[Element] = []
        # The values that stand for an element of another one.
        self.element_of: dict[int, Element] = {}
        self._fixed: list[SizeClass] = []
        self._constants: dict[int, int] = {}
        self._own: dict[int, int] = {}

    # What draws refer to

    def is_number(self, v: int) -> bool:
        """Whether a value is a number that is passed as such."""
        return v in self.element_of or (v in self.on_host and self.specs[v].size == 1)

    def is_known(self, v: int) -> bool:
        return v < len(self.known) and self.known[v] is not None

    def new_value(self, spec: TensorSpec) -> int:
        self.specs.append(spec)
        return len(self.specs) - 1

    def scratch(self, wanted: SizeClass) -> int:
        """A new slot of the workspace; numbered on its own until `compile`."""
        self._fixed.append(wanted)
        return len(self._fixed) - 1

    def own_slot(self, v: int) -> tuple[str, int]:
        """The slot of a value with a texture of its own: an input, an output, a constant."""
        if self.is_known(v):
            return "constant", self._constants.setdefault(v, len(self._constants))
        return "own", self._own.setdefault(v, len(self._own))

    def number(self, v: int) -> int:
        """The place of a number among those that every run is given."""
        element = self.element_of.get(v) or Element(v, ())
        if element not in self.elements:
            self.elements.append(element)
        return self.elements.index(element)

    # Making it ready

    def compile(self, inputs: Sequence[int]) -> None:
        """Hand the draws over to the device; `inputs` are the graph's."""
        bases = {"scratch": 0, "constant": len(self._fixed)}
        fixed = bases["own"] = len(self._fixed) + len(self._constants)
        words: list[int] = []
        self._sources: list[str] = []
        for segment in self.segments:
            segment.begin = len(self._sources)
            for draw, *places, numbers in segment.commands:
                words.append(draw.number)
                for slots in places:
                    words += _counted([bases[kind] + i for kind, i in slots])
                words += _counted(numbers)
                self._sources.append(draw.compiled.program.source)
            segment.end = len(self._sources)
        device = self.backend.device
        self._number = device.prepareReplay(np.array(words, np.int32), fixed)
        self._drop = device.dropReplay
        self._replay = device.replay
        self._scratches = self.backend.workspace.scratches(self._fixed)
        self._own_values = list(self._own)
        self._given = [v for v in self._own_values if v < len(self.known) and v in inputs]
        self._version = (-1, -1)

    def expect(self, draws: Sequence[Draw]) -> None:
        """Note programs that are to be ready before the first run, if someone waits for them."""
        for draw in draws:
            filled = ",".join([f"{wanted.kind}:{wanted.layers}" for wanted in draw.size_classes])
            line = f"{draw.number} {filled} {','.join(draw.kinds)}"
            self._expected.setdefault(draw.compiled.number, line)

    async def caught_up(self, most: int = MOST_UNDER_WAY) -> None:
        """Wait until all programs but so many are ready."""
        new = [line for line in self._expected.values() if line]
        self._expected = dict.fromkeys(self._expected, "")
        await js.ready(self.backend.device, "\n".join(new), most)

    def __del__(self) -> None:
        if hasattr(self, "_number"):
            self._drop(self._number)

    def begin(self, values: list[Any]) -> None:
        """Give tensors that came as numbers a texture, before any draw."""
        for v in self._given:
            if isinstance(values[v], np.ndarray):
                values[v] = self._uploaded(values[v], self.specs[v])

    def _uploaded(self, array: np.ndarray, spec: TensorSpec) -> Texture:
        return self.backend.put_on_device(np.broadcast_to(array, spec.shape))

    def run(self, segment: Segment, values: list[Any]) -> None:
        """Draw a segment."""
        numbers = self.ready(segment, values)
        self.draw(segment.begin, segment.end, numbers, values)

    def ready(self, segment: Segment, values: list[Any]) -> list[int]:
        """Make the textures of what a segment computes; the numbers of all that are its own."""
        backend = self.backend
        pool, workspace = backend.pool, backend.workspace
        values += [None] * (len(self.specs) - len(values))
        for v, original in segment.uploads:
            values[v] = self._uploaded(values[original], self.specs[v])
        pool.pinned = pinned = [*self._scratches, *[values[v] for v in self._own_values]]
        try:
            workspace.hold(self._scratches)
            for v, wanted in segment.makes:
                donor = segment.donors.get(v)
                if donor is not None and donor in self.given_up:
                    values[v] = values[donor]
                else:
                    values[v] = Texture(pool, wanted)
                pinned.append(values[v])
            for v, root in segment.aliases:
                values[v] = values[root]
            numbers = [0 if (x := values[v]) is None else x.number for v in self._own_values]
            if 0 in numbers:
                numbers = [
                    0 if (x := values[v]) is None else x.on_device() for v in self._own_values
                ]
            version = (workspace.version, pool.generation)
            if version != self._version:
                self._bind()
                self._version = version
        finally:
            pool.pinned = ()
        return numbers

    def draw(self, begin: int, end: int, numbers: list[int], values: list[Any]) -> None:
        """Issue some draws, by one call."""
        scalars = [
            0 if (x := values[v]) is None else x[place].item() if place else x.item()
            for v, place in self.elements
        ]
        try:
            self._replay(self._number, begin, end, len(numbers), *numbers, *scalars)
        except js.JsException as error:
            step = getattr(error, "step", None)
            source = self._sources[step] if isinstance(step, int) else ""
            raise js.translated(error, source) from None

    def _bind(self) -> None:
        """Tell the device the textures that stay."""
        self._held = [
            x if isinstance(x, Texture) else self._uploaded(x, self.specs[v])
            for v in self._constants
            for x in [self.known[v]]
        ]
        textures = [x.number for x in self._scratches] + [x.on_device() for x in self._held]
        self.backend.device.bindReplay(self._number, *textures)


def _counted(numbers: Sequence[int]) -> list[int]:
    return [len(numbers), *numbers]


Slot = tuple[str, int]


class Segment:
    """Draws that are issued by one call.

    Args:
        draws: the list of all draws.

    Attributes:
        commands: for each draw its outputs' and textures' slots, and its numbers.
        makes: the values that get a texture of their own.
        donors: for some of these an input of the same class that has been read by then.
        aliases: values that lie where others do, which are made before.
        uploads: values that are copies on the device of others on the host, which draws read.
        begin, end: its draws among all.
    """

    def __init__(self, draws: DrawList) -> None:
        self.draws = draws
        self.commands: list[tuple[Draw, list[Slot], list[Slot], list[int]]] = []
        self.makes: list[tuple[int, SizeClass]] = []
        self.donors: dict[int, int] = {}
        self.uploads: list[tuple[int, int]] = []
        self.begin = self.end = 0
        self._roots: dict[int, int] = {}
        self._plans: dict[Any, Plan] = {}

    def build(self, nodes: Sequence[Node], kept: set[int]) -> Pieces[None]:
        """Fuse and plan.

        Args:
            nodes: what is computed, in order.
            kept: the values that are needed afterwards.
        """
        draws = self.draws
        kernels = yield from self._lowered(nodes)
        self.aliases = [(v, self._root(v)) for v in kept if v in self._roots]
        roots = {self._root(v) for v in kept}
        target = _Device(draws.planner)
        numbers = {v for v in range(len(draws.specs)) if draws.is_number(v)}
        fusion = Fusion(kernels, roots, numbers, target)
        yield from fusion.steps()
        self.kernels = fusion.fused()
        self._planned: list[Plan] = []
        for kernel in self.kernels:
            plan = self._plan(kernel)
            self._planned.append(plan)
            draws.expect(plan.draws)
            yield draws.caught_up
        self._assign(roots)
        draws.segments.append(self)

    def run(self, values: list[Any]) -> None:
        self.draws.run(self, values)

    def parts(self) -> list[Callable[[list[Any]], None]]:
        """Its kernels one by one, to be timed; the first one makes all ready."""
        ends = list(accumulate([len(plan.draws) for plan in self._planned], initial=self.begin))
        numbers: list[int] = []

        def run(begin: int, end: int, values: list[Any]) -> None:
            if begin == self.begin:
                numbers[:] = self.draws.ready(self, values)
            self.draws.draw(begin, end, numbers, values)

        return [partial(run, begin, end) for begin, end in pairwise(ends)]

    def infos(self) -> list[KernelInfo]:
        found = []
        for kernel, plan in zip(self.kernels, self._planned, strict=True):
            inputs = tuple(self.draws.specs[v] for v in kernel.sources)
            outputs = tuple(self.draws.specs[v] for v in kernel.outputs)
            sources = dict.fromkeys(draw.compiled.program.source for draw in plan.draws)
            moved = bytes_of(*inputs, *outputs)
            found.append(
                KernelInfo(
                    kernel.names, inputs, outputs, len(plan.draws), moved, "\n".join(sources)
                )
            )
        return found

    def _root(self, v: int) -> int:
        while v in self._roots:
            v = self._roots[v]
        return v

    # From calls to kernels

    def _lowered(self, nodes: Sequence[Node]) -> Pieces[list[Kernel]]:
        kernels: list[Kernel] = []
        for node in nodes:
            call = node.call
            assert isinstance(call, Call)
            lowering = call.plans.get("lowering")
            if lowering is None:
                made = call.primitive.lower(*call.inputs, call.output, **call.static)
                lowering = call.plans["lowering"] = in_parts(made)
            yield None
            numbers = list(node.inputs)
            if isinstance(lowering, Spec):
                self._add(kernels, lowering, numbers, node.outputs[0], node.name)
                continue
            for step in lowering.steps:
                is_last = step is lowering.steps[-1]
                v = node.outputs[0] if is_last else self.draws.new_value(step.spec.output)
                self._add(kernels, step.spec, [numbers[k] for k in step.sources], v, node.name)
                numbers.append(v)
        return kernels

    def _add(
        self, kernels: list[Kernel], spec: Spec, sources: list[int], v: int, name: str
    ) -> None:
        sources = [self._root(x) for x in sources]
        if isinstance(spec, Map) and spec.keeps_elements and not self.draws.is_number(sources[0]):
            shapes = (as_parts(self.draws.specs[x]).shape for x in (v, sources[0]))
            if self.draws.planner.lie_alike(*shapes):
                self._roots[v] = sources[0]
                return
        spec, sources = self._with_numbers(spec, sources)
        kernels.append(Kernel(spec, tuple(sources), (v,), (name,)))

    def _with_numbers(self, spec: Spec, sources: list[int]) -> tuple[Spec, list[int]]:
        """Small arrays on the host that are read at known places only are a number for each."""
        for k, v in enumerate(sources):
            if v not in self.draws.on_host or self.draws.is_number(v) or self.draws.is_known(v):
                continue
            found = _with_elements(spec, k)
            if found is None:
                sources[k] = self._on_device(v)
                continue
            spec, places = found
            for place in places:
                number = self.draws.new_value(TensorSpec((), self.draws.specs[v].dtype))
                self.draws.element_of[number] = Element(v, place)
                sources.append(number)
        return spec, sources

    def _on_device(self, v: int) -> int:
        """The copy on the device of a value on the host."""
        copy = next((copy for copy, source in self.uploads if source == v), None)
        if copy is None:
            copy = self.draws.new_value(self.draws.specs[v])
            self.uploads.append((copy, v))
        return copy

    # From kernels to draws

    def _assign(self, kept: set[int]) -> None:
        """Find a slot for each value; those of the workspace are used again after the last use."""
        planned = self._planned
        last: dict[int, int] = {}
        for i, kernel in enumerate(self.kernels):
            last.update(dict.fromkeys(kernel.sources, i))
        free: dict[SizeClass, list[int]] = {}
        places: dict[int, tuple[int, SizeClass]] = {}

        def take(wanted: SizeClass) -> int:
            waiting = free.get(wanted)
            return waiting.pop() if waiting else self.draws.scratch(wanted)

        for i, (kernel, plan) in enumerate(zip(self.kernels, planned, strict=True)):
            slots: dict[int, Slot] = {}
            count = len(kernel.sources)
            for k, v in enumerate(kernel.sources):
                if v in places:
                    slots[k] = "scratch", places[v][0]
                elif not self.draws.is_number(v):
                    slots[k] = self.draws.own_slot(v)
            for d, (draw, dead) in enumerate(zip(plan.draws, plan.dead, strict=True)):
                outputs: list[Slot] = []
                if d == len(plan.draws) - 1:
                    for v, wanted in zip(kernel.outputs, draw.size_classes, strict=True):
                        if v in kept:
                            self.makes.append((v, wanted))
                            outputs.append(self.draws.own_slot(v))
                        else:
                            places[v] = take(wanted), wanted
                            outputs.append(("scratch", places[v][0]))
                else:
                    place = take(draw.size_class)
                    slots[count + d] = "scratch", place
                    outputs.append(slots[count + d])
                numbers = [self.draws.number(kernel.sources[k]) for k in draw.scalars]
                self.commands.append((draw, outputs, [slots[k] for k in draw.textures], numbers))
                for k in dead:
                    free.setdefault(plan.draws[k - count].size_class, []).append(slots[k][1])
            for v in {*kernel.sources, *kernel.outputs}:
                if v in places and last.get(v, i) == i:
                    place, given = places.pop(v)
                    free.setdefault(given, []).append(place)

    def find_donors(self, graph: Graph) -> None:
        """Let new values of variables take the textures of old ones that have been read.

        A draw cannot fill what it samples, so that a variable's own texture does not serve itself,
        but the next one of its kind: the moments of an optimizer pass theirs on.
        """
        needed = {self._root(v) for v in graph.outputs}
        waiting = {n for n in graph.replaced if n not in needed and not self.draws.is_number(n)}
        last: dict[int, int] = {}
        for i, kernel in enumerate(self.kernels):
            last.update(dict.fromkeys(kernel.sources, i))
        wanted = dict(self.makes)
        free: dict[SizeClass, list[int]] = {}
        for i, kernel in enumerate(self.kernels):
            for v in kernel.outputs:
                if v in wanted and free.get(wanted[v]):
                    self.donors[v] = free[wanted[v]].pop()
            for n in waiting.intersection(kernel.sources):
                if last[n] == i:
                    free.setdefault(self.draws.planner.size_class(self.draws.specs[n]), []).append(
                        n
                    )

    def _plan(self, kernel: Kernel) -> Plan:
        scalars = tuple([self.draws.is_number(v) for v in kernel.sources])
        key = (id(kernel.spec), scalars)
        if key not in self._plans:
            self._plans[key] = self.draws.planner.plan(kernel.spec, scalars)
        return self._plans[key]


def _with_elements(spec: Spec, which: int) -> tuple[Spec, list[tuple[int, ...]]] | None:
    """A kernel whose loads of an input are further inputs, one for each place; and the places.

    None if a place is not known beforehand. The input itself stays, unread.
    """
    if not isinstance(spec, Map):
        return None
    loads = [x for x in walk(spec.body) if x.op == "load" and x.attr == which]
    if not all(where.op == "const" for x in loads for where in x.args):
        return None
    count = len(spec.inputs)
    numbers: dict[Expr, Expr] = {x: expr.load(count + i, (), x.dtype) for i, x in enumerate(loads)}
    given = TensorSpec((), spec.inputs[which].dtype)
    body = substitute(spec.body, numbers)
    changed = replace(spec, inputs=(*spec.inputs, *[given] * len(loads)), body=body)
    return changed, [tuple(where.attr for where in x.args) for x in loads]


class _Device:
    """What `Fusion` asks of the device."""

    most_inputs = MOST_INPUTS

    def __init__(self, planner: Any) -> None:
        self._planner = planner
        self.most_outputs: int = planner.layers

    def lie_alike(self, shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
        return self._planner.lie_alike(shape, other)

    def layers_of(self, shape: tuple[int, ...]) -> int:
        return self._planner.layout(TensorSpec(shape, "float32")).layers
