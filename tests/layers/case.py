"""What a layer's case is, and what Keras says of it: the same class, arguments, weights and inputs.

A table of cases stands in a `cases_*.py` of this folder, as `CASES`; `test_keras.py` compares each
with Keras, on NumPy, and its gradients with Keras's on JAX. Knows NumPy and no library under test.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Ints:
    """An input of integers from 0 up to a bound.

    Attributes:
        shape: its shape.
        below: the bound.
    """

    shape: tuple[int, ...]
    below: int


@dataclass(frozen=True, eq=False)
class LayerCase:
    """One layer, one input.

    Attributes:
        layer: its name in `keras.layers`.
        config: the arguments of its constructor; a `Make` is called with the library.
        inputs: of the call: a shape (floats from a normal distribution), an `Ints`, an array, or a
            list of such for a layer of a list of inputs.
        call: further arguments of the call, the same.
        training: whether the call is compared with `training=True`, too, which must not be random.
        gradients: whether gradients by inputs and weights are compared.
        rtol, atol: for outputs and gradients, relative to the largest one.
        random: whether outputs are random, so that only shapes and configurations are compared.
        note: what distinguishes this case, for its name.
    """

    layer: str
    config: dict[str, Any] = field(default_factory=dict)
    inputs: Any = (2, 5)
    call: dict[str, Any] = field(default_factory=dict)
    training: bool = False
    gradients: bool = True
    rtol: float = 1e-5
    atol: float = 1e-5
    random: bool = False
    note: str = ""

    @property
    def id(self) -> str:
        parts = [self.layer, *(f"{k}={v}" for k, v in self.config.items()), self.note]
        return "-".join(str(part) for part in parts if part).replace("/", "|")[:110]

    def arrays(self) -> Any:
        """The inputs, the same each time."""
        generator = np.random.default_rng(zlib.crc32(self.id.encode()))
        return _made(self.inputs, generator)

    def call_arrays(self) -> dict[str, Any]:
        """The further arguments; arrays among them are made."""
        generator = np.random.default_rng(zlib.crc32(self.id.encode()) + 1)
        return {
            name: value if isinstance(value, (bool, int, float, str, type(None))) else
            _made(value, generator)
            for name, value in self.call.items()
        }  # fmt: skip

    def make(self, library: Any) -> Any:
        """The layer, of `keras` or of gossamer."""
        config = {
            name: value.of(library) if isinstance(value, Make) else value
            for name, value in self.config.items()
        }
        return getattr(library.layers, self.layer)(**config)

    def weights(self, shapes: list[tuple[int, ...]], dtypes: list[str]) -> list[np.ndarray]:
        """Values for the layer's weights: positive ones, since some are variances."""
        generator = np.random.default_rng(zlib.crc32(self.id.encode()) + 2)
        return [
            generator.uniform(0.1, 0.9, shape).astype(dtype) * np.asarray(
                generator.choice([-1, 1], shape) if len(shape) > 1 else 1, dtype
            )
            for shape, dtype in zip(shapes, dtypes, strict=True)
        ]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Make:
    """An argument that is an object of the library: `Make(lambda k: k.layers.GRU(3), "GRU")`."""

    of: Callable[[Any], Any]
    name: str = "object"

    def __repr__(self) -> str:
        return self.name


def _made(what: Any, generator: np.random.Generator) -> Any:
    if isinstance(what, Ints):
        return generator.integers(0, what.below, what.shape).astype("int32")
    if isinstance(what, np.ndarray):
        return what
    if isinstance(what, dict):
        return {key: _made(value, generator) for key, value in what.items()}
    if isinstance(what, list):
        return [_made(value, generator) for value in what]
    return generator.normal(size=what).astype("float32")
