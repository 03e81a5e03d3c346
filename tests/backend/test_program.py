"""The GLSL that the templates write, without a GPU: what compiles anew, and what does not."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gossamer.backend.webgl.layout import layout_of
from gossamer.backend.webgl.program import build
from gossamer.backend.webgl.request import Request
from gossamer.core.primitive import PRIMITIVES
from gossamer.kernel.fuse import merged_inputs, together
from gossamer.kernel.spec import Map, TensorSpec


def request(name, *shapes, dtype="float32", scalars=None, layers=8, **static):
    """What the backend asks for when a primitive is applied to tensors of these shapes."""
    primitive = PRIMITIVES[name]
    inputs = [TensorSpec(shape, dtype) for shape in shapes]
    output = primitive.shape(*inputs, **static)
    spec = primitive.lower(*inputs, output, **static)
    return Request(
        spec=spec,
        output=layout_of(spec.output.shape, layers),
        inputs=tuple(layout_of(given.shape, layers) for given in spec.inputs),
        are_scalars=scalars or (False,) * len(inputs),
    )


def keys(requests):
    return {one.key() for one in requests}


def test_elementwise_programs_know_no_shapes():
    shapes = [(100 + i, 3 + i % 7) for i in range(30)] + [(i + 40, 9, 5) for i in range(20)]
    assert len(keys(request("exp", shape) for shape in shapes)) == 1


def test_fifty_shapes_of_relu_then_sum_need_few_programs():
    rng = np.random.default_rng(0)
    shapes = [tuple(rng.integers(1, 60, size=rng.integers(1, 5))) for _ in range(50)]
    shapes = [tuple(int(size) for size in shape) for shape in shapes]
    asked = [request("maximum", shape, (), scalars=(False, True)) for shape in shapes]
    asked += [request("sum", shape, axes=tuple(range(len(shape)))) for shape in shapes]
    # One a number of layers (1, 2, 4, 8) for relu, one for sum; TensorFlow.js compiles 304.
    assert len(keys(asked)) <= 6


@pytest.mark.parametrize(
    ("name", "static"),
    [
        ("matmul", {"transpose_a": False, "transpose_b": False}),
        ("matmul", {"transpose_a": False, "transpose_b": True}),
    ],
)
def test_a_changed_batch_needs_no_new_matmul(name, static):
    def product(batch):
        if static["transpose_b"]:
            return request(name, (batch, 128), (64, 128), **static)
        return request(name, (batch, 64), (64, 128), **static)

    assert product(8).key() == product(7).key()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (request("add", (50, 7), (7,)), request("add", (60, 9), (9,))),
        (request("add", (50, 7), (50, 7)), request("add", (5, 3, 9, 8), (5, 3, 9, 8))),
        (request("exp", (1000,)), request("exp", (50, 7))),
        (request("sum", (50, 7), axes=(0, 1)), request("sum", (8, 9, 5), axes=(0, 1, 2))),
    ],
)
def test_equal_keys_give_equal_sources(one, other):
    assert one.key() == other.key()
    assert build(one) == build(other)


def test_a_texture_that_lies_like_the_output_is_read_in_place():
    source = build(request("exp", (100, 100))).source
    main = source[source.index("void main") :]
    assert main.count("texture(t0, vec3(place,") == 8
    assert "row0(" not in main


def test_a_shared_operand_is_loaded_once_for_all_rows():
    product = build(request("matmul", (64, 64), (64, 64), transpose_a=False, transpose_b=False))
    loop = product.source[product.source.index("for (int q") :]
    assert loop.count("texture(t0") == 8  # a texel of each of the eight rows
    assert loop.count("texture(t1") == 4  # four rows of the right operand, for all eight


def test_what_does_not_change_in_a_loop_stands_before_it():
    product = build(request("matmul", (64, 64), (64, 64), transpose_a=False, transpose_b=False))
    main = product.source[product.source.index("void main") :]
    before, loop = main.split("for (int q", 1)
    assert before.count("place0(") == 8  # where the rows of the left operand begin
    assert "place0(" not in loop


def test_scalars_are_uniforms():
    program = build(request("multiply", (10, 10), (), scalars=(False, True)))
    assert program.scalars == ((1, "float"),)
    assert program.textures == (0,)
    assert "uniform float s1;" in program.source


@pytest.mark.parametrize("layers", [1, 2, 4, 8])
def test_as_many_outputs_as_layers(layers):
    source = build(request("exp", (64, 64), layers=layers)).source
    assert len(re.findall(r"layout\(location = \d\) out", source)) == layers


def several(*requests):
    """One request for all of these maps, which read the same tensors."""
    first, *others = requests
    spec = first.spec
    for other in others:
        spec = together(spec, other.spec)
    count = len(first.inputs)
    spec, sources = merged_inputs(spec, tuple(range(count)) * len(requests))
    return replace(
        first,
        spec=spec,
        inputs=tuple(first.inputs[i] for i in sources),
        are_scalars=tuple(first.are_scalars[i] for i in sources),
    )


def arithmetic_and_comparison(shape, layers):
    return several(*[request(name, shape, shape, layers=layers) for name in ("add", "less")])


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_every_layer_of_every_output_is_a_draw_buffer(layers):
    source = build(arithmetic_and_comparison((64, 64), layers)).source
    declared = re.findall(r"layout\(location = (\d)\) out highp (\w+) o(\d);", source)
    numbers = [str(k) for k in range(2 * layers)]
    assert [location for location, _, _ in declared] == numbers
    assert [name for _, _, name in declared] == numbers
    # Floats first, then the bools, which are kept as integers.
    assert [kind for _, kind, _ in declared] == ["vec4"] * layers + ["ivec4"] * layers
    for k in range(2 * layers):
        assert len(re.findall(rf"\bo{k} = ", source)) == 1


def test_outputs_share_what_is_loaded():
    program = build(arithmetic_and_comparison((64, 64), 4))
    assert program.textures == (0, 1)
    assert program.source.count("texture(t0, vec3(place,") == 4


def test_what_several_layers_compute_is_written_once_for_all_outputs():
    source = build(several(*[request(name, (64, 64), layers=4) for name in ("tanh", "erf")])).source
    assert len(re.findall(r"vec4 body\(vec4 a0, out vec4 b1\) \{", source)) == 1
    for layer in range(4):
        assert re.search(rf"o{layer} = body\(\w+, o{4 + layer}\);", source)


def test_programs_of_other_outputs_have_other_keys():
    add, less, equal = (request(name, (64, 64), (64, 64), layers=2) for name in
                        ("add", "less", "equal"))  # fmt: skip
    asked = [add, less, several(add, less), several(less, add), several(add, equal),
             several(add, less, equal)]  # fmt: skip
    assert len(keys(asked)) == len(asked)
    # Of a further output the dtype counts, too: what is stored of a value depends on it.
    body, output = several(add, equal).spec.more[0]
    assert isinstance(add.spec, Map)
    kinds = [
        replace(add, spec=replace(add.spec, more=((body, TensorSpec(output.shape, dtype)),)))
        for dtype in ("bool", "float16")
    ]
    assert len(keys(kinds)) == 2


def test_several_outputs_of_other_shapes_share_their_program():
    one, other = (arithmetic_and_comparison(shape, 4) for shape in ((50, 7), (5, 3, 9, 8)))
    assert one.key() == other.key()
    assert build(one) == build(other)


def test_kernels_that_read_elsewhere_have_keys_of_their_own():
    turned, other = (request("transpose", (64, 64), axes=(1, 0), layers=2) for _ in range(2))
    asked = [turned, several(turned, other), several(turned, request("tanh", (64, 64), layers=2))]
    assert len(keys(asked)) == 3


def test_more_outputs_than_draw_buffers_are_refused():
    with pytest.raises(AssertionError, match=r"Received: outputs=2, layers=8"):
        build(arithmetic_and_comparison((64, 64), 8))
