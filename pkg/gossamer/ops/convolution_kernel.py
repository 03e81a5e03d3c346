"""How the gradient of convolution for its kernel is computed: a sum over all places."""

from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, axis, reduce_axis
from gossamer.kernel.spec import (
    COMPUTE_DTYPE,
    Contract,
    Reduce,
    TensorSpec,
)
from gossamer.ops.grouped_product import GroupedProduct, guarded, sources
from gossamer.ops.windows import Windows


def lower_kernel(
    x: TensorSpec, g: TensorSpec, out: TensorSpec, windows: Windows, groups: int
) -> Contract | Reduce:
    """The sum over places of x at the place that a tap reads, times g there."""
    product = GroupedProduct(windows, groups, out.shape[-1] // groups)
    product.over += g.shape[:-1]
    batch, *places = [reduce_axis(i) for i in range(len(g.shape) - 1)]
    where, inside = sources(product.maps, places, _taps(windows))
    channel, dtype = product.channel_of_kernel(out), COMPUTE_DTYPE[out.dtype]
    return product.lowered(
        (x, g),
        out,
        left=guarded(inside, expr.load(0, (batch, *where, channel), dtype)),
        right=expr.load(1, (batch, *places, axis(len(windows) + 1)), dtype),
    )


def _taps(windows: Windows) -> list[Expr]:
    """The taps as coordinates of a kernel."""
    return [index.ZERO if window.taps == 1 else axis(i) for i, window in enumerate(windows)]
