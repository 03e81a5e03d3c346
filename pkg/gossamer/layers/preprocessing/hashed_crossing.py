"""The layer that puts pairs of features into bins."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.preprocessing.encoding import check_dense, check_mode, encoded_on_host
from gossamer.layers.preprocessing.hashes import concatenated, fingerprint64
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.layers.preprocessing.texts import as_texts
from gossamer.tensor import Tensor

# TensorFlow's hash of nothing, which the features are added to.
_KEY = 0xDECAFCAFFE


def _fingerprints(feature: np.ndarray) -> list[int]:
    """A number of 64 bits for each value: an integer's is itself."""
    flat = feature.ravel()
    if flat.dtype.kind in "iu":
        return [value & (1 << 64) - 1 for value in flat.tolist()]
    return [fingerprint64(text.encode()) for text in as_texts(flat).tolist()]


class HashedCrossing(OnHost):
    """The bin of each combination of features: the hash of all of them modulo the number of bins.

    It is computed on the host, and is no part of a jitted function.

    Args:
        num_bins: how many bins there are.
        output_mode: `"int"` for the numbers of the bins, or `"one_hot"`.
        sparse: False; there are no sparse tensors.
        name, dtype: as for `Layer`.
        kwargs: none that matter, as in Keras.

    Raises:
        ValueError: for another mode; for a call with fewer than two features, with features of
            different shapes or of others than (), (batch,) and (batch, 1), and with numbers that
            are no integers.

    Example:
        >>> layer = gs.layers.HashedCrossing(num_bins=5)
        >>> layer((np.array(["A", "B", "B"]), np.array([101, 101, 102]))).tolist()
        [1, 4, 1]
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            name=name, dtype="int64" if output_mode == "int" and dtype is None else dtype
        )
        check_dense(sparse)
        check_mode(output_mode, ("int", "one_hot"))
        self.num_bins, self.output_mode, self.sparse = num_bins, output_mode, sparse

    def call(self, inputs: Any) -> Tensor:
        features = self._features(inputs)
        rows = zip(*(_fingerprints(feature) for feature in features), strict=True)
        # An integer of 64 bits with a sign, of which the remainder is that of one without.
        bins = [reduce(concatenated, row, _KEY) % self.num_bins for row in rows]
        array = np.array(bins, np.int64).reshape(features[0].shape)
        if self.output_mode == "one_hot":
            array = encoded_on_host(array, "one_hot", self.num_bins)
            array = array[0] if not features[0].ndim else array
        # Of 64 bits only where the backend has such.
        return ops.convert_to_tensor(array.astype(self.dtype))

    def _features(self, inputs: Any) -> list[np.ndarray]:
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(
                f"Expected a list or tuple of at least two inputs for the layer {self.name!r}. "
                f"Received: inputs={inputs}"
            )
        features = [np.asarray(x) for x in inputs]
        shape = features[0].shape
        if len(shape) > 2 or (len(shape) == 2 and shape[-1] != 1):
            raise ValueError(
                f"Expected inputs of the shape (), (batch,) or (batch, 1) for {self.name!r}. "
                f"Received: shape={shape}"
            )
        if any(feature.shape != shape for feature in features):
            raise ValueError(
                f"Expected inputs of one shape for {self.name!r}. "
                f"Received: shapes {[feature.shape for feature in features]}"
            )
        if any(feature.dtype.kind not in "iuOSU" for feature in features):
            raise ValueError(
                f"Expected integers or strings for {self.name!r}. "
                f"Received: dtypes {[str(feature.dtype) for feature in features]}"
            )
        return features

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        pair = list(input_shape)
        if len(pair) != 2 or not all(isinstance(shape, (tuple, list)) for shape in pair):
            raise ValueError(f"Expected the shapes of two inputs. Received: {input_shape}")
        first, second = (tuple(shape) for shape in pair)
        if first[-1:] != second[-1:]:
            raise ValueError(f"Expected two equal shapes. Received: {input_shape}")
        if self.output_mode == "int":
            return first
        return (*(first[:-1] if first[-1:] == (1,) else first), self.num_bins)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        # Of any number of features, all of one shape.
        shapes = [tuple(x.shape) for x in inputs]
        return KerasTensor(self.compute_output_shape([shapes[0], shapes[-1]]), self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype,
        }
