"""Long short-term memory."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.rnn.cell import RecurrentCell, positive, with_forget_bias
from gossamer.layers.rnn.rnn import OwnCellRNN, check_use_cudnn, for_cell
from gossamer.tensor import Tensor


class LSTMStep(RecurrentCell):
    """What cells with the four gates of an LSTM share, whatever their products are."""

    gates = 4
    unit_forget_bias: bool
    bias_initializer: Any

    def step(self, projected: Tensor, states: Any, training: bool = False) -> Any:
        hidden, carry = states[0], states[1]
        inner = self._of_states(hidden, self._state_masks(hidden, training))
        i, f, c, o = ops.split(projected + inner, 4, axis=self.gate_axis)
        carry = self.recurrent_activation(f) * carry + (
            self.recurrent_activation(i) * self.activation(c)
        )
        hidden = self.recurrent_activation(o) * self.activation(carry)
        return hidden, [hidden, carry]

    def _first_bias(self, units: int) -> Any:
        if self.unit_forget_bias:
            return with_forget_bias(self.bias_initializer, units)
        return self.bias_initializer


class LSTMCell(LSTMStep):
    """One step of `LSTM`, with the states h and c.

    `i, f, g, o` are the four parts of `x @ kernel + bias + h @ recurrent_kernel`, a is `activation`
    and r is `recurrent_activation`: `c = r(f) * c + r(i) * a(g)`, `h = r(o) * a(c)`.

    Source: S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997;
    the gate f by F. Gers, J. Schmidhuber, F. Cummins, "Learning to Forget", 2000.

    Args:
        units: positive integer, the size of the output and of each state.
        activation, recurrent_activation: names or functions; none if None.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        unit_forget_bias: whether the bias of f begins at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: of the weights.
        kernel_constraint, recurrent_constraint, bias_constraint: of the weights.
        dropout, recurrent_dropout: the share of inputs, and of states, that training drops.
        seed: of dropout.
        kwargs: as for `Layer`; `implementation=1` for a dropout mask of its own for each gate,
            which there always is with `recurrent_dropout`.

    Raises:
        ValueError: for wrong units.

    Example:
        >>> cell = gs.layers.LSTMCell(3)
        >>> output, states = cell(ops.ones((2, 5)), cell.get_initial_state(2))
        >>> output.shape, len(states)
        ((2, 3), 2)
    """

    def __init__(
        self,
        units: int,
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        implementation = kwargs.pop("implementation", 2)
        super().__init__(**kwargs)
        self._set(
            units=positive("units", units),
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            unit_forget_bias=unit_forget_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
        )
        self.implementation = 1 if self.recurrent_dropout else implementation
        self.masks_per_gate = self.implementation == 1
        self.state_size = [units, units]
        self.output_size = units

    def build(self, input_shape: Any) -> None:
        units, size = self.units, 4 * self.units
        self._add_weights((input_shape[-1], size), (units, size), (size,), self._first_bias(units))


class LSTM(OwnCellRNN):
    """Long short-term memory: a layer that runs `LSTMCell` over the times of a sequence.

    Source: S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997.

    Args:
        units: positive integer, the size of the output and of each state.
        activation, recurrent_activation: names or functions; none if None.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        unit_forget_bias: whether the bias of the gate that forgets begins at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: of the weights.
        activity_regularizer: of the outputs.
        kernel_constraint, recurrent_constraint, bias_constraint: of the weights.
        dropout, recurrent_dropout: the share of inputs, and of states, that training drops.
        seed: of dropout.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        use_cudnn: `"auto"` or False; there is no cuDNN.
        kwargs: as for `RNN`; `implementation` as for `LSTMCell`.

    Raises:
        ValueError: for wrong units, `use_cudnn=True`, or inputs that have not three axes.

    Example:
        >>> layer = gs.layers.LSTM(3, return_sequences=True, return_state=True)
        >>> [x.shape for x in layer(ops.ones((2, 5, 4)))]
        [(2, 5, 3), (2, 3), (2, 3)]
    """

    def __init__(
        self,
        units: int,
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
        unroll: bool = False,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        check_use_cudnn(use_cudnn)
        cell = LSTMCell(
            units, activation, recurrent_activation, use_bias,
            kernel_initializer, recurrent_initializer, bias_initializer, unit_forget_bias,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint,
            dropout, recurrent_dropout, seed,
            implementation=kwargs.pop("implementation", 2), name="lstm_cell", **for_cell(kwargs),
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=3)
        self.use_cudnn = use_cudnn
