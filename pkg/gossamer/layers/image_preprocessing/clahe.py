"""The layer that equalizes each part of an image by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.tensor import Tensor

_LEVELS = 256


def _between(tiles: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """For each pixel along an axis the tile before it, and how far it is to the next: from the
    middle of one tile to that of another. There is one more tile at either end.
    """
    place = (np.arange(tiles * size, dtype=np.float32) - size / 2) / size + 1
    before = np.floor(place)
    return np.clip(before, 0, tiles + 1).astype(np.int32), place - before


class ContrastLimitedAdaptiveHistogramEqualization(BaseImagePreprocessingLayer):
    """Images equalized in tiles, with a limit to how much contrast comes of it; between the middles
    of tiles the results are interpolated.

    Args:
        value_range: the smallest and the largest value of images.
        clip_limit: how many times more frequent than on the average a value counts; no limit if 0.
        tile_grid_size: how many tiles there are down and across.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Example:
        >>> layer = gs.layers.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 2))
        >>> layer(ops.ones((1, 8, 8, 3))).shape
        (1, 8, 8, 3)

    Source: Zuiderveld, "Contrast Limited Adaptive Histogram Equalization" (1994).
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Any = (8, 8),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range, self.clip_limit = value_range, clip_limit
        self.tile_grid_size = tile_grid_size

    def transform_images(
        self, images: Any, transformation: Any = None, training: bool = True
    ) -> Tensor:
        first = self.data_format == "channels_first"
        values = ops.convert_to_tensor(images)
        dtype = values.dtype
        values = ops.moveaxis(values, -3, -1) if first else values
        values = self._equalized(self._transform_value_range(values, self.value_range, (0, 255)))
        values = self._transform_value_range(values, (0, 255), self.value_range)
        return ops.cast(ops.moveaxis(values, -1, -3) if first else values, dtype)

    def _equalized(self, images: Tensor) -> Tensor:
        batch, height, width, channels = images.shape
        (down, across), sizes = self.tile_grid_size, (height, width)
        tall, wide = (-(-size // n) for size, n in zip(sizes, (down, across), strict=True))
        padding = [(0, 0), (0, tall * down - height), (0, wide * across - width), (0, 0)]
        levels = ops.cast(ops.clip(images, 0, _LEVELS - 1), "int32")
        if any(map(any, padding)):
            levels = ops.pad(levels, padding, mode="symmetric")
        tiles = ops.reshape(levels, (batch, down, tall, across, wide, channels))
        tiles = ops.reshape(ops.transpose(tiles, (0, 1, 3, 5, 2, 4)), (-1, tall * wide))
        tables = ops.reshape(self._tables(tiles), (batch, down, across, channels, _LEVELS))
        for axis in (1, 2):
            ends = [ops.take(tables, [place], axis=axis) for place in (0, tables.shape[axis] - 1)]
            tables = ops.concatenate([ends[0], tables, ends[1]], axis=axis)
        return self._interpolated(tables, levels, (tall, wide))[:, :height, :width]

    def _tables(self, tiles: Tensor) -> Tensor:
        """What each level becomes, in each row of levels."""
        rows, count = tiles.shape
        starts = ops.expand_dims(ops.arange(rows) * _LEVELS, -1)
        places = ops.reshape(tiles + starts, (-1,))
        counts = ops.segment_sum(ops.ones(places.shape), places, rows * _LEVELS)
        counts = ops.reshape(counts, (rows, _LEVELS))
        if self.clip_limit > 0:
            clipped = ops.minimum(counts, self.clip_limit * count / _LEVELS)
            excess = ops.sum(counts - clipped, axis=-1, keepdims=True)
            counts = clipped + excess / _LEVELS
        totals = ops.cumsum(counts, axis=-1)
        least = ops.min(totals, axis=-1, keepdims=True)
        others = count - least
        others = ops.where(others == 0, 1.0, others)
        return ops.clip((totals - least) * 255.0 / others, 0, 255)

    def _interpolated(self, tables: Tensor, levels: Tensor, sizes: tuple[int, int]) -> Tensor:
        batch, rows, columns, channels, _ = tables.shape
        y, down = _between(rows - 2, sizes[0])
        x, across = _between(columns - 2, sizes[1])
        flat = ops.reshape(tables, (-1,))
        image, channel = np.arange(batch), np.arange(channels)
        base = levels + ((image[:, None] * rows * columns * channels + channel) * _LEVELS).astype(
            np.int32
        ).reshape(batch, 1, 1, channels)

        def at(y: np.ndarray, x: np.ndarray) -> Tensor:
            tile = (y[:, None] * columns + x) * channels * _LEVELS
            return ops.take(flat, base + tile.astype(np.int32)[None, :, :, None])

        below, right = np.minimum(y + 1, rows - 1), np.minimum(x + 1, columns - 1)
        across, down = across[None, None, :, None], down[None, :, None, None]
        top = at(y, x) * (1 - across) + at(y, right) * across
        bottom = at(below, x) * (1 - across) + at(below, right) * across
        return top * (1 - down) + bottom * down

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config["value_range"] = self.value_range
        config["clip_limit"] = self.clip_limit
        config["tile_grid_size"] = self.tile_grid_size
        return config
