"""Layers that spread the values of images over their whole range, and Solarization."""

from __future__ import annotations

from typing import Any

from gossamer import ops, random
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.ranges import checked_value_range, factor_range
from gossamer.tensor import Tensor


class AutoContrast(BaseImagePreprocessingLayer):
    """Images stretched to the whole range of values, by channel.

    Args:
        value_range: the smallest and the largest value of images.
        kwargs: as for `Layer`; `data_format`, `bounding_box_format`.

    Raises:
        ValueError: for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.AutoContrast(value_range=(0, 1))
        >>> image = ops.convert_to_tensor([[[[0.2], [0.4], [0.6]]]])
        >>> layer(image)[0, 0, :, 0].numpy().round(3).tolist()
        [0.0, 0.5, 1.0]
    """

    def __init__(self, value_range: Any = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = checked_value_range(value_range)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        values = self._transform_value_range(images, self.value_range, (0, 255))
        # Keras's axes, whatever the layout.
        low, high = (f(values, axis=(1, 2), keepdims=True) for f in (ops.min, ops.max))
        flat = high == low
        scale = 255.0 / ops.where(flat, 1.0, high - low)
        values = ops.clip(values * scale - low * scale, 0.0, 255.0)
        stretched = self._transform_value_range(values, (0, 255), self.value_range)
        return ops.where(flat, images, stretched)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "value_range": self.value_range}


class Equalization(BaseImagePreprocessingLayer):
    """Images with values that are about equally frequent, by channel of the whole batch.

    Args:
        value_range: the smallest and the largest value of images.
        bins: how many values are told apart.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.Equalization()
        >>> layer(ops.convert_to_tensor([[[[1.0], [2.0], [3.0]]]]))[0, 0, :, 0].tolist()
        [0.0, 128.0, 255.0]
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        bins: int = 256,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.bins, self.value_range = bins, checked_value_range(value_range)

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        if not training:
            return self._cast(images)
        values = self._transform_value_range(images, self.value_range, (0, 255))
        channels = ops.moveaxis(values, self.channel_axis, 0)
        flat = ops.reshape(channels, (channels.shape[0], -1))
        last = self.bins - 1
        numbers = ops.clip(ops.cast(flat / 255 * last, "int32"), 0, last)
        equalized = ops.where(
            self._has_several(numbers), self._equalized(numbers), ops.cast(flat, "float32")
        )
        result = ops.moveaxis(ops.reshape(equalized, channels.shape), 0, self.channel_axis)
        return self._transform_value_range(result, (0, 255), self.value_range)

    @staticmethod
    def _has_several(numbers: Tensor) -> Tensor:
        return ops.max(numbers, -1, keepdims=True) > ops.min(numbers, -1, keepdims=True)

    def _equalized(self, numbers: Tensor) -> Tensor:
        """For each row the share of its values that are not above each, from 0 to 255."""
        rows, count = numbers.shape
        starts = ops.expand_dims(ops.arange(rows) * self.bins, -1)
        places = ops.reshape(numbers + starts, (-1,))
        counts = ops.segment_sum(ops.ones(places.shape), places, rows * self.bins)
        totals = ops.cumsum(ops.reshape(counts, (rows, self.bins)), axis=-1)
        # The first of them that is not 0: what the smallest value is.
        first = ops.min(ops.where(totals > 0, totals, float(count)), -1, keepdims=True)
        others = ops.maximum(count - first, 1.0)
        table = ops.clip(ops.round((totals - first) * 255 / others), 0, 255)
        return ops.reshape(ops.take(ops.reshape(table, (-1,)), places), (rows, count))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "bins": self.bins, "value_range": self.value_range}


class Solarization(BaseImagePreprocessingLayer):
    """Images with bright values inverted: a number is added, and what is not below a threshold
    becomes 255 minus it.

    Args:
        addition_factor, threshold_factor: parts of 255, from 0 to 1, that the number and the
            threshold are drawn up to; or between two such.
        value_range: the smallest and the largest value of images.
        seed: what draws begin with.
        kwargs: as for `Layer`; `data_format`, `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds, and for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.Solarization()
        >>> layer(ops.convert_to_tensor([[[[0.0, 55.0, 255.0]]]]))[0, 0].tolist()
        [[255.0, 200.0, 0.0]]
    """

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.seed, self.generator = seed, random.SeedGenerator(seed)
        self.addition_factor, self.threshold_factor = (
            factor_range(factor, (0.0, 1.0), name, lower=0, strict=True)
            for name, factor in (
                ("addition_factor", addition_factor), ("threshold_factor", threshold_factor),
            )
        )  # fmt: skip
        self.value_range = checked_value_range(value_range)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape = self._image_shape(data)
        ones = (shape[0], 1, 1, 1) if len(shape) == 4 else (1, 1, 1)
        # The lower bounds as they are, as in Keras.
        return {
            name: self._uniform(ones, (factor[0], factor[1] * 255), seed)
            for name, factor in (
                ("additions", self.addition_factor), ("thresholds", self.threshold_factor),
            )
        }  # fmt: skip

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training or transformation is None:
            return images
        values = self._transform_value_range(images, self.value_range, (0, 255))
        values = ops.clip(values + transformation["additions"], 0, 255)
        values = ops.where(values < transformation["thresholds"], values, 255 - values)
        return self._transform_value_range(values, (0, 255), self.value_range)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "addition_factor": self.addition_factor,
            "threshold_factor": self.threshold_factor,
            "seed": self.seed,
        }
