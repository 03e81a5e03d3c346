"""Kernels in several steps: the same result as in one."""

from math import prod

import numpy as np
import pytest

from gossamer.core.primitive import PRIMITIVES
from gossamer.kernel.interpret import interpret
from gossamer.kernel.passes import flattened, in_two_passes
from gossamer.kernel.spec import Contract, Map, Steps, TensorSpec
from gossamer.kernel.turned import with_turned_operands
from gossamer.ops.windows import windows_of

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("parts", [1, 2, 7, 64])
@pytest.mark.parametrize(
    ("name", "shape", "axes"),
    [
        ("sum", (103,), (0,)),
        ("sum", (1,), (0,)),
        ("max", (13, 57), (0, 1)),
        ("min", (57, 3), (0,)),
        ("prod", (5, 4, 31), (0, 2)),
        ("sum", (3, 1, 41), (2,)),
        ("argmax", (103,), (0,)),
        ("argmin", (13, 57), (0, 1)),
        ("argmax", (13, 57), (0,)),
        ("argmin", (3, 57, 4), (1,)),
        ("argmax", (9, 4, 5), (0, 2)),
        ("argmin", (1, 40, 7), (0, 1, 2)),
    ],
)
def test_two_passes_are_one(name, shape, axes, parts):
    array = RNG.normal(size=shape).astype(np.float32)
    primitive, given = PRIMITIVES[name], TensorSpec(shape, "float32")
    spec = primitive.lower(given, primitive.shape(given, axes=axes), axes=axes)
    both = in_two_passes(spec, parts)
    if both is None:
        assert parts == 1 or max(spec.over) <= 4
        return
    assert both.steps[0].spec.output.shape[0] <= parts
    result = interpret(both, [array])
    np.testing.assert_allclose(result, interpret(spec, [array]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(100,), (10, 10)])
@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_the_first_extreme_is_found_in_two_passes(name, shape):
    primitive, given = PRIMITIVES[name], TensorSpec(shape, "float32")
    axes = tuple(range(len(shape)))
    spec = primitive.lower(given, primitive.shape(given, axes=axes), axes=axes)
    both = in_two_passes(spec, 5)
    for places, value in (([37, 82], 5.0), ([99], 5.0), ([41, 60], np.nan), ([], 0.0)):
        array = np.zeros(100, np.float32)
        array[places] = value if name == "argmax" else -value
        array = array.reshape(shape)
        np.testing.assert_array_equal(interpret(both, [array]), getattr(np, name)(array))


def test_a_fold_is_split_again():
    array = RNG.normal(size=(40, 60)).astype(np.float32)
    primitive, given = PRIMITIVES["sum"], TensorSpec(array.shape, "float32")
    spec = primitive.lower(given, primitive.shape(given, axes=(0, 1)), axes=(0, 1))

    def expand(current):
        return (prod(current.over) > 300 and in_two_passes(current, 10)) or current

    steps = flattened(spec, 1, expand)
    assert len(steps) == 3
    np.testing.assert_allclose(interpret(Steps(tuple(steps)), [array]), array.sum(), rtol=1e-4)


def product(*shapes, **static):
    primitive = PRIMITIVES["matmul"]
    given = [TensorSpec(shape, "float32") for shape in shapes]
    arrays = [RNG.normal(size=shape).astype(np.float32) for shape in shapes]
    return primitive.lower(*given, primitive.shape(*given, **static), **static), arrays


@pytest.mark.parametrize("parts", [1, 2, 7])
@pytest.mark.parametrize("inner", [3, 40, 101])
def test_a_product_in_two_passes(inner, parts):
    spec, arrays = product((5, inner), (inner, 6), transpose_a=False, transpose_b=False)
    both = in_two_passes(spec, parts)
    if both is None:
        assert parts == 1 or inner <= 4
        return
    assert both.steps[0].spec.output.shape[0] <= parts
    np.testing.assert_allclose(interpret(both, arrays), arrays[0] @ arrays[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("shapes", "static", "kernels"),
    [
        (((5, 7), (7, 6)), {"transpose_a": False, "transpose_b": False}, 1),
        (((5, 7), (6, 7)), {"transpose_a": False, "transpose_b": True}, 1),
        (((7, 5), (7, 6)), {"transpose_a": True, "transpose_b": False}, 2),
        (((3, 7, 5), (3, 6, 7)), {"transpose_a": True, "transpose_b": True}, 2),
    ],
)
def test_an_operand_that_lies_across_is_turned(shapes, static, kernels):
    spec, arrays = product(*shapes, **static)
    turned = with_turned_operands(spec, len(spec.output.shape) - 1)
    assert (len(turned.steps) if turned else 1) == kernels
    if turned:
        np.testing.assert_allclose(
            interpret(turned, arrays), interpret(spec, arrays), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize(("strides", "padding"), [(1, "same"), (1, "valid"), (2, "same")])
def test_the_sides_of_a_kernel_gradient_are_swapped(strides, padding):
    windows = windows_of((7, 6), (3, 3), (strides,) * 2, (1, 1), padding)
    places = tuple(window.places for window in windows)
    arrays = [RNG.normal(size=s).astype(np.float32) for s in ((2, 7, 6, 4), (2, *places, 8))]
    primitive = PRIMITIVES["convolution_kernel"]
    given = [TensorSpec(array.shape, "float32") for array in arrays]
    static = {"windows": windows, "groups": 1}
    spec = primitive.lower(*given, primitive.shape(*given, **static), **static)
    turned = with_turned_operands(spec, len(spec.output.shape) - 1)
    assert [type(step.spec) for step in turned.steps] == [Map, Contract, Map]
    np.testing.assert_allclose(
        interpret(turned, arrays), interpret(spec, arrays), rtol=1e-4, atol=1e-4
    )
