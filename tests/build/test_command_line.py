"""build.py as a person uses it: what fails is one sentence and exit code 1."""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import build
from tools import chromium
from tools.errors import BuildError
from tools.npm import ROOT


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "build.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["build", "serve"])
def test_no_npm_is_one_sentence(command: str, tmp_path: Path) -> None:
    done = run(command, PATH=str(tmp_path), GOSSAMER_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 1
    assert done.stderr.startswith("build.py: ")
    assert "no npm on the PATH" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_pyodide_is_one_sentence(tmp_path: Path) -> None:
    done = run("build", "--pyodide", str(tmp_path))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.rstrip().endswith(f"Received: {tmp_path}")


def test_a_cache_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("build", GOSSAMER_CACHE=str(tmp_path / "file" / "cache"))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.rstrip().endswith(f"Received: {tmp_path / 'file' / 'cache'}")


@pytest.mark.parametrize(
    "arguments", [("build", "--no-such"), ("fly",), (), ("check", "--pyodide", "x"), ("serve", "x")]
)
def test_unknown_arguments_are_refused(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage: build.py" in done.stderr


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ["--inside=numpy,webgl"]),
        (["tests/ops", "-k", "add"], ["tests/ops", "-k", "add", "--inside=numpy,webgl"]),
        (["--inside=", "-x"], ["--inside=", "-x"]),
        (
            ["inside[webgl]::tests/a.py::test_b[c-1]", "inside[numpy]::tests/d.py::e"],
            ["tests/a.py::test_b[c-1]", "tests/d.py::e", "--inside=webgl,numpy"],
        ),
    ],
)
def test_arguments_for_pytest(given: list[str], expected: list[str]) -> None:
    assert build.pytest_arguments(given) == expected


def test_examples_of_the_docstrings() -> None:
    assert doctest.testmod(build).failed == 0


# A shell starts what runs in the background with Ctrl-C ignored, and that is inherited; what undoes
# it runs in the new process, since `preexec_fn` forks, and JAX warns of forks once it is loaded.
START = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.usefixtures("site")
def test_serve_prints_its_address_and_ends_quietly() -> None:
    with (
        subprocess.Popen(
            [sys.executable, "-c", START, "build.py", "serve", "--no-open", "--port", "8760"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as serving,
        contextlib.ExitStack() as stack,
    ):
        stack.callback(serving.kill)  # else leaving the block would wait for it
        assert serving.stdout is not None
        said = next(line for line in serving.stdout if "gossamer is at" in line)
        (address,) = re.findall(r"http://127\.0\.0\.1:\d+/", said)
        with urllib.request.urlopen(address) as answer:
            assert b"gossamer" in answer.read()
        serving.send_signal(signal.SIGINT)
        _, complaints = serving.communicate(timeout=60)
    assert (serving.returncode, complaints) == (0, "")


def test_no_test_file_is_passed_over() -> None:
    """Settings such as pytest's own `norecursedirs` can hide a whole folder, and nobody notices."""
    options = ("--collect-only", "-q", "-p", "no:cacheprovider", "--inside=webgl")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    collected = set(
        re.findall(r"^(?:inside\[webgl\]::)?(tests/[^:]*)::", done.stdout, re.MULTILINE)
    )
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    assert collected == files


def test_pytests_options_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(build, "test", lambda *given: seen.append(given) or 7)
    code = build.main(["test", "-k", "add or sub", "tests/ops", "--pyodide", "x", "-x", "--tb=no"])
    assert code == 7
    assert seen == [(["-k", "add or sub", "tests/ops", "-x", "--tb=no"], "x")]


def test_gossamer_chromium_must_name_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(chromium.VARIABLE, "/no/such/browser")
    with pytest.raises(BuildError, match="Received: /no/such/browser"):
        chromium.installed_chromium()


def test_gossamer_chromium_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(chromium.VARIABLE, sys.executable)
    assert chromium.installed_chromium() == Path(sys.executable)


def test_without_any_chromium_a_sentence_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "SYSTEM_PATHS", ())
    monkeypatch.setattr(chromium, "_is_root_on_debian", lambda: False)
    with pytest.raises(BuildError, match=r"playwright install chromium.*set GOSSAMER_CHROMIUM"):
        chromium.chromium(Path("/bin/false"))
