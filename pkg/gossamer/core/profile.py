"""What a function computes and how long that takes, kernel by kernel: `profile` and `time`."""

from __future__ import annotations

import time as clocks
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gossamer.backend import Backend, current_backend
from gossamer.backend.clock import Clock, Lap, clock_of
from gossamer.core.observe import observers
from gossamer.core.table import Table, shape_text, shapes_text
from gossamer.tensor import Tensor, live, nbytes

if TYPE_CHECKING:
    from gossamer.backend import Call
    from gossamer.backend.graph import KernelInfo
    from gossamer.kernel.spec import TensorSpec

UNKNOWN = "?"


class Kernel:
    """One call that was profiled, or one kernel of a jitted function.

    Attributes:
        name: the primitive's, or those of all that are computed in the kernel.
        input_shapes, output_shape, dtype: what it was applied to, and the (first) result's dtype.
        bytes: of the elements that it reads and writes.
        total_bytes: of all tensors alive when it was done.
    """

    __slots__ = ("_lap", "bytes", "dtype", "input_shapes", "name", "output_shape", "total_bytes")

    def __init__(
        self, name: str, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec], lap: Lap
    ) -> None:
        self._lap = lap
        self.name = name
        self.input_shapes = tuple(spec.shape for spec in inputs)
        self.output_shape, self.dtype = outputs[0]
        self.bytes = sum(map(nbytes, (*inputs, *outputs)))
        self.total_bytes = live.bytes

    @property
    def kernel_ms(self) -> float | None:
        """Milliseconds on the device (on the host, if it drew nothing); None while not known."""
        return self._lap.kernel_ms

    @property
    def wall_ms(self) -> float:
        """Milliseconds in which Python was busy with it: checking, compiling, issuing."""
        return self._lap.wall_ms

    @property
    def draws(self) -> int:
        """How many draws it took: none if it was computed on the host, or copies nothing."""
        return self._lap.draws

    @property
    def programs(self) -> int:
        """How many programs were compiled for it."""
        return self._lap.programs

    @property
    def source(self) -> str:
        """The source of its programs; empty where there are none."""
        return "\n".join(self._lap.sources)

    def __repr__(self) -> str:
        shapes = " ".join(map(str, self.input_shapes))
        return f"<kernel {self.name}: {shapes} -> {self.output_shape} {self.dtype}>"


class Profile(Table):
    """What `profile` found; prints as a table.

    Attributes:
        value: what the function returned.
        kernels: one record a call, in order.
        method: how the kernels' times were measured.
        wall_ms: milliseconds until the device had done it all.
        new_tensors, new_bytes: what is alive after it and was not before, the value included.
        peak_bytes: the most bytes of tensors that were alive at once.
    """

    words = 2

    def __init__(self) -> None:
        self.value: Any = None
        self.kernels: list[Kernel] = []
        self.wall_ms = 0.0
        self.new_tensors = -live.count
        self.new_bytes = -live.bytes
        self.peak_bytes = live.bytes
        self._clocks: dict[str, Clock] = {}
        self._clock(current_backend())

    @property
    def method(self) -> str:
        return ", ".join(dict.fromkeys(clock.method for clock in self._clocks.values()))

    @property
    def kernel_ms(self) -> float | None:
        """The sum over the kernels; None while one is not known."""
        times = [kernel.kernel_ms for kernel in self.kernels]
        return None if None in times else sum(filter(None, times))

    @property
    def draws(self) -> int:
        return sum(kernel.draws for kernel in self.kernels)

    @property
    def programs(self) -> int:
        return sum(kernel.programs for kernel in self.kernels)

    def by_op(self) -> Summary:
        """The kernels taken together by name, those that take longest first."""
        return Summary(self)

    async def ready(self) -> Profile:
        """This profile, with the times of all kernels: `p = await gs.profile(f).ready()`.

        Only needed where Python cannot wait for the page, as in a callback of JavaScript's.
        """
        for clock in self._clocks.values():
            await clock.settled()
        return self

    def header(self) -> tuple[str, ...]:
        return ("op", "shapes", "dtype", "bytes", "draws", "compiled", "kernel ms", "wall ms")

    def rows(self) -> list[tuple[str, ...]]:
        return [
            (
                kernel.name,
                f"{shapes_text(kernel.input_shapes)} -> {shape_text(kernel.output_shape)}",
                kernel.dtype, str(kernel.bytes), str(kernel.draws), str(kernel.programs),
                _ms(kernel.kernel_ms), _ms(kernel.wall_ms),
            )
            for kernel in self.kernels
        ]  # fmt: skip

    def summary(self) -> str:
        return (
            f"{len(self.kernels)} kernels, {self.draws} draws, {self.programs} compiled; "
            f"{_ms(self.kernel_ms)} ms in kernels ({self.method}), {_ms(self.wall_ms)} ms in all; "
            f"{self.new_tensors} new tensors of {self.new_bytes} bytes, "
            f"peak {self.peak_bytes} bytes"
        )

    # As an observer

    needs_each_op = False

    def before(self, call: Call, inputs: tuple[Tensor, ...]) -> None:
        self._current = self._clock(inputs[0].backend if inputs else current_backend())
        self._current.start()

    def after(self, call: Call, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        lap = self._current.stop(call, [x.buffer for x in inputs])
        self._add(Kernel(call.primitive.name, call.inputs, (call.output,), lap))

    def replayed(self, kernels: Sequence[KernelInfo], times: Sequence[float]) -> None:
        for kernel, ms in zip(kernels, times, strict=True):
            lap = Lap(ms, ms, kernel.draws, 0, (kernel.source,) if kernel.source else ())
            self._add(Kernel(" ".join(kernel.names), kernel.inputs, kernel.outputs, lap))

    def _add(self, kernel: Kernel) -> None:
        self.kernels.append(kernel)
        self.peak_bytes = max(self.peak_bytes, live.bytes)

    def _clock(self, backend: Backend) -> Clock:
        if backend.name not in self._clocks:
            self._clocks[backend.name] = clock_of(backend)
        return self._clocks[backend.name]

    def run(self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Apply the function, and wait for the device."""
        if any(isinstance(observer, Profile) for observer in observers):
            raise RuntimeError("A profile cannot be taken within another. Received: profile(f)")
        observers.insert(0, self)
        started = clocks.perf_counter()
        try:
            self.value = f(*args, **kwargs)
        finally:
            observers.remove(self)
        for clock in self._clocks.values():
            clock.finish()
        self.wall_ms = (clocks.perf_counter() - started) * 1000
        self.new_tensors += live.count
        self.new_bytes += live.bytes
        self.peak_bytes = max(self.peak_bytes, live.bytes)
        for clock in self._clocks.values():
            clock.settle()


@dataclass(frozen=True)
class OpTotal:
    """All calls of one primitive."""

    name: str
    calls: int
    draws: int
    bytes: int
    kernel_ms: float | None
    wall_ms: float


class Summary(Table):
    """A profile by op: a sequence of `OpTotal`."""

    def __init__(self, profile: Profile) -> None:
        groups: dict[str, list[Kernel]] = {}
        for kernel in profile.kernels:
            groups.setdefault(kernel.name, []).append(kernel)
        totals = [_total(name, kernels) for name, kernels in groups.items()]
        self.totals = sorted(totals, key=lambda total: -(total.kernel_ms or 0.0))
        self._summary = profile.summary()
        self._kernel_ms = profile.kernel_ms

    def __iter__(self) -> Any:
        return iter(self.totals)

    def __len__(self) -> int:
        return len(self.totals)

    def __getitem__(self, i: int) -> OpTotal:
        return self.totals[i]

    def header(self) -> tuple[str, ...]:
        return ("op", "calls", "draws", "bytes", "kernel ms", "share", "wall ms")

    def rows(self) -> list[tuple[str, ...]]:
        return [
            (
                total.name, str(total.calls), str(total.draws), str(total.bytes),
                _ms(total.kernel_ms), self._share(total), _ms(total.wall_ms),
            )
            for total in self.totals
        ]  # fmt: skip

    def _share(self, total: OpTotal) -> str:
        if total.kernel_ms is None or not self._kernel_ms:
            return UNKNOWN
        return f"{total.kernel_ms / self._kernel_ms:.1%}"

    def summary(self) -> str:
        return self._summary


def _total(name: str, kernels: list[Kernel]) -> OpTotal:
    times = [kernel.kernel_ms for kernel in kernels]
    return OpTotal(
        name=name,
        calls=len(kernels),
        draws=sum(kernel.draws for kernel in kernels),
        bytes=sum(kernel.bytes for kernel in kernels),
        kernel_ms=None if None in times else sum(filter(None, times)),
        wall_ms=sum(kernel.wall_ms for kernel in kernels),
    )


def _ms(milliseconds: float | None) -> str:
    return UNKNOWN if milliseconds is None else f"{milliseconds:.3f}"


@dataclass(frozen=True)
class Timing:
    """What `time` found, in milliseconds.

    Attributes:
        value: what the function returned.
        wall_ms: until the device had done it all.
        kernel_ms: the sum of what its kernels took; None where that is not known.
        method: how the kernels' times were measured.
    """

    value: Any
    wall_ms: float
    kernel_ms: float | None
    method: str


def profile(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Profile:
    """Apply a function and record each kernel: op, shapes, bytes, draws, milliseconds, source.

    On webgl kernels are timed by timer queries, and where there are none by waiting after each.
    The first run of a function compiles its programs: profile the second to see the kernels. Of a
    jitted function these are the fused ones, each waited for.

    Args:
        f: what to profile; it is applied once.
        *args: its arguments.
        **kwargs: its keyword arguments.

    Returns:
        A `Profile`, which prints as a table; `by_op()` takes kernels together by name. Where
        Python cannot wait for the page, the times are there after `await p.ready()`.

    Example:
        >>> p = gs.profile(lambda x: ops.exp(x) + 1.0, ops.ones((2, 3)))
        >>> [(kernel.name, kernel.output_shape, kernel.bytes) for kernel in p.kernels]
        [('exp', (2, 3), 48), ('add', (2, 3), 52)]
    """
    taken = Profile()
    taken.run(f, args, kwargs)
    return taken


def time(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Timing:
    """Apply a function once and wait for the device: how long it took, and how long in kernels.

    Args:
        f: what to time.
        *args: its arguments.
        **kwargs: its keyword arguments.

    Example:
        >>> timing = gs.time(lambda x: ops.sum(x * x), ops.ones((3,)))
        >>> float(timing.value), timing.wall_ms >= 0.0  # a browser's clock is coarse
        (3.0, True)
    """
    taken = profile(f, *args, **kwargs)
    return Timing(taken.value, taken.wall_ms, taken.kernel_ms, taken.method)
