"""All cases, by op: the rows of the record table as calls, and those of each family."""

from __future__ import annotations

from tests.ops.records import RECORDS
from tests.oracle.case import numbered, of_record
from tests.oracle.cases_arithmetic import ARITHMETIC
from tests.oracle.cases_control import CONTROL
from tests.oracle.cases_neural import NEURAL
from tests.oracle.cases_windows import WINDOWS

FAMILIES = (ARITHMETIC, CONTROL, NEURAL, WINDOWS)
CASES = numbered(
    [
        *(of_record(record) for record in RECORDS if "." not in record.op),
        *(one for family in FAMILIES for one in family),
    ]
)
