"""What arguments that are None stand for: the least divisor, and where the channels of images are.

Imports nothing of gossamer, so that the ops may ask it; `gossamer.config` shows it to users.
"""

from typing import Any

FORMATS = ("channels_last", "channels_first")


class _Chosen:
    """The values in use."""

    epsilon = 1e-7
    data_format = "channels_last"


_chosen = _Chosen()


def epsilon() -> float:
    """The small number that keeps quotients and logarithms finite, where none is given.

    Example:
        >>> gs.config.epsilon()
        1e-07
    """
    return _chosen.epsilon


def set_epsilon(value: float) -> None:
    """Choose the small number that keeps quotients and logarithms finite.

    Args:
        value: the number.

    Example:
        >>> gs.config.set_epsilon(1e-5)
        >>> gs.config.epsilon()
        1e-05
        >>> gs.config.set_epsilon(1e-7)
    """
    _chosen.epsilon = value


def image_data_format() -> str:
    """Where the channels of images are, where it is not said: `"channels_last"` at first.

    Example:
        >>> gs.config.image_data_format()
        'channels_last'
    """
    return _chosen.data_format


def set_image_data_format(data_format: str) -> None:
    """Choose where the channels of images are, where it is not said.

    Args:
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ValueError: for another one.

    Example:
        >>> gs.config.set_image_data_format("channels_first")
        >>> gs.config.image_data_format()
        'channels_first'
        >>> gs.config.set_image_data_format("channels_last")
    """
    # None is no format to choose.
    _chosen.data_format = standardize_data_format(str(data_format))


def standardize_data_format(data_format: Any) -> str:
    """The data format in lower case; the chosen one for None.

    Raises:
        ValueError: for one that there is not.
    """
    if data_format is None:
        return _chosen.data_format
    lower = str(data_format).lower()
    if lower not in FORMATS:
        raise ValueError(
            "Expected the data_format 'channels_last' or 'channels_first'. "
            f"Received: data_format={data_format!r}"
        )
    return lower
