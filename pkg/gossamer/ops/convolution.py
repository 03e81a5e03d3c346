"""The primitives of convolution: three products, closed under differentiation.

With the geometry of `windows`, output place s, tap k, and input place p that they meet at:

- `convolution`: `out[n, s, o] = sum over k, c of x[n, p, c] * w[k, c, o]`,
- `convolution_input`, its gradient for x: `sum over k, o of g[n, s, o] * w[k, c, o]`,
- `convolution_kernel`, its gradient for w: `sum over n, s of x[n, p, c] * g[n, s, o]`.

Each is bilinear, and its two gradients are the other two. A place outside of the input reads 0.
Channels are last, in any number of spatial axes. In groups, each has its part of the input's
channels and of the filters; `w` has the channels of one group. Windows are index maps: none is
ever copied out of the input.
"""

import numpy as np

from gossamer.core.primitive import Primitive, bind
from gossamer.kernel import expr
from gossamer.kernel.expr import axis
from gossamer.kernel.spec import COMPUTE_DTYPE, Contract, Reduce, TensorSpec
from gossamer.ops.convolution_input import lower_input
from gossamer.ops.convolution_kernel import lower_kernel
from gossamer.ops.grouped_product import GroupedProduct, guarded, sources
from gossamer.ops.windows import Windows, inner, margined, taps_of
from gossamer.tensor import Tensor


def _convolution_lower(
    x: TensorSpec, w: TensorSpec, out: TensorSpec, windows: Windows, groups: int
) -> Contract | Reduce:
    last, dtype = len(windows) + 1, COMPUTE_DTYPE[out.dtype]
    channels, filters = w.shape[-2:]
    product = GroupedProduct(windows, groups, filters // groups)
    # Channels innermost, as they lie in memory.
    taps = [product.folded(window.taps) for window in windows]
    own = product.folded(channels)
    product.is_thin = channels == 1
    places = [axis(i + 1) for i in range(len(windows))]
    where, inside = sources(product.maps, places, taps)
    channel = product.channel(product.group(axis(last), filters), own, channels)
    return product.lowered(
        (x, w),
        out,
        left=guarded(inside, expr.load(0, (axis(0), *where, channel), dtype)),
        right=expr.load(1, (*taps, own, axis(last)), dtype),
    )


def _parts(size: int, groups: int) -> list[slice]:
    step = size // groups
    return [slice(i * step, (i + 1) * step) for i in range(groups)]


def _convolution_reference(
    x: np.ndarray, w: np.ndarray, windows: Windows, groups: int
) -> np.ndarray:
    padded = margined(x, windows, 1)
    out = np.zeros((x.shape[0], *[one.places for one in windows], w.shape[-1]), x.dtype)
    for tap, part in taps_of(windows, 1):
        for c, o in zip(_parts(x.shape[-1], groups), _parts(w.shape[-1], groups), strict=True):
            out[..., o] += np.tensordot(padded[part][..., c], w[tap][:, o], 1)
    return out


def _input_reference(g: np.ndarray, w: np.ndarray, windows: Windows, groups: int) -> np.ndarray:
    lengths, channels = [one.length for one in windows], w.shape[-2] * groups
    padded = margined(np.zeros((g.shape[0], *lengths, channels), g.dtype), windows, 1)
    for tap, part in taps_of(windows, 1):
        for c, o in zip(_parts(channels, groups), _parts(w.shape[-1], groups), strict=True):
            padded[part][..., c] += np.tensordot(g[..., o], w[tap][:, o].T, 1)
    return padded[inner(windows, 1)].copy()


def _kernel_reference(x: np.ndarray, g: np.ndarray, windows: Windows, groups: int) -> np.ndarray:
    padded = margined(x, windows, 1)
    taps, summed = [one.taps for one in windows], list(range(g.ndim - 1))
    out = np.zeros((*taps, x.shape[-1] // groups, g.shape[-1]), x.dtype)
    for tap, part in taps_of(windows, 1):
        for c, o in zip(_parts(x.shape[-1], groups), _parts(g.shape[-1], groups), strict=True):
            out[tap][:, o] = np.tensordot(padded[part][..., c], g[..., o], (summed, summed))
    return out


def convolution(x: Tensor, w: Tensor, windows: Windows, groups: int = 1) -> Tensor:
    """`out[n, s, o] = sum over k, c of x[n, p, c] * w[k, c, o]`."""
    return bind(_convolution, x, w, windows=windows, groups=groups)


def convolution_input(g: Tensor, w: Tensor, windows: Windows, groups: int = 1) -> Tensor:
    """`x[n, p, c] = sum over k, o of g[n, s, o] * w[k, c, o]`."""
    return bind(_input, g, w, windows=windows, groups=groups)


def _kernel_gradient(x: Tensor, g: Tensor, windows: Windows, groups: int) -> Tensor:
    return bind(_kernel, x, g, windows=windows, groups=groups)


_convolution = Primitive(
    name="convolution",
    shape=lambda x, w, windows, groups: TensorSpec(
        (x.shape[0], *[one.places for one in windows], w.shape[-1]), x.dtype
    ),
    reference=_convolution_reference,
    vjp=(
        lambda g, out, x, w, **geometry: convolution_input(g, w, **geometry),
        lambda g, out, x, w, **geometry: _kernel_gradient(x, g, **geometry),
    ),
    lower=_convolution_lower,
)
_input = Primitive(
    name="convolution_input",
    shape=lambda g, w, windows, groups: TensorSpec(
        (g.shape[0], *[one.length for one in windows], w.shape[-2] * groups), g.dtype
    ),
    reference=_input_reference,
    vjp=(
        lambda x, out, g, w, **geometry: convolution(x, w, **geometry),
        lambda x, out, g, w, **geometry: _kernel_gradient(x, g, **geometry),
    ),
    lower=lower_input,
)
_kernel = Primitive(
    name="convolution_kernel",
    shape=lambda x, g, windows, groups: TensorSpec(
        (*[one.taps for one in windows], x.shape[-1] // groups, g.shape[-1]), x.dtype
    ),
    reference=_kernel_reference,
    vjp=(
        lambda w, out, x, g, **geometry: convolution_input(g, w, **geometry),
        lambda w, out, x, g, **geometry: convolution(x, w, **geometry),
    ),
    lower=lower_kernel,
)
