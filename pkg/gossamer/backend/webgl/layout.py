"""Where a tensor's elements lie in its texture: a pure function of its shape.

The last axis (trailing ones dropped) is padded to a multiple of 4 and the tensor flattened: a
linear array of texels, each four neighbours along the last axis. That array is folded into a 2D
array texture of `layers` layers: texel `t` lies in layer `t / stride`, at `t % stride`. A layer
holds whole rows, so that the values that one fragment writes, a layer apart, are of the same
column and of different rows: the register tile of a matrix product. Where it can be, a texture's
width is a multiple of a row, so that a row's texels lie side by side and its place is found once.

Padding holds anything; whoever folds over it masks it.
"""

from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np

from gossamer.kernel import index

# Below this many texels one layer is enough: more would leave too few fragments to be worth it.
LAYERED_FROM = 32
# Rows of more texels than this wrap around: every WebGL2 has textures at least this wide.
WIDEST_ROW = 2048
# Up to so many texels, floats find any of them exactly: (t + 0.5) / n is off by at most
# t / n * 2^-23, and an integer is at least 0.5 / n away.
EXACT_IN_FLOATS = 1 << 21


class Layout(NamedTuple):
    """A tensor's place in a texture.

    Attributes:
        dims: the shape without trailing ones.
        rows: how many rows along the last axis.
        inner: elements in a row.
        quads: texels in a row.
        layers: layers of the texture.
        stride: texels in a layer.
        rows_per_layer: rows in a layer (1 when the tensor is a single row).
        rows_across: whole rows side by side in the texture's width; 0 where rows wrap around.
        width: of the texture, in texels.
        height: rows of texels that are used in each layer.
    """

    dims: tuple[int, ...]
    rows: int
    inner: int
    quads: int
    layers: int
    stride: int
    rows_per_layer: int
    rows_across: int
    width: int
    height: int

    @property
    def is_vector(self) -> bool:
        """Whether there is one row only, split over the layers anywhere."""
        return self.rows == 1

    @property
    def wraps(self) -> bool:
        """Whether a row may go on in the next line of the texture."""
        return self.rows_across == 0

    @property
    def by_row(self) -> bool:
        """Whether a texel is found from its row's place; else from its number."""
        return not (self.wraps or self.is_large)

    @property
    def is_large(self) -> bool:
        """Whether floats do not suffice to find a texel."""
        return self.layers * self.stride > EXACT_IN_FLOATS

    def lies_like(self, other: "Layout") -> bool:
        """Whether the same elements in row-major order lie in the same places."""
        same_padding = (self.rows, self.inner) == (other.rows, other.inner)
        no_padding = self.inner % 4 == 0 and other.inner % 4 == 0
        same_fold = (self.stride, self.layers, self.width) == (
            other.stride, other.layers, other.width,
        )  # fmt: skip
        return same_padding or (no_padding and same_fold)


@lru_cache(maxsize=4096)
def layout_of(shape: tuple[int, ...], most_layers: int) -> Layout:
    """The layout of a tensor of this shape, on a device with that many draw buffers."""
    dims = shape[: index.innermost(shape) + 1]
    inner = dims[-1] if dims else 1
    rows = prod(dims[:-1])
    quads = -(-inner // 4)
    texels = rows * quads
    if texels < LAYERED_FROM:
        layers = 1
    elif rows == 1:
        layers = most_layers
    else:
        # The number of layers is part of a program: few values of it, so that few programs.
        layers = min(most_layers, 1 << (rows - 1).bit_length())
    if rows == 1:
        rows_per_layer, stride = 1, -(-texels // layers)
    else:
        rows_per_layer = -(-rows // layers)
        stride = rows_per_layer * quads
    # Nearly square, as the software rasteriser shades 2 x 2 fragments at a time.
    width = 1 << (max(stride - 1, 0).bit_length() + 1) // 2
    rows_across = 0
    if rows_per_layer > 1 and quads <= WIDEST_ROW:
        rows_across = 1
        while quads * rows_across < width and rows_across < rows_per_layer:
            rows_across *= 2
        width = quads * rows_across
    height = max(-(-stride // width), 1)
    return Layout(
        dims, rows, inner, quads, layers, stride, rows_per_layer, rows_across, width, height
    )


def to_texels(array: np.ndarray, lay: Layout, dtype: str) -> np.ndarray:
    """The elements as the texture has them, zeros for padding; no copy where none is needed."""
    rows = np.ascontiguousarray(array, dtype).reshape(lay.rows, lay.inner)
    if lay.inner % 4:
        rows = np.pad(rows, ((0, 0), (0, lay.quads * 4 - lay.inner)))
    values = rows.reshape(-1)
    missing = lay.layers * lay.stride * 4 - values.size
    if missing:
        values = np.pad(values, (0, missing))
    layers = values.reshape(lay.layers, -1)
    unused = (lay.width * lay.height - lay.stride) * 4
    return np.pad(layers, ((0, 0), (0, unused))) if unused else layers


def empty_texels(lay: Layout, dtype: str) -> np.ndarray:
    """An array to read a texture into."""
    return np.empty((lay.layers, lay.width * lay.height * 4), dtype)


def from_texels(texels: np.ndarray, lay: Layout, shape: tuple[int, ...]) -> np.ndarray:
    """The inverse of `to_texels`."""
    values = texels[:, : lay.stride * 4].reshape(-1)[: lay.rows * lay.quads * 4]
    return values.reshape(lay.rows, -1)[:, : lay.inner].reshape(shape)
