"""Images with boxes, masks and labels; `keras.visualization`'s names, with SVG for Matplotlib."""

from gossamer.visualization.drawing import draw_bounding_boxes, draw_segmentation_masks
from gossamer.visualization.galleries import (
    plot_bounding_box_gallery,
    plot_image_gallery,
    plot_segmentation_mask_gallery,
)

__all__ = [
    "draw_bounding_boxes",
    "draw_segmentation_masks",
    "plot_bounding_box_gallery",
    "plot_image_gallery",
    "plot_segmentation_mask_gallery",
]
