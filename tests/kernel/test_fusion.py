"""Fusing changes nothing but how many kernels there are: every record, and its gradient, in NumPy.

Each is traced, lowered, fused as for a device, and its kernels are interpreted.
"""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend.webgl.layout import layout_of
from gossamer.backend.webgl.program import build
from gossamer.backend.webgl.request import Request
from gossamer.errors import TracedValueError
from gossamer.kernel.fusion import Fusion, Kernel
from gossamer.kernel.interpret import outputs_of
from gossamer.kernel.parts import as_parts, in_parts
from gossamer.kernel.spec import Contract, Map, Reduce, Spec
from tests.ops.record import gradients, weights_for
from tests.ops.records import RECORDS

LAYERS = 8


class Device:
    """Lies and counts as WebGL2 with eight draw buffers."""

    most_inputs = 16
    most_outputs = LAYERS

    def lie_alike(self, shape, other):
        return shape == other or layout_of(shape, LAYERS).lies_like(layout_of(other, LAYERS))

    def layers_of(self, shape):
        return layout_of(shape, LAYERS).layers


def kernels_of(graph):
    """The kernels of a graph as its calls are lowered."""
    kernels, count = [], len(graph.specs)
    for node in graph.nodes:
        call = node.call
        # Once for all nodes of a call, as backends have it.
        lowering = call.plans.get("lowering")
        if lowering is None:
            made = call.primitive.lower(*call.inputs, call.output, **call.static)
            lowering = call.plans["lowering"] = in_parts(made)
        if isinstance(lowering, Spec):
            kernels.append(Kernel(lowering, node.inputs, node.outputs, (node.name,)))
            continue
        values = list(node.inputs)
        for step in lowering.steps:
            is_last = step is lowering.steps[-1]
            values.append(node.outputs[0] if is_last else count)
            count += not is_last
            sources = tuple(values[k] for k in step.sources)
            kernels.append(Kernel(step.spec, sources, values[-1:], (node.name,)))
    return [kernel._replace(outputs=tuple(kernel.outputs)) for kernel in kernels]


def fused(graph):
    numbers = {n for n, x in graph.constants.items() if x.size == 1}
    return Fusion(kernels_of(graph), set(graph.outputs), numbers, Device()).run(), numbers


def interpreted(graph, kernels, inputs):
    values = dict(zip(graph.inputs, inputs, strict=True)) | graph.constants
    values = {n: parts_of(x) for n, x in values.items()}
    for kernel in kernels:
        made = outputs_of(kernel.spec, [values[v] for v in kernel.sources])
        values.update(zip(kernel.outputs, made, strict=True))
    return [whole(values[n], graph.specs[n]) for n in graph.outputs]


def parts_of(x):
    """An array as kernels have it: of complex numbers both parts."""
    return x[..., np.newaxis].view(np.float32) if x.dtype.kind == "c" else x


def whole(x, spec):
    """The inverse."""
    if spec.dtype == "complex64":
        x = np.ascontiguousarray(np.reshape(x, as_parts(spec).shape)).view(np.complex64)
    return np.reshape(x, spec.shape).astype(spec.dtype)


def check(function, *inputs, rtol=1e-5, most=None):
    """The kernels of a function, fused; they give what the function gives."""
    arrays = [np.asarray(x) for x in inputs]
    graph = gs.jit(function).graph(*arrays)
    kernels, numbers = fused(graph)
    expected = gs.tree.flatten(function(*[ops.convert_to_tensor(x) for x in arrays]))
    for found, one in zip(interpreted(graph, kernels, arrays), expected, strict=True):
        np.testing.assert_allclose(found, one.numpy(), rtol=rtol, atol=rtol)
    for kernel in kernels:  # each can be written as a program, whose numbers are all there
        if not isinstance(kernel.spec, Map | Reduce | Contract):
            continue  # others are made of these
        request = Request(
            spec=kernel.spec,
            output=layout_of(kernel.spec.output.shape, LAYERS),
            inputs=tuple(layout_of(given.shape, LAYERS) for given in kernel.spec.inputs),
            are_scalars=tuple(v in numbers for v in kernel.sources),
        )
        for name in build(request).uniforms:
            request.uniform_value(name)
    if most is not None:
        assert len(kernels) <= most, [kernel.names for kernel in kernels]
    return kernels


RNG = np.random.default_rng(0)


def floats(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def test_bias_and_activation_belong_to_the_product():
    check(lambda x, w, b: ops.relu(x @ w + b), floats(5, 3), floats(3, 4), floats(4), most=1)


def test_a_residual_and_a_scale_do_so_too():
    def f(x, w, y):
        return ops.tanh(x @ w) * 2.0 + y

    check(f, floats(5, 3), floats(3, 4), floats(5, 4), most=1)


def test_a_chain_is_one_kernel():
    check(lambda x, y: ops.exp(-ops.sin(x) * y) + x, floats(6, 5), floats(5), most=1)


def test_a_chain_into_a_fold():
    check(lambda x: ops.sum((x * 2.0 - 1.0) ** 2, axis=-1), floats(6, 50), most=1)


def test_a_mean_is_one_kernel_with_its_division():
    check(lambda x: ops.mean(x, axis=0) * 3.0, floats(6, 50), most=1)


def test_what_is_light_is_computed_for_each_reader():
    def f(x):
        shifted = x - 1.0
        return ops.sum(shifted, axis=0), ops.max(shifted, axis=1)

    check(f, floats(6, 50), most=2)


def test_what_is_heavy_is_computed_once():
    def f(x):
        y = ops.tanh(x)
        return ops.sum(y, axis=0), ops.max(y, axis=1)

    assert len(check(f, floats(6, 50))) == 3


def test_small_updates_of_one_variable_are_one_kernel():
    def f(w, m, v, g):
        m = m + (g - m) * 0.1
        v = v + (g * g - v) * 0.01
        return w - 0.1 * m / (ops.sqrt(v) + 1e-7), m, v

    (kernel,) = check(f, *[np.abs(floats(4, 5)) for _ in range(4)])
    assert len(kernel.outputs) == 3
    # Their textures of eight layers are more than a device can draw to at once.
    assert len(check(f, *[np.abs(floats(64, 64)) for _ in range(4)])) == 3


def test_the_steps_of_a_loop_are_alike():
    def f(xs, h, u):
        for t in range(12):
            h = ops.tanh(xs[t] + h @ u)
        return h

    kernels = check(f, floats(12, 4, 8), floats(4, 8), floats(8, 8), most=12)
    assert len({kernel.spec.structure for kernel in kernels}) <= 3


def test_what_is_wanted_stays():
    def f(x):
        y = x * 2.0
        return y, ops.relu(y)

    check(f, floats(300, 50), most=2)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float16"])
def test_narrow_values_are_stored_as_they_are(dtype):
    check(lambda x: ops.cast(ops.cast(x * 100.0, dtype), "float32") + 1.0, np.abs(floats(40)) * 0.5)


def test_no_more_inputs_than_a_kernel_can_read():
    def f(*xs):
        total = xs[0]
        for x in xs[1:]:
            total = total * x
        return total

    for kernel in check(f, *[floats(40) for _ in range(40)]):
        assert len(kernel.sources) <= Device.most_inputs


def test_what_is_very_large_is_not_taken_apart_again():
    """A division finds its coordinates, which floats do exactly for so many only."""

    def f(x, y):
        outer = x[:, None] * y[None, :]
        return ops.sum(ops.reshape(outer, (-1, 2)), axis=0)

    for n, is_one in ((100, True), (1500, False)):
        kernels, _ = fused(gs.jit(f).graph(floats(n), floats(n)))
        assert (len(kernels) == 1) == is_one


def on_host(record, arrays):
    """Whether an op of this record looks at elements, or is computed by NumPy alone."""
    try:
        graph = gs.jit(lambda *xs: record.apply(xs)).graph(*arrays)
    except TracedValueError:
        return True
    primitives = [node.call.primitive for node in graph.nodes]
    sizes = [spec.size for node in graph.nodes for spec in (*node.call.inputs, node.call.output)]
    return 0 in sizes or any(not callable(primitive.lower) for primitive in primitives)


# It is NumPy that interprets: in a browser every fortieth of them tells as much as all. What runs
# where is said by a mark, since CPython's pytest tells the page's which tests to run.
EVERY = [
    pytest.param(record, id=record.id, marks=[] if index % 40 == 0 else pytest.mark.cpython_only)
    for index, record in enumerate(RECORDS)
]


@pytest.mark.parametrize("record", EVERY)
def test_every_record_fused(record, record_property):
    """The op and the gradient of it, in as few kernels as they fuse to."""
    arrays = record.arrays()
    if on_host(record, arrays):
        return
    weights = weights_for(record, record.reference(arrays))

    def function(*xs):
        results = record.apply(xs)
        found = gradients(record, xs, weights) if record.differentiable() else []
        return [*results, *found]

    check(function, *arrays, rtol=max(1e-4, 10 * record.rtol))
    record_property("records fused", 1)
