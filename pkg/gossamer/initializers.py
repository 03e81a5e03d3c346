"""Initializers: how a layer's weights begin. Each is called as `initializer(shape, dtype=None)`."""

import math
import random as python_random
from typing import Any

import numpy as np

from gossamer import ops, random
from gossamer.dtypes import floatx
from gossamer.serialization import Family, deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor


class Initializer:
    """What all initializers are: a function of a shape and a dtype, with a configuration."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say how it makes values.")

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**config)

    def clone(self) -> Any:
        """An equal initializer."""
        return type(self).from_config(self.get_config())


class Zeros(Initializer):
    """All zeros.

    Example:
        >>> gs.initializers.Zeros()((2,)).tolist()
        [0.0, 0.0]
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        return ops.zeros(shape, dtype or floatx())


class Ones(Initializer):
    """All ones.

    Example:
        >>> gs.initializers.Ones()((2,)).tolist()
        [1.0, 1.0]
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        return ops.ones(shape, dtype or floatx())


def fixed_seed(seed: Any) -> Any:
    """A seed: one drawn now for None, so that an initializer gives the same values each time."""
    if isinstance(seed, dict):
        seed = deserialize_keras_object(seed)
    return python_random.randint(1, 10**9) if seed is None else seed


def fans(
    shape: tuple[int, ...], input_axes: Any = None, output_axes: Any = None
) -> tuple[float, float]:
    """How many inputs and outputs a weight of this shape connects; channels last unless given."""
    if input_axes is not None or output_axes is not None:
        n = len(shape)
        own = [{axis % n for axis in axes or ()} for axes in (input_axes, output_axes)]
        field = math.prod(shape[k] for k in range(n) if k not in own[0] | own[1])
        return tuple(  # type: ignore[return-value]
            float(math.prod(shape[k] for k in axes) * field) for axes in own
        )
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
        seed: an integer or a `SeedGenerator`; None for one drawn now.
        input_axes, output_axes: the weight's axes of inputs and outputs, if not the last two.

    Raises:
        ValueError: for other values.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Any = None,
        output_axes: Any = None,
    ) -> None:
        if scale <= 0:
            raise ValueError(f"Expected a positive scale. Received: scale={scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"Expected fan_in, fan_out or fan_avg. Received: mode={mode!r}")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ValueError(
                "Expected truncated_normal, untruncated_normal or uniform. "
                f"Received: distribution={distribution!r}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self._given_seed = seed
        self.seed = fixed_seed(seed)
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        fan_in, fan_out = fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        dtype = dtype or floatx()
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
            **self._common_config(),
        }

    def _common_config(self) -> dict[str, Any]:
        return {
            "seed": serialize_keras_object(self._given_seed),
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class _Named(VarianceScaling):
    """A `VarianceScaling` of fixed scale, mode and distribution."""

    fixed: tuple[float, str, str]

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None:
        super().__init__(*self.fixed, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        return self._common_config()


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


class LecunUniform(_Named):
    """Uniform in `±sqrt(3 / fan_in)`: LeCun et al., "Efficient backprop", 1998."""

    fixed = (1.0, "fan_in", "uniform")


class LecunNormal(_Named):
    """Normal of variance `1 / fan_in`: LeCun et al., "Efficient backprop", 1998."""

    fixed = (1.0, "fan_in", "truncated_normal")


class Constant(Initializer):
    """One value everywhere.

    Args:
        value: the value.

    Example:
        >>> gs.initializers.Constant(2.0)((2,)).tolist()
        [2.0, 2.0]
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        value = ops.cast(ops.convert_to_tensor(self.value), dtype or floatx())
        return ops.broadcast_to(value, shape)

    def get_config(self) -> dict[str, Any]:
        return {"value": serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(deserialize_keras_object(config["value"]))


class _Seeded(Initializer):
    """Random values, with two parameters and a seed."""

    names: tuple[str, str]

    def get_config(self) -> dict[str, Any]:
        parameters = {name: getattr(self, name) for name in self.names}
        return {**parameters, "seed": serialize_keras_object(self._given_seed)}

    def _seed(self, seed: Any) -> None:
        self._given_seed = seed
        self.seed = fixed_seed(seed)


class RandomNormal(_Seeded):
    """Normal values.

    Args:
        mean, stddev: of the distribution.
        seed: an integer or a `SeedGenerator`; None for one drawn now.

    Example:
        >>> gs.initializers.RandomNormal()((2, 3)).shape
        (2, 3)
    """

    names = ("mean", "stddev")

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        self.mean, self.stddev = mean, stddev
        self._seed(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        return random.normal(shape, self.mean, self.stddev, dtype or floatx(), self.seed)


class TruncatedNormal(RandomNormal):
    """Normal values no further than two deviations from the mean.

    Args:
        mean, stddev: of the distribution before it is cut.
        seed: an integer or a `SeedGenerator`; None for one drawn now.

    Example:
        >>> bool(ops.all(ops.abs(gs.initializers.TruncatedNormal()((100,))) <= 0.1))
        True
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        return random.truncated_normal(shape, self.mean, self.stddev, dtype or floatx(), self.seed)


class RandomUniform(_Seeded):
    """Uniform values.

    Args:
        minval, maxval: the bounds.
        seed: an integer or a `SeedGenerator`; None for one drawn now.

    Example:
        >>> bool(ops.all(ops.abs(gs.initializers.RandomUniform()((100,))) <= 0.05))
        True
    """

    names = ("minval", "maxval")

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        self.minval, self.maxval = minval, maxval
        self._seed(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        return random.uniform(shape, self.minval, self.maxval, dtype or floatx(), self.seed)


class Orthogonal(_Seeded):
    """An orthogonal matrix, times a gain: Saxe et al., ICLR 2014.

    Args:
        gain: the factor.
        seed: an integer or a `SeedGenerator`; None for one drawn now.

    Raises:
        ValueError: for fewer than two axes.

    Example:
        >>> q = gs.initializers.Orthogonal()((3, 3))
        >>> np.allclose(q.numpy() @ q.numpy().T, np.eye(3), atol=1e-5)
        True
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        self.gain = gain
        self._seed(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        if len(shape) < 2:
            raise ValueError(f"Expected a shape of two axes or more. Received: shape={shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        flat = (max(rows, columns), min(rows, columns))
        q, r = ops.qr(random.normal(flat, dtype=dtype or floatx(), seed=self.seed))
        # Signs that make the distribution uniform: Mezzadri, Notices of the AMS 54, 2007.
        q = q * ops.sign(ops.diagonal(r))
        if rows < columns:
            q = ops.transpose(q)
        return self.gain * ops.reshape(q, shape)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": serialize_keras_object(self._given_seed)}


class Identity(Initializer):
    """The identity matrix, times a gain.

    Args:
        gain: the factor.

    Raises:
        ValueError: for other than two axes.

    Example:
        >>> gs.initializers.Identity()((2, 2)).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        if len(shape) != 2:
            raise ValueError(f"Expected a shape of two axes. Received: shape={shape}")
        return self.gain * ops.eye(*shape, dtype=dtype or floatx())

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}


class STFT(Initializer):
    """The kernel of a short-time Fourier transform, of shape (length, 1, bins).

    Args:
        side: `"real"` or `"imag"`.
        window: the name of a window of `scipy.signal.get_window`, an array, or None.
        scaling: `"density"`, `"spectrum"` or None.
        periodic: whether the window is periodic.

    Raises:
        ValueError: for another side or scaling, and for a shape that is no kernel's.

    Example:
        >>> gs.initializers.STFT("real", "hann")((4, 1, 3)).shape
        (4, 1, 3)
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ValueError(f"Expected the side 'real' or 'imag'. Received: side={side!r}")
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(f"Expected density, spectrum or None. Received: scaling={scaling!r}")
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        if len(shape) != 3 or shape[1] != 1:
            raise ValueError(f"Expected a shape (length, 1, bins). Received: shape={shape}")
        length, _, bins = shape
        fft_length = (bins - 1) * 2
        window = self._window(length)
        if self.scaling == "density":
            window = window / math.sqrt(float((window**2).sum()))
        elif self.scaling == "spectrum":
            window = window / float(window.sum())
        angles = 2 * np.pi * np.outer(np.arange(length), np.arange(bins)) / fft_length
        waves = np.cos(angles) if self.side == "real" else -np.sin(angles)
        kernel = (waves * window[:, None])[:, None, :]
        return ops.convert_to_tensor(kernel.astype(dtype or floatx()))

    def _window(self, length: int) -> np.ndarray:
        if self.window is None:
            return np.ones(length)
        if not isinstance(self.window, str):
            return np.asarray(self.window, np.float64)
        names: dict[str, Any] = {"hann": np.hanning, "hamming": np.hamming, "blackman": np.blackman,
                 "bartlett": np.bartlett, "boxcar": np.ones, "rectangular": np.ones}  # fmt: skip
        if self.window not in names:
            raise ValueError(f"Expected one of {list(names)}. Received: window={self.window!r}")
        make = names[self.window]
        return np.asarray(make(length + 1)[:-1] if self.periodic else make(length), np.float64)

    def get_config(self) -> dict[str, Any]:
        return {
            "side": self.side,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }


_ALIASES: dict[str, Any] = {
    "IdentityInitializer": Identity, "OrthogonalInitializer": Orthogonal, "STFTInitializer": STFT,
    "stft": STFT, "uniform": RandomUniform, "normal": RandomNormal, "zero": Zeros, "one": Ones,
}  # fmt: skip
_family = Family(
    "keras.initializers",
    "initializer",
    [
        Constant, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, Initializer,
        LecunNormal, LecunUniform, Ones, Orthogonal, RandomNormal, RandomUniform, STFT,
        TruncatedNormal, VarianceScaling, Zeros,
    ],
    _ALIASES,
    snake_cased=True,
    canonical={"Initializer": "keras.Initializer"},
)  # fmt: skip
get, serialize, deserialize = _family.get, _family.serialize, _family.deserialize
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT
constant, zeros, ones, identity, orthogonal, stft = (
    Constant, Zeros, Ones, Identity, Orthogonal, STFT,
)  # fmt: skip
glorot_normal, glorot_uniform, he_normal, he_uniform = (
    GlorotNormal, GlorotUniform, HeNormal, HeUniform,
)  # fmt: skip
lecun_normal, lecun_uniform, variance_scaling = LecunNormal, LecunUniform, VarianceScaling
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
