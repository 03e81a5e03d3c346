"""A penalty of what passes through."""

from __future__ import annotations

from typing import Any

from gossamer import regularizers
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class ActivityRegularization(Layer):
    """Passes its inputs on, and adds `l1 * sum(abs(x)) + l2 * sum(x**2)` to the loss.

    Args:
        l1: the factor of absolute values.
        l2: the factor of squares.
        kwargs: as for `Layer`.

    Example:
        >>> layer = gs.layers.ActivityRegularization(l1=0.5)
        >>> _ = layer(ops.ones((2, 3)))
        >>> float(layer.losses[0])
        1.5
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1, self.l2 = l1, l2
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return {**config, "l1": self.l1, "l2": self.l2}
