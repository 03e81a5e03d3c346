"""Layers that change the size of images, or take a part of them; and flips."""

from __future__ import annotations

import random as python_random
from typing import Any

from gossamer import ops, random
from gossamer.dtypes import is_integer
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.bounding_boxes import (
    clip_to_image_size,
    convert_format,
    moved_and_clipped,
)
from gossamer.tensor import Tensor


class _SizeLayer(BaseImagePreprocessingLayer):
    """The base: the outputs are of a height and a width that are given."""

    height: int
    width: int

    def compute_output_shape(self, input_shape: Any) -> Any:
        if isinstance(input_shape, dict):
            return {**input_shape, "images": self.compute_output_shape(input_shape["images"])}
        shape = list(input_shape)
        if len(shape) not in (3, 4):
            raise ValueError(
                f"Expected the shape of an image or a batch in {self.name!r}. "
                f"Received: shape={input_shape}"
            )
        shape[self.height_axis], shape[self.width_axis] = self.height, self.width
        return tuple(shape)

    def _part(self, images: Any, top: Any, left: Any, height: Any, width: Any) -> Tensor:
        """A part of images, whose place may be tensors."""
        starts: list[Any] = [0] * images.ndim
        sizes = list(images.shape)
        starts[self.height_axis], starts[self.width_axis] = top, left
        sizes[self.height_axis], sizes[self.width_axis] = height, width
        return ops.slice(images, starts, sizes)

    def _fitting(self, height: int, width: int) -> tuple[int, int]:
        """The size of the largest part of an image that has the proportions of the outputs."""
        tall, wide = int(width * self.height / self.width), int(height * self.width / self.height)
        return max(min(height, tall), 1), max(min(width, wide), 1)


class Resizing(_SizeLayer):
    """Images in another size.

    Args:
        height, width: the size.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"`, `"lanczos5"`.
        crop_to_aspect_ratio: whether images are cut off so that they keep their proportions.
        pad_to_aspect_ratio: whether they are filled up for that.
        fill_mode: `"constant"`.
        fill_value: what they are filled up with.
        antialias: whether images are smoothed when they become smaller.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Example:
        >>> image = ops.reshape(ops.arange(16.0), (1, 4, 4, 1))
        >>> gs.layers.Resizing(2, 2)(image)[0, ..., 0].tolist()
        [[2.5, 4.5], [10.5, 12.5]]
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width, self.interpolation = height, width, interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode, self.fill_value, self.antialias = fill_mode, fill_value, bool(antialias)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        return self._size(self._image_shape(data))

    def _resized(self, images: Any, interpolation: str) -> Tensor:
        images = ops.convert_to_tensor(images)
        resized = ops.image.resize(
            images,
            (self.height, self.width),
            interpolation,
            self.antialias,
            self.crop_to_aspect_ratio,
            self.pad_to_aspect_ratio,
            self.fill_mode,
            self.fill_value,
            self.data_format,
        )
        if resized.dtype == images.dtype:
            return resized
        resized = ops.round(resized) if is_integer(images.dtype) else resized
        return ops.saturate_cast(resized, images.dtype)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        return self._resized(images, self.interpolation)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        return self._resized(segmentation_masks, "nearest")

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        height, width = transformation
        source = self.bounding_box_format or "xyxy"
        given = ops.convert_to_tensor(bounding_boxes["boxes"])
        # Boxes of zeros or -1 are none.
        missing = ops.logical_or(
            ops.all(given == -1, axis=-1, keepdims=True),
            ops.all(given == 0, axis=-1, keepdims=True),
        )
        boxes = convert_format(bounding_boxes, source, "xyxy", height, width)
        down, across, top, left = self._scales(height, width)
        scales, offsets = ([across, down, across, down], [left, top, left, top])
        boxes = {**boxes, "boxes": boxes["boxes"] * scales + offsets}
        boxes = clip_to_image_size(boxes, self.height, self.width)
        boxes = {**boxes, "boxes": ops.where(missing, 0.0, boxes["boxes"])}
        return convert_format(boxes, "xyxy", source, self.height, self.width)

    def _scales(self, height: int, width: int) -> tuple[float, float, float, float]:
        """The scales down and across, and where the image begins."""
        down, across = self.height / height, self.width / width
        if self.pad_to_aspect_ratio:
            scale = min(down, across)
            top, left = ((self.height - height * scale) // 2, (self.width - width * scale) // 2)
            return scale, scale, top, left
        if self.crop_to_aspect_ratio:
            scale = max(down, across)
            top, left = ((height * scale - self.height) // 2, (width * scale - self.width) // 2)
            return scale, scale, -top, -left
        return down, across, 0.0, 0.0

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
            "pad_to_aspect_ratio": self.pad_to_aspect_ratio,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "antialias": self.antialias,
        }


class CenterCrop(_SizeLayer):
    """The middle of images; of smaller ones the largest part of the same proportions, resized.

    Args:
        height, width: the size.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for images of other ranks than 3 and 4.

    Example:
        >>> image = ops.reshape(ops.arange(16.0), (1, 4, 4, 1))
        >>> gs.layers.CenterCrop(2, 2)(image)[0, ..., 0].tolist()
        [[5.0, 6.0], [9.0, 10.0]]
    """

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = height, width

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        return {"input_shape": self._image_shape(data)}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        height, width = self._size(images.shape)
        top, left = (height - self.height) // 2, (width - self.width) // 2
        if top >= 0 and left >= 0:
            return self._part(images, top, left, self.height, self.width)
        return ops.image.resize(
            images, (self.height, self.width), crop_to_aspect_ratio=True,
            data_format=self.data_format,
        )  # fmt: skip

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        return self.transform_images(segmentation_masks, transformation, training)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        height, width = self._size(transformation["input_shape"])
        source = self.bounding_box_format or "xyxy"
        boxes = convert_format(bounding_boxes, source, "xyxy", height, width)
        tall, wide = self.height, self.width
        if height < tall or width < wide:
            tall, wide = self._fitting(height, width)
        top, left = (height - tall) // 2, (width - wide) // 2
        part = moved_and_clipped(boxes["boxes"], left, top, left + wide, top + tall)
        down, across = self.height / tall, self.width / wide
        boxes = {**boxes, "boxes": part * [across, down, across, down]}
        boxes = clip_to_image_size(boxes, self.height, self.width)
        return convert_format(boxes, "xyxy", source, self.height, self.width)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "height": self.height, "width": self.width}


class RandomCrop(_SizeLayer):
    """A part of images, at the same place of all in a batch; of smaller ones a part, resized.

    In inference images are as they were, as in Keras.

    Args:
        height, width: the size.
        seed: what draws begin with; drawn by Python's `random` if None.
        data_format: `"channels_last"` or `"channels_first"`.
        name, kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for images of other ranks than 3 and 4.

    Example:
        >>> layer = gs.layers.RandomCrop(2, 2, seed=1)
        >>> part = layer(ops.reshape(ops.arange(16.0), (1, 4, 4, 1)))[0, ..., 0]
        >>> (part - part[0, 0]).tolist()
        [[0.0, 1.0], [4.0, 5.0]]
    """

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **kwargs)
        self.height, self.width = height, width
        self.seed = python_random.randint(1, 10**9) if seed is None else seed
        self.generator = random.SeedGenerator(self.seed)
        self._convert_input_args = False

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Where the part begins, down and across, and the size of the images."""
        height, width = self._size(self._image_shape(data))
        if training and height > self.height and width > self.width:
            top, left = (
                ops.cast(self._uniform((), (0.0, float(length)), seed), "int32")
                for length in (height - self.height + 1, width - self.width + 1)
            )
            return top, left, height, width
        tall, wide = self._fitting(height, width)
        return (height - tall) // 2, (width - wide) // 2, height, width

    def _part_size(self, transformation: Any) -> tuple[int, int]:
        top, left, height, width = transformation
        if height > self.height and width > self.width:
            return self.height, self.width
        return min(self.height, height - top), min(self.width, width - left)

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        size = self._part_size(transformation)
        images = self._part(images, transformation[0], transformation[1], *size)
        if size == (self.height, self.width):
            return images
        return ops.image.resize(images, (self.height, self.width), data_format=self.data_format)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        return self.transform_images(segmentation_masks, transformation, training)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return bounding_boxes
        top, left, height, width = transformation
        tall, wide = self._part_size(transformation)
        source = self.bounding_box_format or "xyxy"
        boxes = convert_format(bounding_boxes, source, "xyxy", height, width)
        part = moved_and_clipped(boxes["boxes"], left, top, left + wide, top + tall)
        down, across = self.height / tall, self.width / wide
        boxes = {**boxes, "boxes": part * [across, down, across, down]}
        boxes = clip_to_image_size(boxes, self.height, self.width)
        return convert_format(boxes, "xyxy", source, self.height, self.width)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "seed": self.seed,
        }


class RandomFlip(BaseImagePreprocessingLayer):
    """Images flipped, each with a probability of one half.

    Args:
        mode: `"horizontal"` for left and right, `"vertical"`, or `"horizontal_and_vertical"`: then
            both or none, as in Keras.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Example:
        >>> image = ops.convert_to_tensor([[[[1.0], [2.0]]]])
        >>> layer = gs.layers.RandomFlip("horizontal", seed=1)
        >>> sorted({layer(image)[0, 0, 0, 0].item() for _ in range(20)})
        [1.0, 2.0]
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.seed, self.generator = seed, random.SeedGenerator(seed)
        self.mode = mode
        self._convert_input_args = False

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape = self._image_shape(data)
        ones = (1, 1, 1) if len(shape) == 3 else (shape[0], 1, 1, 1)
        return {"flips": self._uniform(ones, (0.0, 1.0), seed) <= 0.5, "input_shape": shape}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training or transformation is None:
            return images
        for name, axis in (("horizontal", self.width_axis), ("vertical", self.height_axis)):
            if name in self.mode:
                images = ops.where(transformation["flips"], ops.flip(images, axis=axis), images)
        return images

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        return self.transform_images(segmentation_masks, transformation, training)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return bounding_boxes
        height, width = self._size(transformation["input_shape"])
        source = self.bounding_box_format or "xyxy"
        boxes = convert_format(bounding_boxes, source, "rel_xyxy", height, width)
        flips = ops.reshape(transformation["flips"], (-1, 1, 1))
        x1, y1, x2, y2 = ops.split(boxes["boxes"], 4, axis=-1)
        if "horizontal" in self.mode:
            x1, x2 = ops.where(flips, 1 - x2, x1), ops.where(flips, 1 - x1, x2)
        if "vertical" in self.mode:
            y1, y2 = ops.where(flips, 1 - y2, y1), ops.where(flips, 1 - y1, y2)
        boxes = {**boxes, "boxes": ops.concatenate([x1, y1, x2, y2], axis=-1)}
        boxes = clip_to_image_size(boxes, box_format="rel_xyxy")
        return convert_format(boxes, "rel_xyxy", source, height, width)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed, "mode": self.mode}
