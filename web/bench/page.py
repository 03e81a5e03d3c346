"""The page itself: which cases run, the table that fills, and the figures as JSON.

Last of the page's Python scripts. In the page's address, `only` is a regular expression for names
of cases and groups, `samples` how many there are of each, and `run` starts at once; `alone` names
a case for which this page was opened by another one. What `build.py bench` and the tests read:
`data-state` of the body (loading, ready, running, done, error), and `bench.rows`.
"""
# ruff: noqa: F821 (the names that are not defined here come from the scripts before)

import asyncio
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

from js import bench, document, location, navigator, parent, tf
from pyodide.ffi.wrappers import add_event_listener

import gossamer as gs

SAMPLES = 7
NOTHING = "\N{EN DASH}"


def element(name):
    return document.getElementById(name)


def set_state(state, text):
    document.body.dataset.state = state
    element("status").textContent = text


def made(tag, text="", **properties):
    """A new element."""
    new = document.createElement(tag)
    new.textContent = text
    for name, value in properties.items():
        setattr(new, name, value)
    return new


def about():
    """What the figures were measured with."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "renderer": gs.memory()["renderer"],
        "browser": navigator.userAgent,
        "cores": navigator.hardwareConcurrency,
        "gossamer": gs.__version__,
        "tfjs": tf.version.tfjs,
    }


def chosen(pattern):
    """The cases in whose name or group the regular expression finds something."""
    return [case for case in CASES if re.search(pattern, f"{case.name}\n{case.group}", re.M)]


def cells(row):
    """What stands in a row of the table after its name."""
    wanted = NOTHING
    if row["limit"] is not None:
        wanted = f"\N{LESS-THAN OR EQUAL TO} {row['limit']:g} {row['unit']}".strip()
    elif row["wanted"] is not None:
        wanted = f"\N{GREATER-THAN OR EQUAL TO} {row['wanted']:g}"
    if row["met"] is False:
        wanted += ", missed"
    if "ratio" not in row:
        return [NOTHING, NOTHING, NOTHING, wanted, NOTHING]
    figures = [f"{short(row[name]['median'])} {row['unit']}" for name in ("gossamer", "tfjs")]
    ratio = NOTHING if row["ratio"] is None else f"{row['ratio']:.2f}"
    draws = f"{row['draws']['gossamer']} / {row['draws']['tfjs']}" if "draws" in row else NOTHING
    return [*figures, ratio, wanted, draws]


def short(figure):
    """Three digits, or all before the point."""
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.3g}"


class Page:
    """The table and its buttons."""

    def __init__(self, samples):
        self.samples = samples
        self.rows = {}
        self.running = None
        for group in dict.fromkeys(case.group for case in CASES):
            element("group").append(made("option", group))
        add_event_listener(element("run"), "click", lambda event: self.press())
        add_event_listener(element("copy"), "click", lambda event: self.copy())

    def press(self):
        """Runs what is chosen; stops when it runs."""
        if self.running:
            self.running.cancel()
        else:
            group = element("group").value
            self.start(f"^{re.escape(group)}$" if group else "")

    def start(self, pattern):
        set_state("running", "Starting")
        self.running = asyncio.ensure_future(self.run(pattern))

    async def run(self, pattern):
        state = "done"
        element("run").textContent = "Stop"
        try:
            cases = chosen(pattern)
            if not cases:
                raise ValueError(f"No case has this in its name. Received: only={pattern!r}")
            for done, case in enumerate(cases):
                set_state("running", f"{case.name} ({done + 1} of {len(cases)})")
                await asyncio.sleep(0.02)  # so that it can be seen
                self.show(await measure(case, self.samples))
            missed = sum(row["met"] is False for row in self.rows.values())
            text = f"{len(self.rows)} cases measured; {missed} fall short of what is wanted."
        except asyncio.CancelledError:
            text = "Stopped."
        except Exception as error:
            state, text = "error", f"{type(error).__name__}: {error}"
        element("run").textContent = "Run"
        self.running = None
        set_state(state, text)

    def show(self, row):
        """Adds a row, in place of an earlier one of the same case."""
        line = made("tr")
        line.dataset.name = row["name"]
        line.dataset.met = str(row["met"]).lower()
        line.append(
            made("th", row["name"], scope="row"), *[made("td", text) for text in cells(row)]
        )
        if "error" in row:
            line.firstChild.append(made("span", row["error"], className="error"))
        old = [other for other in element("rows").children if other.dataset.name == row["name"]]
        if old:
            old[0].replaceWith(line)
        else:
            element("rows").append(line)
        self.rows[row["name"]] = row
        said = {"name": row["name"], "cells": cells(row), "error": row.get("error")}
        bench.rows.push(json.dumps(said))
        result = {**about(), "samples": self.samples, "rows": list(self.rows.values())}
        element("json").textContent = json.dumps(result, indent=1)
        element("copy").disabled = False

    def copy(self):
        navigator.clipboard.writeText(element("json").textContent)
        element("copy").textContent = "Copied"


query = parse_qs(location.search[1:], keep_blank_values=True)
if gs.backend() != "webgl":
    raise RuntimeError(gs.memory()["reason"])
await bench.start()  # noqa: F704 (top-level await is allowed in a page's script)
if "alone" in query:
    (case,) = [case for case in CASES if case.name == query["alone"][0]]
    answer = measure_here(case, query["tfjs-first"] == ["1"])
    parent.postMessage(json.dumps(answer), location.origin)
else:
    page = Page(int(query.get("samples", [SAMPLES])[0]))
    element("renderer").textContent = gs.memory()["renderer"]
    element("run").disabled = False
    if "run" in query:
        page.start(query.get("only", [""])[0])
    else:
        set_state("ready", f"{len(CASES)} cases.")
