"""The demo page: it trains on WebGL2, stays alive meanwhile, and reads what is drawn on it."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

DRAWING = Path(__file__).parents[2] / "web" / "demo" / "drawing.py"
TRAINED = "['ready', 'error'].includes(document.body.dataset.state)"
NO_WEBGL2 = """
for (const canvas of [HTMLCanvasElement, OffscreenCanvas]) {
  const original = canvas.prototype.getContext;
  canvas.prototype.getContext = function (kind, ...rest) {
    return kind === "webgl2" ? null : original.call(this, kind, ...rest);
  };
}
"""
# In every frame that the browser draws while the network trains: how far the curve has come.
WATCH_FRAMES = """
self.frames = [];
const look = () => {
  if (document.body?.dataset.state === "training") {
    frames.push(document.querySelector("#chart .curve")?.points.length ?? 0);
  }
  requestAnimationFrame(look);
};
look();
"""

# Strokes in a square of side 1, y downwards.
ANGLES = np.linspace(-np.pi / 2, 3 * np.pi / 2, 25)
STROKES = {
    1: [[(0.52, 0.15), (0.5, 0.85)]],
    0: [[(0.5 + 0.22 * np.cos(angle), 0.5 + 0.33 * np.sin(angle)) for angle in ANGLES]],
    7: [[(0.3, 0.2), (0.7, 0.2), (0.45, 0.85)]],
}


class Demo:
    """The demo in a page, and how a visitor uses it."""

    def __init__(self, page, site):
        self.page = page
        page.goto(site)

    def wait_until_trained(self):
        self.page.wait_for_function(TRAINED, timeout=120_000)
        assert self.state() == "ready", self.page.locator("#status").inner_text()

    def state(self):
        return self.page.locator("body").get_attribute("data-state")

    def accuracy(self):
        return float(self.page.locator("#accuracy").get_attribute("data-accuracy"))

    def backend(self):
        return self.page.locator("#backend").get_attribute("data-backend")

    def figure(self, name):
        """A number from the table of figures."""
        return float(re.match(r"[\d.]+", self.page.locator(f"#{name}").inner_text())[0])

    def answer(self):
        """The digit that the page names once it has read the drawing, and its probability."""
        prediction = self.page.locator("#prediction[aria-busy=false]")
        prediction.wait_for()
        return (
            int(prediction.get_attribute("data-prediction")),
            float(prediction.get_attribute("data-probability")),
        )

    def clear(self):
        self.page.get_by_role("button", name="Clear").click()
        assert self.page.locator("#prediction").get_attribute("data-prediction") == ""

    def on_the_pad(self, stroke):
        """The points of a stroke in pixels of the page."""
        pad = self.page.get_by_role("img", name="Draw a digit here")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]

    def draw(self, strokes):
        """Draws with the mouse."""
        mouse = self.page.mouse
        for stroke in strokes:
            first, *others = self.on_the_pad(stroke)
            mouse.move(*first)
            mouse.down()
            for point in others:
                mouse.move(*point, steps=4)
            mouse.up()

    def touch(self, strokes):
        """Draws with a finger."""
        session = self.page.context.new_cdp_session(self.page)

        def send(kind, *points):
            places = [{"x": x, "y": y} for x, y in points]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        for stroke in strokes:
            first, *others = self.on_the_pad(stroke)
            send("touchStart", first)
            for point in others:
                send("touchMove", point)
            send("touchEnd")
        session.detach()


@pytest.fixture
def demo(page, site):
    return Demo(page, site)


def test_trains_on_webgl2_and_reads_drawings(demo, watch):
    demo.wait_until_trained()
    assert demo.backend() == "webgl"
    assert demo.accuracy() >= 0.97
    assert demo.figure("draws-webgl") > 0
    assert demo.figure("programs-webgl") > 0
    for digit, strokes in STROKES.items():
        demo.draw(strokes)
        answer, probability = demo.answer()
        assert answer == digit
        assert probability > 0.5
        demo.clear()
    demo.touch(STROKES[0])
    assert demo.answer()[0] == 0
    assert watch.errors == []


def test_numpy_switch_trains_again_and_keeps_the_drawing(demo):
    demo.page.get_by_role("radio", name="NumPy").wait_for(state="attached")
    demo.wait_until_trained()
    demo.draw(STROKES[7])
    demo.page.get_by_role("radio", name="NumPy").check()
    assert demo.state() == "training"
    demo.wait_until_trained()
    assert demo.backend() == "numpy"
    assert demo.accuracy() >= 0.97
    assert demo.answer()[0] == 7
    assert demo.figure("each-numpy") > 0
    assert demo.page.locator("#chart .curve").count() == 2


def test_training_can_be_started_anew_while_it_runs(demo, watch):
    demo.page.wait_for_function("document.body.dataset.state === 'training'")
    demo.page.get_by_role("button", name="Train again").click()
    demo.wait_until_trained()
    assert demo.accuracy() >= 0.97
    assert watch.errors == []


def test_training_can_be_stopped_and_what_it_has_learnt_is_used(demo, watch):
    demo.page.wait_for_function("document.querySelector('#chart .curve')?.points.length >= 3")
    demo.page.get_by_role("button", name="Stop").click()
    demo.wait_until_trained()
    assert demo.page.locator("#progress").evaluate("bar => bar.value") < 1
    assert demo.accuracy() > 0.5
    assert demo.page.get_by_role("button", name="Stop").is_disabled()
    demo.page.get_by_role("button", name="Show a test digit").click()
    assert demo.answer()[1] > 0
    assert watch.errors == []


def test_page_stays_alive_while_it_trains(page, site):
    page.add_init_script(WATCH_FRAMES)
    demo = Demo(page, site)
    demo.wait_until_trained()
    frames = page.evaluate("frames")
    assert len(frames) >= 20
    assert len(set(frames)) >= 10  # the curve grows before the visitor's eyes


def test_numpy_takes_over_without_webgl2(page, site):
    page.add_init_script(NO_WEBGL2)
    demo = Demo(page, site)
    demo.wait_until_trained()
    assert demo.backend() == "numpy"
    assert demo.accuracy() >= 0.97
    assert page.get_by_text("NumPy takes over").is_visible()
    assert page.get_by_role("radio", name="WebGL2").is_disabled()


def test_page_fits_a_phone_and_shows_its_python(demo):
    demo.page.set_viewport_size({"width": 360, "height": 740})
    demo.wait_until_trained()
    demo.page.get_by_text("digits.py").first.click()
    assert demo.page.get_by_text("def make_network(").is_visible()
    assert demo.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert demo.page.get_by_role("link", name="notebook").get_attribute("href") == "notebook/"
    demo.page.get_by_role("button", name="Show a test digit").click()
    assert demo.answer()[1] > 0


def test_missing_data_is_told(page, site):
    page.route("**/data/digits.npz", lambda route: route.fulfill(status=404, body="not here"))
    demo = Demo(page, site)
    page.wait_for_function(TRAINED, timeout=120_000)
    assert demo.state() == "error"
    assert "demo/page.py" in page.locator("#status").inner_text()
    assert "404" in page.get_by_role("alert").inner_text()


@pytest.fixture(scope="module")
def drawing():
    """web/demo/drawing.py, which needs no browser."""
    spec = importlib.util.spec_from_file_location("drawing", DRAWING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("digit", STROKES)
def test_picture_is_independent_of_place_and_size(drawing, digit):
    small = drawing.picture_of(STROKES[digit])
    large = drawing.picture_of([np.multiply(stroke, 300) + 40 for stroke in STROKES[digit]])
    np.testing.assert_array_equal(small, large)
    assert small.shape == (8, 8)
    assert small.sum() == drawing.INK
    assert small[0].any()  # as high as the bitmap, like the digits of the data set
    assert small[7].any()


def test_picture_of_a_slanted_line_is_upright(drawing):
    slanted = drawing.picture_of([[(0.9, 0), (0.5, 1)]])
    straight = drawing.picture_of([[(0.5, 0), (0.5, 1)]])
    np.testing.assert_allclose(slanted, straight.astype(int), atol=2)  # of 16 pixels a block


def test_picture_of_a_dot_is_a_blot_in_the_middle(drawing):
    dot = drawing.picture_of([[(17, 4)]])
    assert dot.sum() == drawing.INK
    assert (dot[3:5, 3:5] == 16).all()
    assert not dot[:, 0].any()
