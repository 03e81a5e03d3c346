"""Layers that add margins of zeros."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor


class ZeroPadding(Layer):
    """What layers that add margins share. Subclasses say along how many axes, `rank`."""

    rank: int
    padding: Any

    def __init__(self, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _margins(self) -> tuple[Any, ...]:
        """A pair for every axis of the inputs."""
        return geometry.of_places((0, 0), self.padding, self.data_format)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.pad(inputs, self._margins)

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        return tuple(
            None if size is None else size + sum(pair)
            for size, pair in zip(input_shape, self._margins, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padding": self.padding, "data_format": self.data_format}


class ZeroPadding1D(ZeroPadding):
    """Add steps of zeros at the beginning and at the end.

    Args:
        padding: how many: a number for both ends, or one for each.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for
            (batch, channels, steps); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers.

    Example:
        >>> gs.layers.ZeroPadding1D((1, 2))(ops.ones((1, 2, 1))).tolist()
        [[[0.0], [1.0], [1.0], [0.0], [0.0]]]
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.padding = per_axis(padding, 2, "padding", least=0)

    @property
    def _margins(self) -> tuple[Any, ...]:
        return geometry.of_places((0, 0), (self.padding,), self.data_format)


class ZeroPadding2D(ZeroPadding):
    """Add rows and columns of zeros at the edges of images.

    Args:
        padding: how many: a number for all edges; one for above and below, one for left and
            right; or two pairs.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"`
            for (batch, channels, height, width); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers.

    Example:
        >>> gs.layers.ZeroPadding2D(((1, 0), (2, 2)))(ops.ones((2, 4, 4, 3))).shape
        (2, 5, 8, 3)
    """

    rank = 2

    def __init__(
        self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.padding = geometry.pairs(padding, 2, "padding")


class ZeroPadding3D(ZeroPadding):
    """Add margins of zeros around volumes.

    Args:
        padding: how many places: a number for all, one for each axis, or a pair for each.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers.

    Example:
        >>> gs.layers.ZeroPadding3D((1, 0, 2))(ops.ones((1, 4, 4, 4, 3))).shape
        (1, 6, 4, 8, 3)
    """

    rank = 3

    def __init__(
        self,
        padding: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.padding = geometry.pairs(padding, 3, "padding")
