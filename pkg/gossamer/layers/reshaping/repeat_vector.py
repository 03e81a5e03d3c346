"""The layer that makes a sequence of one vector."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class RepeatVector(Layer):
    """The inputs, of shape (batch, channels), as each of n steps.

    Args:
        n: positive integer, how many steps.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for an n that is no integer.
        ValueError: for one that is not positive.

    Example:
        >>> gs.layers.RepeatVector(3)(ops.array([[1.0, 2.0]])).tolist()
        [[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]]
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(n, int) or isinstance(n, bool):
            raise TypeError(f"Expected an integer for n. Received: n={n!r}")
        self.n = geometry.positive(n, "n")
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, 1)

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}
