"""The folder outside of the repository in which downloads and built pieces are kept.

Called by every step that fetches or builds. It may know of files and checksums only. Two rules
keep it sound: a file comes into being under a temporary name and is renamed when it is whole, so
that an interrupted run leaves nothing half-written behind; and one process at a time fills it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.errors import BuildError

if sys.platform != "win32":
    import fcntl


def cache_folder() -> Path:
    """GOSSAMER_CACHE, else gossamer/ in the user's cache folder; made if missing.

    Raises BuildError when the folder cannot be made or written to.
    """
    named = os.environ.get("GOSSAMER_CACHE")
    if named:
        folder = Path(named).expanduser().resolve()
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
        folder = (Path(base) if base else Path.home() / ".cache") / "gossamer"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as failure:
        raise BuildError(
            f"The cache folder cannot be written to ({failure.strerror}); GOSSAMER_CACHE can name "
            f"another one. Received: {folder}"
        ) from failure
    return folder


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal digits, as Pyodide's lock and our pins write it."""
    return hashlib.sha256(content).hexdigest()


def integrity(content: bytes) -> str:
    """SHA-512 as npm and browsers write it: `sha512-` and base64."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def write_file(path: Path, content: bytes) -> bool:
    """Writes content at path, whole or not at all; returns whether anything had to change.

    A file that already holds the content is left alone: a server that is serving it, and a
    browser that has cached it, notice nothing.
    """
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    return True


@contextlib.contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """A folder inside parent for half-finished things; gone afterwards, whatever happens."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".half-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Lets one process at a time through for this name.

    The lock is the operating system's and dies with its process, so that a killed build blocks
    nobody. Windows has no such call in the standard library that waits; there two builds at the
    same time only do the work twice.
    """
    if sys.platform == "win32":
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f".{name}.lock", "w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
