"""Layers that change some of the images, and others not: invert, grey, blur, erase."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops, random
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.ranges import factor_range
from gossamer.tensor import Tensor


class RandomInvert(BaseImagePreprocessingLayer):
    """Images with all colours opposite: the largest value minus the images.

    Args:
        factor: the probability for an image; drawn between two numbers, from 0 if one.
        value_range: the smallest and the largest value of images.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors that are not from 0 to 1.

    Example:
        >>> layer = gs.layers.RandomInvert([1.0, 1.0])
        >>> layer(ops.convert_to_tensor([[[[0.0, 55.0, 255.0]]]]))[0, 0].tolist()
        [[255.0, 200.0, 0.0]]
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        self.value_range, self.seed = value_range, seed
        self.generator = random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        return {"apply_inversion": self._chosen(self._batch_size(data), seed)}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        return self._where(transformation["apply_inversion"], self.value_range[1] - images, images)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "value_range": self.value_range,
            "seed": self.seed,
        }


class RandomGrayscale(BaseImagePreprocessingLayer):
    """Images made grey, with as many channels as before.

    Args:
        factor: the probability for an image.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for a factor that is not from 0 to 1.

    Example:
        >>> layer = gs.layers.RandomGrayscale(1.0)
        >>> layer(ops.convert_to_tensor([[[[1.0, 0.0, 0.0]]]]))[0, 0].numpy().round(3).tolist()
        [[0.299, 0.299, 0.299]]
    """

    def __init__(
        self,
        factor: float = 0.5,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if not 0 <= factor <= 1:
            raise ValueError(f"Expected a factor from 0 to 1. Received: factor={factor}")
        self.factor, self.seed = factor, seed
        self.generator = random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        drawn = self._uniform((self._batch_size(data),), (0.0, 1.0), seed)
        return ops.reshape(drawn < self.factor, (-1, 1, 1, 1))

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        grey = ops.image.rgb_to_grayscale(images, data_format=self.data_format)
        return self._where(transformation, grey, images)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}


class RandomGaussianBlur(BaseImagePreprocessingLayer):
    """Images smoothed with a Gaussian.

    Args:
        factor: the probability for an image; drawn between two numbers, from 0 if one.
        kernel_size: how many pixels the Gaussian has, an odd number; or two, across and down.
        sigma: its standard deviation, from 0 to 1; drawn between two numbers, from 0 if one.
        value_range: the smallest and the largest value of images.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds, and sizes that are not odd.

    Example:
        >>> layer = gs.layers.RandomGaussianBlur([1.0, 1.0], sigma=[1.0, 1.0], value_range=(0, 1))
        >>> layer(ops.ones((1, 3, 3, 1)))[0, 1, 1].numpy().round(4).tolist()
        [1.0]
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: Any = 3,
        sigma: Any = 1.0,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        sizes = tuple(kernel_size) if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 2
        if len(sizes) != 2 or any(not isinstance(k, (int, float)) or k % 2 == 0 for k in sizes):
            raise ValueError(
                f"Expected one odd number or two. Received: kernel_size={kernel_size!r}"
            )
        self.kernel_size = sizes
        self.sigma = factor_range(sigma, self._FACTOR_BOUNDS, "sigma")
        self.value_range, self.seed = value_range, seed
        self.generator = random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        return {
            "should_apply_blur": self._chosen(self._batch_size(data), seed),
            "blur_factor": self._uniform((2,), self.sigma, seed) + 1e-6,
        }

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        if not training or transformation is None:
            return images
        blurred = ops.image.gaussian_blur(
            images, self.kernel_size, transformation["blur_factor"], self.data_format
        )
        images = self._where(transformation["should_apply_blur"], blurred, images)
        return ops.clip(images, self.value_range[0], self.value_range[1])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "kernel_size": self.kernel_size,
            "sigma": self.sigma,
            "value_range": self.value_range,
            "seed": self.seed,
        }


class RectangleLayer(BaseImagePreprocessingLayer):
    """The base of those that fill a rectangle in each image."""

    def _bounds(self, batch_size: Any, length: int, ratio: Tensor, seed: Any) -> tuple[Any, Any]:
        """Where a part of a length begins and ends."""
        size = ratio * length
        start = self._uniform((batch_size,), (0.0, 1.0), seed) * (length - size)
        return start, start + size

    def _rectangles(self, shape: tuple[Any, ...], xs: Any, ys: Any) -> Tensor:
        """Whether each element of images lies in the rectangle of its image."""
        inside = []
        for axis, (start, end) in ((self.width_axis, xs), (self.height_axis, ys)):
            places = [1] * 4
            places[axis] = shape[axis]
            grid = ops.convert_to_tensor(
                np.arange(shape[axis]).reshape(places), dtype=self.compute_dtype
            )
            low, high = (ops.reshape(x, (-1, 1, 1, 1)) for x in (start, end))
            inside.append(ops.logical_and(grid >= low, grid < high))
        mask = ops.logical_and(*inside)
        return ops.repeat(mask, shape[self.channel_axis], axis=self.channel_axis)


class RandomErasing(RectangleLayer):
    """Images in which a rectangle is filled with noise or with a value.

    Args:
        factor: the probability for an image; drawn between two numbers, from 0 if one.
        scale: the part of the image's area, at least and at most.
        fill_value: a number, or one for each of three channels; noise if None.
        value_range: the smallest and the largest value of images.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors and scales that are not from 0 to 1, and other values to fill with.

    Example:
        >>> layer = gs.layers.RandomErasing([1.0, 1.0], scale=[0.25, 0.25], fill_value=0.0, seed=1)
        >>> layer(ops.ones((1, 8, 8, 1))).numpy().min()
        np.float32(0.0)

    Source: Zhong et al., "Random Erasing Data Augmentation" (2020).
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        self.scale = factor_range(scale, self._FACTOR_BOUNDS, "scale")
        numbers = fill_value if isinstance(fill_value, (tuple, list)) else [fill_value] * 3
        if fill_value is not None and (
            len(numbers) != 3 or not all(isinstance(x, (int, float)) for x in numbers)
        ):
            raise ValueError(
                f"Expected a number, or one for each channel. Received: fill_value={fill_value!r}"
            )
        self.fill_value, self.value_range, self.seed = fill_value, value_range, seed
        self.generator = random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape = self._image_shape(data)
        batch, (height, width) = self._batch_size(data), self._size(shape)
        ratio = ops.sqrt(self._uniform((batch, 2), self.scale, seed))
        xs = self._bounds(batch, width, ratio[:, 0], seed)
        ys = self._bounds(batch, height, ratio[:, 1], seed)
        return {
            "apply_erasing": self._chosen(batch, seed),
            "batch_masks": self._rectangles(shape, xs, ys),
            "fill_value": self._filling(shape, seed),
        }

    def _filling(self, shape: tuple[Any, ...], seed: Any) -> Tensor:
        least, most = self.value_range
        if self.fill_value is None:
            seed = self.generator if seed is None else seed
            noise = random.normal(shape, dtype=self.compute_dtype, seed=seed)
            return ops.clip(noise * most, least, most)
        value = ops.convert_to_tensor(self.fill_value, dtype=self.compute_dtype)
        if value.ndim and self.data_format == "channels_first":
            value = ops.reshape(value, (-1, 1, 1))
        return ops.clip(ops.broadcast_to(value, shape), least, most)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        erased = ops.where(transformation["batch_masks"], transformation["fill_value"], images)
        return self._where(transformation["apply_erasing"], erased, images)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "fill_value": self.fill_value,
            "value_range": self.value_range,
            "seed": self.seed,
        }
