"""The layer that makes vectors of the numbers of categories."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.layer import Layer
from gossamer.layers.preprocessing.encoding import MODES, check_dense, check_mode, encoded
from gossamer.tensor import Tensor


class CategoryEncoding(Layer):
    """Integers as vectors: one-hot, multi-hot, or counts.

    Args:
        num_tokens: how many categories there are, and how long the vectors.
        output_mode: `"one_hot"`, a vector for each number; `"multi_hot"`, one for each sample with
            a 1 at each of its numbers; `"count"`, one with how often each is there.
        sparse: False; there are no sparse tensors.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for another mode, for `num_tokens` below 1, for weights in another mode than
            `"count"`, for `sparse`.

    Example:
        >>> layer = gs.layers.CategoryEncoding(num_tokens=4, output_mode="multi_hot")
        >>> layer([[0, 1], [0, 0]]).tolist()
        [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]
    """

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        output_mode = "multi_hot" if output_mode == "binary" else output_mode
        check_mode(output_mode, MODES)
        check_dense(sparse)
        if num_tokens is None or num_tokens < 1:
            raise ValueError(
                "Expected the number of tokens, at least 1; where it is not known, see "
                f"`IntegerLookup`. Received: num_tokens={num_tokens}"
            )
        self.num_tokens, self.output_mode, self.sparse = num_tokens, output_mode, sparse
        self._allow_non_tensor_positional_args = True
        self._convert_input_args = False

    def call(self, inputs: Any, count_weights: Any = None) -> Tensor:
        if count_weights is not None:
            if self.output_mode != "count":
                raise ValueError(
                    "Expected count_weights in the mode 'count' alone. "
                    f"Received: output_mode={self.output_mode!r}, count_weights={count_weights}"
                )
            count_weights = ops.convert_to_tensor(count_weights, dtype=self.compute_dtype)
        indices = ops.convert_to_tensor(inputs)
        if "float" in indices.dtype:
            indices = ops.cast(indices, "int32")
        return encoded(indices, self.output_mode, self.num_tokens, self.dtype, count_weights)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        shape = tuple(input_shape)
        appended = self.output_mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1)
        return (*(shape if appended else shape[:-1]), self.num_tokens)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> KerasTensor:
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_tokens": self.num_tokens,
            "output_mode": self.output_mode,
        }
