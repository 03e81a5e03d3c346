"""Layers that make their inputs larger, by repetition or interpolation."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import standardize_data_format
from gossamer.layers import geometry
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.ops.windows import per_axis
from gossamer.tensor import Tensor


class UpSampling1D(Layer):
    """Repeat each step, of inputs (batch, steps, channels).

    Args:
        size: how often.
        kwargs: as for `Layer`.

    Raises:
        TypeError: for a size that is no integer.
        ValueError: for one that is not positive.

    Example:
        >>> gs.layers.UpSampling1D(2)(ops.array([[[1.0], [2.0]]])).tolist()
        [[[1.0], [1.0], [2.0], [2.0]]]
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(size, int) or isinstance(size, bool):
            raise TypeError(f"Expected an integer for size. Received: size={size!r}")
        self.size = geometry.positive(size, "size")
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.repeat(inputs, self.size, 1)

    def compute_output_shape(self, input_shape: Any) -> list[int | None]:
        """The shape of the outputs for inputs of a shape: here, as in Keras, a list."""
        steps = None if input_shape[1] is None else self.size * input_shape[1]
        return [input_shape[0], steps, input_shape[2]]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


class UpSampling(Layer):
    """What `UpSampling2D` and `UpSampling3D` share. They say along how many axes, `rank`."""

    rank: int

    def __init__(self, size: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.size = per_axis(size, self.rank, "size")
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Tensor) -> Tensor:
        begin = 1 if self.data_format == "channels_last" else 2
        for axis, size in enumerate(self.size, begin):
            inputs = ops.repeat(inputs, size, axis)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> geometry.Shape:
        factors = geometry.of_places(1, self.size, self.data_format)
        return tuple(
            None if size is None else size * factor
            for size, factor in zip(input_shape, factors, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}


class UpSampling2D(UpSampling):
    """Make images larger.

    Args:
        size: how many times: a number, or one for the height and one for the width.
        data_format: `"channels_last"` for (batch, height, width, channels), `"channels_first"`
            for (batch, channels, height, width); the configured one if None.
        interpolation: `"nearest"` repeats rows and columns; others are `ops.image.resize`'s:
            `"bilinear"`, `"bicubic"`, `"lanczos3"`, `"lanczos5"`.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers; when it is called for an unknown interpolation.

    Example:
        >>> gs.layers.UpSampling2D((2, 3), interpolation="bilinear")(ops.ones((1, 4, 4, 3))).shape
        (1, 8, 12, 3)
    """

    rank = 2

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = interpolation.lower()

    def call(self, inputs: Tensor) -> Tensor:
        if self.interpolation == "nearest":
            return super().call(inputs)
        shape = self.compute_output_shape(inputs.shape)
        return ops.image.resize(
            inputs,
            geometry.lengths_of(shape, self.data_format),
            self.interpolation,
            data_format=self.data_format,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "interpolation": self.interpolation}


class UpSampling3D(UpSampling):
    """Repeat the places of volumes along each axis.

    Args:
        size: how often: a number, or one for each axis.
        data_format: `"channels_last"` for (batch, *places, channels), `"channels_first"` for
            (batch, channels, *places); the configured one if None.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for wrong numbers.

    Example:
        >>> gs.layers.UpSampling3D((1, 2, 3))(ops.ones((1, 4, 4, 4, 3))).shape
        (1, 4, 8, 12, 3)
    """

    rank = 3

    def __init__(
        self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, **kwargs)
