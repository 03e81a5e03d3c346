"""Plans without a GPU: what is compiled when shapes change, and in how many draws work is done."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from gossamer.backend.webgl.planner import Planner
from gossamer.core.primitive import PRIMITIVES
from gossamer.kernel.spec import TensorSpec
from tests.kernel.calls import calls
from tests.ops.records import RECORDS


class Device(SimpleNamespace):
    """Counts what it is asked to compile."""

    def __init__(self):
        super().__init__(textureSize=8192, addsFloats=True, floats="float", compiled=0)

    def compile(self, *_):
        self.compiled += 1
        return self.compiled

    def plan(self, *_):
        return 1

    def dropPlan(self, _):  # noqa: N802 (the shim's name)
        pass

    dropProgram = dropPlan  # noqa: N815


@pytest.fixture
def planner():
    return Planner(Device(), 8)


def draws(planner, name, *shapes, scalars=None, **static):
    """How many draws a primitive of tensors of these shapes takes."""
    primitive = PRIMITIVES[name]
    given = [TensorSpec(shape, "float32") for shape in shapes]
    spec = primitive.lower(*given, primitive.shape(*given, **static), **static)
    return len(planner.plan(spec, scalars or (False,) * len(given)).draws)


@pytest.mark.parametrize("seed", range(5))
def test_fifty_shapes_of_relu_then_sum_need_few_programs(planner, seed):
    rng = np.random.default_rng(seed)
    for i in range(50):
        shape = tuple(rng.integers(1, 64, size=1 + i % 4).tolist())
        shape = (shape[0] * 100,) if len(shape) == 1 else shape
        draws(planner, "maximum", shape, (), scalars=(False, True))
        draws(planner, "sum", shape, axes=tuple(range(len(shape))))
    # TensorFlow.js compiles 304. Relu has one for each number of layers, 1, 2, 4 and 8.
    assert planner._device.compiled <= 6
    counted = planner._device.compiled
    draws(planner, "sum", (61, 59, 3), axes=(0, 1, 2))
    assert planner._device.compiled == counted


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
def test_a_changed_batch_compiles_nothing_for_products(planner, transpose_a, transpose_b):
    def product(batch):
        a = (batch, 64) if not transpose_a else (64, batch)
        b = (64, 128) if not transpose_b else (128, 64)
        draws(planner, "matmul", a, b, transpose_a=transpose_a, transpose_b=transpose_b)

    product(8)
    counted = planner._device.compiled
    product(7)
    assert planner._device.compiled <= counted + 1


@pytest.mark.parametrize(
    ("name", "shapes", "static", "expected"),
    [
        ("sum", [(8, 8)], {"axes": (0, 1)}, 1),
        ("sum", [(100, 100)], {"axes": (0, 1)}, 2),
        ("argmax", [(100000,)], {"axes": (0,)}, 2),
        ("matmul", [(64, 64), (64, 64)], {"transpose_a": False, "transpose_b": False}, 1),
        ("matmul", [(64, 64), (64, 64)], {"transpose_a": False, "transpose_b": True}, 1),
        ("matmul", [(64, 64), (64, 64)], {"transpose_a": True, "transpose_b": False}, 2),
    ],
)
def test_draws(planner, name, shapes, static, expected):
    assert draws(planner, name, *shapes, **static) == expected


@pytest.mark.cpython_only  # as it takes long
def test_programs_do_not_branch_on_values():
    """A `? :` of integers is what SwiftShader's compiler may not come to an end with (see glsl)."""
    sources = []
    device = Device()
    device.compile = lambda source, *_: sources.append(source) or len(sources)
    planner = Planner(device, 8)
    for record in RECORDS:
        for seen in calls(record):
            lowering = seen.lowered()
            if lowering is not None:
                planner.plan(lowering, (False,) * len(seen.inputs))
    assert len(sources) > 300
    print(f"{len(sources)} programs for {len(RECORDS)} records")
    # The points of a scatter are floats.
    lines = [line for source in sources for line in source.split("\n") if "?" in line]
    assert [
        line for line in lines if not re.match(r" *o\d = layer == \d \? value : vec4", line)
    ] == []
