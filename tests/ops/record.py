"""What a row of the table is: an op, how its inputs are made, what NumPy says that comes out.

`records` holds the rows; the tests of ops, kernels and backends walk them. Knows NumPy and the
public names of gossamer only, and runs on CPython and inside Pyodide alike.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend
from gossamer.ops.convert import as_tensor


@dataclass(frozen=True)
class Input:
    """How an input is made: numbers drawn from an interval, or given values."""

    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    low: float = -2.0
    high: float = 2.0
    values: Any = None

    def make(self, generator: np.random.Generator) -> np.ndarray:
        if self.values is not None:
            return np.asarray(self.values, self.dtype)
        if self.dtype == "bool":
            return generator.integers(0, 2, self.shape).astype(bool)
        kind = np.dtype(self.dtype).kind
        if kind in "iu":
            low = max(int(self.low), 0) if kind == "u" else int(self.low)
            return generator.integers(low, int(self.high), self.shape).astype(self.dtype)
        made = generator.uniform(self.low, self.high, self.shape)
        if kind == "c":
            made = made + 1j * generator.uniform(self.low, self.high, self.shape)
        return np.asarray(made, self.dtype)


def f(*shape: int, low: float = -2.0, high: float = 2.0) -> Input:
    """Floats."""
    return Input(shape, low=low, high=high)


def i(*shape: int, low: int = -9, high: int = 9, dtype: str = "int32") -> Input:
    """Integers."""
    return Input(shape, dtype, low, high)


def b(*shape: int) -> Input:
    """Bools."""
    return Input(shape, "bool")


def v(values: Any, dtype: str = "float32") -> Input:
    """Given values."""
    return Input(dtype=dtype, values=values)


def function_named(op: str) -> Callable[..., Any]:
    """The function that records call so."""
    first, _, rest = op.partition(".")
    if first == "gossamer":
        return attrgetter(rest)(gs)
    return attrgetter(op)(gs if first == "random" else ops)


@dataclass(frozen=True, eq=False)
class Record:
    """One row.

    Attributes:
        op: a name in `gossamer.ops` or a module of it (`image.resize`), or in another module of
            gossamer: `random.uniform`, `gossamer.image.transform`.
        inputs: how the tensor arguments are made.
        static: the other arguments, by name.
        expected: the NumPy function of the same arguments.
        dtype: the result's; one for all results, or one each with spaces between.
        rtol: relative tolerance, for float32.
        atol: absolute tolerance.
        gradients: the positions to differentiate; of all floats if None.
        packed: whether the op takes its tensors as one list.
        leading: arguments that come before the tensors.
        named: the names of the last tensors, which go by keyword; not so in `expected`.
    """

    op: str
    inputs: tuple[Input, ...]
    static: dict[str, Any] = field(default_factory=dict)
    expected: Callable[..., Any] = np.asarray
    dtype: str = "float32"
    rtol: float = 1e-5
    atol: float = 1e-6
    gradients: tuple[int, ...] | None = None
    packed: bool = False
    number: int = 0
    leading: tuple[Any, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        shapes = [
            "x".join(map(str, np.shape(given.values) if given.values is not None else given.shape))
            or "scalar"
            for given in self.inputs
        ]
        return "-".join([self.op, str(self.number), *shapes])

    def arrays(self) -> list[np.ndarray]:
        """The inputs: the same in every run."""
        generator = np.random.default_rng(zlib.crc32(self.id.encode()))
        return [given.make(generator) for given in self.inputs]

    def differentiable(self) -> tuple[int, ...]:
        if self.gradients is not None or self.dtype != "float32":
            return self.gradients or ()
        return tuple(k for k, given in enumerate(self.inputs) if given.dtype == "float32")

    def apply(self, tensors: Sequence[Any]) -> list[gs.Tensor]:
        """The op's results, as a list."""
        function = function_named(self.op)
        count = len(tensors) - len(self.named)
        named = dict(zip(self.named, tensors[count:], strict=True))
        result = function(list(tensors), **self.static) if self.packed else function(
            *self.leading, *tensors[:count], **named, **self.static
        )  # fmt: skip
        return list(result) if isinstance(result, tuple | list) else [result]

    def reference(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The results that NumPy gives, computed in float64."""
        wide = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in arrays]
        with np.errstate(all="ignore"):
            result = (
                self.expected(wide, **self.static)
                if self.packed
                else self.expected(*self.leading, *wide, **self.static)
            )
        return [np.asarray(x) for x in (result if isinstance(result, tuple | list) else [result])]


@contextmanager
def wide_floats() -> Iterator[None]:
    """Where the `numpy` backend keeps float64, which settles what is right."""
    gs.config.set_floatx("float64")
    try:
        yield
    finally:
        gs.config.set_floatx("float32")


def on(backend: str, arrays: Sequence[np.ndarray]) -> list[gs.Tensor]:
    """The arrays as tensors on a backend."""
    return [as_tensor(x, None, get_backend(backend)) for x in arrays]


def gradients(
    record: Record, tensors: Sequence[gs.Tensor], weights: Sequence[np.ndarray]
) -> list[gs.Tensor]:
    """The gradients of the weighted sum of all float results, one a differentiable input."""
    return list(
        gs.grad(weighted(record, weights), record.differentiable())(*tensors)
        if record.differentiable()
        else ()
    )


def weighted(record: Record, weights: Sequence[np.ndarray]) -> Callable[..., gs.Tensor]:
    """The op as a function with one value: the sum of its float results times `weights`."""

    def function(*tensors: gs.Tensor) -> gs.Tensor:
        total = None
        for result, weight in zip(record.apply(tensors), weights, strict=True):
            if result.dtype in ("float32", "float64"):
                factor = as_tensor(weight.astype(result.dtype), None, result.backend)
                term = ops.sum(result * factor)
                total = term if total is None else total + term
        assert total is not None
        return total

    return function


def weights_for(record: Record, results: Sequence[Any]) -> list[np.ndarray]:
    """Weights in the shapes of the results, different for each element."""
    generator = np.random.default_rng(zlib.crc32(record.id.encode()) + 1)
    return [generator.uniform(0.5, 1.5, result.shape) for result in results]
