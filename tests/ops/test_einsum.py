"""Einsum: how few kernels it takes and of which kind, and its mistakes."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.kernel.spec import Contract, Map, Reduce
from tests.kernel.calls import calls_of


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


@pytest.mark.parametrize(
    ("subscripts", "shapes", "kind"),
    [
        ("ij,jk->ik", [(3, 5), (5, 4)], Contract),
        ("bthd,bshd->bhts", [(2, 3, 2, 4), (2, 5, 2, 4)], Contract),
        ("bhts,bshd->bthd", [(2, 2, 3, 5), (2, 5, 2, 4)], Contract),
        ("ij,ij->j", [(3, 5), (3, 5)], Reduce),
        ("ij,ij->", [(3, 5), (3, 5)], Reduce),
        ("i,j->ji", [(3,), (5,)], Map),
    ],
)
def test_two_operands_are_one_kernel(subscripts, shapes, kind):
    seen = calls_of(lambda *xs: ops.einsum(subscripts, *xs), *[ones(*shape) for shape in shapes])
    specs = [spec for one in seen for spec, _ in one.kernels()]
    assert [type(spec) for spec in specs] == [kind]


def test_gradients_are_one_kernel_each():
    gradient = gs.grad(lambda x, y: ops.sum(ops.einsum("bthd,bshd->bhts", x, y)), (0, 1))
    seen = calls_of(gradient, ones(2, 3, 2, 4), ones(2, 5, 2, 4))
    assert [one.call.primitive.name for one in seen].count("contract") == 3


def test_axes_that_stand_together_are_one():
    (seen,) = calls_of(ops.tensordot, ones(2, 3, 4, 5), ones(4, 5, 7, 6))
    ((spec, _),) = seen.kernels()
    assert spec.output.shape == (6, 7, 6)
    # The second operand's last folded axis could merge; the first one's is its last.
    assert spec.reduce_shape == (4, 5)


def test_other_letters_are_the_same_kernel():
    one, other = (
        calls_of(lambda x, y, text=text: ops.einsum(text, x, y), ones(3, 5), ones(5, 4))[0].call
        for text in ("ij,jk->ik", "xb,ba->xa")
    )
    assert one is other


def test_the_cheapest_pair_comes_first():
    shapes = [(100, 2), (2, 100), (100, 3)]
    seen = calls_of(lambda *xs: ops.einsum("ab,bc,cd->ad", *xs), *[ones(*s) for s in shapes])
    contracted = [one.call for one in seen if one.call.primitive.name == "contract"]
    assert contracted[0].output.shape == (2, 3)


M = ones(3, 5)
MISTAKES = {
    "terms": lambda: ops.einsum("ij,jk", M),
    "rank": lambda: ops.einsum("ijk->i", M),
    "rank of an ellipsis": lambda: ops.einsum("ijk...", M),
    "sizes": lambda: ops.einsum("ij,jk->ik", M, M),
    "diagonal": lambda: ops.einsum("ii", M),
    "diagonal of one": lambda: ops.einsum("ii", ones(1, 3)),
    "output": lambda: ops.einsum("ij->ik", M),
    "output twice": lambda: ops.einsum("ij->ii", M),
    "output ellipsis": lambda: ops.einsum("...j->...j...", M),
    "letters": lambda: ops.einsum("i1,1k", M, M),
    "nothing": lambda: ops.einsum("ij->ij"),
    "tensordot sizes": lambda: ops.tensordot(M, M, 1),
    "tensordot count": lambda: ops.tensordot(M, M, 3),
    "tensordot pairs": lambda: ops.tensordot(M, M, ((0, 1), (0,))),
    "tensordot axis": lambda: ops.tensordot(M, M, (2, 0)),
    "tensordot lists": lambda: ops.tensordot(M, M, (0, 1, 1)),
    "dot": lambda: ops.dot(M, ones(2, 4, 5)),
    "inner": lambda: ops.inner(M, ones(4)),
    "vdot": lambda: ops.vdot(M, ones(14)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    with pytest.raises(ValueError, match=r"Expected [\s\S]*Received: "):
        MISTAKES[name]()


def test_unknown_keyword():
    with pytest.raises(TypeError, match="Received: precision"):
        ops.einsum("ij->ij", M, precision="high")
