"""The table's rows of splits, diagonals, turns, spaces, choices, bytes and patterns."""

from __future__ import annotations

import numpy as np

from tests.ops.expected import row, rows
from tests.ops.record import b, f, i, v

U8, I8, U16, I16, U32 = "uint8", "int8", "uint16", "int16", "uint32"
HALVES = v([[1.5, -0.0, 6e-8, -3e-5], [65504.0, np.inf, 0.1, -7.0]], "float16")


def _viewed(given, dtype):
    """Bytes read as another dtype: no gradient, and NumPy must not widen what it is given."""

    def expected(x, dtype):
        return x.astype(given.dtype).view(dtype)

    return row("view", given, dtype=dtype, expected=expected, gradients=())


def _rearranged(shape, pattern, expected, **sizes):
    return row("rearrange", shape, expected=lambda x, **_: expected(x), pattern=pattern, **sizes)


def _begin_late(x, start, shape):
    at = int(start[0])
    first = min(at + 4 if at < 0 else at, 2)
    return x[first : first + 2]


ARRAYS = [
    row("array", (3, 5), expected=np.asarray),
    row("array", i(3, 5), dtype="int32", expected=np.asarray),
    row("copy", (2, 3, 5)),
    row("copy", b(3)),
    row("array_split", (7, 3), indices_or_sections=3),
    row("array_split", (2, 7), indices_or_sections=9, axis=-1),
    row("hsplit", (6,), indices_or_sections=3),
    row("hsplit", (2, 7, 3), indices_or_sections=[2, 5]),
    row("vsplit", (6, 3), indices_or_sections=2),
    row("vsplit", i(5, 3), indices_or_sections=(1, 3)),
    row("dsplit", (2, 3, 6), indices_or_sections=2),
    row("dstack", (5,), (5,), packed=True),
    row("dstack", (3, 5), (3, 5), (3, 5), packed=True),
    row("dstack", (3, 5, 2), (3, 5, 1), packed=True),
    row("dstack", (), (), packed=True),
    *rows("fliplr flipud", (3, 5)),
    *rows("fliplr flipud", (2, 3, 5)),
    row("flipud", i(7)),
    *(row("rot90", (3, 5), k=k) for k in (0, 1, 2, 3, -1)),
    row("rot90", (2, 3, 5), k=3, axes=(2, 0)),
    row("rot90", (2, 3, 5), axes=(-2, -1)),
    *(row("diag", shape, k=k) for shape in ((5,), (3, 5), (5, 3), (1,)) for k in (0, 2, -1)),
    row("diag", (0,), k=2),
    row("diag", (3, 5), k=7),
    row("diag", i(33)),
    row("diag", b(3, 3)),
    row("diagflat", (2, 3), k=-2),
    row("diagflat", ()),
    *(row("diagonal", (3, 5), offset=offset) for offset in (0, 1, -1, 4, -3)),
    row("diagonal", (2, 3, 5), axis1=-1, axis2=1),
    row("diagonal", (2, 3, 4, 5), offset=1, axis1=1, axis2=3),
    row("diagonal", (0, 3)),
    row("diagonal", i(4, 4)),
    row("vander", (5,)),
    row("vander", (5,), N=3, increasing=True),
    row("vander", (3,), N=0),
    row("vander", i(4, low=-3, high=4), N=5),
    row("kron", (3,), (5,)),
    row("kron", (2, 3), (3, 2)),
    row("kron", (2, 1, 3), (5,)),
    row("kron", (), (2, 3)),
    row("kron", i(2, 3), i(3)),
    row("logspace", start=-1.0, stop=2.0, num=7),
    row("logspace", start=0, stop=5, num=5, endpoint=False, base=2.0),
    row("logspace", (3,), f(3, low=1.0, high=2.0), num=5, axis=1, base=3.0),
    row("logspace", start=-1.0, stop=1.0, num=4, base=np.float32([2, 3, 5])),
    row("logspace", f(2, 1), f(3, low=1.0), num=4, base=np.float32([2, 3, 5]), axis=1),
    row("logspace", start=0, stop=6, num=7, dtype="int32", expected=lambda **_: 10 ** np.arange(7)),
    row("geomspace", start=1.0, stop=1e6, num=7),
    row("geomspace", start=-0.5, stop=-32.0, num=5, endpoint=False),
    row("geomspace", f(3, low=0.1, high=0.5), f(3, low=3.0, high=5.0), num=5, axis=-1),
    row("geomspace", start=1, stop=1000, num=4, dtype="int32",
        expected=lambda **_: 10 ** np.arange(4)),
    row("select", expected=np.select, condlist=[np.arange(5) < 2, np.arange(5) > 3],
        choicelist=[np.float32([1, 2, 3, 4, 5]), np.float32(7)], default=0.5),
    *(row("slice", (4, 5), v(start, "int32"), shape=(2, 5), gradients=(0,), expected=_begin_late)
      for start in ([1, 0], [0, 0], [7, 0], [-2, 0])),
    row("slice_update", (4, 5), v([1, 2], "int32"), (2, 3)),
    row("slice_update", i(4, 5), v([-1, -9], "int32"), i(1, 2),
        expected=lambda x, start, updates: np.concatenate(
            [x[:3], np.concatenate([updates, x[3:, 2:]], 1)])),
    row("unravel_index", i(3, 4, low=0, high=60), shape=(3, 4, 5)),
    row("unravel_index", v([5, -1, -12, -13, 12, 100, 0], "int32"), shape=(3, 4),
        expected=lambda x, shape: np.unravel_index([5, 11, 0, 0, 11, 11, 0], shape)),
    row("unravel_index", i(7, low=0, high=200, dtype=U8), shape=(200,)),
    row("unravel_index", v([2**32 - 1, 7], U32), shape=(65536, 65535),
        expected=lambda x, shape: [np.array([65535, 0]), np.array([65534, 7])]),
    _viewed(f(3, 5), "int32"), _viewed(f(3, 5), U32), _viewed(i(3, 5), "float32"),
    _viewed(f(3, 3), U8), _viewed(f(2, 3), I16), _viewed(i(2, 3), I8), _viewed(i(2, 3), "float16"),
    _viewed(i(2, 8, dtype=U8, low=0, high=256), "float32"),
    _viewed(i(2, 8, dtype=I8, low=-128, high=128), U32),
    _viewed(i(2, 8, dtype=I8, low=-128, high=128), U16),
    _viewed(i(2, 6, dtype=I16, low=-2**15, high=2**15), "int32"),
    _viewed(i(3, 5, dtype=U16, low=0, high=2**15), I16),
    _viewed(HALVES, U16), _viewed(HALVES, I8), _viewed(HALVES, "int32"),
    _viewed(v([0, 1, 0x3C00, 0xFBFF, 0x7C00, 0x8001, 0x83FF, 0x0400], U16), "float16"),
    _viewed(b(3, 5), U8), _viewed(v([[0, 1, 1]], U8), "bool"), _viewed(v(1.5), "int32"),
    _viewed(f(0, 4), U8), _viewed(f(3), "float32"),
    _rearranged((2, 3, 5), "a b c -> c a b", lambda x: x.transpose(2, 0, 1)),
    _rearranged((2, 3, 5), "a b c -> b (c a)", lambda x: x.transpose(1, 2, 0).reshape(3, 10)),
    _rearranged((6, 5), "(a b) c -> b (a c)",
                lambda x: x.reshape(2, 3, 5).transpose(1, 0, 2).reshape(3, 10), a=2),
    _rearranged((2, 4, 6, 3), "b (h h1) (w w1) c -> b h w (c h1 w1)",
                lambda x: x.reshape(2, 2, 2, 3, 2, 3).transpose(0, 1, 3, 5, 2, 4)
                .reshape(2, 2, 3, 12), h1=2, w1=2),
    _rearranged((1, 3), "a b->b a ()", lambda x: x.T[..., None]),
]  # fmt: skip
