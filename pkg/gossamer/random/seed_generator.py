"""Seeds: what they may be, and the generator that gives another one at each draw."""

from __future__ import annotations

import random as python_random
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.backend import Backend, get_backend
from gossamer.name_scope import name_scope
from gossamer.naming import unique_name
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor
from gossamer.variable import Variable

_WORD = 0xFFFFFFFF


class SeedGenerator:
    """A source of seeds: each call that is given it draws the next one.

    Args:
        seed: where the sequence begins, an integer; drawn by Python's `random` if None.
        name: for people; `"seed_generator"` and a number if None.

    Raises:
        ValueError: for a seed that is no integer, and for other arguments.

    Example:
        >>> generator = random.SeedGenerator(1)
        >>> random.randint((3,), 0, 100, seed=generator).tolist()
        [90, 90, 64]
        >>> random.randint((3,), 0, 100, seed=generator).tolist()
        [30, 61, 55]
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        if kwargs:
            raise ValueError(f"Expected the arguments seed and name. Received: {kwargs}")
        if seed is not None and not isinstance(seed, int):
            raise ValueError(f"Expected an integer seed or None. Received: seed={seed!r}")
        self._initial_seed = seed
        self.name = name or unique_name("seed_generator")
        first = python_random.randint(1, 10**9) if seed is None else seed
        # On the host: counting needs no kernel, and survives the loss of a device.
        state = as_tensor(_words(first, 0), backend=get_backend("numpy"))
        with name_scope(self.name, caller=self):
            self.state = Variable(state, trainable=False, name="seed_generator_state")

    def next(self, ordered: bool = True) -> Tensor:
        """The next seed, as a key of two uint32; the state moves on.

        Args:
            ordered: whether the state counts up; if not, it jumps as that of Keras does, which
                comes round after fewer than a million steps.
        """
        key = self.state.value
        if ordered:
            self.state.assign(ops.add(key, as_tensor(_words(0, 1), backend=key.backend)))
        else:
            self.state.assign(ops.mod((key + 1) * 5387, 933199))
        return key

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        return cls(**config)


def _words(first: int, second: int) -> np.ndarray:
    return np.array([first & _WORD, second & _WORD], np.uint32)


_global: SeedGenerator | None = None


def global_seed_generator() -> SeedGenerator:
    """The generator of all calls without a seed; made when it is first needed."""
    global _global
    if _global is None:
        _global = SeedGenerator()
    return _global


def forget_global_seed_generator() -> None:
    """Let the next call without a seed make a generator anew."""
    global _global
    _global = None


def key_of(seed: Any, backend: Backend) -> Tensor:
    """The key that a seed stands for, on a backend; a key, as `SeedGenerator.next` gives, itself.

    Raises:
        ValueError: for what is no seed.
    """
    if seed is None:
        seed = global_seed_generator()
    if isinstance(seed, SeedGenerator):
        seed = seed.next()
    if isinstance(seed, Tensor):
        return as_tensor(seed, backend=backend)
    if not isinstance(seed, int):
        raise ValueError(
            f"Expected an integer seed, a SeedGenerator or None. Received: seed={seed!r}"
        )
    return as_tensor(_words(seed, 0), backend=backend)
