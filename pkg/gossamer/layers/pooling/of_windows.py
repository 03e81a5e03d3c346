"""The largest, or the mean, of each window."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor


class Pooling(Layer):
    """What layers that pool windows share. Subclasses say over how many axes, `rank`."""

    rank: int

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.pool_size = per_axis(pool_size, self.rank, "pool_size")
        strides = pool_size if strides is None else strides
        self.strides = per_axis(strides, self.rank, "strides")
        self.padding = geometry.standardize_padding(padding)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        places = geometry.window_places(
            geometry.lengths_of(input_shape, self.data_format),
            self.pool_size,
            self.strides,
            (1,) * self.rank,
            self.padding,
        )
        channels = geometry.channels_of(input_shape, self.data_format)
        return geometry.shape_of(input_shape[0], places, channels, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


class MaxPooling(Pooling):
    """What `MaxPooling1D`, `MaxPooling2D` and `MaxPooling3D` share."""

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.max_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class AveragePooling(Pooling):
    """What `AveragePooling1D`, `AveragePooling2D` and `AveragePooling3D` share."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.average_pool(
            inputs, self.pool_size, self.strides, self.padding, self.data_format
        )


class MaxPooling1D(MaxPooling):
    """The largest element of each window of steps, channel by channel.

    Args:
        pool_size: of the window: a number.
        strides: the steps between windows; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for (batch,
            channels, steps); the configured one if None.
        name, kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> gs.layers.MaxPooling1D(2)(ops.ones((2, 8, 3))).shape
        (2, 4, 3)
    """

    rank = 1


class MaxPooling2D(MaxPooling):
    """The largest element of each window of images, channel by channel.

    Args:
        pool_size: of the window: a number, or height and width.
        strides: the steps between windows; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"` for
            (batch, channels, height, width); the configured one if None.
        name, kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> gs.layers.MaxPooling2D(2)(ops.ones((2, 8, 6, 3))).shape
        (2, 4, 3, 3)
    """

    rank = 2


class MaxPooling3D(MaxPooling):
    """The largest element of each window of volumes, channel by channel.

    Args:
        pool_size: of the window: a number, or one for each of the three axes.
        strides: the steps between windows; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        name, kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> gs.layers.MaxPooling3D(2)(ops.ones((1, 4, 6, 8, 3))).shape
        (1, 2, 3, 4, 3)
    """

    rank = 3


class AveragePooling1D(AveragePooling):
    """The mean of each window of steps, channel by channel.

    What lies outside of the inputs does not count.

    Args:
        pool_size: of the window: a number.
        strides: the steps between windows; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for (batch,
            channels, steps); the configured one if None.
        name, kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> gs.layers.AveragePooling1D(2)(ops.ones((2, 8, 3))).shape
        (2, 4, 3)
    """

    rank = 1


class AveragePooling2D(AveragePooling):
    """The mean of each window of images, channel by channel.

    What lies outside of the inputs does not count.

    Args:
        pool_size: of the window: a number, or height and width.
        strides: the steps between windows; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"` for
            (batch, channels, height, width); the configured one if None.
        name, kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> gs.layers.AveragePooling2D(2)(ops.ones((2, 8, 6, 3))).shape
        (2, 4, 3, 3)
    """

    rank = 2


class AveragePooling3D(AveragePooling):
    """The mean of each window of volumes, channel by channel.

    What lies outside of the inputs does not count.

    Args:
        pool_size: of the window: a number, or one for each of the three axes.
        strides: the steps between windows; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        name, kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers, and inputs in which no window fits.

    Example:
        >>> gs.layers.AveragePooling3D(2)(ops.ones((1, 4, 6, 8, 3))).shape
        (1, 2, 3, 4, 3)
    """

    rank = 3
