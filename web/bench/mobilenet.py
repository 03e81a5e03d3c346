"""MobileNetV1 1.0 for images of 224x224, with random weights: what networks in pages look like.

Third of the page's Python scripts. Source: Howard et al., "MobileNets: efficient convolutional
neural networks for mobile vision applications", 2017; as in Keras, batch normalization has
epsilon 1e-3. `"same"` pads even sizes at stride 2 by (0, 1), as Keras's own zero padding does.
"""
# ruff: noqa: F821 (the names that are not defined here come from the scripts before)

import numpy as np

from gossamer import ops

FILTERS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)  # of pointwise layers
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)  # of the depthwise layers before these
CLASSES = 1000
EPSILON = 1e-3


def he(shape, fan_in):
    """An input: random weights that keep the mean square through a relu."""
    return lambda random: (
        random.standard_normal(shape, np.float32) * np.float32((2 / fan_in) ** 0.5)
    )


def statistics(channels):
    """Inputs of a batch normalization that has been trained: gamma, beta, mean, variance."""

    def near(center, spread):
        return lambda random: random.uniform(center - spread, center + spread, channels).astype(
            np.float32
        )

    return near(1, 0.2), near(0, 0.2), near(0, 0.2), near(1, 0.2)


def mobilenet_inputs():
    """All weights in the order of use, and the image, which is last."""
    channels = 32
    given = [he((3, 3, 3, channels), 3 * 3 * 3), *statistics(channels)]
    for filters in FILTERS:
        given += [he((3, 3, channels, 1), 3 * 3), *statistics(channels)]
        given += [he((1, 1, channels, filters), channels), *statistics(filters)]
        channels = filters
    return *given, weights(channels, CLASSES), zeros(CLASSES), (1, 224, 224, 3)


def mobilenet(x, *given):
    """The probabilities of the classes."""
    rest = iter(given)

    def normalized(x):
        gamma, beta, mean, variance = (next(rest) for _ in range(4))
        return ops.relu6(ops.batch_normalization(x, mean, variance, -1, beta, gamma, EPSILON))

    x = normalized(ops.conv(x, next(rest), strides=2, padding="same"))
    for stride in STRIDES:
        x = normalized(ops.depthwise_conv(x, next(rest), strides=stride, padding="same"))
        x = normalized(ops.conv(x, next(rest), padding="same"))
    return ops.softmax(ops.matmul(ops.mean(x, (1, 2)), next(rest)) + next(rest))


MOBILENET_JS = f"""(x, ...given) => {{
    let used = 0;
    const next = () => given[used++];
    const normalized = (x) => {{
      const [gamma, beta, mean, variance] = [next(), next(), next(), next()];
      return tf.relu6(tf.batchNorm(x, mean, variance, beta, gamma, {EPSILON}));
    }};
    x = normalized(tf.conv2d(x, next(), 2, "same"));
    for (const stride of {list(STRIDES)}) {{
      x = normalized(tf.depthwiseConv2d(x, next(), stride, "same"));
      x = normalized(tf.conv2d(x, next(), 1, "same"));
    }}
    return tf.softmax(tf.add(tf.matMul(tf.mean(x, [1, 2]), next()), next()));
  }}"""
