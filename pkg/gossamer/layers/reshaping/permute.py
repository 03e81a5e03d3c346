"""The layer that puts axes in another order."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class Permute(Layer):
    """Put the axes in another order; the batch stays first.

    Args:
        dims: the axes in their new order, counted from 1.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for anything but the numbers from 1 on, each once.

    Example:
        >>> gs.layers.Permute((2, 1))(ops.ones((5, 10, 64))).shape
        (5, 64, 10)
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Expected the axes from 1 on, each once. Received: dims={dims}")
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        return tuple(input_shape[axis] for axis in (0, *self.dims))

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The outputs for symbolic inputs, of the same dtype."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}
