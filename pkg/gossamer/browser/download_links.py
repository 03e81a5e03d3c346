"""Files that a page hands to the user, as if a link to them had been clicked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from gossamer.browser.js_files import blob_of
from gossamer.browser.line import in_page

# Browsers drop downloads that come all at once, and read the file after the click.
PAUSE_SECONDS = 0.25
KEEP_MILLISECONDS = 60_000


async def offer(files: Mapping[str, Any]) -> None:
    """Download files, one after another. The browser may ask the user whether it may.

    Args:
        files: their contents by the names that they are offered under.

    Raises:
        NotImplementedError: in a worker.
    """
    if not in_page():
        raise NotImplementedError("A worker cannot download: send the file to the page.")
    import js

    for number, (name, data) in enumerate(files.items()):
        if number:
            await asyncio.sleep(PAUSE_SECONDS)
        url = js.URL.createObjectURL(blob_of(data))
        link = js.document.createElement("a")
        link.href, link.download = url, name
        js.document.body.appendChild(link)
        link.click()
        link.remove()
        js.setTimeout(js.URL.revokeObjectURL, KEEP_MILLISECONDS, url)
