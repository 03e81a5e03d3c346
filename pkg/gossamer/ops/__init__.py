"""The Ops API: `keras.ops`'s names, by family. Public functions, their primitives beside them."""

from gossamer import dtypes
from gossamer.core import symbolic as _symbolic
from gossamer.ops.activation import (
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
from gossamer.ops.activations import (
    glu,
    hard_shrink,
    soft_shrink,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    tanh_shrink,
    threshold,
)
from gossamer.ops.adaptive_pool import (
    adaptive_average_pool,
    adaptive_max_pool,
)
from gossamer.ops.arithmetic import (
    abs,
    absolute,
    add,
    ceil,
    clip,
    divide,
    fabs,
    floor,
    floor_divide,
    fmax,
    fmin,
    heaviside,
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
from gossamer.ops.bits import view
from gossamer.ops.blocks import (
    slice,
    slice_update,
)
from gossamer.ops.closeness import (
    allclose,
    isclose,
)
from gossamer.ops.complex_numbers import (
    angle,
    conj,
    conjugate,
    imag,
    isreal,
    polar,
    real,
    view_as_complex,
    view_as_real,
)
from gossamer.ops.control import (
    cond,
    fori_loop,
    map,
    scan,
    switch,
    vectorized_map,
    while_loop,
)
from gossamer.ops.conv import (
    conv,
    conv_transpose,
    depthwise_conv,
    separable_conv,
)
from gossamer.ops.convert import (
    array,
    cast,
    convert_to_numpy,
    convert_to_tensor,
    copy,
    dtype,
    is_tensor,
    ndim,
    shape,
    size,
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
from gossamer.ops.cumulative import (
    associative_scan,
    cumprod,
    cumsum,
    nancumprod,
    nancumsum,
)
from gossamer.ops.custom_gradient import custom_gradient
from gossamer.ops.determinants import (
    det,
    logdet,
    slogdet,
)
from gossamer.ops.distances import cdist
from gossamer.ops.division import (
    divide_no_nan,
    fmod,
    gcd,
    lcm,
)
from gossamer.ops.einsum import einsum
from gossamer.ops.factors import (
    cholesky,
    lu_factor,
    qr,
)
from gossamer.ops.filters import psnr
from gossamer.ops.flipping import (
    flip,
    fliplr,
    flipud,
    roll,
    rot90,
)
from gossamer.ops.forward_mode import jvp
from gossamer.ops.fourier import (
    fft,
    fft2,
    ifft2,
    irfft,
    rfft,
)
from gossamer.ops.indexing import (
    scatter,
    scatter_update,
    take,
    take_along_axis,
    unravel_index,
)
from gossamer.ops.join import (
    append,
    concatenate,
    dstack,
    hstack,
    repeat,
    stack,
    tile,
    vstack,
)
from gossamer.ops.local_response import local_response_normalization
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
from gossamer.ops.matmul import matmul
from gossamer.ops.matrices import (
    diag,
    diagflat,
    diagonal,
    vander,
)
from gossamer.ops.morphology import (
    dilation2d,
    erosion2d,
)
from gossamer.ops.nan_reduce import (
    nanargmax,
    nanargmin,
    nanmax,
    nanmean,
    nanmin,
    nanprod,
    nanstd,
    nansum,
    nanvar,
)
from gossamer.ops.neighbours import (
    correlate,
    diff,
    trapezoid,
)
from gossamer.ops.normalization import (
    batch_normalization,
    layer_normalization,
    rms_normalization,
)
from gossamer.ops.norms import norm
from gossamer.ops.patches import (
    depth_to_space,
    fold,
    space_to_depth,
    unfold,
)
from gossamer.ops.pool import (
    average_pool,
    max_pool,
    max_pool_with_argmax,
)
from gossamer.ops.products import (
    dot,
    inner,
    kron,
    outer,
    tensordot,
    vdot,
)
from gossamer.ops.quantiles import (
    median,
    nanmedian,
    nanpercentile,
    nanquantile,
    percentile,
    quantile,
)
from gossamer.ops.rearrange import rearrange
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
from gossamer.ops.segment import (
    segment_max,
    segment_min,
    segment_prod,
    segment_sum,
)
from gossamer.ops.select import select
from gossamer.ops.sequences import extract_sequences
from gossamer.ops.sets import (
    isin,
    nonzero,
    unique,
)
from gossamer.ops.short_time import (
    istft,
    stft,
)
from gossamer.ops.slicing import pad
from gossamer.ops.solving import (
    cholesky_inverse,
    inv,
    lstsq,
    matrix_rank,
    pinv,
    solve,
    solve_triangular,
)
from gossamer.ops.sorting import (
    argpartition,
    argsort,
    digitize,
    in_top_k,
    searchsorted,
    sort,
    top_k,
)
from gossamer.ops.spaces import (
    geomspace,
    linspace,
    logspace,
)
from gossamer.ops.special import (
    cbrt,
    deg2rad,
    exp2,
    hypot,
    i0,
    logaddexp2,
    rad2deg,
    sinc,
)
from gossamer.ops.spectra import (
    eig,
    eigh,
    svd,
)
from gossamer.ops.splitting import (
    array_split,
    dsplit,
    hsplit,
    split,
    unstack,
    vsplit,
)
from gossamer.ops.statistics import (
    average,
    bincount,
    corrcoef,
    histogram,
    ptp,
)
from gossamer.ops.storage import (
    ldexp,
    nextafter,
    saturate_cast,
    signbit,
)
from gossamer.ops.subscript import get_item
from gossamer.ops.tapers import (
    bartlett,
    blackman,
    hamming,
    hanning,
    kaiser,
)
from gossamer.ops.tensorflow_names import (
    band_part,
    batch_to_space,
    boolean_mask,
    confusion_matrix,
    gather_nd,
    prelu,
    setdiff1d,
    space_to_batch,
    squared_difference,
    step,
)
from gossamer.ops.variance import (
    std,
    var,
)
from gossamer.ops.vectorize import vectorize
from gossamer.ops.vectors import (
    cross,
    trace,
)
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

# Each of them takes symbolic tensors, too; as do those that `image` has alone.
_symbolic.let_take_symbolic(globals())

# Last, since they take what stands above: the operators, and Keras's sub-modules.
from gossamer.ops import image, linalg, nn, numpy, operators  # isort: skip  # noqa: E402

_symbolic.let_take_symbolic(vars(image))
