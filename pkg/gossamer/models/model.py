"""`Model`: a layer with `fit`, `evaluate` and `predict`, and with a structure to print and save."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor, output_spec
from gossamer.layers.call_arguments import CallArguments, parameters_of
from gossamer.layers.layer import Layer
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.masking import set_keras_mask
from gossamer.models import graph_config, quantization
from gossamer.models.files import Files
from gossamer.models.host_part import HostPart, Prepared
from gossamer.models.inputs import standardized
from gossamer.models.network import Network
from gossamer.models.state_tree import StateTree
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.texts import as_arrays, is_text_dtype
from gossamer.training.trainer import Trainer

RESERVED = (
    "Expected another name than `layers` for this attribute: it is the list of a model's layers."
)


class Model(Files, StateTree):
    """Layers that are trained as one.

    Either of symbolic tensors, `Model(inputs, outputs)`, or as a subclass with layers made in
    `__init__` and used in `call`.

    Args:
        inputs, outputs: symbolic tensors, or structures of them.
        name: the class's name in small letters and a number if None.
        trainable: whether training changes the weights.
        kwargs: as for `Layer`.

    Raises:
        ValueError: if an output depends on what is no input, or two layers have one name.

    Example:
        >>> x = gs.Input((4,))
        >>> model = gs.Model(x, gs.layers.Dense(2)(x))
        >>> model(ops.ones((3, 4))).shape, len(model.weights)
        ((3, 2), 2)
    """

    # What lies between the inputs and outputs; None for a subclass with a `call` of its own.
    _network: Network | None = None
    _host_part: HostPart | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model and _are_symbolic(args, kwargs):
            from gossamer.models.functional import Functional

            return Layer.__new__(Functional, *args, **kwargs)
        return Layer.__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        Trainer.__init__(self)
        if _are_symbolic(args, kwargs):
            self._init_network(*args, **kwargs)
        else:
            Layer.__init__(self, *args, **kwargs)

    def _init_network(
        self,
        inputs: Any,
        outputs: Any,
        name: str | None = None,
        trainable: bool | None = None,
        **kwargs: Any,
    ) -> None:
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            for x in tree.flatten(structure):
                if not isinstance(x, KerasTensor):
                    raise ValueError(f"Expected symbolic tensors as {what}. Received: {x!r}")
        Layer.__init__(self, name=name, **kwargs)
        network = Network(tree.flatten(inputs), tree.flatten(outputs))
        object.__setattr__(self, "_network", network)
        object.__setattr__(self, "_inputs_struct", inputs)
        object.__setattr__(self, "_outputs_struct", outputs)
        for layer in network.layers:
            self._tracker.track(layer)
        self.built = True
        # Inputs have dtypes of their own, and may be None.
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.output_names = [network.node_of[id(x)].name for x in network.outputs]
        if trainable is not None:
            self.trainable = trainable

    # Structure

    @property
    def layers(self) -> list[Layer]:
        """The layers that the model is made of, in Keras's order."""
        if self._network is not None:
            own = self._network.layers
            seen = {id(layer) for layer in own}
            return own + [layer for layer in self._layers if id(layer) not in seen]
        return self._flatten_layers(include_self=False, recursive=False)

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError(RESERVED)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, as a list."""
        return self._known_network().inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, as a list."""
        return self._known_network().outputs

    @property
    def input(self) -> Any:
        """The symbolic inputs, as they were given."""
        if self._network is None:
            return Layer.input.fget(self)  # type: ignore[attr-defined]
        return self._inputs_struct  # type: ignore[attr-defined]

    @property
    def output(self) -> Any:
        """The symbolic outputs, as they were given."""
        if self._network is None:
            return Layer.output.fget(self)  # type: ignore[attr-defined]
        return self._outputs_struct  # type: ignore[attr-defined]

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or a list of them."""
        return _only([x.shape for x in self.inputs])

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or a list of them."""
        return _only([x.shape for x in self.outputs])

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [x.name for x in self.inputs]

    def _known_network(self) -> Network:
        if self._network is None:
            raise AttributeError(
                f"The model {self.name!r} is not made of symbolic tensors, and so has no inputs "
                "and outputs."
            )
        return self._network

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer, by its name or by its place in `layers`.

        Raises:
            ValueError: if there is none, or for both or neither.
        """
        if (name is None) == (index is None):
            raise ValueError(
                f"Expected either a name or an index. Received: name={name!r}, index={index}"
            )
        layers = self.layers
        if index is not None:
            if index >= len(layers):
                raise ValueError(f"Expected an index below {len(layers)}. Received: index={index}")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"Expected one of the layers {[layer.name for layer in layers]}. Received: {name!r}"
        )

    # Calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            args = (as_arrays(args[0]), *args[1:])
        return super().__call__(*args, **kwargs)

    def _maybe_build(self, arguments: CallArguments) -> None:
        # Shapes do not tell that an input is of strings.
        if not self.built and type(self).build is Model.build and _has_strings(arguments):
            self._show_shapes(arguments)
            self.built = True
        super()._maybe_build(arguments)

    def build(self, input_shape: Any) -> None:
        """Make the weights, by a call with symbolic inputs of these shapes.

        Raises:
            ValueError: if `call` cannot be called with inputs of these shapes alone.
        """
        if self._network is not None:
            return
        inputs = tree.map_shape_structure(
            lambda shape: KerasTensor(shape, self.input_dtype), input_shape
        )
        self.compute_output_spec(inputs)

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs."""
        if self._network is None:
            raise NotImplementedError(f"Model {type(self).__name__} has no `call` method.")
        call = None if training is None else _told(training)
        if isinstance(inputs, Prepared):
            results = self.host_part.run_rest(inputs, call)
        else:
            values = self._values(inputs)
            if mask is not None:
                for value, one in zip(values, tree.flatten(mask), strict=True):
                    if one is not None:
                        set_keras_mask(value, one)
            results = self._network.run(values, call)
        packed = tree.pack_sequence_as(self._outputs_struct, results)  # type: ignore[attr-defined]
        return packed[0] if type(packed) is list and len(packed) == 1 else packed

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs for inputs of a shape."""
        inputs = tree.map_shape_structure(
            lambda shape: KerasTensor(shape, self.input_dtype), input_shape
        )
        if self._network is not None:
            for x, expected in zip(tree.flatten(inputs), self.inputs, strict=False):
                x.dtype = expected.dtype
        return tree.map_structure(lambda x: x.shape, self.compute_output_spec(inputs))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for symbolic inputs, as symbolic tensors."""
        return output_spec(self.call, args, kwargs)

    def _values(self, inputs: Any) -> list[Any]:
        """Values for the network's inputs, in their order."""
        return standardized(inputs, self._inputs_struct, self._known_network(), self.name)  # type: ignore[attr-defined]

    # The part on the host

    @property
    def host_part(self) -> Any:
        """What runs on the host before a step; None where the model is not known to have such."""
        if self._network is None or type(self).call is not Model.call:
            return None
        if self._host_part is None:
            object.__setattr__(self, "_host_part", HostPart(self._network))
        return self._host_part

    def prepared(self, inputs: Any) -> Any:
        """What the model is given in a step: what its part on the host makes of the inputs."""
        part = self.host_part
        return part.prepare(self._values(inputs)) if part is not None and part.is_there else inputs

    def layers_of_step(self) -> list[Layer]:
        """The layers that are part of a step, those within others among them."""
        part = self.host_part
        return (
            part.layers_of_rest() if part is not None and part.is_there else self._flatten_layers()
        )

    def _supports_jit(self) -> bool:
        return all(layer.supports_jit for layer in self.layers_of_step())

    def _has_host_part(self) -> bool:
        return any(isinstance(layer, OnHost) for layer in self._flatten_layers())

    def _on_host(self, data: Any) -> Any:
        x, *others = data
        if not self.built:
            self(tree.map_structure(lambda x: KerasTensor((None, *x.shape[1:]), x.dtype), x))
        return (self.prepared(x), *others)

    def quantize(  # type: ignore[override]
        self, mode: str | None = None, config: Any = None, filters: Any = None, **kwargs: Any
    ) -> None:
        """Make the large weights of `Dense` and `Embedding` layers integers of 8 bits.

        Args:
            mode: `"int8"`.
            config: an `Int8QuantizationConfig`.
            filters: a pattern of layers' names, a list of patterns, or a function of layers.
            kwargs: `type_check`, False for layers of subclasses, too.

        Example:
            >>> model = gs.Sequential([gs.Input((4,)), gs.layers.Dense(2)])
            >>> model.quantize("int8")
            >>> model.layers[0].kernel.dtype
            'int8'
        """
        type_check = kwargs.pop("type_check", True)
        if kwargs:
            raise ValueError(f"Expected the arguments of `quantize`. Received: {kwargs}")
        quantization.quantize(self, mode, config, filters, type_check)

    def get_quantization_layer_structure(self, mode: Any = None) -> Any:
        """None; a model of yours may tell which layers come first and which blocks then.

        Args:
            mode: how the model is to be quantized.
        """
        return None

    # Configuration

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes that the model was built with; none where symbolic tensors tell them."""
        return super().get_build_config() if self._network is None else {"input_shape": None}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build the model with the shapes that `get_build_config` gave."""
        if config and config.get("input_shape", True) is not None:
            super().build_from_config(config)

    def get_config(self) -> dict[str, Any]:
        """What an equal model is made of.

        Raises:
            NotImplementedError: for a subclass with arguments of its own that are no plain values.
        """
        if self._network is not None and graph_config.is_of_symbolic_tensors(type(self)):
            return graph_config.get_config(self)
        if self._network is not None and type(self).get_config is Model.get_config:
            return self._config_of_constructor({"name": self.name, "trainable": self.trainable})
        return Layer.get_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The model that a configuration describes."""
        if {"layers", "input_layers", "output_layers"} <= set(config):
            from gossamer.models.functional import Functional

            target = Functional if cls is Model else cls
            return graph_config.from_config(target, config, custom_objects)
        return super().from_config(config)

    def to_json(self, **kwargs: Any) -> str:
        """The configuration as text; `models.model_from_json` makes a model of it.

        Args:
            kwargs: for `json.dumps`.
        """
        return json.dumps(serialize_keras_object(self), default=_as_json, **kwargs)

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print the layers, the shapes of their outputs and the numbers of their parameters.

        Args:
            line_length: the width of the table.
            positions: of its columns, as fractions of the width.
            print_fn: what prints; `print` if None.
            expand_nested: whether layers of models within are shown.
            show_trainable: whether it is shown which layers are trainable.
            layer_range: the names, or patterns of them, of the first and the last layer to show.

        Raises:
            ValueError: before the model is built.
        """
        from gossamer.utils.summary import print_summary

        print_summary(
            self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range
        )


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The model that `model.to_json()` describes, with new weights.

    Args:
        json_string: the text.
        custom_objects: classes and functions by name, which gossamer does not know.

    Example:
        >>> x = gs.Input((4,))
        >>> text = gs.Model(x, gs.layers.Dense(2)(x)).to_json()
        >>> gs.models.model_from_json(text).output_shape
        (None, 2)
    """
    return deserialize_keras_object(json.loads(json_string), custom_objects)


def _are_symbolic(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether these are the arguments of a model of symbolic tensors."""
    return (
        len(args) >= 2
        or (len(args) == 1 and "outputs" in kwargs)
        or ("inputs" in kwargs and "outputs" in kwargs)
    )


def _has_strings(arguments: CallArguments) -> bool:
    leaves = tree.flatten(arguments.tensors)
    return any(is_text_dtype(x.dtype) for x in leaves if hasattr(x, "dtype"))


def _only(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _as_json(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"Expected a plain value in a configuration. Received: {value!r}")


def _told(training: Any) -> Callable[..., Any]:
    """What calls a model's layers, and tells them whether this is training.

    That goes before what their calls were written with: layers whose default is False have it
    there.
    """

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(operation, Layer) and "training" in parameters_of(operation.call):
            kwargs["training"] = training
        return operation(*args, **kwargs)

    return call
