"""Pictures to tensors and back, in a browser: every byte, and no read-back."""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import browser, ops
from gossamer.errors import BackendUnavailableError

Wait = Callable[[Any], Any]
# Every byte in every channel.
EVERY_BYTE = np.stack(
    [np.arange(256), 255 - np.arange(256), (np.arange(256) * 7) % 256], axis=-1
).reshape(8, 32, 3)


@pytest.mark.cpython_only
def test_elsewhere_it_is_one_sentence() -> None:
    with pytest.raises(BackendUnavailableError, match="need a browser"):
        browser.from_pixels(np.zeros((2, 2, 3)))
    with pytest.raises(BackendUnavailableError, match="need a browser"):
        browser.to_pixels(np.zeros((2, 2, 3)), None)


def rgba(array: np.ndarray) -> np.ndarray:
    """The array with an opaque alpha."""
    return np.concatenate([array, np.full_like(array[..., :1], 255)], axis=-1)


def image_data(array: np.ndarray) -> Any:
    """An ImageData with the array's red, green, blue and alpha."""
    from js import ImageData, Uint8ClampedArray
    from pyodide.ffi import to_js

    data = Uint8ClampedArray.new(to_js(np.ascontiguousarray(array, np.uint8).ravel()))
    return ImageData.new(data, array.shape[1], array.shape[0])


def canvas_with(array: np.ndarray) -> Any:
    """An OffscreenCanvas that shows the array."""
    canvas = new_canvas(array.shape[1], array.shape[0])
    canvas.getContext("2d").putImageData(image_data(array), 0, 0)
    return canvas


def new_canvas(width: int = 1, height: int = 1, kind: str = "") -> Any:
    from js import OffscreenCanvas

    canvas = OffscreenCanvas.new(width, height)
    if kind:
        canvas.getContext(kind)
    return canvas


def shown(canvas: Any) -> np.ndarray:
    """What a 2D canvas shows: red, green, blue and alpha."""
    data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    return np.asarray(data.to_py()).reshape(canvas.height, canvas.width, 4)


def bitmap(source: Any, **options: str) -> Any:
    """A promise of an ImageBitmap."""
    from js import Object, createImageBitmap
    from pyodide.ffi import to_js

    return createImageBitmap(source, to_js(options, dict_converter=Object.fromEntries))


def counted(function: Callable[[], Any], *names: str) -> tuple[int, ...]:
    """What `function` adds to these figures of `memory()`."""
    before = gs.memory()
    result = function()
    after = gs.memory()
    del result
    return tuple(after[name] - before[name] for name in names)


async def image_element(array: np.ndarray) -> Any:
    """An HTMLImageElement with the array as a PNG."""
    from js import URL, Image

    image = Image.new()
    image.src = URL.createObjectURL(await canvas_with(array).convertToBlob())
    await image.decode()
    return image


# From pixels

KINDS = ("ImageData", "OffscreenCanvas", "HTMLCanvasElement", "ImageBitmap", "HTMLImageElement")


def source_of(kind: str, array: np.ndarray, wait_for: Wait) -> Any:
    if kind == "ImageData":
        return image_data(array)
    if kind == "OffscreenCanvas":
        return canvas_with(array)
    if kind == "ImageBitmap":
        return wait_for(bitmap(image_data(array)))
    if kind == "HTMLImageElement":
        return wait_for(image_element(array))
    from js import document

    canvas = document.createElement("canvas")
    canvas.width, canvas.height = array.shape[1], array.shape[0]
    canvas.getContext("2d").putImageData(image_data(array), 0, 0)
    return canvas


@pytest.mark.browser_only
@pytest.mark.parametrize("kind", KINDS)
def test_every_byte_of_an_opaque_picture_survives(kind: str, wait_for: Wait) -> None:
    x = browser.from_pixels(source_of(kind, rgba(EVERY_BYTE), wait_for))
    assert (x.shape, x.dtype, x.backend.name) == ((8, 32, 3), "int32", gs.backend())
    np.testing.assert_array_equal(x.numpy(), EVERY_BYTE)


@pytest.mark.browser_only
@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(8, 32), (1, 1), (1, 7), (5, 1), (3, 5), (67, 131)])
def test_channels_sizes_and_dtypes(channels: int, dtype: str, shape: tuple[int, int]) -> None:
    array = np.random.default_rng(0).integers(0, 256, (*shape, 3))
    x = browser.from_pixels(image_data(rgba(array)), channels, dtype)
    assert (x.shape, x.dtype) == ((*shape, channels), dtype)
    np.testing.assert_array_equal(x.numpy(), rgba(array)[..., :channels])
    total = ops.sum(ops.cast(x, "int32") + 1, axis=(0, 1))
    np.testing.assert_array_equal(total.numpy(), (rgba(array)[..., :channels] + 1).sum((0, 1)))


@pytest.mark.browser_only
def test_what_is_transparent_comes_exactly_from_image_data() -> None:
    array = np.random.default_rng(1).integers(0, 256, (16, 16, 4))
    array[:, :8, 3] = 0
    np.testing.assert_array_equal(browser.from_pixels(image_data(array), 4).numpy(), array)


@pytest.mark.webgl
def test_what_is_transparent_comes_exactly_from_a_bitmap(wait_for: Wait) -> None:
    array = np.random.default_rng(1).integers(0, 256, (16, 16, 4))
    array[:, :8, 3] = 0
    source = wait_for(
        bitmap(image_data(array), premultiplyAlpha="none", colorSpaceConversion="none")
    )
    np.testing.assert_array_equal(browser.from_pixels(source, 4).numpy(), array)


@pytest.mark.browser_only
def test_a_video_gives_its_frame(wait_for: Wait) -> None:
    from js import document

    video = document.createElement("video")
    with pytest.raises(ValueError, match="Received: HTMLVideoElement of 0 x 0 pixels"):
        browser.from_pixels(video)
    picture = document.createElement("canvas")
    picture.width, picture.height = 64, 48
    context = picture.getContext("2d")

    async def play() -> None:
        video.muted = True
        video.srcObject = picture.captureStream(30)
        playing = video.play()
        for _ in range(200):
            context.fillStyle = "rgb(255, 0, 0)"
            context.fillRect(0, 0, 64, 48)
            if video.readyState >= 2 and video.videoWidth == 64:
                break
            await asyncio.sleep(0.02)
        await playing

    wait_for(play())
    x = browser.from_pixels(video)
    assert x.shape == (48, 64, 3)
    # The stream may have gone through the colours of a video.
    assert np.abs(x.numpy() - [255, 0, 0]).max() <= 4


@pytest.mark.webgl
def test_a_picture_is_one_upload_and_one_draw() -> None:
    canvas = canvas_with(rgba(EVERY_BYTE))
    browser.from_pixels(canvas)
    names = ("draws", "uploads", "upload_bytes", "reads", "programs", "host_runs")
    assert counted(lambda: browser.from_pixels(canvas), *names) == (1, 1, 8 * 32 * 4, 0, 0, 0)


@pytest.mark.webgl
def test_another_size_compiles_nothing() -> None:
    # As many layers as before.
    first, second = [np.zeros((rows, 40, 4), np.uint8) for rows in (64, 90)]
    browser.from_pixels(canvas_with(first))
    assert counted(lambda: browser.from_pixels(canvas_with(second)), "programs") == (0,)


@pytest.mark.browser_only
def test_other_uploads_are_as_before() -> None:
    browser.from_pixels(image_data(rgba(EVERY_BYTE)), 4)
    values = np.array([[1.5, -2.0, np.inf], [0.0, 3e38, 1e-30]], np.float32)
    np.testing.assert_array_equal(ops.convert_to_tensor(values).numpy(), values)


@pytest.mark.browser_only
def test_what_is_no_picture_is_refused(wait_for: Wait) -> None:
    from js import Image, document

    with pytest.raises(TypeError, match="Received: ndarray"):
        browser.from_pixels(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(TypeError, match="Received: HTMLDivElement"):
        browser.from_pixels(document.createElement("div"))
    with pytest.raises(ValueError, match="Received: HTMLImageElement of 0 x 0 pixels"):
        browser.from_pixels(Image.new())
    picture = image_data(rgba(EVERY_BYTE))
    with pytest.raises(ValueError, match="Received: num_channels=5"):
        browser.from_pixels(picture, 5)
    with pytest.raises(ValueError, match="Received: dtype='float64'"):
        browser.from_pixels(picture, dtype="float64")


# To pixels


@pytest.mark.browser_only
@pytest.mark.parametrize("dtype", ["uint8", "int32", "uint32", "float32"])
def test_there_and_back_every_byte_is_the_same(dtype: str) -> None:
    canvas = new_canvas()
    x = ops.convert_to_tensor(EVERY_BYTE.astype(dtype))
    browser.to_pixels(x / 255.0 if dtype == "float32" else x, canvas)
    assert (canvas.width, canvas.height) == (32, 8)
    np.testing.assert_array_equal(shown(canvas), rgba(EVERY_BYTE))
    np.testing.assert_array_equal(browser.from_pixels(canvas).numpy(), EVERY_BYTE)


@pytest.mark.browser_only
@pytest.mark.parametrize(
    "shape", [(3, 5), (5, 1), (1, 6, 1), (1, 1), (67, 131), (9, 2, 3), (4, 7, 4)]
)
def test_shapes(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(2).integers(0, 256, shape)
    if shape[2:] == (4,):
        array[..., 3] = 255  # what is not opaque is rounded by the canvas
    canvas = new_canvas(3, 3)
    browser.to_pixels(ops.convert_to_tensor(array.astype(np.int32)), canvas)
    grey = array.reshape(*shape[:2], -1)
    color = grey[..., :3] if grey.shape[2] > 1 else grey.repeat(3, axis=2)
    np.testing.assert_array_equal(shown(canvas), rgba(color))


@pytest.mark.browser_only
def test_values_out_of_range_are_clamped() -> None:
    canvas = new_canvas()
    browser.to_pixels([[np.nan, -np.inf, -1.0, 0.25, 1.5, np.inf]], canvas)
    np.testing.assert_array_equal(shown(canvas)[0, :, 0], [0, 0, 0, 64, 255, 255])
    browser.to_pixels([[-5, 0, 254, 256, 2**31 - 1, -(2**31)]], canvas)
    np.testing.assert_array_equal(shown(canvas)[0, :, 0], [0, 0, 254, 255, 255, 0])
    browser.to_pixels([[True, False]], canvas)
    np.testing.assert_array_equal(shown(canvas)[0, :, 0], [255, 0])


@pytest.mark.browser_only
def test_alpha_is_drawn() -> None:
    canvas = canvas_with(np.full((1, 3, 4), 255))
    pixels = [[[200, 100, 50, 255], [200, 100, 50, 128], [200, 100, 50, 0]]]
    browser.to_pixels(ops.convert_to_tensor(pixels), canvas)
    found = shown(canvas).astype(int)
    np.testing.assert_array_equal(found[0, :, 3], [255, 128, 0])
    np.testing.assert_allclose(found[0, :2, :3], [[200, 100, 50]] * 2, atol=1)
    np.testing.assert_array_equal(found[0, 2], [0, 0, 0, 0])


@pytest.mark.browser_only
def test_smaller_and_larger_pictures_after_each_other() -> None:
    canvas = new_canvas()
    for rows, columns in [(20, 30), (2, 3), (40, 8)]:
        array = np.random.default_rng(rows).integers(0, 256, (rows, columns, 3))
        browser.to_pixels(ops.convert_to_tensor(array.astype(np.int32)), canvas)
        np.testing.assert_array_equal(shown(canvas), rgba(array))


@pytest.mark.browser_only
def test_a_canvas_with_settings_of_its_own() -> None:
    canvas = new_canvas(32, 8)
    context = canvas.getContext("2d")
    context.globalAlpha = 0.5
    context.scale(2, 2)
    browser.to_pixels(ops.convert_to_tensor(EVERY_BYTE.astype(np.int32)), canvas)
    np.testing.assert_array_equal(shown(canvas), rgba(EVERY_BYTE))
    assert context.globalAlpha == 0.5
    assert context.getTransform().a == 2


@pytest.mark.browser_only
@pytest.mark.parametrize("make", ["element", "offscreen"])
def test_a_canvas_that_shows_bitmaps(make: str, wait_for: Wait) -> None:
    from js import document

    canvas = document.createElement("canvas") if make == "element" else new_canvas()
    canvas.getContext("bitmaprenderer")
    browser.to_pixels(ops.convert_to_tensor(EVERY_BYTE.astype(np.int32)), canvas)
    assert (canvas.width, canvas.height) == (32, 8)
    copy = new_canvas(32, 8)
    copy.getContext("2d").drawImage(canvas, 0, 0)
    np.testing.assert_array_equal(shown(copy), rgba(EVERY_BYTE))


@pytest.mark.webgl
def test_a_canvas_is_one_draw_and_no_read() -> None:
    x = ops.convert_to_tensor(EVERY_BYTE.astype(np.float32) / 255)
    canvas = new_canvas()
    browser.to_pixels(x, canvas)
    names = ("draws", "uploads", "reads", "programs", "host_runs", "textures")
    assert counted(lambda: browser.to_pixels(x, canvas), *names) == (1, 0, 0, 0, 0, 0)
    np.testing.assert_array_equal((x + x).numpy(), x.numpy() * 2)


@pytest.mark.browser_only
def test_what_cannot_be_drawn_is_refused() -> None:
    from js import document

    x = ops.ones((2, 2))
    with pytest.raises(TypeError, match="Received: HTMLDivElement"):
        browser.to_pixels(x, document.createElement("div"))
    with pytest.raises(TypeError, match="Received: NoneType"):
        browser.to_pixels(x, None)
    for shape in [(2,), (2, 2, 2), (1, 2, 2, 3), (0, 2), ()]:
        with pytest.raises(ValueError, match=r"Received: shape="):
            browser.to_pixels(ops.ones(shape), new_canvas())
    with pytest.raises(ValueError, match="another context"):
        browser.to_pixels(x, new_canvas(2, 2, "webgl2"))


@pytest.mark.webgl
def test_a_network_in_a_page_from_picture_to_canvas() -> None:
    canvas = canvas_with(rgba(EVERY_BYTE))

    def invert() -> None:
        x = browser.from_pixels(canvas, dtype="float32") / 255.0
        browser.to_pixels(1.0 - x, canvas)

    assert counted(invert, "reads", "uploads") == (0, 1)
    np.testing.assert_array_equal(shown(canvas), rgba(255 - EVERY_BYTE))
