"""Tables of comma-separated values: columns with the dtypes that all their cells have."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from gossamer.data.dataset import Dataset
from gossamer.data.elements import INT32
from gossamer.data.files import read_text
from gossamer.data.rows import Rows
from gossamer.dtypes import floatx


def from_csv(
    source: Any,
    column_names: Sequence[str] | None = None,
    column_defaults: dict[str, Any] | None = None,
    label_name: str | None = None,
    select_columns: Sequence[str] | None = None,
    field_delim: str = ",",
    na_value: str = "",
    header: bool = True,
) -> Dataset:
    """The rows of a table, as dictionaries by the columns' names.

    A column of whole numbers is int32 (int64 if they are larger), one of numbers `floatx()`, any
    other one strings. Where a cell is missing and the column has no default, it is NaN in a column
    of numbers, which then are floats, and an empty string in others.

    The table is read when it is first needed.

    Args:
        source: a path, a URL, an open file, or a text of several lines.
        column_names: what to call the columns; as in the first row if None.
        column_defaults: what missing cells are, by the column's name.
        label_name: the column that becomes `y`; elements are pairs then.
        select_columns: which columns to take, by name; all if None.
        field_delim: what is between cells.
        na_value: what stands for a missing cell, beside nothing.
        header: whether the first row has names.

    Raises:
        ValueError: for rows of another length than the first, and for names that are no column's.

    Example:
        >>> table = "size,colour,price\\n1.5,red,3\\n2,blue,4\\n"
        >>> dataset = gs.data.Dataset.from_csv(table, label_name="price")
        >>> [(float(x["size"]), str(x["colour"]), int(y)) for x, y in dataset]
        [(1.5, 'red', 3), (2.0, 'blue', 4)]
    """

    @cache
    def table() -> Any:
        columns = _columns(read_text(source), column_names, field_delim, header)
        chosen = list(columns) if select_columns is None else list(select_columns)
        wanted = [*chosen, *(column_defaults or {}), *([label_name] if label_name else [])]
        for name in wanted:
            if name not in columns:
                raise ValueError(f"Expected one of the columns {list(columns)}. Received: {name!r}")
        if label_name is not None and label_name not in chosen:
            chosen.append(label_name)
        arrays = {
            name: _array(name, columns[name], column_defaults or {}, na_value) for name in chosen
        }
        return arrays if label_name is None else (arrays, arrays.pop(label_name))

    def rows() -> Rows:
        arrays = table()
        features = arrays if label_name is None else arrays[0]
        size = len(next(iter(features.values()))) if features else len(arrays[1])
        return Rows(arrays, lambda: np.arange(size), size)

    return _Table(rows)


class _Table(Dataset):
    """Rows that are there when they are needed."""

    def __init__(self, rows: Any) -> None:
        super().__init__(lambda: rows(), lambda: len(rows()), lambda: rows().element_spec)
        self._rows = rows

    def batch(
        self, batch_size: int, drop_remainder: bool = False, num_parallel_calls: Any = None,
        deterministic: Any = None,
    ) -> Dataset:  # fmt: skip
        step = super().batch(batch_size, drop_remainder)
        step._begin = lambda: self._rows().batch(batch_size, drop_remainder)
        return step


def _columns(
    text: str, names: Sequence[str] | None, delimiter: str, header: bool
) -> dict[str, tuple[str, ...]]:
    """The cells of each column."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows = [row for row in reader if row]
    first = rows[0] if rows else []
    if header:
        rows = rows[1:]
    chosen = list(names) if names is not None else first if header else _numbers(len(first))
    if len(set(chosen)) != len(chosen):
        raise ValueError(f"Expected a name of its own for each column. Received: {chosen}")
    for number, row in enumerate(rows):
        if len(row) != len(chosen):
            raise ValueError(
                f"Expected {len(chosen)} cells in each row. Received: {len(row)} in row {number}"
            )
    cells = list(itertools.zip_longest(*rows)) if rows else [()] * len(chosen)
    return dict(zip(chosen, cells, strict=True))


def _numbers(count: int) -> list[str]:
    return [str(i) for i in range(count)]


def _array(name: str, cells: Sequence[str], defaults: dict[str, Any], na_value: str) -> np.ndarray:
    """A column with the dtype that all its cells have."""
    missing = np.array([cell in ("", na_value) for cell in cells], bool)
    default = defaults.get(name)
    if default is not None:
        cells = [str(default) if gap else cell for cell, gap in zip(cells, missing, strict=True)]
        missing[:] = False
    given = np.array(cells, dtype=str)
    if not missing.all():
        for dtype in (np.int64, np.float64):
            try:
                numbers = given[~missing].astype(dtype)
            except (ValueError, OverflowError):
                continue
            if dtype == np.int64 and not missing.any():
                small = numbers.min() >= INT32.min and numbers.max() <= INT32.max
                return numbers.astype(np.int32) if small else numbers
            column = np.full(len(given), np.nan, floatx())
            column[~missing] = numbers
            return column
    given[missing] = ""
    return given
