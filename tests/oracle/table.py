"""All cases, by op: the rows of the record table as calls, and those of each family."""

from __future__ import annotations

from tests.ops.records import RECORDS
from tests.oracle.case import numbered, of_record
from tests.oracle.cases_arithmetic import ARITHMETIC
from tests.oracle.cases_image import IMAGES

FAMILIES = (ARITHMETIC, IMAGES)
# Records of what is in no module of ops.
ELSEWHERE = ("random.", "gossamer.")
CASES = numbered(
    [
        *(of_record(record) for record in RECORDS if not record.op.startswith(ELSEWHERE)),
        *(one for family in FAMILIES for one in family),
    ]
)
