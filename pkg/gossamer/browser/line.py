"""A line of HTML in a page that changes in place: where a progress bar is shown."""

from __future__ import annotations

import html
import sys
from typing import Any

# Where the lines go: an element with this attribute, which the page may have anywhere.
PLACE = "data-gossamer-progress"


def in_page() -> bool:
    """Whether there is a document here: a page, and no worker."""
    if sys.platform != "emscripten":
        return False
    import js

    return hasattr(js, "document")


class Line:
    """One line, behind those that are there already.

    A page says where by an element with the attribute `data-gossamer-progress`; without one it
    is added to the end of the page.
    """

    def __init__(self) -> None:
        import js

        place = js.document.querySelector(f"[{PLACE}]")
        if place is None:
            place = js.document.createElement("div")
            place.setAttribute(PLACE, "")
            js.document.body.appendChild(place)
        self._element: Any = js.document.createElement("div")
        place.appendChild(self._element)

    def show(self, markup: str) -> None:
        """Put HTML into the line."""
        self._element.innerHTML = markup

    def text(self, text: str) -> None:
        """Put text into the line."""
        self.show(f'<pre style="margin:0">{html.escape(text)}</pre>')
