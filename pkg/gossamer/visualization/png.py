"""PNG, of the few things that a picture in a page needs: 8 bits, no interlacing, no filters."""

from __future__ import annotations

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Colour types by the number of channels.
COLOURS = {1: 0, 2: 4, 3: 2, 4: 6}


def encoded(image: np.ndarray) -> bytes:
    """An image as a PNG file.

    Args:
        image: of uint8 and the shape (height, width, channels), of 1 to 4 channels.

    Raises:
        ValueError: for another number of channels.

    Example:
        >>> encoded(np.zeros((2, 2, 3), np.uint8))[1:4]
        b'PNG'
    """
    height, width, channels = image.shape
    if channels not in COLOURS:
        raise ValueError(f"Expected 1 to 4 channels. Received: shape={image.shape}")
    # Each row begins with the number of its filter.
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = image.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, COLOURS[channels], 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum
