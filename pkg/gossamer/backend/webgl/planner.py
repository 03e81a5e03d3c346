"""From a lowering to a plan: programs written and compiled unless equal ones exist, sizes stored.

A plan is prepared once for a call; running it is one call into JavaScript for each of its draws.
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from gossamer.backend.webgl.layout import Layout, layout_of
from gossamer.backend.webgl.pool import SizeClass, size_class
from gossamer.backend.webgl.program import Program, build
from gossamer.backend.webgl.request import Request
from gossamer.backend.webgl.scatter import (
    PointsProgram,
    build_points,
    is_for_points,
    point_count,
)
from gossamer.backend.webgl.storage import kind_of
from gossamer.errors import OutOfDeviceMemoryError
from gossamer.kernel.parts import as_parts
from gossamer.kernel.passes import flattened, in_two_passes
from gossamer.kernel.scan import in_folds
from gossamer.kernel.scatter import in_gathers
from gossamer.kernel.sort import in_merges
from gossamer.kernel.spec import (
    Contract,
    Lowering,
    Map,
    Reduce,
    Scan,
    Scatter,
    Sort,
    Spec,
    TensorSpec,
)
from gossamer.kernel.turned import with_turned_operands

PROGRAMS_LIMIT = 1024
# A fold of so many steps in so few fragments is done in two passes.
FEW_FRAGMENTS = 64
MANY_STEPS = 4096
SINGLE_LAYER_PARTS = 64
# Products of so many multiplications are worth a copy of an operand, which is a draw more.
WORTH_A_COPY = 1 << 16
FEW_LAYERS_UP_TO = 1 << 17


class CompiledProgram:
    """A program on the device; it goes with the last draw that uses it."""

    __slots__ = ("_drop", "number", "program")

    def __init__(self, device: Any, program: Program) -> None:
        samplers = " ".join(f"t{i}" for i in program.textures)
        scalars = ",".join(f"{kind} s{i}" for i, kind in program.scalars)
        self.program = program
        vertex = program.vertex if isinstance(program, PointsProgram) else ""
        self.number = device.compile(program.source, samplers, scalars, vertex)
        self._drop = device.dropProgram

    def __del__(self) -> None:
        self._drop(self.number)


class Draw:
    """One draw of a plan: a program with its sizes.

    Attributes:
        number: the shim's number of it.
        spec: what it computes.
        size_class: of the texture that it fills; the first one's, if these are several.
        size_classes: of all textures that it fills.
        compiled: its program.
        textures: what it samples: a number counts the call's inputs, then the draws before.
        kinds: of these textures.
        scalars: the call's inputs that it takes as uniforms.
    """

    __slots__ = (
        "_drop", "compiled", "kinds", "number", "scalars", "size_class", "size_classes", "spec",
        "textures",
    )  # fmt: skip

    def __init__(
        self, device: Any, compiled: CompiledProgram, request: Request, sources: tuple[int, ...]
    ) -> None:
        program, lay = compiled.program, request.output
        values = np.zeros(-(-len(program.uniforms) // 4) * 4, np.int32)
        for slot, name in enumerate(program.uniforms):
            value = request.uniform_value(name)
            values[slot] = np.float32(value).view(np.int32) if isinstance(value, float) else value
        size, spec = (lay.width, lay.height), request.spec
        if isinstance(spec, Scatter):
            largest = spec.combine == "max"
            self.number = device.plan(compiled.number, values, *size, point_count(request), largest)
        else:
            self.number = device.plan(compiled.number, values, *size)
        self.spec = request.spec
        self.size_classes = tuple(size_class_of(x, lay, request.floats) for x in spec.outputs)
        self.size_class = self.size_classes[0]
        self.compiled = compiled
        self.textures = tuple(sources[i] for i in program.textures)
        self.kinds = tuple(kind_of(spec.inputs[i].dtype, request.floats) for i in program.textures)
        self.scalars = tuple(sources[number] for number, _ in program.scalars)
        self._drop = device.dropPlan

    def __del__(self) -> None:
        self._drop(self.number)


class Plan(NamedTuple):
    """How to run a call: draws, one after another; the last one fills the output.

    Attributes:
        draws: in order.
        dead: for each draw the values that none after it needs, numbered like `Draw.textures`.
    """

    draws: tuple[Draw, ...]
    dead: tuple[tuple[int, ...], ...]


def size_class_of(spec: TensorSpec, lay: Layout, floats: str) -> SizeClass:
    """The class of the texture that holds a tensor; `floats`: the kind that holds float32."""
    return size_class(kind_of(spec.dtype, floats), lay.width, lay.height, lay.layers)


class Planner:
    """Makes plans for one device, and keeps its programs.

    Args:
        device: the shim's.
        layers: how many draw buffers to use.
    """

    def __init__(self, device: Any, layers: int) -> None:
        self._device = device
        self.layers = layers
        self._largest = device.textureSize
        self._floats: str = device.floats
        # Whether a scatter of floats is points that the device adds up.
        self.adds_points: bool = device.addsFloats
        self._programs: dict[Any, CompiledProgram] = {}

    def layout(self, spec: TensorSpec) -> Layout:
        """Where the elements of a tensor lie.

        Raises:
            OutOfDeviceMemoryError: for more than fit a texture.
        """
        lay = layout_of(spec.shape, self.layers)
        if max(lay.width, lay.height) > self._largest:
            raise OutOfDeviceMemoryError(
                f"Expected a tensor that fits {self.layers} layers of "
                f"{self._largest} texels squared. Received: shape={spec.shape}"
            )
        return lay

    def size_class(self, spec: TensorSpec) -> SizeClass:
        """The class of the texture that holds a tensor."""
        held = as_parts(spec)
        return size_class_of(held, self.layout(held), self._floats)

    def lie_alike(self, shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
        """Whether the same elements in row-major order lie in the same places of both."""
        return shape == other or layout_of(shape, self.layers).lies_like(
            layout_of(other, self.layers)
        )

    def is_alias(self, lowering: Lowering, are_scalars: tuple[bool, ...]) -> bool:
        """Whether the output is the first input's texture as it is."""
        if not isinstance(lowering, Map) or not lowering.keeps_elements or are_scalars[0]:
            return False
        return self.layout(lowering.output).lies_like(self.layout(lowering.inputs[0]))

    def plan(self, lowering: Lowering, are_scalars: tuple[bool, ...]) -> Plan:
        """The draws for a lowering of a call, some of whose inputs are scalars."""
        count = len(are_scalars)
        draws = []
        for step in flattened(lowering, count, self._expand):
            scalars = tuple(i < count and are_scalars[i] for i in step.sources)
            draws.append(self._draw(step.spec, scalars, step.sources))
        last_use = {i: k for k, draw in enumerate(draws) for i in draw.textures if i >= count}
        dead = [tuple(i for i in last_use if last_use[i] == k) for k in range(len(draws))]
        return Plan(tuple(draws), tuple(dead))

    def _expand(self, spec: Spec) -> Lowering:
        """Several kernels for what one does badly."""
        if isinstance(spec, Scan):
            return in_folds(spec)
        if isinstance(spec, Scatter):
            is_float = kind_of(spec.output.dtype, self._floats) == "float"
            if self.adds_points and is_for_points(spec) and is_float:
                return spec
            return in_gathers(spec)
        if isinstance(spec, Sort):
            return in_merges(spec)
        if not isinstance(spec, Reduce | Contract):
            return spec
        lay = self.layout(spec.output)
        steps = prod(spec.over)
        worth = spec.output.size * steps >= WORTH_A_COPY and lay.quads > 1
        if isinstance(spec, Contract) and worth and len(lay.dims) == len(spec.output.shape):
            # A copy pays when several columns of texels use it.
            turned = with_turned_operands(spec, len(lay.dims) - 1)
            if turned is not None:
                return turned
        if lay.stride >= FEW_FRAGMENTS or steps < MANY_STEPS:
            return spec
        # Both passes are about equally long then; but few enough parts for a single layer if that
        # is about the same, since the number of layers is part of a program.
        parts = SINGLE_LAYER_PARTS
        if steps > FEW_LAYERS_UP_TO:
            parts = 1 << (steps.bit_length() // 2 + 1)
        return in_two_passes(spec, parts) or spec

    def _draw(self, spec: Spec, are_scalars: tuple[bool, ...], sources: tuple[int, ...]) -> Draw:
        """A draw with the program that serves it, compiled unless it is there."""
        request = Request(
            spec=spec,
            output=self.layout(spec.output),
            inputs=tuple(self.layout(given) for given in spec.inputs),
            are_scalars=are_scalars,
            floats=self._floats,
        )
        key = request.key()
        compiled = self._programs.pop(key, None)
        if compiled is None:
            write = build_points if isinstance(spec, Scatter) else build
            compiled = CompiledProgram(self._device, write(request))
            if len(self._programs) >= PROGRAMS_LIMIT:
                del self._programs[next(iter(self._programs))]
        self._programs[key] = compiled  # at the end: the order is that of last use
        return Draw(self._device, compiled, request, sources)
