"""The plain recurrent layer, whose output goes back in."""

from __future__ import annotations

from typing import Any

from gossamer import tree
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.rnn.cell import RecurrentCell, positive
from gossamer.layers.rnn.rnn import OwnCellRNN, for_cell
from gossamer.tensor import Tensor


class SimpleRNNCell(RecurrentCell):
    """One step of `SimpleRNN`: `h = activation(x @ kernel + bias + h @ recurrent_kernel)`.

    Args:
        units: positive integer, the size of the output and of the state.
        activation: name or function; none if None.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: of the weights.
        kernel_constraint, recurrent_constraint, bias_constraint: of the weights.
        dropout, recurrent_dropout: the share of inputs, and of states, that training drops.
        seed: of dropout.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong units.

    Example:
        >>> cell = gs.layers.SimpleRNNCell(3)
        >>> output, states = cell(ops.ones((2, 5)), [ops.zeros((2, 3))])
        >>> output.shape, len(states)
        ((2, 3), 1)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
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
        super().__init__(**kwargs)
        self._set(
            units=positive("units", units),
            activation=activation,
            use_bias=use_bias,
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
        self.state_size = self.output_size = units

    def build(self, input_shape: Any) -> None:
        units = self.units
        self._add_weights((input_shape[-1], units), (units, units), (units,), None)

    def step(self, projected: Tensor, states: Any, training: bool = False) -> Any:
        nested = tree.is_nested(states)
        state = states[0] if nested else states
        inner = self._of_states(state, self._state_masks(state, training))
        output = self.activation(projected + inner)
        return output, [output] if nested else output

    def _drops(self, rate: float) -> bool:
        return rate > 0


class SimpleRNN(OwnCellRNN):
    """The plain recurrent layer: `h = activation(x @ kernel + bias + h @ recurrent_kernel)` at each
    time, with the h before.

    Args:
        units: positive integer, the size of the output and of the state.
        activation: name or function; none if None.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: of the weights.
        activity_regularizer: of the outputs.
        kernel_constraint, recurrent_constraint, bias_constraint: of the weights.
        dropout, recurrent_dropout: the share of inputs, and of states, that training drops.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        seed: of dropout.
        kwargs: as for `RNN`.

    Raises:
        ValueError: for wrong units, or inputs that have not three axes.

    Example:
        >>> layer = gs.layers.SimpleRNN(3, return_sequences=True)
        >>> layer(ops.ones((2, 5, 4))).shape, [w.shape for w in layer.weights]
        ((2, 5, 3), [(4, 3), (3, 3), (3,)])
    """

    unsaved = ("seed",)  # Keras does not write it

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        cell = SimpleRNNCell(
            units, activation, use_bias,
            kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint,
            dropout, recurrent_dropout, seed,
            name="simple_rnn_cell", **for_cell(kwargs),
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=3)
