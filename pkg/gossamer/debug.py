"""Debug mode: raises at the op that first made a NaN or infinity, with the user's line.

Every result is checked on its device, which costs two draws and a read each. Only when one is not
finite are it and its inputs looked at closely. In a backward pass the line is that of the op whose
gradient it was. Stands above the ops, since the check is made of them.
"""

from __future__ import annotations

import sys
import weakref
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.observe import observers
from gossamer.core.user_line import user_line
from gossamer.dtypes import FLOATS
from gossamer.errors import NonFiniteError
from gossamer.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gossamer.backend import Call
    from gossamer.backend.graph import KernelInfo


class _Place(NamedTuple):
    """Where the user's program asked for a computation.

    Attributes:
        line: file, line and text, as a traceback has them.
        asked: the same of the line that asked for the gradient, if it is one; else empty.
        of: the op of which it is the gradient.
    """

    line: str
    asked: str = ""
    of: str = ""


class _Watcher:
    """The observer that checks every result, and remembers where each came from."""

    def __init__(self) -> None:
        # By the tensor's id; an entry goes with its tensor.
        self._made: dict[int, tuple[weakref.ref[Tensor], str, _Place]] = {}

    needs_each_op = True

    def before(self, call: Call, inputs: tuple[Tensor, ...]) -> None:
        """Nothing is to be checked yet."""

    def after(self, call: Call, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        place = self._place()
        made, key = self._made, id(output)
        gone = weakref.ref(output, lambda _: made.pop(key, None))
        made[key] = (gone, call.primitive.name, place)
        # What has no inputs is a constant that was asked for.
        if output.dtype in FLOATS and output.size and inputs and not _is_finite(output):
            _raise_if_new(call.primitive.name, inputs, output, place)

    def replayed(self, kernels: Sequence[KernelInfo], times: Sequence[float]) -> None:
        """Never, as it needs each op."""

    def _place(self) -> _Place:
        """The user's line; in a backward pass, that of the op whose gradient is computed."""
        line = user_line()
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code is autodiff.Node.cotangents.__code__:
                output = frame.f_locals["self"].outputs[0]
                gone, name, place = self._made.get(id(output), (lambda: None, "", _Place(line)))
                if gone() is output:
                    return _Place(place.line, line, place.of or name)
            frame = frame.f_back
        return _Place(line)


def _is_finite(x: Tensor) -> bool:
    with autodiff.paused():
        return bool(ops.all(ops.isfinite(x)))


def _raise_if_new(name: str, inputs: tuple[Tensor, ...], output: Tensor, place: _Place) -> None:
    """Raise if the output has a NaN and no input has, or an infinity where all was finite."""
    arrays = [x.numpy() for x in inputs]
    result = output.numpy()
    floats = [array for array in arrays if array.dtype.name in FLOATS]
    is_new = {
        "NaN": np.isnan(result) & (not any(np.isnan(array).any() for array in floats)),
        "infinity": np.isinf(result) & all(np.isfinite(array).all() for array in floats),
    }
    found = {kind: there for kind, there in is_new.items() if there.any()}
    if not found:
        return
    counts = " and ".join(f"{kind} {_times(there.sum())}" for kind, there in found.items())
    (first, *_) = np.argwhere(np.logical_or.reduce(list(found.values())))
    where = tuple(int(i) for i in first)
    at = f", first at {where}" if where else ""
    raise NonFiniteError(
        f"{name} made {counts}{at}: {result[where]}\n"
        f"{_story(place)}\n"
        f"Received: {', '.join(map(_described, arrays)) or 'no inputs'}",
        op=name,
        line=place.line.strip(),
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _story(place: _Place) -> str:
    if not place.asked:
        return f"It was asked for here:\n{place.line}"
    return (
        f"It belongs to the gradient of {place.of}, which was computed here:\n{place.line}\n"
        f"The gradient was asked for here:\n{place.asked}"
    )


def _described(array: np.ndarray) -> str:
    text = f"{array.dtype}{list(array.shape)}"
    if not array.size:
        return text
    return f"{text} from {array.min()} to {array.max()}"


_watcher = _Watcher()


def set_debug_mode(enabled: bool) -> None:
    """Switch debug mode on or off: on, the op that first makes a NaN or infinity raises.

    An op that is given a NaN may pass it on, and one that is given an infinity may pass that on;
    but a NaN made of infinities raises. Everything is much slower in debug mode, as every result
    is checked.

    Args:
        enabled: whether to check.

    Raises:
        NonFiniteError: not here, but from then on in ops: it names the op, how many elements, the
            first one's place, and the line of your program; in a backward pass, the line of the op
            whose gradient it was.

    Example:
        >>> gs.set_debug_mode(True)
        >>> try:
        ...     ops.log([1.0, 0.0])
        ... except FloatingPointError as error:
        ...     print(str(error).splitlines()[0])
        log made infinity once, first at (1,): -inf
        >>> gs.set_debug_mode(False)
    """
    if enabled and _watcher not in observers:
        observers.append(_watcher)
    elif not enabled and _watcher in observers:
        observers.remove(_watcher)


class debug_mode:
    """Context in which debug mode is on; see `set_debug_mode`.

    Example:
        >>> with gs.debug_mode():
        ...     y = ops.sqrt([4.0, 9.0])
        >>> y.tolist()
        [2.0, 3.0]
    """

    def __enter__(self) -> None:
        self._was_on = _watcher in observers
        set_debug_mode(True)

    def __exit__(self, *_: object) -> None:
        set_debug_mode(self._was_on)
