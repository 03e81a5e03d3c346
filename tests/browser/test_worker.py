"""gossamer in a Web Worker: WebGL2 on an OffscreenCanvas, the same to the last bit as in the page.

Page and workers load the built site's loader, Pyodide and wheel.
"""

import json
from urllib.parse import urljoin

import pytest

PAGE = """
<!doctype html><html lang="en"><head><title>t</title>
<script src="gossamer.js" data-backend="webgl"></script></head><body></body>
"""
BOOT = {"classic": 'importScripts("gossamer.js");', "module": 'await import("./gossamer.js");'}
# Answers each message, a piece of Python that sees `message`, with its result or its error.
WORKER = """
self.gossamerOptions = { backend: "webgl" };
%s
self.onmessage = async ({ data }) => {
  try {
    const python = await gossamer.ready;
    python.pyodide.globals.set("message", data);
    postMessage([await python.runPythonAsync(data.code)]);
  } catch (error) {
    postMessage(String(error));
  }
};
postMessage("listening");
"""
START = """
(kind) => new Promise((resolve, reject) => {
  self.worker = new Worker("worker.js", { type: kind });
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = () => resolve();
})
"""
ASK = """
([code, more, transfer]) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data: answer }) =>
    Array.isArray(answer) ? resolve(answer[0]) : reject(new Error(answer));
  more = Object.fromEntries(Object.entries(more).map(([name, text]) => [name, eval(text)]));
  worker.postMessage({ code, ...more }, transfer.map((name) => more[name]));
})
"""

# Kernels of every kind, forwards and backwards, and a network that learns.
TRAINING = """
import hashlib, json
import numpy as np
import gossamer as gs
from gossamer import ops

def digest(*tensors):
    return hashlib.sha256(b"".join(x.numpy().tobytes() for x in tensors)).hexdigest()

numbers = np.random.default_rng(7)
x = ops.convert_to_tensor(numbers.normal(size=(50, 33)).astype("float32"))
w = ops.convert_to_tensor(numbers.normal(size=(33, 20)).astype("float32"))
picture = ops.convert_to_tensor(numbers.normal(size=(2, 9, 9, 3)).astype("float32"))
kernel = ops.convert_to_tensor(numbers.normal(size=(3, 3, 3, 5)).astype("float32"))
kernels = {
    "map": digest(ops.tanh(ops.exp(x) * 0.5) + x),
    "reduce": digest(ops.softmax(x), ops.argmax(x, axis=1), ops.sum(x)),
    "contract": digest(ops.matmul(x, w), ops.conv(picture, kernel, padding="same")),
    "gradient": digest(*gs.grad(lambda x, w: ops.sum(ops.relu(x @ w) ** 2), (0, 1))(x, w)),
    "integers": digest(ops.cast(x * 100, "int32") % 7),
}
inputs = ops.convert_to_tensor(numbers.normal(size=(64, 8)).astype("float32"))
targets = ops.sum(inputs[:, :3], axis=1, keepdims=True)
layers = [gs.layers.Dense(16, activation="relu"), gs.layers.Dense(1)]
layers[1](layers[0](inputs))  # makes the weights
for layer in layers:
    layer.kernel.assign(numbers.normal(size=layer.kernel.shape).astype("float32") * 0.3)
variables = [v for layer in layers for v in layer.trainable_variables]
optimizer = gs.optimizers.Adam(0.05)
losses = []
for _ in range(12):
    with gs.GradientTape() as tape:
        loss = ops.mean(ops.square(layers[1](layers[0](inputs)) - targets))
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    losses.append(float(loss).hex())
json.dumps({
    "backend": gs.backend(),
    "kernels": kernels,
    "losses": losses,
    "weights": digest(*variables),
    "uses the gpu": gs.memory()["draws"] > 100 and gs.memory()["host_runs"] == 0,
})
"""


@pytest.fixture
def opened(page, site):
    """A function that opens the page, or a plain one, with a worker that waits for questions."""

    def serve(path, body, content_type):
        page.route(
            urljoin(site, path),
            lambda route: route.fulfill(body=body, content_type=content_type),
        )

    def open_with(kind, html="<!doctype html><title>t</title>"):
        serve("worker-test.html", html, "text/html")
        serve("worker.js", WORKER % BOOT[kind], "text/javascript")
        page.goto(urljoin(site, "worker-test.html"))
        page.evaluate(START, kind)
        return page

    return open_with


def ask(page, code, transfer=(), **more):
    """What a piece of Python gives in the worker; `more` is sent along, written in JavaScript."""
    return page.evaluate(ASK, [code, more, list(transfer)])


@pytest.mark.parametrize("kind", BOOT)
def test_a_worker_trains_to_the_same_bits_as_the_page(opened, kind, watch):
    page = opened(kind, PAGE)
    there = json.loads(ask(page, TRAINING))
    here = json.loads(
        page.evaluate("code => gossamer.ready.then(python => python.runPython(code))", TRAINING)
    )
    assert there == here
    assert (here["backend"], here["uses the gpu"]) == ("webgl", True)
    losses = [float.fromhex(loss) for loss in here["losses"]]
    assert losses[-1] < losses[0] / 2
    assert len(set(here["kernels"].values())) == len(here["kernels"])
    assert watch.errors == []


def test_the_page_lives_while_a_worker_computes(opened):
    page = opened("classic")
    ask(page, "0")
    page.evaluate("self.ticks = 0; self.timer = setInterval(() => { self.ticks += 1; }, 5); 0")
    code = """
import time
from gossamer import ops
x = ops.ones((64, 64))
end = time.monotonic() + 0.5
while time.monotonic() < end:
    x = ops.tanh(x @ x)
float(x[0, 0])
"""
    assert 0 < ask(page, code) <= 1
    assert page.evaluate("self.ticks") >= 10


def test_reads_can_be_awaited_in_a_worker(opened):
    code = """
import asyncio
from gossamer import ops
x = ops.ones((5, 7))
a, b = await asyncio.gather((x * 2).data(), (x * 3).data())
float(a.sum() + b.sum())
"""
    assert ask(opened("classic"), code) == 5 * 7 * 5


def test_pictures_go_through_a_worker_to_the_page(opened):
    """An ImageBitmap is sent to the worker, which draws to a canvas of the page."""
    page = opened("classic")
    page.evaluate(
        """async () => {
          const bytes = new Uint8ClampedArray(4 * 256).map((_, i) => (i % 4 == 3 ? 255 : i >> 2));
          self.bitmap = await createImageBitmap(new ImageData(bytes, 32, 8));
          self.canvas = document.createElement("canvas");
          document.body.append(canvas);
          self.offscreen = canvas.transferControlToOffscreen();
        }"""
    )
    code = """
import gossamer as gs
before = gs.memory()["reads"]
x = gs.browser.from_pixels(message.bitmap)
gs.browser.to_pixels(255 - x, message.offscreen)
[*x.shape, gs.memory()["reads"] - before].__str__()
"""
    answer = ask(
        page, code, ["bitmap", "offscreen"], bitmap="self.bitmap", offscreen="self.offscreen"
    )
    assert answer == "[8, 32, 3, 0]"
    shown = page.wait_for_function(
        """() => {
          const copy = new OffscreenCanvas(32, 8).getContext("2d");
          copy.drawImage(canvas, 0, 0);
          const data = [...copy.getImageData(0, 0, 32, 8).data];
          return data[3] ? data : false;
        }"""
    ).json_value()
    assert shown == [value for i in range(256) for value in (*[255 - i] * 3, 255)]
