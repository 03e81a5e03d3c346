"""Layers of convolutions of each channel by itself."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers import geometry
from gossamer.layers.convolutional.base import BaseConv
from gossamer.tensor import Tensor


class DepthwiseConv(BaseConv):
    """What `DepthwiseConv1D` and `DepthwiseConv2D` share: all but the number of axes."""

    NUMBERS = (
        "depth_multiplier", "kernel_size", "strides", "padding", "data_format", "dilation_rate",
    )  # fmt: skip
    OPTIONS = ("depthwise", "bias")

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            activity_regularizer,
            {
                "depthwise": (depthwise_initializer, depthwise_regularizer, depthwise_constraint),
                "bias": (bias_initializer, bias_regularizer, bias_constraint),
            },
            **kwargs,
        )  # fmt: skip
        self.depth_multiplier = geometry.positive(depth_multiplier, "depth_multiplier")

    def build(self, input_shape: Any) -> None:
        channels = self._expect_channels(input_shape)
        self.compute_output_shape(input_shape)  # refuses inputs in which the kernel does not fit
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self._add("kernel", "depthwise", shape)
        self._add_bias(channels * self.depth_multiplier)

    def call(self, inputs: Tensor) -> Tensor:
        outputs = ops.depthwise_conv(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )  # fmt: skip
        return self._finish(outputs)

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        filters = self.depth_multiplier * self._get_input_channel(input_shape)
        return self._output_shape(input_shape, filters)


class DepthwiseConv1D(DepthwiseConv):
    """A convolution over steps, of each channel by itself, with a bias and an activation.

    `outputs[n, s, c * m + j] = activation(sum of inputs[n, s + k, c] * kernel[k, c, j] + bias)`
    over k, with the multiplier m.

    Args:
        kernel_size: of the window.
        strides: the step between windows.
        padding: `"valid"` for windows that fit, `"same"` for all.
        depth_multiplier: how many outputs each channel has.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for
            (batch, channels, steps); the configured one if None.
        dilation_rate: the step between the elements of a window.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        depthwise_initializer: of the kernel, of shape (kernel_size, channels, multiplier).
        bias_initializer: of the bias, of shape (channels * multiplier,).
        depthwise_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        depthwise_constraint, bias_constraint: applied to the weights after each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> layer = gs.layers.DepthwiseConv1D(3, depth_multiplier=2)
        >>> layer(ops.ones((2, 10, 4))).shape, layer.kernel.shape
        ((2, 8, 8), (3, 4, 2))
    """

    rank = 1


class DepthwiseConv2D(DepthwiseConv):
    """A convolution over images, of each channel by itself, with a bias and an activation.

    `outputs[n, s, c * m + j] = activation(sum of inputs[n, s + k, c] * kernel[k, c, j] + bias)`
    over k, with the multiplier m, and pairs of numbers s and k.

    Args:
        kernel_size: of the window: a number, or height and width.
        strides: the steps between windows.
        padding: `"valid"` for windows that fit, `"same"` for all.
        depth_multiplier: how many outputs each channel has.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"`
            for (batch, channels, height, width); the configured one if None.
        dilation_rate: the steps between the elements of a window.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        depthwise_initializer: of the kernel, of shape (*kernel_size, channels, multiplier).
        bias_initializer: of the bias, of shape (channels * multiplier,).
        depthwise_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        depthwise_constraint, bias_constraint: applied to the weights after each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> layer = gs.layers.DepthwiseConv2D(3, strides=2, padding="same")
        >>> layer(ops.ones((2, 10, 10, 4))).shape
        (2, 5, 5, 4)
    """

    rank = 2
