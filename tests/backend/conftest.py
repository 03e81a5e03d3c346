"""What tests of the device share: a context that can be lost."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakValueDictionary

import pytest

import gossamer as gs
from gossamer.backend import get_backend
from gossamer.core.snapshots import snapshots


class Context:
    """Loses the context and brings it back."""

    def __init__(self) -> None:
        self.gl = get_backend("webgl").device.context
        self.extension = self.gl.getExtension("WEBGL_lose_context")

    def lose(self) -> None:
        self.extension.loseContext()

    async def restore(self) -> None:
        await asyncio.sleep(0.05)  # the event of the loss comes first
        self.extension.restoreContext()
        await gs.config.device_restored()


@pytest.fixture
def context(wait_for: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """Restored after the test, whatever became of it; no snapshots unless the test asks."""
    # What other tests left alive would come back, too, with a warning that nobody expects.
    monkeypatch.setattr(snapshots, "_variables", WeakValueDictionary())
    gs.config.set_snapshot_interval(None)
    made = Context()
    yield made
    if made.gl.isContextLost():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wait_for(made.restore())
    gs.config.set_snapshot_interval(60)
