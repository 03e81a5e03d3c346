"""Fused kernels on the device: one draw, and the numbers that the ops give one after another."""

from types import SimpleNamespace

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import Call, get_backend
from gossamer.core.primitive import PRIMITIVES
from gossamer.kernel.fuse import into_epilogue, into_prologue
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.windows import windows_of

pytestmark = pytest.mark.webgl
RNG = np.random.default_rng(0)


def lowered(name, *shapes, **static):
    primitive = PRIMITIVES[name]
    given = [TensorSpec(shape, "float32") for shape in shapes]
    return primitive.lower(*given, primitive.shape(*given, **static), **static)


def run(spec, tensors, shape):
    """What a kernel computes, and in how many draws."""
    operation = SimpleNamespace(name="fused", reference=None, lower=lambda *_, **__: spec)
    output = TensorSpec(shape, spec.output.dtype)
    call = Call(operation, tuple(x.spec for x in tensors), output, {})
    backend = get_backend("webgl")
    before = gs.memory()["draws"]
    buffer = backend.run(call, [x.buffer for x in tensors])
    return backend.get(buffer, output), gs.memory()["draws"] - before


def tensors(*shapes):
    return [ops.convert_to_tensor(RNG.normal(size=s).astype(np.float32)) for s in shapes]


@pytest.mark.parametrize("channels", [3, 8])
@pytest.mark.parametrize("filters", [5, 16])
def test_convolution_bias_residual_and_relu_are_one_draw(channels, filters):
    shape = (2, 9, 9, filters)
    x, w, bias, residual = tensors(
        (2, 9, 9, channels), (3, 3, channels, filters), (filters,), shape
    )
    windows = windows_of((9, 9), (3, 3), (1, 1), (1, 1), "same")
    spec = lowered("convolution", x.shape, w.shape, windows=windows, groups=1)
    spec = into_epilogue(spec, lowered("add", shape, bias.shape), 0)
    spec = into_epilogue(spec, lowered("add", shape, shape), 0)
    spec = into_epilogue(spec, lowered("maximum", shape, shape), 0)
    zeros = ops.zeros(shape)
    found, draws = run(spec, [x, w, bias, residual, zeros], shape)
    expected = ops.relu(ops.conv(x, w, padding="same") + bias + residual).numpy()
    assert draws == 1
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("rows", [1, 7, 64])
def test_scaled_operand_product_bias_and_tanh_are_one_draw(rows):
    x, scale, w, bias = tensors((rows, 33), (33,), (33, 20), (20,))
    spec = lowered("matmul", x.shape, w.shape, transpose_a=False, transpose_b=False)
    spec = into_prologue(lowered("multiply", x.shape, scale.shape), spec, 0)
    spec = into_epilogue(spec, lowered("add", (rows, 20), (20,)), 0)
    spec = into_epilogue(spec, lowered("tanh", (rows, 20)), 0)
    found, draws = run(spec, [w, x, scale, bias], (rows, 20))
    assert draws == 1
    expected = ops.tanh(ops.matmul(x * scale, w) + bias).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_fold_of_what_is_computed_and_its_root_are_one_draw():
    (x,) = tensors((40, 50))
    spec = lowered("sum", x.shape, axes=(1,))
    spec = into_prologue(lowered("square", x.shape), spec, 0)
    spec = into_epilogue(spec, lowered("sqrt", (40,)), 0)
    found, draws = run(spec, [x], (40,))
    assert draws == 1
    np.testing.assert_allclose(found, np.linalg.norm(x.numpy(), axis=1), rtol=1e-5)


@pytest.mark.parametrize("shape", [(40, 50), (1, 9000)])
@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_the_index_of_what_is_computed(name, shape):
    """In one pass, and in two, of which the second computes the best of each part again."""
    (x,) = tensors(shape)
    spec = into_prologue(lowered("square", shape), lowered(name, shape, axes=(1,)), 0)
    found, draws = run(spec, [x], shape[:1])
    assert draws == (1 if shape[0] > 1 else 2)
    np.testing.assert_array_equal(found, getattr(np, name)(np.square(x.numpy()), axis=1))


def test_places_among_what_is_computed():
    ordered, wanted = np.arange(100, dtype=np.float32), RNG.uniform(0, 9900, 70)
    x, values = (ops.convert_to_tensor(array.astype(np.float32)) for array in (ordered, wanted))
    search = lowered("searchsorted", x.shape, values.shape, right=False)
    found, draws = run(into_prologue(lowered("square", x.shape), search, 0), [values, x], (70,))
    assert draws == 1
    expected = np.searchsorted(np.square(ordered), values.numpy())
    np.testing.assert_array_equal(found.astype(np.int64), expected)


def test_what_is_joined_is_computed_where_it_is_read():
    x, y = tensors((3, 40), (5, 40))
    join = lowered("concatenate", x.shape, y.shape, axis=0)
    found, draws = run(into_prologue(lowered("negative", x.shape), join, 0), [y, x], (8, 40))
    assert draws == 1
    np.testing.assert_array_equal(found, np.concatenate([-x.numpy(), y.numpy()]))
