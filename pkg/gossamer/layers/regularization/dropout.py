"""Layers that drop or disturb what passes through them, while the model is trained."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops, random
from gossamer.defaults import standardize_data_format
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.random import SeedGenerator
from gossamer.tensor import Tensor


class _Random(Layer):
    """A layer that is random in training, and passes its inputs on otherwise.

    Attributes:
        seed_generator: there if the layer has an effect.
    """

    def __init__(self, strength: float, what: str, seed: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= strength <= 1:
            raise ValueError(f"Expected a number from 0 to 1. Received: {what}={strength}")
        self.seed = seed
        if strength > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class Dropout(_Random):
    """In training sets a fraction of the inputs to 0, and scales the others up.

    Args:
        rate: the fraction.
        noise_shape: the shape of the mask, which is broadcast; None, or None for a size, for the
            inputs'.
        seed: an integer; drawn if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a rate outside of 0 to 1, or sizes that are not positive.

    Example:
        >>> gs.layers.Dropout(0.5)(ops.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, "rate", seed, **kwargs)
        self.rate = rate
        self.noise_shape = _checked(noise_shape)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        return random.dropout(inputs, self.rate, self._noise_shape(inputs), self.seed_generator)

    def _noise_shape(self, inputs: Tensor) -> Any:
        return self.noise_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rate": self.rate,
            "seed": self.seed,
            "noise_shape": self.noise_shape,
        }


class AlphaDropout(Dropout):
    """Dropout that keeps mean and variance of self-normalizing networks (with SELU).

    Source: Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017.

    Args:
        rate: the fraction that is dropped.
        noise_shape: as for `Dropout`.
        seed: an integer; drawn if None.
        kwargs: as for `Layer`.

    Example:
        >>> gs.layers.AlphaDropout(0.5)(ops.ones((2,))).tolist()
        [1.0, 1.0]
    """

    # What SELU goes to far below zero: -scale * alpha.
    LOWEST = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        shape = inputs.shape
        if self.noise_shape is not None:
            shape = tuple(
                size if given is None else given
                for size, given in zip(inputs.shape, self.noise_shape, strict=True)
            )
        drawn = random.uniform(shape, seed=self.seed_generator)
        kept = ops.cast(drawn >= self.rate, inputs.dtype)
        a = ((1 - self.rate) * (1 + self.rate * self.LOWEST**2)) ** -0.5
        b = -a * self.LOWEST * self.rate
        return a * (inputs * kept + self.LOWEST * (1 - kept)) + b


class GaussianDropout(_Random):
    """In training multiplies by normal values of mean 1 and variance `rate / (1 - rate)`.

    Args:
        rate: as of a dropout of the same strength.
        seed: an integer; drawn if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a rate outside of 0 to 1.

    Example:
        >>> gs.layers.GaussianDropout(0.5)(ops.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def __init__(self, rate: float, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(rate, "rate", seed, **kwargs)
        self.rate = rate

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        deviation = math.sqrt(self.rate / (1.0 - self.rate))
        noise = random.normal(inputs.shape, 1.0, deviation, self.compute_dtype, self.seed_generator)
        return inputs * noise

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


class GaussianNoise(_Random):
    """In training adds normal values of mean 0.

    Args:
        stddev: their deviation, from 0 to 1.
        seed: an integer; drawn if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a deviation outside of 0 to 1.

    Example:
        >>> gs.layers.GaussianNoise(0.5)(ops.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def __init__(self, stddev: float, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(stddev, "stddev", seed, **kwargs)
        self.stddev = stddev

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.stddev == 0:
            return inputs
        noise = random.normal(
            inputs.shape, 0.0, self.stddev, self.compute_dtype, self.seed_generator
        )
        return inputs + noise

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


class _SpatialDropout(Dropout):
    """Dropout of whole channels."""

    rank: int

    def __init__(
        self, rate: float, seed: Any = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _noise_shape(self, inputs: Tensor) -> tuple[int, ...]:
        ones = (1,) * self.rank
        if getattr(self, "data_format", "channels_last") == "channels_first":
            return (*inputs.shape[:2], *ones)
        return (inputs.shape[0], *ones, inputs.shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {"rate": self.rate, "seed": self.seed, "name": self.name, "dtype": self.dtype}


class SpatialDropout1D(_SpatialDropout):
    """Dropout of whole channels of sequences.

    Args:
        rate: the fraction that is dropped.
        seed: an integer; drawn if None.
        name: of the layer.
        dtype: of the layer.

    Example:
        >>> gs.layers.SpatialDropout1D(0.5)(ops.ones((1, 2, 1))).shape
        (1, 2, 1)
    """

    rank = 1


class _SpatialDropoutOfImages(_SpatialDropout):
    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, seed, name, dtype)
        self.data_format = standardize_data_format(data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


class SpatialDropout2D(_SpatialDropoutOfImages):
    """Dropout of whole channels of images.

    Args:
        rate: the fraction that is dropped.
        data_format: where the channels are; `config.image_data_format()` if None.
        seed: an integer; drawn if None.
        name: of the layer.
        dtype: of the layer.

    Example:
        >>> gs.layers.SpatialDropout2D(0.5)(ops.ones((1, 2, 2, 1))).shape
        (1, 2, 2, 1)
    """

    rank = 2


class SpatialDropout3D(_SpatialDropoutOfImages):
    """Dropout of whole channels of volumes.

    Args:
        rate: the fraction that is dropped.
        data_format: where the channels are; `config.image_data_format()` if None.
        seed: an integer; drawn if None.
        name: of the layer.
        dtype: of the layer.

    Example:
        >>> gs.layers.SpatialDropout3D(0.5)(ops.ones((1, 2, 2, 2, 1))).shape
        (1, 2, 2, 2, 1)
    """

    rank = 3


def _checked(noise_shape: Any) -> tuple[int | None, ...] | None:
    if noise_shape is None:
        return None
    if isinstance(noise_shape, str) or not hasattr(noise_shape, "__iter__"):
        raise ValueError(f"Expected a tuple of sizes. Received: noise_shape={noise_shape!r}")
    sizes = tuple(noise_shape)
    if any(size is not None and (not isinstance(size, int) or size <= 0) for size in sizes):
        raise ValueError(
            f"Expected positive integers or None as sizes. Received: noise_shape={noise_shape}"
        )
    return sizes
