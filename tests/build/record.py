"""A check that several tests make: a wheel's RECORD names each file with its hash and size."""

from __future__ import annotations

import base64
import csv
import hashlib
import zipfile
from pathlib import Path


def assert_record_is_right(wheel: Path) -> None:
    """Compares RECORD with what is in the wheel, file by file; dates must be the fixed one."""
    with zipfile.ZipFile(wheel) as stream:
        record_name = stream.namelist()[-1]
        assert record_name.endswith(".dist-info/RECORD")
        rows = list(csv.reader(stream.read(record_name).decode().splitlines()))
        assert rows[-1] == [record_name, "", ""]
        computed = []
        for entry in stream.infolist()[:-1]:
            content = stream.read(entry)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
            computed.append([entry.filename, f"sha256={digest.rstrip('=')}", str(len(content))])
        assert rows[:-1] == computed
        assert {entry.date_time for entry in stream.infolist()} == {(1980, 1, 1, 0, 0, 0)}
