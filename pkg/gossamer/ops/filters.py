"""Images seen through small windows: blur, edges, and how alike two images are."""

import math
from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.image_layout import LAST, as_images, layout_of
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor

# The Sobel operator as kernel of a depthwise convolution: down, and to the right.
_SOBEL = np.stack([np.outer([-1, 0, 1], [1, 2, 1]), np.outer([1, 2, 1], [-1, 0, 1])], -1)


def gaussian_taps(size: int, sigma: Any, like: Tensor) -> Tensor:
    """The weights of a Gaussian around the middle of `size` taps; their sum is 1.

    Of the dtype of `like`, and where it is.
    """
    distance = as_tensor(np.arange(size) - (size - 1) / 2, like.dtype, like.backend)
    weights = ops.exp(-0.5 * ops.square(distance / sigma))
    return weights / ops.sum(weights)


def smoothed(x: Tensor, down: Tensor, across: Tensor, padding: str = "same") -> Tensor:
    """A batch of images, channels last, convolved along the height and then along the width."""
    channels = x.shape[-1]
    for taps, shape in ((down, (-1, 1, 1, 1)), (across, (1, -1, 1, 1))):
        kernel = ops.reshape(taps, shape)
        kernel = ops.broadcast_to(kernel, (*kernel.shape[:2], channels, 1))
        x = ops.depthwise_conv(x, kernel, padding=padding)
    return x


def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Tensor:
    """Images smoothed with a Gaussian; outside of them is 0. Integers are rounded.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        kernel_size: how many elements the Gaussian has across and down.
        sigma: its standard deviations across and down.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, and sizes that are not positive.

    Example:
        >>> ops.image.gaussian_blur(ops.ones((1, 3, 1)), (3, 1), (1.0, 1.0))[0, 1].tolist()
        [1.0]
    """
    layout = layout_of(data_format)
    x = as_images(images)
    across, down = per_axis(kernel_size, 2, "kernel_size")
    source = floating(x)
    widths = as_tensor(sigma, source.dtype, source.backend)
    if widths.shape != (2,):
        raise ValueError(f"Expected two standard deviations. Received: sigma={sigma}")
    batch = source if x.ndim == 4 else ops.expand_dims(source, 0)
    batch = batch if layout is LAST else ops.moveaxis(batch, 1, -1)
    weights = (gaussian_taps(down, widths[1], source),
               gaussian_taps(across, widths[0], source))  # fmt: skip
    out = smoothed(batch, *weights)
    out = ops.reshape(out if layout is LAST else ops.moveaxis(out, -1, 1), x.shape)
    return out if x.dtype in FLOATS else ops.cast(ops.round(out), x.dtype)


def sobel_edges(images: Any, data_format: str | None = None) -> Tensor:
    """How the intensity of images changes downwards and to the right, by the Sobel operator.

    Outside of the images is what is at their edge.

    Args:
        images: of shape (batch, height, width, channels).
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Returns:
        A tensor of shape `images.shape + (2,)`: [dy, dx].

    Raises:
        ValueError: for another rank than 4.

    Example:
        >>> image = [[[[0.0], [0.0], [1.0]]] * 3]
        >>> ops.image.sobel_edges(image)[0, 1, 1, 0].tolist()
        [0.0, 4.0]
    """
    layout = layout_of(data_format)
    x = as_tensor(images)
    if x.ndim != 4:
        raise ValueError(f"Expected a batch of images (rank 4). Received: shape={x.shape}")
    source = floating(x)
    source = source if layout is LAST else ops.moveaxis(source, 1, -1)
    padded = ops.pad(source, [(0, 0), (1, 1), (1, 1), (0, 0)], "symmetric")
    channels = source.shape[-1]
    kernel = np.broadcast_to(_SOBEL[:, :, None], (3, 3, channels, 2))
    found = ops.depthwise_conv(padded, as_tensor(kernel, source.dtype, source.backend))
    edges = ops.reshape(found, (*source.shape, 2))
    edges = edges if layout is LAST else ops.moveaxis(edges, 3, 1)
    return ops.cast(edges, x.dtype)


def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """How alike two images are in structure, from -1 to 1 for equal ones (Wang et al. 2004).

    Args:
        image1: of shape (height, width, channels), or a batch of these.
        image2: in the same shape.
        max_val: the largest value that a pixel may have.
        filter_size: the size of the Gaussian windows that are compared.
        filter_sigma: its standard deviation.
        k1: what keeps a quotient of means from 0.
        k2: what keeps a quotient of variances from 0.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Returns:
        One number an image.

    Raises:
        ValueError: for another rank than 3 and 4, and images that are smaller than the windows.

    Example:
        >>> image = ops.image.rgb_to_hsv(ops.ones((16, 16, 3)))
        >>> ops.image.ssim(image, image).item()
        1.0
    """
    layout = layout_of(data_format)
    x, y = as_images(image1, "image1"), as_images(image2, "image2")
    original = x.dtype
    x, y = (ops.cast(one, dtypes.as_float(original)) for one in (x, y))
    if x.ndim == 3:
        x, y = ops.expand_dims(x, 0), ops.expand_dims(y, 0)
    if layout is not LAST:
        x, y = ops.moveaxis(x, 1, -1), ops.moveaxis(y, 1, -1)
    weights = gaussian_taps(filter_size, filter_sigma, x)
    # The windows' means of all five at once.
    means = smoothed(ops.concatenate([x, y, x * x, y * y, x * y]), weights, weights, "valid")
    mean_x, mean_y, square_x, square_y, both = ops.split(means, 5)
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    product, squares = mean_x * mean_y, mean_x * mean_x + mean_y * mean_y
    above = (2.0 * product + c1) * (2.0 * (both - product) + c2)
    below = (squares + c1) * (square_x + square_y - squares + c2)
    found = ops.mean(above / below, axis=(1, 2, 3))
    return ops.cast(found if as_tensor(image1).ndim == 4 else ops.squeeze(found, 0), original)


def psnr(x1: Any, x2: Any, max_val: Any) -> Tensor:
    """The peak signal-to-noise ratio: `20 log10(max_val) - 10 log10(mean((x1 - x2)**2))`.

    Args:
        x1: a signal.
        x2: another one, in the same shape.
        max_val: the largest value that a signal may have.

    Raises:
        ValueError: for different shapes.

    Example:
        >>> ops.psnr([1.0, 2.0], [1.0, 3.0], max_val=2.0).item()
        9.0309
    """
    x, y = as_tensor(x1), as_tensor(x2)
    if x.shape != y.shape:
        raise ValueError(
            f"Expected signals of equal shapes. Received: x1.shape={x.shape}, x2.shape={y.shape}"
        )
    x, y = promote(x, y)
    error = ops.mean(ops.square(x - y))
    peak = ops.log(ops.cast(as_tensor(max_val, y.dtype, y.backend), error.dtype))
    return (20.0 * peak - 10.0 * ops.log(error)) * (1.0 / math.log(10.0))
