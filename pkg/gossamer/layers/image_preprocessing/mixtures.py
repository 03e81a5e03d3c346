"""Layers that mix the images of a batch with each other, and their labels with them."""

from __future__ import annotations

from typing import Any

from gossamer import ops, random
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.ranges import factor_range
from gossamer.layers.image_preprocessing.switches import RectangleLayer
from gossamer.tensor import Tensor


def _mixed(x: Any, transformation: Any, ndim: int) -> Tensor:
    """`weight * x + (1 - weight) * others`."""
    weight = ops.reshape(transformation["mix_weight"], (-1,) + (1,) * (ndim - 1))
    others = ops.take(x, transformation["permutation_order"], axis=0)
    return weight * x + (1.0 - weight) * others


class MixUp(BaseImagePreprocessingLayer):
    """Images and labels mixed with others of the batch: `weight * x + (1 - weight) * others`.

    Args:
        alpha: weights are drawn from the beta distribution of it, twice.
        data_format: `"channels_last"` or `"channels_first"`.
        seed: what draws begin with.
        kwargs: as for `Layer`; `bounding_box_format`.

    Example:
        >>> layer = gs.layers.MixUp(seed=1)
        >>> labels = layer({"images": ops.ones((2, 2, 2, 3)), "labels": ops.eye(2)})["labels"]
        >>> labels.numpy().sum(1).tolist()
        [1.0, 1.0]

    Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (2018).
    """

    def __init__(
        self,
        alpha: float = 0.2,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.alpha, self.seed, self.generator = alpha, seed, random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        batch = self._batch_size(data)
        seed = self.generator if seed is None else seed
        order = random.shuffle(ops.arange(batch, dtype="int32"), seed=seed)
        weight = random.beta((batch,), self.alpha, self.alpha, seed=seed)
        return {"mix_weight": weight, "permutation_order": order}

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        return self._cast(_mixed(images, transformation, 4)) if training else images

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        return _mixed(labels, transformation, 2) if training else labels

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        return _mixed(segmentation_masks, transformation, 4) if training else segmentation_masks

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The boxes of both images, and their labels."""
        if not training:
            return bounding_boxes
        order = transformation["permutation_order"]
        both = {
            name: ops.concatenate([x, ops.take(x, order, axis=0)], axis=1)
            for name, x in ((name, bounding_boxes[name]) for name in ("boxes", "labels"))
        }
        return {**bounding_boxes, **both}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": self.alpha, "seed": self.seed}


class CutMix(RectangleLayer):
    """Images in which a rectangle is that of another of the batch; labels are mixed by its area.

    Args:
        factor: areas are drawn from the beta distribution of a number between two, or up to one.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors that are not from 0 to 1.
        NotImplementedError: for bounding boxes.

    Example:
        >>> layer = gs.layers.CutMix(seed=1)
        >>> labels = layer({"images": ops.ones((2, 4, 4, 3)), "labels": ops.eye(2)})["labels"]
        >>> labels.numpy().sum(1).round(4).tolist()
        [1.0, 1.0]

    Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers" (2019).
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        self.seed, self.generator = seed, random.SeedGenerator(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        shape = self._image_shape(data)
        if not training or len(shape) == 3:
            return None
        batch, (height, width) = shape[0], self._size(shape)
        seed = self.generator if seed is None else seed
        alpha = self._uniform((), self.factor, seed) + 1e-6
        ratio = ops.sqrt(1.0 - random.beta((batch,), alpha, alpha, self.compute_dtype, seed))
        xs = self._bounds(batch, width, ratio, seed)
        ys = self._bounds(batch, height, ratio, seed)
        area = (xs[1] - xs[0]) * (ys[1] - ys[0]) / (width * height)
        order = random.shuffle(ops.arange(batch, dtype="int32"), seed=seed)
        return {
            "permutation_order": order,
            "batch_masks": self._rectangles(shape, xs, ys),
            "mix_weight": ops.reshape(1.0 - area, (-1, 1, 1, 1)),
        }

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        images = self._cast(images)
        if not training or transformation is None:
            return images
        others = ops.take(images, transformation["permutation_order"], axis=0)
        return ops.where(self._masks(transformation, images), others, images)

    def _masks(self, transformation: Any, images: Tensor) -> Tensor:
        """The rectangles, as wide as these images: segmentations have other channels."""
        masks = transformation["batch_masks"]
        if masks.shape[self.channel_axis] == images.shape[self.channel_axis]:
            return masks
        return ops.any(masks, axis=self.channel_axis, keepdims=True)

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        if not training or transformation is None:
            return labels
        return _mixed(labels, transformation, 2)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        return self.transform_images(segmentation_masks, transformation, training)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        raise NotImplementedError(
            "CutMix does not say what becomes of bounding boxes, as in Keras."
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "seed": self.seed}


class MaxNumBoundingBoxes(BaseImagePreprocessingLayer):
    """As many boxes of each image: more are cut off, fewer filled up.

    Args:
        max_number: how many.
        fill_value: what the numbers of the boxes, and labels, are that are filled in.
        kwargs: as for `Layer`; `bounding_box_format`.

    Example:
        >>> layer = gs.layers.MaxNumBoundingBoxes(2, bounding_box_format="xyxy")
        >>> boxes = {"boxes": ops.ones((1, 1, 4)), "labels": ops.zeros((1, 1))}
        >>> layer({"images": ops.ones((1, 2, 2, 3)), "bounding_boxes": boxes})["bounding_boxes"][
        ...     "labels"
        ... ].tolist()
        [[0.0, -1.0]]
    """

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_number, self.fill_value = int(max_number), int(fill_value)

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        return images

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        boxes = ops.convert_to_tensor(bounding_boxes["boxes"])[:, : self.max_number]
        labels = ops.convert_to_tensor(bounding_boxes["labels"])[:, : self.max_number]
        missing = (0, self.max_number - boxes.shape[1])
        value = self.fill_value
        return {
            **bounding_boxes,
            "boxes": ops.pad(boxes, [(0, 0), missing, (0, 0)], constant_values=value),
            "labels": ops.pad(labels, [(0, 0), missing], constant_values=value),
        }

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not isinstance(input_shape, dict) or "bounding_boxes" not in input_shape:
            return input_shape
        shapes = dict(input_shape["bounding_boxes"])
        if set(shapes) - {"boxes", "labels"}:
            raise KeyError(f"Expected boxes and labels alone. Received: {list(shapes)}")
        shapes = {name: (s[0], self.max_number, *s[2:]) for name, s in shapes.items()}
        return {**input_shape, "bounding_boxes": shapes}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "max_number": self.max_number}
