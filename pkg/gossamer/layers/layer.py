"""The base of all layers: Keras's anatomy, `__init__`, `build`, `call`, `get_config`.

A call converts the inputs, checks them, builds the layer when the first ones show their shapes,
passes on masks and whether this is training, and leaves the rest to `call`. Called with symbolic
tensors, it works out shapes, and its results know the call: functional models are made of that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from gossamer import dtype_policies, regularizers, tree
from gossamer.core.symbolic import KerasTensor, output_spec, record_call
from gossamer.layers import call_context
from gossamer.layers.call_arguments import CallArguments, is_tensor, parameters_of, signature_of
from gossamer.layers.configuration import Configured
from gossamer.layers.input_spec import check_inputs
from gossamer.layers.losses import AddedLosses
from gossamer.layers.mask_passing import MaskPassing
from gossamer.layers.not_here import NotHere
from gossamer.layers.precision import Precision
from gossamer.layers.rematerialized import Rematerialized
from gossamer.layers.stateless import StatelessCall
from gossamer.layers.symbolic_calls import SymbolicCalls
from gossamer.layers.weights import make_tracker
from gossamer.name_scope import current_path, name_scope
from gossamer.naming import unique_name
from gossamer.remat import current_remat_mode
from gossamer.serialization.family import snake_case
from gossamer.tensor import Tensor
from gossamer.texts import holds_texts
from gossamer.variable import Variable

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


class Layer(
    Precision,
    MaskPassing,
    Configured,
    SymbolicCalls,
    Rematerialized,
    NotHere,
    StatelessCall,
    AddedLosses,
):
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

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        layer = super().__new__(cls)
        object.__setattr__(layer, "_tracker", make_tracker())
        layer._remember_constructor(args, kwargs)
        return layer

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._has_own_constructor = cls.__init__ is not Layer.__init__
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
        self._input_spec: Any = None
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
        self._remat_mode = current_remat_mode()

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

    @property
    def path(self) -> str | None:
        """The name behind those of the layers around it; None before the layer is built."""
        return self._path

    @property
    def input_spec(self) -> Any:
        """What the inputs must be like: an `InputSpec` or a structure of them; None for anything.

        A call compares its inputs with it.
        """
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._input_spec = value

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
            self._show_shapes(arguments)
        self.build(next(iter(arguments.shapes().values()), None))

    def _show_shapes(self, arguments: CallArguments) -> None:
        output_spec(self.call, (), {
            name: tree.map_structure(_without_elements, value)
            for name, value in arguments.given.items()
        })  # fmt: skip

    def _check_built(self) -> None:
        if not self.built:
            raise RuntimeError(f"Layer {self.name!r} was not built by its `build` method.")

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
                if arg is not None and not is_tensor(arg) and not holds_texts(arg):
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
        check_inputs(self._input_spec, arguments.first, self.name)
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
            self._remember_call(given, outputs)
        return outputs

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
            elif self._remat_mode is None:
                outputs = self.call(*args, **kwargs)
            else:
                outputs = self.rematerialized_call(self.call, *args, **kwargs)(*args, **kwargs)
        self.built = True
        return outputs

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _is_default(method: Any) -> bool:
    """Whether a layer's method is that of `Layer`."""
    return getattr(method, "__func__", None) is getattr(Layer, method.__name__)


def _copied(x: Any) -> Any:
    return KerasTensor(x.shape, x.dtype) if isinstance(x, KerasTensor) else x


def _without_elements(x: Any) -> Any:
    if isinstance(x, (Tensor, Variable)) or holds_texts(x):
        return KerasTensor(x.shape, x.dtype)
    return x
