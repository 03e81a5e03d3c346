"""What a place is: files by name, one of which is the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from gossamer.saving.formats import ModelFileError
from gossamer.saving.places.tally import Report, Tally


class Readable(Protocol):
    """A file that has not been read yet."""

    async def read(self, report: Report) -> memoryview:
        """Its contents."""
        ...


class Place:
    """Files that lie together.

    Args:
        source: how errors call it.
        main: the name of the file that is the model.
        files: all that are there, by name.
    """

    def __init__(self, source: str, main: str, files: Mapping[str, Readable]) -> None:
        self.source = source
        self.main = main
        self._files = files

    def names(self) -> list[str]:
        """Of all files there; it may be more than the model's."""
        return list(self._files)

    async def read(self, name: str, report: Report) -> memoryview:
        """A file's contents.

        Args:
            name: of the file, checked to be one.
            report: told how far it is.

        Raises:
            ModelFileError: if there is no such file.
        """
        file = self._files.get(name)
        if file is None:
            raise ModelFileError(
                f"Expected the file {name!r} beside {self.main!r} in {self.source}. "
                f"Received: {sorted(self._files)}"
            )
        return await file.read(report)

    async def read_all(self, names: Iterable[str], tally: Tally) -> dict[str, memoryview]:
        """Several files' contents, by name."""
        reports = {name: tally.part() for name in names}
        return {name: await self.read(name, report) for name, report in reports.items()}
