"""A table of text in a frame, with cells of several lines."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

ALIGN = {"left": str.ljust, "right": str.rjust, "center": str.center}


def framed(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    alignment: Sequence[str],
) -> str:
    """The table as text.

    Args:
        header: the names of the columns.
        rows: the cells.
        widths: of the columns, without the frame.
        alignment: `"left"`, `"right"` or `"center"`, for each column.

    Example:
        >>> from gossamer.utils.table import framed
        >>> print(framed(["a"], [["1"]], [3], ["left"]))
        ┏━━━━━┓
        ┃ a   ┃
        ┡━━━━━┩
        │ 1   │
        └─────┘
    """
    lines = [_rule("┏━┳┓", widths), *_row(header, widths, alignment, "┃")]
    for k, row in enumerate(rows):
        lines.append(_rule("├─┼┤" if k else "┡━╇┩", widths))
        lines += _row(row, widths, alignment, "│")
    lines.append(_rule("└─┴┘", widths))
    return "\n".join(lines)


def _rule(letters: str, widths: Sequence[int]) -> str:
    return letters[0] + letters[2].join(letters[1] * (w + 2) for w in widths) + letters[3]


def _row(
    cells: Sequence[str], widths: Sequence[int], alignment: Sequence[str], edge: str
) -> list[str]:
    wrapped = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    height = max(map(len, wrapped))
    lines = []
    for k in range(height):
        parts = [
            ALIGN[how](cell[k] if k < len(cell) else "", width)
            for cell, width, how in zip(wrapped, widths, alignment, strict=True)
        ]
        lines.append(f"{edge} " + f" {edge} ".join(parts) + f" {edge}")
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    indent = len(text) - len(text.lstrip())
    lines = textwrap.wrap(text.strip(), max(width - indent, 1)) or [""]
    return [" " * indent + lines[0], *lines[1:]]
