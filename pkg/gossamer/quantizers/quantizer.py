"""Numbers as 8-bit integers and a scale: `q = round(x * scale)`, `scale = 127 / max |x|`."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.defaults import epsilon as default_epsilon


class Quantizer:
    """The base of quantizers, and one that leaves its input as it is.

    Args:
        output_dtype: of what it gives.

    Example:
        >>> gs.quantizers.Quantizer()(ops.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def __init__(self, output_dtype: str = "int8") -> None:
        self.output_dtype = output_dtype

    def __call__(self, x: Any) -> Any:
        return x

    def get_config(self) -> dict[str, Any]:
        """What the constructor needs; of your own class to write."""
        raise NotImplementedError(f"{type(self).__name__} has no `get_config` method.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The quantizer that a configuration describes."""
        return cls(**config)


def abs_max_quantize(
    inputs: Any,
    axis: Any,
    value_range: tuple[int, int] = (-127, 127),
    dtype: str = "int8",
    epsilon: float | None = None,
    to_numpy: bool = False,
) -> tuple[Any, Any]:
    """Integers and their scale: the largest number is the largest integer.

    Args:
        inputs: a tensor of floats.
        axis: the axes of which each place has the same scale.
        value_range: the least and the greatest integer.
        dtype: of the integers.
        epsilon: added to the largest number; `config.epsilon()` if None.
        to_numpy: whether it is computed on the host.

    Returns:
        The integers, and the scale by which they were multiplied, with axes of size 1.

    Example:
        >>> q, scale = gs.quantizers.abs_max_quantize([[1.0, -4.0]], axis=-1)
        >>> q.tolist(), round(scale.item(), 3)
        ([[32, -127]], 31.75)
    """
    if epsilon is None:
        epsilon = default_epsilon()
    low, high = value_range
    if not to_numpy:
        x = ops.convert_to_tensor(inputs)
        scale = high / (ops.max(ops.abs(x), axis=axis, keepdims=True) + epsilon)
        scale = ops.cast(scale, x.dtype)
        return ops.cast(ops.clip(ops.round(x * scale), low, high), dtype), scale
    array = np.asarray(ops.convert_to_numpy(inputs))
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    scale = np.divide(high, np.max(np.abs(array), axis=axes, keepdims=True) + epsilon)
    found = np.clip(np.round(array * scale), low, high).astype(dtype)
    return ops.convert_to_tensor(found), ops.convert_to_tensor(scale, dtype=array.dtype.name)


class AbsMaxQuantizer(Quantizer):
    """`abs_max_quantize` with its settings.

    Args:
        axis: the axes of which each place has the same scale; the last one if None.
        value_range: the least and the greatest integer.
        epsilon: added to the largest number; `config.epsilon()` if None.
        output_dtype: of the integers.

    Raises:
        ValueError: for a range beyond that of int8.

    Example:
        >>> q, scale = gs.quantizers.AbsMaxQuantizer(axis=0)(ops.convert_to_tensor([[1.0], [4.0]]))
        >>> q.tolist()
        [[32], [127]]
    """

    def __init__(
        self,
        axis: Any = None,
        value_range: tuple[int, int] = (-127, 127),
        epsilon: float | None = None,
        output_dtype: str = "int8",
    ) -> None:
        super().__init__(output_dtype)
        self.axis = None if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        self.value_range = value_range
        self.epsilon = default_epsilon() if epsilon is None else epsilon
        if output_dtype == "int8" and (value_range[0] < -128 or value_range[1] > 127):
            raise ValueError(
                f"Expected integers of int8, from -128 to 127. Received: value_range={value_range}"
            )

    def __call__(self, x: Any, axis: Any = None, to_numpy: bool = False) -> tuple[Any, Any]:
        axis = self.axis if axis is None else axis
        return abs_max_quantize(
            x, -1 if axis is None else axis, self.value_range, self.output_dtype, self.epsilon,
            to_numpy,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {
            "value_range": self.value_range,
            "epsilon": self.epsilon,
            "output_dtype": self.output_dtype,
        }
        return config if self.axis is None else {**config, "axis": self.axis}


def fake_quant_with_min_max_vars(
    inputs: Any,
    min_vals: Any,
    max_vals: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    axis: int | None = None,
) -> Any:
    """Floats as they would be after quantization: one of `2^num_bits` values within a range.

    Args:
        inputs: a tensor of floats.
        min_vals, max_vals: of the range, which is moved so that 0 is one of the values; scalars, or
            one for each place of an axis.
        num_bits: how many bits the integers would have.
        narrow_range: whether they begin with 1, and not with 0.
        axis: the axis of the ranges; None for scalars.

    Example:
        >>> gs.quantizers.fake_quant_with_min_max_vars([0.1, 0.6, 9.0], 0.0, 1.0, 2).numpy()
        array([0.       , 0.6666667, 1.       ], dtype=float32)

    Source: Jacob et al., "Quantization and training of neural networks for efficient
        integer-arithmetic-only inference", CVPR 2018.
    """
    x = inputs if isinstance(inputs, KerasTensor) else ops.convert_to_tensor(inputs)
    least, most = 1 if narrow_range else 0, (1 << int(num_bits)) - 1
    others = None if axis is None else [d for d in range(x.ndim) if d != axis % x.ndim]

    @ops.custom_gradient
    def quantized(x: Any, low: Any, high: Any) -> Any:
        scale = (high - low) / (most - least)
        inverse = (most - least) / (high - low)
        zero = ops.round(ops.clip(least - low / scale, least, most))
        low_end, high_end = (least - zero) * scale, (most - zero) * scale
        if others is not None:
            shape = [1 if d in others else -1 for d in range(x.ndim)]
            scale, inverse, low_end, high_end = (
                ops.reshape(value, shape) for value in (scale, inverse, low_end, high_end)
            )
        shifted = ops.clip(x, low_end, high_end) - low_end
        steps = ops.floor(shifted * inverse - ops.floor(0.5 - low_end * inverse) + 0.5)
        inside = ops.logical_and(x >= low_end, x <= high_end)

        def gradients(upstream: Any) -> list[Any]:
            def at(where: Any) -> Any:
                return ops.sum(ops.where(where, upstream, 0.0), axis=others)

            ends = [(low, at(x <= low_end)), (high, at(x >= high_end))]
            return [
                ops.where(inside, upstream, 0.0),
                *(ops.reshape(found, end.shape) for end, found in ends),
            ]

        return steps * scale, gradients

    return quantized(
        x, *(ops.convert_to_tensor(v, dtype="float32") for v in (min_vals, max_vals))
    )  # fmt: skip
