"""The layer that gives its inputs another shape."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers import geometry
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class Reshape(Layer):
    """The inputs in another shape; the batch stays.

    Args:
        target_shape: the sizes behind the batch; -1 for one that follows from the others.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for sizes below -1, -1 more than once, and inputs of another size.

    Example:
        >>> gs.layers.Reshape((-1, 2))(ops.ones((5, 3, 4))).shape
        (5, 6, 2)
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        known = [size for size in self.target_shape if size is not None]
        if any(size < -1 for size in known) or known.count(-1) > 1:
            raise ValueError(
                "Expected sizes from 0 on, and -1 once at most. "
                f"Received: target_shape={target_shape}"
            )
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        shape = self.compute_output_shape(inputs.shape)
        return ops.reshape(inputs, tuple(-1 if size is None else size for size in shape))

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        batch, *rest = input_shape
        target = self.target_shape
        if None in rest or None in target:
            return (batch, *(None if size == -1 else size for size in target))
        total, known = math.prod(rest), math.prod(size for size in target if size != -1)
        open_size = total // known if known and -1 in target else 1
        if known * open_size != total or (known == 0 and -1 in target):
            raise ValueError(
                f"Expected inputs of the size of target_shape={target}, for the layer "
                f"{self.name!r}. Received: input_shape={tuple(input_shape)}"
            )
        return (batch, *(open_size if size == -1 else size for size in target))

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """The outputs for symbolic inputs, of the same dtype."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}
