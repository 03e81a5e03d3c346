"""Fused kernels compute what the kernels that they are made of compute one after another."""

from dataclasses import replace

import numpy as np
import pytest

from gossamer.core.primitive import PRIMITIVES
from gossamer.kernel import expr
from gossamer.kernel.expr import walk
from gossamer.kernel.fuse import into_epilogue, into_prologue, merged_inputs, together
from gossamer.kernel.interpret import interpret, outputs_of
from gossamer.kernel.passes import in_two_passes
from gossamer.kernel.spec import Contract, Map, Reduce, Scan, Scatter, Sort, TensorSpec
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


@pytest.mark.parametrize("which", [0, 1])
def test_sizes_that_a_kernel_names_are_those_of_what_it_was_given(which):
    """The input is gone, and the next one has its number, but not its size."""
    x, y = arrays((3, 4), (5, 4))
    join = lowered("concatenate", x.shape, y.shape, axis=0)
    fused = into_prologue(lowered("negative", (x, y)[which].shape), join, which)
    expected = np.concatenate([-x, y] if which == 0 else [x, -y])
    agree(fused, [y, x] if which == 0 else [x, y], expected)


def test_sizes_in_what_is_added_at_the_end():
    rows, given = TensorSpec((3, 4), "float32"), arrays((3, 4), (3, 4))
    x, y = (expr.load(i, (expr.axis(0), expr.axis(1)), "float32") for i in (0, 1))
    size = expr.cast(expr.in_dim(0, 1), "float32")
    second = Map(inputs=(rows, rows), output=rows, body=(x + y) * size)
    fused = into_epilogue(lowered("tanh", (3, 4)), second, 0)
    agree(fused, given, (np.tanh(given[0]) + given[1]) * 4)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize(("shape", "axes"), [((7, 50), (1,)), ((6, 9, 4), (0, 2)), ((300,), (0,))])
def test_the_index_of_what_is_computed_in_one_pass_and_in_two(name, shape, axes):
    x, scale = arrays(shape, shape[-1:])
    plain = lowered(name, shape, axes=axes)
    expected = interpret(plain, [np.sin(x * scale)])
    wave = into_epilogue(lowered("multiply", shape, shape[-1:]), lowered("sin", shape), 0)
    fused = into_prologue(wave, plain, 0)
    assert isinstance(fused, Reduce)
    np.testing.assert_array_equal(interpret(fused, [x, scale]), expected)
    np.testing.assert_array_equal(interpret(in_two_passes(fused, 5), [x, scale]), expected)


@pytest.mark.parametrize("which", [0, 1])
def test_what_a_fold_with_a_state_reads_is_computed_where_it_is_read(which):
    ordered, wanted = np.sort(arrays((50,))[0]), arrays((9, 4))[0]
    search = lowered("searchsorted", ordered.shape, wanted.shape, right=False)
    shape = (ordered, wanted)[which].shape
    fused = into_prologue(lowered("multiply", shape, shape), search, which)
    others, product = ([wanted], ordered) if which == 0 else ([ordered], wanted)
    ones = np.ones(shape, np.float32)
    found = interpret(fused, [*others, product, ones]).reshape(wanted.shape)
    np.testing.assert_array_equal(found, np.searchsorted(ordered, wanted))


def moments(shape):
    """The new first and second moment of Adam as kernels of their own: m, g; v, g."""
    decay = ("static", "decay")
    given = TensorSpec(shape, "float32")
    x, gradient = (expr.load(i, (expr.axis(0), expr.axis(1)), "float32") for i in (0, 1))
    kept = expr.uniform(decay, "float32")

    def moment(by, power):
        body = x * kept + power * (1.0 - kept)
        return Map(inputs=(given, given), output=given, body=body, values={decay: by})

    return moment(0.9, gradient), moment(0.999, gradient * gradient)


def test_several_outputs_are_the_outputs_of_the_parts():
    first, second = moments((5, 7))
    third = lowered("less", (5, 7), (5, 7))
    m, v, g, x, y = inputs = arrays(*[(5, 7)] * 5)
    both = together(first, second)
    fused = together(both, third)
    assert fused.outputs == (first.output, second.output, third.output)
    found = outputs_of(fused, [m, g, v, g, x, y])
    parts = [interpret(first, [m, g]), interpret(second, [v, g]), interpret(third, [x, y])]
    for one, other in zip(found, parts, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    # Likewise the other way about: outputs of the second are all there.
    found = outputs_of(together(third, both), [x, y, m, g, v, g])
    for one, other in zip(found, [parts[2], *parts[:2]], strict=True):
        np.testing.assert_array_equal(one, other)
    merged, sources = merged_inputs(fused, (0, 2, 1, 2, 3, 4))
    assert sources == (0, 2, 1, 3, 4)
    found = outputs_of(merged, [inputs[i] for i in sources])
    for one, other in zip(found, parts, strict=True):
        np.testing.assert_array_equal(one, other)


def lowered_backwards(shape):
    """Elements in reverse along the last axis, whose place is told by the output's size."""
    given = TensorSpec(shape, "float32")
    where = (expr.axis(0), expr.out_dim(1) - 1 - expr.axis(1))
    return Map(inputs=(given,), output=given, body=expr.load(0, where, "float32"))


def test_what_is_shared_is_computed_once():
    """What both make of the output's sizes is one expression, since these are one."""
    from_the_end = lowered_backwards((4, 6))
    merged, sources = merged_inputs(together(from_the_end, from_the_end), (3, 3))
    assert sources == (3,)
    assert merged.body is merged.more[0][0]


def test_kernels_of_other_shapes_do_not_go_together():
    assert together(lowered("tanh", (32, 16)), lowered("tanh", (16, 32))) is None
    flat = Map(
        inputs=(TensorSpec((512,), "float32"),),
        output=TensorSpec((512,), "float32"),
        body=expr.load(0, (expr.axis(0),), "float32"),
    )
    assert together(lowered("tanh", (32, 16)), flat) is None


def test_a_kernel_of_several_outputs_is_no_part_of_another():
    both = together(*moments((5, 7)))
    tanh = lowered("tanh", (5, 7))
    assert into_epilogue(both, tanh, 0) is None
    assert into_epilogue(tanh, both, 0) is None
    assert into_prologue(both, lowered("sum", (5, 7), axes=(0,)), 0) is None


def test_a_prologue_reaches_every_output():
    m, v, x = arrays((5, 7), (5, 7), (7,))
    first, second = moments((5, 7))
    merged, sources = merged_inputs(together(first, second), (0, 2, 1, 2))
    fused = into_prologue(lowered("broadcast_to", (7,), shape=(5, 7)), merged, 1)
    assert sources == (0, 2, 1)
    g = np.broadcast_to(x, (5, 7))
    found = outputs_of(fused, [m, v, x])
    for one, other in zip(found, [interpret(first, [m, g]), interpret(second, [v, g])],
                          strict=True):  # fmt: skip
        np.testing.assert_array_equal(one, other)


def test_outputs_have_one_shape_and_are_no_alias():
    tanh = lowered("tanh", (5, 7))
    with pytest.raises(ValueError, match=r"Received: shapes="):
        replace(tanh, more=((tanh.body, TensorSpec((7, 5), "float32")),))
    with pytest.raises(ValueError, match=r"Received: outputs="):
        replace(tanh, more=((tanh.body, tanh.output),), keeps_elements=True)


def element(which, *coordinates):
    return expr.load(which, coordinates, "float32")


ROWS, VECTOR = TensorSpec((3, 4), "float32"), TensorSpec((4,), "float32")
ROW, COLUMN, STEP = expr.axis(0), expr.axis(1), expr.reduce_axis(0)
FOLD, WIDTH = expr.accumulator("float32"), expr.cast(expr.in_dim(3, 1), "float32")
X, Y, Z = (element(i, ROW, COLUMN) for i in (1, 2, 3))
X_FOLDED, Y_FOLDED, Z_FOLDED = (element(i, ROW, STEP) for i in (1, 2, 3))


def twice(skeleton, shape, dtype="float32", **slots):
    """A kernel that reads inputs 1 and 3, which are the same, and 2; but not 0."""
    output = TensorSpec(shape, dtype)
    return skeleton(inputs=(VECTOR, ROWS, ROWS, ROWS), output=output, **slots)


TWICE = {
    "map": twice(Map, (3, 4), body=X - Y * WIDTH, more=((Z < Y, TensorSpec((3, 4), "bool")),)),
    "reduce": twice(Reduce, (3,), body=X_FOLDED * Y_FOLDED, combine="add", over=(4,),
                    epilogue=FOLD + element(3, ROW, expr.const(0, "int32"))),
    "contract": twice(Contract, (3, 3), left=X_FOLDED + Z_FOLDED, right=element(2, COLUMN, STEP),
                      over=(4,), epilogue=FOLD * WIDTH),
    "scan": twice(Scan, (3, 4), body=X * Y, axis=1, combine="add", factor=Z),
    "scan without factor": twice(Scan, (3, 4), body=X - Z * Y, axis=1, combine="max"),
    "scatter": twice(Scatter, (3, 5), at=expr.cast(X_FOLDED * Z_FOLDED, "int32"),
                     update=Y_FOLDED, axis=1, combine="add", count=4),
    "sort": twice(Sort, (3, 4), "int32", key=X + Z * Y, axis=1, length=4),
}  # fmt: skip


@pytest.mark.parametrize("name", TWICE)
def test_inputs_from_one_source_are_one_in_every_skeleton(name):
    spec = TWICE[name]
    unused, x, y = arrays((4,), (3, 4), (3, 4))
    merged, sources = merged_inputs(spec, (9, 7, 8, 7))
    assert type(merged) is type(spec)
    assert sources == (7, 8)
    assert merged.inputs == (ROWS, ROWS)
    found = outputs_of(merged, [{7: x, 8: y}[source] for source in sources])
    for one, other in zip(found, outputs_of(spec, [unused, x, y, x]), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_input_seen_in_two_shapes_stays_two():
    x = arrays((3, 4))[0]
    flat = TensorSpec((12,), "float32")
    body = element(0, ROW, COLUMN) + element(1, ROW * 4 + COLUMN)
    spec = Map(inputs=(ROWS, flat, ROWS), output=ROWS, body=body + element(2, ROW, COLUMN))
    merged, sources = merged_inputs(spec, (5, 5, 5))
    assert merged.inputs == (ROWS, flat)
    assert sources == (5, 5)
    agree(merged, [x, x], 3 * x)


def test_an_input_of_which_only_a_size_is_read_stays():
    spec = Map(inputs=(VECTOR, ROWS), output=VECTOR, body=expr.cast(expr.in_dim(1, 0), "float32"))
    merged, sources = merged_inputs(spec, (5, 6))
    assert sources == (6,)
    agree(merged, arrays((3, 4)), np.full(4, 3.0))
    assert {x.attr for x in walk(merged.body) if x.op == "uniform"} == {("in", 0, 0)}


def test_fused_kernels_of_several_outputs_of_other_sizes_share_their_structure():
    assert together(*moments((5, 7))).structure == together(*moments((9, 2))).structure
    one, other = moments((5, 7))
    assert together(one, other).structure != together(other, one).structure
    # And another dtype of a further output is another structure.
    narrow = replace(other, output=TensorSpec((5, 7), "float16"))
    assert together(one, other).structure != together(one, narrow).structure
