"""Images read at other places: coordinates, affine, perspective and elastic transforms."""

from typing import Any

import numpy as np

from gossamer import ops, random
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.filters import gaussian_taps, smoothed
from gossamer.ops.image_layout import LAST, Layout, as_images, layout_of, one_of
from gossamer.ops.interpolation import FILL_MODES, ORDERS, sampled
from gossamer.tensor import Tensor


def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: Any = 0
) -> Tensor:
    """The values of a tensor at given coordinates, which may lie between its elements.

    Args:
        inputs: of any shape.
        coordinates: of shape (axes of `inputs`, ...): where to read, an axis a row.
        order: 0 for the nearest element, 1 for linear interpolation.
        fill_mode: what lies outside of `a b c d`: `"constant"` (`k k k k`, `fill_value`),
            `"nearest"` (`a a a a | a b c d | d d d d`), `"wrap"` (`a b c d | a b c d | a b c d`),
            `"mirror"` (`c d c b | a b c d | c b a b`) or `"reflect"`
            (`d c b a | a b c d | d c b a`).
        fill_value: the constant.

    Returns:
        A tensor of shape `coordinates.shape[1:]` and the dtype of `inputs`.

    Raises:
        ValueError: for shapes that do not fit, and another order or mode.

    Example:
        >>> ops.image.map_coordinates([0.0, 10.0, 20.0], [[0.5, 1.25]], 1).tolist()
        [5.0, 12.5]
    """
    (x,) = promote(as_tensor(inputs))
    places = as_tensor(coordinates)
    if places.ndim < 2 or places.shape[0] != x.ndim:
        raise ValueError(
            "Expected coordinates of shape (axes of inputs, ...), with two axes or more. "
            f"Received: inputs.shape={x.shape}, coordinates.shape={places.shape}"
        )
    one_of(fill_mode, tuple(FILL_MODES), "fill_mode")
    one_of(order, (0, 1), "order")
    rows = [ops.ravel(row) for row in ops.unstack(places)]
    found = sampled(ops.ravel(x), 0, x.shape, rows, order, fill_mode, fill_value)
    return ops.reshape(found, places.shape[1:])


def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: Any = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images of which the place (x, y) shows what `transform` says of the given ones.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        transform: of shape (8,), or a row for each image: `[a0, a1, a2, b0, b1, b2, c0, c1]`
            reads at `(a0 x + a1 y + a2, b0 x + b1 y + b2)`; `c0` and `c1` are not used. One
            transform may serve a batch.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside of the image, as for `map_coordinates`.
        fill_value: the constant of the mode `"constant"`.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for shapes that do not fit, and other interpolations and modes.

    Example:
        >>> ops.image.affine_transform([[[1.0], [2.0], [3.0]]], [1, 0, 1, 0, 1, 0, 0, 0]).tolist()
        [[[2.0], [3.0], [0.0]]]
    """
    one_of(interpolation, tuple(ORDERS), "interpolation")
    one_of(fill_mode, tuple(FILL_MODES), "fill_mode")
    layout = layout_of(data_format)
    x = as_images(images)
    rows = floating(transform)
    if rows.ndim not in (1, 2) or rows.shape[-1] != 8:
        raise ValueError(
            f"Expected transforms of shape (8,) or (batch, 8). Received: shape={rows.shape}"
        )
    a0, a1, a2, b0, b1, b2, *_ = columns(rows)
    ys, xs = grid(x.shape[layout.height], x.shape[layout.width])
    places = (b0 * xs + b1 * ys + b2, a0 * xs + a1 * ys + a2)
    return warped(x, layout, places, ORDERS[interpolation], fill_mode, fill_value)


def columns(rows: Tensor) -> list[Tensor]:
    """Each column of a matrix of transforms, to be broadcast against (batch, height, width)."""
    batch = rows if rows.ndim == 2 else ops.expand_dims(rows, 0)
    return [ops.reshape(column, (-1, 1, 1)) for column in ops.unstack(batch, axis=1)]


def grid(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The coordinates y and x of an image, to be broadcast against (batch, height, width)."""
    return np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)


def warped(
    x: Tensor, layout: Layout, places: tuple[Tensor, Tensor], order: int, fill_mode: str,
    fill_value: Any,
) -> Tensor:  # fmt: skip
    """Images read at the places (y, x), each of shape (batch or 1, height, width)."""
    count = x.shape[0] if x.ndim == 4 else 1
    batch, height, width = places[0].shape
    if batch not in (1, count):
        raise ValueError(
            f"Expected one transform, or one for each of {count} images. Received: {batch}"
        )
    sizes = x.shape[layout.height], x.shape[layout.width]
    channels = x.shape[layout.channels]
    if layout is LAST:
        flat = ops.reshape(x, (count, sizes[0] * sizes[1], channels))
        at = [ops.reshape(one, (batch, height * width, 1)) for one in places]
        out_shape = (height, width, channels)
    else:
        flat = ops.reshape(x, (count, channels, sizes[0] * sizes[1]))
        at = [ops.reshape(one, (batch, 1, height * width)) for one in places]
        out_shape = (channels, height, width)
    found = sampled(flat, 1 if layout is LAST else 2, sizes, at, order, fill_mode, fill_value)
    return ops.reshape(found, (*x.shape[:-3], *out_shape))


def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: Any = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images moved so that four points come to four others, straight lines staying straight.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        start_points: of shape (4, 2), or (batch, 4, 2): points (x, y) of the images.
        end_points: in the same shape: where they come to.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_value: what lies outside of the images.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for shapes that do not fit, and other interpolations.

    Example:
        >>> corners = np.array([[0, 0], [2, 0], [0, 2], [2, 2]], "float32")
        >>> image = ops.reshape(ops.arange(9.0), (3, 3, 1))
        >>> ops.image.perspective_transform(image, corners, corners + [1, 0])[0].tolist()
        [[0.0], [0.0], [1.0]]
    """
    one_of(interpolation, tuple(ORDERS), "interpolation")
    layout = layout_of(data_format)
    x = as_images(images)
    start, end = floating(start_points), floating(end_points)
    if start.shape != end.shape or start.ndim not in (2, 3) or start.shape[-2:] != (4, 2):
        raise ValueError(
            "Expected points of shape (4, 2) or (batch, 4, 2), as many to start from as to end at. "
            f"Received: start_points.shape={start.shape}, end_points.shape={end.shape}"
        )
    ends = _projection(end)
    # What is at an end is read at its start: back to the square, and on from there.
    found = ops.matmul(_projection(start), _adjugate(ends))
    rows = ops.reshape(found, (-1, 9)) / ops.reshape(found[..., 2, 2], (-1, 1))
    ys, xs = grid(x.shape[layout.height], x.shape[layout.width])
    places = projected(rows[:, :8], ys, xs)[:2]
    return warped(x, layout, places, ORDERS[interpolation], "constant", fill_value)


def projected(rows: Tensor, ys: Any, xs: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Where rows `[a0, a1, a2, b0, b1, b2, c0, c1]` project (x, y) to.

    Returns:
        `((b0 x + b1 y + b2) / k, (a0 x + a1 y + a2) / k, k)` with `k = c0 x + c1 y + 1`.
    """
    a0, a1, a2, b0, b1, b2, c0, c1 = columns(rows)
    k = c0 * xs + c1 * ys + 1.0
    return (b0 * xs + b1 * ys + b2) / k, (a0 * xs + a1 * ys + a2) / k, k


def _projection(points: Tensor) -> Tensor:
    """The matrix that projects the square (0, 0), (1, 0), (0, 1), (1, 1) to four points.

    Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), section 2.2.3.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (
        ops.unstack(point, axis=-1) for point in ops.unstack(points, axis=-2)
    )
    ax, bx, sx = x1 - x3, x2 - x3, x0 - x1 - x2 + x3
    ay, by, sy = y1 - y3, y2 - y3, y0 - y1 - y2 + y3
    # Not divided by the determinant, which the matrix may be multiplied with as a whole.
    whole = ax * by - bx * ay
    g, h = sx * by - bx * sy, ax * sy - sx * ay
    rows = [
        [(x1 - x0) * whole + g * x1, (x2 - x0) * whole + h * x2, x0 * whole],
        [(y1 - y0) * whole + g * y1, (y2 - y0) * whole + h * y2, y0 * whole],
        [g, h, whole],
    ]
    return ops.stack([ops.stack(row, axis=-1) for row in rows], axis=-2)


def _adjugate(matrix: Tensor) -> Tensor:
    """The inverse of 3 by 3 matrices times their determinant: what a projection needs of it."""
    a, b, c = (matrix[..., i, :] for i in range(3))
    return ops.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=-1)


def _cross(a: Tensor, b: Tensor) -> Tensor:
    (a0, a1, a2), (b0, b1, b2) = ops.unstack(a, axis=-1), ops.unstack(b, axis=-1)
    return ops.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], axis=-1)


def elastic_transform(
    images: Any,
    alpha: Any = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: Any = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Images distorted at random, neighbouring elements alike (Simard et al. 2003).

    Args:
        images: of shape (height, width, channels), or a batch of these.
        alpha: how far elements move.
        sigma: the standard deviation of the Gaussian that smooths where they move, and of that.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside of the image, as for `map_coordinates`.
        fill_value: the constant of the mode `"constant"`.
        seed: an integer, a `random.SeedGenerator`, or None for the global one.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, and other interpolations and modes.

    Example:
        >>> image = ops.ones((8, 8, 3))
        >>> bool(ops.all(ops.image.elastic_transform(image, seed=1) == image))
        True
    """
    one_of(interpolation, tuple(ORDERS), "interpolation")
    one_of(fill_mode, tuple(FILL_MODES), "fill_mode")
    layout = layout_of(data_format)
    x = as_images(images)
    count = x.shape[0] if x.ndim == 4 else 1
    height, width = x.shape[layout.height], x.shape[layout.width]
    dtype = x.dtype if x.dtype in FLOATS and x.dtype != "float16" else "float32"
    size = int(6 * sigma) | 1
    noise = random.normal((2 * count, height, width, 1), 0.0, sigma, dtype, seed)
    weights = gaussian_taps(size, sigma, dtype)
    moved = ops.reshape(smoothed(noise, weights, weights), (2, count, height, width)) * alpha
    ys, xs = grid(height, width)
    places = (moved[0] + ys, moved[1] + xs)
    return warped(x, layout, places, ORDERS[interpolation], fill_mode, fill_value)
