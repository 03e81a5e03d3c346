"""The layer that puts numbers into bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.config import floatx
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.call_arguments import is_tensor
from gossamer.layers.layer import Layer
from gossamer.layers.preprocessing.encoding import MODES, check_dense, check_mode, encoded
from gossamer.layers.preprocessing.quantiles import boundaries, merged, summarized
from gossamer.tensor import Tensor


class Discretization(Layer):
    """The number of the bin that each input is in: how many of the boundaries are not above it.

    Args:
        bin_boundaries: the boundaries, in order.
        num_bins: how many bins `adapt` is to find the boundaries of, with about as many values in
            each.
        epsilon: how exact that is: the share of the values that a bin may be off by.
        output_mode: `"int"` for the numbers, or a mode of `CategoryEncoding`.
        sparse: False; there are no sparse tensors.
        dtype, name: as for `Layer`.

    Raises:
        ValueError: without `bin_boundaries` and `num_bins`, or with both; for another mode; for a
            call before there are boundaries.

    Example:
        >>> layer = gs.layers.Discretization(bin_boundaries=[0.0, 1.0, 2.0])
        >>> layer(np.array([[-1.5, 1.0, 3.4, 0.5]], np.float32)).tolist()
        [[0, 2, 3, 1]]
    """

    summary: np.ndarray

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        check_mode(output_mode, ("int", *MODES))
        check_dense(sparse)
        if (num_bins is None) == (bin_boundaries is None) or (num_bins or 0) < 0:
            raise ValueError(
                "Expected either bin_boundaries or num_bins, at least 0. "
                f"Received: bin_boundaries={bin_boundaries}, num_bins={num_bins}"
            )
        self.bin_boundaries, self.num_bins, self.epsilon = bin_boundaries, num_bins, epsilon
        self.output_mode, self.sparse = output_mode, sparse
        self._allow_non_tensor_positional_args = True
        self.reset_state()

    @property
    def input_dtype(self) -> str:
        return floatx()

    @property
    def output_dtype(self) -> str:
        """The dtype of the outputs."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn boundaries from data: an array, or an iterable of batches.

        Args:
            data: the data.
            steps: how many of the batches are looked at; all if None.

        Raises:
            ValueError: for a layer that was given its boundaries.
        """
        if self.num_bins is None:
            raise ValueError(
                f"Expected num_bins, to find boundaries. Received: {self.bin_boundaries}, given "
                f"to the layer {self.name!r}"
            )
        self.reset_state()
        if isinstance(data, np.ndarray) or is_tensor(data) or not hasattr(data, "__iter__"):
            self.update_state(data)
        else:
            for k, batch in enumerate(data):
                if steps is not None and k >= steps:
                    break
                self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Look at more data."""
        values = np.asarray(data).astype(np.float32)
        self.summary = merged(summarized(values, self.epsilon), self.summary, self.epsilon)

    def finalize_state(self) -> None:
        """Set the boundaries from the data that have been looked at."""
        if self.num_bins is not None:
            self.bin_boundaries = boundaries(self.summary, self.num_bins).tolist()

    def reset_state(self) -> None:
        """Forget the data that have been looked at."""
        self.summary = np.zeros((2, 0), np.float32)

    def call(self, inputs: Any) -> Tensor:
        if self.bin_boundaries is None:
            raise ValueError(
                f"Expected a call of `adapt` first, or bin_boundaries, in the layer {self.name!r}. "
                "Received: no boundaries"
            )
        indices = ops.digitize(inputs, np.asarray(self.bin_boundaries, np.float32))
        return encoded(indices, self.output_mode, len(self.bin_boundaries) + 1, self.output_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_mode == "int":
            return input_shape
        known = self.bin_boundaries is not None
        depth = len(self.bin_boundaries) + 1 if known else self.num_bins
        shape = tuple(input_shape)
        if self.output_mode == "one_hot":
            return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
        return (shape[0], *shape[2:], depth) if len(shape) > 1 else (depth,)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        return KerasTensor(self.compute_output_shape(inputs.shape), self.output_dtype)

    def load_own_variables(self, store: Any) -> None:
        """Take what older files have: the summary of the data."""
        if len(store.keys()) == 1:
            self.summary = np.asarray(store["0"])

    def get_config(self) -> dict[str, Any]:
        return {
            "bin_boundaries": self.bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Discretization:
        if config.get("bin_boundaries") is None or config.get("num_bins") is None:
            return super().from_config(config)
        # The boundaries were found by `adapt`.
        layer = super().from_config({**config, "bin_boundaries": None})
        layer.bin_boundaries = config["bin_boundaries"]
        return layer
