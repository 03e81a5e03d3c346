"""Initializers: how a layer's weights begin. Each is called as `initializer(shape, dtype=None)`."""

import math
from typing import Any

from gossamer import ops, random
from gossamer.tensor import Tensor


class Initializer:
    """What all initializers are: a function of a shape and a dtype, with a configuration."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say how it makes values.")

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Initializer":
        return cls(**config)


class Zeros(Initializer):
    """All zeros.

    Example:
        >>> gs.initializers.Zeros()((2,)).tolist()
        [0.0, 0.0]
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        return ops.zeros(shape, dtype or "float32")


class Ones(Initializer):
    """All ones.

    Example:
        >>> gs.initializers.Ones()((2,)).tolist()
        [1.0, 1.0]
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        return ops.ones(shape, dtype or "float32")


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """How many inputs and outputs a weight of this shape connects, channels last."""
    if len(shape) < 2:
        size = float(shape[0]) if shape else 1.0
        return size, size
    receptive_field = math.prod(shape[:-2])
    return float(shape[-2] * receptive_field), float(shape[-1] * receptive_field)


class VarianceScaling(Initializer):
    """Random values whose variance is `scale / n`, n being the weight's fans.

    Args:
        scale: positive.
        mode: `"fan_in"`, `"fan_out"` or `"fan_avg"`: what n is.
        distribution: `"truncated_normal"`, `"untruncated_normal"` or `"uniform"`.
        seed: an integer for the same values every time; None for fresh ones.

    Raises:
        ValueError: for other values.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        if scale <= 0:
            raise ValueError(f"Expected a positive scale. Received: scale={scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"Expected fan_in, fan_out or fan_avg. Received: mode={mode!r}")
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ValueError(
                "Expected truncated_normal, untruncated_normal or uniform. "
                f"Received: distribution={distribution!r}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        fan_in, fan_out = fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        dtype = dtype or "float32"
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.uniform(shape, -limit, limit, dtype=dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random.normal(shape, 0.0, math.sqrt(variance), dtype=dtype, seed=self.seed)
        # Cutting a normal at two deviations leaves this much of its deviation.
        deviation = math.sqrt(variance) / 0.87962566103423978
        return random.truncated_normal(shape, 0.0, deviation, dtype=dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
        }


class _Named(VarianceScaling):
    """A `VarianceScaling` of fixed scale, mode and distribution."""

    fixed: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*self.fixed, seed=seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed}


class GlorotUniform(_Named):
    """Uniform in `±sqrt(6 / (fan_in + fan_out))`: Glorot and Bengio, AISTATS 2010."""

    fixed = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Named):
    """Normal of variance `2 / (fan_in + fan_out)`: Glorot and Bengio, AISTATS 2010."""

    fixed = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Named):
    """Uniform in `±sqrt(6 / fan_in)`: He et al., ICCV 2015."""

    fixed = (2.0, "fan_in", "uniform")


class HeNormal(_Named):
    """Normal of variance `2 / fan_in`: He et al., ICCV 2015."""

    fixed = (2.0, "fan_in", "truncated_normal")


_BY_NAME = {
    "zeros": Zeros, "ones": Ones, "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal, "he_uniform": HeUniform, "he_normal": HeNormal,
}  # fmt: skip


def get(identifier: Any) -> Any:
    """An initializer by its name, or the callable itself.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> type(gs.initializers.get("he_normal")).__name__
        'HeNormal'
    """
    if callable(identifier):
        return identifier() if isinstance(identifier, type) else identifier
    if identifier not in _BY_NAME:
        raise ValueError(
            f"Expected one of the initializers {', '.join(_BY_NAME)}. Received: {identifier!r}"
        )
    return _BY_NAME[identifier]()
