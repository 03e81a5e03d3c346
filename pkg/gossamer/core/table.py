"""Rows that print themselves, in a terminal and in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


class Table:
    """A header, rows and a summary."""

    def header(self) -> tuple[str, ...]:
        raise NotImplementedError

    def rows(self) -> list[tuple[str, ...]]:
        raise NotImplementedError

    def summary(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        lines = [self.header(), *self.rows()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            # The first two columns are words, the rest are figures.
            "  ".join(
                cell.ljust(width) if i < self.words else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*text, self.summary()])

    words = 1
    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"

        body = "".join(row(cells, "td") for cells in self.rows())
        caption = f"<caption>{html.escape(self.summary())}</caption>"
        head = f"<thead>{row(self.header(), 'th')}</thead>"
        return f"<table>{caption}{head}<tbody>{body}</tbody></table>"


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as people write it."""
    return "\N{MULTIPLICATION SIGN}".join(map(str, shape)) or "scalar"


def shapes_text(shapes: Iterable[tuple[int, ...]]) -> str:
    return " ".join(map(shape_text, shapes))
