"""Sounds of a microphone as tensors: their waves and their spectra."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.browser import devices
from gossamer.errors import BackendUnavailableError
from gossamer.tensor import Tensor


class Microphone:
    """A microphone that is running; `microphone` makes it.

    Args:
        context: the page's AudioContext.
        analyser: its AnalyserNode, which the microphone is connected to.
        stream: of the microphone.
        options: the arguments of `microphone`.
    """

    def __init__(self, context: Any, analyser: Any, stream: Any, options: dict[str, Any]) -> None:
        self._context = context
        self._analyser = analyser
        self._stream = stream
        self._options = options

    @property
    def sample_rate(self) -> float:
        """Samples a second."""
        return self._context.sampleRate

    async def capture(self) -> dict[str, Tensor]:
        """What is heard from now on, for as long as the frames of a spectrogram take.

        Returns:
            `"spectrogram"`: of shape (frames, frequencies, 1), in decibels; `"waveform"`: of
            shape (frames * fft_size, 1), from -1 to 1: what was asked for of them.

        Raises:
            RuntimeError: after `stop`.
            TimeoutError: if there is no sound at all.
        """
        if self._stream is None:
            raise RuntimeError(
                "Expected a microphone that is running. Received: one that was stopped"
            )
        from js import Float32Array

        size = self._options["fft_size"]
        spectra, waves = [], []
        frequencies = Float32Array.new(self._analyser.frequencyBinCount)
        samples = Float32Array.new(self._analyser.fftSize)
        due = self._context.currentTime
        for _ in range(self._options["num_frames_per_spectrogram"]):
            due += size / self.sample_rate
            await devices.until(
                lambda due=due: self._context.currentTime >= due, "sound of the microphone"
            )
            if self._options["include_spectrogram"]:
                self._analyser.getFloatFrequencyData(frequencies)
                spectra.append(np.asarray(frequencies.to_py(), np.float32).copy())
            if self._options["include_waveform"]:
                self._analyser.getFloatTimeDomainData(samples)
                waves.append(np.asarray(samples.to_py(), np.float32)[-size:].copy())
        found = {}
        if spectra:
            most = self._options["column_truncate_length"]
            found["spectrogram"] = np.stack(spectra)[:, :most, None]
        if waves:
            found["waveform"] = np.concatenate(waves)[:, None]
        return {name: ops.convert_to_tensor(array) for name, array in found.items()}

    def stop(self) -> None:
        """Give the microphone back."""
        if self._stream is not None:
            devices.close_stream(self._stream)
            self._context.close()
            self._stream = None

    async def __aiter__(self) -> AsyncIterator[dict[str, Tensor]]:
        while self._stream is not None:
            yield await self.capture()


async def microphone(
    fft_size: int = 1024,
    num_frames_per_spectrogram: int = 43,
    column_truncate_length: int | None = None,
    smoothing_time_constant: float = 0.0,
    sample_rate: int | None = None,
    include_spectrogram: bool = True,
    include_waveform: bool = False,
    device_id: str | None = None,
) -> Microphone:
    """A microphone, once the user allows it: `microphone = await gs.data.microphone()`.

    A page's sound is looked at from time to time: each frame has the last samples there are then,
    and a busy page may miss some between frames.

    Args:
        fft_size: how many samples and how many frequencies a frame has; a power of 2.
        num_frames_per_spectrogram: how many frames one `capture` takes.
        column_truncate_length: how many frequencies are kept, the lowest ones; all if None.
        smoothing_time_constant: from 0 to 1, how much a spectrum has of the one before.
        sample_rate: samples a second; the device's own if None.
        include_spectrogram: whether to give spectra.
        include_waveform: whether to give samples.
        device_id: which microphone, as the page's JavaScript names it.

    Returns:
        A microphone: `await microphone.capture()` gives a dictionary of tensors, `async for sound
        in microphone` one after another, and `microphone.stop()` gives it back.

    Raises:
        BackendUnavailableError: outside of a page, where there is no microphone, and where the
            page may make no sound before it is clicked on.
        PermissionError: where the user does not allow it.
        ValueError: for another `fft_size`, and for neither spectra nor samples.

    Example:
        >>> microphone = await gs.data.microphone(include_waveform=True)  # doctest: +SKIP
        >>> (await microphone.capture())["waveform"].shape  # doctest: +SKIP
        (44032, 1)
    """
    if fft_size & (fft_size - 1) or not 16 <= fft_size <= 16384:
        raise ValueError(f"Expected a power of 2 from 16 to 16384. Received: fft_size={fft_size}")
    if not (include_spectrogram or include_waveform):
        raise ValueError("Expected include_spectrogram or include_waveform. Received: neither")
    options = {
        "fft_size": fft_size,
        "num_frames_per_spectrogram": num_frames_per_spectrogram,
        "column_truncate_length": column_truncate_length,
        "include_spectrogram": include_spectrogram,
        "include_waveform": include_waveform,
    }
    stream = await devices.open_stream(
        "audio", {} if device_id is None else {"deviceId": device_id}
    )
    from js import AudioContext, Object
    from pyodide.ffi import to_js

    asked = {} if sample_rate is None else {"sampleRate": sample_rate}
    context = AudioContext.new(to_js(asked, dict_converter=Object.fromEntries))
    analyser = context.createAnalyser()
    # There are half as many frequencies as samples in what it looks at.
    analyser.fftSize = 2 * fft_size
    analyser.smoothingTimeConstant = smoothing_time_constant
    context.createMediaStreamSource(stream).connect(analyser)
    found = Microphone(context, analyser, stream, options)
    context.resume()
    try:
        await devices.until(lambda: context.state == "running", "the page's sound to run")
    except TimeoutError:
        found.stop()
        raise BackendUnavailableError(
            "A page may use sound after it was clicked on, and this one was not yet."
        ) from None
    await asyncio.sleep(0)
    return found
