"""The page itself: trains when it is loaded or asked to, and reads what the visitor draws.

Last of the page's scripts; digits.py, drawing.py and chart.py have run before it in the same
namespace. What the tests read is written to `data-` attributes: `data-state` of the body
(loading, training, ready, error), and those of #accuracy, #backend and #prediction; the latter is
busy (`aria-busy`) until the whole of a drawing has been read.
"""
# ruff: noqa: F821 (the names that are not defined here come from the scripts before)

import asyncio
import time

import numpy as np
from js import document, getComputedStyle, matchMedia
from pyodide.ffi.wrappers import add_event_listener

NAMES = {"webgl": "WebGL2", "numpy": "NumPy"}
NOTHING = "\N{EN DASH}"


def element(name):
    return document.getElementById(name)


class Pad:
    """The canvas to draw on, with mouse, finger or pen; keeps the strokes as lists of points."""

    def __init__(self, canvas, changed):
        self.canvas = canvas
        self.context = canvas.getContext("2d")
        self.changed = changed
        self.strokes = []
        self.drawing = False
        add_event_listener(canvas, "pointerdown", self.begin)
        add_event_listener(canvas, "pointermove", self.move)
        for name in ("pointerup", "pointercancel"):
            add_event_listener(canvas, name, self.end)
        add_event_listener(matchMedia("(prefers-color-scheme: dark)"), "change", self.redraw)

    def begin(self, event):
        if not event.isPrimary or event.button != 0:
            return
        self.canvas.setPointerCapture(event.pointerId)
        self.drawing = True
        self.strokes.append([self.point(event)])
        self.redraw()

    def move(self, event):
        if not (self.drawing and event.isPrimary):
            return
        stroke = self.strokes[-1]
        x, y = self.point(event)
        if np.hypot(x - stroke[-1][0], y - stroke[-1][1]) >= 3:
            stroke.append((x, y))
            self.redraw()
            self.changed()

    def end(self, event):
        if self.drawing and event.isPrimary:
            self.drawing = False
            self.changed()

    def clear(self):
        self.strokes = []
        self.drawing = False
        self.redraw()

    def point(self, event):
        """Where the event is, in pixels of the canvas, however large it is shown."""
        scale = self.canvas.width / self.canvas.clientWidth
        return event.offsetX * scale, event.offsetY * scale

    def redraw(self, event=None):
        context = self.context
        context.clearRect(0, 0, self.canvas.width, self.canvas.height)
        context.strokeStyle = getComputedStyle(self.canvas).color
        context.lineWidth = self.canvas.width / 14
        context.lineCap = context.lineJoin = "round"
        context.beginPath()
        for stroke in self.strokes:
            context.moveTo(*stroke[0])
            for x, y in stroke:
                context.lineTo(x, y)
        context.stroke()


class Answer:
    """What the network sees and says: the 8x8 picture, the digit, and a bar for each digit."""

    def __init__(self):
        self.context = element("picture").getContext("2d")
        self.bars = []
        for digit in range(10):
            row = document.createElement("li")
            row.innerHTML = f"<b>{digit}</b> <span class='bar'><i></i></span> <span></span>"
            element("probabilities").appendChild(row)
            self.bars.append((row, row.querySelector("i"), row.lastElementChild))
        self.clear()

    def show(self, picture, probabilities):
        digit = int(np.argmax(probabilities))
        self.draw(picture)
        for index, (row, bar, percent) in enumerate(self.bars):
            bar.style.width = percent.textContent = f"{probabilities[index] * 100:.0f}%"
            row.className = "best" if index == digit else ""
        prediction = element("prediction")
        prediction.dataset.prediction = str(digit)
        prediction.dataset.probability = f"{probabilities[digit]:.4f}"
        element("digit").textContent = str(digit)
        element("certainty").textContent = f"{probabilities[digit] * 100:.0f}% sure"

    def clear(self):
        self.draw(np.zeros((8, 8)))
        for row, bar, percent in self.bars:
            bar.style.width = "0"
            percent.textContent = NOTHING
            row.className = ""
        prediction = element("prediction")
        prediction.dataset.prediction = prediction.dataset.probability = ""
        element("digit").textContent = "?"
        element("certainty").textContent = "draw a digit"

    def draw(self, picture):
        self.context.clearRect(0, 0, 8, 8)
        self.context.fillStyle = getComputedStyle(element("picture")).color
        for (row, column), grey in np.ndenumerate(picture):
            self.context.globalAlpha = float(grey) / 16
            self.context.fillRect(column, row, 1, 1)


class Progress(keras.callbacks.Callback):
    """Shows a training as it runs: the curve grows by a point an epoch, the bar by each step.

    What a step costs is counted from the second one on: the first makes the program of all.
    """

    def __init__(self, chart, backend):
        super().__init__()
        self.chart = chart
        self.backend = backend
        self.steps = 0

    def on_train_begin(self, logs=None):
        self.chart.start(self.backend)
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        element("progress").value = self.steps / (EPOCHS * self.params["steps"])
        if self.steps == 1:
            self.first = time.perf_counter() - self.began
            self.counted = keras.memory()

    def on_epoch_end(self, epoch, logs=None):
        self.chart.add(self.backend, epoch + 1, logs["loss"])

    def on_train_end(self, logs=None):
        self.seconds = time.perf_counter() - self.began

    def figures(self):
        """The column of the backend in the table of figures."""
        now, further = keras.memory(), max(self.steps - 1, 1)

        def per_step(name):
            return f"{(now[name] - self.counted[name]) / further:.4g}" if name in now else NOTHING

        return {
            "first": f"{self.first * 1000:.0f} ms",
            "each": f"{(self.seconds - self.first) / further * 1000:.1f} ms",
            "draws": per_step("draws"),
            "uploads": per_step("uploads"),
            "programs": str(now.get("programs", NOTHING)),
            "bytes": f"{now['bytes'] / 1024:.0f} KiB",
        }


class Demo:
    """The digits, the network that is being trained or has been, and all that the buttons do."""

    def __init__(self, pictures, labels):
        self.learn, self.test = split(pictures, labels)
        self.chart = Chart(element("chart"), EPOCHS)
        self.pad = Pad(element("pad"), self.read_drawing)
        self.answer = Answer()
        self.network = None
        self.picture = None
        self.training = None
        self.reading = None
        self.example = 0
        add_event_listener(element("train"), "click", lambda event: self.restart())
        add_event_listener(element("stop"), "click", lambda event: self.stop())
        add_event_listener(element("clear"), "click", lambda event: self.clear())
        add_event_listener(element("example"), "click", lambda event: self.read_example())
        add_event_listener(element("backend"), "change", lambda event: self.use(event.target.value))
        for control in document.querySelectorAll("main :disabled"):
            control.disabled = False
        self.show_backend(asked="webgl")

    # ---- training ----------------------------------------------------------------------------

    def use(self, backend):
        """Trains anew on another backend."""
        if self.training:
            self.training.cancel()
        keras.set_backend(backend)
        self.show_backend(asked=backend)
        self.restart()

    def restart(self):
        """Trains a new network; a training under way is given up."""
        if self.training:
            self.training.cancel()
        set_state("training", f"Training on {NAMES[keras.backend()]}")
        self.training = asyncio.ensure_future(guarded(self.train()))

    async def train(self):
        backend = keras.backend()
        self.network = network = make_network()
        progress = Progress(self.chart, backend)
        await train(network, *self.learn, progress)
        for name, text in progress.figures().items():
            element(f"{name}-{backend}").textContent = text
        share = await accuracy(network, *self.test)
        element("accuracy").dataset.accuracy = f"{share:.4f}"
        element("accuracy").textContent = f"{share * 100:.1f}%"
        set_state(
            "ready",
            f"Trained on {NAMES[backend]} in {progress.seconds:.1f} s. "
            f"{round(share * HELD_OUT)} of {HELD_OUT} digits that it had not seen are read right.",
        )
        await self.read()

    def stop(self):
        """Ends the training after the step that is under way; the network is used as it is."""
        if self.network is not None:
            self.network.stop_training = True

    def show_backend(self, asked):
        backend = keras.backend()
        element("backend").dataset.backend = backend
        element(f"use-{backend}").checked = True
        if backend != asked:
            element(f"use-{asked}").disabled = True
            element("takeover").textContent = keras.memory()["reason"]
            element("takeover").hidden = False

    # ---- reading -----------------------------------------------------------------------------

    def read_drawing(self):
        self.picture = picture_of(self.pad.strokes)
        self.read_soon()

    def read_example(self):
        """Reads the next of the digits that the network was not trained with."""
        self.pad.clear()
        self.picture = (self.test[0][self.example] * 16).reshape(8, 8)
        self.example = (self.example + 1) % HELD_OUT
        self.read_soon()

    def clear(self):
        self.pad.clear()
        self.picture = None
        self.answer.clear()

    def read_soon(self):
        """At most one reading at a time; a drawing that grows meanwhile is read afterwards."""
        if self.reading is None or self.reading.done():
            element("prediction").ariaBusy = "true"
            self.reading = asyncio.ensure_future(guarded(self.read_until_current()))

    async def read_until_current(self):
        read = None
        while read is not self.picture:
            read = self.picture
            await self.read()
            await asyncio.sleep(0.05)
        element("prediction").ariaBusy = "false"

    async def read(self):
        picture, network = self.picture, self.network
        if picture is None:
            return
        answer = await probabilities(network, picture)
        if picture is self.picture:
            self.answer.show(picture, answer)


def set_state(state, text):
    document.body.dataset.state = state
    element("stop").disabled = state != "training"
    element("status").textContent = text


async def guarded(work):
    """Awaits the work of a button; an error is shown where the state is, and raised further."""
    try:
        await work
    except asyncio.CancelledError:
        pass  # the visitor has asked for something else
    except Exception as error:
        set_state("error", f"{type(error).__name__}: {error}")
        raise


async def show_sources():
    for code in document.querySelectorAll("code[data-source]"):
        response = await pyfetch(code.dataset.source)
        response.raise_for_status()
        code.textContent = (await response.bytes()).decode()


demo = Demo(*await load_digits())  # noqa: F704 (top-level await is allowed in a page's script)
demo.restart()
await show_sources()  # noqa: F704
