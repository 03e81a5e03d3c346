"""The virtual environments that the build makes for itself, one per dependency group.

Called by build.py. They lie in the cache and not in the repository: a fresh clone of the same pins
starts at once, nothing in the tree has to be ignored by other tools, and their folder's name is a
hash of what is in them, so that a changed pin makes a new one.
"""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path

from tools.cache import locked, sha256
from tools.commands import run_quietly
from tools.errors import BuildError
from tools.npm import ROOT

CONSTRAINTS = Path(__file__).parent / "constraints.txt"


def requirements(group: str) -> list[str]:
    """The pins of a dependency group, from pyproject.toml."""
    with open(ROOT / "pyproject.toml", "rb") as stream:
        return list(tomllib.load(stream)["dependency-groups"][group])


def environment(group: str, cache: Path) -> Path:
    """The Python interpreter of the group's environment, which is made when it is not there yet.

    Raises BuildError when the environment cannot be made or pip fails.
    """
    wanted = requirements(group)
    # The base prefix: asked from inside one of these environments, it is still the same one.
    recipe = "\n".join(
        [*wanted, CONSTRAINTS.read_text(encoding="utf-8"), sys.version, sys.base_prefix]
    )
    folder = cache / "environments" / f"{group}-{sha256(recipe.encode())[:12]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = folder / "complete"
    with locked(cache, f"environment-{group}"):
        if not complete.is_file():
            # Scripts carry the folder's path, so it cannot be made elsewhere and renamed: the
            # file `complete`, written last, says that it is whole.
            shutil.rmtree(folder, ignore_errors=True)
            print(f"Making the Python environment for: {', '.join(wanted)}", flush=True)
            _run(
                [sys.executable, "-m", "venv", str(folder)],
                "Python could not make a virtual environment (on Debian, install python3-venv)",
            )
            _run(
                [
                    *(str(python), "-m", "pip", "install", "--quiet"),
                    *("--disable-pip-version-check", "--constraint", str(CONSTRAINTS), *wanted),
                ],
                f"pip could not install {', '.join(wanted)} (is there a network?)",
            )
            complete.touch()
    return python


def _run(command: list[str], failure: str) -> None:
    """Runs a command quietly; raises BuildError with its last error when it fails."""
    done = run_quietly(command)
    if not done.succeeded:
        errors = [line for line in done.output.splitlines() if line.upper().startswith("ERROR")]
        raise BuildError(f"{failure}: {errors[-1] if errors else done.last_line}")
