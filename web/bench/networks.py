"""More than single operations: steps of training, the cost of a call, first runs, programs.

Third of the page's Python scripts; the last of the tables, so that it names all cases.
"""
# ruff: noqa: F821 (the names that are not defined here come from the scripts before)

import numpy as np

import gossamer as gs
from gossamer import ops

# ---- training ----------------------------------------------------------------------------------


def training(forward):
    """From a forward pass to a function that makes a step of Adam, `x` and `y` being last."""

    def make(*given):
        *first, x, y = given
        variables = [gs.Variable(value) for value in first]
        optimizer = gs.optimizers.Adam(0.001)
        loss_of = gs.losses.CategoricalCrossentropy(from_logits=True)

        def step():
            with gs.GradientTape() as tape:
                loss = loss_of(y, forward(x, *variables))
            optimizer.apply(tape.gradient(loss, variables), variables)
            return loss

        return step

    return make


def training_js(forward):
    """The same for TensorFlow.js, whose own epsilon, 1e-4, is meant for half floats."""
    return f"""(...given) => {{
  const y = given.pop(), x = given.pop();
  const variables = given.map((value) => tf.variable(value));
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-7);
  const forward = {forward};
  const loss = () => tf.losses.softmaxCrossEntropy(y, forward(x, ...variables));
  return () => optimizer.minimize(loss, true, variables);
}}"""


def mlp(x, w1, b1, w2, b2):
    return ops.matmul(ops.relu(ops.matmul(x, w1) + b1), w2) + b2


MLP_JS = """(x, w1, b1, w2, b2) =>
    tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(x, w1), b1)), w2), b2)"""


def cnn(x, k1, b1, k2, b2, w, b):
    x = ops.max_pool(ops.relu(ops.conv(x, k1, padding="same") + b1), 2)
    x = ops.max_pool(ops.relu(ops.conv(x, k2, padding="same") + b2), 2)
    return ops.matmul(ops.reshape(x, (x.shape[0], -1)), w) + b


CNN_JS = """(x, k1, b1, k2, b2, w, b) => {
    x = tf.maxPool(tf.relu(tf.add(tf.conv2d(x, k1, 1, "same"), b1)), 2, 2, "valid");
    x = tf.maxPool(tf.relu(tf.add(tf.conv2d(x, k2, 1, "same"), b2)), 2, 2, "valid");
    return tf.add(tf.matMul(tf.reshape(x, [x.shape[0], -1]), w), b);
  }"""


def zeros(*shape):
    return np.zeros(shape, np.float32)


MLP = (
    "step of Adam, MLP 784-128-10, batch 32",
    (weights(784, 128), zeros(128), weights(128, 10), zeros(10), (32, 784), labels(32, 10)),
    *(training(mlp), training_js(MLP_JS)),
)
CNN = (
    "step of Adam, CNN of 2 conv 3x3, batch 32",
    (
        *(weights(3, 3, 1, 8), zeros(8), weights(3, 3, 8, 16), zeros(16)),
        *(weights(784, 10), zeros(10), (32, 28, 28, 1), labels(32, 10)),
    ),
    *(training(cnn), training_js(CNN_JS)),
)
TRAINING = table("training", MLP, CNN, makes=True, tolerance=1e-3)

# ---- dispatch, first runs, programs ------------------------------------------------------------

SMALL = (16, 16)
DISPATCH = table(
    "dispatch",
    ("dispatch add, 16x16", (SMALL, SMALL), ops.add, "tf.add"),
    ("dispatch relu, 16x16", (SMALL,), ops.relu, "tf.relu"),
    ("dispatch x + 1, 16x16", (SMALL,), lambda x: x + 1.0, "(x) => tf.add(x, 1)"),
    ("dispatch matmul, 16x16", (SMALL, SMALL), ops.matmul, "tf.matMul"),
    limit=30.0,
    measure="dispatch",
)


def first(*cases, **options):
    """The same cases where nothing has been compiled yet."""
    rows = [(f"first {name}", *others) for name, *others in cases]
    return table("first run", *rows, wanted=1.0, measure="first", **options)


def as_row(case):
    return case.name, case.inputs, case.python, case.javascript


def various_shapes(count):
    """Shapes of one to four axes, of some hundred to some ten thousand elements."""
    random = np.random.default_rng(50)
    shapes = []
    while len(shapes) < count:
        shape = tuple(random.integers(1, 64, size=1 + len(shapes) % 4).tolist())
        if len(shape) == 1:
            shape = (shape[0] * 100,)
        if 200 <= np.prod(shape) <= 50_000 and shape not in shapes:
            shapes.append(shape)
    return tuple(shapes)


FIRST = [
    *first(*map(as_row, (MATMUL[0], CONV[3], SOFTMAX[1], LAYER_NORM[1], ELEMENTWISE[5]))),
    *first(MLP, CNN, makes=True, tolerance=1e-3),
]
PROGRAMS = table(
    "programs",
    (
        "relu then sum, 50 shapes",
        various_shapes(50),
        lambda x: ops.sum(ops.relu(x)),
        "(x) => tf.sum(tf.relu(x))",
    ),
    limit=6,
    measure="programs",
)

CASES = [
    *(*MATMUL, *VECTOR, *CONV, *CONV_GRADIENTS, *DEPTHWISE, *POOLING, *SOFTMAX, *LAYER_NORM),
    *(*ELEMENTWISE, *REDUCTIONS, *SHAPES, *FOURIER, *TRAINING, *DISPATCH, *FIRST, *PROGRAMS),
]
