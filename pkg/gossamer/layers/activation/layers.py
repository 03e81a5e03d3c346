"""Layers that are an activation."""

from __future__ import annotations

import warnings
from typing import Any

from gossamer import activations, constraints, initializers, ops, regularizers
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class _Elementwise(Layer):
    """A layer whose outputs have the shape of its inputs, and their mask."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class Activation(_Elementwise):
    """An activation as a layer.

    Args:
        activation: its name, or a function.
        kwargs: as for `Layer`.

    Example:
        >>> gs.layers.Activation("relu")(ops.convert_to_tensor([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        return self.activation(inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class ELU(_Elementwise):
    """`x` where it is positive, and `alpha * (exp(x) - 1)` elsewhere.

    Args:
        alpha: the factor.
        kwargs: as for `Layer`.

    Example:
        >>> gs.layers.ELU()(ops.convert_to_tensor([0.0, 2.0])).tolist()
        [0.0, 2.0]
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Tensor) -> Tensor:
        return activations.elu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        # In the order of Keras, which makes this configuration of the constructor's arguments.
        config = super().get_config()
        return {"name": config.pop("name"), "alpha": self.alpha, **config}


class LeakyReLU(_Elementwise):
    """`x` where it is positive, and `negative_slope * x` elsewhere.

    Args:
        negative_slope: not negative.
        kwargs: as for `Layer`; `alpha` is an older name of `negative_slope`.

    Raises:
        ValueError: for a negative slope below 0.

    Example:
        >>> gs.layers.LeakyReLU(0.5)(ops.convert_to_tensor([-2.0, 2.0])).tolist()
        [-1.0, 2.0]
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn("`alpha` is called `negative_slope` now.", stacklevel=2)
        super().__init__(**kwargs)
        self.negative_slope = _not_negative(negative_slope, "negative_slope")

    def call(self, inputs: Tensor) -> Tensor:
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "negative_slope": self.negative_slope}


class PReLU(Layer):
    """`x` where it is positive, and `alpha * x` elsewhere; alpha is learned.

    Args:
        alpha_initializer: of alpha, which has the shape of a sample.
        alpha_regularizer: of alpha.
        alpha_constraint: of alpha.
        shared_axes: the axes along which alpha is the same, counted from 1.
        kwargs: as for `Layer`.

    Example:
        >>> gs.layers.PReLU()(ops.convert_to_tensor([[-2.0, 2.0]])).tolist()
        [[0.0, 2.0]]
    """

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        if shared_axes is not None:
            shared_axes = list(shared_axes) if isinstance(shared_axes, (list, tuple)) else [
                shared_axes
            ]  # fmt: skip
        self.shared_axes = shared_axes

    def build(self, input_shape: Any) -> None:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_weight(
            shape,
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )
        axes = {}
        if self.shared_axes:
            own = [axis for axis in range(1, len(input_shape)) if axis not in self.shared_axes]
            axes = {axis: input_shape[axis] for axis in own}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.relu(inputs) - self.alpha * ops.relu(-inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }


class ReLU(_Elementwise):
    """`activations.relu` as a layer.

    Args:
        max_value: the largest output; none if None.
        negative_slope: how steep it is below the threshold.
        threshold: where it begins.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for negative numbers.

    Example:
        >>> gs.layers.ReLU(max_value=1.0)(ops.convert_to_tensor([-2.0, 2.0])).tolist()
        [0.0, 1.0]
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else _not_negative(max_value, "max_value")
        self.negative_slope = _not_negative(negative_slope, "negative_slope")
        self.threshold = _not_negative(threshold, "threshold")

    def call(self, inputs: Tensor) -> Tensor:
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class Softmax(_Elementwise):
    """`exp(x) / sum(exp(x))` along some axes; masked places are 0.

    Args:
        axis: the axis, or several.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a mask that does not broadcast to the inputs.

    Example:
        >>> gs.layers.Softmax()(ops.zeros((1, 4))).tolist()
        [[0.25, 0.25, 0.25, 0.25]]
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is not None:
            self._check(mask, inputs)
            if mask.dtype != "bool":
                mask = mask > 0.5
            # As much as float16 holds.
            lowest = -3e4 if inputs.dtype == "float16" else -1e9
            inputs = ops.where(mask, inputs, ops.cast(lowest, inputs.dtype))
        if isinstance(self.axis, (list, tuple)):
            axes = tuple(self.axis)
            outputs = ops.exp(inputs - ops.logsumexp(inputs, axis=axes, keepdims=True))
        else:
            outputs = ops.softmax(inputs, axis=self.axis)
        return outputs if mask is None else ops.where(mask, outputs, ops.zeros_like(outputs))

    @staticmethod
    def _check(mask: Tensor, inputs: Tensor) -> None:
        pairs = zip(reversed(mask.shape), reversed(inputs.shape), strict=False)
        if mask.ndim > inputs.ndim or any(m not in (1, i) for m, i in pairs):
            raise ValueError(
                "Expected a mask that broadcasts to the inputs. "
                f"Received: inputs.shape={inputs.shape}, mask.shape={mask.shape}"
            )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


def _not_negative(value: Any, name: str) -> float:
    if value is None or value < 0:
        raise ValueError(f"Expected a number that is not negative. Received: {name}={value}")
    return value
