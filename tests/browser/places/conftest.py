"""A page and a worker of it in Chromium, in which tests run Python that reads and writes models.

Their server is the tests' own: it serves the site, too, and counts what it is asked for.
"""

import json
import textwrap

import pytest

from tests.browser.harness.pages import open_page
from tests.saving.serving import Served, serving
from tools.website import DIST

PAGE = """<!doctype html><title>t</title><div data-gossamer-progress></div>
<input id="files" type="file" multiple>
<script src="gossamer.js" data-backend="numpy"></script>
"""
WORKER = """
self.gossamerOptions = { backend: "numpy" };
importScripts("gossamer.js");
self.onmessage = async ({ data }) => {
  try {
    const python = await gossamer.ready;
    postMessage([await python.runPythonAsync(data)]);
  } catch (error) {
    postMessage(String(error));
  }
};
"""
ASK_WORKER = """
code => new Promise((resolve, reject) => {
  self.worker = self.worker ?? new Worker("worker.js");
  worker.onmessage = ({ data }) => Array.isArray(data) ? resolve(data[0]) : reject(new Error(data));
  worker.postMessage(code);
})
"""
START = """
import json
import js
from gossamer.browser.event_loop import run
from gossamer.saving import places
from gossamer.saving.formats import ModelFileError
from gossamer.saving.places import limits, transfer
transfer.PAUSE_SECONDS = 0.01
DATA = bytes(range(256)) * 4000
FILES = {"model.json": b"{}", "a.bin": DATA, "weights.bin": b"22"}

async def read(address, *beside, **more):
    file = await places.read(address, lambda file: list(beside), **more)
    return {file.name: bytes(file.data)} | {n: bytes(d) for n, d in file.beside.items()}

async def error_of(waiting):
    try:
        return f"no error, {await waiting!r}"[:300]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


@pytest.fixture(scope="module")
def server(site):
    """A server of the site whose other files a test chooses."""
    with serving(DIST) as running:
        running.files["places.html"] = Served(PAGE.encode(), headers={"Content-Type": "text/html"})
        running.files["worker.js"] = Served(
            WORKER.encode(), headers={"Content-Type": "text/javascript"}
        )
        yield running


@pytest.fixture(scope="module")
def opened(browser, server):
    page, watch = open_page(browser)
    page.goto(server.url("places.html"))
    yield page
    page.context.close()
    watch.assert_offline()


@pytest.fixture(params=["page", "worker"])
def ask(request, opened, server):
    """A function that runs Python, in the page and in a worker, and gives its last value."""
    return asker(opened, server, request.param)


@pytest.fixture
def ask_page(opened, server):
    """The same in the page alone."""
    return asker(opened, server, "page")


@pytest.fixture
def ask_again(opened):
    """The same in the page alone, which keeps what it has in its stores."""
    return runner(opened, "page")


@pytest.fixture
def ask_worker(opened, server):
    """The same in the worker alone."""
    return asker(opened, server, "worker")


def asker(page, server, where):
    """The function, once nothing is left of tests before."""
    ask = runner(page, where)
    ask("""
        await places.clear_cache_async()
        for address in await places.list_models_async():
            await places.remove_model_async(address)
        "0"
    """)
    for path in set(server.files) - {"places.html", "worker.js"}:
        del server.files[path]
    server.requests.clear()
    return ask


def runner(page, where):
    def ask(code, run="runPythonAsync"):
        code = START + textwrap.dedent(code)
        if where == "worker":
            return json.loads(page.evaluate(ASK_WORKER, code))
        answer = f"code => gossamer.ready.then(python => python.{run}(code))"
        return json.loads(page.evaluate(answer, code))

    return ask
