"""The base of the layers that change images, and with them labels, boxes and segmentations.

A layer draws a transformation, once for a call, and applies it to all that belongs to the images.
Each has `get_random_transformation` for the one, and a `transform_...` for each kind of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import ops, random
from gossamer.defaults import standardize_data_format
from gossamer.layers.image_preprocessing.bounding_boxes import as_tensors
from gossamer.layers.image_preprocessing.ranges import factor_range
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class BaseImagePreprocessingLayer(Layer):
    """A layer of images: one of shape (height, width, channels), or a batch of them.

    Its input is a tensor, or a dictionary of `"images"` and perhaps `"labels"`, `"bounding_boxes"`
    and `"segmentation_masks"`.

    Args:
        factor: how strong it is; two numbers, or one.
        bounding_box_format: of the boxes in its inputs; see `bounding_boxes.convert_format`.
        data_format: `"channels_last"` or `"channels_first"`; what `config` says if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a factor out of bounds; for images of other ranks, and boxes without a
            `bounding_box_format`.
    """

    _FACTOR_BOUNDS: tuple[float, float] = (-1.0, 1.0)
    # What kinds of transformations draw from.
    generator: random.SeedGenerator
    interpolation: str

    def __init__(
        self,
        factor: Any = None,
        bounding_box_format: str | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bounding_box_format = bounding_box_format
        self.data_format = standardize_data_format(data_format)
        self.factor: Any = None
        if factor is not None:
            self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        self._allow_non_tensor_positional_args = True

    # Where things are

    @property
    def height_axis(self) -> int:
        return -2 if self.data_format == "channels_first" else -3

    @property
    def width_axis(self) -> int:
        return -1 if self.data_format == "channels_first" else -2

    @property
    def channel_axis(self) -> int:
        return -3 if self.data_format == "channels_first" else -1

    def _image_shape(self, data: Any) -> tuple[Any, ...]:
        """The shape of the images in an input."""
        shape = tuple((data["images"] if isinstance(data, dict) else data).shape)
        if len(shape) not in (3, 4):
            raise ValueError(
                "Expected an image of three axes, or a batch of four, in the layer "
                f"{self.name!r}. Received: shape={shape}"
            )
        return shape

    def _batch_size(self, data: Any) -> Any:
        shape = self._image_shape(data)
        return shape[0] if len(shape) == 4 else 1

    def _size(self, shape: tuple[Any, ...]) -> tuple[Any, Any]:
        """The height and the width of images of a shape."""
        return shape[self.height_axis], shape[self.width_axis]

    def _uniform(self, shape: Any, bounds: tuple[float, float], seed: Any) -> Tensor:
        """Numbers of the layer's dtype, from its own generator if there is no seed."""
        seed = self.generator if seed is None else seed
        return random.uniform(shape, *bounds, self.compute_dtype, seed)

    def _chosen(self, batch_size: Any, seed: Any) -> Tensor:
        """Which images are changed: each with a probability that is drawn from the factor."""
        probability = self._uniform((batch_size,), self.factor, seed)
        return self._uniform((batch_size,), (0.0, 1.0), seed) < probability

    # What subclasses write

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Draw what is to be done.

        Args:
            data: the input of the call.
            training: whether this is training; most layers do nothing when it is not.
            seed: an integer or a generator; the layer's own if None.
        """
        return None

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        """Apply a transformation to a batch of images."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it does to images.")

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """Apply a transformation to labels: most leave them as they are."""
        return labels

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Apply a transformation to boxes; changes of colour leave them as they are."""
        return bounding_boxes

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Apply a transformation to the classes of pixels; changes of colour leave them."""
        return segmentation_masks

    # One of a batch

    def _single(self, transform: Callable[..., Any], x: Any, *args: Any) -> Any:
        return ops.squeeze(transform(ops.expand_dims(x, 0), *args), 0)

    def transform_single_image(
        self, image: Any, transformation: Any, training: bool = True
    ) -> Tensor:
        """`transform_images` of one."""
        return self._single(self.transform_images, image, transformation, training)

    def transform_single_label(self, label: Any, transformation: Any, training: bool = True) -> Any:
        """`transform_labels` of one."""
        return self._single(self.transform_labels, label, transformation, training)

    def transform_single_bounding_box(
        self, bounding_box: Any, transformation: Any, training: bool = True
    ) -> Any:
        """`transform_bounding_boxes` of those of one image."""
        names = ("boxes", "labels")
        batch = {**bounding_box, **{name: ops.expand_dims(bounding_box[name], 0) for name in names}}
        found = self.transform_bounding_boxes(batch, transformation, training)
        return {**found, **{name: ops.squeeze(found[name], 0) for name in names}}

    def transform_single_segmentation_mask(
        self, segmentation_mask: Any, transformation: Any, training: bool = True
    ) -> Any:
        """`transform_segmentation_masks` of one."""
        transform = self.transform_segmentation_masks
        return self._single(transform, segmentation_mask, transformation, training)

    # The call

    def call(self, data: Any, training: bool = True) -> Any:
        transformation = self.get_random_transformation(data, training=training)
        batched = len(self._image_shape(data)) == 4
        kinds: dict[str, tuple[Any, Any]] = {
            "images": (self.transform_images, self.transform_single_image),
            "bounding_boxes": (self.transform_bounding_boxes, self.transform_single_bounding_box),
            "labels": (self.transform_labels, self.transform_single_label),
            "segmentation_masks": (
                self.transform_segmentation_masks, self.transform_single_segmentation_mask,
            ),
        }  # fmt: skip
        if not isinstance(data, dict):
            transform = kinds["images"][not batched]
            return transform(ops.convert_to_tensor(data), transformation, training)
        results = dict(data)
        for kind, transforms in kinds.items():
            if kind not in data:
                continue
            value: Any = data[kind]
            if kind == "bounding_boxes":
                self._check_box_format()
                value = as_tensors(value)
            else:
                value = ops.convert_to_tensor(value)
            results[kind] = transforms[not batched](value, transformation, training)
        return results

    def _check_box_format(self) -> None:
        if not self.bounding_box_format:
            raise ValueError(
                f"Expected a bounding_box_format in the layer {self.name!r} for inputs with "
                "bounding boxes. Received: None"
            )

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "data_format": self.data_format}
        if self.bounding_box_format is not None:
            config["bounding_box_format"] = self.bounding_box_format
        return config

    # What several layers do

    def _cast(self, images: Any) -> Tensor:
        return ops.cast(images, self.compute_dtype)

    def _transform_value_range(self, images: Any, source: Any, target: Any) -> Tensor:
        """Values of one range as they are in another."""
        images = self._cast(images)
        (low, high), (least, most) = source, target
        if (low, high) == (least, most):
            return images
        return (images - low) / (high - low) * (most - least) + least

    def _where(self, chosen: Tensor, changed: Tensor, images: Tensor) -> Tensor:
        """Those of the images that are chosen, changed."""
        return ops.where(ops.reshape(chosen, (-1, 1, 1, 1)), changed, images)
