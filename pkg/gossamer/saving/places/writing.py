"""Writing: the files that a model has become, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gossamer.saving.places import addresses, stores
from gossamer.saving.places.paths import write_path


async def write(address: Any, files: Mapping[str, Any]) -> None:
    """Write files to an address, whole or not at all: if it fails, what was there is there.

    One file is written to the address itself. Several lie beside each other, in the address's
    folder if one of them has the address's last name, otherwise in a folder at the address.
    `indexeddb://name` keeps all of them under one name; `downloads://` hands them to the user one
    after another, under their own names.

    Args:
        address: a path, or a string that begins with `indexeddb://`, `opfs://` or `downloads://`.
        files: their contents by name.

    Raises:
        OSError: if it cannot be written.
        ModelFileError: for names that lead out of the folder.
        NotImplementedError: for addresses that cannot be written to.

    Example:
        >>> import os, tempfile
        >>> from gossamer.browser.event_loop import run
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     run(write(folder, {"model.json": b"{}", "group1-shard1of1.bin": b"1234"}))
        ...     print(sorted(os.listdir(folder)))
        ['group1-shard1of1.bin', 'model.json']
    """
    scheme, rest = addresses.split(address)
    if not scheme:
        await write_path(rest, files)
    elif scheme.startswith("http"):
        raise NotImplementedError(f"Models are not sent to servers. Received: address={rest!r}")
    else:
        await stores.store_of(scheme).write(rest, files)
