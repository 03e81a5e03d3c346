"""All cases, by op: the rows of the record table as calls, and those of each family."""

from __future__ import annotations

from tests.ops.records import RECORDS
from tests.oracle.case import numbered, of_record
from tests.oracle.cases_activations import ACTIVATIONS
from tests.oracle.cases_arithmetic import ARITHMETIC
from tests.oracle.cases_arrays import ARRAYS
from tests.oracle.cases_complex import COMPLEX, FOURIER
from tests.oracle.cases_control import CONTROL
from tests.oracle.cases_elementwise import ELEMENTWISE
from tests.oracle.cases_image import IMAGES
from tests.oracle.cases_linalg import LINALG
from tests.oracle.cases_logic import LOGIC
from tests.oracle.cases_neural import NEURAL
from tests.oracle.cases_ordered import ORDER
from tests.oracle.cases_reduced import REDUCED, STATISTICS
from tests.oracle.cases_windows import WINDOWS

FAMILIES = (
    ACTIVATIONS,
    ARITHMETIC,
    ARRAYS,
    COMPLEX,
    CONTROL,
    ELEMENTWISE,
    FOURIER,
    IMAGES,
    LINALG,
    LOGIC,
    NEURAL,
    ORDER,
    REDUCED,
    STATISTICS,
    WINDOWS,
)
CASES = numbered(
    [
        *(of_record(record) for record in RECORDS if "." not in record.op),
        *(one for family in FAMILIES for one in family),
    ]
)
