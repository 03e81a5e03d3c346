"""Every op on the current backend gives what NumPy gives: shape, dtype and values."""

import numpy as np
import pytest

from tests.ops.record import Record, on
from tests.ops.records import RECORDS

WIDE = {"f": np.float64, "c": np.complex128}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_forward(record: Record, backend: str) -> None:
    arrays = record.arrays()
    results = record.apply(on(backend, arrays))
    expected = record.reference(arrays)
    assert len(results) == len(expected)
    dtypes = record.dtype.split()
    if len(dtypes) == 1:
        dtypes *= len(results)
    for result, right, dtype in zip(results, expected, dtypes, strict=True):
        values = result.numpy()
        assert (result.shape, result.dtype) == (right.shape, dtype)
        assert (values.shape, values.dtype) == (right.shape, np.dtype(dtype))
        assert result.backend.name == backend
        if values.dtype.kind in WIDE:
            np.testing.assert_allclose(
                values,
                right.astype(np.result_type(values.dtype, np.float64)),
                record.rtol,
                record.atol,
                strict=False,
            )
        else:
            np.testing.assert_array_equal(values, right.astype(values.dtype))
