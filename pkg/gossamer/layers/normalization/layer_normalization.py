"""Normalization of each sample by itself: over axes, over groups of channels, by length."""

from __future__ import annotations

import warnings
from typing import Any

from gossamer import ops
from gossamer.dtypes import result_type
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.layers.normalization.affine import Affine, check_axes
from gossamer.tensor import Tensor


class LayerNormalization(Affine):
    """`gamma * (x - mean) / sqrt(variance + epsilon) + beta`, over some axes of each sample.

    Source: Ba et al., "Layer normalization", 2016.

    Args:
        axis: the axis, or several.
        epsilon: added to the variance.
        center: whether beta is added.
        scale: whether gamma multiplies.
        beta_initializer, gamma_initializer: of these.
        beta_regularizer, gamma_regularizer: of these.
        beta_constraint, gamma_constraint: of these.
        kwargs: as for `Layer`; `rms_scaling`, which Keras advises against.

    Raises:
        TypeError: for axes that are no integers.

    Example:
        >>> gs.layers.LayerNormalization()(ops.ones((2, 3))).tolist()[0]
        [0.0, 0.0, 0.0]
    """

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        rms_scaling = kwargs.pop("rms_scaling", False)
        if rms_scaling:
            warnings.warn(
                "rms_scaling divides by the variance: use RMSNormalization.", stacklevel=2
            )
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(f"Expected an integer or several as axis. Received: axis={axis!r}")
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.rms_scaling = rms_scaling
        self.autocast = False

    def build(self, input_shape: Any) -> None:
        self.axis = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        shape = tuple(input_shape[axis] for axis in self.axis)
        center, scale = self.center, self.scale
        if self.rms_scaling:
            self.center, self.scale = False, True
        self._add_affine(shape)
        self.center, self.scale = center, scale

    def call(self, inputs: Tensor) -> Tensor:
        outputs = ops.layer_normalization(
            inputs, self.gamma, self.beta, self.axis, self.epsilon, rms_scaling=self.rms_scaling
        )
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        check_axes(self.axis, input_shape)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "rms_scaling": self.rms_scaling,
            **self._initializers_config(),
            **self._affine_config(),
        }


class GroupNormalization(Affine):
    """`gamma * (x - mean) / sqrt(variance + epsilon) + beta`, over each group of channels.

    Source: Wu and He, "Group normalization", ECCV 2018.

    Args:
        groups: how many; -1 for as many as there are channels.
        axis: that of the channels.
        epsilon: added to the variance.
        center: whether beta is added.
        scale: whether gamma multiplies.
        beta_initializer, gamma_initializer: of these.
        beta_regularizer, gamma_regularizer: of these.
        beta_constraint, gamma_constraint: of these.
        kwargs: as for `Layer`.

    Raises:
        ValueError: if the channels are no multiple of the groups.

    Example:
        >>> gs.layers.GroupNormalization(2)(ops.ones((1, 3, 4))).shape
        (1, 3, 4)
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(f"Expected a positive integer or -1. Received: groups={groups}")
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.groups = groups
        self.axis = axis

    def build(self, input_shape: Any) -> None:
        channels = input_shape[self.axis]
        if channels is None:
            raise ValueError(
                f"Expected a known number of channels for the layer {self.name!r}. "
                f"Received: input_shape={input_shape}"
            )
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ValueError(
                f"Expected as many channels as a multiple of {self.groups} groups for the layer "
                f"{self.name!r}. Received: {channels} channels"
            )
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        self._add_affine((channels,))

    def call(self, inputs: Tensor) -> Tensor:
        axis = self.axis % inputs.ndim
        shape = inputs.shape
        in_groups = (*shape[:axis], self.groups, shape[axis] // self.groups, *shape[axis + 1 :])
        x = ops.cast(inputs, result_type(inputs.dtype, "float32"))
        x = ops.reshape(x, in_groups)
        axes = [k for k in range(1, len(in_groups)) if k != axis]
        mean, variance = ops.moments(x, axes=axes, keepdims=True)
        x = ops.reshape((x - mean) * ops.rsqrt(variance + self.epsilon), shape)
        along = [1] * len(shape)
        along[axis] = shape[axis]
        if self.gamma is not None:
            x = x * ops.cast(ops.reshape(self.gamma, along), x.dtype)
        if self.beta is not None:
            x = x + ops.cast(ops.reshape(self.beta, along), x.dtype)
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        check_axes(self.axis, input_shape)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "groups": self.groups,
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **self._initializers_config(),
            **self._affine_config(),
        }


class RMSNormalization(Layer):
    """`scale * x / sqrt(mean(x**2) + epsilon)`, over some axes of each sample.

    Source: Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019.

    Args:
        axis: the axis, or several.
        epsilon: added to the mean square.
        kwargs: as for `Layer`.

    Example:
        >>> gs.layers.RMSNormalization()(ops.ones((1, 2))).numpy().round(3).tolist()
        [[1.0, 1.0]]
    """

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.epsilon = epsilon

    def build(self, input_shape: Any) -> None:
        self.axis = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        shape = tuple(input_shape[axis] for axis in self.axis)
        self.scale = self.add_weight(shape, "ones", name="scale")

    def call(self, x: Tensor) -> Tensor:
        return ops.rms_normalization(x, self.scale, axis=self.axis, epsilon=self.epsilon)

    def compute_output_shape(self, input_shape: Any) -> Any:
        check_axes(self.axis, input_shape)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}


class UnitNormalization(Layer):
    """`x / norm(x)` along some axes.

    Args:
        axis: the axis, or several.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for axes that are no integers.

    Example:
        >>> gs.layers.UnitNormalization()(ops.convert_to_tensor([[3.0, 4.0]])).numpy().round(3)
        array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(f"Expected an integer or several as axis. Received: axis={axis!r}")
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)

    def compute_output_shape(self, input_shape: Any) -> Any:
        check_axes(self.axis, input_shape)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
