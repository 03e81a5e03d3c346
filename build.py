#!/usr/bin/env python3
"""Everything that is done with this repository, one command each.

    python build.py serve    make what is missing, serve the site, print its address
    python build.py test     run every test, on CPython and inside Pyodide in a browser
    python build.py build    leave the static site in dist/
    python build.py check    ruff, mypy and TypeScript's checks of the JavaScript
    python build.py bench    measure gossamer beside TensorFlow.js in a browser

No step by hand comes before any of them: Python 3.11 or newer and npm are enough. This file is
only the command line; each step is a file in tools/, which use nothing but the standard library
(but tools/bench.py, which runs in the environment of the tests).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 (ruff believes the promise that is checked here)
    sys.exit("build.py needs Python 3.11 or newer. Received: " + sys.version.split()[0])

from tools import checks, chromium, environment, server, website
from tools.cache import cache_folder
from tools.errors import BuildError
from tools.npm import ROOT


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code."""
    options, others = _parser().parse_known_args(arguments)
    if others and options.command != "test":
        _parser().error(f"{options.command} does not know: {' '.join(others)}")
    try:
        if options.command == "serve":
            return serve(options.port, not options.no_open, options.pyodide)
        if options.command == "test":
            return test(others, options.pyodide)
        if options.command == "check":
            return checks.run(cache_folder())
        if options.command == "bench":
            return bench(options.only, options.samples, options.json, options.pyodide)
        website.build_site(cache_folder(), options.pyodide)
        print(f"The site is in {website.DIST}")
        return 0
    except BuildError as problem:
        print(f"build.py: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def serve(port: int, open_browser: bool, pyodide: str | None) -> int:
    """Builds the site and serves it until Ctrl-C."""
    website.build_site(cache_folder(), pyodide)
    with server.make_server(website.DIST, port) as running:
        print(f"gossamer is at {running.address} (Ctrl-C ends it)", flush=True)
        if open_browser and sys.stdout.isatty():
            webbrowser.open(running.address)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def test(arguments: Sequence[str], pyodide: str | None) -> int:
    """Builds the site and runs pytest in its own environment; returns pytest's exit code."""
    return _run_beside_a_browser(["pytest", *pytest_arguments(arguments)], pyodide)


def bench(only: str, samples: int, json_file: Path, pyodide: str | None) -> int:
    """Builds the site and runs its benchmark; returns 0 unless a case fails, however slow it is."""
    arguments = [only, str(samples), str(json_file.resolve())]
    return _run_beside_a_browser(["tools.bench", *arguments], pyodide)


def _run_beside_a_browser(module: list[str], pyodide: str | None) -> int:
    """Builds the site; runs a module of the test environment, which then knows a Chromium."""
    cache = cache_folder()
    python = environment.environment("test", cache)
    variables = {
        **os.environ,
        chromium.VARIABLE: str(chromium.chromium(python)),
        website.PYODIDE_VARIABLE: pyodide or "",
    }
    website.build_site(cache, pyodide)
    command = [str(python), "-m", *module]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode


def pytest_arguments(arguments: Sequence[str]) -> list[str]:
    """The arguments for pytest: every backend inside Pyodide, unless --inside says otherwise.

    The id of a test inside Pyodide, as pytest prints it, names that test on that backend:

    >>> pytest_arguments(["inside[webgl]::tests/test_tiny.py::test_sum"])
    ['tests/test_tiny.py::test_sum', '--inside=webgl']
    """
    pattern = re.compile(r"inside\[(\w+)\]::(.*)", re.DOTALL)
    found = [pattern.fullmatch(argument) for argument in arguments]
    plain = [
        match[2] if match else argument for match, argument in zip(found, arguments, strict=True)
    ]
    backends = dict.fromkeys(match[1] for match in found if match)
    if any(argument.startswith("--inside") for argument in arguments):
        return plain
    return [*plain, f"--inside={','.join(backends or ('numpy', 'webgl'))}"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    pyodide_help = "another Pyodide distribution: its folder, or its address"
    for name, text in (
        ("serve", "make what is missing and serve the site"),
        ("test", "run every test; further arguments go to pytest"),
        ("build", "leave the static site in dist/"),
        ("check", "lint, formatting and types of Python and JavaScript"),
        ("bench", "measure gossamer beside TensorFlow.js in headless Chromium"),
    ):
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        if name != "check":
            command.add_argument("--pyodide", metavar="DIR_OR_URL", help=pyodide_help)
        if name == "serve":
            command.add_argument("--port", type=int, default=8000, help="default: 8000 or above")
            command.add_argument("--no-open", action="store_true", help="open no browser")
        if name == "bench":
            command.add_argument("--only", default="", metavar="REGEX", help="names of cases")
            command.add_argument("--samples", type=int, default=7, help="of each case; default: 7")
            command.add_argument(
                "--json", type=Path, default=ROOT / "build" / "bench.json",
                metavar="FILE", help="where the figures go; default: build/bench.json",
            )  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
