"""The errors that are gossamer's own. Wrong arguments raise Python's ValueError and TypeError."""


class GossamerError(Exception):
    """What all of gossamer's own errors derive from."""


class BackendUnavailableError(GossamerError, RuntimeError):
    """This machine or page cannot run the backend; the message says what is missing."""


class DeviceLostError(GossamerError, RuntimeError):
    """The GPU context is gone, and with it what lay in its memory.

    Await `gossamer.config.device_restored()` and go on: variables come back from their snapshot
    (see `gossamer.config.set_snapshot_interval`), other tensors have to be made again.
    """


class ShaderError(GossamerError, RuntimeError):
    """A shader did not compile or link: carries its `source` and the driver's `log`."""

    def __init__(self, log: str, source: str) -> None:
        numbered = "\n".join(f"{i:4} {line}" for i, line in enumerate(source.splitlines(), 1))
        super().__init__(f"The shader does not compile:\n{log.strip()}\nReceived:\n{numbered}")
        self.log = log
        self.source = source


class OutOfDeviceMemoryError(GossamerError, MemoryError):
    """The device could not give the memory for a tensor."""


class NonFiniteError(GossamerError, FloatingPointError):
    """An op made a NaN or an infinity in debug mode: carries its `op` and the user's `line`."""

    def __init__(self, message: str, op: str, line: str) -> None:
        super().__init__(message)
        self.op = op
        self.line = line


class TracedValueError(GossamerError, TypeError):
    """The elements of a tensor were asked for while `jit` traces a function: there are none yet."""
