"""How `ops.numpy`, `ops.nn` and `ops.linalg` come by the functions that they name."""

from collections.abc import Callable
from typing import Any

from gossamer import ops


def named(names: str) -> dict[str, Callable[..., Any]]:
    """The functions of `gossamer.ops` with these names, which have spaces between them."""
    return {name: getattr(ops, name) for name in names.split()}
