"""The gated recurrent unit."""

from __future__ import annotations

from typing import Any

from gossamer import ops, tree
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.rnn.cell import RecurrentCell, positive
from gossamer.layers.rnn.rnn import OwnCellRNN, check_use_cudnn, for_cell
from gossamer.tensor import Tensor


class GRUCell(RecurrentCell):
    """One step of `GRU`, with the state h.

    `xz, xr, xh` are the three parts of `x @ kernel + bias`, a is `activation` and s is
    `recurrent_activation`: `z = s(xz + h @ Uz)`, `r = s(xr + h @ Ur)`, `n = a(xh + r * (h @ Uh))`
    and `h = z * h + (1 - z) * n`. Without `reset_after`, `n = a(xh + (r * h) @ Uh)`.

    Source: K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for
    Statistical Machine Translation", EMNLP 2014.

    Args:
        units: positive integer, the size of the output and of the state.
        activation, recurrent_activation: names or functions; none if None.
        use_bias: whether there is a bias; with `reset_after` one of the states, too.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: of the weights.
        kernel_constraint, recurrent_constraint, bias_constraint: of the weights.
        dropout, recurrent_dropout: the share of inputs, and of states, that training drops.
        reset_after: whether r acts after the product with the recurrent kernel, as in cuDNN.
        seed: of dropout.
        kwargs: as for `Layer`; `implementation=1` for a dropout mask of its own for each gate,
            which there always is with `recurrent_dropout`.

    Raises:
        ValueError: for wrong units.

    Example:
        >>> cell = gs.layers.GRUCell(3)
        >>> output, states = cell(ops.ones((2, 5)), cell.get_initial_state(2))
        >>> output.shape, len(states)
        ((2, 3), 1)
    """

    gates = 3
    reset_after: bool

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
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
            reset_after=reset_after,
            seed=seed,
        )
        self.implementation = 1 if self.recurrent_dropout else implementation
        self.masks_per_gate = self.implementation == 1
        self.state_size = self.output_size = units

    def build(self, input_shape: Any) -> None:
        units, size = self.units, 3 * self.units
        bias = (2, size) if self.reset_after else (size,)
        self._add_weights((input_shape[-1], size), (units, size), bias, None)

    def _input_bias(self) -> Any:
        return self.bias[0] if self.bias is not None and self.reset_after else self.bias

    def step(self, projected: Tensor, states: Any, training: bool = False) -> Any:
        nested = tree.is_nested(states)
        state = states[0] if nested else states
        masks = self._state_masks(state, training)
        xz, xr, xh = ops.split(projected, 3, axis=-1)
        if self.reset_after:
            inner = self._of_states(state, masks)
            if self.bias is not None:
                inner = inner + self.bias[1]
            uz, ur, uh = ops.split(inner, 3, axis=-1)
            r = self.recurrent_activation(xr + ur)
            candidate = self.activation(xh + r * uh)
        else:
            size = 2 * self.units
            kernel = ops.convert_to_tensor(self.recurrent_kernel)
            of_gates = masks[:2] if isinstance(masks, list) else masks
            inner = self._product(ops.matmul, state, of_gates, kernel[:, :size])
            uz, ur = ops.split(inner, 2, axis=-1)
            r = self.recurrent_activation(xr + ur)
            kept = state if masks is None else state * masks[2]
            candidate = self.activation(xh + ops.matmul(r * kept, kernel[:, size:]))
        z = self.recurrent_activation(xz + uz)
        output = z * state + (1 - z) * candidate
        return output, [output] if nested else output


class GRU(OwnCellRNN):
    """The gated recurrent unit: a layer that runs `GRUCell` over the times of a sequence.

    Source: K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for
    Statistical Machine Translation", EMNLP 2014.

    Args:
        units: positive integer, the size of the output and of the state.
        activation, recurrent_activation: names or functions; none if None.
        use_bias: whether there is a bias; with `reset_after` one of the states, too.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: of the weights.
        activity_regularizer: of the outputs.
        kernel_constraint, recurrent_constraint, bias_constraint: of the weights.
        dropout, recurrent_dropout: the share of inputs, and of states, that training drops.
        seed: of dropout.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        reset_after: as for `GRUCell`.
        use_cudnn: `"auto"` or False; there is no cuDNN.
        kwargs: as for `RNN`; `implementation` as for `GRUCell`.

    Raises:
        ValueError: for wrong units, `use_cudnn=True`, or inputs that have not three axes.

    Example:
        >>> layer = gs.layers.GRU(3)
        >>> layer(ops.ones((2, 5, 4))).shape, [w.shape for w in layer.weights]
        ((2, 3), [(4, 9), (3, 9), (2, 9)])
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
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        check_use_cudnn(use_cudnn)
        cell = GRUCell(
            units, activation, recurrent_activation, use_bias,
            kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint,
            dropout, recurrent_dropout, reset_after, seed,
            implementation=kwargs.pop("implementation", 2), name="gru_cell", **for_cell(kwargs),
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=3)
        self.use_cudnn = use_cudnn
