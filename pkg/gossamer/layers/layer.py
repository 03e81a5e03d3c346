"""The base of all layers: Keras's anatomy, `__init__`, `build`, `call`, `get_config`.

A call converts the inputs, checks them, builds the layer when the first ones show their shapes,
passes on masks and whether this is training, and leaves the rest to `call`. Called with symbolic
tensors, it works out shapes, and its results know the call: functional models are made of that.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any

from gossamer import dtype_policies, ops, regularizers, tree
from gossamer.core import variable_scope
from gossamer.core.symbolic import KerasTensor, output_spec, record_call
from gossamer.dtypes import is_float
from gossamer.layers import call_context
from gossamer.layers.call_arguments import CallArguments, is_tensor, parameters_of, signature_of
from gossamer.layers.input_spec import check_inputs
from gossamer.layers.weights import Weights, make_tracker
from gossamer.masking import get_keras_mask, set_keras_mask
from gossamer.name_scope import current_path, name_scope
from gossamer.naming import unique_name
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.serialization.family import snake_case
from gossamer.stateless_scope import StatelessScope
from gossamer.tensor import Tensor
from gossamer.variable import Variable

PLAIN = (str, int, float, bool, type(None))
UNTRACKED = frozenset({"_losses", "_calls", "_build_shapes", "_tracker"})


def _building(build: Callable[..., None]) -> Callable[..., None]:
    """A `build` method that opens the layer's name scope and remembers the shapes."""

    @wraps(build)
    def wrapped(self: Layer, *args: Any, **kwargs: Any) -> None:
        if self._is_building:  # called by a subclass's `build`
            build(self, *args, **kwargs)
            return
        object.__setattr__(self, "_is_building", True)
        try:
            with self._open_name_scope():
                self._path = current_path()
                build(self, *args, **kwargs)
        finally:
            object.__setattr__(self, "_is_building", False)
        shapes = signature_of(build).bind(self, *args, **kwargs).arguments
        self._build_shapes = dict(list(shapes.items())[1:])
        self.built = True
        self._tracker.locked = True

    return wrapped


class Layer(Weights):
    """A function with weights. Subclasses write `build(input_shape)` and `call(inputs)`.

    Args:
        activity_regularizer: of the outputs; what it gives is added to the loss.
        trainable: whether training changes the weights.
        dtype: the name of a dtype or of a policy; `config.dtype_policy()` if None.
        autocast: whether inputs of floats are cast to the dtype that the layer computes in.
        name: the class's name in small letters and a number if None.

    Raises:
        ValueError: for other arguments.

    Example:
        >>> class Scale(gs.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight((), initializer="ones", name="factor")
        ...     def call(self, inputs):
        ...         return inputs * self.factor
        >>> scale = Scale()
        >>> scale(ops.ones((2,))).tolist(), scale.weights[0].path
        ([1.0, 1.0], 'scale/factor')
    """

    _is_building = False
    _constructor: tuple[tuple[Any, ...], dict[str, Any]] | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        layer = super().__new__(cls)
        object.__setattr__(layer, "_tracker", make_tracker())
        # What `get_config` gives if the class has none of its own.
        if all(isinstance(leaf, PLAIN) for leaf in tree.flatten([args, kwargs])):
            object.__setattr__(layer, "_constructor", (args, kwargs))
        return layer

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _building(cls.__dict__["build"])  # type: ignore[method-assign]

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if name is not None and (not isinstance(name, str) or "/" in name):
            raise ValueError(f"Expected a name without a '/'. Received: name={name!r}")
        if not isinstance(trainable, bool):
            raise ValueError(f"Expected trainable as a boolean. Received: trainable={trainable!r}")
        self.name = name or unique_name(snake_case(type(self).__name__))
        self._dtype_policy = dtype_policies.get(dtype)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        shape = kwargs.pop("input_shape", None)
        if "input_dim" in kwargs:
            shape = (kwargs.pop("input_dim"),)
        if "batch_input_shape" in kwargs:
            shape = tuple(kwargs.pop("batch_input_shape"))[1:]
        # A `Sequential` model begins with it.
        self._input_shape_arg = shape
        if kwargs:
            raise ValueError(
                f"Expected other arguments for {type(self).__name__}. Received: {kwargs}"
            )
        self.built = False
        self.autocast = autocast
        self.input_spec: Any = None
        self.supports_jit = True
        self._trainable = trainable
        self._path: str | None = None
        self._parent_path: str | None = None
        self._build_shapes: dict[str, Any] | None = None
        self._losses: list[Tensor] = []
        self._calls: list[Any] = []  # weak references to what symbolic calls gave
        self._supports_masking = not _is_default(self.compute_mask)
        self._convert_input_args = True
        self._allow_non_tensor_positional_args = False
        self._call_context_args: set[str] = {"training"}

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in UNTRACKED:
            value = self._tracker.track(value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._tracker.untrack(getattr(self, name))
        super().__delattr__(name)

    # What subclasses write

    @_building
    def build(self, input_shape: Any) -> None:
        """Make the weights; called once, with the shape of the first input."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs."""
        raise NotImplementedError(f"Layer {type(self).__name__} has no `call` method.")

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the outputs."""
        return previous_mask

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The shape of the outputs for inputs of a shape; worked out by `call` if not written.

        Example:
            >>> gs.layers.Dense(3).compute_output_shape((None, 5))
            (None, 3)
        """
        names = parameters_of(self.call)
        shapes = [*args, *kwargs.values()]
        inputs = {
            name: tree.map_shape_structure(lambda s: KerasTensor(s, self.input_dtype), shape)
            for name, shape in zip(names, shapes, strict=False)
        }
        outputs = self.compute_output_spec(**inputs)
        return tree.map_structure(lambda x: x.shape, outputs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for symbolic inputs, as symbolic tensors."""
        if _is_default(self.compute_output_shape):
            return output_spec(self.call, args, kwargs)
        arguments = CallArguments(self.call, args, kwargs)
        shapes = arguments.shapes_for(self.compute_output_shape, type(self).__name__)
        shape = self.compute_output_shape(**shapes)
        if isinstance(shape, list) and shape and isinstance(shape[0], (int, type(None))):
            shape = tuple(shape)
        return tree.map_shape_structure(lambda s: KerasTensor(s, self.compute_dtype), shape)

    # dtypes

    @property
    def dtype_policy(self) -> Any:
        """Which dtypes the layer computes in and keeps its weights in."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._dtype_policy = dtype_policies.get(value)

    @property
    def _own_policy(self) -> Any:
        policy = self._dtype_policy
        if isinstance(policy, dtype_policies.DTypePolicyMap) and self.path:
            return policy[self.path]
        return policy

    @property
    def compute_dtype(self) -> str:
        """The dtype that the layer computes in."""
        return self._own_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return self._own_policy.variable_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype that inputs are converted to."""
        return self.compute_dtype

    @property
    def dtype(self) -> str:
        """`variable_dtype` by another name."""
        return self.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """None: there is no quantization here."""
        return None

    @property
    def supports_masking(self) -> bool:
        """Whether the outputs have a mask where the inputs do."""
        return self._supports_masking

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        self._supports_masking = value

    @property
    def path(self) -> str | None:
        """The name behind those of the layers around it; None before the layer is built."""
        return self._path

    # Building

    def _open_name_scope(self) -> name_scope:
        if self._parent_path is None:
            self._parent_path = current_path()
        return name_scope(self.name, caller=self)

    def _maybe_build(self, arguments: CallArguments) -> None:
        if self.built:
            return
        if not _is_default(self.build):
            self.build(**arguments.shapes_for(self.build, type(self).__name__))
            self._check_built()
            return
        if any(not layer.built for layer in self._layers):
            # `call` shows the layers in this one what shapes they get.
            output_spec(self.call, (), {
                name: tree.map_structure(_without_elements, value)
                for name, value in arguments.given.items()
            })  # fmt: skip
        self.build(next(iter(arguments.shapes().values()), None))

    def _check_built(self) -> None:
        if not self.built:
            raise RuntimeError(f"Layer {self.name!r} was not built by its `build` method.")

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes that the layer was built with; None before."""
        if self._build_shapes is None:
            return None
        if len(self._build_shapes) == 1:
            return {"input_shape": next(iter(self._build_shapes.values()))}
        return {"shapes_dict": dict(self._build_shapes)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build the layer with the shapes that `get_build_config` gave."""
        if not config:
            return
        if "input_shape" in config:
            self.build(_as_shapes(config["input_shape"]))
        elif "shapes_dict" in config:
            shapes = {name: _as_shapes(shape) for name, shape in config["shapes_dict"].items()}
            self.build(**shapes)

    # Calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(self, "_trainable"):
            raise RuntimeError(
                f"Expected `super().__init__()` first in `{type(self).__name__}.__init__`. "
                "Received: a layer without it"
            )
        given = args, dict(kwargs)
        if self._convert_input_args:
            args, kwargs = self._converted(args), self._converted(kwargs)
        if not self._allow_non_tensor_positional_args:
            for arg in tree.flatten(args):
                if arg is not None and not is_tensor(arg):
                    raise ValueError(
                        f"Expected tensors as positional arguments of the layer {self.name!r}, and "
                        f"others by keyword. Received: {arg!r} of type {type(arg)}"
                    )
        context_args = {
            name: kwargs.pop(name)
            for name in self._call_context_args
            if name in kwargs and name not in parameters_of(self.call)
        }
        arguments = CallArguments(self.call, args, kwargs)
        check_inputs(self.input_spec, arguments.first, self.name)
        with self._open_name_scope():
            self._maybe_build(arguments)
        outer = call_context.current.context
        if outer is None:
            call_context.current.context = call_context.CallContext(self)
            self._clear_losses()
        try:
            previous = self._pass_on(arguments, context_args, kwargs)
            self._fill_in_masks(arguments, kwargs)
            outputs = self._computed(args, kwargs, arguments)
            self._regularize_activity(outputs)
            self._set_masks(arguments, kwargs, outputs)
            if call_context.current.context is not None:
                call_context.current.context.values = previous
        finally:
            call_context.current.context = outer
        if any(isinstance(x, KerasTensor) for x in tree.flatten(given)):
            if "training" in kwargs and "training" not in list(arguments.values)[: len(args)]:
                # It is written with the call, as in Keras; a model that is told puts it right.
                given[1]["training"] = kwargs["training"]
            record_call(self, *given, outputs)
            self._calls.append(_weakly(given, outputs))
        return outputs

    def _converted(self, structure: Any) -> Any:
        def convert(x: Any) -> Any:
            y = self._own_policy.convert_input(x, self.autocast, self.input_dtype)
            mask = get_keras_mask(x)
            if mask is not None and y is not x:
                set_keras_mask(y, mask)
            return y

        return tree.map_structure(convert, structure)

    def _pass_on(
        self, arguments: CallArguments, context_args: dict[str, Any], kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """Find what is passed on to layers within; returns what was, around this layer."""
        context = call_context.current.context
        assert context is not None
        previous = context.values
        context.values = dict(previous)
        for name in self._call_context_args:
            if name in context_args or name in arguments.given:
                value = context_args.get(name, arguments.given.get(name))
            else:
                value = previous.get(name)
                if value is None:
                    value = arguments.values.get(name)
            context.values[name] = value
            if name in arguments.values and value is not None:
                kwargs[name] = value
        return previous

    def _fill_in_masks(self, arguments: CallArguments, kwargs: dict[str, Any]) -> None:
        tensors = {name: x for name, x in arguments.tensors.items() if not name.endswith("mask")}
        names = ["mask"] if len(tensors) == 1 else [f"{name}_mask" for name in tensors]
        for name, value in zip(names, tensors.values(), strict=False):
            if name in arguments.values and arguments.values[name] is None:
                kwargs[name] = tree.map_structure(get_keras_mask, value)

    def _computed(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], arguments: CallArguments
    ) -> Any:
        by_position = list(arguments.values)[: len(args)]
        kwargs = {name: value for name, value in kwargs.items() if name not in by_position}
        with self._open_name_scope(), self._autocast():
            if any(isinstance(x, KerasTensor) for x in tree.flatten([args, kwargs])):
                outputs = self.compute_output_spec(*args, **kwargs)
                # New ones: a layer may give back its input.
                outputs = tree.map_structure(_copied, outputs)
            else:
                outputs = self.call(*args, **kwargs)
        self.built = True
        return outputs

    def _autocast(self) -> variable_scope.AutocastScope:
        dtype = self.compute_dtype
        if not self.autocast or not is_float(dtype) or dtype == self.variable_dtype:
            return variable_scope.AutocastScope(None)
        return variable_scope.AutocastScope(dtype)

    def _regularize_activity(self, outputs: Any) -> None:
        if self.activity_regularizer is None:
            return
        for output in tree.flatten(outputs):
            if isinstance(output, Tensor):
                loss = self.activity_regularizer(output)
                if output.ndim:
                    loss = loss / max(output.shape[0], 1)
                self.add_loss(loss)

    def _set_masks(self, arguments: CallArguments, kwargs: dict[str, Any], outputs: Any) -> None:
        previous = kwargs.get("mask", arguments.values.get("mask"))
        if previous is None:
            previous = tree.map_structure(get_keras_mask, arguments.first)
        if not self.supports_masking:
            if any(mask is not None for mask in tree.flatten(previous)):
                warnings.warn(
                    f"The layer {self.name!r} ({type(self).__name__}) does not pass on the mask of "
                    "its input: layers behind it will not see it.",
                    stacklevel=4,
                )
            return
        leaves = [leaf for leaf in tree.flatten(outputs) if is_tensor(leaf)]
        if all(get_keras_mask(leaf) is not None for leaf in leaves):
            return
        masks = self.compute_mask(arguments.first, previous)
        if masks is None:
            return
        for leaf, mask in zip(leaves, tree.flatten(masks), strict=False):
            if get_keras_mask(leaf) is None and mask is not None:
                set_keras_mask(leaf, mask)

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Call the layer with other values of its variables, which stay as they are.

        Returns:
            A tuple of the outputs, the new values of the variables that are not trainable, and
            with `return_losses` the losses.

        Raises:
            ValueError: before the layer is built, or for another number of values.
        """
        if not self.built:
            raise ValueError(
                f"Expected a layer that is built. Received: {self.name!r}, which is not"
            )
        own, others = self.trainable_variables, self.non_trainable_variables
        for mine, values in ((own, trainable_variables), (others, non_trainable_variables)):
            if len(mine) != len(values):
                raise ValueError(
                    f"Expected {len(mine)} values, for {[v.path for v in mine]}. "
                    f"Received: {len(values)}"
                )
        mapping = [
            *zip(own, trainable_variables, strict=True),
            *zip(others, non_trainable_variables, strict=True),
        ]
        with StatelessScope(mapping) as scope:
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else None
        values = [scope.get_current_value(variable) for variable in others]
        return (outputs, values, losses) if return_losses else (outputs, values)

    # Losses

    def add_loss(self, loss: Any) -> None:
        """Add scalars to what training minimises; for use in `call`.

        Raises:
            ValueError: for what is no tensor.
        """
        for value in tree.flatten(loss):
            if not isinstance(value, (Tensor, Variable)):
                raise ValueError(f"Expected tensors as losses. Received: {loss}")
            if isinstance(value, Variable) or value.backend.has_elements:
                self._losses.append(ops.convert_to_tensor(value))

    @property
    def losses(self) -> list[Any]:
        """What has been added as losses since the last call, and what regularizers give."""
        found = [loss for layer in self._flatten_layers() for loss in layer._losses]
        for variable in self.trainable_weights:
            if variable.regularizer is not None:
                found.append(variable.regularizer(variable.value))
        return found

    def _clear_losses(self) -> None:
        for layer in self._flatten_layers():
            layer._losses.clear()

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        found: dict[int, Any] = {id(self): self} if include_self else {}
        waiting = list(reversed(self._layers))
        while waiting:
            layer = waiting.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                if recursive:
                    waiting.extend(reversed(layer._layers))
        return list(found.values())

    # Configuration

    def get_config(self) -> dict[str, Any]:
        """What the constructor needs to make an equal layer.

        Raises:
            NotImplementedError: for a class with arguments of its own that are no plain values,
                and no `get_config`.
        """
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": dtype_policies.serialize(self.dtype_policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize_keras_object(self.activity_regularizer)
        if _is_default(self.get_config):
            return self._config_of_constructor(config)
        return config

    def _config_of_constructor(self, config: dict[str, Any]) -> dict[str, Any]:
        parameters = signature_of(type(self).__init__).parameters
        kinds = {parameter.kind for parameter in list(parameters.values())[1:]}
        kind = type(next(iter(parameters.values()))).VAR_POSITIONAL if parameters else None
        own = [name for name in list(parameters)[1:] if name not in ("name", "kwargs", "dtype")]
        if type(self).__init__ is Layer.__init__ or not own:
            takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
            return config if takes_all else {
                name: value for name, value in config.items() if name in parameters
            }  # fmt: skip
        if self._constructor is None or kind in kinds:
            raise NotImplementedError(
                f"Expected {type(self).__name__} to have a `get_config` method, since arguments of "
                "its constructor are no plain values. Received: none"
            )
        args, kwargs = self._constructor
        bound = signature_of(type(self).__init__).bind(None, *args, **kwargs)
        bound.apply_defaults()
        values = dict(list(bound.arguments.items())[1:])
        variadic = [p.name for p in parameters.values() if p.kind is p.VAR_KEYWORD]
        for name in variadic:
            values.update(values.pop(name, {}))
        if not variadic:
            config = {name: value for name, value in config.items() if name in parameters}
        return {**values, **config}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The layer that a configuration describes."""
        if isinstance(config.get("dtype"), dict):
            policy = deserialize_keras_object(config["dtype"])
            plain = isinstance(policy, dtype_policies.DTypePolicy) and not policy.quantization_mode
            config = {**config, "dtype": policy.name if plain else policy}
        return cls(**config)

    # Symbolic calls

    @property
    def input(self) -> Any:
        """What the layer's first symbolic call was given.

        Raises:
            AttributeError: if there was none, or the model that it was part of is gone.
        """
        return self._of_first_call(0, "input")

    @property
    def output(self) -> Any:
        """What the layer's first symbolic call gave.

        Raises:
            AttributeError: if there was none, or the model that it was part of is gone.
        """
        return self._of_first_call(1, "output")

    def _of_first_call(self, which: int, what: str) -> Any:
        if not self._calls:
            raise AttributeError(
                f"The layer {self.name!r} has not been called with symbolic tensors, and so has no "
                f"{what}."
            )
        for call in self._calls:
            found = [reference() for reference in call[which]]
            if all(x is not None for x in found):
                return found[0] if len(found) == 1 else found
        raise AttributeError(f"The model that the layer {self.name!r} was part of is gone.")

    # What Keras has and gossamer does not

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for symbolic inputs, as symbolic tensors."""
        return self.compute_output_spec(*args, **kwargs)

    def rematerialized_call(self, layer_call: Any, *args: Any, **kwargs: Any) -> Any:
        """The call itself: nothing is computed twice to save memory."""
        return layer_call

    def add_metric(self, *args: Any, **kwargs: Any) -> Any:
        """Not in Keras 3 any more."""
        raise NotImplementedError(
            "`add_metric` is no more: give `compile` the metrics, or make one in `__init__` and "
            "call its `update_state`."
        )

    def quantize(self, mode: Any = None, type_check: bool = True, config: Any = None) -> None:
        """Not here."""
        raise NotImplementedError("gossamer does not quantize layers.")

    def quantized_build(self, input_shape: Any, mode: Any) -> None:
        """Not here."""
        raise NotImplementedError("gossamer does not quantize layers.")

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Not here."""
        raise NotImplementedError("gossamer does not quantize layers.")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _is_default(method: Any) -> bool:
    """Whether a layer's method is that of `Layer`."""
    return getattr(method, "__func__", None) is getattr(Layer, method.__name__)


def _copied(x: Any) -> Any:
    return KerasTensor(x.shape, x.dtype) if isinstance(x, KerasTensor) else x


def _without_elements(x: Any) -> Any:
    return KerasTensor(x.shape, x.dtype) if isinstance(x, (Tensor, Variable)) else x


def _as_shapes(shapes: Any) -> Any:
    """Shapes as tuples, where a file has lists."""
    if isinstance(shapes, dict):
        return {name: _as_shapes(shape) for name, shape in shapes.items()}
    if isinstance(shapes, (list, tuple)):
        if all(size is None or isinstance(size, int) for size in shapes):
            return tuple(shapes)
        return [_as_shapes(shape) for shape in shapes]
    return shapes


def _weakly(given: Any, outputs: Any) -> tuple[list[Any], list[Any]]:
    """Weak references to symbolic tensors: a layer must not hold the model that it is part of."""
    return tuple(
        [weakref.ref(x) for x in tree.flatten(structure) if isinstance(x, KerasTensor)]
        for structure in (given, outputs)
    )  # type: ignore[return-value]
