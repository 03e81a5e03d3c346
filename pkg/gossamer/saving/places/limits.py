"""How large a file may be: known before memory is taken for it."""

from __future__ import annotations

from gossamer.saving.formats import ModelFileError

# In bytes. A page has 4 GiB of memory in all, and a hostile address can give without end.
LARGEST_FILE = 4 << 30


def check_size(size: int, source: str) -> None:
    """ModelFileError if a file is larger than `LARGEST_FILE`, which is read when this is called.

    Args:
        size: of the file in bytes, or of what has come of it so far.
        source: where it comes from, for the error.
    """
    if size > LARGEST_FILE:
        raise ModelFileError(
            f"Expected at most {LARGEST_FILE} bytes (gossamer.saving.places.limits.LARGEST_FILE) "
            f"from {source}. Received: {size} bytes"
        )
