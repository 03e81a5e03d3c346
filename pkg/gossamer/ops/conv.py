"""Convolutions: ordinary, grouped, depthwise, separable, transposed.

The primitives are in `convolution` and `depthwise`; a convolution without neighbours is a product
of matrices. Channels that come first are moved to the end and back: as the last axis they are what
lies side by side in memory, and without the copies a depthwise convolution took three times as
long on a software GPU; an ordinary one reads each element many times more.
"""

from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor, promote
from gossamer.ops.convolution import convolution, convolution_input
from gossamer.ops.depthwise import depthwise
from gossamer.ops.windows import (
    Window,
    Windows,
    check_options,
    per_axis,
    windows_of,
)
from gossamer.tensor import Tensor


def _operands(inputs: Any, kernel: Any) -> tuple[Tensor, Tensor]:
    """Both in one dtype; what is no tensor yet takes the kernel's."""
    w = as_tensor(kernel)
    x, w = promote(as_tensor(inputs, w.dtype), w)
    if x.ndim < 3 or w.ndim != x.ndim:
        raise ValueError(
            "Expected inputs with a batch, places and channels, and a kernel with as many axes. "
            f"Received: inputs.shape={x.shape}, kernel.shape={w.shape}"
        )
    return x, w


def _windows(
    x: Tensor, w: Tensor, strides: Any, padding: str, dilation_rate: Any, first: bool
) -> Windows:
    taps, spatial = w.shape[:-2], x.ndim - 2
    windows = windows_of(
        x.shape[2:] if first else x.shape[1:-1],
        taps,
        per_axis(strides, spatial, "strides"),
        per_axis(dilation_rate, spatial, "dilation_rate"),
        padding,
    )
    if min(window.places for window in windows) < 1 or min(taps) < 1:
        raise ValueError(
            "Expected inputs in which the kernel fits. "
            f"Received: inputs.shape={x.shape}, kernel.shape={w.shape}, padding={padding!r}"
        )
    return windows


def _channels_match(x: Tensor, channels: int, w: Tensor, wanted: int) -> None:
    if channels != wanted:
        raise ValueError(
            f"Expected inputs with the {wanted} channels that the kernel has. "
            f"Received: inputs.shape={x.shape}, kernel.shape={w.shape}"
        )


def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Convolution: `out[n, s, o] = sum of inputs[n, s + k, c] * kernel[k, c, o]` over k and c.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places).
        kernel: of shape (*taps, channels, filters); if `inputs` has a multiple of these channels,
            they are convolved in groups, each with its part of the filters.
        strides: the step between output places, for all axes or for each.
        padding: `"valid"` for places where the kernel fits, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.
        dilation_rate: the step between taps, for all axes or for each.

    Raises:
        ValueError: for shapes, strides, paddings or formats that do not fit, and for an output
            without elements.

    Example:
        >>> ops.conv([[[1.0], [2.0], [3.0]]], [[[1.0]], [[1.0]]]).tolist()
        [[[3.0], [5.0]]]
    """
    padding, first = check_options(padding, data_format)
    return convolved(inputs, kernel, strides, padding, first, dilation_rate)


def convolved(
    inputs: Any, kernel: Any, strides: Any, padding: str, first: bool, dilation_rate: Any
) -> Tensor:
    """`conv`, with the padding `"causal"` too: no place reads what comes after it."""
    x, w = _operands(inputs, kernel)
    windows = _windows(x, w, strides, padding, dilation_rate, first)
    channels, filters = w.shape[-2:]
    given = x.shape[1 if first else -1]
    groups = given // channels if channels else 0
    if groups == 0 or groups * channels != given or filters % groups:
        raise ValueError(
            f"Expected a multiple of the kernel's {channels} channels, with equal parts of its "
            f"{filters} filters. Received: {given} channels"
        )
    x = ops.moveaxis(x, 1, -1) if first else x
    if channels == 1 and groups > 1:
        own = ops.reshape(w, (*w.shape[:-2], filters))
        out = depthwise(x, own, windows, filters // groups)
    elif groups == 1 and all(window.is_trivial for window in windows):
        out = ops.matmul(x, ops.reshape(w, (channels, filters)))
    else:
        out = convolution(x, w, windows, groups)
    return ops.moveaxis(out, -1, 1) if first else out


def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Convolution of each channel by itself, with m filters.

    `out[n, s, c * m + j] = sum of inputs[n, s + k, c] * kernel[k, c, j]` over k.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places).
        kernel: of shape (*taps, channels, m), with m filters for each channel.
        strides: the step between output places, for all axes or for each.
        padding: `"valid"` for places where the kernel fits, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.
        dilation_rate: the step between taps, for all axes or for each.

    Raises:
        ValueError: for shapes, strides, paddings or formats that do not fit.

    Example:
        >>> ops.depthwise_conv([[[1.0, 2.0], [3.0, 4.0]]], [[[1.0], [10.0]]]).tolist()
        [[[1.0, 20.0], [3.0, 40.0]]]
    """
    padding, first = check_options(padding, data_format)
    x, w = _operands(inputs, kernel)
    _channels_match(x, x.shape[1 if first else -1], w, w.shape[-2])
    windows = _windows(x, w, strides, padding, dilation_rate, first)
    filters = w.shape[-1]
    x = ops.moveaxis(x, 1, -1) if first else x
    out = depthwise(x, ops.reshape(w, (*w.shape[:-2], w.shape[-2] * filters)), windows, filters)
    return ops.moveaxis(out, -1, 1) if first else out


def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """A depthwise convolution, and one across the channels at each place.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places).
        depthwise_kernel: of shape (*taps, channels, m).
        pointwise_kernel: of shape (*ones, channels * m, filters).
        strides: the step between output places, for all axes or for each.
        padding: `"valid"` for places where the kernel fits, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.
        dilation_rate: the step between taps, for all axes or for each.

    Raises:
        ValueError: for shapes, strides, paddings or formats that do not fit.

    Example:
        >>> ops.separable_conv([[[1.0, 2.0]]], [[[1.0], [10.0]]], [[[1.0], [1.0]]]).tolist()
        [[[21.0]]]
    """
    between = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(between, pointwise_kernel, data_format=data_format, dilation_rate=dilation_rate)


def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Transposed convolution, the gradient of one for its input.

    `out[n, p, o] = sum of inputs[n, s, c] * kernel[k, o, c]` over c and all s + k that are p.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places).
        kernel: of shape (*taps, filters, channels).
        strides: the step between the output places of neighbouring input places.
        padding: `"valid"` for every place that is reached, `"same"` for strides times the input's.
        output_padding: how much longer the output is along each axis than the shortest one of
            which a convolution makes the input; chosen by `padding` if None.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.
        dilation_rate: the step between taps, for all axes or for each.

    Raises:
        ValueError: for shapes, strides, paddings or formats that do not fit.

    Example:
        >>> ops.conv_transpose([[[1.0], [2.0]]], [[[1.0]], [[3.0]]], strides=2).tolist()
        [[[1.0], [3.0], [2.0], [6.0]]]
    """
    padding, first = check_options(padding, data_format)
    x, w = _operands(inputs, kernel)
    _channels_match(x, x.shape[1 if first else -1], w, w.shape[-1])
    x = ops.moveaxis(x, 1, -1) if first else x
    spatial = x.ndim - 2
    extra: Any = (None,) * spatial
    if output_padding is not None:
        extra = per_axis(output_padding, spatial, "output_padding", least=0)
    windows = tuple(
        _transposed(*numbers, padding)
        for numbers in zip(
            x.shape[1:-1],
            w.shape[:-2],
            per_axis(strides, spatial, "strides"),
            per_axis(dilation_rate, spatial, "dilation_rate"),
            extra,
            strict=True,
        )
    )
    if min(window.length for window in windows) < 1 or min(w.shape) < 1:
        raise ValueError(
            "Expected an output with elements. "
            f"Received: inputs.shape={x.shape}, kernel.shape={w.shape}, padding={padding!r}"
        )
    out = convolution_input(x, w, windows)
    return ops.moveaxis(out, -1, 1) if first else out


def _transposed(
    places: int, taps: int, stride: int, dilation: int, extra: int | None, padding: str
) -> Window:
    """The convolution along an axis that a transposed one is the gradient of.

    As Keras has it: `"valid"` gives `(places - 1) * stride + max(reach, stride)` places, `"same"`
    gives `places * stride`. With `extra` they give that many more than
    `(places - 1) * stride + reach`, or `+ reach % 2`.
    """
    reach = (taps - 1) * dilation + 1
    if padding == "valid":
        more = max(reach, stride) - reach if extra is None else extra
        return Window(taps, stride, dilation, 0, (places - 1) * stride + reach + more, places)
    margin = stride + reach - 2 if extra is None else reach + reach % 2 - 2 + extra
    before = min(margin // 2 + margin % 2, reach - 1)
    length = (places - 1) * stride + margin - reach + 2
    return Window(taps, stride, dilation, reach - 1 - before, length, places)
