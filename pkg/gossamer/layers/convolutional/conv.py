"""Layers of ordinary convolutions, over one, two and three axes."""

from __future__ import annotations

from typing import Any

from gossamer.layers import geometry
from gossamer.layers.convolutional.base import BaseConv
from gossamer.layers.core.low_rank import Adapted, LowRank
from gossamer.ops.conv import convolved
from gossamer.tensor import Tensor


class Conv(LowRank, BaseConv):
    """What `Conv1D`, `Conv2D` and `Conv3D` share: all but the number of axes."""

    NUMBERS = (
        "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups",
    )  # fmt: skip
    OPTIONS = ("kernel", "bias")
    _large_weight = "kernel"
    kernel = Adapted()

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            activity_regularizer,
            {
                "kernel": (kernel_initializer, kernel_regularizer, kernel_constraint),
                "bias": (bias_initializer, bias_regularizer, bias_constraint),
            },
            **kwargs,
        )  # fmt: skip
        self._plan_adaptation(lora_rank, lora_alpha)
        self.filters = geometry.positive(filters, "filters")
        self.groups = geometry.positive(groups, "groups")
        if self.filters % self.groups:
            raise ValueError(
                "Expected filters that are a multiple of the groups. "
                f"Received: filters={filters}, groups={groups}"
            )
        self._strided_or_dilated()

    def build(self, input_shape: Any) -> None:
        channels = self._expect_channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"Expected channels that are a multiple of groups={self.groups}, for the layer "
                f"{self.name!r}. Received: {channels} channels, of the shape {tuple(input_shape)}"
            )
        self.compute_output_shape(input_shape)  # refuses inputs in which the kernel does not fit
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.kernel = self._add("kernel", "kernel", shape)
        self._add_bias(self.filters)
        self._adapt_as_planned(self.lora_alpha)

    def convolution_op(self, inputs: Tensor, kernel: Any) -> Tensor:
        """The convolution itself, for subclasses to replace."""
        first = self.data_format == "channels_first"
        return convolved(inputs, kernel, self.strides, self.padding, first, self.dilation_rate)

    def call(self, inputs: Tensor) -> Tensor:
        return self._finish(self.convolution_op(inputs, self.kernel))

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        return self._output_shape(input_shape, self.filters)


class Conv1D(Conv):
    """A convolution over steps: `activation(conv(inputs, kernel) + bias)`.

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window.
        strides: the step between windows.
        padding: `"valid"` for windows that fit, `"same"` for all, or `"causal"`: no output
            depends on later inputs.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for
            (batch, channels, steps); the configured one if None.
        dilation_rate: the step between the elements of a window.
        groups: how many parts of the channels are convolved by themselves.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (kernel_size, channels / groups, filters).
        bias_initializer: of the bias, of shape (filters,).
        kernel_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each step.
        lora_rank: the rank of a low-rank adaptation of the kernel, see `enable_lora`; none if None.
        lora_alpha: what the adaptation is multiplied by, times its rank; the rank if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, strides along with dilation rates, filters or channels
            that are no multiple of the groups, and inputs in which no window fits.

    Example:
        >>> layer = gs.layers.Conv1D(4, 3, padding="causal")
        >>> layer(ops.ones((2, 10, 8))).shape, layer.kernel.shape
        ((2, 10, 4), (3, 8, 4))
    """

    rank = 1
    PADDINGS = ("valid", "same", "causal")


class Conv2D(Conv):
    """A convolution over images: `activation(conv(inputs, kernel) + bias)`.

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window: a number, or height and width.
        strides: the steps between windows.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"`
            for (batch, channels, height, width); the configured one if None.
        dilation_rate: the steps between the elements of a window.
        groups: how many parts of the channels are convolved by themselves.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (*kernel_size, channels / groups, filters).
        bias_initializer: of the bias, of shape (filters,).
        kernel_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each step.
        lora_rank: the rank of a low-rank adaptation of the kernel, see `enable_lora`; none if None.
        lora_alpha: what the adaptation is multiplied by, times its rank; the rank if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, strides along with dilation rates, filters or channels
            that are no multiple of the groups, and inputs in which no window fits.

    Example:
        >>> layer = gs.layers.Conv2D(4, 3, activation="relu")
        >>> layer(ops.ones((2, 10, 10, 3))).shape, layer.kernel.shape
        ((2, 8, 8, 4), (3, 3, 3, 4))
    """

    rank = 2


class Conv3D(Conv):
    """A convolution over volumes: `activation(conv(inputs, kernel) + bias)`.

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window: a number, or one for each of the three axes.
        strides: the steps between windows.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        dilation_rate: the steps between the elements of a window.
        groups: how many parts of the channels are convolved by themselves.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (*kernel_size, channels / groups, filters).
        bias_initializer: of the bias, of shape (filters,).
        kernel_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each step.
        lora_rank: the rank of a low-rank adaptation of the kernel, see `enable_lora`; none if None.
        lora_alpha: what the adaptation is multiplied by, times its rank; the rank if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, strides along with dilation rates, filters or channels
            that are no multiple of the groups, and inputs in which no window fits.

    Example:
        >>> layer = gs.layers.Conv3D(4, 2, strides=2)
        >>> layer(ops.ones((1, 4, 6, 8, 3))).shape
        (1, 2, 3, 4, 4)
    """

    rank = 3
