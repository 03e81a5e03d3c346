"""The layer that makes rows of its inputs."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class Flatten(Layer):
    """A row of each element of the batch.

    Args:
        data_format: `"channels_first"` for inputs (batch, channels, ...), which are moved to the
            end first, so that the order is that of `"channels_last"`; the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for an unknown data format.

    Example:
        >>> gs.layers.Flatten()(ops.ones((2, 4, 3))).shape
        (2, 12)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Tensor) -> Tensor:
        if self.data_format == "channels_first" and inputs.ndim > 1:
            inputs = ops.moveaxis(inputs, 1, -1)
        return ops.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(rest))

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The outputs for symbolic inputs, of the same dtype."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}
