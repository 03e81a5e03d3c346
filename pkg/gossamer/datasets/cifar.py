"""What the two sets of CIFAR share: archives of pickled batches."""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Sequence

import numpy as np

from gossamer.data.archives import files
from gossamer.datasets.sources import ArrayUnpickler
from gossamer.defaults import image_data_format


def load(path: str, names: Sequence[str], label_key: str) -> tuple[np.ndarray, np.ndarray]:
    """The images of batches, one after another, and their labels as a column.

    Args:
        path: of the archive, or of the folder that it was unpacked to.
        names: of the batches' files.
        label_key: by which name a batch has its labels.

    Raises:
        FileNotFoundError: if a batch is missing.
    """
    if os.path.isdir(path):
        found = {}
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                found[name] = file.read()
    else:
        members = ((posixpath.basename(name), content) for name, content in files(path))
        found = {name: content for name, content in members if name in names}
    missing = [name for name in names if name not in found]
    if missing:
        raise FileNotFoundError(f"Expected {', '.join(missing)} in {path}. Received: none")
    batches = [ArrayUnpickler(io.BytesIO(found[name]), encoding="bytes").load() for name in names]
    images = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
    labels = np.concatenate([batch[label_key.encode()] for batch in batches])[:, None]
    if image_data_format() == "channels_last":
        images = images.transpose(0, 2, 3, 1)
    return images, labels
