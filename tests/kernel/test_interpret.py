"""Every kernel that an op or its gradient needs means what the primitive's reference means.

The interpreter poisons loads outside of their input, so that a missing guard shows here.
"""

import numpy as np
import pytest

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, const, substitute, walk
from gossamer.kernel.interpret import interpret
from gossamer.kernel.spec import (
    COMPUTE_DTYPE,
    Contract,
    Map,
    Reduce,
    Scan,
    Scatter,
    Sort,
    Spec,
    TensorSpec,
)
from tests.kernel.calls import calls, parts_of
from tests.ops.record import Record
from tests.ops.records import RECORDS

ALL = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)


@ALL
def test_kernel_equals_reference(record: Record) -> None:
    for seen in calls(record):
        spec = seen.lowered()
        if spec is None:
            continue
        output = parts_of(seen.output)
        found = interpret(spec, [parts_of(x) for x in seen.inputs]).reshape(output.shape)
        assert found.dtype == output.dtype
        if found.dtype.kind == "f":
            np.testing.assert_allclose(
                found,
                output,
                max(record.rtol, 1e-5),
                10 * record.atol,
                err_msg=repr(seen.call),
            )
        else:
            np.testing.assert_array_equal(found, output, err_msg=repr(seen.call))


@ALL
def test_kernel_obeys_its_skeleton(record: Record) -> None:
    for seen in calls(record):
        for spec, tensors in seen.kernels():
            _check_shapes(spec, tensors)
            _check_slots(spec)
            for x in walk(*spec.expressions()):
                if x.op == "uniform":
                    assert isinstance(spec.uniform_value(x.attr), int | float)
                elif x.op == "load":
                    which = x.attr
                    assert isinstance(which, int)
                    given = spec.inputs[which]
                    assert len(x.args) == len(given.shape)
                    assert x.dtype == COMPUTE_DTYPE[given.dtype]
                    assert all(where.dtype == expr.INT for where in x.args)


def _check_shapes(spec: Spec, tensors: list[TensorSpec]) -> None:
    for given, tensor in zip((*spec.inputs, spec.output), tensors, strict=True):
        assert given.dtype == tensor.dtype
        assert given.size == tensor.size
        assert _last(given) == _last(tensor)


def _last(spec: TensorSpec) -> int:
    """The size of the axis along which elements are neighbours: no merge may change it."""
    at = index.innermost(spec.shape)
    return spec.shape[at] if at >= 0 else 1


def _axes(x: Expr) -> set[object]:
    """The output coordinates that `x` depends on, but for the number of a quad of columns."""
    quads = [y for y in walk(x) if y.op == "shift_right" and y.args[1].attr == 2]
    without = substitute(x, dict.fromkeys(quads, const(0, expr.INT)))
    return {node.attr for node in walk(without) if node.op == "axis"}


def _check_slots(spec: Spec) -> None:
    compute, rank = COMPUTE_DTYPE[spec.output.dtype], len(spec.output.shape)
    if isinstance(spec, Map):
        assert spec.body.dtype == compute
        return
    if isinstance(spec, Scan | Scatter | Sort):
        return  # tests/kernel/test_scan_sort_scatter.py
    assert isinstance(spec, Reduce | Contract)
    assert spec.epilogue.dtype == compute
    assert min(spec.over) > 0
    if isinstance(spec, Contract):
        assert spec.left.dtype == spec.right.dtype
        assert rank >= 2
        assert rank - 1 not in _axes(spec.left)
