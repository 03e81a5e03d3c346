"""`keras.ops.image`: what is done with images. Each is the function of `gossamer.ops`."""

from gossamer.ops.exports import named as _named

_FUNCTIONS = _named("""
    affine_transform crop_images elastic_transform extract_patches extract_patches_3d gaussian_blur
    hsv_to_rgb map_coordinates pad_images perspective_transform resize rgb_to_grayscale rgb_to_hsv
    scale_and_translate sobel_edges ssim
""")
__all__ = list(_FUNCTIONS)
globals().update(_FUNCTIONS)
