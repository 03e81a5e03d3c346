"""The layer of spectrograms on the mel scale, which is that of hearing."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.layers.layer import Layer
from gossamer.tensor import Tensor


def _mel(hertz: Any) -> Any:
    return 1127.0 * np.log(1.0 + hertz / 700.0)


class MelSpectrogram(Layer):
    """The power of a signal over time by bands of the mel scale, in decibels.

    Args:
        fft_length: of the transform of a frame.
        sequence_stride: samples between frames.
        sequence_length: samples of a frame; `fft_length` if None.
        window: `"hann"`, `"hamming"`, an array, or None.
        sampling_rate: samples in a second.
        num_mel_bins: how many bands there are.
        min_freq, max_freq: their bounds, in Hertz; half of `sampling_rate` if None.
        power_to_db: whether the power is in decibels.
        top_db: how far below the loudest the outputs may be.
        mag_exp: the power of the magnitude that is summed up: 1 or 2.
        min_power: what smaller power is taken for.
        ref_power: the power that is 0 decibels.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a `sequence_length` above `fft_length`.

    Example:
        >>> layer = gs.layers.MelSpectrogram(
        ...     num_mel_bins=8, sampling_rate=800, sequence_stride=16, fft_length=64
        ... )
        >>> layer(ops.ones((2, 160))).shape
        (2, 8, 11)

    Source: Young et al., "The HTK Book" (2006), whose mel scale this is.
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fft_length, self.sequence_stride = fft_length, sequence_stride
        self.sequence_length = sequence_length or fft_length
        if fft_length < self.sequence_length:
            raise ValueError(
                f"Expected a sequence_length of at most fft_length={fft_length}. "
                f"Received: sequence_length={sequence_length}"
            )
        self.window, self.sampling_rate, self.num_mel_bins = window, sampling_rate, num_mel_bins
        self.min_freq, self.max_freq = min_freq, max_freq or int(sampling_rate / 2)
        self.power_to_db, self.top_db, self.mag_exp = power_to_db, top_db, mag_exp
        self.min_power, self.ref_power = min_power, ref_power
        self._allow_non_tensor_positional_args = True

    def call(self, inputs: Any) -> Tensor:
        single = self.compute_dtype not in ("float32", "float64")
        signals = ops.cast(inputs, "float32" if single else self.compute_dtype)
        real, imag = ops.stft(
            signals, self.sequence_length, self.sequence_stride, self.fft_length, self.window
        )
        power = ops.square(real) + ops.square(imag)
        if self.mag_exp != 2:
            power = ops.power(ops.sqrt(power), self.mag_exp)
        weights = self.linear_to_mel_weight_matrix(
            self.num_mel_bins, power.shape[-1], self.sampling_rate, self.min_freq, self.max_freq
        )
        bands = ops.matmul(power, ops.cast(weights, power.dtype))
        if self.power_to_db:
            bands = self._decibels(bands)
        return ops.cast(ops.swapaxes(bands, -1, -2), self.compute_dtype)

    def _decibels(self, power: Tensor) -> Tensor:
        reference = 10.0 * float(np.log10(max(abs(self.ref_power), self.min_power)))
        decibels = 10.0 * ops.log10(ops.maximum(power, self.min_power)) - reference
        return ops.maximum(decibels, ops.max(decibels) - self.top_db)

    def linear_to_mel_weight_matrix(
        self,
        num_mel_bins: int = 20,
        num_spectrogram_bins: int = 129,
        sampling_rate: float = 8000,
        lower_edge_hertz: float = 125.0,
        upper_edge_hertz: float = 3800.0,
        dtype: str = "float32",
    ) -> Tensor:
        """Triangles that overlap, on the mel scale: what sums up frequencies to bands.

        Args:
            num_mel_bins: how many bands there are.
            num_spectrogram_bins: how many frequencies, from 0 to half of the sampling rate.
            sampling_rate: samples in a second.
            lower_edge_hertz, upper_edge_hertz: the bounds of the bands.
            dtype: of the result.

        Returns:
            A tensor of shape (num_spectrogram_bins, num_mel_bins).
        """
        hertz = np.linspace(0.0, sampling_rate / 2, num_spectrogram_bins)[:, None]
        edges = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2)
        lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
        rising = (_mel(hertz) - lower) / (centre - lower)
        falling = (upper - _mel(hertz)) / (upper - centre)
        weights = np.maximum(0.0, np.minimum(rising, falling))
        weights[0] = 0.0  # HTK leaves out what does not change over time
        return ops.convert_to_tensor(weights, dtype=dtype)

    def compute_output_shape(self, input_shape: Any) -> list[int | None]:
        *batch, samples = input_shape
        stride = self.sequence_stride
        frames = None if samples is None else (samples + stride + 1) // stride
        return [*batch, self.num_mel_bins, frames]

    def get_config(self) -> dict[str, Any]:
        names = (
            "fft_length", "sequence_stride", "sequence_length", "window", "sampling_rate",
            "num_mel_bins", "min_freq", "max_freq", "power_to_db", "top_db", "mag_exp",
            "min_power", "ref_power",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
