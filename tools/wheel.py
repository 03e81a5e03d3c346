"""Wheels: writing them byte for byte the same each time, and reading what a lock must know.

Called by numpy_wheel, gossamer_wheel, pyodide_distribution and the notebook's build. It may know
of the wheel format and of nothing else.
"""

from __future__ import annotations

import base64
import email.message
import email.parser
import hashlib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the zip format's earliest; a wheel must not know its day


def wheel_bytes(name: str, version: str, tag: str, files: Mapping[str, bytes]) -> bytes:
    """A wheel as bytes: the files in sorted order, then RECORD, with fixed dates.

    files maps paths to contents and includes METADATA and WHEEL; RECORD is computed here. `tag`
    is checked against the WHEEL file, so that name and contents cannot disagree.
    """
    information = f"{name}-{version}.dist-info"
    if f"Tag: {tag}\n".encode() not in files[f"{information}/WHEEL"]:
        raise ValueError(f"The WHEEL file names another tag. Received: tag={tag!r}")
    rows = []
    buffer = BytesIO()
    # RECORD comes last, as the format recommends: it can then be checked without seeking.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as stream:
        for path in sorted(files):
            _add(stream, path, files[path])
            digest = base64.urlsafe_b64encode(hashlib.sha256(files[path]).digest())
            rows.append(f"{path},sha256={digest.decode().rstrip('=')},{len(files[path])}")
        rows.append(f"{information}/RECORD,,")
        _add(stream, f"{information}/RECORD", ("\n".join(rows) + "\n").encode())
    return buffer.getvalue()


def wheel_file(tag: str, generator: str, pure: bool) -> bytes:
    """The contents of the WHEEL file."""
    lines = [
        "Wheel-Version: 1.0",
        f"Generator: {generator}",
        f"Root-Is-Purelib: {'true' if pure else 'false'}",
        f"Tag: {tag}",
    ]
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True)
class WheelFacts:
    """What Pyodide's lock says of a wheel."""

    name: str  # normalised: lower case, hyphens
    version: str
    requirements: tuple[str, ...]  # normalised names, extras left out
    imports: tuple[str, ...]  # top-level modules and packages


def read_facts(path: Path) -> WheelFacts:
    """Name, version, requirements and top-level imports of a wheel file."""
    with zipfile.ZipFile(path) as stream:
        names = stream.namelist()
        metadata_path = next(
            (name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)), None
        )
        if metadata_path is None:
            raise ValueError(f"The wheel has no METADATA. Received: {path}")
        text = stream.read(metadata_path).decode()
    metadata: email.message.Message = email.parser.HeaderParser().parsestr(text)
    return WheelFacts(
        name=normalised(metadata["Name"]),
        version=metadata["Version"],
        requirements=tuple(_requirements(metadata)),
        imports=tuple(_imports(names)),
    )


def normalised(name: str) -> str:
    """A distribution's name as package indices compare it: lower case, single hyphens."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(metadata: email.message.Message) -> list[str]:
    """Normalised names of the requirements but those of extras, sorted, each once.

    Other markers (an operating system, a Python version) are not evaluated: the lock drops every
    name that it has no wheel for, and a wheel too many in `depends` costs nothing.
    """
    found = set()
    for requirement in metadata.get_all("Requires-Dist") or []:
        specifier, _, marker = requirement.partition(";")
        match = re.match(r"\s*([A-Za-z0-9._-]+)", specifier)
        if match and not re.search(r"\bextra\b", marker):
            found.add(normalised(match.group(1)))
    return sorted(found)


def _imports(names: list[str]) -> list[str]:
    """Top-level modules and packages: what stands at the root of the wheel."""
    found = set()
    for name in names:
        parts = PurePosixPath(name).parts
        if parts[0].endswith((".dist-info", ".data")):
            continue
        if len(parts) > 1 and parts[0].isidentifier():
            found.add(parts[0])
        elif len(parts) == 1 and parts[0].endswith((".py", ".so")):
            found.add(parts[0].split(".")[0])
    return sorted(found)


def _add(stream: zipfile.ZipFile, path: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(path, FIXED_DATE)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # Unix, whatever the machine that builds: the byte is in the file
    entry.compress_type = zipfile.ZIP_DEFLATED
    stream.writestr(entry, content, compresslevel=9)
