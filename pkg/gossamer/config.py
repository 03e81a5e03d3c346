"""What the engine tells of itself, and what it is told: which backend, how much memory."""

from typing import Any

from gossamer.backend import current_backend, set_backend, why
from gossamer.core.snapshots import snapshots
from gossamer.defaults import epsilon, image_data_format, set_epsilon, set_image_data_format
from gossamer.dtype_policies.lookup import set_dtype_policy
from gossamer.dtype_policies.policy import dtype_policy
from gossamer.dtypes import floatx, set_floatx
from gossamer.serialization import enable_unsafe_deserialization
from gossamer.switches import (
    disable_flash_attention,
    disable_interactive_logging,
    disable_traceback_filtering,
    enable_flash_attention,
    enable_interactive_logging,
    enable_traceback_filtering,
    is_flash_attention_enabled,
    is_interactive_logging_enabled,
    is_nnx_enabled,
    is_traceback_filtering_enabled,
    max_epochs,
    max_steps_per_epoch,
    set_max_epochs,
    set_max_steps_per_epoch,
)
from gossamer.tensor import live

__all__ = [
    "backend", "device_restored", "disable_flash_attention", "disable_interactive_logging",
    "disable_traceback_filtering", "dtype_policy", "enable_flash_attention",
    "enable_interactive_logging", "enable_traceback_filtering", "enable_unsafe_deserialization",
    "epsilon", "floatx", "image_data_format", "is_flash_attention_enabled",
    "is_interactive_logging_enabled", "is_nnx_enabled", "is_traceback_filtering_enabled",
    "max_epochs", "max_steps_per_epoch", "memory", "set_backend", "set_dtype_policy",
    "set_epsilon", "set_floatx", "set_image_data_format", "set_max_epochs",
    "set_max_steps_per_epoch", "set_memory_limit", "set_snapshot_interval",
]  # fmt: skip


def backend() -> str:
    """The name of the backend that new tensors live on.

    Example:
        >>> gs.backend() in ("numpy", "webgl")
        True
    """
    return current_backend().name


def memory() -> dict[str, Any]:
    """What is alive, and what the backend has done.

    Returns:
        A dictionary: `backend`, `reason` (why that backend was chosen), `tensors` and `bytes`
        (alive, on all backends), and the backend's own figures. On webgl these are

        - `textures` (in use), `allocated_bytes` (of these and of those that wait in the pool),
          `free_bytes` (of those that wait), `peak_bytes` (the most that were allocated),
          `limit_bytes`, `hit_rate` (how many of the textures asked for were there already),
        - `paged_bytes` (of tensors that are on the CPU for want of memory), `page_outs` and
          `page_ins` (how often one went and came),
        - `draws`, `programs`, `uploads`, `upload_bytes`, `reads`, `read_bytes`, `fences` (of
          reads that do not wait; those begun together share one) and `host_runs` (calls that NumPy
          computed), since the start; uploads and reads count those of paging, too,
        - `snapshots` (taken of the variables) and `snapshot_bytes` (of the last one, on the CPU);
          their reads are not counted among the others.

    Example:
        >>> before = gs.memory()["tensors"]
        >>> x = ops.ones((2, 2))
        >>> gs.memory()["tensors"] - before
        1
    """
    return {
        "backend": backend(),
        "reason": why(),
        "tensors": live.count,
        "bytes": live.bytes,
        **current_backend().memory(),
        **snapshots.memory(),
    }


def set_memory_limit(limit: int | None) -> None:
    """Choose how many bytes the current backend's tensors may take on its device.

    Past the limit, what was used least recently pages to the CPU and comes back on use. It is not
    a hard one: what a single call needs is always there, as long as the device has it. The numpy
    backend has the CPU's memory, and no limit.

    Args:
        limit: in bytes; None for the backend's own choice.

    Raises:
        ValueError: for a negative limit.

    Example:
        >>> gs.config.set_memory_limit(256 << 20)
        >>> gs.config.set_memory_limit(None)
    """
    if limit is not None and limit < 0:
        raise ValueError(f"Expected a limit that is not negative. Received: limit={limit}")
    current_backend().set_memory_limit(limit)


def set_snapshot_interval(interval: float | None) -> None:
    """Choose how old the copies of variables may be that outlive the loss of a GPU.

    A GPU can be lost at any time: the driver is updated, a phone puts the page aside. What was on
    it is gone, and using it raises `DeviceLostError`. When it is back, variables take the values
    of the last snapshot, with a `RuntimeWarning` that says how old it is; other tensors have to be
    made again. A snapshot is taken between two steps of training, when something has changed and
    the one before is older than this; the default is 60 seconds. It costs a copy on the CPU.

    Args:
        interval: in seconds; 0 for one at every step, None for none at all.

    Raises:
        ValueError: for a negative interval.

    Example:
        >>> gs.config.set_snapshot_interval(10)
        >>> async def train(step):
        ...     while True:
        ...         try:
        ...             step()
        ...         except gs.DeviceLostError:
        ...             await gs.config.device_restored()
        >>> gs.config.set_snapshot_interval(60)
    """
    if interval is not None and interval < 0:
        raise ValueError(
            f"Expected an interval that is not negative. Received: interval={interval}"
        )
    snapshots.set_interval(interval)


async def device_restored() -> None:
    """Wait until the current backend's device is back, if it was lost; see
    `set_snapshot_interval`.
    """
    await current_backend().restored()
