"""TensorFlow.js's ops on images that Keras has no name for: `tf.image`, in Keras's style.

Images are of shape (batch, height, width, channels) here. What Keras has is in `ops.image`.
"""

from gossamer.image.boxes import crop_and_resize
from gossamer.image.geometry import flip_left_right, rotate_with_offset, transform
from gossamer.image.resizing import resize_bilinear, resize_nearest_neighbor
from gossamer.image.suppression import (
    non_max_suppression,
    non_max_suppression_async,
    non_max_suppression_padded,
    non_max_suppression_padded_async,
    non_max_suppression_with_scores,
    non_max_suppression_with_scores_async,
)
from gossamer.image.thresholding import grayscale_to_rgb, threshold

__all__ = [
    "crop_and_resize",
    "flip_left_right",
    "grayscale_to_rgb",
    "non_max_suppression",
    "non_max_suppression_async",
    "non_max_suppression_padded",
    "non_max_suppression_padded_async",
    "non_max_suppression_with_scores",
    "non_max_suppression_with_scores_async",
    "resize_bilinear",
    "resize_nearest_neighbor",
    "rotate_with_offset",
    "threshold",
    "transform",
]
