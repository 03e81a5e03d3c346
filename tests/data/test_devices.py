"""A camera and a microphone, of streams that the test makes: no page of a test has devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.errors import BackendUnavailableError

Wait = Callable[[Any], Any]

# Streams as devices give them: a canvas that is drawn again and again, and a tone of 1000 Hz.
STREAMS = """(() => {
  const canvas = document.createElement("canvas");
  canvas.width = 16;
  canvas.height = 8;
  const context = canvas.getContext("2d");
  let count = 0;
  const timer = setInterval(() => {
    context.fillStyle = "rgb(255, 0, 0)";
    context.fillRect(0, 0, 16, 8);
    context.fillStyle = count++ % 2 ? "rgb(0, 0, 255)" : "rgb(0, 0, 250)";
    context.fillRect(8, 0, 8, 8);
  }, 20);
  const devices = navigator.mediaDevices;
  const original = devices.getUserMedia;
  let refuse = null;
  devices.getUserMedia = async (constraints) => {
    if (refuse) throw new DOMException("for the test", refuse);
    if (constraints.video) return canvas.captureStream(30);
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.frequency.value = 1000;
    const target = audio.createMediaStreamDestination();
    tone.connect(target);
    tone.start();
    return target.stream;
  };
  return {
    refuse(name) { refuse = name; },
    stop() { clearInterval(timer); devices.getUserMedia = original; },
  };
})()"""


@pytest.fixture
def streams() -> Iterator[Any]:
    from pyodide.code import run_js

    made = run_js(STREAMS)
    yield made
    made.stop()


@pytest.mark.cpython_only
def test_elsewhere_it_is_one_sentence(wait_for: Wait) -> None:
    for device in (gs.data.webcam, gs.data.microphone):
        with pytest.raises(BackendUnavailableError, match="need a browser"):
            wait_for(device())


@pytest.mark.browser_only
def test_pictures(streams: Any, wait_for: Wait) -> None:
    async def pictures() -> list[np.ndarray]:
        camera = await gs.data.webcam()
        found = [(await camera.capture()).numpy()]
        async for picture in camera:
            found.append(picture.numpy())
            if len(found) == 3:
                camera.stop()
        with pytest.raises(RuntimeError, match="was stopped"):
            await camera.capture()
        return found

    for picture in wait_for(pictures()):
        assert picture.shape == (8, 16, 3)
        # Videos keep colours in halves, and not quite exactly.
        assert np.abs(picture[:, 2:6] - [255, 0, 0]).max() < 40
        assert np.abs(picture[:, 10:14] - [0, 0, 252]).max() < 40


@pytest.mark.browser_only
def test_pictures_of_another_size(streams: Any, wait_for: Wait) -> None:
    async def picture() -> Any:
        camera = await gs.data.webcam(resize=(4, 4))
        found = await camera.capture()
        camera.stop()
        return found

    assert wait_for(picture()).shape == (4, 4, 3)


@pytest.mark.browser_only
def test_who_is_refused(streams: Any, wait_for: Wait) -> None:
    streams.refuse("NotAllowedError")
    with pytest.raises(PermissionError, match="Received: for the test"):
        wait_for(gs.data.webcam())
    streams.refuse("NotFoundError")
    with pytest.raises(BackendUnavailableError, match="NotFoundError"):
        wait_for(gs.data.microphone())


@pytest.mark.browser_only
def test_sounds(streams: Any, wait_for: Wait) -> None:
    async def sound() -> tuple[dict[str, Any], float]:
        microphone = await gs.data.microphone(
            fft_size=256, num_frames_per_spectrogram=12, column_truncate_length=100,
            include_waveform=True,
        )  # fmt: skip
        found = await microphone.capture()
        rate = microphone.sample_rate
        microphone.stop()
        return {name: tensor.numpy() for name, tensor in found.items()}, rate

    found, rate = wait_for(sound())
    assert found["spectrogram"].shape == (12, 100, 1)
    assert found["waveform"].shape == (12 * 256, 1)
    # The last frame has the tone alone: 256 frequencies up to half the rate.
    place = int(found["spectrogram"][-1, :, 0].argmax())
    assert abs(place * rate / 512 - 1000) < rate / 512
    assert 0.5 < np.abs(found["waveform"][-256:]).max() <= 1.1


@pytest.mark.parametrize(
    "options", [{"fft_size": 1000}, {"fft_size": 8}, {"include_spectrogram": False}], ids=str
)
def test_errors(options: dict[str, Any], wait_for: Wait) -> None:
    with pytest.raises(ValueError, match="Received: "):
        wait_for(gs.data.microphone(**options))
