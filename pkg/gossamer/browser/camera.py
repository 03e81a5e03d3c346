"""Pictures of a camera as tensors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gossamer import ops
from gossamer.browser import devices
from gossamer.browser.pixels import from_pixels
from gossamer.tensor import Tensor

HAVE_CURRENT_DATA = 2  # a video's readyState


class Webcam:
    """A camera that is running; `webcam` makes it.

    Args:
        video: the page's video element that shows it.
        stream: of the camera.
        resize: the height and width of pictures; as the camera gives them if None.
    """

    def __init__(self, video: Any, stream: Any, resize: Any = None) -> None:
        self._video = video
        self._stream = stream
        self._resize = resize
        self._last = -1.0

    async def capture(self) -> Tensor:
        """The next picture, of shape (height, width, 3), int32 from 0 to 255.

        Raises:
            RuntimeError: after `stop`.
            TimeoutError: if the camera gives none.
        """
        if self._stream is None:
            raise RuntimeError("Expected a camera that is running. Received: one that was stopped")
        video = self._video
        await devices.until(lambda: video.currentTime != self._last, "a picture of the camera")
        self._last = video.currentTime
        picture = from_pixels(video, 3)
        return picture if self._resize is None else ops.image.resize(picture, self._resize)

    def stop(self) -> None:
        """Give the camera back."""
        if self._stream is not None:
            devices.close_stream(self._stream)
            self._video.srcObject = None
            self._stream = None

    async def __aiter__(self) -> AsyncIterator[Tensor]:
        while self._stream is not None:
            yield await self.capture()


async def webcam(
    video: Any = None,
    resize: Any = None,
    facing_mode: str | None = None,
    device_id: str | None = None,
    width: int | None = None,
    height: int | None = None,
) -> Webcam:
    """A camera, once the user allows it: `camera = await gs.data.webcam()`.

    Args:
        video: the page's video element to show it in; one that is not shown if None.
        resize: the height and width of its pictures; as the camera gives them if None.
        facing_mode: `"user"` or `"environment"`, on a phone.
        device_id: which camera, as the page's JavaScript names it.
        width, height: the size to ask the camera for.

    Returns:
        A camera: `await camera.capture()` gives a tensor, `async for picture in camera` one after
        another, and `camera.stop()` gives it back.

    Raises:
        BackendUnavailableError: outside of a page, and where there is no camera.
        PermissionError: where the user does not allow it.
        TimeoutError: if the camera gives no picture.

    Example:
        >>> camera = await gs.data.webcam(resize=(224, 224))  # doctest: +SKIP
        >>> (await camera.capture()).shape  # doctest: +SKIP
        (224, 224, 3)
    """
    wanted = {
        "facingMode": facing_mode, "deviceId": device_id, "width": width, "height": height,
    }  # fmt: skip
    given = {name: value for name, value in wanted.items() if value is not None}
    stream = await devices.open_stream("video", given)
    if video is None:
        from js import document

        video = document.createElement("video")
    video.muted = video.playsInline = True
    video.srcObject = stream
    camera = Webcam(video, stream, resize)
    try:
        video.play()
        await devices.until(
            lambda: video.readyState >= HAVE_CURRENT_DATA and video.videoWidth > 0,
            "a picture of the camera",
        )
    except BaseException:
        camera.stop()
        raise
    return camera
