"""npm packages: fetched with the npm client, checked against package.json, kept in the cache.

Called for Pyodide, NumPy and TypeScript. package.json is the one place that names their versions
and checksums; there is no lock file, because a package here is one archive without dependencies.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from pathlib import Path

from tools.cache import integrity, locked, temporary_folder, write_file
from tools.commands import run_quietly
from tools.errors import BuildError

ROOT = Path(__file__).resolve().parent.parent


def pin(name: str) -> tuple[str, str]:
    """Version and checksum of a package, from package.json."""
    pins = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return pins["devDependencies"][name], pins["integrity"][name]


def archive(name: str, cache: Path) -> Path:
    """The package's .tgz in the cache, its checksum verified now; fetched when it is not there.

    Raises BuildError without npm, without a network, and on a wrong checksum. What is in the
    cache and no longer has its checksum (a disk fault, a stray edit) is fetched anew.
    """
    version, expected = pin(name)
    path = cache / "npm" / f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
    with locked(cache, "npm"):
        if not path.is_file() or integrity(path.read_bytes()) != expected:
            content = _pack(f"{name}@{version}", cache)
            if integrity(content) != expected:
                raise BuildError(
                    f"The npm package {name}@{version} does not have the checksum that "
                    f"package.json pins, so it was not used: expected {expected}. "
                    f"Received: {integrity(content)}"
                )
            write_file(path, content)
    return path


def unpacked(name: str, cache: Path) -> Path:
    """The folder with the package's files, unpacked from the verified archive."""
    source = archive(name, cache)
    folder = source.with_suffix("")
    with locked(cache, "npm"):
        if not folder.is_dir():
            with temporary_folder(folder.parent) as half:
                with tarfile.open(source) as stream:
                    stream.extractall(half, filter="data")
                os.rename(half / "package", folder)
    return folder


def _pack(specifier: str, cache: Path) -> bytes:
    """What `npm pack` fetches for name@version."""
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError(
            f"gossamer's build fetches {specifier} with npm, and there is no npm on the PATH: "
            "install Node.js 20 or newer, which brings it."
        )
    print(f"Fetching {specifier} with npm", flush=True)
    with temporary_folder(cache / "npm") as half:
        done = run_quietly([npm, "pack", specifier, "--silent", "--ignore-scripts"], half)
        found = sorted(half.glob("*.tgz"))
        if not done.succeeded or len(found) != 1:
            raise BuildError(
                f"npm could not fetch {specifier} (is there a network?): {done.last_line}"
            )
        return found[0].read_bytes()
