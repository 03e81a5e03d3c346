"""The largest, or the mean, of all places."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


class GlobalPooling(Layer):
    """What layers that pool all places share. Subclasses say along how many axes, `rank`."""

    rank: int

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    @property
    def _axes(self) -> tuple[int, ...]:
        begin = 1 if self.data_format == "channels_last" else 2
        return tuple(range(begin, begin + self.rank))

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        channels = geometry.channels_of(input_shape, self.data_format)
        places = (1,) * self.rank if self.keepdims else ()
        return geometry.shape_of(input_shape[0], places, channels, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "data_format": self.data_format,
            "keepdims": self.keepdims,
        }


class GlobalMaxPooling(GlobalPooling):
    """What `GlobalMaxPooling1D`, `GlobalMaxPooling2D` and `GlobalMaxPooling3D` share."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.max(inputs, self._axes, self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    """What `GlobalAveragePooling2D` and `GlobalAveragePooling3D` share, and the rest of 1D."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.mean(inputs, self._axes, self.keepdims)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest element of all steps, channel by channel.

    Args:
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for (batch,
            channels, steps); the configured one if None.
        keepdims: whether the axes stay, with size 1.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for an unknown data format, and inputs of another rank.

    Example:
        >>> gs.layers.GlobalMaxPooling1D()(ops.ones((2, 8, 3))).shape
        (2, 3)
    """

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest element of all places of images, channel by channel.

    Args:
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"` for
            (batch, channels, height, width); the configured one if None.
        keepdims: whether the axes stay, with size 1.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for an unknown data format, and inputs of another rank.

    Example:
        >>> gs.layers.GlobalMaxPooling2D()(ops.ones((2, 8, 6, 3))).shape
        (2, 3)
    """

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest element of all places of volumes, channel by channel.

    Args:
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        keepdims: whether the axes stay, with size 1.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for an unknown data format, and inputs of another rank.

    Example:
        >>> gs.layers.GlobalMaxPooling3D()(ops.ones((1, 4, 6, 8, 3))).shape
        (1, 3)
    """

    rank = 3


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean of all steps, channel by channel; of a mask's, only those where it is true.

    Args:
        data_format: `"channels_last"` for (batch, steps, channels), `"channels_first"` for (batch,
            channels, steps); the configured one if None.
        keepdims: whether the axes stay, with size 1.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for an unknown data format, and inputs of another rank.

    Example:
        >>> gs.layers.GlobalAveragePooling1D()(ops.ones((2, 8, 3))).shape
        (2, 3)
    """

    rank = 1

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        if mask is None:
            return super().call(inputs)
        counts = ops.expand_dims(ops.cast(mask, "bool"), 3 - self._axes[0])
        # Not a product: what does not count may be infinite.
        total = ops.sum(ops.where(counts, inputs, 0), self._axes, self.keepdims)
        return total / ops.sum(ops.cast(counts, inputs.dtype), self._axes, self.keepdims)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        return None


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of all places of images, channel by channel.

    Args:
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"` for
            (batch, channels, height, width); the configured one if None.
        keepdims: whether the axes stay, with size 1.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for an unknown data format, and inputs of another rank.

    Example:
        >>> gs.layers.GlobalAveragePooling2D()(ops.ones((2, 8, 6, 3))).shape
        (2, 3)
    """

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of all places of volumes, channel by channel.

    Args:
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        keepdims: whether the axes stay, with size 1.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for an unknown data format, and inputs of another rank.

    Example:
        >>> gs.layers.GlobalAveragePooling3D()(ops.ones((1, 4, 6, 8, 3))).shape
        (1, 3)
    """

    rank = 3
