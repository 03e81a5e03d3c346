"""What comes beside computing: the cost of a call, first runs, programs.

Sixth of the page's Python scripts; the last of the tables, so that it names all cases.
"""
# ruff: noqa: F821 (the names that are not defined here come from the scripts before)

import numpy as np

from gossamer import ops

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
    *first(MLP, CNN, *JITTED, makes=True, tolerance=TRAINED),
    *first(MOBILENET, makes=True),
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
# What the last batch of an epoch costs, which is smaller.
CHANGE = table(
    "programs",
    (
        "batch 8 to 7, MLP",
        (*MLP_WEIGHTS, *digits(8), *digits(7)),
        *(training(mlp, jit=True, batches=2), training_js(MLP_JS, batches=2)),
    ),
    (
        "batch 8 to 7, CNN",
        (*NORMALIZING_CNN_WEIGHTS, *images(8), *images(7)),
        training(normalizing_cnn, jit=True, state=4, batches=2),
        training_js(NORMALIZING_CNN_JS, state=4, batches=2),
    ),
    limit=5,
    makes=True,
    measure="change",
    tolerance=TRAINED,
)

CASES = [
    *(*MATMUL, *VECTOR, *CONV, *CONV_GRADIENTS, *DEPTHWISE, *POOLING, *SOFTMAX, *LAYER_NORM),
    *(*ELEMENTWISE, *REDUCTIONS, *SHAPES, *FOURIER, *TRAINING, *FITS, *INFERENCE, *DISPATCH),
    *(*FIRST, *PROGRAMS, *CHANGE),
]
