"""Layers that move, turn, scale and shear images: what their pixels are is where others were."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops, random
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.bounding_boxes import (
    clip_to_image_size,
    convert_format,
    moved_and_clipped,
    turned,
)
from gossamer.layers.image_preprocessing.ranges import Range, factor_range
from gossamer.tensor import Tensor

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("nearest", "bilinear")


def check_known(**chosen: tuple[Any, tuple[str, ...]]) -> None:
    """Raise a NotImplementedError, as Keras does, for a value that is none of those known."""
    for name, (value, known) in chosen.items():
        if value not in known:
            raise NotImplementedError(
                f"Expected one of {', '.join(known)}. Received: {name}={value!r}"
            )


class WarpLayer(BaseImagePreprocessingLayer):
    """The base: images at places that `_matrices` says, as rows of `ops.image.affine_transform`.

    Args:
        fill_mode: what lies outside of images: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        seed: what draws begin with.
        fill_value: the constant of the mode `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `BaseImagePreprocessingLayer`.
    """

    def __init__(
        self,
        fill_mode: str,
        interpolation: str,
        seed: int | None,
        fill_value: float,
        data_format: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        check_known(
            fill_mode=(fill_mode, FILL_MODES), interpolation=(interpolation, INTERPOLATIONS)
        )
        self.fill_mode, self.interpolation, self.fill_value = fill_mode, interpolation, fill_value
        self.seed, self.generator = seed, random.SeedGenerator(seed)

    def _matrices(self, transformation: Any, height: int, width: int) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say where its pixels are.")

    def _warped(self, images: Any, transformation: Any, interpolation: str) -> Tensor:
        if transformation is None:
            return images
        return ops.image.affine_transform(
            images,
            self._matrices(transformation, *self._size(tuple(images.shape))),
            interpolation,
            self.fill_mode,
            self.fill_value,
            self.data_format,
        )

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        return self._warped(images, transformation, self.interpolation) if training else images

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return segmentation_masks
        return self._warped(segmentation_masks, transformation, "nearest")

    def _corners(self, boxes: Any, shape: Any, target: str = "xyxy") -> Any:
        """Boxes as corners; and back with `_from_corners`."""
        return convert_format(boxes, self.bounding_box_format or "xyxy", target, *self._size(shape))

    def _from_corners(self, boxes: Any, shape: Any, source: str = "xyxy") -> Any:
        return convert_format(boxes, source, self.bounding_box_format or "xyxy", *self._size(shape))

    def _config_of(self, *names: str) -> dict[str, Any]:
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class RandomTranslation(WarpLayer):
    """Images moved up or down, and to the left or right.

    Args:
        height_factor, width_factor: how far, in parts of the image, from -1 to 1: two numbers, or
            one for either direction.
        fill_mode: what lies outside of images: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        seed: what draws begin with.
        fill_value: the constant of the mode `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.
        NotImplementedError: for other modes and interpolations.

    Example:
        >>> layer = gs.layers.RandomTranslation(0.0, [0.5, 0.5], fill_mode="constant")
        >>> layer(ops.convert_to_tensor([[[[1.0], [2.0], [3.0], [4.0]]]]))[0, 0, :, 0].tolist()
        [0.0, 0.0, 1.0, 2.0]
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._down, self._right = (
            factor_range(factor, (-1.0, 1.0), name, strict=True)
            for name, factor in (("height_factor", height_factor), ("width_factor", width_factor))
        )

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape, batch = self._image_shape(data), self._batch_size(data)
        height, width = self._size(shape)
        down = self._uniform((batch, 1), self._down, seed) * height
        right = self._uniform((batch, 1), self._right, seed) * width
        translations = ops.cast(ops.concatenate([right, down], axis=1), "float32")
        return {"translations": translations, "input_shape": shape}

    def _matrices(self, transformation: Any, height: int, width: int) -> Tensor:
        right, down = ops.split(ops.convert_to_tensor(transformation["translations"]), 2, axis=1)
        one, zero = ops.ones_like(right), ops.zeros_like(right)
        return ops.concatenate([one, zero, -right, zero, one, -down, zero, zero], axis=1)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return bounding_boxes
        shape = transformation["input_shape"]
        boxes = self._corners(bounding_boxes, shape)
        moves = ops.expand_dims(ops.tile(transformation["translations"], (1, 2)), 1)
        moved = {**boxes, "boxes": boxes["boxes"] + moves}
        return self._from_corners(clip_to_image_size(moved, *self._size(shape)), shape)

    def get_config(self) -> dict[str, Any]:
        return self._config_of(
            "height_factor", "width_factor", "fill_mode", "interpolation", "seed", "fill_value",
        )  # fmt: skip


def _zoom_range(factor: Any, name: str) -> Range:
    least, most = factor_range(factor, (-1.0, 1.0), name, strict=True)
    if factor == -1 or (least == -1 and isinstance(factor, (tuple, list))):
        raise ValueError(f"Expected numbers above -1. Received: {name}={factor!r}")
    return least, most


class RandomZoom(WarpLayer):
    """Images made larger or smaller about their middle.

    Args:
        height_factor, width_factor: what is seen of the image, in parts of it: 0.2 is 20% more, so
            that all is smaller. Two numbers above -1 up to 1, or one for either; as much across as
            down if `width_factor` is None.
        fill_mode: what lies outside of images: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        seed: what draws begin with.
        fill_value: the constant of the mode `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.
        NotImplementedError: for other modes and interpolations.

    Example:
        >>> layer = gs.layers.RandomZoom([-0.5, -0.5], interpolation="nearest")
        >>> image = ops.reshape(ops.arange(25.0), (1, 5, 5, 1))
        >>> layer(image)[0, :, 0, 0].tolist()
        [6.0, 11.0, 11.0, 16.0, 16.0]
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._down = _zoom_range(height_factor, "height_factor")
        self._across = None if width_factor is None else _zoom_range(width_factor, "width_factor")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape = (self._batch_size(data), 1)
        down = self._uniform(shape, (1 + self._down[0], 1 + self._down[1]), seed)
        across = down
        if self._across is not None:
            across = self._uniform(shape, (1 + self._across[0], 1 + self._across[1]), seed)
        shape = self._image_shape(data)
        return {"height_zoom": down, "width_zoom": across, "input_shape": shape}

    def _matrices(self, transformation: Any, height: int, width: int) -> Tensor:
        down, across = (
            ops.cast(transformation[name], "float32") for name in ("height_zoom", "width_zoom")
        )
        zero = ops.zeros_like(down)
        x, y = (width - 1) / 2 * (1 - across), (height - 1) / 2 * (1 - down)
        return ops.concatenate([across, zero, x, zero, down, y, zero, zero], axis=1)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return bounding_boxes
        shape = transformation["input_shape"]
        height, width = self._size(shape)
        boxes = self._corners(bounding_boxes, shape)
        rows = ops.expand_dims(self._matrices(transformation, height, width), -1)
        across, left, down, top = rows[:, 0:1], rows[:, 2:3], rows[:, 4:5], rows[:, 5:6]
        right, bottom = across * width + left, down * height + top
        seen = moved_and_clipped(boxes["boxes"], left, top, right, bottom)
        boxes = {**boxes, "boxes": seen}
        boxes = convert_format(boxes, "xyxy", "rel_xyxy", bottom - top, right - left)
        boxes = clip_to_image_size(boxes, box_format="rel_xyxy")
        return self._from_corners(boxes, shape, "rel_xyxy")

    def get_config(self) -> dict[str, Any]:
        return self._config_of(
            "height_factor", "width_factor", "fill_mode", "interpolation", "seed", "fill_value",
        )  # fmt: skip


class RandomRotation(WarpLayer):
    """Images turned about their middle.

    Args:
        factor: how far, in parts of a full turn, against the clock: two numbers from -1 to 1, or
            one for either direction.
        fill_mode: what lies outside of images: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        seed: what draws begin with.
        fill_value: the constant of the mode `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.
        NotImplementedError: for other modes and interpolations.

    Example:
        >>> layer = gs.layers.RandomRotation([0.5, 0.5], interpolation="nearest")
        >>> layer(ops.convert_to_tensor([[[[1.0], [2.0]], [[3.0], [4.0]]]]))[0, ..., 0].tolist()
        [[4.0, 3.0], [2.0, 1.0]]
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            fill_mode, interpolation, seed, fill_value, data_format, factor=factor, **kwargs
        )

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape, batch = self._image_shape(data), self._batch_size(data)
        height, width = self._size(shape)
        angle = self._uniform((batch,), (self.factor[0] * 360, self.factor[1] * 360), seed)
        return {
            "angle": angle,
            "rotation_matrix": self._turn(angle, height, width),
            "image_height": height,
            "image_width": width,
            "batch_size": batch,
        }

    @staticmethod
    def _turn(angle: Tensor, height: int, width: int) -> Tensor:
        radians = ops.expand_dims(angle * (math.pi / 180), -1)
        cos, sin, zero = ops.cos(radians), ops.sin(radians), ops.zeros_like(radians)
        cx, cy = 0.5 * (width - 1), 0.5 * (height - 1)
        x, y = cx - cx * cos + cy * sin, cy - cx * sin - cy * cos
        return ops.concatenate([cos, -sin, x, sin, cos, y, zero, zero], axis=1)

    def _matrices(self, transformation: Any, height: int, width: int) -> Tensor:
        return transformation["rotation_matrix"]

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return bounding_boxes
        height, width = transformation["image_height"], transformation["image_width"]
        source = self.bounding_box_format or "xyxy"
        boxes = convert_format(bounding_boxes, source, "xyxy", height, width)
        angle = ops.convert_to_tensor(transformation["angle"])
        boxes = {**boxes, "boxes": turned(boxes["boxes"], angle, height, width)}
        boxes = clip_to_image_size(boxes, height, width)
        return convert_format(boxes, "xyxy", source, height, width)

    def get_config(self) -> dict[str, Any]:
        return self._config_of("factor", "fill_mode", "fill_value", "interpolation", "seed")


def _shear_range(factor: Any, name: str) -> Range:
    # Two numbers may be below 0: such are in the configuration of a layer that was given one.
    pair = isinstance(factor, (tuple, list))
    least, most = factor_range(factor, (-1.0 if pair else 0.0, 1.0), name, strict=True)
    return (least, most) if pair else (-most, most)


class RandomShear(WarpLayer):
    """Images made slanted: pixels move the further, the further down or to the right they are.

    Args:
        x_factor, y_factor: how far, from 0 to 1, in either direction: two numbers, or one.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside of images: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        fill_value: the constant of the mode `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.
        NotImplementedError: for other modes and interpolations.

    Example:
        >>> layer = gs.layers.RandomShear([1.0, 1.0], interpolation="nearest", fill_mode="constant")
        >>> sorted(layer(ops.ones((1, 2, 3, 1)))[0, 1, :, 0].tolist())
        [0.0, 1.0, 1.0]
    """

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor, self.y_factor = (
            factor_range(
                factor, (0.0, 1.0), name, strict=True,
                lower=-factor if isinstance(factor, (int, float)) else None,
            )
            for name, factor in (("x_factor", x_factor), ("y_factor", y_factor))
        )  # fmt: skip

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape = (self._batch_size(data), 1)
        sign = ops.where(self._uniform(shape, (0.0, 1.0), seed) > 0.5, -1.0, 1.0)
        down = self._uniform(shape, self.y_factor, seed)
        across = self._uniform(shape, self.x_factor, seed)
        factor = self._cast(ops.concatenate([across, down], axis=1) * sign)
        return {"shear_factor": factor, "input_shape": self._image_shape(data)}

    def _matrices(self, transformation: Any, height: int, width: int) -> Tensor:
        factors = ops.cast(transformation["shear_factor"], "float32")
        across, down = ops.split(factors, 2, axis=1)
        one, zero = ops.ones_like(across), ops.zeros_like(across)
        return ops.concatenate([one, across, zero, down, one, zero, zero, zero], axis=1)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return bounding_boxes
        shape = transformation["input_shape"]
        boxes = self._corners(bounding_boxes, shape, "rel_xyxy")
        factors = ops.expand_dims(ops.cast(transformation["shear_factor"], "float32"), 1)
        across, down = ops.split(factors, 2, axis=-1)
        x1, y1, x2, y2 = ops.split(boxes["boxes"], 4, axis=-1)
        left, right = ops.where(across < 0, y1, y2), ops.where(across < 0, y2, y1)
        x1, x2 = x1 - across * left, x2 - across * right
        upper, lower = ops.where(down > 0, x2, x1), ops.where(down > 0, x1, x2)
        y1, y2 = y1 - down * upper, y2 - down * lower
        boxes = {**boxes, "boxes": ops.concatenate([x1, y1, x2, y2], axis=-1)}
        boxes = clip_to_image_size(boxes, box_format="rel_xyxy")
        return self._from_corners(boxes, shape, "rel_xyxy")

    def get_config(self) -> dict[str, Any]:
        return self._config_of(
            "x_factor", "y_factor", "fill_mode", "interpolation", "seed", "fill_value"
        )
