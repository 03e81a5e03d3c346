"""A jitted op and its gradient give what they give without, on the device: a sample of the table.

`tests/kernel/test_fusion.py` fuses every record, in NumPy.
"""

import numpy as np
import pytest

import gossamer as gs
from gossamer.errors import TracedValueError
from tests.ops.record import gradients, on, weights_for
from tests.ops.records import RECORDS


@pytest.mark.parametrize("record", RECORDS[7::23], ids=lambda record: record.id)
def test_record(record, backend):
    arrays = record.arrays()
    weights = weights_for(record, record.reference(arrays))

    def function(*xs):
        return [*record.apply(xs), *gradients(record, xs, weights)]

    tensors = on(backend, arrays)
    expected = function(*tensors)
    try:
        found = gs.jit(function)(*tensors)
    except TracedValueError:
        return  # an op that looks at elements
    for one, other in zip(found, expected, strict=True):
        assert one.spec == other.spec
        rtol = max(1e-4, 10 * record.rtol)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol)
