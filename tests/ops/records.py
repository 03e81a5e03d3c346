"""The table: every public op, and through them every primitive, in all the shapes that matter.

Odd sizes along the last axis, axes of size 1, scalars, empty tensors, five axes, a thousand
elements: where layouts go wrong. A new op is a new row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.ops.record import Record
from tests.ops.records_arranged import ARRANGED, INDEXED, MADE
from tests.ops.records_arrays import ARRAYS
from tests.ops.records_complex import COMPLEX, FOURIER
from tests.ops.records_dtypes import HALVES
from tests.ops.records_elementwise import ELEMENTWISE, TWO_OPERANDS
from tests.ops.records_functions import ALONG_AXES, BINARY, FUNCTIONS
from tests.ops.records_image import IMAGES
from tests.ops.records_linalg import LINALG
from tests.ops.records_neural import NEURAL
from tests.ops.records_normalized import NORMALIZED
from tests.ops.records_ordered import ORDERED
from tests.ops.records_products import EINSUM, PRODUCTS
from tests.ops.records_reduced import REDUCTIONS
from tests.ops.records_statistics import STATISTICS
from tests.ops.records_tensorflow import TENSORFLOW
from tests.ops.records_windows import CONVOLVED, POOLED


def _numbered(records: list[Record]) -> list[Record]:
    """Each record with its number among those of its op, so that its id is its own."""
    seen: Counter[str] = Counter()
    numbered = []
    for record in records:
        numbered.append(replace(record, number=seen[record.op]))
        seen[record.op] += 1
    return numbered


RECORDS = _numbered(
    [
        *ELEMENTWISE,
        *TWO_OPERANDS,
        *FUNCTIONS,
        *BINARY,
        *ALONG_AXES,
        *HALVES,
        *REDUCTIONS,
        *PRODUCTS,
        *EINSUM,
        *NORMALIZED,
        *NEURAL,
        *CONVOLVED,
        *POOLED,
        *ARRANGED,
        *INDEXED,
        *ORDERED,
        *STATISTICS,
        *MADE,
        *LINALG,
        *COMPLEX,
        *FOURIER,
        *ARRAYS,
        *IMAGES,
        *TENSORFLOW,
    ]
)
DIFFERENTIABLE = [record for record in RECORDS if record.differentiable()]
