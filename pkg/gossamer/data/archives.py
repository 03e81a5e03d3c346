"""Files of zip and tar archives, read where they lie: nothing is unpacked to the disk."""

from __future__ import annotations

import fnmatch
import posixpath
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from gossamer.data.dataset import Dataset
from gossamer.data.files import local_path

# A file or an archive may say that it is small, and become very large.
LARGEST_FILE = 256 * 2**20
LARGEST_TOTAL = 4 * 2**30


def from_archive(
    source: Any,
    pattern: str = "*",
    max_file_bytes: int = LARGEST_FILE,
    max_total_bytes: int = LARGEST_TOTAL,
) -> Dataset:
    """The files of an archive, as pairs of a name and bytes, in the archive's order.

    Links and devices are left out.

    Args:
        source: a path or URL of a zip or tar file, compressed or not.
        pattern: which names to take, such as `"*.png"`.
        max_file_bytes: how large a file may be, unpacked.
        max_total_bytes: how large all files that are taken may be together.

    Raises:
        ValueError: for what is no archive, for a larger file, and for a name that leads out of
            the archive's folder.

    Example:
        >>> import io, os, tempfile, zipfile
        >>> path = os.path.join(tempfile.mkdtemp(), "texts.zip")
        >>> with zipfile.ZipFile(path, "w") as archive:
        ...     archive.writestr("a/one.txt", "1")
        >>> list(gs.data.Dataset.from_archive(path, pattern="*.txt"))
        [('a/one.txt', b'1')]
    """
    return Dataset(lambda: _limited(files(source, pattern, max_file_bytes), max_total_bytes))


def _limited(found: Iterator[tuple[str, bytes]], most: int) -> Iterator[tuple[str, bytes]]:
    total = 0
    for name, content in found:
        total += len(content)
        if total > most:
            raise ValueError(
                f"Expected at most {most} bytes in the archive's files. Received: {total} or more"
            )
        yield name, content


def files(
    source: Any, pattern: str = "*", max_file_bytes: int = LARGEST_FILE
) -> Iterator[tuple[str, bytes]]:
    """Names and contents of an archive's files.

    Args:
        source, pattern, max_file_bytes: as for `from_archive`.
    """
    path = local_path(source)
    if zipfile.is_zipfile(path):
        yield from _of_zip(path, pattern, max_file_bytes)
    elif tarfile.is_tarfile(path):
        yield from _of_tar(path, pattern, max_file_bytes)
    else:
        raise ValueError(f"Expected a zip or tar file. Received: {path!r}")


def is_archive(path: str) -> bool:
    """Whether a file is a zip or tar archive."""
    return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)


def _of_zip(path: str, pattern: str, most: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = _safe(member.filename)
            if not member.is_dir() and fnmatch.fnmatch(name, pattern):
                with archive.open(member) as file:
                    yield name, _content(file, name, most)


def _of_tar(path: str, pattern: str, most: int) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            name = _safe(member.name)
            if member.isfile() and fnmatch.fnmatch(name, pattern):
                file = archive.extractfile(member)
                assert file is not None  # as it is a file
                with file:
                    yield name, _content(file, name, most)


def _safe(name: str) -> str:
    """A name as it is in a folder; users write files by such names."""
    plain = posixpath.normpath(name.replace("\\", "/"))
    if plain.startswith(("/", "../")) or plain == ".." or plain[1:2] == ":":
        raise ValueError(f"Expected names within the archive's folder. Received: {name!r}")
    return plain


def _content(file: IO[bytes], name: str, most: int) -> bytes:
    content = file.read(most + 1)  # what it says of its size may be wrong
    if len(content) > most:
        raise ValueError(f"Expected files of at most {most} bytes. Received: {name!r}, larger")
    return content
