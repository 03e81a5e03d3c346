"""Which of a layer's calls are rematerialised, as the scope says in which it was made."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor
from gossamer.remat import RematMode, remat


class Rematerialized:
    """What may compute its activations twice. A base of `Layer`."""

    name: str
    _remat_mode: RematMode | None
    compute_output_spec: Callable[..., Any]

    def rematerialized_call(
        self, layer_call: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Callable[..., Any]:
        """A `call` method, as a tape is to record it; see `RematScope`.

        Args:
            layer_call: the method.
            args, kwargs: what it will be called with.
        """
        wanted = self._remat_mode
        if wanted is None:
            return layer_call
        if wanted.mode == "activations":
            return self._with_activation_twice(layer_call)
        if wanted.mode == "larger_than":
            outputs = tree.flatten(self.compute_output_spec(*_symbolic(args), **_symbolic(kwargs)))
            size = sum(
                math.prod(n or 1 for n in x.shape) for x in outputs if isinstance(x, KerasTensor)
            )
            return remat(layer_call) if size > wanted.output_size_threshold else layer_call
        named = wanted.mode == "list_of_layers" and self.name in wanted.layer_names
        return remat(layer_call) if named or wanted.mode == "full" else layer_call

    def _with_activation_twice(self, layer_call: Callable[..., Any]) -> Callable[..., Any]:
        activation = getattr(self, "activation", None)
        if activation is None:
            return layer_call

        @wraps(layer_call)
        def call(*args: Any, **kwargs: Any) -> Any:
            object.__setattr__(self, "activation", remat(activation))
            try:
                return layer_call(*args, **kwargs)
            finally:
                object.__setattr__(self, "activation", activation)

        return call


def _symbolic(structure: Any) -> Any:
    return tree.map_structure(
        lambda x: KerasTensor(x.shape, x.dtype) if hasattr(x, "shape") else x, structure
    )
