"""The layer that makes the mean 0 and the variance 1, as they are in data that it has seen."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from math import prod
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.config import epsilon
from gossamer.layers.call_arguments import is_tensor
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class Normalization(Layer):
    """Inputs shifted and scaled: `(inputs - mean) / sqrt(variance)`.

    Args:
        axis: the axes that have a mean and a variance for each of their places; one of each for
            all if None.
        mean, variance: numbers or arrays; learnt from data by `adapt` if None.
        invert: whether to go back: `mean + inputs * sqrt(variance)`.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for one of `mean` and `variance` without the other, or of another shape; for
            axes that the inputs do not have, or of unknown size.

    Example:
        >>> layer = gs.layers.Normalization(axis=None)
        >>> layer.adapt(np.array([1.0, 2.0, 3.0, 4.0, 5.0], np.float32))
        >>> layer(np.array([1.0, 3.0], np.float32)).numpy().round(3).tolist()
        [-1.4140000343322754, 0.0]
    """

    def __init__(
        self,
        axis: Any = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError(
                "Expected both mean and variance, or none. "
                f"Received: mean={mean}, variance={variance}"
            )
        if np.shape(mean) != np.shape(variance) or np.ndim(mean) > len(self.axis):
            raise ValueError(
                f"Expected mean and variance of one shape, of no more axes than {self.axis}. "
                f"Received: shapes {np.shape(mean)} and {np.shape(variance)}"
            )
        self.input_mean, self.input_variance, self.invert = mean, variance, invert
        self.supports_masking = True
        self._allow_non_tensor_positional_args = True
        self._build_input_shape: Any = None

    def build(self, input_shape: Any) -> None:
        if input_shape is None:
            return
        ndim = len(input_shape)
        if any(not -ndim <= axis < ndim for axis in self.axis):
            raise ValueError(
                f"Expected axes of inputs of {ndim} axes in the layer {self.name!r}. "
                f"Received: axis={self.axis}"
            )
        self._build_input_shape = tuple(input_shape)
        self._keep_axis = tuple(sorted(axis % ndim for axis in self.axis))
        self._reduce_axis = tuple(d for d in range(ndim) if d not in self._keep_axis)
        shape = tuple(input_shape[d] for d in self._keep_axis)
        if None in shape:
            raise ValueError(
                f"Expected known sizes of the axes {self.axis} in the layer {self.name!r}. "
                f"Received: shape={tuple(input_shape)}"
            )
        self._broadcast_shape = tuple(
            input_shape[d] if d in self._keep_axis else 1 for d in range(ndim)
        )
        if self.input_mean is None:
            options: dict[str, Any] = {"trainable": False}
            self.adapt_mean = self.add_weight(shape, "zeros", name="mean", **options)
            self.adapt_variance = self.add_weight(shape, "ones", name="variance", **options)
            # For files of older models, which have it.
            self.count = self.add_weight((), "zeros", dtype="int32", name="count", **options)

    def adapt(self, data: Any) -> None:
        """Learn mean and variance from data: an array, or an iterable of batches.

        Raises:
            ValueError: for no data, for data of another shape than the layer was built for.
            TypeError: for what is no data.
        """
        if isinstance(data, np.ndarray) or is_tensor(data):
            batches: Iterable[Any] = [data]
        elif hasattr(data, "__iter__"):
            batches = (batch[0] if isinstance(batch, tuple) else batch for batch in data)
        else:
            raise TypeError(f"Expected an array or an iterable of them. Received: {type(data)}")
        remaining = iter(batches)
        first = next(remaining, None)
        if first is None:
            raise ValueError("Expected at least one batch to adapt to. Received: none")
        if not hasattr(first, "shape"):
            raise TypeError(f"Expected batches with a shape. Received: {type(first)}")
        if not self.built:
            self.build(tuple(first.shape))
        if self.input_mean is not None:
            raise ValueError(
                f"Expected no data for the layer {self.name!r}, which was given its mean. "
                f"Received: {type(data)}"
            )
        # Sums in double precision: what is learnt is not to depend on the size of batches.
        count, mean, variance = 0, np.float64(0), np.float64(0)
        for batch in chain([first], remaining):
            array = np.asarray(batch).astype(np.float64)
            self._check_fits(array.shape)
            size = prod(array.shape[d] for d in self._reduce_axis)
            batch_mean = array.mean(self._reduce_axis)
            share = size / (count + size)
            # Chan, Golub and LeVeque, "Updating formulae ... for computing sample variances" (1979)
            difference = batch_mean - mean
            variance = (1 - share) * variance + share * array.var(self._reduce_axis)
            variance = variance + share * (1 - share) * difference**2
            mean = mean + share * difference
            count += size
        self.adapt_mean.assign(np.asarray(mean, np.float32))
        self.adapt_variance.assign(np.asarray(variance, np.float32))

    def _check_fits(self, shape: tuple[int, ...]) -> None:
        built = self._build_input_shape
        if len(shape) != len(built) or any(shape[d] != built[d] for d in self._keep_axis):
            raise ValueError(
                f"Expected data like the shape {built} that the layer {self.name!r} was built "
                f"for. Received: shape={shape}"
            )

    def finalize_state(self) -> None:
        """Nothing: the weights are read at each call."""

    def _moments(self) -> list[Tensor]:
        if self.input_mean is None:
            given: list[Any] = [self.adapt_mean, self.adapt_variance]
            return [
                ops.cast(ops.reshape(x, self._broadcast_shape), self.compute_dtype) for x in given
            ]
        tensors = [ops.cast(x, self.compute_dtype) for x in (self.input_mean, self.input_variance)]
        shape = [1] * len(self._broadcast_shape)
        # Its axes are the last ones of those that are kept.
        for axis, size in zip(reversed(self._keep_axis), reversed(tensors[0].shape), strict=False):
            shape[axis] = size
        return [ops.broadcast_to(ops.reshape(x, shape), self._broadcast_shape) for x in tensors]

    def call(self, inputs: Any) -> Tensor:
        inputs = ops.cast(inputs, self.compute_dtype)
        mean, variance = self._moments()
        deviation = ops.maximum(ops.sqrt(variance), epsilon())
        return mean + inputs * deviation if self.invert else (inputs - mean) / deviation

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "axis": self.axis,
            "invert": self.invert,
            "mean": np.array(self.input_mean).tolist(),
            "variance": np.array(self.input_variance).tolist(),
        }
