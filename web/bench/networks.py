"""Whole networks: steps of training, and inference.

Fourth of the page's Python scripts.
"""
# ruff: noqa: F821 (the names that are not defined here come from the scripts before)

import itertools

import numpy as np

import gossamer as gs
from gossamer import ops

# ---- training ----------------------------------------------------------------------------------


def training(forward, jit=False, state=0, batches=1):
    """From a forward pass to a function that makes a step of Adam.

    Args:
        forward: of `x` and variables.
        jit: whether the step is one program.
        state: how many of the variables, the last ones, `forward` assigns itself.
        batches: how many pairs of `x` and `y` follow the variables; the steps take turns with them.
    """

    def make(*given):
        values, examples = given[: -2 * batches], given[-2 * batches :]
        learned = len(values) - state
        variables = [gs.Variable(value, trainable=i < learned) for i, value in enumerate(values)]
        optimizer = gs.optimizers.Adam(0.001)
        loss_of = gs.losses.CategoricalCrossentropy(from_logits=True)

        def step(x, y):
            with gs.GradientTape() as tape:
                loss = loss_of(y, forward(x, *variables))
            trained = variables[:learned]
            optimizer.apply(tape.gradient(loss, trained), trained)
            return loss

        run = gs.jit(step) if jit else step
        turns = itertools.cycle(zip(examples[::2], examples[1::2], strict=True))
        return lambda: run(*next(turns))

    return make


def training_js(forward, state=0, batches=1):
    """The same for TensorFlow.js, whose own epsilon, 1e-4, is meant for half floats."""
    return f"""(...given) => {{
  const examples = given.splice(-{2 * batches});
  const learned = given.length - {state};
  const variables = given.map((value, i) => tf.variable(value, i < learned));
  const trained = variables.slice(0, learned);
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-7);
  const forward = {forward};
  const step = (x, y) => optimizer.minimize(
    () => tf.losses.softmaxCrossEntropy(y, forward(x, ...variables)), true, trained);
  let turn = 0;
  return () => {{
    const first = 2 * (turn++ % {batches});
    return step(examples[first], examples[first + 1]);
  }};
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


def normalizing_cnn(x, k1, b1, gamma1, beta1, k2, b2, gamma2, beta2, w, b, *moving):
    """With batch normalization in training: by moments of the batch, which moving ones follow."""

    def layer(x, kernel, bias, gamma, beta, *moving):
        x = ops.conv(x, kernel, padding="same") + bias
        mean, variance = ops.moments(x, (0, 1, 2))
        for average, now in zip(moving, (mean, variance), strict=True):
            average.assign_sub((average - now) * 0.01)
        x = ops.batch_normalization(x, mean, variance, -1, beta, gamma, 1e-3)
        return ops.max_pool(ops.relu(x), 2)

    x = layer(x, k1, b1, gamma1, beta1, *moving[:2])
    x = layer(x, k2, b2, gamma2, beta2, *moving[2:])
    return ops.matmul(ops.reshape(x, (x.shape[0], -1)), w) + b


NORMALIZING_CNN_JS = """(x, k1, b1, gamma1, beta1, k2, b2, gamma2, beta2, w, b, ...moving) => {
    const layer = (x, kernel, bias, gamma, beta, ...moving) => {
      x = tf.add(tf.conv2d(x, kernel, 1, "same"), bias);
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      for (const [i, now] of [mean, variance].entries()) {
        moving[i].assign(tf.sub(moving[i], tf.mul(tf.sub(moving[i], now), 0.01)));
      }
      x = tf.batchNorm(x, mean, variance, beta, gamma, 1e-3);
      return tf.maxPool(tf.relu(x), 2, 2, "valid");
    };
    x = layer(x, k1, b1, gamma1, beta1, moving[0], moving[1]);
    x = layer(x, k2, b2, gamma2, beta2, moving[2], moving[3]);
    return tf.add(tf.matMul(tf.reshape(x, [x.shape[0], -1]), w), b);
  }"""


def lstm(x, kernel, recurrent, bias, w, b):
    """The last state of Keras's LSTM, unrolled, and a dense layer."""
    h = c = ops.zeros((x.shape[0], recurrent.shape[0]))
    for now in ops.unstack(x, axis=1):
        z = ops.matmul(now, kernel) + ops.matmul(h, recurrent) + bias
        i, f, candidate, o = ops.split(z, 4, -1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(candidate)
        h = ops.sigmoid(o) * ops.tanh(c)
    return ops.matmul(h, w) + b


LSTM_JS = """(x, kernel, recurrent, bias, w, b) => {
    let h = tf.zeros([x.shape[0], recurrent.shape[0]]);
    let c = h;
    for (const now of tf.unstack(x, 1)) {
      const z = tf.add(tf.add(tf.matMul(now, kernel), tf.matMul(h, recurrent)), bias);
      const [i, f, candidate, o] = tf.split(z, 4, -1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(candidate)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    }
    return tf.add(tf.matMul(h, w), b);
  }"""


def images(count):
    """Inputs: a batch for the convolutional networks."""
    return (count, 28, 28, 1), labels(count, 10)


def digits(count):
    """Inputs: a batch for the multilayer perceptron."""
    return (count, 784), labels(count, 10)


MLP_WEIGHTS = (weights(784, 128), zeros(128), weights(128, 10), zeros(10))
CNN_WEIGHTS = (
    *(weights(3, 3, 1, 8), zeros(8), weights(3, 3, 8, 16), zeros(16), weights(784, 10), zeros(10)),
)
NORMALIZING_CNN_WEIGHTS = (
    *(weights(3, 3, 1, 8), zeros(8), ones(8), zeros(8)),
    *(weights(3, 3, 8, 16), zeros(16), ones(16), zeros(16)),
    *(weights(784, 10), zeros(10), zeros(8), ones(8), zeros(16), ones(16)),
)
LSTM_WEIGHTS = (
    # The forget gate, second of four, begins open, as in Keras.
    *(weights(12, 64), weights(16, 64), np.repeat(np.float32([0, 1, 0, 0]), 16)),
    *(weights(16, 10), zeros(10)),
)

MLP = (
    "step of Adam, MLP 784-128-10, batch 32",
    (*MLP_WEIGHTS, *digits(32)),
    *(training(mlp), training_js(MLP_JS)),
)
CNN = (
    "step of Adam, CNN of 2 conv 3x3, batch 32",
    (*CNN_WEIGHTS, *images(32)),
    *(training(cnn), training_js(CNN_JS)),
)
JITTED = (
    (
        "jitted step of Adam, MLP 784-128-10, batch 32",
        (*MLP_WEIGHTS, *digits(32)),
        *(training(mlp, jit=True), training_js(MLP_JS)),
    ),
    (
        "jitted step of Adam, CNN of 2 conv 3x3 with batch norm, batch 8",
        (*NORMALIZING_CNN_WEIGHTS, *images(8)),
        training(normalizing_cnn, jit=True, state=4),
        training_js(NORMALIZING_CNN_JS, state=4),
    ),
    (
        "jitted step of Adam, LSTM(16) over 40 steps, batch 8",
        (*LSTM_WEIGHTS, (8, 40, 12), labels(8, 10)),
        *(training(lstm, jit=True), training_js(LSTM_JS)),
    ),
)
# Of losses after some steps. TensorFlow.js corrects the mean square before it adds epsilon, Keras
# after: by the fifth step the loss of an MLP, many of whose gradients are small, differs by 1e-3.
TRAINED = 3e-3
TRAINING = [
    *table("training", MLP, CNN, makes=True, tolerance=TRAINED),
    *table("training", *JITTED, makes=True, tolerance=TRAINED, wanted=3.0),
]

# ---- inference ---------------------------------------------------------------------------------


def inference(forward):
    """From a forward pass to a function that makes a program of it; `x` is last."""

    def make(*given):
        *first, x = given
        variables = [gs.Variable(value) for value in first]
        predict = gs.jit(lambda x: forward(x, *variables))
        return lambda: predict(x)

    return make


def inference_js(forward):
    """The same for TensorFlow.js."""
    return f"""(...given) => {{
  const x = given.pop();
  const variables = given.map((value) => tf.variable(value));
  const forward = {forward};
  return () => tf.tidy(() => forward(x, ...variables));
}}"""


MOBILENET = (
    "MobileNetV1 1.0 224, batch 1",
    mobilenet_inputs(),
    *(inference(mobilenet), inference_js(MOBILENET_JS)),
)
INFERENCE = table("inference", MOBILENET, makes=True, wanted=2.0)
