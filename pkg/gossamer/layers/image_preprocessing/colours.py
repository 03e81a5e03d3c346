"""Layers that change brightness, contrast and other properties of all pixels alike."""

from __future__ import annotations

from typing import Any

from gossamer import ops, random
from gossamer.config import epsilon
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.ranges import checked_value_range, factor_range
from gossamer.tensor import Tensor


class ColourLayer(BaseImagePreprocessingLayer):
    """The base of those with a factor, a range of values, and a seed.

    Args:
        factor: how strong it is; two numbers, or one.
        value_range: the smallest and the largest value of images.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `BaseImagePreprocessingLayer`.
    """

    _SORTS_VALUE_RANGE = True

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        sorts = self._SORTS_VALUE_RANGE
        self.value_range = checked_value_range(value_range) if sorts else value_range
        self.seed = seed
        self.generator = random.SeedGenerator(seed)

    def _clipped(self, images: Tensor) -> Tensor:
        return ops.clip(images, self.value_range[0], self.value_range[1])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "value_range": self.value_range,
            "seed": self.seed,
        }


class RandomBrightness(ColourLayer):
    """Images made brighter or darker: a part of the range of values is added.

    Args:
        factor: which part, at least and at most, from -1 to 1; up or down if one number.
        value_range: the smallest and the largest value of images.
        seed: what draws begin with.
        kwargs: as for `Layer`; `data_format`, `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds, and for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.RandomBrightness([0.5, 0.5])
        >>> layer(ops.zeros((1, 1, 1, 3)))[0, 0, 0].tolist()
        [127.5, 127.5, 127.5]
    """

    def __init__(
        self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        shape = self._image_shape(data)
        ones = (1, 1, 1) if len(shape) == 3 else (shape[0], 1, 1, 1)
        if not training:
            return {"rgb_delta": ops.zeros(ones)}
        delta = self._uniform(ones, self.factor, seed)
        return {"rgb_delta": delta * (self.value_range[1] - self.value_range[0])}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        return self._clipped(images + transformation["rgb_delta"]) if training else images


class RandomContrast(ColourLayer):
    """Images with more or less contrast: `(images - mean) * factor + mean`, by channel.

    Args:
        factor: from 1 minus the first to 1 plus the second number the contrast is changed by.
        value_range: the smallest and the largest value of images.
        seed: what draws begin with.
        kwargs: as for `Layer`; `data_format`, `bounding_box_format`.

    Raises:
        ValueError: for factors that are not from 0 to 1.

    Example:
        >>> layer = gs.layers.RandomContrast(0.5, value_range=(0, 1), seed=1)
        >>> layer(ops.ones((1, 2, 2, 1)) * 0.5)[0, 0].tolist()
        [[0.5], [0.5]]
    """

    _FACTOR_BOUNDS = (0, 1)
    _SORTS_VALUE_RANGE = False

    def __init__(
        self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        shape = self._image_shape(data)
        ones = (1, 1, 1) if len(shape) == 3 else (shape[0], 1, 1, 1)
        if not training:
            return {"contrast_factor": ops.zeros(ones)}
        return {
            "contrast_factor": self._uniform(ones, (1 - self.factor[0], 1 + self.factor[1]), seed)
        }

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        mean = ops.mean(images, axis=(self.height_axis, self.width_axis), keepdims=True)
        return self._clipped((images - mean) * transformation["contrast_factor"] + mean)


class RandomSaturation(ColourLayer):
    """Images with more or less colour: 0 makes them grey, 0.5 leaves them, 1 is as far as it goes.

    Args:
        factor: from where to where it is drawn; from its opposite if one number, of which all
            below 0 is as 0, as in Keras.
        value_range: the smallest and the largest value of images.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds, and for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.RandomSaturation([0.0, 0.0], value_range=(0, 1))
        >>> layer(ops.convert_to_tensor([[[[1.0, 0.5, 0.0]]]]))[0, 0].tolist()
        [[1.0, 1.0, 1.0]]
    """

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        factor = self._uniform((self._batch_size(data),), self.factor, seed)
        return {"factor": factor / (1 - factor + epsilon())}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        factor = ops.reshape(self._cast(transformation["factor"]), (-1, 1, 1, 1))
        hsv = ops.image.rgb_to_hsv(images, data_format=self.data_format)
        hue, saturation, value = ops.split(hsv, 3, axis=self.channel_axis)
        hsv = ops.concatenate([hue, self._clipped(saturation * factor), value], self.channel_axis)
        return ops.image.hsv_to_rgb(hsv, data_format=self.data_format)


class RandomHue(ColourLayer):
    """Images with all colours moved round the circle of colours.

    Args:
        factor: how far, from 0 to 1, in either direction; 1 is half of the circle.
        value_range: the smallest and the largest value of images.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.

    Example:
        >>> layer = gs.layers.RandomHue([1.0, 1.0], value_range=(0, 1))
        >>> layer(ops.convert_to_tensor([[[[1.0, 0.0, 0.0]]]]))[0, 0].numpy().round(3).tolist()
        [[0.0, 1.0, 1.0]]
    """

    _FACTOR_BOUNDS = (0, 1)
    _SORTS_VALUE_RANGE = False

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        batch = self._batch_size(data)
        sign = ops.where(self._uniform((batch,), (0.0, 1.0), seed) > 0.5, -1.0, 1.0)
        return {"factor": sign * self._uniform((batch,), self.factor, seed) * 0.5}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        images = self._transform_value_range(images, self.value_range, (0, 1))
        factor = ops.reshape(self._cast(transformation["factor"]), (-1, 1, 1, 1))
        hsv = ops.image.rgb_to_hsv(images, data_format=self.data_format)
        hue, saturation, value = ops.split(hsv, 3, axis=self.channel_axis)
        hue = hue + factor
        hue = ops.where(hue > 1, hue - 1, ops.where(hue < 0, hue + 1, hue))
        hsv = ops.concatenate([hue, saturation, value], self.channel_axis)
        images = ops.clip(ops.image.hsv_to_rgb(hsv, data_format=self.data_format), 0, 1)
        return self._transform_value_range(images, (0, 1), self.value_range)


class RandomColorDegeneration(ColourLayer):
    """Images nearer to grey: 0 leaves them, 1 takes all colour away, -1 makes it stronger.

    Args:
        factor: from where to where it is drawn, from -1 to 1; from its opposite if one number.
        value_range: the smallest and the largest value of images.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds, and for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.RandomColorDegeneration([1.0, 1.0], value_range=(0, 1))
        >>> layer(ops.convert_to_tensor([[[[1.0, 0.0, 0.0]]]]))[0, 0].numpy().round(3).tolist()
        [[0.299, 0.299, 0.299]]
    """

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        return {"factor": self._uniform((self._batch_size(data), 1, 1, 1), self.factor, seed)}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        grey = ops.image.rgb_to_grayscale(images, data_format=self.data_format)
        factor = self._cast(transformation["factor"])
        return self._clipped(images + factor * (grey - images))

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not isinstance(input_shape, dict):
            shape = tuple(input_shape)
            if len(shape) not in (3, 4) or shape[self.channel_axis] not in (None, 3):
                raise ValueError(
                    f"Expected images with three channels in {self.name!r}. Received: shape={shape}"
                )
        return input_shape


class RandomSharpness(ColourLayer):
    """Images blurred or sharpened: 0 blurs them, 0.5 leaves them, 1 sharpens them.

    Args:
        factor: from where to where it is drawn, from 0 to 1; from 0 if one number.
        value_range: the smallest and the largest value of images.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds, and for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.RandomSharpness([0.5, 0.5], value_range=(0, 1))
        >>> layer(ops.ones((1, 2, 2, 1)))[0, 0].tolist()
        [[1.0], [1.0]]
    """

    _FACTOR_BOUNDS = (0, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        return {"factor": self._uniform((self._batch_size(data),), self.factor, seed)}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        factor = ops.reshape(self._cast(transformation["factor"] * 2), (-1, 1, 1, 1))
        first = self.data_format == "channels_first"
        pixels = ops.moveaxis(images, -3, -1) if first else images
        around = 1 / 13
        taps = [[around, around, around], [around, 5 / 13, around], [around, around, around]]
        kernel = ops.reshape(ops.convert_to_tensor(taps, dtype=self.compute_dtype), (3, 3, 1, 1))
        kernel = ops.tile(kernel, (1, 1, pixels.shape[-1], 1))
        smooth = ops.depthwise_conv(pixels, kernel, padding="same", data_format="channels_last")
        smooth = ops.moveaxis(smooth, -1, -3) if first else smooth
        return self._clipped(images + (1 - factor) * (smooth - images))


class RandomPosterization(ColourLayer):
    """Images with fewer levels of each colour: only the highest bits of eight are kept.

    Args:
        factor: how many bits are kept, from 1 to 8; two numbers, or the largest.
        value_range: the smallest and the largest value of images.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds, and for a `value_range` that is no two numbers.

    Example:
        >>> layer = gs.layers.RandomPosterization([2, 2])
        >>> layer(ops.convert_to_tensor([[[[0.0, 63.0, 64.0, 255.0]]]]))[0, 0].tolist()
        [[0.0, 0.0, 64.0, 192.0]]
    """

    _FACTOR_BOUNDS = (1, 8)

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs = {"data_format": data_format, "seed": seed, **kwargs}
        super().__init__(factor, value_range, **kwargs)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        shape = (self._batch_size(data),)
        least, most = self.factor
        if least == most:
            return {"shift_factor": ops.full(shape, 8 - int(least), dtype="int32")}
        seed = self.generator if seed is None else seed
        return {"shift_factor": 8 - random.randint(shape, least, most, "int32", seed)}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        if not training:
            return self._cast(images)
        shift = ops.reshape(ops.cast(transformation["shift_factor"], "int32"), (-1, 1, 1, 1))
        bits = ops.cast(self._transform_value_range(images, self.value_range, (0, 255)), "int32")
        kept = ops.bitwise_left_shift(ops.bitwise_right_shift(bits, shift), shift)
        return self._transform_value_range(kept, (0, 255), self.value_range)
