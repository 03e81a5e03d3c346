"""Where height, width and channels of images are, and the checks that all image ops share."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from gossamer.ops.convert import as_tensor, promote
from gossamer.tensor import Tensor


class Layout(NamedTuple):
    """The axes of images, counted from the end: so they serve one image and a batch alike."""

    height: int
    width: int
    channels: int


LAST, FIRST = Layout(-3, -2, -1), Layout(-2, -1, -3)


def layout_of(data_format: str | None) -> Layout:
    """The axes that a data format names; channels are last if it is None.

    Raises:
        ValueError: for a format that there is not.
    """
    name = str(data_format).lower()
    if data_format is not None and name not in ("channels_last", "channels_first"):
        raise ValueError(
            "Expected the data_format 'channels_last' or 'channels_first'. "
            f"Received: data_format={data_format!r}"
        )
    return FIRST if name == "channels_first" else LAST


def as_images(x: Any, name: str = "images") -> Tensor:
    """One image or a batch of them, as a tensor.

    Raises:
        ValueError: for another rank than 3 and 4.
    """
    (images,) = promote(as_tensor(x))
    if images.ndim not in (3, 4):
        raise ValueError(
            f"Expected one image (rank 3) or a batch of them (rank 4). "
            f"Received: {name}.shape={images.shape}"
        )
    return images


def image_size(size: Any) -> tuple[int, int]:
    """Height and width.

    Raises:
        ValueError: for anything but two sizes from 1 on.
    """
    if not isinstance(size, Sequence) or len(size) != 2 or min(size) < 1:
        raise ValueError(f"Expected a positive height and width. Received: size={size}")
    return int(size[0]), int(size[1])


def one_of(value: Any, known: Sequence[Any], name: str) -> None:
    """Check an argument that has a few values.

    Raises:
        ValueError: for another value.
    """
    if value not in known:
        raise ValueError(
            f"Expected {name} to be one of {', '.join(map(repr, known))}. "
            f"Received: {name}={value!r}"
        )
