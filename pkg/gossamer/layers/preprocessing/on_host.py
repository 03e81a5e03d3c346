"""The base of layers that compute on the host, with NumPy: those of strings and of vocabularies."""

from __future__ import annotations

from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor, stand_in
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class OnHost(Layer):
    """A layer whose `call` is given arrays and looks at them, so that it is no part of a program.

    A functional model is cut behind such layers: they run before the step that is jitted, which is
    given what they make. Subclasses write `compute_output_spec`, which tells that without looking.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False

    def build(self, input_shape: Any) -> None:
        """There is nothing to make: what such a layer knows is no weight."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        leaves = tree.flatten([args, kwargs])
        if not any(isinstance(x, Tensor) and not x.backend.has_elements for x in leaves):
            return super().__call__(*args, **kwargs)
        # A model around this layer works out its shapes.
        args, kwargs = tree.map_structure(_as_symbolic, (args, kwargs))
        outputs = self.compute_output_spec(*args, **kwargs)
        return tree.map_structure(stand_in, outputs)


def _as_symbolic(x: Any) -> Any:
    return KerasTensor(x.shape, x.dtype) if isinstance(x, Tensor) else x
