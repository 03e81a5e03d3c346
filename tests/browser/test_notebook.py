"""The notebook: runs from its first cell to its last, on WebGL2, in JupyterLite without a network.

What the cells gave is read from JupyterLab's model, where it is whole: the page holds only what is
in view. The fixture `page` fails a test whose page asked another host for anything.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tools import notebook
from tools.environment import environment
from tools.errors import BuildError
from tools.npm import ROOT
from tools.website import DIST, carried_wheels

COMMITTED = ROOT / "web" / "notebook" / "first_steps.ipynb"
ACCURACY = 0.97
# Milliseconds after which something has gone wrong, however busy the machine is.
OPENS_WITHIN = 120_000
RUNS_WITHIN = 600_000

CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
READY = """() => {
    const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
    return session?.kernel?.status === "idle";
}"""
STATUS = """() => {
    const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
    return `${session?.kernel?.status}, ${session?.kernel?.connectionStatus}`;
}"""
# An error ends the run, and the cells after it keep no number.
FINISHED = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.toJSON().cells;
    const code = cells.filter((cell) => cell.cell_type === "code");
    return code.every((cell) => cell.execution_count !== null)
        || code.some((cell) => cell.outputs.some((output) => output.output_type === "error"));
}"""


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    return json.loads(COMMITTED.read_text(encoding="utf-8"))


def wait_for_kernel(page: Page) -> None:
    """Wait until the notebook may be run."""
    for may_reload in (True, False):
        try:
            page.locator(".jp-CodeCell").first.wait_for(timeout=OPENS_WITHIN)
            page.wait_for_function(READY, timeout=OPENS_WITHIN)
            return
        except PlaywrightTimeoutError:
            # Seen once in some fifty runs: JupyterLite's kernel began and loaded nothing.
            if not may_reload:
                raise
            print(f"Loading the notebook again: its kernel is {page.evaluate(STATUS)}")
            page.reload()


def code_cells(cells: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {cell["id"]: cell for cell in cells if cell["cell_type"] == "code"}


def joined(value: str | list[str]) -> str:
    """A multi-line string of the notebook format, which may come as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def printed(cell: dict[str, Any]) -> str:
    """What a cell wrote to its standard output, and the text of its result."""
    texts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            texts.append(joined(output["text"]))
        elif output["output_type"] == "execute_result":
            texts.append(joined(output["data"]["text/plain"]))
    return "\n".join(texts)


def picture(cell: dict[str, Any]) -> str:
    """The SVG that a cell shows."""
    pictures = [
        joined(output["data"]["image/svg+xml"])
        for output in cell["outputs"]
        if "image/svg+xml" in output.get("data", {})
    ]
    assert len(pictures) == 1
    return pictures[0]


def points(svg: str) -> list[list[tuple[float, float]]]:
    """The points of each curve of an SVG."""
    return [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in curve.split())]
        for curve in re.findall(r'<polyline points="([^"]*)"', svg)
    ]


def test_committed_notebook_has_no_outputs_and_stable_identifiers(
    committed: dict[str, Any],
) -> None:
    assert (committed["nbformat"], committed["nbformat_minor"]) == (4, 5)
    identifiers = [cell["id"] for cell in committed["cells"]]
    assert len(set(identifiers)) == len(identifiers)
    for cell in code_cells(committed["cells"]).values():
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.usefixtures("site")
def test_lock_has_every_package_that_the_kernel_loads() -> None:
    settings = json.loads(notebook.SETTINGS.read_text(encoding="utf-8"))
    plugins = settings["jupyter-config-data"]["litePluginSettings"]
    kernel = plugins["@jupyterlite/pyodide-kernel-extension:kernel"]
    folder = DIST / "notebook" / "static" / "pyodide"
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    wanted = {name.replace("_", "-") for name in kernel["loadPyodideOptions"]["packages"]}
    assert wanted <= set(lock["packages"])
    for entry in lock["packages"].values():
        assert (folder / entry["file_name"]).is_file()
        assert set(entry["depends"]) <= set(lock["packages"])


@pytest.mark.usefixtures("site")
def test_building_again_changes_nothing(cache: Path) -> None:
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in target.rglob("*")}

    target = DIST / "notebook"
    (wheel,) = DIST.glob("gossamer-*.whl")
    wheels = carried_wheels(wheel, cache)
    before = state()
    notebook.build(target, wheels, environment("site", cache), cache)
    assert state() == before


def test_failure_of_jupyterlite_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, cache: Path
) -> None:
    without_jupyterlite = Path(sys.executable)
    with pytest.raises(BuildError, match="No module named jupyterlite_core") as raised:
        notebook.build(tmp_path / "notebook", [], without_jupyterlite, cache)
    assert str(raised.value).startswith("Could not build the notebook site with JupyterLite: ")
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_notebook_trains_on_webgl_from_top_to_bottom(
    site: str, page: Page, committed: dict[str, Any]
) -> None:
    # A software GPU draws the page as well as the kernel's tensors: a small page leaves it time.
    page.set_viewport_size({"width": 800, "height": 400})
    page.goto(f"{site}notebook/")
    page.wait_for_url("**/notebook/notebooks/index.html?path=first_steps.ipynb")
    wait_for_kernel(page)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    try:
        page.wait_for_function(FINISHED, timeout=RUNS_WITHIN)
    except PlaywrightTimeoutError:
        done = [cell["id"] for cell in page.evaluate(CELLS) if cell.get("execution_count")]
        status = page.evaluate(STATUS)
        pytest.fail(f"It ran no further than {done}. The kernel is {status}.")

    cells = code_cells(page.evaluate(CELLS))
    outputs = [output for cell in cells.values() for output in cell["outputs"]]
    errors = [output for output in outputs if output["output_type"] == "error"]
    assert not errors, "\n".join(errors[0]["traceback"])
    # No warning either: one would say that NumPy took over.
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    assert list(cells) == list(code_cells(committed["cells"]))

    assert "backend: webgl" in printed(cells["backend"])
    assert "backend=webgl" in printed(cells["tensor"])
    assert "value 4.0 slope 10.0 bend 12.0" in printed(cells["gradients"])

    training, test = points(picture(cells["training"]))
    assert len(training) == len(test) == 30
    # An SVG's y grows downwards: the loss ends far below where it began.
    assert training[-1][1] > training[0][1] + 100

    accuracy = re.search(r"test accuracy: ([\d.]+)", printed(cells["accuracy"]))
    assert accuracy is not None
    assert float(accuracy.group(1)) >= ACCURACY

    # `fit` draws the bar of an epoch over and over in one place.
    shown = cells["keras-fit"]["outputs"]
    assert [joined(x["text"]) for x in shown if x["output_type"] == "stream"] == [
        f"Epoch {epoch}/6\n" for epoch in range(1, 7)
    ]
    bars = [joined(x["data"]["text/html"]) for x in shown if x["output_type"] == "display_data"]
    assert len(bars) == 6
    assert all("21/21" in bar and "val_accuracy" in bar for bar in bars)
    chart = picture(cells["history"])
    assert all(f">{name}</text>" in chart for name in ("accuracy", "loss", "val_loss"))
    accuracy = re.search(r"test accuracy: ([\d.]+)", printed(cells["evaluate"]))
    assert accuracy is not None
    assert float(accuracy.group(1)) >= 0.9  # after 6 epochs
    assert picture(cells["predict"]).count("%") == 10

    before, during, after = re.findall(r": (\d+) tensors", printed(cells["memory"]))
    assert int(during) == int(before) + 1
    assert after == before

    # Tall enough for the whole notebook, because JupyterLab leaves out what is not in view.
    page.set_viewport_size({"width": 800, "height": 6000})
    drawn = page.locator(".jp-RenderedSVG img")
    expect(drawn).to_have_count(6)
    for place, image in enumerate(drawn.all()):
        if place == 3:
            continue  # the mistakes, and there may be none
        expect(image).to_be_visible()
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
