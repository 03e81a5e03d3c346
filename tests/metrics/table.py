"""Metrics with arguments and the kind of data that they take, for the tests here."""

import numpy as np


def batches(kind, seed=0):
    """Three batches of true values and predictions, of different sizes."""
    rng = np.random.default_rng(seed)
    found = []
    for size in (6, 4, 7):
        logits = rng.normal(size=(size, 5)).astype("float32")
        shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        labels = rng.integers(0, 5, size).astype("int32")
        one_hot = np.eye(5, dtype="float32")[labels]
        found.append({
            "numbers": (rng.normal(size=(size, 5)).astype("float32"), logits),
            "positive": (rng.random((size, 5), "float32"), rng.random((size, 5), "float32") + 0.1),
            "steps": (
                rng.normal(size=(size, 3, 5)).astype("float32"),
                rng.normal(size=(size, 3, 5)).astype("float32"),
            ),
            "labels": (labels, rng.integers(0, 5, size).astype("int32")),
            "shares": (one_hot, shares),
            "logits": (one_hot, logits),
            "sparse": (labels, shares),
            "sparse column": (labels[:, None], shares),
            "sparse steps": (
                rng.integers(0, 5, (size, 3)).astype("int32"),
                rng.random((size, 3, 5), "float32"),
            ),
            "sorted": (labels, np.argsort(-shares, -1).astype("int32")),
            "binary": (rng.integers(0, 2, size), rng.random(size, "float32")),
            "binary column": (rng.integers(0, 2, (size, 1)), rng.random((size, 1), "float32")),
            "flat column": (rng.integers(0, 2, size), rng.random((size, 1), "float32")),
            "several": (rng.integers(0, 2, (size, 5)), rng.random((size, 5), "float32")),
            "edges": (rng.integers(0, 2, (size, 5)), rng.integers(0, 5, (size, 5)) / np.float32(4)),
            "logits of one": (rng.integers(0, 2, size), logits[:, 0]),
        }[kind])  # fmt: skip
    return found


BINARY = ["binary", "binary column", "flat column", "several", "edges"]
SOME = {"thresholds": [0.2, 0.5, 0.9]}
EVEN = {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}

# Class, arguments, kinds of data.
METRICS = [
    ("Accuracy", {}, ["labels"]),
    ("BinaryAccuracy", {}, BINARY),
    ("BinaryAccuracy", {"threshold": 0.3}, ["several"]),
    ("CategoricalAccuracy", {}, ["shares", "logits", "steps"]),
    ("SparseCategoricalAccuracy", {}, ["sparse", "sparse column", "sparse steps"]),
    ("TopKCategoricalAccuracy", {}, ["shares"]),
    ("TopKCategoricalAccuracy", {"k": 2}, ["shares", "steps"]),
    ("SparseTopKCategoricalAccuracy", {"k": 3}, ["sparse", "sparse column", "sparse steps"]),
    ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, ["sorted"]),
    ("BinaryCrossentropy", {}, ["several"]),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, ["logits"]),
    ("CategoricalCrossentropy", {}, ["shares"]),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, ["logits"]),
    ("SparseCategoricalCrossentropy", {}, ["sparse", "sparse column", "sparse steps"]),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2, "from_logits": True}, ["sparse"]),
    ("KLDivergence", {}, ["shares"]),
    ("Poisson", {}, ["positive"]),
    ("Hinge", {}, ["logits"]),
    ("SquaredHinge", {}, ["logits"]),
    ("CategoricalHinge", {}, ["logits"]),
    ("MeanSquaredError", {}, ["numbers", "steps"]),
    ("RootMeanSquaredError", {}, ["numbers", "steps"]),
    ("MeanAbsoluteError", {}, ["numbers", "steps"]),
    ("MeanAbsolutePercentageError", {}, ["positive"]),
    ("MeanSquaredLogarithmicError", {}, ["positive"]),
    ("CosineSimilarity", {}, ["numbers", "steps"]),
    ("CosineSimilarity", {"axis": 1}, ["steps"]),
    ("LogCoshError", {}, ["numbers"]),
    ("R2Score", {}, ["numbers"]),
    ("R2Score", {"class_aggregation": None}, ["numbers"]),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, ["numbers"]),
    ("R2Score", {"num_regressors": 2}, ["numbers"]),
    ("PearsonCorrelation", {}, ["numbers", "steps"]),
    ("PearsonCorrelation", {"axis": 1}, ["steps"]),
    ("ConcordanceCorrelation", {}, ["numbers", "steps"]),
    ("ConcordanceCorrelation", {"axis": 1}, ["steps"]),
    *[
        (name, given, kinds)
        for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
        for given, kinds in (({}, BINARY), ({"thresholds": 0.3}, ["binary"]),
                             (SOME, BINARY), (EVEN, BINARY))
    ],
    *[
        (name, given, kinds)
        for name in ("Precision", "Recall")
        for given, kinds in (({}, BINARY), (SOME, BINARY), (EVEN, BINARY),
                             ({"top_k": 2}, ["several", "shares"]),
                             ({"top_k": 3, "thresholds": 0.2}, ["several", "shares"]),
                             ({"class_id": 1}, ["several", "shares"]),
                             ({"class_id": 2, "top_k": 2}, ["several"]))
    ],
    *[
        (name, {argument: value, **given}, kinds)
        for name, argument in (
            ("SensitivityAtSpecificity", "specificity"),
            ("SpecificityAtSensitivity", "sensitivity"),
            ("PrecisionAtRecall", "recall"),
            ("RecallAtPrecision", "precision"),
        )
        for value, given, kinds in ((0.5, {}, BINARY), (0.8, {"num_thresholds": 1}, ["binary"]),
                                    (0.3, {"num_thresholds": 7, "class_id": 1}, ["several"]))
    ],
    *[
        ("AUC", {"curve": curve, "summation_method": method, **given}, kinds)
        for curve in ("ROC", "PR", "PRGAIN")
        for method in ("interpolation", "majoring", "minoring")
        for given, kinds in (({}, BINARY), (SOME, ["binary"]),
                             ({"num_thresholds": 9, "multi_label": True}, ["several"]),
                             ({"thresholds": [0.3, 0.7, 0.4], "multi_label": True,
                               "num_labels": 5}, ["several"]))
    ],
    ("AUC", {"from_logits": True}, ["logits of one"]),
    ("AUC", {"label_weights": [1.0, 2.0, 0.0, 1.0, 0.5]}, ["several"]),
    ("AUC", {"label_weights": [1.0, 2.0, 0.0, 1.0, 0.5], "multi_label": True}, ["several"]),
    ("AUC", {"label_weights": [1.0, 2.0, 0.0, 1.0, 0.5], "multi_label": True, "curve": "PR"},
     ["several"]),
    ("F1Score", {}, ["shares"]),
    ("F1Score", {"average": "macro", "threshold": 0.4}, ["several"]),
    ("FBetaScore", {"beta": 2.0, "average": "weighted"}, ["shares"]),
    ("FBetaScore", {"beta": 0.5, "average": "micro", "threshold": 0.5}, ["several"]),
    ("IoU", {"num_classes": 5, "target_class_ids": [0, 2]}, ["labels"]),
    ("IoU", {"num_classes": 4, "target_class_ids": (1, 3), "ignore_class": 2}, ["labels"]),
    ("IoU", {"num_classes": 5, "target_class_ids": [1], "sparse_y_pred": False, "dtype": "float32"},
     ["sparse", "sparse steps"]),
    ("BinaryIoU", {}, BINARY),
    ("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, ["several"]),
    ("MeanIoU", {"num_classes": 5}, ["labels"]),
    ("MeanIoU", {"num_classes": 5, "sparse_y_true": False, "sparse_y_pred": False}, ["shares"]),
    ("OneHotIoU", {"num_classes": 5, "target_class_ids": [0, 4]}, ["shares"]),
    ("OneHotMeanIoU", {"num_classes": 5}, ["shares"]),
    ("OneHotMeanIoU", {"num_classes": 5, "ignore_class": 1}, ["shares"]),
]  # fmt: skip
CASES = [(name, given, kind) for name, given, kinds in METRICS for kind in kinds]


def weights_of(name, y_true, y_pred, how):
    """Weights of the examples (`how` is 1) or of their steps (2); None for 0."""
    rng = np.random.default_rng(7)
    if how == 0:
        return None
    shape = y_true.shape[:how]
    if "IoU" in name:
        return rng.integers(1, 4, shape).astype("int32")
    return rng.random(shape, "float32")
