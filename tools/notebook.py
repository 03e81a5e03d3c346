"""The notebook site: JupyterLite with Pyodide, gossamer and one notebook, all in one folder.

build.py calls build(). The site is static, asks no other host for anything, needs no special
headers and works under any path. It has a Pyodide folder of its own, because JupyterLite's kernel
fits one Pyodide version and must not follow `--pyodide` to another.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.cache import sha256, temporary_folder, write_file
from tools.commands import run_quietly
from tools.environment import requirements
from tools.errors import BuildError
from tools.npm import ROOT
from tools.pure_wheels import fetch
from tools.pyodide_distribution import assemble
from tools.wheel import wheel_bytes, wheel_file

SOURCE = ROOT / "web" / "notebook"
WHEELS = SOURCE / "wheels.sha256"  # IPython and what it needs, for the kernel in the page
SETTINGS = SOURCE / "jupyter-lite.json"
INDEX = SOURCE / "index.html"
# What the visitor finds beside the notebook: open() reads these in the kernel.
CONTENTS = (SOURCE / "first_steps.ipynb", ROOT / "web" / "data" / "digits.npz")

KERNEL_EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
KERNEL_WHEELS = ("piplite", "pyodide_kernel", "ipykernel")
# The kernel loads these by name, as Pyodide's own distribution has them; nothing that it does
# uses them, so that wheels without a module satisfy it.
STAND_INS = ("ssl", "sqlite3")
STAMP = "inputs.sha256"


def build(target: Path, wheels: Sequence[Path], python: Path, cache: Path) -> None:
    """Makes target the notebook site; quick when only the wheels changed, or nothing.

    Arguments:
        target: the folder to make, `dist/notebook`; its index.html leads to the notebook.
        wheels: wheels that the kernel shall have besides NumPy, gossamer's for one.
        python: the interpreter of the environment that has JupyterLite, the group `site`.
        cache: the cache folder, for what is downloaded.

    Raises BuildError when something cannot be fetched or JupyterLite fails.
    """
    recipe = _recipe()
    stamp = target / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != recipe:
        with temporary_folder(target.parent) as half:
            _run_jupyterlite(python, half)
            write_file(half / "site" / STAMP, recipe.encode())
            if target.exists():
                os.replace(target, half / "before")
            os.replace(half / "site", target)
    carried = [
        *wheels,
        *fetch(pins(WHEELS), python, cache),
        *_kernel_wheels(python),
        *(_stand_in(name, cache) for name in STAND_INS),
    ]
    # Not JupyterLite's to copy: a change of gossamer alone then rewrites two files.
    assemble(target / "static" / "pyodide", carried, cache=cache)


def _recipe() -> str:
    """A hash of everything that JupyterLite's part of the site is made from."""
    sources = [Path(__file__), SETTINGS, INDEX, *CONTENTS]
    parts = [*requirements("site"), *(sha256(path.read_bytes()) for path in sources)]
    return sha256("\n".join(parts).encode())


def pins(path: Path) -> Mapping[str, str]:
    """Wheel file to sha256, from a file in the format of `sha256sum`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines if line)}


def _run_jupyterlite(python: Path, half: Path) -> None:
    """Runs `jupyter lite build` inside the folder half; the result is in its folder site."""
    contents = half / "contents"
    contents.mkdir()
    for path in CONTENTS:
        shutil.copyfile(path, contents / path.name)
    settings = half / "lite" / SETTINGS.name
    settings.parent.mkdir()
    shutil.copyfile(SETTINGS, settings)
    print("Building the notebook site with JupyterLite", flush=True)
    _run(
        [
            *(python, "-I", "-m", "jupyterlite_core", "build"),
            *("--lite-dir", settings.parent, "--contents", contents),
            *("--output-dir", half / "site", "--apps", "notebooks", "--no-sourcemaps"),
        ],
        "build the notebook site with JupyterLite",
        half,
    )
    shutil.copyfile(INDEX, half / "site" / INDEX.name)


def _kernel_wheels(python: Path) -> list[Path]:
    """The wheels that come inside the kernel's extension, from JupyterLite's environment."""
    folder = python.parent.parent / KERNEL_EXTENSION
    found = []
    for name in KERNEL_WHEELS:
        paths = sorted(folder.glob(f"{name}-*.whl"))
        if len(paths) != 1:
            raise BuildError(
                f"JupyterLite's environment is damaged, remove it and build again: expected one "
                f"{name} wheel in {folder}. Received: {len(paths)}"
            )
        found.append(paths[0])
    return found


def _stand_in(name: str, cache: Path) -> Path:
    """A wheel of this name without a module, in the cache."""
    version, tag = "1.0.0", "py3-none-any"
    information = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        f"{information}/METADATA": metadata.encode(),
        f"{information}/WHEEL": wheel_file(tag, "gossamer-build", pure=True),
    }
    path = cache / "wheels" / "stand-in" / f"{name}-{version}-{tag}.whl"
    write_file(path, wheel_bytes(name, version, tag, files))
    return path


def _run(command: Sequence[str | Path], purpose: str, folder: Path) -> None:
    """Runs a command in folder, silent unless it fails; then BuildError with its last line."""
    # Neither the settings of a Jupyter that the machine may have nor its extensions.
    settings = os.environ | {"JUPYTER_NO_CONFIG": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    done = run_quietly(command, folder, settings)
    if not done.succeeded:
        raise BuildError(f"Could not {purpose}: {done.last_line}")
