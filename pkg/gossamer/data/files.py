"""What lies at a path or URL: bytes, text, or a path that can be opened."""

from __future__ import annotations

import os
from typing import Any

# Beyond these no file is a URL: "c:\data" is none.
SCHEMES = ("http://", "https://", "data:", "blob:", "file://")


def is_url(source: Any) -> bool:
    """Whether this is a URL, and no path."""
    return isinstance(source, str) and source.startswith(SCHEMES)


def local_path(source: Any) -> str:
    """The path of a file; one at a URL is downloaded, unless it has been before.

    Args:
        source: a path or URL.

    Raises:
        FileNotFoundError: where there is none.
    """
    if is_url(source):
        from gossamer.utils import get_file

        return str(get_file(origin=source))
    path = os.path.expanduser(os.fspath(source))
    if not os.path.exists(path):
        raise FileNotFoundError(f"Expected a file or folder. Received: {path!r}, where none is")
    return path


def read_text(source: Any) -> str:
    """A text: of a file, of what lies at a URL, or the text itself if it has several lines.

    Args:
        source: a path, URL or text, or an open file.
    """
    if hasattr(source, "read"):
        text = source.read()
        return text.decode("utf-8-sig") if isinstance(text, bytes) else text
    if isinstance(source, str) and "\n" in source:
        return source
    with open(local_path(source), encoding="utf-8-sig", newline="") as file:
        return file.read()
