"""The `webgl` backend: kernels as WebGL2 fragment shaders, tensors as float and integer textures.

A call is prepared once: its kernel is lowered, its program written and compiled unless an equal
one exists, and its sizes stored as a plan. After that, running it is one call into JavaScript.
Single elements that come from Python stay in Python: they are passed as uniforms, and what is
computed from them alone is computed there.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from gossamer.backend.base import Backend, Call, Done, Pending
from gossamer.backend.graph import Graph
from gossamer.backend.pieces import Pieces
from gossamer.backend.webgl import device as js
from gossamer.backend.webgl.layout import empty_texels, from_texels, to_texels
from gossamer.backend.webgl.pending_read import PendingRead, elements, joined
from gossamer.backend.webgl.planner import Draw, Plan, Planner, size_class_of
from gossamer.backend.webgl.pool import TexturePool
from gossamer.backend.webgl.replay import WebglReplay, made
from gossamer.backend.webgl.storage import (
    READ,
    UPLOADED,
    element_dtype,
    elements_of,
)
from gossamer.backend.webgl.texture import Buffer, Texture
from gossamer.backend.webgl.workspace import Workspace
from gossamer.dtypes import NARROWED, name_of
from gossamer.errors import BackendUnavailableError
from gossamer.kernel.parts import as_parts, in_parts
from gossamer.kernel.spec import COMPUTE_DTYPE, TensorSpec

MOST_LAYERS = 8
GIB = 1 << 30
# A software rasteriser reaches a few on each core (6 to 9 on two), the smallest GPUs 100.
FAST_GFLOPS = 40.0
# What the scripts count.
COUNTS = ("draws", "programs", "uploads", "upload_bytes", "reads", "read_bytes", "fences")

# Instead of a plan: the output is the first input's texture; the NumPy reference computes it.
ALIAS = "alias"
ON_HOST = "on host"


class WebglBackend:
    """Runs calls on WebGL2. Buffers are textures, or NumPy arrays of at most one element.

    Args:
        without: extensions to do without, as on a device that lacks them.

    Attributes:
        floats: the kind of texture that holds float32: `"float"`, or `"uint"` on a device that
            cannot draw to floats.

    Raises:
        BackendUnavailableError: without WebGL2.
    """

    name = "webgl"
    can_be_lost = True
    has_elements = True
    adopts = False
    stands_for = name

    def __init__(self, without: Sequence[str] = ()) -> None:
        opened = js.open_device(without)
        if isinstance(opened, str):
            raise BackendUnavailableError(opened)
        self.device = opened
        self.layers = min(MOST_LAYERS, self.device.drawBuffers)
        self.floats: str = self.device.floats
        self.planner = Planner(self.device, self.layers)
        self._run = self.device.run
        self._upload = js.raising(self.device.upload)
        self._puts_later = False
        self._read = js.raising(self.device.read)
        self.pool = TexturePool(js.Textures(self.device), self.default_memory_limit())
        self.workspace = Workspace(self.pool)
        self._host_runs = 0
        self._restored_listeners: list[Callable[[], None]] = []
        js.on(self.device, "restored", self._restart)
        js.on(self.device, "refused", self.pool.retire)

    def is_fast(self) -> bool:
        """Whether a GPU draws here, and not a software rasteriser: measured, not guessed."""
        return self.device.measure() >= FAST_GFLOPS

    # Running

    def run(self, call: Call, buffers: Sequence[Any]) -> Buffer:
        are_scalars = tuple([type(buffer) is np.ndarray for buffer in buffers])
        plan = call.plans.get(are_scalars)
        if plan is None:
            plan = call.plans[are_scalars] = self._prepare(call, are_scalars)
        if type(plan) is not Plan:
            return buffers[0] if plan is ALIAS else self._run_on_host(call, buffers)
        if len(plan.draws) == 1:
            return self._draw(plan.draws[0], buffers)
        values = list(buffers)
        for draw, dead in zip(plan.draws, plan.dead, strict=True):
            values.append(self._draw(draw, values))
            for i in dead:
                values[i] = None
        return values[-1]

    def _draw(self, draw: Draw, buffers: Sequence[Any]) -> Texture:
        pool = self.pool
        pool.pinned = buffers
        try:
            textures = [buffers[i].number for i in draw.textures]
            if 0 in textures:
                textures = [buffers[i].on_device() for i in draw.textures]
            output = Texture(pool, draw.size_class)
        finally:
            pool.pinned = ()
        try:
            scalars = [buffers[i].item() for i in draw.scalars]
            self._run(draw.number, output.number, *textures, *scalars)
        except js.JsException as error:
            raise js.translated(error, draw.compiled.program.source) from None
        return output

    def _run_on_host(self, call: Call, buffers: Sequence[Buffer]) -> Buffer:
        if call.output.size == 0:
            return np.empty(call.output.shape, call.output.dtype)  # nothing is asked for it
        arrays = [self.get(x, spec) for x, spec in zip(buffers, call.inputs, strict=True)]
        self._host_runs += any(isinstance(x, Texture) for x in buffers)
        with np.errstate(all="ignore"):
            result = call.primitive.reference(*arrays, **call.static)
        return self.put(np.asarray(result, call.output.dtype))

    def _prepare(self, call: Call, are_scalars: tuple[bool, ...]) -> Plan | str:
        """Choose how to run a call; compile its program unless an equal one is there."""
        sizes = [spec.size for spec in (*call.inputs, call.output)]
        folded = all(are_scalars) and call.output.size == 1
        if folded or 0 in sizes or not callable(call.primitive.lower):
            return ON_HOST
        lowering = in_parts(call.primitive.lower(*call.inputs, call.output, **call.static))
        if self.planner.is_alias(lowering, are_scalars):
            return ALIAS
        return self.planner.plan(lowering, are_scalars)

    # Values in and out

    def put(self, array: np.ndarray) -> Buffer:
        if array.size <= 1 and array.dtype.kind != "c":
            return array.copy() if array.flags.writeable else array
        return self.put_on_device(array) if array.size else array.copy()

    def put_on_device(self, array: np.ndarray) -> Texture:
        """The same, as a texture even of a single element; there must be one."""
        array = np.require(array, requirements="A")  # JavaScript's views are aligned
        if array.dtype.kind == "c":
            array = array.astype(np.complex64, copy=False)[..., np.newaxis].view(np.float32)
        spec = TensorSpec(array.shape, name_of(array.dtype))
        lay = self.planner.layout(spec)
        wanted = size_class_of(spec, lay, self.floats)
        texels = to_texels(array, lay, element_dtype(spec.dtype)).view(UPLOADED[wanted.kind])
        if self._puts_later:
            page = texels.copy() if np.may_share_memory(texels, array) else texels
            return Texture(self.pool, wanted, page)
        buffer = Texture(self.pool, wanted)
        self._upload(buffer.number, lay.height, texels)
        return buffer

    @contextmanager
    def putting_later(self) -> Iterator[None]:
        """Within it elements stay on the CPU until something on the device needs them."""
        before, self._puts_later = self._puts_later, True
        try:
            yield
        finally:
            self._puts_later = before

    def get(self, buffer: Buffer, spec: TensorSpec) -> np.ndarray:
        if isinstance(buffer, np.ndarray):
            return buffer.reshape(spec.shape).copy()
        if (parts := as_parts(spec)) is not spec:
            return joined(self.get(buffer, parts), spec)
        lay = self.planner.layout(spec)
        if not buffer.number:
            page = buffer.page[:, : lay.width * lay.height * 4]
            page = elements_of(page, spec.dtype, buffer.size_class.kind)
            return from_texels(page, lay, spec.shape).astype(spec.dtype)
        texels = empty_texels(lay, READ[buffer.size_class.kind])
        self._read(buffer.number, lay.height, texels)
        return elements(texels, lay, spec, buffer.size_class.kind)

    def adopt(self, buffer: Any, spec: TensorSpec, source: Backend) -> Buffer:
        return self.put(source.get(buffer, spec))

    def is_on_host(self, buffer: Buffer) -> bool:
        return isinstance(buffer, np.ndarray)

    def weak_type(self, buffer: Any) -> None:
        return None

    def compile(self, graph: Graph) -> Pieces[WebglReplay]:
        return made(self, graph)

    def begin_read(self, buffer: Buffer, spec: TensorSpec, unasked: bool = False) -> Pending:
        if isinstance(buffer, Texture) and buffer.number:
            lay = self.planner.layout(as_parts(spec))
            return PendingRead(self.device, buffer, lay, spec, unasked)
        return Done(self.get(buffer, spec))

    # Context loss

    def on_restored(self, listener: Callable[[], None]) -> None:
        self._restored_listeners.append(listener)

    async def restored(self) -> None:
        await self.device.restored()

    def _restart(self) -> None:
        self.pool.restart()
        for listener in self._restored_listeners:
            listener()

    # Memory

    def default_memory_limit(self) -> int:
        """An eighth of the machine's memory, at most 2 GiB; 1 GiB where that is not known.

        WebGL cannot be asked what a device has; an integrated one shares what the machine has.
        """
        return int(min(self.device.machineMemory / 8 or 1, 2) * GIB)

    def set_memory_limit(self, limit: int | None) -> None:
        self.pool.budget = self.default_memory_limit() if limit is None else limit
        self.pool.trim()

    def canonical_dtype(self, dtype: str) -> str:
        """64 bits become 32, as no GPU kernel computes with more."""
        return NARROWED.get(dtype, dtype)

    def check_dtype(self, dtype: str) -> None:
        if dtype not in COMPUTE_DTYPE:
            raise TypeError(
                f"Expected one of the dtypes {', '.join(COMPUTE_DTYPE)} on webgl. "
                f"Received: dtype={dtype!r}"
            )

    def memory(self) -> dict[str, Any]:
        counts, pool = self.device.counts, self.pool
        asked = pool.hits + pool.misses
        return {
            "renderer": self.device.renderer,
            "draws_floats": self.floats == "float",
            "textures": pool.used,
            "allocated_bytes": pool.allocated_bytes,
            "free_bytes": pool.waiting_bytes,
            "paged_bytes": pool.paged_bytes,
            "peak_bytes": pool.peak_bytes,
            "limit_bytes": pool.budget,
            "hit_rate": pool.hits / asked if asked else 0.0,
            "page_outs": pool.page_outs,
            "page_ins": pool.page_ins,
            "host_runs": self._host_runs,
            **{name: getattr(counts, name) for name in COUNTS},
        }
