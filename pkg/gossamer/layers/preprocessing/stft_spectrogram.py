"""The layer of short-time Fourier transforms, as convolutions with trainable kernels."""

from __future__ import annotations

import math
import warnings
from typing import Any

from gossamer import initializers, ops
from gossamer.config import epsilon
from gossamer.defaults import standardize_data_format
from gossamer.layers.input_spec import InputSpec
from gossamer.layers.layer import Layer
from gossamer.layers.preprocessing.encoding import check_mode
from gossamer.tensor import Tensor

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(Layer):
    """The spectrum of a signal over time: Fourier transforms of overlapping frames.

    Args:
        mode: what is given out: `"stft"`, the real and the imaginary parts, one after the other;
            `"real"` or `"imag"`; their `"magnitude"`, the `"log"` of that, the `"angle"`, or the
            power (`"psd"`).
        frame_length: samples of a frame.
        frame_step: samples between frames; half of `frame_length` if None.
        fft_length: of the transform; the next power of two if None.
        window: the name of a window, or an array; what frames are multiplied with.
        periodic: whether the window is periodic.
        scaling: of the window: `"density"`, `"spectrum"` or None.
        padding: `"valid"` or `"same"`.
        expand_dims: whether frequencies have an axis of their own, as in an image.
        data_format: `"channels_last"` for (batch, time, channels), or `"channels_first"`.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for another mode, scaling, padding or window; for a step that is not between 1
            and `frame_length`, an `fft_length` below it, and inputs that have not three axes.
        TypeError: for inputs that are no floats.

    Example:
        >>> layer = gs.layers.STFTSpectrogram(frame_length=8, frame_step=4)
        >>> layer(ops.ones((2, 40, 1))).shape
        (2, 9, 5)
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise ValueError(
                f"Expected a frame_step from 1 to frame_length={frame_length}. "
                f"Received: frame_step={frame_step}"
            )
        if fft_length is not None and fft_length < frame_length:
            raise ValueError(
                f"Expected an fft_length of at least frame_length={frame_length}. "
                f"Received: fft_length={fft_length}"
            )
        if fft_length is not None and fft_length & (fft_length - 1):
            warnings.warn(
                f"fft_length should be a power of two. Received: {fft_length}", stacklevel=2
            )
        check_mode(mode, _MODES, "mode")
        check_mode(padding, ("valid", "same"), "padding")
        if scaling is not None:
            check_mode(scaling, ("density", "spectrum"), "scaling")
        if isinstance(window, str):
            initializers.STFT("real", window, scaling, periodic)((4, 1, 3))  # raises if unknown
        super().__init__(**kwargs)
        self.mode, self.frame_length, self.frame_step = mode, frame_length, frame_step
        self.fft_length, self.window, self.periodic = fft_length, window, periodic
        self.scaling, self.padding, self.expand_dims = scaling, padding, expand_dims
        self.data_format = standardize_data_format(data_format)
        self._frame_step = frame_step or frame_length // 2
        self._bins = (fft_length or 2 ** math.ceil(math.log2(frame_length))) // 2 + 1
        self._kernels: dict[str, Any] = {}
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Any) -> None:
        sides = [side for side in ("real", "imag") if self.mode not in {"real", "imag"} - {side}]
        for side in sides:
            self._kernels[side] = self.add_weight(
                (self.frame_length, 1, self._bins),
                initializers.STFT(side, self.window, self.scaling, self.periodic),
                name=f"{side}_kernel",
            )

    def _transformed(self, signals: Tensor, kernel: Any) -> Tensor:
        """Signals of shape (batch, channels, time) as (batch, channels, frames, bins)."""
        _, channels, time = signals.shape
        frames = ops.conv(
            ops.reshape(signals, (-1, time, 1)),
            ops.cast(kernel, signals.dtype),
            strides=self._frame_step,
            padding=self.padding,
            data_format="channels_last",
        )
        return ops.reshape(frames, (-1, channels, *frames.shape[1:]))

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.dtype not in ("float16", "float32", "float64"):
            raise TypeError(f"Expected floats in {self.name!r}. Received: dtype={inputs.dtype}")
        last = self.data_format == "channels_last"
        signals = ops.transpose(inputs, (0, 2, 1)) if last else inputs
        if self.mode in ("real", "imag"):
            return self._arranged(self._transformed(signals, self._kernels[self.mode]))
        real = self._transformed(signals, self._kernels["real"])
        imag = self._transformed(signals, self._kernels["imag"])
        if self.mode == "stft":
            return self._arranged(ops.concatenate([real, imag], axis=-1))
        if self.mode == "angle":
            return self._arranged(ops.arctan2(imag, real))
        power = ops.square(real) + ops.square(imag)
        if self.mode == "psd":
            # All but the first and the last bin stand for two frequencies, of either sign.
            twice = ops.pad(power[..., 1:-1], [(0, 0), (0, 0), (0, 0), (1, 1)])
            return self._arranged(power + twice)
        magnitude = self._arranged(ops.sqrt(ops.maximum(power, epsilon())))
        if self.mode == "magnitude":
            return magnitude
        return ops.log(ops.maximum(magnitude, epsilon()))

    def _arranged(self, frames: Tensor) -> Tensor:
        """From (batch, channels, frames, bins) to the layout of the outputs."""
        _, channels, time, bins = frames.shape
        if self.data_format == "channels_last":
            if self.expand_dims:
                return ops.transpose(frames, (0, 2, 3, 1))
            return ops.reshape(ops.transpose(frames, (0, 2, 1, 3)), (-1, time, channels * bins))
        if self.expand_dims:
            return frames
        return ops.reshape(ops.transpose(frames, (0, 1, 3, 2)), (-1, channels * bins, time))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        last = self.data_format == "channels_last"
        batch, time, channels = input_shape if last else (input_shape[0], *input_shape[:0:-1])
        bins = self._bins * (2 if self.mode == "stft" else 1)
        if time is not None and self.padding == "same":
            time = -(-time // self._frame_step)
        elif time is not None:
            time = (time - self.frame_length) // self._frame_step + 1
        if self.expand_dims:
            return (batch, time, bins, channels) if last else (batch, channels, time, bins)
        return (batch, time, bins * channels) if last else (batch, bins * channels, time)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "mode": self.mode,
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "fft_length": self.fft_length,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
            "padding": self.padding,
            "data_format": self.data_format,
            "expand_dims": self.expand_dims,
        }
