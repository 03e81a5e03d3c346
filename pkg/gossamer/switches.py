"""What scripts switch on and off, and limits on training; `gossamer.config` shows it to users.

Imports nothing of gossamer.
"""

import os


def _limit(variable: str) -> int | None:
    """The number in an environment variable; None if it is not set."""
    text = os.environ.get(variable)
    return int(text) if text else None


class _Chosen:
    """The values in use."""

    def __init__(self) -> None:
        self.reset()
        # Set from outside, so that a script's training can be cut short without changing it.
        self.max_epochs = _limit("KERAS_MAX_EPOCHS")
        self.max_steps_per_epoch = _limit("KERAS_MAX_STEPS_PER_EPOCH")

    def reset(self) -> None:
        self.interactive_logging = True
        self.traceback_filtering = True
        self.flash_attention: bool | None = None


_chosen = _Chosen()


def reset() -> None:
    """Set all switches as they were at first; limits stay."""
    _chosen.reset()


def enable_interactive_logging() -> None:
    """Let training show a progress bar and losses as it goes; it does so at first.

    Example:
        >>> gs.config.enable_interactive_logging()
        >>> gs.config.is_interactive_logging_enabled()
        True
    """
    _chosen.interactive_logging = True


def disable_interactive_logging() -> None:
    """Let training write to Python's `logging` instead of showing progress bars.

    Example:
        >>> gs.config.disable_interactive_logging()
        >>> gs.config.is_interactive_logging_enabled()
        False
        >>> gs.config.enable_interactive_logging()
    """
    _chosen.interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Whether training shows its progress as it goes.

    Example:
        >>> gs.config.is_interactive_logging_enabled()
        True
    """
    return _chosen.interactive_logging


def enable_traceback_filtering() -> None:
    """Note that tracebacks should be filtered; gossamer's are short, and never are.

    Example:
        >>> gs.config.enable_traceback_filtering()
        >>> gs.config.is_traceback_filtering_enabled()
        True
    """
    _chosen.traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Note that tracebacks should not be filtered; gossamer's never are.

    Example:
        >>> gs.config.disable_traceback_filtering()
        >>> gs.config.is_traceback_filtering_enabled()
        False
        >>> gs.config.enable_traceback_filtering()
    """
    _chosen.traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """Whether tracebacks should be filtered, as was noted last; True at first.

    Example:
        >>> gs.config.is_traceback_filtering_enabled()
        True
    """
    return _chosen.traceback_filtering


def enable_flash_attention() -> None:
    """Note that flash attention may be used; no backend here has it, so that nothing changes.

    Example:
        >>> gs.config.enable_flash_attention()
    """
    # Keras's word for "if it can be".
    _chosen.flash_attention = None


def disable_flash_attention() -> None:
    """Note that flash attention may not be used; no backend here has it.

    Example:
        >>> gs.config.disable_flash_attention()
        >>> gs.config.is_flash_attention_enabled()
        False
        >>> gs.config.enable_flash_attention()
    """
    _chosen.flash_attention = False


def is_flash_attention_enabled() -> bool | None:
    """Whether flash attention may be used: False, or None for where it can be.

    Example:
        >>> gs.config.is_flash_attention_enabled() is None
        True
    """
    return _chosen.flash_attention


def is_nnx_enabled() -> bool:
    """Whether variables are those of Flax's NNX, which only Keras on JAX can have: never.

    Example:
        >>> gs.config.is_nnx_enabled()
        False
    """
    return False


def max_epochs() -> int | None:
    """How many epochs `fit` may run at most; None for as many as it is asked to.

    Example:
        >>> gs.config.max_epochs() is None
        True
    """
    return _chosen.max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Choose how many epochs `fit` may run at most, whatever it is asked to: to try a script out.

    Args:
        max_epochs: a number; None for no bound.

    Example:
        >>> gs.config.set_max_epochs(1)
        >>> gs.config.max_epochs()
        1
        >>> gs.config.set_max_epochs(None)
    """
    _chosen.max_epochs = max_epochs


def max_steps_per_epoch() -> int | None:
    """How many batches an epoch may have at most, in `fit`, `evaluate` and `predict`.

    Example:
        >>> gs.config.max_steps_per_epoch() is None
        True
    """
    return _chosen.max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Choose how many batches an epoch may have at most, in `fit`, `evaluate` and `predict`.

    Args:
        max_steps_per_epoch: a number; None for no bound.

    Example:
        >>> gs.config.set_max_steps_per_epoch(10)
        >>> gs.config.max_steps_per_epoch()
        10
        >>> gs.config.set_max_steps_per_epoch(None)
    """
    _chosen.max_steps_per_epoch = max_steps_per_epoch
