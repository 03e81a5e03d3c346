"""Lambdas as text and back: the byte code, as Keras writes it. To load one is to run code."""

from __future__ import annotations

import base64
import binascii
import marshal
import types
from typing import Any


def dump(function: types.FunctionType) -> dict[str, Any]:
    """A function as its byte code, default values and captured values."""
    code = base64.b64encode(marshal.dumps(function.__code__)).decode("ascii")
    closure = function.__closure__
    captured = None if closure is None else [cell.cell_contents for cell in closure]
    return {"code": code, "defaults": function.__defaults__, "closure": captured}


def load(config: Any) -> types.FunctionType:
    """The function of which `dump` made this. Runs nothing yet, but what it gives may do anything.

    Raises:
        ValueError: if it is no function of this version of Python.
    """
    parts = config if isinstance(config, dict) else dict(
        zip(("code", "defaults", "closure"), config, strict=False)
    )  # fmt: skip
    try:
        code = marshal.loads(base64.b64decode(parts["code"]))
    except (KeyError, TypeError, ValueError, EOFError, binascii.Error) as error:
        raise ValueError(
            f"Expected the byte code of a function of this version of Python. Received: {error}"
        ) from error
    from gossamer import ops

    defaults, captured = parts.get("defaults"), parts.get("closure")
    cells = None if captured is None else tuple(types.CellType(value) for value in captured)
    names = {"ops": ops, "__builtins__": __builtins__}
    return types.FunctionType(
        code, names, argdefs=None if defaults is None else tuple(defaults), closure=cells
    )
