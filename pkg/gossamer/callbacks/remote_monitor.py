"""Send the logs of each epoch to a server."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
import warnings
from typing import Any

from gossamer.callbacks.callback import Callback


class RemoteMonitor(Callback):
    """Posts the logs of each epoch to a server.

    Args:
        root: the server's address.
        path: the path there.
        field: the field of the form that has the logs, as JSON.
        headers: of the request.
        send_as_json: whether the logs are the request's body.

    Example:
        >>> gs.callbacks.RemoteMonitor("http://localhost:9000").field
        'data'
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        text = json.dumps({"epoch": epoch, **(logs or {})}, default=float)
        headers = dict(self.headers or {})
        if self.send_as_json:
            body = text.encode()
            headers.setdefault("Content-Type", "application/json")
        else:
            body = urllib.parse.urlencode({self.field: text}).encode()
        request = urllib.request.Request(self.root + self.path, body, headers)
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except (urllib.error.URLError, OSError) as error:
            warnings.warn(f"{self.root} was not reached: {error}", stacklevel=2)
