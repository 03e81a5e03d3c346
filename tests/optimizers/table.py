"""The optimizers and options that are compared with Keras, and two small networks to train.

Written once for both libraries: `ops` is either one's, and so is `optimizers`.
"""

import numpy as np

STEPS = 20
COMMON = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "Adam": [{"learning_rate": 0.01}, {"learning_rate": 0.01, "amsgrad": True, "beta_2": 0.5}],
    "AdamW": [{"learning_rate": 0.01}, {"weight_decay": 0.1, "amsgrad": True, "epsilon": 1e-3}],
    "Adamax": [{"learning_rate": 0.01}],
    "Nadam": [{"learning_rate": 0.01}, {"learning_rate": 0.01, "beta_1": 0.8}],
    "RMSprop": [
        {"learning_rate": 0.01}, {"momentum": 0.9}, {"centered": True, "epsilon": 1e-3},
        {"momentum": 0.5, "centered": True, "epsilon": 1e-2},
    ],
    "Adagrad": [{"learning_rate": 0.05}, {"initial_accumulator_value": 0.5}],
    "Adadelta": [{"learning_rate": 1.0}, {"learning_rate": 0.5, "rho": 0.8}],
    "Adafactor": [{"learning_rate": 0.05}, {"relative_step": False, "clip_threshold": 0.5}],
    "Ftrl": [
        {"learning_rate": 0.05},
        {
            "learning_rate": 0.05, "l1_regularization_strength": 0.01,
            "l2_regularization_strength": 0.02, "l2_shrinkage_regularization_strength": 0.01,
            "beta": 0.1,
        },
        {"learning_rate": 0.05, "learning_rate_power": -0.3},
    ],
    "Lamb": [{"learning_rate": 0.01}],
    "Lion": [{"learning_rate": 0.001}],
    "Muon": [
        {"learning_rate": 0.01},
        {"nesterov": False, "rms_rate": None, "adam_lr_ratio": 0.5},
        {"exclude_layers": ["w"], "adam_weight_decay": None},
    ],
    "ScheduleFreeAdamW": [{}, {"learning_rate": 0.01, "warmup_steps": 5, "weight_decay": 0.01}],
}  # fmt: skip
OPTIONS = [
    {"weight_decay": 0.1},
    {"clipnorm": 0.05},
    {"clipvalue": 0.01},
    {"global_clipnorm": 0.05},
    {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3},
    {"loss_scale_factor": 8.0},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_overwrite_frequency": 2},
    {"gradient_accumulation_steps": 2, "weight_decay": 0.1, "clipnorm": 0.05},
]
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    ),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    ),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 15}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 16, "power": 0.5}),
    (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 6, "power": 2.0, "cycle": True},
    ),
    ("PiecewiseConstantDecay", {"boundaries": [3, 10], "values": [0.1, 0.05, 0.01]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 15, "alpha": 0.1}),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.0, "decay_steps": 9, "warmup_target": 0.1, "warmup_steps": 4},
    ),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5}),
    (
        "CosineDecayRestarts",
        {
            "initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1.0, "m_mul": 0.5,
            "alpha": 0.1,
        },
    ),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 3, "t_mul": 1.5}),
]  # fmt: skip

# (optimizer, its arguments); a schedule's name in the place of a rate, with arguments.
CASES = [
    *[(name, given) for name, several in COMMON.items() for given in several],
    *[("SGD", {"learning_rate": 0.1, "momentum": 0.5, **given}) for given in OPTIONS],
    *[("Adam", {"learning_rate": 0.01, **given}) for given in OPTIONS],
    *[("Adam", {"learning_rate": schedule}) for schedule in SCHEDULES],
    ("SGD", {"learning_rate": SCHEDULES[0], "gradient_accumulation_steps": 2}),
    ("Adafactor", {"learning_rate": SCHEDULES[0]}),
    ("Nadam", {"gradient_accumulation_steps": 2}),
    ("Muon", {"gradient_accumulation_steps": 2, "use_ema": True}),
    ("ScheduleFreeAdamW", {"gradient_accumulation_steps": 2}),
]
SHAPES = {
    "convnet": {"k1": (3, 3, 2, 4), "b1": (4,), "k2": (2, 2, 4, 4), "w": (16, 3), "b": (3,)},
    "recurrent": {"kernel": (3, 8), "recurrent": (8, 8), "b1": (8,), "w": (8, 2), "b": (2,)},
}
INPUTS = {"convnet": (8, 6, 6, 2), "recurrent": (8, 5, 3)}
OUTPUTS = {"convnet": 3, "recurrent": 2}
NETWORKS = list(SHAPES)


def made(optimizers, name, given):
    """An optimizer of either library."""
    given = dict(given)
    if isinstance(given.get("learning_rate"), tuple):
        schedule, arguments = given["learning_rate"]
        given["learning_rate"] = getattr(optimizers.schedules, schedule)(**arguments)
    return getattr(optimizers, name)(**given)


def begin(network):
    """The weights that training begins with."""
    rng = np.random.default_rng(1)
    return {
        name: (rng.normal(size=shape) * max(np.prod(shape[:-1]), 4) ** -0.5).astype("float32")
        for name, shape in SHAPES[network].items()
    }


def batches(network):
    rng = np.random.default_rng(2)
    for _ in range(STEPS):
        x = rng.normal(size=INPUTS[network]).astype("float32")
        yield x, rng.integers(OUTPUTS[network], size=len(x)).astype("int32")


def loss(ops, network, weights, x, y):
    """Cross-entropy of a small network."""
    if network == "convnet":
        k1, b1, k2, w, b = weights
        x = ops.tanh(ops.conv(x, k1, padding="same") + b1)
        x = ops.tanh(ops.conv(ops.average_pool(x, (2, 2), (2, 2)), k2, padding="valid"))
        logits = ops.reshape(x, (x.shape[0], 16)) @ w + b
    else:
        kernel, recurrent, b1, w, b = weights
        h = ops.zeros((x.shape[0], 8))
        for t in range(x.shape[1]):
            h = ops.tanh(x[:, t] @ kernel + h @ recurrent + b1)
        logits = h @ w + b
    return ops.mean(ops.sparse_categorical_crossentropy(y, logits, from_logits=True))
