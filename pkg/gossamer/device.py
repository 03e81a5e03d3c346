"""`device`: on which backend tensors are made, by Keras's names of devices."""

from __future__ import annotations

from gossamer.backend import get_backend, using

KINDS = {"cpu": "numpy", "gpu": "webgl", "cuda": "webgl"}


class device(using):
    """Within it, tensors are made on a device: `"cpu"` is the backend numpy, `"gpu"` is webgl.

    Args:
        device_name: a kind of device, with or without a number: `"cpu"`, `"gpu:0"`. There is one
            of each.

    Raises:
        ValueError: for another kind or number.
        BackendUnavailableError: for a GPU where there is none.

    Example:
        >>> with gs.device("cpu:0"):
        ...     x = ops.ones((2,))
        >>> x.backend.name
        'numpy'
    """

    def __init__(self, device_name: str) -> None:
        kind, _, number = str(device_name).lower().partition(":")
        if kind not in KINDS or number not in ("", "0"):
            raise ValueError(
                f"Expected one of the devices cpu:0, gpu:0. Received: device_name={device_name!r}"
            )
        super().__init__(get_backend(KINDS[kind]))
