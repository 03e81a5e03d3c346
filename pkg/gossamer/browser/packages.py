"""Packages that lie beside Pyodide and are loaded when something first needs them."""

from __future__ import annotations

import importlib.util

from gossamer.browser import event_loop


async def load(name: str) -> bool:
    """Make a package of Pyodide's distribution ready to import; returns whether it is.

    Args:
        name: of a pure package, which is that of its module, too.
    """
    if importlib.util.find_spec(name) is not None:
        return True
    event_loop.require_await(f"the package {name}")
    import pyodide_js

    # It does not throw for what its lock file lacks.
    await pyodide_js.loadPackage(name, errorCallback=_ignored, messageCallback=_ignored)
    importlib.invalidate_caches()
    return importlib.util.find_spec(name) is not None


def _ignored(message: str) -> None:
    """What is missing is said by who needs it."""
