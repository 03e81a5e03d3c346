"""Layers of transposed convolutions, which make their inputs larger."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers import geometry
from gossamer.layers.convolutional.base import BaseConv
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor


class ConvTranspose(BaseConv):
    """What the transposed convolutions share: all but the number of axes."""

    NUMBERS = (
        "filters", "kernel_size", "strides", "padding", "output_padding", "data_format",
        "dilation_rate",
    )  # fmt: skip
    OPTIONS = ("kernel", "bias")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
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
        self.filters = geometry.positive(filters, "filters")
        self.output_padding: tuple[int, ...] | None = None
        if output_padding is not None:
            self.output_padding = per_axis(output_padding, self.rank, "output_padding", least=0)
            if any(p >= s for p, s in zip(self.output_padding, self.strides, strict=True)):
                raise ValueError(
                    f"Expected output paddings below the strides {self.strides}. "
                    f"Received: output_padding={output_padding}"
                )
        self._strided_or_dilated()

    def build(self, input_shape: Any) -> None:
        channels = self._expect_channels(input_shape)
        self.kernel = self._add("kernel", "kernel", (*self.kernel_size, self.filters, channels))
        self._add_bias(self.filters)

    def call(self, inputs: Tensor) -> Tensor:
        outputs = ops.conv_transpose(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.output_padding,
            self.data_format,
            self.dilation_rate,
        )  # fmt: skip
        return self._finish(outputs)

    def compute_output_shape(self, input_shape: Any) -> list[int | None]:
        """The shape of the outputs for inputs of a shape: here, as in Keras, a list."""
        lengths = geometry.lengths_of(input_shape, self.data_format)
        if len(lengths) != self.rank:
            raise ValueError(
                f"Expected inputs with {self.rank} axes between batch and channels. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        longer = [self._length(axis, length) for axis, length in enumerate(lengths)]
        return list(geometry.shape_of(input_shape[0], longer, self.filters, self.data_format))

    def _length(self, axis: int, length: int | None) -> int | None:
        """The output's length along an axis."""
        if length is None:
            return None
        stride = self.strides[axis]
        reach = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1
        extra = None if self.output_padding is None else self.output_padding[axis]
        if self.padding == "valid":
            more = max(reach, stride) if extra is None else reach + extra
        else:
            more = stride if extra is None else reach % 2 + extra
        return (length - 1) * stride + more


class Conv1DTranspose(ConvTranspose):
    """A transposed convolution over steps: `activation(conv_transpose(inputs, kernel) + bias)`.

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window that each input is spread over.
        strides: the step between the windows of neighbouring inputs.
        padding: `"valid"` for all that is reached, `"same"` for `strides` times the steps.
        output_padding: how much longer the output is than the shortest possible, less than
            `strides`; chosen by `padding` if None.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for
            (batch, channels, steps); the configured one if None.
        dilation_rate: the step between the elements of a window.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (kernel_size, filters, channels).
        bias_initializer: of the bias, of shape (filters,).
        kernel_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, output paddings from the strides on, and strides along
            with dilation rates.

    Example:
        >>> layer = gs.layers.Conv1DTranspose(4, 3, strides=2)
        >>> layer(ops.ones((2, 5, 8))).shape, layer.kernel.shape
        ((2, 11, 4), (3, 4, 8))
    """

    rank = 1


class Conv2DTranspose(ConvTranspose):
    """A transposed convolution over images: `activation(conv_transpose(inputs, kernel) + bias)`.

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window that each input is spread over: a number, or height and width.
        strides: the steps between the windows of neighbouring inputs.
        padding: `"valid"` for all that is reached, `"same"` for `strides` times the size.
        output_padding: how much larger the output is than the smallest possible, less than
            `strides`; chosen by `padding` if None.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"`
            for (batch, channels, height, width); the configured one if None.
        dilation_rate: the steps between the elements of a window.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (*kernel_size, filters, channels).
        bias_initializer: of the bias, of shape (filters,).
        kernel_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, output paddings from the strides on, and strides along
            with dilation rates.

    Example:
        >>> layer = gs.layers.Conv2DTranspose(4, 3, strides=2, padding="same")
        >>> layer(ops.ones((2, 5, 5, 8))).shape
        (2, 10, 10, 4)
    """

    rank = 2


class Conv3DTranspose(ConvTranspose):
    """A transposed convolution over volumes: `activation(conv_transpose(inputs, kernel) + bias)`.

    Args:
        filters: positive integer, the number of output channels.
        kernel_size: of the window that each input is spread over: a number, or three.
        strides: the steps between the windows of neighbouring inputs.
        padding: `"valid"` for all that is reached, `"same"` for `strides` times the size.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        output_padding: how much larger the output is than the smallest possible, less than
            `strides`; chosen by `padding` if None. Here it follows `data_format`, as in Keras.
        dilation_rate: the steps between the elements of a window.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        kernel_initializer: of the kernel, of shape (*kernel_size, filters, channels).
        bias_initializer: of the bias, of shape (filters,).
        kernel_regularizer, bias_regularizer: of the weights; added to the loss.
        activity_regularizer: of the outputs; added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each step.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, output paddings from the strides on, and strides along
            with dilation rates.

    Example:
        >>> layer = gs.layers.Conv3DTranspose(4, 3, strides=2)
        >>> layer(ops.ones((1, 2, 3, 4, 2))).shape
        (1, 5, 7, 9, 4)
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: Any = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
            activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
            bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint, **kwargs,
        )  # fmt: skip
