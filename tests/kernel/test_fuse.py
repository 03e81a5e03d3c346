"""Fused kernels compute what the kernels that they are made of compute one after another."""

import numpy as np
import pytest

from gossamer.core.primitive import PRIMITIVES
from gossamer.kernel.fuse import into_epilogue, into_prologue
from gossamer.kernel.interpret import interpret
from gossamer.kernel.spec import Contract, Map, Reduce, TensorSpec
from gossamer.ops.windows import windows_of

RNG = np.random.default_rng(0)


def lowered(name, *shapes, dtype="float32", **static):
    primitive = PRIMITIVES[name]
    given = [TensorSpec(shape, dtype) for shape in shapes]
    return primitive.lower(*given, primitive.shape(*given, **static), **static)


def arrays(*shapes):
    return [RNG.normal(size=shape).astype(np.float32) for shape in shapes]


def agree(fused, inputs, expected):
    found = interpret(fused, inputs).reshape(expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


WINDOWS = windows_of((5, 6), (3, 3), (1, 1), (1, 1), "same")
PRODUCTS = [
    (lowered("matmul", (6, 5), (5, 8), transpose_a=False, transpose_b=False), (6, 5), (5, 8)),
    (
        lowered("matmul", (2, 3, 5), (5, 8), transpose_a=False, transpose_b=False),
        (2, 3, 5),
        (5, 8),
    ),
    (
        lowered("convolution", (2, 5, 6, 3), (3, 3, 3, 4), windows=WINDOWS, groups=1),
        (2, 5, 6, 3),
        (3, 3, 3, 4),
    ),
    (lowered("sum", (4, 7, 3), axes=(1,)), (4, 7, 3)),
]
RESULTS = [(6, 8), (2, 3, 8), (2, 5, 6, 4), (4, 3)]


@pytest.mark.parametrize(("product", "shape"), list(zip(PRODUCTS, RESULTS, strict=True)))
def test_bias_residual_and_activation_in_an_epilogue(product, shape):
    spec, *given = product
    inputs = arrays(*given, shape[-1:], shape)
    plain = interpret(spec, inputs[:-2]).reshape(shape)
    fused = into_epilogue(spec, lowered("add", shape, shape[-1:]), 0)
    fused = into_epilogue(fused, lowered("add", shape, shape), 0)
    fused = into_epilogue(fused, lowered("tanh", shape), 0)
    assert type(fused) is type(spec)
    assert len(fused.inputs) == len(inputs)
    agree(fused, inputs, np.tanh(plain + inputs[-2] + inputs[-1]))


@pytest.mark.parametrize(("product", "shape"), list(zip(PRODUCTS, RESULTS, strict=True)))
def test_the_result_may_be_the_second_operand_or_both(product, shape):
    spec, *given = product
    inputs = arrays(*given, shape)
    plain = interpret(spec, inputs[:-1]).reshape(shape)
    agree(into_epilogue(spec, lowered("subtract", shape, shape), 1), inputs, inputs[-1] - plain)


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_an_operand_is_made_of_in_a_prologue(product):
    spec, *given = product
    inputs = arrays(*given)
    fused = into_prologue(lowered("tanh", given[0]), spec, 0)
    assert len(fused.inputs) == len(inputs)
    agree(fused, [*inputs[1:], inputs[0]], interpret(spec, [np.tanh(inputs[0]), *inputs[1:]]))


def test_both_operands_and_several_loads():
    spec, *given = PRODUCTS[2]
    x, w, scale = arrays(*given, (3,))
    fused = into_prologue(lowered("multiply", given[0], (3,)), spec, 0)
    fused = into_prologue(lowered("negative", given[1]), fused, 0)
    agree(fused, [x, scale, w], interpret(spec, [x * scale, -w]))


def test_maps_of_maps():
    (x, y), turn = arrays((4, 5), (5, 4)), lowered("transpose", (4, 5), axes=(1, 0))
    add = lowered("add", (5, 4), (5, 4))
    agree(into_epilogue(turn, add, 0), [x, y], x.T + y)
    agree(into_prologue(turn, add, 0), [y, x], x.T + y)


def test_a_result_that_is_read_elsewhere_is_no_epilogue():
    spec, *_ = PRODUCTS[0]
    assert into_epilogue(spec, lowered("transpose", (6, 8), axes=(1, 0)), 0) is None


def test_what_storing_would_change_is_stored():
    add = lowered("add", (4,), (4,), dtype="uint8")
    assert into_epilogue(add, lowered("negative", (4,), dtype="uint8"), 0) is None
    assert into_prologue(add, lowered("negative", (4,), dtype="uint8"), 0) is None


def test_fused_kernels_of_other_sizes_share_their_structure():
    def fused(rows, inner, columns):
        spec = lowered("matmul", (rows, inner), (inner, columns), transpose_a=False,
                       transpose_b=False)  # fmt: skip
        shape = (rows, columns)
        return into_epilogue(into_epilogue(spec, lowered("add", shape, shape[-1:]), 0),
                             lowered("tanh", shape), 0)  # fmt: skip

    assert fused(6, 5, 8).structure == fused(7, 9, 12).structure
    assert isinstance(fused(6, 5, 8), Contract)


def test_skeletons_stay_what_they_are():
    total = lowered("sum", (4, 7, 3), axes=(1,))
    assert isinstance(into_epilogue(total, lowered("tanh", (4, 3)), 0), Reduce)
    assert isinstance(into_epilogue(lowered("tanh", (4, 3)), lowered("tanh", (4, 3)), 0), Map)
