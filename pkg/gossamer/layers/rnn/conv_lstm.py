"""LSTM layers whose products are convolutions, for sequences of images and the like."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.rnn.cell import positive
from gossamer.layers.rnn.lstm import LSTMStep
from gossamer.layers.rnn.rnn import OwnCellRNN
from gossamer.ops.windows import check_options, per_axis
from gossamer.tensor import Tensor


class ConvLSTMCell(LSTMStep):
    """One step of `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`: an `LSTMCell` whose products are
    convolutions.

    Args:
        rank: how many spatial axes there are.
        options: those of `ConvLSTM`.
        kwargs: as for `Layer`.
    """

    masks_per_gate = True
    kernel_size: tuple[int, ...]
    strides: tuple[int, ...]
    dilation_rate: tuple[int, ...]
    filters: int
    padding: str
    data_format: str

    def __init__(self, rank: int, options: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rank = rank
        padding, first = check_options(options["padding"], options["data_format"])
        self._set(**{
            **options,
            "filters": positive("filters", options["filters"]),
            "kernel_size": per_axis(options["kernel_size"], rank, "kernel_size"),
            "strides": per_axis(options["strides"], rank, "strides"),
            "padding": padding,
            "data_format": "channels_first" if first else "channels_last",
            "dilation_rate": per_axis(options["dilation_rate"], rank, "dilation_rate"),
        })  # fmt: skip
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "Expected strides=1 or dilation_rate=1. "
                f"Received: strides={self.strides}, dilation_rate={self.dilation_rate}"
            )
        self.gate_axis = 1 if first else -1
        self.step_ndim = rank + 2
        self.input_spec = InputSpec(ndim=rank + 2)
        self.state_size = -1  # as in Keras: the states are no vectors

    def build(self, inputs_shape: Any, states_shape: Any = None) -> None:
        if None in inputs_shape[1:]:
            raise ValueError(
                f"Expected spatial axes and channels of known sizes for the layer {self.name!r}. "
                f"Received: shape={tuple(inputs_shape)}"
            )
        self.input_spec = InputSpec(shape=(None, *inputs_shape[1:]))
        self._state_shape = self._convolved_shape(inputs_shape)[1:]
        channels, size = inputs_shape[self.gate_axis], 4 * self.filters
        self._add_weights(
            (*self.kernel_size, channels, size),
            (*self.kernel_size, self.filters, size),
            (size,),
            self._first_bias(self.filters),
        )

    def _of_inputs(self, inputs: Tensor, kernel: Any) -> Tensor:
        if inputs.ndim == self.step_ndim:
            return self._convolved(inputs, kernel)
        # All times at once: as many more images.
        times, batch = inputs.shape[:2]
        images = ops.reshape(inputs, (times * batch, *inputs.shape[2:]))
        outputs = self._convolved(images, kernel)
        return ops.reshape(outputs, (times, batch, *outputs.shape[1:]))

    def _convolved(self, inputs: Any, kernel: Any) -> Any:
        return ops.conv(
            inputs, kernel, self.strides, self.padding, self.data_format, self.dilation_rate
        )

    def _of_states(self, state: Tensor, masks: Any) -> Tensor:
        return self._product(
            lambda x, kernel: ops.conv(x, kernel, 1, "same", self.data_format),
            state, masks, self.recurrent_kernel,
        )  # fmt: skip

    def _input_bias(self) -> Any:
        if self.bias is None or self.gate_axis == -1:
            return self.bias
        return ops.reshape(self.bias, (-1, *[1] * self.rank))

    def _convolved_shape(self, shape: Any) -> tuple[int | None, ...]:
        kernel = (*self.kernel_size, shape[self.gate_axis], self.filters)
        return self._convolved(KerasTensor(shape), KerasTensor(kernel)).shape

    def compute_output_shape(self, inputs_shape: Any, states_shape: Any = None) -> Any:
        shape = self._convolved_shape(inputs_shape)
        return shape, [shape, shape]

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        return [ops.zeros((batch_size, *self._state_shape), self.compute_dtype) for _ in range(2)]


class ConvLSTM(OwnCellRNN):
    """An LSTM whose products are convolutions; subclasses say over how many axes.

    `i, f, g, o` are the four parts of `conv(x, kernel) + bias + conv(h, recurrent_kernel)`; the
    rest is as for `LSTM`.

    Source: X. Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for
    Precipitation Nowcasting", NeurIPS 2015.

    Args:
        filters: positive integer, how many channels outputs and states have.
        kernel_size: of the convolutions, a number or one for each spatial axis.
        strides: of the convolution of the inputs, likewise.
        padding: of that, `"valid"` or `"same"`; that of the states is `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; as `config` has it if None.
        dilation_rate: of the convolution of the inputs.
        activation, recurrent_activation: names or functions; none if None.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        unit_forget_bias: whether the bias of the gate that forgets begins at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: of the weights.
        activity_regularizer: of the outputs.
        kernel_constraint, recurrent_constraint, bias_constraint: of the weights.
        dropout, recurrent_dropout: the share of inputs, and of states, that training drops.
        seed: of dropout.
        return_sequences, return_state, go_backwards, stateful: as for `RNN`.
        kwargs: as for `RNN`.

    Raises:
        ValueError: for wrong filters, sizes, strides, paddings or formats; for strides together
            with dilation; in a call, for another number of axes.
    """

    rank: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        options = {
            "filters": filters,
            "kernel_size": kernel_size,
            "strides": strides,
            "padding": padding,
            "data_format": data_format,
            "dilation_rate": dilation_rate,
            "activation": activation,
            "recurrent_activation": recurrent_activation,
            "use_bias": use_bias,
            "kernel_initializer": kernel_initializer,
            "recurrent_initializer": recurrent_initializer,
            "bias_initializer": bias_initializer,
            "unit_forget_bias": unit_forget_bias,
            "kernel_regularizer": kernel_regularizer,
            "recurrent_regularizer": recurrent_regularizer,
            "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint,
            "recurrent_constraint": recurrent_constraint,
            "bias_constraint": bias_constraint,
            "dropout": dropout,
            "recurrent_dropout": recurrent_dropout,
            "seed": seed,
        }
        cell = ConvLSTMCell(self.rank, options, name="conv_lstm_cell", dtype=kwargs.get("dtype"))
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, times = sequences_shape[:2]
        places = self.cell.compute_output_shape((batch, *sequences_shape[2:]))[0][1:]
        output = (batch, times, *places) if self.return_sequences else (batch, *places)
        state = (batch, *places)
        return (output, state, state) if self.return_state else output

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        mask = super().compute_mask(inputs, previous_mask)
        return [mask[0], None, None] if self.return_state else mask


class ConvLSTM1D(ConvLSTM):
    """An LSTM of sequences of sequences, (batch, time, places, channels): see `ConvLSTM`, whose
    arguments it takes.

    Source: X. Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for
    Precipitation Nowcasting", NeurIPS 2015.

    Example:
        >>> layer = gs.layers.ConvLSTM1D(3, 2)
        >>> layer(ops.ones((2, 4, 6, 1))).shape, [w.shape for w in layer.weights]
        ((2, 5, 3), [(2, 1, 12), (2, 3, 12), (12,)])
    """

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """An LSTM of sequences of images, (batch, time, rows, columns, channels): see `ConvLSTM`, whose
    arguments it takes.

    Source: X. Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for
    Precipitation Nowcasting", NeurIPS 2015.

    Example:
        >>> layer = gs.layers.ConvLSTM2D(3, 2, padding="same", return_sequences=True)
        >>> layer(ops.ones((2, 4, 6, 5, 1))).shape
        (2, 4, 6, 5, 3)
    """

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """An LSTM of sequences of volumes, (batch, time, depth, rows, columns, channels): see
    `ConvLSTM`, whose arguments it takes.

    Source: X. Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for
    Precipitation Nowcasting", NeurIPS 2015.

    Example:
        >>> layer = gs.layers.ConvLSTM3D(2, 2)
        >>> layer(ops.ones((1, 3, 4, 4, 3, 1))).shape
        (1, 3, 3, 2, 2)
    """

    rank = 3
