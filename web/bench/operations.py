"""Single operations: what networks consist of, in the sizes that they have there.

Second of the page's Python scripts. What is wanted is wanted on a software GPU.
"""
# ruff: noqa: F821 (the names that are not defined here come from the script before)

import gossamer as gs
from gossamer import ops

# ---- matmul ------------------------------------------------------------------------------------

MATMUL = table(
    "matmul",
    *[(f"matmul {n}", ((n, n), (n, n)), ops.matmul, "tf.matMul") for n in (256, 512, 1024)],
    ("matmul 8x128x128x128", ((8, 128, 128), (8, 128, 128)), ops.matmul, "tf.matMul"),
    (
        "matmul 256, a transposed",
        ((256, 256), (256, 256)),
        lambda a, b: ops.matmul(ops.transpose(a), b),
        "(a, b) => tf.matMul(a, b, true, false)",
    ),
    (
        "matmul 256, b transposed",
        ((256, 256), (256, 256)),
        lambda a, b: ops.matmul(a, ops.transpose(b)),
        "(a, b) => tf.matMul(a, b, false, true)",
    ),
    wanted=2.0,
)
VECTOR = table(
    "matmul",
    ("matmul 1024x1024x1", ((1024, 1024), (1024, 1)), ops.matmul, "tf.matMul"),
    ("matmul 1x1024x1024", ((1, 1024), (1024, 1024)), ops.matmul, "tf.matMul"),
)

# ---- convolution -------------------------------------------------------------------------------

# Inputs (batch, height, width, channels), taps, filters, stride: layers of MobileNet and ResNet.
LAYERS = (
    ((1, 56, 56, 64), 3, 64, 1),
    ((1, 28, 28, 128), 3, 128, 1),
    ((1, 14, 14, 256), 3, 256, 1),
    ((8, 28, 28, 16), 3, 32, 1),
    ((1, 112, 112, 32), 3, 64, 2),
    ((1, 224, 224, 3), 3, 32, 2),
    ((1, 112, 112, 32), 1, 64, 1),
    ((1, 56, 56, 64), 1, 128, 1),
    ((1, 28, 28, 128), 1, 256, 1),
    ((1, 14, 14, 256), 1, 256, 1),
    ((1, 7, 7, 512), 1, 1024, 1),
)
DEPTHWISE_LAYERS = (
    ((1, 112, 112, 32), 1),
    ((1, 56, 56, 128), 1),
    ((1, 56, 56, 128), 2),
    ((1, 14, 14, 512), 1),
)


def conv_case(x, taps, filters, stride):
    name = f"conv {taps}x{taps}, {by(x)} to {filters}" + (f", stride {stride}" * (stride > 1))
    return (
        *(name, (x, (taps, taps, x[-1], filters))),
        lambda x, w: ops.conv(x, w, strides=stride, padding="same"),
        f"(x, w) => tf.conv2d(x, w, {stride}, 'same')",
    )


def gradient_case(which, x, taps, filters):
    """Forwards and then the gradient of the inputs (which = 0) or of the kernel (which = 1)."""

    def python(*given):
        with gs.GradientTape() as tape:
            tape.watch(given[which])
            y = ops.conv(given[0], given[1], padding="same")
        return tape.gradient(y, given[which], given[2])

    javascript = ("x", "w")[which]
    return (
        f"conv {taps}x{taps}, {by(x)} to {filters}, and gradient of {('inputs', 'kernel')[which]}",
        (x, (taps, taps, x[-1], filters), (*x[:-1], filters)),
        python,
        f"(x, w, dy) => tf.grad(({javascript}) => tf.conv2d(x, w, 1, 'same'))({javascript}, dy)",
    )


def depthwise_case(x, stride):
    return (
        f"depthwise 3x3, {by(x)}" + (f", stride {stride}" * (stride > 1)),
        (x, (3, 3, x[-1], 1)),
        lambda x, w: ops.depthwise_conv(x, w, strides=stride, padding="same"),
        f"(x, w) => tf.depthwiseConv2d(x, w, {stride}, 'same')",
    )


CONV = table("conv", *[conv_case(*layer) for layer in LAYERS], wanted=2.0)
CONV_GRADIENTS = table(
    "conv gradients",
    *[
        gradient_case(which, *layer)
        for layer in (
            ((8, 28, 28, 16), 3, 32),
            ((1, 28, 28, 128), 3, 128),
            ((1, 56, 56, 64), 1, 128),
        )
        for which in (0, 1)
    ],
)
DEPTHWISE = table("depthwise", *[depthwise_case(*layer) for layer in DEPTHWISE_LAYERS], wanted=1.5)

# ---- pooling, softmax, layer normalization -----------------------------------------------------


def pool_case(name, x, size, stride):
    pool, rival = {
        "max pool": (ops.max_pool, "tf.maxPool"),
        "average pool": (ops.average_pool, "tf.avgPool"),
    }[name]
    return (
        f"{name} {size}x{size}, {by(x)}, stride {stride}",
        (x,),
        lambda x: pool(x, size, stride, "same"),
        f"(x) => {rival}(x, {size}, {stride}, 'same')",
    )


POOLING = table(
    "pooling",
    pool_case("max pool", (1, 112, 112, 64), 3, 2),
    pool_case("max pool", (8, 56, 56, 32), 2, 2),
    pool_case("average pool", (1, 56, 56, 128), 2, 2),
    pool_case("average pool", (1, 28, 28, 192), 3, 1),
    (
        "mean of places, 1x7x7x1024",
        ((1, 7, 7, 1024),),
        lambda x: ops.mean(x, (1, 2)),
        "(x) => tf.mean(x, [1, 2])",
    ),
    wanted=1.5,
)
SOFTMAX = table(
    "softmax",
    *[
        (f"softmax {by(shape)}", (shape,), ops.softmax, "(x) => tf.softmax(x)")
        for shape in ((1024, 1024), (64, 10), (1, 1000), (8, 12, 64, 64))
    ],
    wanted=1.5,
)
LAYER_NORM_JS = """(x, gamma, beta) => {
  const { mean, variance } = tf.moments(x, -1, true);
  const scaled = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 0.001)));
  return tf.add(tf.mul(scaled, gamma), beta);
}"""
LAYER_NORM = table(
    "layer norm",
    *[
        (
            *(f"layer norm {by(shape)}", (shape, shape[-1:], shape[-1:])),
            lambda x, gamma, beta: ops.layer_normalization(x, gamma, beta, epsilon=0.001),
            LAYER_NORM_JS,
        )
        for shape in ((1024, 1024), (128, 768))
    ],
    wanted=1.5,
)

# ---- elementwise, reductions, transposes -------------------------------------------------------

LARGE = (1024, 1024)
ELEMENTWISE = table(
    "elementwise",
    ("add, 1024x1024", (LARGE, LARGE), ops.add, "tf.add"),
    ("add a row, 1024x1024", (LARGE, (1024,)), ops.add, "tf.add"),
    ("add a column, 1024x1024", (LARGE, (1024, 1)), ops.add, "tf.add"),
    ("relu, 1024x1024", (LARGE,), ops.relu, "tf.relu"),
    ("tanh, 1024x1024", (LARGE,), ops.tanh, "tf.tanh"),
    (
        "exp(a * b), 1024x1024",
        (LARGE, LARGE),
        lambda a, b: ops.exp(ops.multiply(a, b)),
        "(a, b) => tf.exp(tf.mul(a, b))",
    ),
    (
        "where(a > b, a, b), 1024x1024",
        (LARGE, LARGE),
        lambda a, b: ops.where(ops.greater(a, b), a, b),
        "(a, b) => tf.where(tf.greater(a, b), a, b)",
    ),
    wanted=1.5,
)
REDUCTIONS = table(
    "reductions",
    ("sum, 1024x1024", (LARGE,), ops.sum, "tf.sum"),
    ("sum axis 0, 1024x1024", (LARGE,), lambda x: ops.sum(x, 0), "(x) => tf.sum(x, 0)"),
    ("sum axis 1, 1024x1024", (LARGE,), lambda x: ops.sum(x, 1), "(x) => tf.sum(x, 1)"),
    ("max axis 1, 1024x1024", (LARGE,), lambda x: ops.max(x, 1), "(x) => tf.max(x, 1)"),
    ("argmax axis 1, 1024x1024", (LARGE,), lambda x: ops.argmax(x, 1), "(x) => tf.argMax(x, 1)"),
)
SHAPES = table(
    "shapes",
    ("transpose, 1024x1024", (LARGE,), ops.transpose, "(x) => tf.transpose(x)"),
    (
        "transpose 0 2 1 3, 8x64x12x64",
        ((8, 64, 12, 64),),
        lambda x: ops.transpose(x, (0, 2, 1, 3)),
        "(x) => tf.transpose(x, [0, 2, 1, 3])",
    ),
    (
        "concatenate, 2 of 1024x512",
        ((1024, 512), (1024, 512)),
        lambda a, b: ops.concatenate([a, b], -1),
        "(a, b) => tf.concat([a, b], -1)",
    ),
    (
        "take 512 of 10000 rows of 64",
        ((10000, 64), lambda random: random.integers(10000, size=512, dtype=np.int32)),
        lambda x, rows: ops.take(x, rows, 0),
        "(x, rows) => tf.gather(x, rows, 0)",
    ),
)

# ---- Fourier transforms ------------------------------------------------------------------------

FOURIER = table(
    "fourier",
    *[
        (
            f"real part of fft, {by(shape)}",
            (shape, shape),
            lambda real, imaginary: ops.fft((real, imaginary))[0],
            "(real, imaginary) => tf.real(tf.spectral.fft(tf.complex(real, imaginary)))",
        )
        for shape in ((64, 256), (16, 1024))
    ],
    tolerance=1e-3,  # TensorFlow.js's sines and cosines err by 2e-4
)
