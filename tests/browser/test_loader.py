"""The loader, web/gossamer.js, in a real page: what a page's author and JavaScript rely on.

Each test opens a page of its own at an address of the site; nothing is added to the site.
"""

import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.browser.harness.pages import open_page

LOADER = Path(__file__).parents[2] / "web" / "gossamer.js"
NO_WEBGL2 = """
for (const canvas of [HTMLCanvasElement, OffscreenCanvas]) {
  const original = canvas.prototype.getContext;
  canvas.prototype.getContext = function (kind, ...rest) {
    return kind === "webgl2" ? null : original.call(this, kind, ...rest);
  };
}
"""
RECORD_PROGRESS = """
self.progress = [];
new MutationObserver(() => {
  const bar = document.querySelector("[role=progressbar]");
  if (bar) self.progress.push(Number(bar.getAttribute("aria-valuenow")));
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
RECORD_ERRORS = """
self.problems = [];
document.addEventListener("gossamer:error", (event) => self.problems.push(event.detail));
"""
OUTCOME = "gossamer.ready.then(() => 'resolved', (error) => error.message)"


class Visit:
    """A page of the given HTML on the site, and what it requested."""

    def __init__(self, page, site):
        self.page = page
        self.site = site
        self.requests = []
        page.on("request", lambda request: self.requests.append(request.url))

    def serve(self, path, body, content_type="text/html", status=200):
        """Answers requests for one more file of the site."""
        self.page.route(
            urljoin(self.site, path),
            lambda route: route.fulfill(status=status, body=body, content_type=content_type),
        )

    def serve_wheel(self, folder):
        """Puts a small package there, `extra_words`; returns the path of its wheel."""
        wheel = io.BytesIO()
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("extra_words.py", "WORD = 'gossamer'")
            metadata = "Metadata-Version: 2.1\nName: extra-words\nVersion: 1.0\n"
            archive.writestr("extra_words-1.0.dist-info/METADATA", metadata)
            archive.writestr("extra_words-1.0.dist-info/RECORD", "")
        path = f"{folder}extra_words-1.0-py3-none-any.whl"
        self.serve(path, wheel.getvalue(), "application/zip")
        return path

    def open(self, body, attributes='data-backend="numpy"', path="loader-test.html"):
        """Opens a page with the loader in its head."""
        tag = f'<script src="gossamer.js" {attributes}></script>'
        html = f'<!doctype html><html lang="en"><head><title>t</title>{tag}</head><body>{body}'
        self.serve(path, html)
        self.page.goto(urljoin(self.site, path))
        return self

    def outcome(self):
        """'resolved', or the message with which `gossamer.ready` was rejected."""
        return self.page.wait_for_function(OUTCOME, timeout=120_000).json_value()

    def get(self, member):
        """What a member of the object gives that `gossamer.ready` resolves to."""
        assert self.outcome() == "resolved"
        return self.page.evaluate(f"gossamer.ready.then((python) => python.{member})")

    def panel(self):
        """The text of the panel in which the page shows a problem."""
        return self.page.get_by_role("alert").inner_text()


@pytest.fixture
def visit(page, site):
    return Visit(page, site)


def test_scripts_run_in_order_and_ready_gives_python(visit, watch):
    visit.page.add_init_script(RECORD_PROGRESS)
    visit.serve("second.py", "trace.append(__import__('asyncio') and 'second')", "text/x-python")
    visit.open(
        """
        <script type="text/python">
            import asyncio
            trace = ["first"]
            await asyncio.sleep(0.05)
            trace.append("first again")
            never_waited_for = asyncio.create_task(asyncio.sleep(3600))
        </script>
        <script type="text/python" src="second.py"></script>
        <p>between</p>
        <script type="text/python">trace.append("third")</script>
        """
    )
    assert visit.outcome() == "resolved"
    found = visit.page.evaluate(
        """async () => {
          const python = await gossamer.ready;
          return {
            trace: python.runPython("','.join(trace)"),
            sum: python.runPython("40 + 2"),
            awaited: await python.runPythonAsync("await asyncio.sleep(0, 'done')"),
            version: python.version,
            importedVersion: python.runPython("import gossamer as gs; gs.__version__"),
            backend: python.backend,
            setting: python.runPython("import os; os.environ['GOSSAMER_BACKEND']"),
            samePyodide: python.pyodide.runPython("trace[0]"),
            isolated: crossOriginIsolated,
          };
        }"""
    )
    assert found.pop("version") == found.pop("importedVersion")
    assert found == {
        "trace": "first,first again,second,third",
        "sum": 42,
        "awaited": "done",
        "backend": "numpy",
        "setting": "numpy",
        "samePyodide": "first",
        "isolated": False,
    }
    progress = visit.page.evaluate("self.progress")
    assert progress == sorted(progress)
    assert len(set(progress)) >= 3
    assert visit.page.get_by_role("progressbar").count() == 0  # it goes when all is loaded
    assert visit.page.get_by_role("alert").count() == 0
    assert watch.errors == []


def test_backend_is_always_the_one_in_use(visit):
    visit.open("", 'data-backend="webgl"')
    assert visit.outcome() == "resolved"
    backends = visit.page.evaluate(
        """async () => {
          const python = await gossamer.ready;
          const before = python.backend;
          python.runPython("import gossamer; gossamer.set_backend('numpy')");
          return [before, python.backend];
        }"""
    )
    assert backends == ["webgl", "numpy"]


def test_numpy_takes_over_without_webgl2_and_says_so(visit, watch):
    visit.page.add_init_script(NO_WEBGL2)
    visit.open("", 'data-backend="webgl"')
    assert visit.get("backend") == "numpy"
    assert any("WebGL2" in text and "NumPy" in text for text in watch.console)


def test_progress_can_be_switched_off(visit):
    visit.page.add_init_script(RECORD_PROGRESS)
    visit.open("", 'data-backend="numpy" data-progress="off"')
    assert visit.outcome() == "resolved"
    assert visit.page.evaluate("self.progress") == []


def test_python_error_is_shown_and_ends_the_scripts(visit, watch):
    visit.page.add_init_script(RECORD_ERRORS)
    visit.open(
        """
        <script type="text/python">reached = 1</script>
        <script type="text/python">
            def divide(number):
                return number / 0
            divide(reached)
        </script>
        <script type="text/python">reached = 2</script>
        """
    )
    assert visit.get("runPython('reached')") == 1
    panel = visit.panel()
    assert "script 2 of the page" in panel
    assert "Traceback (most recent call last)" in panel
    assert "return number / 0" in panel
    assert "ZeroDivisionError: division by zero" in panel
    assert "_pyodide" not in panel
    errors = [text for text in watch.console if text.startswith("error: ")]
    assert any("Traceback" in text and "ZeroDivisionError" in text for text in errors)
    assert watch.errors == []
    (event,) = visit.page.evaluate("self.problems")
    assert event["title"] in panel
    assert event["text"] in panel
    visit.page.get_by_role("button", name="Close").click()
    assert visit.page.get_by_role("alert").count() == 0


def test_missing_script_is_named(visit, watch):
    visit.open('<script type="text/python" src="absent.py"></script>')
    assert visit.outcome() == "resolved"
    assert "absent.py" in visit.panel()
    assert "404" in visit.panel()
    assert watch.errors == []


def test_packages_come_from_wheels_of_the_page(visit):
    name = visit.serve_wheel("wheels/")
    visit.open("", f'data-backend="numpy" data-packages="{name}"')
    assert visit.get("runPython('import extra_words; extra_words.WORD')") == "gossamer"


def test_unknown_package_is_one_sentence(visit):
    visit.open("", 'data-packages="no-such-package"')
    outcome = visit.outcome()
    assert outcome.startswith("gossamer could not load no-such-package into the Pyodide of ")
    assert "Received: No known package" in outcome
    assert outcome in visit.panel()


def test_unknown_backend_is_one_sentence(visit):
    visit.open("", 'data-backend="abacus"')
    outcome = visit.outcome()
    assert outcome.startswith("gossamer could not be started. Received: ValueError: ")
    assert "abacus" in outcome
    assert "\n" not in outcome
    assert outcome in visit.panel()


@pytest.mark.parametrize(
    "file", ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
)
def test_missing_file_of_pyodide_is_one_sentence(visit, watch, file):
    visit.serve(f"pyodide/{file}", "not here", status=404)
    visit.open('<script type="text/python">reached = 1</script>')
    outcome = visit.outcome()
    assert re.match(r"gossamer could not (load|start) Pyodide\. Received: ", outcome)
    assert file in outcome
    assert "\n" not in outcome
    assert outcome in visit.panel()
    assert visit.page.get_by_role("progressbar").count() == 0
    assert watch.errors == []


def test_damaged_wheel_is_refused(visit):
    def damage(route):
        body = bytearray(route.fetch().body())
        body[len(body) // 2] ^= 1
        route.fulfill(body=bytes(body), content_type="application/zip")

    visit.page.route("**/pyodide/numpy-*.whl", damage)
    visit.open("")
    outcome = visit.outcome()
    assert outcome.startswith("gossamer could not load numpy into the Pyodide of ")
    assert outcome in visit.panel()


def test_no_webassembly_is_one_sentence(visit):
    visit.page.add_init_script("delete globalThis.WebAssembly;")
    visit.open("")
    assert visit.outcome() == (
        "gossamer needs WebAssembly, which this browser lacks or has switched off."
    )


def test_page_opened_as_a_file_says_what_to_do(browser, tmp_path):
    shutil.copy(LOADER, tmp_path)
    (tmp_path / "page.html").write_text('<!doctype html><script src="gossamer.js"></script>')
    page, _ = open_page(browser)
    page.goto((tmp_path / "page.html").as_uri())
    message = page.evaluate(OUTCOME)  # known at once
    page.context.close()
    assert "serve the folder over HTTP" in message


def test_works_below_a_path(visit):
    def from_the_root(route):
        below = route.request.url.removeprefix(urljoin(visit.site, "some/where/"))
        route.fulfill(response=route.fetch(url=urljoin(visit.site, below)))

    visit.page.route(urljoin(visit.site, "some/where/**"), from_the_root)
    visit.open("<script type='text/python'>here = 1</script>", path="some/where/page.html")
    assert visit.get("runPython('here')") == 1
    assert all("/some/where/" in url for url in visit.requests)


def test_another_pyodide_gets_the_wheel_from_beside_the_loader(visit):
    def other(route):
        name = route.request.url.removeprefix(urljoin(visit.site, "other/"))
        original = route.fetch(url=urljoin(visit.site, f"pyodide/{name}"))
        if name != "pyodide-lock.json" or route.request.method == "HEAD":
            route.fulfill(response=original)
            return
        lock = original.json()
        del lock["packages"]["gossamer"]
        route.fulfill(body=json.dumps(lock), content_type="application/json")

    visit.page.route(urljoin(visit.site, "other/**"), other)
    visit.open("", 'data-pyodide="other" data-backend="numpy"')
    assert visit.outcome() == "resolved"
    requested = [url.removeprefix(visit.site) for url in visit.requests]
    assert any(re.fullmatch(r"gossamer-[\d.]+\w*-py3-none-any\.whl", url) for url in requested)
    assert not any(url.startswith("pyodide/") for url in requested)


@pytest.mark.parametrize("backend", ["numpy", "webgl"])
def test_works_in_a_worker(visit, backend):
    wheel = visit.serve_wheel("work/")
    options = {
        "base": "..",
        "pyodide": "../pyodide",
        "backend": backend,
        "packages": [wheel.removeprefix("work/")],
    }
    code = "import gossamer as gs, extra_words; float(gs.ops.sum(gs.ops.ones(8)))"
    worker = f"""
      self.gossamerOptions = {json.dumps(options)};
      importScripts("../gossamer.js");
      gossamer.ready.then(
        async (python) => postMessage(
          [python.backend, await python.runPythonAsync({json.dumps(code)})],
        ),
        (error) => postMessage(error.message),
      );
    """
    visit.serve("work/worker.js", worker, "text/javascript")
    visit.serve("plain.html", "<!doctype html><title>t</title>")
    visit.page.goto(urljoin(visit.site, "plain.html"))
    answer = visit.page.evaluate(
        """() => new Promise((resolve) => {
          const worker = new Worker("work/worker.js");
          worker.onmessage = (event) => resolve(event.data);
          worker.onerror = (event) => resolve(event.message);
        })"""
    )
    assert answer == [backend, 8]
