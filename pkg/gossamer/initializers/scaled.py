"""Initializers whose variance is chosen by how many values a weight connects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gossamer import random
from gossamer.initializers.random import RandomInitializer
from gossamer.tensor import Tensor

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
# What is left of a normal distribution's deviation when it is cut at two deviations.
TRUNCATED = 0.87962566103423978

Axes = Sequence[int] | None


def compute_fans(shape: Any, input_axes: Axes = None, output_axes: Axes = None) -> tuple[int, int]:
    """How many inputs and how many outputs a weight of this shape connects.

    Args:
        shape: with the inputs next to last and the outputs last, after what they are convolved
            over.
        input_axes: where the inputs are instead.
        output_axes: where the outputs are instead.
    """
    if input_axes is not None and output_axes is not None:
        inputs, outputs = ([shape[axis] for axis in axes] for axes in (input_axes, output_axes))
        return math.prod(inputs), math.prod(outputs)
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    receptive_field = math.prod(shape[:-2])
    return shape[-2] * receptive_field, shape[-1] * receptive_field


class VarianceScaling(RandomInitializer):
    """Random values of variance `scale / n`, n being how many values the weight connects.

    Args:
        scale: positive.
        mode: what n is: `"fan_in"`, `"fan_out"` or `"fan_avg"`, the mean of both.
        distribution: `"truncated_normal"`, `"untruncated_normal"` or `"uniform"`.
        seed: an integer, a `SeedGenerator`, or None for one drawn once.
        input_axes: the axes of inputs, if they are not next to last.
        output_axes: the axes of outputs, if they are not last.

    Raises:
        ValueError: for other values.

    Example:
        >>> uniform = gs.initializers.VarianceScaling(1.0, "fan_in", "uniform", seed=1)
        >>> bool(ops.max(ops.abs(uniform((300, 10)))) <= 0.1)
        True
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        if scale <= 0:
            raise ValueError(f"Expected a positive scale. Received: scale={scale}")
        if mode not in MODES:
            raise ValueError(f"Expected one of {', '.join(MODES)}. Received: mode={mode!r}")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if distribution not in DISTRIBUTIONS:
            raise ValueError(
                f"Expected one of {', '.join(DISTRIBUTIONS)}. "
                f"Received: distribution={distribution!r}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes
        super().__init__(seed)

    def draw(self, shape: Any, dtype: Any = None) -> Tensor:
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        deviation = math.sqrt(self.scale / max(1.0, n))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0) * deviation
            return random.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return random.normal(shape, 0.0, deviation, dtype, self.seed)
        return random.truncated_normal(shape, 0.0, deviation / TRUNCATED, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class _Named(VarianceScaling):
    """A `VarianceScaling` of fixed scale, mode and distribution."""

    fixed: tuple[float, str, str]

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(*self.fixed, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {key: config[key] for key in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_Named):
    """Uniform in `±sqrt(6 / (fan_in + fan_out))`.

    Args:
        seed: an integer, a `SeedGenerator`, or None for one drawn once.
        input_axes: the axes of inputs, if they are not next to last.
        output_axes: the axes of outputs, if they are not last.

    Example:
        >>> gs.initializers.GlorotUniform(seed=1)((2, 3)).shape
        (2, 3)

    Source: Glorot and Bengio, AISTATS 2010.
    """

    fixed = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Named):
    """Truncated normal of variance `2 / (fan_in + fan_out)`.

    Args:
        seed: an integer, a `SeedGenerator`, or None for one drawn once.
        input_axes: the axes of inputs, if they are not next to last.
        output_axes: the axes of outputs, if they are not last.

    Example:
        >>> gs.initializers.GlorotNormal(seed=1)((2, 3)).shape
        (2, 3)

    Source: Glorot and Bengio, AISTATS 2010.
    """

    fixed = (1.0, "fan_avg", "truncated_normal")


class LecunUniform(_Named):
    """Uniform in `±sqrt(3 / fan_in)`.

    Args:
        seed: an integer, a `SeedGenerator`, or None for one drawn once.
        input_axes: the axes of inputs, if they are not next to last.
        output_axes: the axes of outputs, if they are not last.

    Example:
        >>> gs.initializers.LecunUniform(seed=1)((2, 3)).shape
        (2, 3)

    Source: LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998.
    """

    fixed = (1.0, "fan_in", "uniform")


class LecunNormal(_Named):
    """Truncated normal of variance `1 / fan_in`.

    Args:
        seed: an integer, a `SeedGenerator`, or None for one drawn once.
        input_axes: the axes of inputs, if they are not next to last.
        output_axes: the axes of outputs, if they are not last.

    Example:
        >>> gs.initializers.LecunNormal(seed=1)((2, 3)).shape
        (2, 3)

    Source: LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998.
    """

    fixed = (1.0, "fan_in", "truncated_normal")


class HeUniform(_Named):
    """Uniform in `±sqrt(6 / fan_in)`.

    Args:
        seed: an integer, a `SeedGenerator`, or None for one drawn once.
        input_axes: the axes of inputs, if they are not next to last.
        output_axes: the axes of outputs, if they are not last.

    Example:
        >>> gs.initializers.HeUniform(seed=1)((2, 3)).shape
        (2, 3)

    Source: He, Zhang, Ren, Sun, ICCV 2015.
    """

    fixed = (2.0, "fan_in", "uniform")


class HeNormal(_Named):
    """Truncated normal of variance `2 / fan_in`.

    Args:
        seed: an integer, a `SeedGenerator`, or None for one drawn once.
        input_axes: the axes of inputs, if they are not next to last.
        output_axes: the axes of outputs, if they are not last.

    Example:
        >>> gs.initializers.HeNormal(seed=1)((2, 3)).shape
        (2, 3)

    Source: He, Zhang, Ren, Sun, ICCV 2015.
    """

    fixed = (2.0, "fan_in", "truncated_normal")
