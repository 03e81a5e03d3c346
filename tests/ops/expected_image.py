"""What ops on images give, from their definitions, element by element.

Images are taken channels last and in batches; `_batched` brings others into this form.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable
from functools import wraps
from itertools import product
from typing import Any

import numpy as np

Array = np.ndarray


def _batched(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a batch, channels last, for other images."""

    @wraps(function)
    def of_any(x: Array, *others: Any, data_format: str | None = None, **static: Any) -> Array:
        first = data_format == "channels_first"
        batch = x if x.ndim == 4 else x[None]
        batch = np.moveaxis(batch, 1, -1) if first else batch
        out = np.asarray(function(batch, *others, **static))
        out = np.moveaxis(out, 3, 1) if first else out
        return out if x.ndim == 4 else out[0]

    return of_any


# Resampling: the image as a sum of kernels around each sample


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)


def _keys(x: float) -> float:
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


KERNELS: dict[str, Callable[[float], float]] = {
    "bilinear": lambda x: max(0.0, 1 - x),
    "bicubic": _keys,
    "lanczos3": lambda x: _sinc(x) * _sinc(x / 3) if x < 3 else 0.0,
    "lanczos5": lambda x: _sinc(x) * _sinc(x / 5) if x < 5 else 0.0,
}
KERNELS |= {"linear": KERNELS["bilinear"], "cubic": KERNELS["bicubic"]}


def _matrix(places: Array, length: int, method: str, stretch: float) -> Array:
    """The weights of elements (columns) in samples (rows)."""
    weights = np.array(
        [[KERNELS[method](abs(place - j) / stretch) for j in range(length)] for place in places]
    ).reshape(len(places), length)
    return weights / weights.sum(1, keepdims=True)


def _along(x: Array, matrix: Array, axis: int) -> Array:
    return np.moveaxis(np.tensordot(x, matrix, axes=(axis, 1)), -1, axis)


@_batched
def resize(x: Array, size: Any, interpolation: str = "bilinear", antialias: bool = False) -> Array:
    out = x.astype(float)
    for axis, count in zip((1, 2), size, strict=True):
        length = out.shape[axis]
        middles = (np.arange(count) + 0.5) * length / count
        if interpolation == "nearest":
            out = np.take(out, np.floor(middles).astype(int), axis)
        elif count != length:
            stretch = max(length / count, 1.0) if antialias else 1.0
            out = _along(out, _matrix(middles - 0.5, length, interpolation, stretch), axis)
    return out if x.dtype.kind == "f" else np.clip(np.round(out), x.min(), x.max())


def scale_and_translate(
    x: Array, scale: Array, translation: Array, output_shape: Any, spatial_dims: Any, method: str,
    antialias: bool,
) -> Array:  # fmt: skip
    for axis, by, shift in zip(spatial_dims, scale, translation, strict=True):
        length = x.shape[axis]
        places = (np.arange(output_shape[axis]) + 0.5 - shift) / by - 0.5
        outside = (places < -0.5) | (places > length - 0.5)
        stretch = max(1 / by, 1.0) if antialias else 1.0
        matrix = _matrix(np.where(outside, 0, places), length, method, stretch)
        x = _along(x, np.where(outside[:, None], 0, matrix), axis)
    return x


def resize_with_corners(
    x: Array, size: Any, align_corners: bool = False, half_pixel_centers: bool = False,
    nearest: bool = False,
) -> Array:  # fmt: skip
    """TensorFlow's `resizeBilinear` and `resizeNearestNeighbor`."""
    batch = x if x.ndim == 4 else x[None]
    out = batch.astype(float)
    for axis, count in zip((1, 2), size, strict=True):
        length = out.shape[axis]
        inner = align_corners and count > 1
        ratio = (length - 1) / (count - 1) if inner else length / count
        places = np.arange(count) * ratio
        if half_pixel_centers:
            places = (np.arange(count) + 0.5) * ratio - (0.0 if nearest else 0.5)
        if nearest:
            whole = np.floor(places + 0.5) if align_corners else np.floor(places)
            out = np.take(out, np.clip(whole, 0, length - 1).astype(int), axis)
            continue
        places = np.clip(places, 0, length - 1)
        low = np.floor(places).astype(int)
        share = (places - low).reshape(-1, *(1,) * (3 - axis))
        high = np.minimum(low + 1, length - 1)
        out = np.take(out, low, axis) * (1 - share) + np.take(out, high, axis) * share
    return out if x.ndim == 4 else out[0]


# Reading at places


def element(x: Array, at: tuple[int, ...], mode: str, fill: float) -> Any:
    """An element, wherever it is."""
    found = []
    for i, size in zip(at, x.shape, strict=True):
        if mode == "constant":
            if not 0 <= i < size:
                return fill
        elif mode == "nearest":
            i = min(max(i, 0), size - 1)
        elif mode == "wrap":
            i = i % size
        elif mode == "mirror":
            turn = [*range(size), *range(size - 2, 0, -1)]
            i = turn[i % len(turn)]
        else:
            i = [*range(size), *range(size - 1, -1, -1)][i % (2 * size)]
        found.append(i)
    return x[tuple(found)]


def value_at(x: Array, place: Any, order: int, mode: str, fill: float) -> Any:
    if order == 0:
        return element(x, tuple(math.floor(p + 0.5) for p in place), mode, fill)
    low = [math.floor(p) for p in place]
    total = 0.0
    for corner in product((0, 1), repeat=len(low)):
        weight = math.prod(
            (p - i if c else 1 - p + i) for p, i, c in zip(place, low, corner, strict=True)
        )
        at = tuple(i + c for i, c in zip(low, corner, strict=True))
        total += weight * element(x, at, mode, fill)
    return total


def map_coordinates(
    x: Array, coordinates: Array, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> Array:
    places = coordinates.reshape(len(coordinates), -1).T
    found = [value_at(x, place, order, fill_mode, fill_value) for place in places]
    out = np.array(found).reshape(coordinates.shape[1:])
    return out if x.dtype.kind == "f" else np.trunc(out + np.where(out < 0, -0.5, 0.5))


def read(
    x: Array, place: Callable[[int, int, int], tuple[float, float]], shape: tuple[int, int],
    interpolation: str, fill_mode: str, fill_value: float,
) -> Array:  # fmt: skip
    """A batch of images read at `place(n, y, x)`, which gives a y and an x."""
    order = int(interpolation == "bilinear")
    out = np.empty((len(x), *shape, x.shape[-1]))
    for n, i, j, c in np.ndindex(out.shape):
        out[n, i, j, c] = value_at(x[n, ..., c], place(n, i, j), order, fill_mode, fill_value)
    return out


@_batched
def affine_transform(
    x: Array, transform: Array, interpolation: str = "bilinear", fill_mode: str = "constant",
    fill_value: float = 0,
) -> Array:  # fmt: skip
    rows = np.broadcast_to(transform, (len(x), 8))

    def place(n: int, i: int, j: int) -> tuple[float, float]:
        a0, a1, a2, b0, b1, b2, *_ = rows[n]
        return b0 * j + b1 * i + b2, a0 * j + a1 * i + a2

    return read(x, place, x.shape[1:3], interpolation, fill_mode, fill_value)


@_batched
def projective_transform(
    x: Array, transform: Array, interpolation: str = "nearest", fill_mode: str = "constant",
    fill_value: float = 0, output_shape: Any = None,
) -> Array:  # fmt: skip
    rows = np.broadcast_to(transform, (len(x), 8))

    def place(n: int, i: int, j: int) -> tuple[float, float]:
        a0, a1, a2, b0, b1, b2, c0, c1 = rows[n]
        k = c0 * j + c1 * i + 1
        return (b0 * j + b1 * i + b2) / k, (a0 * j + a1 * i + a2) / k

    return read(x, place, output_shape or x.shape[1:3], interpolation, fill_mode, fill_value)


def perspective_transform(
    x: Array, start: Array, end: Array, interpolation: str = "bilinear", fill_value: float = 0
) -> Array:
    """Solves for the eight numbers with which each end is read at its start."""
    equations, right = [], []
    for (u, w), (p, q) in zip(start, end, strict=True):
        equations += [[p, q, 1, 0, 0, 0, -u * p, -u * q], [0, 0, 0, p, q, 1, -w * p, -w * q]]
        right += [u, w]
    row = np.linalg.solve(np.array(equations), np.array(right))
    return projective_transform(x, row, interpolation, "constant", fill_value)


def crop_and_resize(
    x: Array, boxes: Array, which: Array, crop_size: Any, interpolation: str = "bilinear",
    fill_value: float = 0.0,
) -> Array:  # fmt: skip
    height, width = x.shape[1:3]
    out = np.empty((len(boxes), *crop_size, x.shape[-1]))

    def place(low: float, high: float, i: int, count: int, length: int) -> float:
        if count == 1:
            return 0.5 * (low + high) * (length - 1)
        return float(low * (length - 1) + i * (high - low) * (length - 1) / (count - 1))

    for n, i, j, c in np.ndindex(out.shape):
        y1, x1, y2, x2 = boxes[n]
        at = (place(y1, y2, i, crop_size[0], height), place(x1, x2, j, crop_size[1], width))
        inside = 0 <= at[0] <= height - 1 and 0 <= at[1] <= width - 1
        image = x[which[n], ..., c]
        order = int(interpolation == "bilinear")
        out[n, i, j, c] = value_at(image, at, order, "nearest", 0) if inside else fill_value
    return out


def rotate_with_offset(x: Array, radians: float, fill_value: Any = 0.0, center: Any = 0.5) -> Array:
    centre_x, centre_y = center if isinstance(center, tuple) else (center, center)
    height, width = x.shape[1:3]
    cx, cy = centre_x * width, centre_y * height
    fill = np.broadcast_to(np.asarray(fill_value, float), (3,)) if np.ndim(fill_value) else None
    out = np.empty(x.shape)
    for n, i, j, c in np.ndindex(out.shape):
        at_x = (j - cx) * math.cos(radians) - (i - cy) * math.sin(radians) + cx
        at_y = (j - cx) * math.sin(radians) + (i - cy) * math.cos(radians) + cy
        outside = fill_value if fill is None else 255.0 if c == 3 else fill[c]
        out[n, i, j, c] = value_at(x[n, ..., c], (at_y, at_x), 0, "constant", outside)
    return out


# Colours: pixel by pixel


def _pixels(function: Callable[[Array], Any]) -> Callable[..., Any]:
    return _batched(lambda x: np.apply_along_axis(lambda p: np.asarray(function(p)), -1, x))


def _hsv(pixel: Array) -> tuple[float, float, float]:
    return colorsys.rgb_to_hsv(*pixel.tolist())


def _rgb(pixel: Array) -> tuple[float, float, float]:
    return colorsys.hsv_to_rgb(*pixel.tolist())


def _grey(pixel: Array) -> list[float]:
    return [float(pixel @ np.array([0.2989, 0.5870, 0.1140]))]


rgb_to_hsv, hsv_to_rgb, rgb_to_grayscale = _pixels(_hsv), _pixels(_rgb), _pixels(_grey)


def threshold(
    x: Array, method: str = "binary", inverted: bool = False, threshold_value: float = 0.5
) -> Array:
    grey = x if x.shape[-1] == 1 else x @ np.array([[0.2989], [0.5870], [0.1140]])
    limit = 255 * threshold_value
    if method == "otsu":
        levels = np.round(grey)
        best, limit = 0.0, -1
        for level in range(255):
            below, above = levels[levels <= level], levels[levels > level]
            if below.size and above.size:
                between = below.size * above.size * (below.mean() - above.mean()) ** 2
                if between > best * (1 + 1e-9):
                    best, limit = between, level
    return np.where((grey <= limit) if inverted else (grey > limit), 255, 0)


# Windows


def _correlated(x: Array, kernel: Array) -> Array:
    """Where a kernel fits, each channel by itself."""
    h, w = kernel.shape
    out = np.zeros((len(x), x.shape[1] - h + 1, x.shape[2] - w + 1, x.shape[3]))
    for i, j in np.ndindex(kernel.shape):
        out += kernel[i, j] * x[:, i : i + out.shape[1], j : j + out.shape[2]]
    return out


def _gaussian(size: int, sigma: float) -> Array:
    weights = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * sigma**2))
    return weights / weights.sum()


@_batched
def gaussian_blur(x: Array, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0)) -> Array:
    across, down = (_gaussian(*pair) for pair in zip(kernel_size, sigma, strict=True))
    margins = [((len(taps) - 1) // 2, len(taps) // 2) for taps in (down, across)]
    return _correlated(np.pad(x, [(0, 0), *margins, (0, 0)]), np.outer(down, across))


def sobel_edges(x: Array, data_format: str = "channels_last") -> Array:
    x = np.moveaxis(x, 1, -1) if data_format == "channels_first" else x
    padded = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], "edge")
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    out = np.stack([_correlated(padded, down), _correlated(padded, down.T)], -1)
    return np.moveaxis(out, 3, 1) if data_format == "channels_first" else out


def ssim(
    x: Array, y: Array, max_val: float = 1.0, filter_size: int = 11, filter_sigma: float = 1.5,
    k1: float = 0.01, k2: float = 0.03,
) -> Array:  # fmt: skip
    batch, other = (one if one.ndim == 4 else one[None] for one in (x, y))
    taps = _gaussian(filter_size, filter_sigma)

    def mean(z: Array) -> Array:
        return _correlated(z, np.outer(taps, taps))

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mx, my = mean(batch), mean(other)
    vx, vy = mean(batch**2) - mx**2, mean(other**2) - my**2
    both = mean(batch * other) - mx * my
    found = (2 * mx * my + c1) * (2 * both + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    means = found.mean((1, 2, 3))
    return means if x.ndim == 4 else means[0]


def psnr(x: Array, y: Array, max_val: float) -> float:
    return float(10 * np.log10(max_val**2 / np.mean((x - y) ** 2)))


def _same_margins(lengths: Any, taps: Any, strides: Any) -> list[tuple[int, int]]:
    margins = []
    for length, count, stride in zip(lengths, taps, strides, strict=True):
        places = math.ceil(length / stride)
        margin = max((places - 1) * stride + count - length, 0)
        margins.append((margin // 2, margin - margin // 2))
    return margins


def patches(x: Array, taps: Any, strides: Any, dilation: Any) -> Array:
    """Of a batch, channels last: shape (batch, *places, *taps, channels)."""
    places = [
        (length - (count - 1) * d - 1) // stride + 1
        for length, count, stride, d in zip(x.shape[1:-1], taps, strides, dilation, strict=True)
    ]
    out = np.empty((len(x), *places, *taps, x.shape[-1]), x.dtype)
    for place in np.ndindex(*places):
        for tap in np.ndindex(*taps):
            at = tuple(
                p * s + t * d for p, s, t, d in zip(place, strides, tap, dilation, strict=True)
            )
            out[(slice(None), *place, *tap)] = x[(slice(None), *at)]
    return out


def _per_axis(given: Any, count: int) -> tuple[int, ...]:
    return (given,) * count if isinstance(given, int) else tuple(given)


def extract_patches(
    x: Array, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid",
    data_format: str = "channels_last",
) -> Array:  # fmt: skip
    spatial = len(size) if isinstance(size, tuple) else 3 if x.ndim == 5 else 2
    batch = x if x.ndim == spatial + 2 else x[None]
    batch = np.moveaxis(batch, 1, -1) if data_format == "channels_first" else batch
    taps, steps = _per_axis(size, spatial), _per_axis(strides or size, spatial)
    if padding == "same":
        margins = _same_margins(batch.shape[1:-1], taps, steps)
        batch = np.pad(batch, [(0, 0), *margins, (0, 0)])
    found = patches(batch, taps, steps, _per_axis(dilation_rate, spatial))
    out = found.reshape(*found.shape[: spatial + 1], -1)
    out = np.moveaxis(out, -1, 1) if data_format == "channels_first" else out
    return out if x.ndim == spatial + 2 else out[0]


def unfold(x: Array, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Array:
    taps, d, margin, steps = (_per_axis(g, 2) for g in (kernel_size, dilation, padding, stride))
    padded = np.pad(np.moveaxis(x, 1, -1), [(0, 0), *((m, m) for m in margin), (0, 0)])
    found = patches(padded, taps, steps, d)
    return found.transpose(0, 5, 3, 4, 1, 2).reshape(
        len(x), x.shape[1] * math.prod(taps), found.shape[1] * found.shape[2]
    )


def fold(
    x: Array, output_size: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> Array:
    """Each column's elements are added where `unfold` reads them."""
    shape = (len(x), x.shape[1] // math.prod(_per_axis(kernel_size, 2)))
    shape += _per_axis(output_size, 2)
    numbers = np.arange(1, math.prod(shape) + 1).reshape(shape)
    places = unfold(numbers, kernel_size, dilation, padding, stride)
    out = np.zeros(numbers.size + 1)
    np.add.at(out, places, x)
    return out[1:].reshape(shape)


def depth_to_space(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    if data_format == "channels_first":
        return _depth_to_space_first(x, block_size)
    n, h, w, c = x.shape
    b, left = block_size, c // block_size**2
    out = np.empty((n, h * b, w * b, left), x.dtype)
    for i, j in np.ndindex(b, b):
        out[:, i::b, j::b] = x[..., (i * b + j) * left : (i * b + j + 1) * left]
    return out


def _depth_to_space_first(x: Array, block_size: int) -> Array:
    b = block_size
    n, c, h, w = x.shape
    out = np.empty((n, c // b**2, h * b, w * b), x.dtype)
    for i, j in np.ndindex(b, b):
        out[:, :, i::b, j::b] = x[:, i * b + j :: b * b]
    return out


def space_to_depth(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    if data_format == "channels_first":
        return _space_to_depth_first(x, block_size)
    b = range(block_size)
    return np.concatenate([x[:, i::block_size, j::block_size] for i in b for j in b], -1)


def _space_to_depth_first(x: Array, block_size: int) -> Array:
    b = block_size
    parts = np.stack([x[:, :, i::b, j::b] for i in range(b) for j in range(b)], 2)
    return parts.reshape(len(x), -1, *parts.shape[3:])


def dilation2d(
    x: Array, filters: Array, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Array:
    steps, d = _per_axis(strides, 2), _per_axis(dilation_rate, 2)
    batch = x if x.ndim == 4 else x[None]
    if padding == "same":
        reach = [(t - 1) * r + 1 for t, r in zip(filters.shape, d, strict=False)]
        margins = _same_margins(batch.shape[1:-1], reach, steps)
        batch = np.pad(batch, [(0, 0), *margins, (0, 0)], constant_values=-np.inf)
    out = (patches(batch, filters.shape[:2], steps, d) + filters).max((3, 4))
    return out if x.ndim == 4 else out[0]


def erosion2d(x: Array, filters: Array, **static: Any) -> Array:
    return -dilation2d(-x, filters[::-1, ::-1], **static)


def local_response_normalization(
    x: Array, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> Array:
    out = np.empty_like(x)
    for c in range(x.shape[-1]):
        near = x[..., max(c - depth_radius, 0) : c + depth_radius + 1]
        out[..., c] = x[..., c] / (bias + alpha * (near**2).sum(-1)) ** beta
    return out


def max_pool_with_argmax(
    x: Array, pool_size: Any, strides: Any = None, padding: str = "valid",
    include_batch_in_index: bool = False,
) -> tuple[Array, Array]:  # fmt: skip
    taps, steps = _per_axis(pool_size, 2), _per_axis(strides or pool_size, 2)
    numbers = np.broadcast_to(np.arange(x[0].size).reshape(x[0].shape), x.shape)
    if include_batch_in_index:
        numbers = np.arange(x.size).reshape(x.shape)
    margins = [(0, 0), (0, 0)]
    if padding == "same":
        margins = _same_margins(x.shape[1:-1], taps, steps)
    margins = [(0, 0), *margins, (0, 0)]
    values = patches(np.pad(x, margins, constant_values=-np.inf), taps, steps, (1, 1))
    places = patches(np.pad(numbers, margins), taps, steps, (1, 1))
    values, places = (z.reshape(*z.shape[:3], -1, z.shape[-1]) for z in (values, places))
    best = values.argmax(3)[..., None, :]
    return tuple(np.take_along_axis(z, best, 3)[..., 0, :] for z in (values, places))
