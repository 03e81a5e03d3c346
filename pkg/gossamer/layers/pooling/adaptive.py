"""The largest, or the mean, of each of a given number of parts."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.layer import Layer
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor


class AdaptivePooling(Layer):
    """What layers that pool parts share. Subclasses say along how many axes, `rank`."""

    rank: int

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size = per_axis(output_size, self.rank, "output_size", error=TypeError)
        self.data_format = standardize_data_format(data_format)

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        channels = geometry.channels_of(input_shape, self.data_format)
        return geometry.shape_of(input_shape[0], self.output_size, channels, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_size": self.output_size,
            "data_format": self.data_format,
        }


class AdaptiveMaxPooling(AdaptivePooling):
    """What `AdaptiveMaxPooling1D`, `AdaptiveMaxPooling2D` and `AdaptiveMaxPooling3D` share."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.adaptive_max_pool(inputs, self.output_size, self.data_format)


class AdaptiveAveragePooling(AdaptivePooling):
    """What the layers of the parts' means share: all but the number of axes."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.adaptive_average_pool(inputs, self.output_size, self.data_format)


class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """The largest element of each of so many parts of steps, channel by channel.

    Part i of m parts of n places reaches from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.

    Args:
        output_size: how many parts: a number.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for (batch,
            channels, steps); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for a wrong number of parts.
        ValueError: for an unknown data format.

    Example:
        >>> gs.layers.AdaptiveMaxPooling1D(3)(ops.ones((2, 8, 3))).shape
        (2, 3, 3)
    """

    rank = 1


class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """The largest element of each of so many parts of images, channel by channel.

    Part i of m parts of n places reaches from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.

    Args:
        output_size: how many parts: a number, or height and width.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"` for
            (batch, channels, height, width); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for a wrong number of parts.
        ValueError: for an unknown data format.

    Example:
        >>> gs.layers.AdaptiveMaxPooling2D(3)(ops.ones((2, 8, 6, 3))).shape
        (2, 3, 3, 3)
    """

    rank = 2


class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """The largest element of each of so many parts of volumes, channel by channel.

    Part i of m parts of n places reaches from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.

    Args:
        output_size: how many parts: a number, or one for each of the three axes.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for a wrong number of parts.
        ValueError: for an unknown data format.

    Example:
        >>> gs.layers.AdaptiveMaxPooling3D(3)(ops.ones((1, 4, 6, 8, 3))).shape
        (1, 3, 3, 3, 3)
    """

    rank = 3


class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """The mean of each of so many parts of steps, channel by channel.

    Part i of m parts of n places reaches from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.

    Args:
        output_size: how many parts: a number.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for (batch,
            channels, steps); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for a wrong number of parts.
        ValueError: for an unknown data format.

    Example:
        >>> gs.layers.AdaptiveAveragePooling1D(3)(ops.ones((2, 8, 3))).shape
        (2, 3, 3)
    """

    rank = 1


class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """The mean of each of so many parts of images, channel by channel.

    Part i of m parts of n places reaches from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.

    Args:
        output_size: how many parts: a number, or height and width.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"` for
            (batch, channels, height, width); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for a wrong number of parts.
        ValueError: for an unknown data format.

    Example:
        >>> gs.layers.AdaptiveAveragePooling2D(3)(ops.ones((2, 8, 6, 3))).shape
        (2, 3, 3, 3)
    """

    rank = 2


class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """The mean of each of so many parts of volumes, channel by channel.

    Part i of m parts of n places reaches from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.

    Args:
        output_size: how many parts: a number, or one for each of the three axes.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for a wrong number of parts.
        ValueError: for an unknown data format.

    Example:
        >>> gs.layers.AdaptiveAveragePooling3D(3)(ops.ones((1, 4, 6, 8, 3))).shape
        (1, 3, 3, 3, 3)
    """

    rank = 3
