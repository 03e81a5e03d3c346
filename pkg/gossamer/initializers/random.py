"""Initializers that draw from a distribution of given width."""

from __future__ import annotations

import math
import random as python_random
from typing import Any

from gossamer import dtypes, ops, random
from gossamer.initializers.initializer import Initializer
from gossamer.initializers.on_host import drawn
from gossamer.random import SeedGenerator
from gossamer.serialization import (
    deserialize_keras_object,
    name_built_in,
    serialize_keras_object,
)
from gossamer.tensor import Tensor

name_built_in("keras.random.SeedGenerator", SeedGenerator)


class RandomInitializer(Initializer):
    """What initializers that draw have in common: a seed.

    One initializer gives the same values each time, unless its seed is a `SeedGenerator`.

    Args:
        seed: an integer, a `SeedGenerator` or its configuration; drawn by Python's `random` if
            None, so that `utils.set_random_seed` decides.

    Raises:
        ValueError: for another seed.
    """

    def __init__(self, seed: Any = None) -> None:
        self._init_seed = seed
        if seed is None:
            seed = python_random.randint(1, 10**9)
        elif isinstance(seed, dict):
            seed = deserialize_keras_object(seed)
        if not isinstance(seed, (int, SeedGenerator)):
            raise ValueError(
                f"Expected an integer seed, a SeedGenerator or None. Received: seed={seed!r}"
            )
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return drawn(lambda: self.draw(shape, dtype), shape, self.seed)

    def draw(self, shape: Any, dtype: Any = None) -> Tensor:
        """The values, computed on the current backend."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it draws values.")

    def get_config(self) -> dict[str, Any]:
        return {"seed": serialize_keras_object(self._init_seed)}


class RandomNormal(RandomInitializer):
    """Normal of a mean and a standard deviation.

    Args:
        mean: the distribution's mean.
        stddev: its standard deviation.
        seed: an integer, a `SeedGenerator`, or None for one drawn once.

    Example:
        >>> gs.initializers.RandomNormal(seed=1)((2, 3)).shape
        (2, 3)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        self.mean = mean
        self.stddev = stddev
        super().__init__(seed)

    def draw(self, shape: Any, dtype: Any = None) -> Tensor:
        return random.normal(shape, self.mean, self.stddev, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """Normal, within two standard deviations of the mean.

    Args:
        mean: the distribution's mean.
        stddev: its standard deviation before it is cut.
        seed: an integer, a `SeedGenerator`, or None for one drawn once.

    Example:
        >>> bool(ops.max(ops.abs(gs.initializers.TruncatedNormal(seed=1)((100,)))) <= 0.1)
        True
    """

    def draw(self, shape: Any, dtype: Any = None) -> Tensor:
        return random.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)


class RandomUniform(RandomInitializer):
    """Uniform from `minval` to `maxval`.

    Args:
        minval: the least value.
        maxval: the bound above.
        seed: an integer, a `SeedGenerator`, or None for one drawn once.

    Example:
        >>> bool(ops.max(ops.abs(gs.initializers.RandomUniform(seed=1)((100,)))) <= 0.05)
        True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        self.minval = minval
        self.maxval = maxval
        super().__init__(seed)

    def draw(self, shape: Any, dtype: Any = None) -> Tensor:
        return random.uniform(shape, self.minval, self.maxval, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


class Orthogonal(RandomInitializer):
    """A random matrix with orthonormal columns, or rows where they are the fewer.

    It is Q of the QR decomposition of a normal matrix. Of more than two axes, all but the last
    are taken for one.

    Args:
        gain: a factor of it all.
        seed: an integer, a `SeedGenerator`, or None for one drawn once.

    Raises:
        ValueError: for shapes of fewer than two axes.

    Example:
        >>> q = gs.initializers.Orthogonal(seed=1)((3, 3))
        >>> bool(ops.max(ops.abs(ops.matmul(q, ops.transpose(q)) - ops.eye(3))) < 1e-5)
        True

    Source: Saxe, McClelland, Ganguli, ICLR 2014.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        self.gain = gain
        super().__init__(seed)

    def draw(self, shape: Any, dtype: Any = None) -> Tensor:
        if len(shape) < 2:
            raise ValueError(f"Expected a shape of two axes or more. Received: shape={shape}")
        result = dtypes.standardize_dtype(dtype or dtypes.floatx())
        rows, columns = math.prod(shape[:-1]), shape[-1]
        # Halves have no decomposition.
        working = "float32" if result == "float16" else result
        long = (max(rows, columns), min(rows, columns))
        q, r = ops.qr(random.normal(long, dtype=working, seed=self.seed))
        # The decomposition's signs are the method's; with these the distribution is uniform.
        q = q * ops.sign(ops.diagonal(r))
        if rows < columns:
            q = ops.transpose(q)
        return ops.cast(self.gain * ops.reshape(q, shape), result)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}
