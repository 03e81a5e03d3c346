"""The hash functions that put strings into bins: those of TensorFlow, so that models agree.

FarmHash's Fingerprint64 needs no key; SipHash-2-4 takes two. Both are of bytes, in Python's
integers: strings differ in length, and each different one is hashed once.

Sources: Google's FarmHash (farmhashna, 2014); Aumasson and Bernstein, "SipHash: a fast short-input
PRF" (2012).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_WORD = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CONCATENATION = 0xC6A4A7935BD1E995


def _at(s: bytes, place: int, size: int = 8) -> int:
    """The little-endian number at a place; places below zero count from the end."""
    place = place if place >= 0 else len(s) + place
    return int.from_bytes(s[place : place + size], "little")


def _rotated(x: int, by: int) -> int:
    """Bits rotated to the right."""
    x &= _WORD
    return (x >> by | x << (64 - by)) & _WORD


def _shifted(x: int) -> int:
    x &= _WORD
    return x ^ (x >> 47)


def _both(u: int, v: int, factor: int) -> int:
    """Two words made one."""
    a = _shifted(((u ^ v) & _WORD) * factor)
    b = _shifted(((v ^ a) & _WORD) * factor)
    return b * factor & _WORD


def _up_to_16(s: bytes) -> int:
    n = len(s)
    factor = _K2 + 2 * n
    if n >= 8:
        a, b = _at(s, 0) + _K2, _at(s, -8)
        return _both(_rotated(b, 37) * factor + a, (_rotated(a, 25) + b) * factor, factor)
    if n >= 4:
        return _both(n + (_at(s, 0, 4) << 3), _at(s, -4, 4), factor)
    if n:
        y, z = s[0] + (s[n >> 1] << 8), n + (s[-1] << 2)
        return _shifted(y * _K2 ^ z * _K0) * _K2 & _WORD
    return _K2


def _up_to_32(s: bytes) -> int:
    factor = _K2 + 2 * len(s)
    a, b, c, d = _at(s, 0) * _K1, _at(s, 8), _at(s, -8) * factor, _at(s, -16) * _K2
    return _both(
        _rotated(a + b, 43) + _rotated(c, 30) + d, a + _rotated(b + _K2, 18) + c, factor
    )  # fmt: skip


def _up_to_64(s: bytes) -> int:
    factor = _K2 + 2 * len(s)
    a, b, c, d = _at(s, 0) * _K2, _at(s, 8), _at(s, -8) * factor, _at(s, -16) * _K2
    y = _rotated(a + b, 43) + _rotated(c, 30) + d
    z = _both(y, a + _rotated(b + _K2, 18) + c, factor)
    e, f = _at(s, 16) * factor, _at(s, 24)
    g, h = (y + _at(s, -32)) * factor, (z + _at(s, -24)) * factor
    return _both(
        _rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g, factor
    )  # fmt: skip


def _weak(s: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes and two seeds made two words."""
    w, x, y, z = (_at(s, place + 8 * k) for k in range(4))
    a += w
    b = _rotated(b + a + z, 21)
    c = a
    a += x + y
    b += _rotated(a, 44)
    return (a + z) & _WORD, (b + c) & _WORD


def fingerprint64(s: bytes) -> int:
    """FarmHash's fingerprint: a number of 64 bits that is the same on every machine."""
    n = len(s)
    if n <= 64:
        return _up_to_16(s) if n <= 16 else _up_to_32(s) if n <= 32 else _up_to_64(s)
    y = (81 * _K1 + 113) & _WORD
    z = _shifted(y * _K2 + 113) * _K2 & _WORD
    v, w = (0, 0), (0, 0)
    x = 81 * _K2 + _at(s, 0)
    last = (n - 1) // 64 * 64
    for start in range(0, last, 64):
        x = _rotated(x + y + v[0] + _at(s, start + 8), 37) * _K1
        y = _rotated(y + v[1] + _at(s, start + 48), 42) * _K1
        x = (x ^ w[1]) & _WORD
        y = (y + v[0] + _at(s, start + 40)) & _WORD
        z = _rotated(z + w[0], 33) * _K1 & _WORD
        v = _weak(s, start, v[1] * _K1, x + w[0])
        w = _weak(s, start + 32, z + w[1], y + _at(s, start + 16))
        x, z = z, x
    factor = _K1 + ((z & 0xFF) << 1)
    start = n - 64
    first = w[0] + ((n - 1) & 63)
    v = (v[0] + first, v[1])
    w = (first + v[0], w[1])
    x = _rotated(x + y + v[0] + _at(s, start + 8), 37) * factor
    y = _rotated(y + v[1] + _at(s, start + 48), 42) * factor
    x = (x ^ w[1] * 9) & _WORD
    y = (y + v[0] * 9 + _at(s, start + 40)) & _WORD
    z = _rotated(z + w[0], 33) * factor & _WORD
    v = _weak(s, start, v[1] * factor, x + w[0])
    w = _weak(s, start + 32, z + w[1], y + _at(s, start + 16))
    return _both(
        _both(v[0], w[0], factor) + _shifted(y) * _K0 + x, _both(v[1], w[1], factor) + z, factor
    )  # fmt: skip


def concatenated(first: int, second: int) -> int:
    """The fingerprint of two things, of their fingerprints."""
    second = _shifted(second * _CONCATENATION) * _CONCATENATION & _WORD
    result = ((first ^ _CONCATENATION) ^ second) * _CONCATENATION
    return _shifted(_shifted(result) * _CONCATENATION)


def siphash64(s: bytes, key: Sequence[int]) -> int:
    """SipHash-2-4 of bytes, with a key of two words."""
    k0, k1 = key[0] & _WORD, key[1] & _WORD
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def rounds(n: int, v0: int, v1: int, v2: int, v3: int) -> tuple[int, int, int, int]:
        for _ in range(n):
            v0, v2 = (v0 + v1) & _WORD, (v2 + v3) & _WORD
            v1, v3 = _rotated(v1, 51) ^ v0, _rotated(v3, 48) ^ v2
            v0 = _rotated(v0, 32)
            v2, v0 = (v2 + v1) & _WORD, (v0 + v3) & _WORD
            v1, v3 = _rotated(v1, 47) ^ v2, _rotated(v3, 43) ^ v0
            v2 = _rotated(v2, 32)
        return v0, v1, v2, v3

    padded = s + bytes(7 - len(s) % 8) + bytes([len(s) & 0xFF])
    for start in range(0, len(padded), 8):
        word = _at(padded, start)
        v0, v1, v2, v3 = rounds(2, v0, v1, v2, v3 ^ word)
        v0 ^= word
    v0, v1, v2, v3 = rounds(4, v0, v1, v2 ^ 0xFF, v3)
    return v0 ^ v1 ^ v2 ^ v3


def bins_of(
    texts: np.ndarray, num_bins: int, salt: Sequence[int] | None = None, encoding: str = "utf-8"
) -> np.ndarray:
    """The bin of each text: its hash modulo the number of bins.

    Args:
        texts: an array of strings.
        num_bins: how many bins there are.
        salt: SipHash's key, two integers; FarmHash if None.
        encoding: of the strings as bytes.
    """
    different, places = np.unique(texts, return_inverse=True)
    encoded = [text.encode(encoding) for text in different.tolist()]
    hashed = [fingerprint64(s) if salt is None else siphash64(s, salt) for s in encoded]
    bins = np.array([h % num_bins for h in hashed], np.int64)
    return bins[places].reshape(texts.shape)
