"""Images cut into patches and put together again, and space exchanged for channels."""

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor
from gossamer.ops.image_layout import layout_of
from gossamer.ops.unfolding import folded, unfolded
from gossamer.ops.windows import (
    Numbers,
    Window,
    Windows,
    check_options,
    per_axis,
    whole_axis,
    windows_of,
)
from gossamer.tensor import Tensor


def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The patches of images or volumes, the elements of each as channels.

    Args:
        images: of shape (*places, channels), or a batch of these: two or three places, as many as
            `size` has numbers.
        size: of a patch; a single number is for images.
        strides: the step between patches, for all axes or for each; `size` if None.
        dilation_rate: the step between the elements of a patch.
        padding: `"valid"` for patches that fit, `"same"` for all, with zeros outside.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Returns:
        A tensor of shape (*patches, elements * channels), or of a batch of these; the channels are
        where those of `images` are.

    Raises:
        TypeError: for a size that is no number or sequence.
        ValueError: for sizes, strides, paddings or formats that do not fit.

    Example:
        >>> ops.image.extract_patches([[[1.0], [2.0], [3.0], [4.0]]], (1, 2)).tolist()
        [[[1.0, 2.0], [3.0, 4.0]]]
    """
    if not isinstance(size, int | tuple | list):
        raise TypeError(f"Expected a size or a tuple of sizes. Received: size={size!r}")
    if not isinstance(size, int) and len(size) not in (2, 3):
        raise ValueError(f"Expected two or three sizes. Received: size={size}")
    spatial = 2 if isinstance(size, int) else len(size)
    return _patches(images, size, strides, dilation_rate, padding, data_format, spatial)


def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The patches of volumes, the elements of each as channels.

    Args:
        volumes: of shape (depth, height, width, channels), or a batch of these.
        size: of a patch; a single number is for all three axes.
        strides: the step between patches, for all axes or for each; `size` if None.
        dilation_rate: the step between the elements of a patch.
        padding: `"valid"` for patches that fit, `"same"` for all, with zeros outside.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Returns:
        A tensor of shape (*patches, elements * channels), or of a batch of these.

    Raises:
        TypeError: for a size that is no number and no three of them.
        ValueError: for sizes, strides, paddings or formats that do not fit.

    Example:
        >>> ops.image.extract_patches_3d(ops.ones((2, 10, 10, 10, 3)), 3).shape
        (2, 3, 3, 3, 81)
    """
    if not isinstance(size, int) and len(size) != 3:
        raise TypeError(f"Expected a size or three of them. Received: size={size}")
    return _patches(volumes, size, strides, dilation_rate, padding, data_format, 3)


def _patches(
    images: Any, size: Any, strides: Any, dilation_rate: Any, padding: str,
    data_format: str | None, spatial: int,
) -> Tensor:  # fmt: skip
    padding, first = check_options(padding, data_format)
    x = as_tensor(images)
    if x.ndim not in (spatial + 1, spatial + 2):
        raise ValueError(
            f"Expected {spatial} places and channels, or a batch of these. "
            f"Received: shape={x.shape}, size={size}"
        )
    batch = x if x.ndim == spatial + 2 else ops.expand_dims(x, 0)
    lengths = batch.shape[2:] if first else batch.shape[1:-1]
    taps = per_axis(size, spatial, "size")
    steps = per_axis(strides or size, spatial, "strides")
    dilation = per_axis(dilation_rate, spatial, "dilation_rate")
    windows = windows_of(lengths, taps, steps, dilation, padding)
    if min(window.places for window in windows) < 1:
        raise ValueError(
            f"Expected images in which a patch fits. Received: shape={x.shape}, size={size}"
        )
    own = whole_axis(batch.shape[0]), whole_axis(batch.shape[1 if first else -1])
    rank = spatial + 2
    if first:
        everything: Windows = (*own, *windows)
        order = (0, *range(rank + 2, 2 * rank), 1, *range(2, rank))
    else:
        everything = (own[0], *windows, own[1])
        order = (*range(rank - 1), *range(rank + 1, 2 * rank - 1), rank - 1)
    found = unfolded(batch, everything, order)
    places = tuple(window.places for window in windows)
    shape: Numbers = (-1, *places) if first else (*places, -1)
    return ops.reshape(found, (*x.shape[: x.ndim - spatial - 1], *shape))


def _block_windows(
    lengths: Sequence[int], kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> Windows:
    """The windows of `unfold` and `fold` along height and width."""
    windows = tuple(
        Window(taps, step, d, low, length, (length + 2 * low - d * (taps - 1) - 1) // step + 1)
        for taps, d, low, step, length in zip(
            per_axis(kernel_size, 2, "kernel_size"),
            per_axis(dilation, 2, "dilation"),
            per_axis(padding, 2, "padding", least=0),
            per_axis(stride, 2, "stride"),
            lengths,
            strict=True,
        )
    )
    if min(window.places for window in windows) < 1:
        raise ValueError(
            "Expected sizes in which a block fits. Received: "
            f"lengths={tuple(lengths)}, kernel_size={kernel_size}, padding={padding}"
        )
    return windows


# Channels and taps, then the blocks' places: axes 2 and 3 of six have them.
_BLOCKS = (0, 1, 6, 7, 2, 3)


def unfold(
    x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """The blocks of images as columns (im2col).

    Args:
        x: of shape (batch, channels, height, width).
        kernel_size: the height and width of a block, or one number for both.
        dilation: the step between a block's elements.
        padding: how many zeros there are around the images.
        stride: the step between blocks.

    Returns:
        A tensor of shape (batch, channels * elements of a block, blocks).

    Raises:
        ValueError: for another rank than 4, and sizes that do not fit.

    Example:
        >>> ops.unfold([[[[1.0, 2.0, 3.0]]]], (1, 2)).tolist()
        [[[1.0, 2.0], [2.0, 3.0]]]
    """
    tensor = as_tensor(x)
    if tensor.ndim != 4:
        raise ValueError(f"Expected images of rank 4. Received: shape={tensor.shape}")
    count, channels, *lengths = tensor.shape
    high, wide = _block_windows(lengths, kernel_size, dilation, padding, stride)
    windows = (whole_axis(count), whole_axis(channels), high, wide)
    found = unfolded(tensor, windows, _BLOCKS)
    columns = channels * high.taps * wide.taps
    return ops.reshape(found, (count, columns, high.places * wide.places))


def fold(
    x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0,
    stride: Any = 1,
) -> Tensor:  # fmt: skip
    """Images of which columns are the blocks; where blocks overlap they are summed (col2im).

    Args:
        x: of shape (batch, channels * elements of a block, blocks), as `unfold` makes it.
        output_size: the height and width of the images, or one number for both.
        kernel_size: the height and width of a block.
        dilation: the step between a block's elements.
        padding: how many elements around the images the blocks have, too.
        stride: the step between blocks.

    Returns:
        A tensor of shape (batch, channels, height, width).

    Raises:
        ValueError: for another rank than 3, and sizes that do not fit.

    Example:
        >>> ops.fold([[[1.0, 2.0], [2.0, 3.0]]], (1, 3), (1, 2)).tolist()
        [[[[1.0, 4.0, 3.0]]]]
    """
    tensor = as_tensor(x)
    if tensor.ndim != 3:
        raise ValueError(f"Expected columns of rank 3. Received: shape={tensor.shape}")
    lengths = per_axis(output_size, 2, "output_size")
    high, wide = _block_windows(lengths, kernel_size, dilation, padding, stride)
    count, columns, blocks = tensor.shape
    elements = high.taps * wide.taps
    if columns % elements or blocks != high.places * wide.places:
        raise ValueError(
            f"Expected columns of {elements} elements times channels, and "
            f"{high.places * wide.places} of them. Received: shape={tensor.shape}"
        )
    channels = columns // elements
    windows = (whole_axis(count), whole_axis(channels), high, wide)
    shape = (count, channels, high.taps, wide.taps, high.places, wide.places)
    return folded(ops.reshape(tensor, shape), windows, _BLOCKS)


def _block_size(x: Tensor, block_size: int, divided: Sequence[int], by: int) -> None:
    if block_size < 2:
        raise ValueError(f"Expected a block_size from 2 on. Received: block_size={block_size}")
    if x.ndim != 4:
        raise ValueError(f"Expected images of rank 4. Received: shape={x.shape}")
    if any(x.shape[axis] % by for axis in divided):
        raise ValueError(
            f"Expected sizes that {by} divides. Received: shape={x.shape}, block_size={block_size}"
        )


def depth_to_space(x: Any, block_size: int, data_format: str | None = "channels_last") -> Tensor:
    """Channels as blocks of pixels (pixel shuffle).

    Args:
        x: of shape (batch, height, width, channels).
        block_size: the height and width of a block.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A tensor of shape (batch, height * block_size, width * block_size,
        channels / block_size**2).

    Raises:
        ValueError: for another rank than 4, and sizes that do not fit.

    Example:
        >>> ops.depth_to_space([[[[1, 2, 3, 4]]]], 2).tolist()
        [[[[1], [2]], [[3], [4]]]]
    """
    layout = layout_of(data_format)
    tensor, b = as_tensor(x), block_size
    _block_size(tensor, b, [layout.channels], b * b)
    if layout.channels == -1:
        n, h, w, c = tensor.shape
        split = ops.reshape(tensor, (n, h, w, b, b, c // b**2))
        return ops.reshape(ops.transpose(split, (0, 1, 3, 2, 4, 5)), (n, h * b, w * b, c // b**2))
    n, c, h, w = tensor.shape
    split = ops.reshape(tensor, (n, c // b**2, b, b, h, w))
    return ops.reshape(ops.transpose(split, (0, 1, 4, 2, 5, 3)), (n, c // b**2, h * b, w * b))


def space_to_depth(x: Any, block_size: int, data_format: str | None = "channels_last") -> Tensor:
    """Blocks of pixels as channels (pixel unshuffle).

    Args:
        x: of shape (batch, height, width, channels).
        block_size: the height and width of a block.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A tensor of shape (batch, height / block_size, width / block_size,
        channels * block_size**2).

    Raises:
        ValueError: for another rank than 4, and sizes that do not fit.

    Example:
        >>> ops.space_to_depth([[[[1], [2]], [[3], [4]]]], 2).tolist()
        [[[[1, 2, 3, 4]]]]
    """
    layout = layout_of(data_format)
    tensor, b = as_tensor(x), block_size
    _block_size(tensor, b, layout[:2], b)
    if layout.channels == -1:
        n, h, w, c = tensor.shape
        split = ops.reshape(tensor, (n, h // b, b, w // b, b, c))
        return ops.reshape(ops.transpose(split, (0, 1, 3, 2, 4, 5)), (n, h // b, w // b, c * b**2))
    n, c, h, w = tensor.shape
    split = ops.reshape(tensor, (n, c, h // b, b, w // b, b))
    return ops.reshape(ops.transpose(split, (0, 1, 3, 5, 2, 4)), (n, c * b**2, h // b, w // b))
