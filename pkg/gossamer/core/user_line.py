"""The line of the user's program that is being run."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from types import FrameType

_PACKAGE = str(Path(__file__).parent.parent) + "/"


def user_line() -> str:
    """The innermost line that is not gossamer's own, as a traceback has it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    if frame is None:
        return "  (no line of Python)"
    file, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, number, frame.f_globals).strip()
    header = f'  File "{file}", line {number}, in {frame.f_code.co_name}'
    return f"{header}\n    {text}" if text else header
