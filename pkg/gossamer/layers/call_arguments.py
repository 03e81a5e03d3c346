"""The arguments of a layer's call: which are tensors, and which shapes `build` is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from gossamer import tree
from gossamer.core.symbolic import KerasTensor
from gossamer.tensor import Tensor
from gossamer.texts import holds_texts
from gossamer.variable import Variable

TENSORS = (Tensor, KerasTensor, Variable)


def is_tensor(x: Any) -> bool:
    """Whether this is a tensor, with elements or without."""
    return isinstance(x, TENSORS)


@cache
def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """A function's signature, looked at once."""
    return inspect.signature(function)


def parameters_of(method: Any) -> tuple[str, ...]:
    """The names of a bound method's parameters."""
    function = getattr(method, "__func__", None)
    names = tuple(signature_of(function or method).parameters)
    return names[1:] if function is not None else names


class CallArguments:
    """What a layer was called with, by name.

    Args:
        call: the layer's bound `call` method.
        args, kwargs: what it was called with.

    Attributes:
        given: what was given, by name.
        values: that, with default values.
        tensors: those of the values that are tensors or arrays of strings, or structures of them.
    """

    def __init__(self, call: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        function = getattr(call, "__func__", None)
        if function is None:
            bound = signature_of(call).bind(*args, **kwargs)
        else:
            bound = signature_of(function).bind(None, *args, **kwargs)
        self.given = dict(bound.arguments)
        bound.apply_defaults()
        self.values = dict(bound.arguments)
        if function is not None:
            first = next(iter(self.values))
            del self.given[first], self.values[first]
        self.tensors = {name: x for name, x in self.values.items() if self._is_tensors(name, x)}

    @staticmethod
    def _is_tensors(name: str, value: Any) -> bool:
        if is_tensor(value) or holds_texts(value):
            return True
        if not tree.is_nested(value) or not len(value):
            return False
        leaves = tree.flatten(value)
        found = [is_tensor(leaf) or holds_texts(leaf) for leaf in leaves]
        others = [leaf for leaf, f in zip(leaves, found, strict=True) if not f and leaf is not None]
        # A model of symbolic tensors is given arrays as they are, beside strings.
        if any(found) and not all(isinstance(leaf, np.ndarray) for leaf in others):
            raise ValueError(
                "Expected tensors alone, or none, within one argument of a layer's call. "
                f"Received: {name}={value}"
            )
        return any(found)

    @property
    def first(self) -> Any:
        return next(iter(self.values.values()), None)

    def shapes(self) -> dict[str, Any]:
        """The shapes of tensors, or structures of them, as `<argument>_shape`."""
        return {
            f"{name}_shape": tree.map_structure(
                lambda x: None if x is None else tuple(x.shape), value
            )
            for name, value in self.tensors.items()
            if name not in ("mask", "args", "kwargs") and not name.endswith("_mask")
        }

    def shapes_for(self, method: Any, layer_name: str) -> dict[str, Any]:
        """Those of the shapes that a layer's `build` or `compute_output_shape` takes.

        Raises:
            ValueError: if the method has several parameters, and one is not named after an
                argument of `call`.
        """
        shapes = self.shapes()
        names = [
            name for name in parameters_of(method)
            if signature_of(method.__func__).parameters[name].kind
            not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        ]  # fmt: skip
        if len(names) == 1:
            return {names[0]: next(iter(shapes.values()), None)}
        for name in names:
            if not name.endswith("_shape") or name.removesuffix("_shape") not in self.values:
                raise ValueError(
                    f"Expected the parameters of `{method.__name__}` to be named after arguments "
                    f"of `call`, with `_shape` behind, in the layer {layer_name!r}. "
                    f"Received: {name}"
                )
        return {name: shapes[name] for name in names if name in shapes}
