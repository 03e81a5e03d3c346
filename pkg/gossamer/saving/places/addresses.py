"""What an address says: which kind of place, and where in it.

Strings without a scheme are paths, also in a page, where Pyodide has a file system of its own. So
an address relative to the page is given whole, or as JavaScript's `URL`:
`js.URL.new("model.json", js.location.href)`.
"""

from __future__ import annotations

import os
import re
from typing import Any

from gossamer.browser import js_files

SCHEMES = ("http", "https", "indexeddb", "opfs", "downloads")
# What a page has and CPython has not.
IN_PAGES_ONLY = ("indexeddb", "opfs", "downloads")


def split(address: Any) -> tuple[str, str]:
    """An address's scheme, empty for paths, and the rest; the whole URL for `http(s)`.

    Args:
        address: a string, a path or a JavaScript `URL`.

    Raises:
        TypeError: for what is no address.
        ValueError: for unknown schemes and for stores without a name.

    Example:
        >>> split("indexeddb://digits"), split("models/digits.keras")
        (('indexeddb', 'digits'), ('', 'models/digits.keras'))
    """
    href = js_files.href_of(address)
    if href is not None:
        address = href
    if not isinstance(address, str | os.PathLike):
        raise TypeError(
            "Expected a path, an address, bytes, a file or a list of files. "
            f"Received: {type(address).__name__}, {address!r:.60}"
        )
    text = os.fspath(address)
    if not isinstance(text, str):
        raise TypeError(f"Expected a path of text. Received: {text!r}")
    found = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", text, re.DOTALL)
    if not found:
        return "", text
    scheme, rest = found[1].lower(), found[2]
    if scheme not in SCHEMES:
        raise ValueError(
            f"Expected a path or an address of {[f'{name}://' for name in SCHEMES]}. "
            f"Received: {text!r}"
        )
    if scheme.startswith("http"):
        return scheme, text
    if not rest.strip("/") or (scheme == "opfs" and ".." in rest.split("/")):
        raise ValueError(f"Expected a name behind {scheme}://. Received: {text!r}")
    return scheme, rest
