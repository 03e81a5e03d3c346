"""Static checks: ruff (lint and format), mypy, and TypeScript over the JavaScript.

Called by `build.py check` and by tests/build/test_check.py, so that a test run includes them.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tools.commands import run_quietly
from tools.environment import environment
from tools.errors import BuildError
from tools.npm import ROOT, unpacked


def ruff_lint(cache: Path) -> list[str]:
    return [str(environment("test", cache)), "-m", "ruff", "check", "--quiet", "."]


def ruff_format(cache: Path) -> list[str]:
    return [str(environment("test", cache)), "-m", "ruff", "format", "--quiet", "--diff", "."]


def mypy(cache: Path) -> list[str]:
    python = str(environment("test", cache))
    # Its cache lies outside of the tree, as everything does that is made and not committed.
    return [python, "-m", "mypy", "--no-error-summary", "--cache-dir", str(cache / "mypy")]


def typescript(cache: Path) -> list[str]:
    """`tsc --checkJs` with the settings of tsconfig.json, which names the files."""
    node = shutil.which("node")
    if node is None:
        raise BuildError("Checking the JavaScript needs Node.js, and there is no node on the PATH.")
    compiler = unpacked("typescript", cache) / "bin" / "tsc"
    return [node, str(compiler), "--project", "tsconfig.json", "--pretty", "false"]


CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "ruff check": ruff_lint,
    "ruff format": ruff_format,
    "mypy": mypy,
    "tsc --checkJs": typescript,
}


def complaints(command: list[str], root: Path = ROOT) -> str:
    """What a check complains of, empty when it passes."""
    done = run_quietly(command, root)
    return "" if done.succeeded else done.output or done.last_line


def run(cache: Path) -> int:
    """Runs every check and prints what each says; returns 0 when all pass, else 1."""
    failed = False
    for name, command in CHECKS.items():
        said = complaints(command(cache))
        print(f"{name}: {'failed' if said else 'passed'}", flush=True)
        if said:
            failed = True
            print(said, file=sys.stderr, flush=True)
    return 1 if failed else 0
