"""Ops as objects: `Operation`, for one of your own that has settings and a configuration."""

from __future__ import annotations

from abc import ABCMeta
from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor, output_spec, record_call
from gossamer.layers.call_arguments import signature_of
from gossamer.layers.configuration import PLAIN
from gossamer.layers.layer import Layer
from gossamer.layers.symbolic_calls import SymbolicCalls
from gossamer.naming import unique_name
from gossamer.remat import current_remat_mode, remat
from gossamer.serialization.family import snake_case


class Operation(SymbolicCalls, metaclass=ABCMeta):
    """A function of tensors, with or without elements. Subclasses write `call`.

    Layers are operations with weights.

    Args:
        name: the class's name in small letters and a number if None.

    Raises:
        ValueError: for a name with a "/".

    Example:
        >>> class Power(gs.Operation):
        ...     def __init__(self, exponent, name=None):
        ...         super().__init__(name)
        ...         self.exponent = exponent
        ...     def call(self, x):
        ...         return x**self.exponent
        >>> square = Power(2)
        >>> square(ops.ones((2,)) * 3.0).tolist(), square(gs.Input((4,))).shape
        ([9.0, 9.0], (None, 4))
        >>> square.get_config()
        {'name': 'power', 'exponent': 2}
    """

    _constructor: dict[str, Any] | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        operation = super().__new__(cls)
        if all(isinstance(leaf, PLAIN) for leaf in tree.flatten([args, kwargs])):
            signature = signature_of(cls.__init__)
            bound = signature.bind(None, *args, **kwargs)
            bound.apply_defaults()
            kinds = {name: p.kind for name, p in signature.parameters.items()}
            values = dict(list(bound.arguments.items())[1:])
            variadic = [name for name, kind in kinds.items() if kind is kind.VAR_KEYWORD]
            for name in variadic:
                values.update(values.pop(name, {}))
            if not any(kind is kind.VAR_POSITIONAL for kind in kinds.values()):
                operation._constructor = values
        return operation

    def __init__(self, name: str | None = None) -> None:
        if name is not None and (not isinstance(name, str) or "/" in name):
            raise ValueError(f"Expected a name without a '/'. Received: name={name!r}")
        self.name = name or unique_name(snake_case(type(self).__name__))
        self._calls: list[Any] = []
        self._remat_mode = current_remat_mode()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, KerasTensor) for x in tree.flatten([args, kwargs])):
            return self.symbolic_call(*args, **kwargs)
        return self.rematerialized_call(self.call, *args, **kwargs)(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs."""
        raise NotImplementedError(f"Operation {type(self).__name__} has no `call` method.")

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for symbolic inputs, which know this call."""
        outputs = self.compute_output_spec(*args, **kwargs)
        record_call(self, args, kwargs, outputs)
        self._remember_call((args, kwargs), outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for symbolic inputs, as symbolic tensors; of `call` if not written."""
        return output_spec(self.call, args, kwargs)

    def rematerialized_call(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """`call`, as a tape is to record it; see `RematScope`."""
        wanted = self._remat_mode
        return remat(fn) if wanted is not None and wanted.mode == "full" else fn

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """`call` of quantized weights, which an operation has not."""
        raise NotImplementedError(f"Operation {type(self).__name__} has no quantized call.")

    def get_config(self) -> dict[str, Any]:
        """What the constructor needs to make an equal operation.

        Raises:
            NotImplementedError: for a class with arguments that are no plain values, and no
                `get_config`.
        """
        config = {"name": self.name}
        if type(self).get_config is not Operation.get_config:
            return config
        if self._constructor is None:
            raise NotImplementedError(
                f"Expected {type(self).__name__} to have a `get_config` method, since arguments of "
                "its constructor are no plain values. Received: none"
            )
        parameters = signature_of(type(self).__init__).parameters
        named = "name" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        own = {key: value for key, value in self._constructor.items() if key != "name"}
        return {**(config if named else {}), **own}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The operation that a configuration describes."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<Operation name={self.name}>"


Operation.register(Layer)
