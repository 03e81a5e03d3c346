"""The static site in dist/: loader, wheel, Pyodide, demo, notebook, benchmark and reference.

Called by build.py and by the tests' `site` fixture. It copies and writes only what differs, so
that a second build takes a moment and a running server may keep serving.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools import documentation, notebook, pure_wheels, pyodide_distribution
from tools.cache import locked, write_file
from tools.environment import environment
from tools.errors import BuildError
from tools.gossamer_wheel import gossamer_wheel
from tools.h5wasm_wheel import h5wasm_wheel
from tools.npm import ROOT, unpacked

DIST = ROOT / "dist"
WEB = ROOT / "web"
TENSORFLOW = "bench/tf.min.js"
PYODIDE_VARIABLE = "GOSSAMER_PYODIDE"  # carries --pyodide from `build.py test` to the fixtures


def build_site(cache: Path, pyodide: str | None = None, target: Path = DIST) -> Path:
    """Leaves the whole site in target and returns the wheel there.

    Arguments:
        cache: the cache folder.
        pyodide: another Pyodide distribution: a folder, which is copied into the site, or an
            address, which is written into the pages. The notebook always uses the pinned one.
        target: the folder of the site.

    Raises BuildError when something cannot be fetched or made.
    """
    with locked(cache, "site"):
        wheel = gossamer_wheel(target)
        wheels = carried_wheels(wheel, cache)
        is_address = pyodide is not None and re.match(r"(https?:)?//", pyodide) is not None
        kept = {wheel.name} | _copy_pages(target, wheel.name, pyodide if is_address else None)
        kept |= {f"docs/{name}" for name in documentation.build(target / "docs")}
        # The benchmark's page, and nothing else, has TensorFlow.js beside gossamer.
        rival = (unpacked("@tensorflow/tfjs", cache) / "dist" / "tf.min.js").read_bytes()
        write_file(target / TENSORFLOW, rival)
        kept.add(TENSORFLOW)
        if is_address:
            shutil.rmtree(target / "pyodide", ignore_errors=True)
        else:
            source = None if pyodide is None else Path(pyodide).expanduser().resolve()
            pyodide_distribution.assemble(target / "pyodide", wheels, cache=cache, source=source)
        _remove_others(target, kept)
        notebook.build(target / "notebook", wheels, environment("site", cache), cache)
    return wheel


def carried_wheels(wheel: Path, cache: Path) -> list[Path]:
    """The wheels that the site and its notebook have besides NumPy: gossamer's, and HDF5's."""
    hdf5 = pure_wheels.fetch(pure_wheels.HDF5_WHEELS, environment("site", cache), cache)
    return [wheel, *hdf5, h5wasm_wheel(cache)]


def _copy_pages(target: Path, wheel_name: str, pyodide_address: str | None) -> set[str]:
    """Copies web/ but its notebook; returns the paths written, relative to target."""
    written = set()
    for path in sorted(WEB.rglob("*")):
        relative = path.relative_to(WEB)
        skipped = relative.parts[0] == "notebook" or any(
            part.startswith(".") or part == "__pycache__" for part in relative.parts
        )
        if skipped or not path.is_file():
            continue
        content = path.read_bytes()
        if relative.as_posix() == "gossamer.js":
            content = with_wheel_name(content.decode(), wheel_name).encode()
        elif path.suffix == ".html" and pyodide_address is not None:
            content = with_pyodide_address(content.decode(), pyodide_address).encode()
        write_file(target / relative, content)
        written.add(relative.as_posix())
    return written


def with_wheel_name(script: str, wheel_name: str) -> str:
    """The loader with the name of the wheel that lies beside it, for other Pyodides."""
    pattern = r"gossamer-[\w.]+-py3-none-any\.whl"
    changed, count = re.subn(pattern, wheel_name, script)
    if count == 0:
        raise BuildError(f"Expected the wheel's name in web/gossamer.js. Received: {pattern}")
    return changed


def with_pyodide_address(page: str, address: str) -> str:
    """The page with `data-pyodide` on the script tag of the loader, which then boots from there."""
    quoted = address.replace("&", "&amp;").replace('"', "&quot;")
    return re.sub(
        r'(<script\b(?![^>]*\bdata-pyodide=)[^>]*\bsrc="[^"]*gossamer\.js")',
        lambda found: f'{found.group(1)} data-pyodide="{quoted}"',
        page,
    )


def _remove_others(target: Path, kept: set[str]) -> None:
    """Removes what an earlier build left, but for Pyodide and notebook, which see to themselves."""
    for path in sorted(target.rglob("*"), reverse=True):
        relative = path.relative_to(target)
        if relative.parts[0] in ("pyodide", "notebook") or relative.parts[0].startswith("."):
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif relative.as_posix() not in kept:
            path.unlink(missing_ok=True)
