"""The layer that runs any cell over a sequence, and the base of those that have their own."""

from __future__ import annotations

from typing import Any

from gossamer import ops, tree
from gossamer.core import tracing
from gossamer.layers.call_arguments import parameters_of
from gossamer.layers.layer import Layer
from gossamer.layers.rnn.cell import RecurrentCell, serialized
from gossamer.layers.rnn.loop import rnn
from gossamer.layers.rnn.stacked_rnn_cells import StackedRNNCells, output_size_of
from gossamer.name_scope import name_scope
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class RNN(Layer):
    """A recurrent layer: `output[t], states = cell(inputs[:, t], states)`, for one time after
    another.

    Args:
        cell: has a method `call(inputs, states)`, which returns the output and the new states, and
            an attribute `state_size`, an integer or a list of them. It may have `output_size` and
            `get_initial_state(batch_size)`. A list of cells is stacked.
        return_sequences: whether to return the outputs of all times, or the last.
        return_state: whether to return the last states, too.
        go_backwards: whether the last time comes first; outputs are in the order of computation.
        stateful: whether a call begins with the states that the last one ended with.
        unroll: whether a masked time repeats the output before, and not the state; the steps are
            unrolled either way.
        zero_output_for_mask: whether outputs of masked times are zeros.
        kwargs: as for `Layer`.

    Call arguments:
        sequences: of shape (batch, time, ...).
        initial_state: a list of tensors; what the cell says, or zeros, if None.
        mask: of shape (batch, time); states stay as they are where it is False.
        training: whether this is training, for the cell.

    Raises:
        ValueError: for what is no cell; in a call, for another batch size than the states have.

    Example:
        >>> layer = gs.layers.RNN([gs.layers.GRUCell(4), gs.layers.LSTMCell(3)])
        >>> layer(ops.ones((2, 5, 6))).shape
        (2, 3)
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        for name in ("call", "state_size"):
            if getattr(cell, name, None) is None:
                raise ValueError(f"Expected a cell with an attribute `{name}`. Received: {cell}")
        if not isinstance(cell.state_size, (list, tuple, int)):
            raise ValueError(
                f"Expected an integer or a list as `state_size`. Received: {cell.state_size!r}"
            )
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.supports_masking = True
        self.states: Any = None
        self._expected_batch_size: int | None = None
        sizes = cell.state_size
        self.single_state = isinstance(sizes, int)
        self.state_size: list[Any] = [sizes] if isinstance(sizes, int) else list(sizes)

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((sequences_shape[0], *sequences_shape[2:]))
        if not self.stateful:
            return
        if self.states is not None:
            self.reset_state()
            return
        if sequences_shape[0] is None:
            raise ValueError(
                "Expected a known batch size for a layer with `stateful=True`. "
                f"Received: sequences_shape={tuple(sequences_shape)}"
            )
        self._make_states(sequences_shape[0])

    def _make_states(self, batch_size: int) -> None:
        with tracing.eagerly(), name_scope(self.name, caller=self):
            states = tree.map_structure(
                lambda value: Variable(
                    value, dtype=self.variable_dtype, trainable=False, name="rnn_state"
                ),
                self.get_initial_state(batch_size),
            )
        # They are no weights: another batch size would have others.
        object.__setattr__(self, "states", states)
        self._expected_batch_size = batch_size

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """The states before the first step: what the cell says, or zeros."""
        get = getattr(self.cell, "get_initial_state", None)
        if get is None:
            dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
            return [ops.zeros((batch_size, size), dtype) for size in self.state_size]
        states = get(batch_size=batch_size)
        return list(states) if tree.is_nested(states) else [states]

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zeros."""
        for state in tree.flatten(self.states) if self.states is not None else ():
            state.assign(ops.zeros_like(state.value))

    def reset_states(self) -> None:
        """`reset_state` by another name."""
        self.reset_state()

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = False,
    ) -> Any:
        if self.stateful and self._expected_batch_size not in (None, sequences.shape[0]):
            raise ValueError(
                f"Expected the batch size {self._expected_batch_size}, that of the states of the "
                f"layer {self.name!r}. Received: shape={sequences.shape}"
            )
        if initial_state is None:
            initial_state = (
                self.states if self.stateful else self.get_initial_state(sequences.shape[0])
            )
        if not tree.is_nested(initial_state):
            initial_state = [initial_state]
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        initial_state = tree.map_structure(
            lambda x: ops.cast(ops.convert_to_tensor(x), dtype), list(initial_state)
        )
        self._reset_dropout_masks()
        try:
            last, outputs, states = self.inner_loop(
                sequences, initial_state, mask=tree.flatten(mask)[0], training=bool(training)
            )
        finally:
            self._reset_dropout_masks()
        output = ops.cast(outputs if self.return_sequences else last, self.compute_dtype)
        states = tree.map_structure(lambda x: ops.cast(x, self.compute_dtype), states)
        if self.stateful:
            for variable, state in zip(
                tree.flatten(self.states), tree.flatten(states), strict=True
            ):
                variable.assign(state)
        return (output, *states) if self.return_state else output

    def inner_loop(
        self, sequences: Tensor, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        """The last output, all outputs (None if only the last is returned), and the last states."""
        cell, prepare = self.cell, None
        kwargs = {}
        if isinstance(cell, Layer) and "training" in parameters_of(cell.call):
            kwargs["training"] = training
        run = cell
        if self._can_project():
            # One product for all steps.
            run, prepare = cell.step, lambda inputs: cell.project(inputs, training)

        def step(inputs: Tensor, states: Any) -> tuple[Any, Any]:
            output, new_states = run(inputs, states, **kwargs)
            return output, new_states if tree.is_nested(new_states) else [new_states]

        return rnn(
            step,
            sequences,
            initial_state,
            go_backwards=self.go_backwards,
            mask=mask,
            unroll=self.unroll,
            zero_output_for_mask=self.zero_output_for_mask,
            return_all_outputs=self.return_sequences,
            prepare=prepare,
        )

    def _can_project(self) -> bool:
        """Whether the cell's call is its two parts and nothing else."""
        cell = self.cell
        return (
            isinstance(cell, RecurrentCell)
            and type(cell).call is RecurrentCell.call
            and cell.activity_regularizer is None
            and cell.compute_dtype == self.compute_dtype
            and cell.variable_dtype == self.variable_dtype
        )

    def _reset_dropout_masks(self) -> None:
        for layer in self._flatten_layers(include_self=False):
            if isinstance(layer, RecurrentCell):
                layer.reset_dropout_mask()
                layer.reset_recurrent_dropout_mask()

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        mask = tree.flatten(previous_mask)[0] if self.return_sequences else None
        return [mask, *[None] * len(self.state_size)] if self.return_state else mask

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, length = sequences_shape[:2]
        size = output_size_of(self.cell)
        output = (batch, length, size) if self.return_sequences else (batch, size)
        if not self.return_state:
            return output
        states = [
            (batch, size) if isinstance(size, int) else [(batch, part) for part in size]
            for size in self.state_size
        ]
        return (output, *states)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
            "cell": serialize_keras_object(self.cell),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        config = dict(config)
        return cls(deserialize_keras_object(config.pop("cell"), custom_objects), **config)


# The options of such layers, as Keras writes them.
ORDER = (
    "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "units",
    "activation", "recurrent_activation", "use_bias", "kernel_initializer", "recurrent_initializer",
    "bias_initializer", "unit_forget_bias", "kernel_regularizer", "recurrent_regularizer",
    "bias_regularizer", "activity_regularizer", "kernel_constraint", "recurrent_constraint",
    "bias_constraint", "dropout", "recurrent_dropout", "reset_after", "seed",
)  # fmt: skip


class OwnCellRNN(RNN):
    """A recurrent layer that makes its cell: the cell's options are the layer's, too."""

    unsaved: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        cell = self.__dict__.get("cell")
        if cell is not None and name in cell.options:
            return getattr(cell, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["cell"]
        for name in ORDER:
            if name not in self.unsaved and hasattr(self, name):
                config[name] = serialized(name, getattr(self, name))
        return config

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        return super(RNN, cls).from_config(config)


def for_cell(kwargs: dict[str, Any]) -> dict[str, Any]:
    """What a layer's cell is told of the layer's own arguments."""
    return {"dtype": kwargs.get("dtype"), "trainable": kwargs.get("trainable", True)}


def check_use_cudnn(use_cudnn: Any) -> None:
    """There is no cuDNN here; `"auto"` and False are what Keras's scripts say.

    Raises:
        ValueError: for anything else.
    """
    if use_cudnn not in ("auto", False):
        raise ValueError(
            "Expected use_cudnn='auto' or False, since there is no cuDNN here. "
            f"Received: use_cudnn={use_cudnn!r}"
        )
