"""What is told of a model that is kept somewhere."""

from __future__ import annotations

import datetime
from typing import NamedTuple


class Stored(NamedTuple):
    """A kept model, without what is in it.

    Attributes:
        size: of all its files, in bytes.
        date: when it was written.
        files: the files' names, the model's first.
    """

    size: int
    date: datetime.datetime
    files: tuple[str, ...]
