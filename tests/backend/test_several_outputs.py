"""Kernels with several outputs on the device: one draw fills all of their textures."""

from itertools import count

import numpy as np
import pytest

from gossamer import ops
from gossamer.backend import get_backend
from gossamer.kernel import expr
from gossamer.kernel.expr import select
from gossamer.kernel.fuse import merged_inputs, together
from gossamer.kernel.interpret import outputs_of
from gossamer.kernel.spec import Map, TensorSpec

pytestmark = pytest.mark.webgl
RNG = np.random.default_rng(0)
# The device counts its textures up from 1.
_numbers = count(-1, -1)


def run(spec, buffers):
    """What each output of a kernel is on the device; scalars among the inputs are uniforms.

    The shim makes a framebuffer for each texture. Here one is made for several, and stands for a
    texture of its own while the draw is issued.
    """
    from js import Object
    from pyodide.ffi import to_js

    from gossamer.backend.webgl.texture import Texture

    backend = get_backend("webgl")
    device, gl = backend.device, backend.device.context
    are_scalars = tuple(isinstance(buffer, np.ndarray) for buffer in buffers)
    (draw,) = backend.planner.plan(spec, are_scalars).draws
    assert draw.size_class == draw.size_classes[0]
    textures = [Texture(backend.pool, wanted) for wanted in draw.size_classes]
    framebuffer = gl.createFramebuffer()
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer)
    attachments = []
    for texture in textures:
        target = device.targets.get(texture.number)
        for layer in range(target.layers):
            attachments.append(gl.COLOR_ATTACHMENT0 + len(attachments))
            gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachments[-1], target.texture, 0, layer)
    gl.drawBuffers(to_js(attachments))
    assert gl.checkFramebufferStatus(gl.FRAMEBUFFER) == gl.FRAMEBUFFER_COMPLETE
    target = Object.assign(Object.new(), device.targets.get(textures[0].number))
    target.framebuffer = framebuffer
    number = next(_numbers)
    device.targets.set(number, target)
    try:
        sampled = [buffers[i].on_device() for i in draw.textures]
        scalars = [buffers[i].item() for i in draw.scalars]
        device.run(draw.number, number, *sampled, *scalars)
    finally:
        device.targets.delete(number)
        gl.deleteFramebuffer(framebuffer)
    assert gl.getError() == gl.NO_ERROR
    return [
        backend.get(texture, output) for texture, output in zip(textures, spec.outputs, strict=True)
    ]


def compare(spec, tensors):
    """The device's outputs are the interpreter's."""
    expected = outputs_of(spec, [x.numpy() for x in tensors])
    for found, wanted in zip(run(spec, [x.buffer for x in tensors]), expected, strict=True):
        assert found.dtype == wanted.dtype
        if wanted.dtype == np.float32:
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
        else:
            np.testing.assert_array_equal(found, wanted)


def given(array):
    return ops.convert_to_tensor(array)


def layers_of(shape):
    return get_backend("webgl").planner.layout(TensorSpec(shape, "float32")).layers


# One layer, of a row and of many, with padding and without; and two of rows that wrap or do not.
SHAPES = {(1, 7): 1, (1, 120): 1, (5, 9): 1, (2, 100): 2, (2, 4101): 2}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("long", [False, True])
def test_floats_integers_and_bools_from_one_draw(shape, long):
    """Short bodies are written for each layer, long ones once."""
    assert layers_of(shape) == SHAPES[shape]
    floats, integers = TensorSpec(shape, "float32"), TensorSpec(shape, "int32")
    own = expr.axis(0), expr.axis(1)
    x, n = expr.load(0, own, "float32"), expr.load(1, own, "int32")
    factor = expr.load(2, (), "float32")  # a number
    scaled = x * factor
    if long:
        for _ in range(3):
            scaled = select(scaled < 0.5, scaled * scaled - 0.25, scaled + 0.125)
    spec = Map(
        inputs=(floats, integers, TensorSpec((), "float32")),
        output=floats,
        body=scaled,
        more=((n * 3 - 1, integers), (scaled < factor, TensorSpec(shape, "bool"))),
    )
    a = RNG.normal(size=shape).astype(np.float32)
    b = RNG.integers(-(2**31), 2**31, size=shape).astype(np.int32)
    compare(spec, [given(a), given(b), given(1.5)])


@pytest.mark.parametrize("shape", [(3, 5), (2, 100), (3, 64), (4, 64)])
def test_outputs_that_read_elsewhere(shape):
    """A row that is broadcast and places of the output itself: up to four layers, two outputs."""
    assert 2 * layers_of(shape) <= 8
    floats, row = TensorSpec(shape, "float32"), TensorSpec((1, shape[1]), "float32")
    i, j = expr.axis(0), expr.axis(1)
    bias = expr.load(1, (expr.const(0, "int32"), j), "float32")
    backwards = expr.load(0, (i, expr.out_dim(1) - 1 - j), "float32")
    number = i * expr.out_dim(1) + j
    spec = Map(
        inputs=(floats, row),
        output=floats,
        body=backwards + bias,
        more=((number, TensorSpec(shape, "int32")),),
    )
    tensors = [given(RNG.normal(size=s).astype(np.float32)) for s in (shape, (1, shape[1]))]
    compare(spec, tensors)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "float16"])
def test_narrow_outputs_beside_wide_ones(dtype):
    shape = (2, 100)
    floats = TensorSpec(shape, "float32")
    x = expr.load(0, (expr.axis(0), expr.axis(1)), "float32") * 1000.0
    narrow = x if dtype == "float16" else expr.cast(x, "int32")
    spec = Map(inputs=(floats,), output=floats, body=x, more=((narrow, TensorSpec(shape, dtype)),))
    array = np.clip(RNG.normal(size=shape), -2, 2).astype(np.float32)
    compare(spec, [given(array)])


def test_an_update_of_adam_is_one_draw():
    """Variable, first and second moment, of what three kernels compute."""
    shape = (9, 12)
    floats, number = TensorSpec(shape, "float32"), TensorSpec((), "float32")
    own = expr.axis(0), expr.axis(1)

    def moment(power):
        m, g = (expr.load(i, own, "float32") for i in (0, 1))
        decay = expr.load(2, (), "float32")
        body = m * decay + (g if power == 1 else g * g) * (1.0 - decay)
        return Map(inputs=(floats, floats, number), output=floats, body=body)

    first, second = moment(1), moment(2)
    w, g, rate = (expr.load(i, places, "float32") for i, places in ((0, own), (1, own), (2, ())))
    step = Map(inputs=(floats, floats, number), output=floats, body=w - rate * g)
    spec, sources = merged_inputs(
        together(together(first, second), step), (0, 1, 2, 3, 1, 4, 5, 1, 6)
    )
    assert sources == (0, 1, 2, 3, 4, 5, 6)
    arrays = [RNG.normal(size=shape).astype(np.float32) for _ in range(4)]
    m, g, v, w = (given(array) for array in arrays)
    compare(spec, [m, g, given(0.9), v, given(0.999), w, given(0.01)])
