"""Layers that distort images: as seen from the side, and as on something elastic."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops, random
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.bounding_boxes import (
    around,
    clip_to_image_size,
    convert_format,
)
from gossamer.layers.image_preprocessing.ranges import factor_range
from gossamer.layers.image_preprocessing.warps import INTERPOLATIONS, check_known
from gossamer.ops.filters import gaussian_taps, smoothed
from gossamer.ops.image_layout import layout_of
from gossamer.ops.warping import ORDERS, warped
from gossamer.tensor import Tensor


class _Distortion(BaseImagePreprocessingLayer):
    """The base: some of the images are distorted, segmentations to the nearest pixel."""

    _FACTOR_BOUNDS = (0, 1)

    def _distorted(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say how it distorts images.")

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training or transformation is None:
            return images
        return self._distorted(images, transformation, self.interpolation)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training or transformation is None:
            return segmentation_masks
        return self._distorted(segmentation_masks, transformation, "nearest")


class RandomPerspective(_Distortion):
    """Images as if seen from another side: their corners move.

    Args:
        factor: the probability for an image; drawn between two numbers, from 0 if one.
        scale: how far corners move, from 0 to 1.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        fill_value: what lies outside of images.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for a factor or a scale out of bounds.
        NotImplementedError: for other interpolations.

    Example:
        >>> layer = gs.layers.RandomPerspective([1.0, 1.0], scale=0.0)
        >>> layer(ops.convert_to_tensor([[[[1.0], [2.0]], [[3.0], [4.0]]]]))[0, ..., 0].tolist()
        [[1.0, 2.0], [3.0, 4.0]]
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        if not 0 <= scale <= 1:
            raise ValueError(f"Expected a number from 0 to 1. Received: scale={scale}")
        check_known(interpolation=(interpolation, INTERPOLATIONS))
        self.scale, self.interpolation, self.fill_value = scale, interpolation, fill_value
        self.seed, self.generator = seed, random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape, batch = self._image_shape(data), self._batch_size(data)
        height, width = self._size(shape)
        chosen = self._chosen(batch, seed)
        moves = self._uniform((batch, 4, 2), (-0.5 * self.scale, 0.5 * self.scale), seed)
        right, bottom = width - 1.0, height - 1.0
        corners = [[[0.0, 0.0], [right, 0.0], [0.0, bottom], [right, bottom]]]
        start = ops.repeat(ops.convert_to_tensor(corners, dtype=self.compute_dtype), batch, axis=0)
        return {
            "apply_perspective": chosen,
            "start_points": start,
            "end_points": start + start * moves,
            "input_shape": shape,
        }

    def _distorted(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        distorted = ops.image.perspective_transform(
            images,
            transformation["start_points"],
            transformation["end_points"],
            interpolation,
            self.fill_value,
            self.data_format,
        )
        return self._where(transformation["apply_perspective"], distorted, images)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training or transformation is None:
            return bounding_boxes
        height, width = self._size(transformation["input_shape"])
        source = self.bounding_box_format or "xyxy"
        boxes = convert_format(bounding_boxes, source, "xyxy", height, width)
        x1, y1, x2, y2 = ops.split(boxes["boxes"], 4, axis=-1)
        matrix = _homography(transformation["start_points"], transformation["end_points"])
        xs = ops.concatenate([x1, x2, x1, x2], axis=-1)
        ys = ops.concatenate([y1, y2, y2, y1], axis=-1)
        points = ops.stack([xs, ys, ops.ones_like(xs)], axis=-1)  # (batch, boxes, 4, 3)
        u, v, w = ops.split(ops.einsum("bij,bnkj->bnki", matrix, points), 3, axis=-1)
        seen = around(ops.squeeze(u / w, -1), ops.squeeze(v / w, -1))
        chosen = ops.reshape(transformation["apply_perspective"], (-1, 1, 1))
        boxes = {**boxes, "boxes": ops.where(chosen, seen, boxes["boxes"])}
        boxes = clip_to_image_size(boxes, height, width)
        return convert_format(boxes, "xyxy", source, height, width)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
            "seed": self.seed,
        }


def _homography(start: Any, end: Any) -> Tensor:
    """The matrices, of shape (batch, 3, 3), that take four points of a plane to four others."""
    start, end = ops.cast(start, "float32"), ops.cast(end, "float32")
    (x, y), (u, v) = (ops.split(points, 2, axis=-1) for points in (start, end))
    one, zero = ops.ones_like(x), ops.zeros_like(x)
    rows = [
        ops.concatenate([x, y, one, zero, zero, zero, -u * x, -u * y], axis=-1),
        ops.concatenate([zero, zero, zero, x, y, one, -v * x, -v * y], axis=-1),
    ]
    solution = ops.solve(ops.concatenate(rows, axis=1), ops.concatenate([u, v], axis=1))
    elements = ops.concatenate([ops.squeeze(solution, -1), ops.ones_like(x[:, 0])], axis=-1)
    return ops.reshape(elements, (-1, 3, 3))


class RandomElasticTransform(_Distortion):
    """Images distorted as something elastic: neighbouring pixels move alike.

    Args:
        factor: the probability for an image; drawn between two numbers, from 0 if one.
        scale: how far pixels move, from 0 to 1; drawn between two numbers, from 0 if one.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside of images: `"constant"`, `"nearest"`, `"wrap"`, `"mirror"`,
            `"reflect"`.
        fill_value: the constant of the mode `"constant"`.
        value_range: the smallest and the largest value of images.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for a factor or a scale out of bounds.
        NotImplementedError: for other interpolations and modes, and for bounding boxes.

    Example:
        >>> layer = gs.layers.RandomElasticTransform([1.0, 1.0], value_range=(0, 1), seed=1)
        >>> layer(ops.ones((1, 8, 8, 3))).shape
        (1, 8, 8, 3)

    Source: Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks" (2003).
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        self.scale = factor_range(scale, self._FACTOR_BOUNDS, "scale")
        modes = ("constant", "nearest", "wrap", "mirror", "reflect")
        check_known(interpolation=(interpolation, INTERPOLATIONS), fill_mode=(fill_mode, modes))
        self.interpolation, self.fill_mode, self.fill_value = interpolation, fill_mode, fill_value
        self.value_range = value_range
        self.seed, self.generator = seed, random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training or self.scale[1] == 0 or self.factor[1] == 0:
            return None
        chosen = self._chosen(self._batch_size(data), seed)
        strength = self._uniform((), self.scale, seed)
        seed = self.generator if seed is None else seed
        # A key, so that images and segmentations are distorted alike.
        key = seed.next() if isinstance(seed, random.SeedGenerator) else seed
        return {"apply_transform": chosen, "distortion_factor": strength, "seed": key}

    def _distorted(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        # `ops.image.elastic_transform`, for a width of the Gaussian that is drawn: it has as many
        # taps as the widest needs, since their number must be known.
        count, (height, width) = images.shape[0], self._size(tuple(images.shape))
        strength = ops.cast(transformation["distortion_factor"], "float32") + 1e-6
        sigma, widest = (0.05 * min(height, width) * factor for factor in (strength, self.scale[1]))
        noise = random.normal((2 * count, height, width, 1), seed=transformation["seed"]) * sigma
        taps = gaussian_taps(int(6 * widest) | 1, sigma, noise)
        moved = smoothed(noise, taps, taps) * (0.1 * max(height, width) * strength)
        moved = ops.reshape(moved, (2, count, height, width))
        ys, xs = np.indices((height, width), np.float32)
        distorted = warped(
            ops.cast(images, "float32"),
            layout_of(self.data_format),
            (moved[0] + ys, moved[1] + xs),
            ORDERS[interpolation],
            self.fill_mode,
            self.fill_value,
        )
        distorted = ops.cast(distorted, images.dtype)
        return self._where(transformation["apply_transform"], distorted, images)

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = super().transform_images(images, transformation, training)
        if not training or transformation is None:
            return images
        return ops.clip(images, self.value_range[0], self.value_range[1])

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        raise NotImplementedError(
            "RandomElasticTransform does not say what becomes of bounding boxes, as in Keras."
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "interpolation": self.interpolation,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "value_range": self.value_range,
            "seed": self.seed,
        }
