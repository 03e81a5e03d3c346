"""Losses with arguments and the kind of data that they take, for the tests here."""

import numpy as np

SHAPE = (4, 3, 5)


def data(kind, seed=0):
    """True values and predictions: a pair of arrays."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=SHAPE).astype("float32")
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    labels = rng.integers(0, 5, SHAPE[:2])
    one_hot = np.eye(5, dtype="float32")[labels]
    vectors = logits[:, 0] / np.linalg.norm(logits[:, 0], axis=-1, keepdims=True)
    return {
        "numbers": (rng.normal(size=SHAPE).astype("float32"), logits),
        "positive": (rng.random(SHAPE, "float32") * 3, rng.random(SHAPE, "float32") + 0.1),
        "shares": (one_hot, shares),
        "logits": (one_hot, logits),
        "binary": ((one_hot > 0).astype("float32"), 1 / (1 + np.exp(-logits))),
        "signs": (one_hot * 2 - 1, logits),
        "sparse": (labels.astype("int32"), shares),
        "sparse logits": (labels[..., None].astype("int32"), logits),
        "embedded": (np.array([0, 1, 0, 1], "int32"), vectors),
        "sequences": (np.array([[1, 2], [3, 0], [2, 2], [0, 0]], "int32"), np.repeat(logits, 2, 1)),
        "flat": (rng.random(6, "float32"), rng.random((6, 1), "float32")),
    }[kind]


# Class, arguments, kinds of data.
LOSSES = [
    ("MeanSquaredError", {}, ["numbers", "flat"]),
    ("MeanAbsoluteError", {}, ["numbers", "flat"]),
    ("MeanAbsolutePercentageError", {}, ["positive", "flat"]),
    ("MeanSquaredLogarithmicError", {}, ["positive", "numbers"]),
    ("CosineSimilarity", {}, ["numbers"]),
    ("CosineSimilarity", {"axis": 1}, ["numbers"]),
    ("Huber", {}, ["numbers", "flat"]),
    ("Huber", {"delta": 0.3}, ["numbers"]),
    ("LogCosh", {}, ["numbers", "flat"]),
    ("Hinge", {}, ["signs", "logits"]),
    ("SquaredHinge", {}, ["signs", "logits"]),
    ("CategoricalHinge", {}, ["logits"]),
    ("KLDivergence", {}, ["shares"]),
    ("Poisson", {}, ["positive"]),
    ("BinaryCrossentropy", {}, ["binary"]),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, ["logits"]),
    ("BinaryCrossentropy", {"axis": 1}, ["binary"]),
    ("BinaryFocalCrossentropy", {}, ["binary"]),
    (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True, "alpha": 0.4, "gamma": 3.0, "from_logits": True},
        ["logits"],
    ),
    ("BinaryFocalCrossentropy", {"label_smoothing": 0.2, "axis": 1}, ["binary"]),
    ("CategoricalCrossentropy", {}, ["shares"]),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, ["logits"]),
    ("CategoricalCrossentropy", {"axis": 1}, ["binary"]),
    ("CategoricalFocalCrossentropy", {}, ["shares"]),
    ("CategoricalFocalCrossentropy", {"from_logits": True, "alpha": [1, 2, 3, 4, 5]}, ["logits"]),
    ("CategoricalFocalCrossentropy", {"label_smoothing": 0.1, "gamma": 1.5}, ["shares"]),
    ("SparseCategoricalCrossentropy", {}, ["sparse"]),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, ["sparse logits"]),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, ["sparse"]),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 0}, ["sparse logits"]),
    ("CategoricalGeneralizedCrossEntropy", {}, ["sparse"]),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.2}, ["sparse"]),
    ("Dice", {}, ["binary"]),
    ("Dice", {"axis": (1, 2)}, ["binary"]),
    ("Tversky", {}, ["binary"]),
    ("Tversky", {"alpha": 0.3, "beta": 0.7, "axis": (1, 2)}, ["binary"]),
    ("Circle", {}, ["embedded"]),
    ("Circle", {"gamma": 4.0, "margin": 0.2, "remove_diagonal": False}, ["embedded"]),
    ("CTC", {}, ["sequences"]),
]
CASES = [(name, given, kind) for name, given, kinds in LOSSES for kind in kinds]
REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]
