"""Zip archives from elsewhere: nothing in them is larger than it may be, or lies outside."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from gossamer.saving.formats import ModelFileError

LARGEST_UNPACKED = 4 << 30  # bytes of an archive's compressed files together
LARGEST_EXPANSION = 200  # of one compressed file; weights that were trained hardly compress
SMALLEST_LIMIT = 1 << 20  # below it expansion does not matter
MOST_FILES = 100_000
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """The files of an archive that is read.

    Args:
        data: the whole archive.
        name: what errors call it.

    Raises:
        ModelFileError: if it is none, or broken, or promises too much.
    """

    def __init__(self, data: memoryview, name: str) -> None:
        self._data, self.name = data, name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._members = {member.filename: member for member in self._zip.infolist()}
        except Exception as error:  # a broken archive leads zipfile into many
            raise ModelFileError(
                f"Expected a whole zip archive. Received: {name} ({error})"
            ) from error
        self._check()

    def _check(self) -> None:
        members = self._zip.infolist()
        if len(members) > MOST_FILES or len(members) != len(self._members):
            raise ModelFileError(
                f"Expected at most {MOST_FILES} files of different names. "
                f"Received: {len(members)} in {self.name}"
            )
        unpacked = 0
        for member in members:
            path = PurePosixPath(member.filename)
            if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
                raise ModelFileError(
                    f"Expected paths within the archive {self.name}. Received: {member.filename!r}"
                )
            if member.compress_type not in METHODS:
                raise ModelFileError(
                    f"Expected stored or deflated files in {self.name}. "
                    f"Received: {member.filename!r}, of method {member.compress_type}"
                )
            stored = member.compress_type == zipfile.ZIP_STORED
            size, packed = member.file_size, member.compress_size
            if not stored:
                unpacked += size
            largest = packed if stored else max(LARGEST_EXPANSION * packed, SMALLEST_LIMIT)
            if size > largest or packed > len(self._data) or unpacked > LARGEST_UNPACKED:
                raise ModelFileError(
                    f"Expected an archive whose files are not much larger than it: at most "
                    f"{LARGEST_UNPACKED} bytes, and none {LARGEST_EXPANSION} times larger than it "
                    f"is there. Received: {member.filename!r} in {self.name}, {packed} bytes that "
                    f"promise {size}"
                )
            if member.flag_bits & 0x1:
                raise ModelFileError(f"Expected no encryption. Received: {member.filename!r}")

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def names(self) -> list[str]:
        """The paths of all files, but not of folders."""
        return [name for name in self._members if not name.endswith("/")]

    def read(self, name: str) -> memoryview:
        """A file: a view on the archive where it is stored as it is, whose checksum is verified.

        Raises:
            ModelFileError: if it is not there, or broken.
        """
        member = self._members.get(name)
        if member is None:
            raise ModelFileError(
                f"Expected {name!r} in {self.name}. Received: {', '.join(self.names()[:10])}"
            )
        try:
            if member.compress_type == zipfile.ZIP_STORED:
                return self._view(member)
            return memoryview(self._zip.read(member))
        except ModelFileError:
            raise
        except Exception as error:
            raise ModelFileError(
                f"Expected {name!r} in {self.name} to be whole. Received: {error}"
            ) from error

    def _view(self, member: zipfile.ZipInfo) -> memoryview:
        # A file's own header comes before its contents; its lengths differ from the directory's.
        name_length, extra_length = struct.unpack_from("<HH", self._data, member.header_offset + 26)
        start = member.header_offset + 30 + name_length + extra_length
        view = self._data[start : start + member.file_size]
        if len(view) != member.file_size or zlib.crc32(view) != member.CRC:
            raise ModelFileError(
                f"Expected {member.filename!r} in {self.name} to be whole. "
                "Received: another checksum"
            )
        return view

    def unpack(self, folder: str, target: Path) -> None:
        """Write the files below a folder of the archive into one of the file system."""
        for name in self.names():
            if name.startswith(f"{folder}/"):
                path = target / name[len(folder) + 1 :]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.read(name))


def pack(files: dict[str, bytes]) -> bytes:
    """An archive of these files, uncompressed, as Keras makes them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()
