"""The benchmark page: both compute the same, and the figures come out. Never how fast that was."""

import json
import re
import subprocess
import sys
from urllib.parse import urlencode

import pytest

import build
from tools.gossamer_wheel import wheel_contents
from tools.npm import ROOT

SETTLED = "['ready', 'done', 'error'].includes(document.body.dataset.state)"


class Benchmark:
    """The benchmark in a page, and what it shows."""

    def __init__(self, page, site, **query):
        self.page = page
        page.goto(f"{site}bench/?{urlencode(query)}")
        self.wait()

    def wait(self):
        self.page.wait_for_function(SETTLED, timeout=300_000)

    def state(self):
        return self.page.locator("body").get_attribute("data-state")

    def status(self):
        return self.page.locator("#status").inner_text()

    def result(self):
        """The JSON that the page offers, its rows by name."""
        found = json.loads(self.page.locator("#json").text_content())
        return {**found, "rows": {row["name"]: row for row in found["rows"]}}

    def line(self, name):
        """The cells of a row of the table."""
        row = self.page.locator("#rows tr").filter(has=self.page.get_by_text(name, exact=True))
        return row.locator("td").all_inner_texts()


def test_rows_ratios_and_json_come_out(page, site, watch):
    names = ["softmax 64x10", "dispatch add, 16x16"]
    bench = Benchmark(page, site, only=f"^({'|'.join(names)})$", samples=2, run="")
    assert bench.state() == "done", bench.status()
    result = bench.result()
    assert list(result["rows"]) == names
    assert (result["samples"], result["tfjs"]) == (2, "4.22.0")
    assert "SwiftShader" in result["renderer"]
    for row in result["rows"].values():
        assert "error" not in row
        assert row["difference"] < 1e-5
        assert row["ratio"] > 0
        assert row["met"] in (True, False)
        for engine in ("gossamer", "tfjs"):
            assert 0 < row[engine]["min"] <= row[engine]["median"]
            assert row["draws"][engine] >= 1
    for name, unit in zip(names, ("ms", "µs"), strict=True):
        ours, theirs, ratio, _, draws = bench.line(name)
        assert re.fullmatch(rf"[\d.]+ {unit}", ours)
        assert re.fullmatch(rf"[\d.]+ {unit}", theirs)
        assert float(ratio) > 0
        assert re.fullmatch(r"\d+ / \d+", draws)
    assert watch.errors == []


def test_both_train_by_fit(page, site, watch):
    bench = Benchmark(page, site, only="^fit, a step of MLP", samples=1, run="")
    (row,) = bench.result()["rows"].values()
    assert "error" not in row, row["error"]
    assert row["difference"] < 3e-3  # of the losses of two epochs
    # 24 draws of the step alone, and those of the mean loss; TensorFlow.js: 187.
    assert row["draws"]["gossamer"] <= 32
    assert row["draws"]["tfjs"] > 100
    assert row["unit"] == "ms"
    assert watch.errors == []


def test_programs_and_first_runs_are_measured_in_pages_of_their_own(page, site):
    bench = Benchmark(page, site, only="^(relu then.*|first softmax.*|batch.*)$", samples=1, run="")
    first, programs, *changes = bench.result()["rows"].values()
    for row in (first, programs, *changes):
        assert "error" not in row, row["error"]
    assert first["difference"] < 1e-5
    assert first["gossamer"]["median"] > 0
    assert 1 <= programs["gossamer"]["median"] <= 6  # for fifty shapes
    assert programs["tfjs"]["median"] >= 200
    assert [row["name"] for row in changes] == ["batch 8 to 7, MLP", "batch 8 to 7, CNN"]
    for row in changes:
        assert row["difference"] < 1e-3
        assert row["gossamer"]["median"] <= 5
        assert row["tfjs"]["median"] >= 10
    assert page.locator("iframe").count() == 0


def test_a_visitor_runs_a_group(page, site):
    bench = Benchmark(page, site, samples=1)
    assert bench.state() == "ready", bench.status()
    page.get_by_label("Cases").select_option("dispatch")
    page.get_by_role("button", name="Run").click()
    bench.wait()
    assert all(name.startswith("dispatch") for name in bench.result()["rows"])
    assert page.get_by_role("row").count() == 1 + len(bench.result()["rows"])
    assert page.get_by_role("button", name="Copy").is_enabled()


def test_what_fails_is_a_row_and_what_differs_is_an_error(page, site):
    source = (ROOT / "web" / "bench" / "operations.py").read_text(encoding="utf-8")
    wrong = source.replace("(ops.max_pool,", "(ops.average_pool,").replace('"tf.tanh"', '"tf.tan("')
    page.route("**/operations.py", lambda route: route.fulfill(body=wrong))
    only = "^(max pool 2x2|relu, 1024|tanh)"
    bench = Benchmark(page, site, only=only, samples=1, run="")
    pooled, relu, tanh = bench.result()["rows"].values()
    assert "results differ" in pooled["error"]
    assert "SyntaxError" in tanh["error"]
    assert "error" not in relu
    assert [row["met"] for row in (pooled, tanh)] == [False, False]
    assert page.locator("#rows .error").first.is_visible()


def test_a_wrong_pattern_is_told(page, site):
    bench = Benchmark(page, site, only="(", run="")
    assert bench.state() == "error"
    assert "unterminated" in bench.status()


def run(*arguments):
    """`build.py bench` once the site is built."""
    command = [sys.executable, "-m", "tools.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("site")
def test_command_prints_a_table_and_writes_json(tmp_path):
    done = run("^softmax 64x10$", "1", str(tmp_path / "figures.json"))
    assert (done.returncode, done.stderr) == (0, "")
    heading, line, *_ = done.stdout.splitlines()
    assert heading.split() == ["gossamer", "TF.js", "ratio", "wanted", "draws"]
    assert re.match(r"softmax 64x10 +[\d.]+ ms +[\d.]+ ms +[\d.]+ +≥ 1.5", line)
    (row,) = json.loads((tmp_path / "figures.json").read_text())["rows"]
    assert row["name"] == "softmax 64x10"


@pytest.mark.usefixtures("site")
def test_command_tells_of_a_wrong_choice(tmp_path):
    done = run("no such", "1", str(tmp_path / "figures.json"))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "No case" in done.stderr
    assert not (tmp_path / "figures.json").exists()


def test_command_line_reaches_the_benchmark(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(build, "bench", lambda *given: seen.append(given) or 3)
    assert build.main(["bench", "--only", "conv", "--json", str(tmp_path / "x.json")]) == 3
    assert seen == [("conv", 7, tmp_path / "x.json", None)]


def test_the_wheel_has_no_tensorflow():
    """Nor the benchmark; what reads its files is gossamer's own."""
    assert not [path for path in wheel_contents() if re.search(r"(^|/)tf[^/]*\.js|bench", path)]
