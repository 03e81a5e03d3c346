"""A folder with a whole Pyodide: the runtime, NumPy, more wheels, and our own lock file.

Called by the site's build, by the notebook's build and by the tests, each with its own wheels.
The lock is ours because npm's names the hashes of wheels that npm does not carry. Browsers turn a
lock's sha256 into subresource integrity: a wheel with one wrong bit is refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.cache import cache_folder, sha256, write_file
from tools.errors import BuildError
from tools.npm import unpacked
from tools.numpy_wheel import numpy_wheel
from tools.wheel import read_facts

RUNTIME_FILES = (
    "pyodide.js",
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)
LOCK = "pyodide-lock.json"


def assemble(
    target: Path,
    wheels: Sequence[Path] = (),
    *,
    cache: Path | None = None,
    source: Path | None = None,
) -> None:
    """Makes target a self-sufficient Pyodide folder whose lock lists NumPy and the given wheels.

    Afterwards `loadPyodide({indexURL: target})` and `loadPackage([...])` of any of these names
    need no other host. Files that are already right are left alone and files that do not belong
    are removed, so that calling it again is quick and calling it while a server reads is safe.

    Arguments:
        target: the folder to make, `dist/pyodide` for one.
        wheels: wheel files to carry besides NumPy; each becomes an entry of the lock.
        cache: where npm's archives and NumPy's wheel are kept; the user's cache by default.
        source: another Pyodide distribution to use instead of the pinned one; its own lock and
            all its files are carried, and the given wheels are added to it.

    Raises BuildError when source is no Pyodide distribution or something cannot be fetched.
    """
    cache = cache or cache_folder()
    if source is None:
        runtime = unpacked("pyodide", cache)
        files = {name: runtime / name for name in RUNTIME_FILES}
        lock = json.loads((runtime / LOCK).read_text(encoding="utf-8"))
        lock["packages"] = {}
        carried = [numpy_wheel(cache), *wheels]
    else:
        files, lock = _distribution(source)
        carried = list(wheels)
    files |= {wheel.name: wheel for wheel in carried}
    entries: dict[str, dict[str, Any]] = dict(lock["packages"])
    entries |= {facts["name"]: facts for facts in (lock_entry(wheel) for wheel in carried)}
    for wheel in carried:
        entry = entries[read_facts(wheel).name]
        entry["depends"] = [name for name in entry["depends"] if name in entries]
    lock["packages"] = dict(sorted(entries.items()))
    target.mkdir(parents=True, exist_ok=True)
    for name, path in files.items():
        write_file(target / name, path.read_bytes())
    write_file(target / LOCK, (json.dumps(lock, indent=1) + "\n").encode())
    for path in target.iterdir():
        # A leading dot marks a file that another build is writing just now.
        if path.is_file() and path.name not in (*files, LOCK) and not path.name.startswith("."):
            path.unlink(missing_ok=True)


def lock_entry(wheel: Path) -> dict[str, Any]:
    """The entry of Pyodide's lock for a wheel, from its METADATA and its files."""
    facts = read_facts(wheel)
    return {
        "name": facts.name,
        "version": facts.version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel.read_bytes()),
        "package_type": "package",
        "imports": list(facts.imports),
        "depends": list(facts.requirements),
        "unvendored_tests": False,
    }


def _distribution(source: Path) -> tuple[dict[str, Path], dict[str, Any]]:
    """Files and lock of a Pyodide folder that somebody else made."""
    missing = [name for name in (*RUNTIME_FILES, LOCK) if not (source / name).is_file()]
    if missing:
        raise BuildError(
            f"--pyodide expects a folder with a Pyodide distribution; {', '.join(missing)} "
            f"is missing there. Received: {source}"
        )
    lock = json.loads((source / LOCK).read_text(encoding="utf-8"))
    files = {path.name: path for path in source.iterdir() if path.is_file() and path.name != LOCK}
    return files, lock
