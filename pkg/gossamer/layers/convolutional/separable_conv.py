"""Layers of a convolution of each channel by itself, and one across the channels.

Source: Chollet 2017, Xception: Deep Learning with Depthwise Separable Convolutions.
"""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers import geometry
from gossamer.layers.convolutional.base import BaseConv
from gossamer.tensor import Tensor


class SeparableConv(BaseConv):
    """What `SeparableConv1D` and `SeparableConv2D` share: all but the number of axes."""

    NUMBERS = (
        "depth_multiplier", "filters", "kernel_size", "strides", "padding", "data_format",
        "dilation_rate",
    )  # fmt: skip
    OPTIONS = ("depthwise", "pointwise", "bias")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            activity_regularizer,
            {
                "depthwise": (depthwise_initializer, depthwise_regularizer, depthwise_constraint),
                "pointwise": (pointwise_initializer, pointwise_regularizer, pointwise_constraint),
                "bias": (bias_initializer, bias_regularizer, bias_constraint),
            },
            **kwargs,
        )  # fmt: skip
        self.depth_multiplier = geometry.positive(depth_multiplier, "depth_multiplier")
        self.filters = geometry.positive(filters, "filters")

    def build(self, input_shape: Any) -> None:
        channels = self._expect_channels(input_shape)
        self.compute_output_shape(input_shape)  # refuses inputs in which the kernel does not fit
        between = channels * self.depth_multiplier
        self.depthwise_kernel = self._add(
            "depthwise_kernel", "depthwise", (*self.kernel_size, channels, self.depth_multiplier)
        )
        self.pointwise_kernel = self._add(
            "pointwise_kernel", "pointwise", (*(1,) * self.rank, between, self.filters)
        )
        self._add_bias(self.filters)

    def call(self, inputs: Tensor) -> Tensor:
        outputs = ops.separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )  # fmt: skip
        return self._finish(outputs)

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        return self._output_shape(input_shape, self.filters)


class SeparableConv1D(SeparableConv):
    """A convolution over steps, of each channel by itself, and one across the channels.

    `activation(conv(depthwise_conv(inputs, depthwise_kernel), pointwise_kernel) + bias)`

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window.
        strides: the step between windows.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for
            (batch, channels, steps); the configured one if None.
        dilation_rate: the step between the elements of a window.
        depth_multiplier: how many outputs each channel has between the two convolutions.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        depthwise_initializer: of the first kernel, of shape (kernel_size, channels, multiplier).
        pointwise_initializer: of the second, of shape (1, channels * multiplier, filters).
        bias_initializer: of the bias, of shape (filters,).
        depthwise_regularizer, pointwise_regularizer, bias_regularizer: of the weights; added to
            the loss.
        activity_regularizer: of the outputs; added to the loss.
        depthwise_constraint, pointwise_constraint, bias_constraint: applied to the weights after
            each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> layer = gs.layers.SeparableConv1D(6, 3)
        >>> layer(ops.ones((2, 10, 4))).shape, [w.shape for w in layer.weights]
        ((2, 8, 6), [(3, 4, 1), (1, 4, 6), (6,)])
    """

    rank = 1


class SeparableConv2D(SeparableConv):
    """A convolution over images, of each channel by itself, and one across the channels.

    `activation(conv(depthwise_conv(inputs, depthwise_kernel), pointwise_kernel) + bias)`

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window: a number, or height and width.
        strides: the steps between windows.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"`
            for (batch, channels, height, width); the configured one if None.
        dilation_rate: the steps between the elements of a window.
        depth_multiplier: how many outputs each channel has between the two convolutions.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        depthwise_initializer: of the first kernel, of shape (*kernel_size, channels, multiplier).
        pointwise_initializer: of the second, of shape (1, 1, channels * multiplier, filters).
        bias_initializer: of the bias, of shape (filters,).
        depthwise_regularizer, pointwise_regularizer, bias_regularizer: of the weights; added to
            the loss.
        activity_regularizer: of the outputs; added to the loss.
        depthwise_constraint, pointwise_constraint, bias_constraint: applied to the weights after
            each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> layer = gs.layers.SeparableConv2D(6, 3, padding="same")
        >>> layer(ops.ones((2, 8, 8, 4))).shape
        (2, 8, 8, 6)
    """

    rank = 2
