"""A recurrent layer that reads a sequence from both ends."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers.call_arguments import parameters_of
from gossamer.layers.layer import Layer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor

MERGE_MODES = ("sum", "mul", "ave", "concat", None)
COMMON = ("stateful", "return_sequences", "return_state")


class Bidirectional(Layer):
    """A layer's outputs, and those of another one that goes backwards, merged.

    The outputs of masked times are zeros if sequences are returned.

    Source: M. Schuster, K. K. Paliwal, "Bidirectional Recurrent Neural Networks", IEEE
    Transactions on Signal Processing 45(11), 1997.

    Args:
        layer: a recurrent layer, of which copies are made; or another one with `go_backwards`,
            `return_sequences`, `return_state`, `stateful` and `input_spec`.
        merge_mode: `"concat"`, `"sum"`, `"mul"` or `"ave"`; a pair of outputs if None.
        weights: values for both layers' weights, the forward one's first.
        backward_layer: the layer that goes backwards; a copy of `layer` if None.
        kwargs: as for `Layer`.

    Call arguments:
        sequences, mask, training: as for `RNN`.
        initial_state: a list; the first half is the forward layer's.

    Raises:
        ValueError: for what is no layer, another merge mode, or two layers that do not match.

    Example:
        >>> layer = gs.layers.Bidirectional(gs.layers.LSTM(3, name="lstm"), name="both")
        >>> layer(ops.ones((2, 5, 4))).shape, layer.weights[0].path
        ((2, 6), 'both/forward_lstm/lstm_cell/kernel')
    """

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        for name, value in (("layer", layer), ("backward_layer", backward_layer)):
            if not isinstance(value, Layer) and (value is not None or name == "layer"):
                raise ValueError(f"Expected a layer. Received: {name}={value!r}")
        if merge_mode not in MERGE_MODES:
            raise ValueError(f"Expected one of {MERGE_MODES}. Received: merge_mode={merge_mode!r}")
        super().__init__(**kwargs)
        self.forward_layer = _copy(layer, "forward_")
        if backward_layer is None:
            backward_layer = _copy(layer, "backward_", go_backwards=True)
        self.backward_layer = backward_layer
        self._check_layers()
        for one in (self.forward_layer, self.backward_layer):
            if getattr(one, "zero_output_for_mask", None) is not None:
                one.zero_output_for_mask = one.return_sequences
        self.merge_mode = merge_mode
        self._initial_weights = weights
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_layers(self) -> None:
        one, other = self.forward_layer, self.backward_layer
        if one.go_backwards == other.go_backwards:
            raise ValueError(
                "Expected `go_backwards` of the forward and the backward layer to differ. "
                f"Received: {one.go_backwards} for both"
            )
        for name in COMMON:
            if getattr(one, name) != getattr(other, name):
                raise ValueError(
                    f"Expected the same `{name}` of the forward and the backward layer. "
                    f"Received: {getattr(one, name)} and {getattr(other, name)}"
                )

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        layers = (self.forward_layer, self.backward_layer)
        for layer in layers:
            if not layer.built:
                layer.build(sequences_shape)
        values = self._initial_weights
        if values:
            half = len(values) // 2
            for layer, part in zip(layers, (values[:half], values[half:]), strict=True):
                layer.set_weights(part)

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        given = {"training": training, "mask": mask}
        kwargs = {
            name: x for name, x in given.items() if name in parameters_of(self.forward_layer.call)
        }
        first = second = None
        if initial_state is not None:
            half = len(initial_state) // 2
            first, second = initial_state[:half], initial_state[half:]
        y = self.forward_layer(sequences, initial_state=first, **kwargs)
        z = self.backward_layer(sequences, initial_state=second, **kwargs)
        states: tuple[Any, ...] = ()
        if self.return_state:
            states = (*y[1:], *z[1:])
            y, z = y[0], z[0]
        y, z = ops.cast(y, self.compute_dtype), ops.cast(z, self.compute_dtype)
        if self.return_sequences:
            z = ops.flip(z, axis=1)
        merged = self._merged(y, z)
        if not self.return_state:
            return merged
        return (*merged, *states) if self.merge_mode is None else (merged, *states)

    def _merged(self, y: Tensor, z: Tensor) -> Any:
        if self.merge_mode == "concat":
            return ops.concatenate([y, z], axis=-1)
        if self.merge_mode == "sum":
            return y + z
        if self.merge_mode == "ave":
            return (y + z) / 2
        if self.merge_mode == "mul":
            return y * z
        return y, z

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        mask = previous_mask[0] if isinstance(previous_mask, list) else previous_mask
        mask = mask if self.return_sequences else None
        return mask if self.merge_mode else (mask, mask)

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        shape = self.forward_layer.compute_output_shape(sequences_shape)
        states: tuple[Any, ...] = ()
        if self.return_state:
            shape, states = shape[0], tuple(shape[1:])
        if self.merge_mode is None:
            return (shape, shape, *states, *states)
        if self.merge_mode == "concat":
            shape = (*shape[:-1], 2 * shape[-1])
        return (shape, *states, *states) if self.return_state else tuple(shape)

    @property
    def states(self) -> Any:
        """The states of both layers, if they are stateful; None if not."""
        one, other = self.forward_layer.states, self.backward_layer.states
        return (*one, *other) if one and other else None

    def reset_state(self) -> None:
        """Set the states of stateful layers to zeros.

        Raises:
            AttributeError: if they are not stateful.
        """
        if not self.stateful:
            raise AttributeError(f"The layer {self.name!r} is not stateful.")
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """`reset_state` by another name."""
        self.reset_state()

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize_keras_object(self.forward_layer),
            "backward_layer": serialize_keras_object(self.backward_layer),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None:
                config[name] = deserialize_keras_object(config[name], custom_objects)
        return cls(**config)


def _copy(layer: Layer, prefix: str, **changes: Any) -> Any:
    """A layer of the same configuration, with weights of its own."""
    config = serialize_keras_object(layer)
    config["config"] = {
        **config["config"], **changes, "name": prefix + layer.name.removeprefix(prefix)
    }  # fmt: skip
    # Else it would be built at once, within no other layer's scope.
    config.pop("build_config", None)
    return deserialize_keras_object(config)
