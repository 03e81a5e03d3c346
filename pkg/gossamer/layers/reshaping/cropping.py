"""Layers that cut off margins."""

from __future__ import annotations

from typing import Any

from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor


class Cropping(Layer):
    """What layers that cut off margins share. Subclasses say along how many axes, `rank`."""

    rank: int
    cropping: Any

    def __init__(self, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _margins(self) -> geometry.Pairs:
        return self.cropping

    def _lengths(self, shape: Any) -> geometry.Shape:
        """The lengths that are left."""
        lengths = geometry.lengths_of(shape, self.data_format)
        left = tuple(
            None if length is None else length - sum(pair)
            for length, pair in zip(lengths, self._margins, strict=True)
        )
        if any(length is not None and length < 1 for length in left):
            raise ValueError(
                f"Expected inputs larger than what the layer {self.name!r} cuts off, "
                f"cropping={self.cropping}. Received: shape={tuple(shape)}"
            )
        return left

    def call(self, inputs: Tensor) -> Tensor:
        slices = [
            slice(low, low + length)  # type: ignore[operator]
            for (low, _), length in zip(self._margins, self._lengths(inputs.shape), strict=True)
        ]
        return inputs[geometry.of_places(slice(None), slices, self.data_format)]

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        channels = geometry.channels_of(input_shape, self.data_format)
        lengths = self._lengths(input_shape)
        return geometry.shape_of(input_shape[0], lengths, channels, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "cropping": self.cropping,
            "data_format": self.data_format,
        }


class Cropping1D(Cropping):
    """Cut off steps at the beginning and at the end, of inputs (batch, steps, channels).

    Args:
        cropping: how many: a number for both ends, or one for each.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for negative numbers, and inputs of which nothing would be left.

    Example:
        >>> gs.layers.Cropping1D((1, 2))(ops.reshape(ops.arange(5), (1, 5, 1))).tolist()
        [[[1], [2]]]
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__("channels_last", **kwargs)
        self.cropping = per_axis(cropping, 2, "cropping", least=0)

    @property
    def _margins(self) -> geometry.Pairs:
        return (self.cropping,)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["data_format"]
        return config


class Cropping2D(Cropping):
    """Cut off rows and columns at the edges of images.

    Args:
        cropping: how many: a number for all edges; one for above and below, one for left and
            right; or two pairs.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"`
            for (batch, channels, height, width); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs of which nothing would be left.

    Example:
        >>> gs.layers.Cropping2D(((1, 2), (0, 3)))(ops.ones((2, 8, 8, 3))).shape
        (2, 5, 5, 3)
    """

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.cropping = geometry.pairs(cropping, 2, "cropping")


class Cropping3D(Cropping):
    """Cut off margins of volumes.

    Args:
        cropping: how many places: a number for all, one for each axis, or a pair for each.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs of which nothing would be left.

    Example:
        >>> gs.layers.Cropping3D((1, 2, 0))(ops.ones((1, 6, 6, 6, 3))).shape
        (1, 4, 2, 6, 3)
    """

    rank = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.cropping = geometry.pairs(cropping, 3, "cropping")
