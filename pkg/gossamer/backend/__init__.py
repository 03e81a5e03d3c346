"""The registry of backends: which there are, which one new tensors live on.

Backends are made when first asked for; `webgl` imports what only a browser has.
"""

import os
import sys
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from gossamer.backend.base import Backend, Call, Operation
from gossamer.backend.graph import Executable, Graph
from gossamer.backend.numpy import NumpyBackend
from gossamer.errors import BackendUnavailableError

__all__ = [
    "Backend", "Call", "Executable", "Graph", "Operation", "current_backend", "get_backend",
    "putting_later", "register", "set_backend", "using", "why",
]  # fmt: skip

ENVIRONMENT_VARIABLE = "GOSSAMER_BACKEND"


def _make_webgl() -> Backend:
    if sys.platform != "emscripten":
        raise BackendUnavailableError("WebGL2 needs a browser, and this is none.")
    from gossamer.backend.webgl.webgl_backend import WebglBackend

    return WebglBackend()


_MAKERS: dict[str, Callable[[], Backend]] = {"numpy": NumpyBackend, "webgl": _make_webgl}
_backends: dict[str, Backend] = {}


def register(backend: Backend) -> None:
    """Let a backend be found by its name."""
    _backends[backend.name] = backend


def _unknown(name: str) -> ValueError:
    return ValueError(
        f"Expected one of the backends {', '.join(map(repr, _MAKERS))} or 'auto'. "
        f"Received: {name!r}"
    )


class _Choice:
    """The backend in use, and why it was chosen."""

    backend: Backend | None = None
    reason = ""


_choice = _Choice()


def get_backend(name: str) -> Backend:
    """The backend of this name, made on first use.

    Raises:
        ValueError: for an unknown name.
        BackendUnavailableError: where it cannot run.
    """
    if name not in _MAKERS and name not in _backends:
        raise _unknown(name)
    if name not in _backends:
        _backends[name] = _MAKERS[name]()
    return _backends[name]


def _choose_automatically() -> None:
    """A real GPU if there is one. A software rasteriser loses to NumPy on the CPU."""
    try:
        webgl: Any = get_backend("webgl")
    except BackendUnavailableError as missing:
        _choice.backend, _choice.reason = get_backend("numpy"), str(missing)
        return
    if webgl.is_fast():
        _choice.backend, _choice.reason = webgl, "WebGL2 draws to float textures on a GPU."
    else:
        _choice.backend = get_backend("numpy")
        _choice.reason = "WebGL2 is drawn by software here, which loses to NumPy."


def set_backend(backend: str) -> str:
    """Choose where new tensors live, and say what was chosen. Existing tensors stay where they are.

    `"auto"` takes WebGL2 where a real GPU draws it, else NumPy. Where `"webgl"` is asked for and
    cannot run, NumPy takes over with a `RuntimeWarning` that says why.

    Args:
        backend: `"webgl"`, `"numpy"` or `"auto"`.

    Returns:
        The name of the backend that is now in use.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> gs.set_backend("numpy")
        'numpy'
    """
    if backend == "auto":
        _choose_automatically()
    elif backend not in _MAKERS:
        raise _unknown(backend)  # what is registered beside them is no place for elements
    else:
        try:
            _choice.backend, _choice.reason = get_backend(backend), f"{backend!r} was asked for."
        except BackendUnavailableError as missing:
            _choice.backend, _choice.reason = get_backend("numpy"), f"{missing} NumPy takes over."
            warnings.warn(_choice.reason, RuntimeWarning, stacklevel=2)
    return current_backend().name


def current_backend() -> Backend:
    """The backend that new tensors live on; chosen on first use, by $GOSSAMER_BACKEND or `auto`."""
    if _choice.backend is None:
        set_backend(os.environ.get(ENVIRONMENT_VARIABLE) or "auto")
        assert _choice.backend is not None
    return _choice.backend


def putting_later() -> AbstractContextManager[None]:
    """Context in which new tensors of arrays come to the device only when it needs them."""
    later = getattr(current_backend(), "putting_later", None)
    return nullcontext() if later is None else later()


class using:
    """Context in which new tensors live on a backend."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __enter__(self) -> None:
        self._before = _choice.backend
        _choice.backend = self._backend

    def __exit__(self, *_: object) -> None:
        _choice.backend = self._before


def why() -> str:
    """One sentence on why the current backend was chosen."""
    current_backend()
    return _choice.reason
