"""Files from elsewhere: downloaded once, checked, and unpacked where they belong and nowhere else.

On CPython Python fetches them, in a page the browser does (`gossamer.browser.download`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request
import warnings
import zipfile
from pathlib import Path
from typing import IO, Any

from gossamer.switches import is_interactive_logging_enabled

FORMATS = ("tar", "zip")


def get_file(
    fname: Any = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: Any = None,
    force_download: bool = False,
) -> str:
    """The path of a file that is downloaded, unless it has been before.

    A file whose hash is not the one given is never kept. Of an archive nothing is unpacked that
    would lie outside its folder.

    Args:
        fname: what to call the file; as in the URL if None.
        origin: the URL.
        untar: the same as `extract`, of tar files only.
        md5_hash: an older way to give an MD5 hash.
        file_hash: the file's hash, by which it is checked.
        cache_subdir: the folder in `cache_dir`.
        hash_algorithm: `"md5"`, `"sha256"`, or `"auto"` to tell by the hash's length.
        extract: whether to unpack an archive.
        archive_format: `"tar"`, `"zip"`, a list of them, `"auto"` for both, or None for none.
        cache_dir: where files are kept; `$KERAS_HOME`, or `.keras` in the user's folder, if None.
        force_download: whether to download it again.

    Returns:
        The path of the file, or of the folder that it was unpacked to.

    Raises:
        OSError: if it cannot be fetched.
        ValueError: without a URL or a name, and for a file of another hash.

    Example:
        >>> path = gs.utils.get_file("hello.txt", "data:,hello", force_download=True)
        Downloading data from data:,hello
        >>> with open(path) as file:
        ...     file.read()
        'hello'
    """
    if origin is None:
        raise ValueError("Expected a URL as the origin. Received: origin=None")
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    folder = _writable(cache_dir) / cache_subdir
    folder.mkdir(parents=True, exist_ok=True)
    named = os.fspath(fname) if fname else None
    name = named or os.path.basename(urllib.parse.urlsplit(origin).path)
    if name in ("", ".", "..") or os.path.basename(name) != name or "\\" in name:
        raise ValueError(
            "Expected the name of a file, without folders, as fname or at the end of the origin. "
            f"Received: fname={fname!r}, origin={origin!r}"
        )
    unpack = extract or untar
    target = unpacked = folder / name
    if unpack and named and "." in name:
        unpacked = folder / f"{name[: name.index('.')]}_extracted"
    elif unpack:
        target = folder / f"{name}_archive"
    if force_download or not target.exists() or not _is_intact(target, file_hash, hash_algorithm):
        _download(origin, target, file_hash, hash_algorithm)
    if not unpack:
        return str(target)
    if not extract_archive(target, unpacked, "tar" if untar else archive_format):
        warnings.warn(f"{target} is no archive that can be unpacked.", stacklevel=2)
    return str(unpacked)


def _writable(cache_dir: Any) -> Path:
    """The folder of what is kept, or one for passing things where that cannot be written to."""
    chosen = cache_dir or os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    folder = Path(chosen).expanduser()
    with contextlib.suppress(OSError):  # it may be there, or somewhere else will do
        folder.mkdir(parents=True, exist_ok=True)
    if os.access(folder, os.W_OK):
        return folder
    return Path(tempfile.gettempdir()) / ".keras"


def _is_intact(path: Path, file_hash: str | None, algorithm: str) -> bool:
    """Whether a file has the hash, if one is given."""
    if file_hash is None:
        return True
    is_sha256 = algorithm == "sha256" or (algorithm == "auto" and len(file_hash) == 64)
    # MD5 tells damage, not malice; it is what older lists of files have.
    digest = hashlib.sha256() if is_sha256 else hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while part := file.read(1 << 16):
            digest.update(part)
    return digest.hexdigest() == file_hash


def _download(origin: str, target: Path, file_hash: str | None, algorithm: str) -> None:
    """Fetch a file; it is there when it is whole, or it is not."""
    if is_interactive_logging_enabled():
        print(f"Downloading data from {origin}")
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            _fetch(origin, file)
        if not _is_intact(Path(partial), file_hash, algorithm):
            raise ValueError(
                f"Expected the hash {file_hash} of {origin}. Received: a file of another one"
            )
        os.replace(partial, target)
    finally:
        Path(partial).unlink(missing_ok=True)


def _fetch(origin: str, file: IO[bytes]) -> None:
    if sys.platform == "emscripten":
        from gossamer.browser.download import download

        file.write(download(origin))
        return
    try:
        with urllib.request.urlopen(origin) as response:
            shutil.copyfileobj(response, file)
    except OSError as error:  # those of urllib among them
        raise OSError(f"Expected a file at {origin}. Received: {error}") from error


def extract_archive(path: Any, folder: Any, archive_format: Any = "auto") -> bool:
    """Unpack an archive into a folder; whether it was one.

    What would lie outside the folder is left out, with a warning.

    Args:
        path: of the archive.
        folder: where to.
        archive_format: `"tar"`, `"zip"`, a list of them, `"auto"` for both, or None for none.

    Raises:
        ValueError: for other formats.
    """
    formats = FORMATS if archive_format == "auto" else archive_format or ()
    for one in (formats,) if isinstance(formats, str) else formats:
        if one not in FORMATS:
            raise ValueError(f"Expected 'tar' or 'zip'. Received: archive_format={one!r}")
        if one == "tar" and tarfile.is_tarfile(path):
            _untar(path, os.path.realpath(folder))
            return True
        if one == "zip" and zipfile.is_zipfile(path):
            _unzip(path, os.path.realpath(folder))
            return True
    return False


def _untar(path: Any, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    with tarfile.open(path) as archive:
        for member in archive:
            try:
                # Python's own filter: no path or link out of the folder, no devices. It is asked
                # for each one when those before it are there, so that links are seen through.
                archive.extract(member, folder, filter="data")
            except tarfile.FilterError as error:
                _warn_of(member.name, error)


def _unzip(path: Any, folder: str) -> None:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            place = os.path.realpath(os.path.join(folder, member.filename))
            if os.path.commonpath([place, folder]) == folder:
                archive.extract(member, folder)
            else:
                _warn_of(member.filename, "outside the folder")


def _warn_of(name: str, reason: Any) -> None:
    warnings.warn(f"Not unpacked from the archive: {name!r} ({reason}).", stacklevel=2)
