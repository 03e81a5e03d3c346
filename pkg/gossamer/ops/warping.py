"""Images read at other places: coordinates, affine, perspective and elastic transforms."""

from typing import Any

import numpy as np

from gossamer import ops, random
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.filters import gaussian_taps, smoothed
from gossamer.ops.image_layout import LAST, Layout, as_images, layout_of, one_of
from gossamer.ops.interpolation import FAR, FILL_MODES, ORDERS, sampled
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
    found = sampled(ops.ravel(x), 0, x.shape, rows, (order,) * x.ndim, fill_mode, fill_value)
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
    rows = as_tensor(floating(transform), backend=x.backend)
    if rows.ndim not in (1, 2) or rows.shape[-1] != 8:
        raise ValueError(
            f"Expected transforms of shape (8,) or (batch, 8). Received: shape={rows.shape}"
        )
    matrices = ops.reshape(rows[..., :6], (-1, 2, 3))
    at_x, at_y = placed(matrices, x.shape[layout.height], x.shape[layout.width])
    return warped(x, layout, (at_y, at_x), ORDERS[interpolation], fill_mode, fill_value)


def placed(rows: Tensor, height: int, width: int) -> list[Tensor]:
    """What rows `(a, b, c)` say of the places of images: `a x + b y + c`.

    Args:
        rows: of shape (batch, count, 3).
        height: of the images.
        width: of the images.

    Returns:
        As many tensors of shape (batch, height, width).
    """
    ys, xs = np.indices((height, width), np.float32)
    grid = as_tensor(np.stack([xs, ys, np.ones_like(xs)]), rows.dtype, rows.backend)
    found = ops.matmul(rows, ops.reshape(grid, (3, height * width)))
    batch, count, _ = rows.shape
    return ops.unstack(ops.reshape(found, (batch, count, height, width)), axis=1)


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
    axis = 1 if layout is LAST else 2
    found = sampled(flat, axis, sizes, at, (order, order), fill_mode, fill_value)
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
    start, end = (
        as_tensor(floating(points), backend=x.backend) for points in (start_points, end_points)
    )
    if start.shape != end.shape or start.ndim not in (2, 3) or start.shape[-2:] != (4, 2):
        raise ValueError(
            "Expected points of shape (4, 2) or (batch, 4, 2), as many to start from as to end at. "
            f"Received: start_points.shape={start.shape}, end_points.shape={end.shape}"
        )
    # What is at an end is read at its start: back to the square, and on from there.
    forth, back = ops.unstack(_projection(ops.stack([start, end])))
    matrices = ops.reshape(ops.matmul(forth, _adjugate(back)), (-1, 3, 3))
    height, width = x.shape[layout.height], x.shape[layout.width]
    at_y, at_x, _ = projected(matrices, height, width)
    return warped(x, layout, (at_y, at_x), ORDERS[interpolation], "constant", fill_value)


def projected(matrices: Tensor, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Where matrices of shape (batch, 3, 3) project the places (x, y, 1) of images to.

    Returns:
        y, x and the divisor, each of shape (batch, height, width); what is infinitely far is at
        `FAR`, through which no gradient flows.
    """
    at_x, at_y, k = placed(matrices, height, width)
    horizon = ops.equal(k, 0.0)
    divisor = ops.where(horizon, 1.0, k)
    at_y, at_x = (ops.where(horizon, FAR, number / divisor) for number in (at_y, at_x))
    return at_y, at_x, k


# Of the points p0 to p3 of a quadrangle, the rows p1 - p3, p0 - p1 - p2 + p3, p1 - p3, and
# p2 - p3, p2 - p3, p0 - p1 - p2 + p3: pairs of which the determinants are wanted.
_LEFT = [[0, 1, 0, -1], [1, -1, -1, 1], [0, 1, 0, -1]]
_RIGHT = [[0, 0, 1, -1], [0, 0, 1, -1], [1, -1, -1, 1]]
# How the columns of a projection are made of the points, by determinants (d, g, h):
# (d + g) p1 - d p0, (d + h) p2 - d p0, d p0.
_COLUMNS = np.zeros((3, 4, 3))
_COLUMNS[0, 0] = [-1, -1, 1]
_COLUMNS[[0, 1], 1, 0] = _COLUMNS[[0, 2], 2, 1] = 1


def _projection(points: Tensor) -> Tensor:
    """The matrices that project the square (0, 0), (1, 0), (0, 1), (1, 1) to four points.

    Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), section 2.2.3.
    """

    def constant(values: Any) -> Tensor:
        return as_tensor(np.asarray(values), points.dtype, points.backend)

    left, right = ops.matmul(constant(_LEFT), points), ops.matmul(constant(_RIGHT), points)
    determinants = left[..., 0] * right[..., 1] - left[..., 1] * right[..., 0]
    # As a whole a projection may be multiplied with any number: so that none is very large.
    shares = determinants / determinants[..., :1]
    mixed = ops.matmul(shares, constant(_COLUMNS.reshape(3, 12)))
    # With a third coordinate of 1.
    whole = ops.pad(points, [(0, 0)] * (points.ndim - 1) + [(0, 1)], constant_values=1.0)
    columns = ops.reshape(mixed, (*points.shape[:-2], 4, 3))
    return ops.matmul(ops.swapaxes(whole, -1, -2), columns)


def _adjugate(matrices: Tensor) -> Tensor:
    """The inverse of 3 by 3 matrices times their determinant: what a projection needs of it."""
    flat = ops.reshape(matrices, (*matrices.shape[:-2], 9))
    column, row = np.indices((3, 3))

    def elements(down: int, across: int) -> Tensor:
        """For each element of the transpose, the one that many rows and columns on."""
        at = (row + down) % 3 * 3 + (column + across) % 3
        return ops.take(flat, at.reshape(-1), axis=-1)

    found = elements(1, 1) * elements(2, 2) - elements(1, 2) * elements(2, 1)
    return ops.reshape(found, matrices.shape)


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
        >>> ops.image.elastic_transform(ops.ones((8, 8, 3)), seed=1).shape
        (8, 8, 3)
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
    noise = as_tensor(noise, backend=x.backend)
    weights = gaussian_taps(size, sigma, noise)
    moved = ops.reshape(smoothed(noise, weights, weights), (2, count, height, width)) * alpha
    ys, xs = np.indices((height, width), np.float32)
    places = (moved[0] + ys, moved[1] + xs)
    return warped(x, layout, places, ORDERS[interpolation], fill_mode, fill_value)
