"""The table's rows of products: matrices, and sums of products over labelled axes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.ops.expected import row
from tests.ops.record import Input, Record, b, i


def einsum(subscripts: str, *inputs: Input | tuple[int, ...], **others: Any) -> Record:
    """A row of `einsum`."""
    made = row("einsum", *inputs, rtol=1e-4, atol=1e-5, **others)
    return replace(made, leading=(subscripts,))


PRODUCTS = [
    *(row("matmul", *pair, rtol=1e-4, atol=1e-5) for pair in [
        ((3, 5), (5, 7)), ((1, 1), (1, 1)), ((5, 1), (1, 3)), ((1, 7), (7, 1)), ((4, 8), (8, 4)),
        ((7,), (7,)), ((7,), (7, 3)), ((3, 7), (7,)), ((2, 3, 5), (5, 4)), ((2, 3, 5), (2, 5, 4)),
        ((2, 1, 3, 5), (4, 5, 2)), ((3, 5), (2, 5, 3)), ((33, 65), (65, 10)),
        ((17, 1030), (1030, 3)), ((0, 3), (3, 2)), ((2, 0), (0, 3)),
        # a single column, or a single step, in a batch: rows of one element are no rows
        ((2, 3, 5), (5, 1)), ((2, 3, 1), (1, 4)), ((2, 3, 5), (5,)), ((3, 2, 1, 1), (1, 1)),
        ((2, 3, 2, 5), (5, 3)), ((2, 3, 2, 5), (3, 5, 1)), ((5,), (2, 5, 3)), ((0, 2, 3), (3, 4)),
        ((2, 3, 8), (1, 8, 4)), ((3, 1, 4, 8), (2, 8, 12)), ((1, 1, 9), (9, 5)),
        # so long that an operand is turned round for a gradient
        ((64, 40), (40, 32)), ((2, 33, 24), (2, 24, 65)), ((3, 1, 20, 24), (2, 24, 31)),
    ]),
    row("matmul", i(3, 5), i(5, 4)),
    row("matmul", b(3, 5), b(5, 4)),
    row("matmul", i(2, 3, low=-100, high=100, dtype="int8"),
        i(3, 2, low=-100, high=100, dtype="int8"), dtype="int32",
        expected=lambda x, y: x.astype(int) @ y.astype(int)),
    *(row("dot", *pair, atol=1e-5) for pair in [
        ((7,), (7,)), ((3, 5), (5,)), ((3, 5), (5, 4)), ((), (3, 5)), ((3, 5), (2, 5, 4)),
        ((2, 3, 5), (2, 5, 4)), ((5,), (2, 5, 4)), ((5,), (2, 5, 1)),
    ]),
    row("dot", i(3, 5), i(2, 5, 4)),
    *(row("inner", *pair, atol=1e-5) for pair in [
        ((7,), (7,)), ((3, 5), (4, 5)), ((2, 3, 5), (4, 5)), ((), (3, 5)), ((3, 1), (2, 1)),
    ]),
    *(row("outer", *pair) for pair in [((3,), (5,)), ((2, 3), (1, 4)), ((), (4,)), ((1,), (1,))]),
    *(row("vdot", *pair, atol=1e-5) for pair in [
        ((7,), (7,)), ((3, 5), (3, 5)), ((3, 5), (5, 3)), ((), ()), ((2, 1, 1031), (2, 1, 1031)),
    ]),
    *(row("tensordot", *pair, atol=1e-5, axes=axes) for *pair, axes in [
        ((3, 5), (5, 4), 1), ((2, 3, 5), (3, 5, 4), 2), ((3,), (4,), 0), ((3, 5), (3, 5), 2),
        ((2, 3, 5), (5, 3, 4), ((1, 2), (1, 0))), ((2, 3, 5), (4, 2), (0, -1)),
        ((3, 4, 8), (4, 8, 5), 2), ((3, 2, 1), (2, 1, 5), 2), ((2, 0), (0, 3), 1),
    ]),
    row("tensordot", b(3, 5), b(5, 4), axes=1,
        expected=lambda x, y, axes: np.tensordot(x.astype(int), y.astype(int), axes) > 0),
]  # fmt: skip

EINSUM = [
    *(einsum(text, *shapes) for text, *shapes in [
        ("ij,jk->ik", (3, 5), (5, 4)), ("ij,jk", (3, 5), (5, 1)), ("ij,kj->ik", (3, 8), (4, 8)),
        ("ji,jk->ki", (5, 3), (5, 4)), ("ij,ij->ij", (3, 5), (3, 5)), ("i,j->ij", (3,), (5,)),
        ("ij,j->i", (3, 5), (5,)), ("ij,i->j", (3, 5), (3,)), ("i,i->", (7,), (7,)),
        ("ij,ij->", (33, 65), (33, 65)), ("ij,ij->j", (9, 5), (9, 5)), ("ij,ij->i", (9, 5), (9, 5)),
        ("bij,bjk->bik", (2, 3, 5), (2, 5, 4)), ("bij,bkj->bki", (2, 3, 5), (2, 4, 5)),
        ("bthd,bshd->bhts", (2, 3, 2, 4), (2, 5, 2, 4)),
        ("bhts,bshd->bthd", (2, 2, 3, 5), (2, 5, 2, 8)),
        ("abc,cde->abde", (2, 3, 4), (4, 2, 3)), ("abc,cd->abd", (2, 3, 5), (5, 7)),
        ("ab,bcd->acd", (3, 4), (4, 2, 5)), ("abc,bcd->ad", (3, 2, 4), (2, 4, 5)),
        ("abcd,dcba->", (2, 3, 1, 4), (4, 1, 3, 2)), ("abc,ca->b", (3, 2, 4), (4, 3)),
        ("ab,ac->abc", (3, 2), (3, 5)), ("a,abc->cb", (3,), (3, 2, 5)),
        ("abc,ac->ab", (2, 3, 1), (2, 1)), ("ab,ab->ba", (1, 5), (1, 5)),
        # so long that operands are turned round: the first, the second, both, and in gradients
        ("ji,jk->ki", (40, 41), (40, 42)), ("ji,kj->ik", (40, 41), (42, 40)),
        ("bji,jkb->bik", (3, 30, 31), (30, 29, 3)), ("abi,bca->aci", (5, 33, 21), (33, 22, 5)),
        ("bthd,bshd->bhts", (2, 33, 3, 20), (2, 35, 3, 20)),
        # sums over axes of one operand, diagonals, permutations
        ("ij->ji", (3, 5)), ("ij->", (3, 5)), ("ij->j", (3, 5)), ("ba", (3, 5)), ("ii", (3, 3)),
        ("ii->i", (4, 4)), ("iji->ji", (3, 2, 3)), ("iii->i", (3, 3, 3)),
        ("ij,k->j", (3, 5), (4,)), ("iij,jk->ik", (3, 3, 4), (4, 2)), ("ij,kl->", (3, 2), (1, 4)),
        # ellipses
        ("...ij,...jk->...ik", (2, 3, 5), (5, 4)), ("...ij,...jk", (2, 1, 3, 5), (4, 5, 2)),
        ("i...,i...->...", (3, 2, 5), (3, 1, 5)), ("...->...", (2, 3)), ("a...b->b...a", (2, 3, 4)),
        ("ij,jk->ik", (3, 1), (5, 4)),
        # several operands
        ("ij,jk,kl->il", (3, 5), (5, 4), (4, 2)), ("i,i,i->i", (5,), (5,), (5,)),
        ("a,b,c->cba", (2,), (3,), (4,)), ("ab,bc,cd,de->ae", (2, 7), (7, 3), (3, 5), (5, 1)),
        ("bi,io,bo->b", (4, 3), (3, 5), (4, 5)), ("ij,ij,jk->k", (3, 2), (3, 2), (2, 4)),
        # where sizes are 0 or 1, or nothing is left
        ("ij,jk->ik", (2, 0), (0, 3)), ("ij,jk->ik", (0, 3), (3, 2)), ("ij,jk->ik", (1, 1), (1, 1)),
        (",->", (), ()), (",i->i", (), (3,)),
    ]),
    einsum("ij,jk->ik", i(3, 5), i(5, 4)),
    einsum("ij,jk->ik", (3, 5), i(5, 4), gradients=(0,), dtype="float32"),
    einsum("ij,jk->ik", i(2, 3, low=-100, high=100, dtype="int8"),
        i(3, 2, low=-100, high=100, dtype="int8"), dtype="int32",
        expected=lambda text, *xs: np.einsum(text, *[x.astype(int) for x in xs])),
    einsum("ij,j->i", b(3, 5), b(5), dtype="bool",
        expected=lambda text, *xs: np.einsum(text, *[x.astype(int) for x in xs]) > 0),
]  # fmt: skip
