"""The Ops API: `keras.ops`'s names, by family. Public functions, their primitives beside them."""

from gossamer import dtypes
from gossamer.ops.adaptive_pool import adaptive_average_pool, adaptive_max_pool
from gossamer.ops.arithmetic import (
    abs,
    absolute,
    add,
    ceil,
    clip,
    divide,
    floor,
    floor_divide,
    maximum,
    minimum,
    mod,
    multiply,
    negative,
    power,
    reciprocal,
    round,
    sign,
    square,
    subtract,
    true_divide,
    trunc,
)
from gossamer.ops.attention import dot_product_attention
from gossamer.ops.control import cond, fori_loop, map, scan, switch, vectorized_map, while_loop
from gossamer.ops.conv import conv, conv_transpose, depthwise_conv, separable_conv
from gossamer.ops.convert import (
    cast,
    convert_to_numpy,
    convert_to_tensor,
    dtype,
    is_tensor,
    shape,
    stop_gradient,
)
from gossamer.ops.create import (
    arange,
    empty,
    empty_like,
    eye,
    full,
    full_like,
    identity,
    linspace,
    meshgrid,
    ones,
    ones_like,
    tri,
    tril,
    triu,
    zeros,
    zeros_like,
)
from gossamer.ops.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from gossamer.ops.ctc_decode import ctc_decode
from gossamer.ops.ctc_loss import ctc_loss
from gossamer.ops.cumulative import associative_scan, cumprod, cumsum, nancumprod, nancumsum
from gossamer.ops.custom_gradient import custom_gradient
from gossamer.ops.distances import cdist
from gossamer.ops.einsum import einsum
from gossamer.ops.indexing import scatter, scatter_update, take, take_along_axis
from gossamer.ops.join import append, concatenate, hstack, repeat, stack, tile, vstack
from gossamer.ops.linalg import matmul
from gossamer.ops.logic import (
    bitwise_and,
    bitwise_invert,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    equal,
    greater,
    greater_equal,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    left_shift,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    nan_to_num,
    not_equal,
    right_shift,
    where,
)
from gossamer.ops.math import (
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cos,
    cosh,
    erf,
    erfc,
    erfinv,
    exp,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    rsqrt,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from gossamer.ops.nn import (
    celu,
    elu,
    gelu,
    hard_sigmoid,
    hard_silu,
    hard_swish,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    moments,
    multi_hot,
    normalize,
    one_hot,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    swish,
)
from gossamer.ops.normalization import (
    batch_normalization,
    layer_normalization,
    rms_normalization,
)
from gossamer.ops.pool import average_pool, max_pool
from gossamer.ops.products import dot, inner, outer, tensordot, vdot
from gossamer.ops.quantiles import (
    median,
    nanmedian,
    nanpercentile,
    nanquantile,
    percentile,
    quantile,
)
from gossamer.ops.reduce import (
    all,
    amax,
    amin,
    any,
    argmax,
    argmin,
    count_nonzero,
    logsumexp,
    max,
    mean,
    min,
    prod,
    sum,
)
from gossamer.ops.segment import segment_max, segment_min, segment_prod, segment_sum
from gossamer.ops.sequences import extract_sequences
from gossamer.ops.slicing import flip, pad, roll, slice, slice_update, split, unstack
from gossamer.ops.sorting import (
    argpartition,
    argsort,
    digitize,
    in_top_k,
    searchsorted,
    sort,
    top_k,
)
from gossamer.ops.subscript import get_item
from gossamer.ops.variance import std, var
from gossamer.ops.views import (
    broadcast_to,
    expand_dims,
    moveaxis,
    ravel,
    reshape,
    squeeze,
    swapaxes,
    transpose,
)

from gossamer.ops import operators  # isort: skip  # last: it attaches what stands above
