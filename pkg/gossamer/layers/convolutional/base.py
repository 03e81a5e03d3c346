"""What all layers of convolutions share: windows, kernels with their options, bias, activation."""

from __future__ import annotations

from typing import Any

from gossamer import activations, constraints, initializers, ops, regularizers
from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor
from gossamer.variable import Variable

FAMILIES = (
    ("initializer", initializers),
    ("regularizer", regularizers),
    ("constraint", constraints),
)


class BaseConv(Layer):
    """A layer of `activation(convolution(inputs) + bias)`.

    Subclasses say how many axes have places, `rank`; which numbers stand in a configuration,
    `NUMBERS`; and whose options, `OPTIONS`: the kernels' names or such, the bias last.

    Args:
        kernel_size, strides, dilation_rate: a number for all axes, or one for each.
        padding: one of `PADDINGS`.
        data_format: `"channels_last"`, `"channels_first"`, or the configured one if None.
        activation: name or function; none if None.
        use_bias: whether a bias is added.
        activity_regularizer: of the outputs; added to the loss.
        options: for each of `OPTIONS` its initializer, regularizer and constraint.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for numbers, paddings and formats that there are not.
    """

    rank: int
    NUMBERS: tuple[str, ...]
    OPTIONS: tuple[str, ...]
    PADDINGS: tuple[str, ...] = ("valid", "same")

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        activity_regularizer: Any,
        options: dict[str, tuple[Any, Any, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.kernel_size = per_axis(kernel_size, self.rank, "kernel_size")
        self.strides = per_axis(strides, self.rank, "strides")
        self.dilation_rate = per_axis(dilation_rate, self.rank, "dilation_rate")
        self.padding = geometry.standardize_padding(padding, self.PADDINGS)
        self.data_format = standardize_data_format(data_format)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        for name in self.OPTIONS:
            for (kind, family), value in zip(FAMILIES, options[name], strict=True):
                setattr(self, f"{name}_{kind}", family.get(value))
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def _strided_or_dilated(self) -> None:
        """Refuse strides and dilation rates that are both more than 1."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "Expected strides or dilation rates of 1. "
                f"Received: strides={self.strides}, dilation_rate={self.dilation_rate}"
            )

    def _get_input_channel(self, input_shape: Any) -> Any:
        return geometry.channels_of(input_shape, self.data_format)

    def _expect_channels(self, input_shape: Any) -> int:
        """The number of channels, which later inputs must have, too."""
        channels = self._get_input_channel(input_shape)
        if channels is None:
            raise ValueError(
                f"Expected a known number of channels for the layer {self.name!r}. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        axis = -1 if self.data_format == "channels_last" else 1
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})
        return channels

    def _add(self, name: str, option: str, shape: tuple[int, ...]) -> Variable:
        return self.add_weight(
            shape,
            getattr(self, f"{option}_initializer"),
            regularizer=getattr(self, f"{option}_regularizer"),
            constraint=getattr(self, f"{option}_constraint"),
            name=name,
        )

    def _add_bias(self, filters: int) -> None:
        self.bias = self._add("bias", "bias", (filters,)) if self.use_bias else None

    def _finish(self, outputs: Tensor) -> Tensor:
        if self.bias is not None:
            bias: Any = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (-1, *(1,) * self.rank))
            outputs = ops.add(outputs, bias)
        return self.activation(outputs)

    def _output_shape(self, input_shape: Any, filters: int) -> geometry.Shape:
        places = geometry.window_places(
            geometry.lengths_of(input_shape, self.data_format),
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
        )
        return geometry.shape_of(input_shape[0], places, filters, self.data_format)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config |= {name: getattr(self, name) for name in self.NUMBERS}
        config["activation"] = activations.serialize(self.activation)
        config["use_bias"] = self.use_bias
        for kind, family in FAMILIES:
            for name in self.OPTIONS:
                config[f"{name}_{kind}"] = family.serialize(getattr(self, f"{name}_{kind}"))
            if kind == "regularizer":
                config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config
