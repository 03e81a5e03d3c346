"""Models' outputs and what they may be compiled with, for the tests of both."""

import numpy as np


def arrays(form, seed):
    """Arrays in a structure: `form` has shapes, or pairs of a shape and a number of classes."""
    rng = np.random.default_rng(seed)
    if isinstance(form, dict):
        return {key: arrays(one, seed + i) for i, (key, one) in enumerate(form.items())}
    if isinstance(form, list):
        return [arrays(one, seed + i) for i, one in enumerate(form)]
    if form is None:
        return None
    if form[-1] == "classes":
        return rng.integers(0, 3, form[:-1]).astype("int32")
    return (rng.random(form) > 0.5 if form[-1] == 1 else rng.random(form)).astype("float32")


ONE, THREE, CLASS = (8, 1), (8, 3), (8, "classes")
NAMES = ["out_a", "out_b"]

# What y_true and y_pred are, the names of outputs, the losses, their weights.
LOSSES = [
    (THREE, THREE, None, "mse", None),
    (THREE, THREE, ["out"], "mean_absolute_error", 0.5),
    (THREE, THREE, ["out"], {"out": "mse"}, {"out": 2.0}),
    (THREE, THREE, ["out"], ["mse"], [2.0]),
    (THREE, THREE, ["out"], ["mse", "mae"], None),
    (CLASS, THREE, ["out"], "crossentropy", None),
    (ONE, ONE, ["out"], "crossentropy", None),
    (THREE, THREE, ["out"], "ce", None),
    ([THREE, ONE], [THREE, ONE], NAMES, "mse", None),
    ([THREE, ONE], [THREE, ONE], NAMES, ["mse", "mae"], None),
    ([THREE, ONE], [THREE, ONE], NAMES, ["mse", "mae"], [0.3, 2.0]),
    ([CLASS, ONE], [THREE, ONE], NAMES, ["crossentropy", "crossentropy"], [0.3, 2.0]),
    ([THREE, ONE], [THREE, ONE], NAMES, {"out_a": "mse", "out_b": "mae"}, None),
    ([THREE, ONE], [THREE, ONE], NAMES, {"out_b": "mae", "out_a": "mse"},
     {"out_a": 1.0, "out_b": 0.2}),
    ([THREE, ONE], [THREE, ONE], NAMES, [None, "mae"], None),
    ([ONE], [THREE, ONE], NAMES, [None, "mae"], None),
    ([THREE, ONE], [THREE, ONE], None, ["mse", "mae"], None),
    ({"a": THREE, "b": ONE}, {"a": THREE, "b": ONE}, ["a", "b"], {"a": "mse", "b": "mae"}, None),
    ({"b": ONE, "a": THREE}, {"a": THREE, "b": ONE}, ["a", "b"], {"a": "mse"}, None),
    ({"a": THREE, "b": ONE}, {"a": THREE, "b": ONE}, ["a", "b"], {"a": ["mse", "mae"], "b": "mae"},
     None),
    ({"a": THREE, "b": ONE}, {"a": THREE, "b": ONE}, None, "mse", None),
    ({"a": THREE, "b": ONE}, {"a": THREE, "b": ONE}, ["a", "b"], ["mse", "mae"], [1.0, 0.5]),
    ({"out_b": ONE, "out_a": THREE}, [THREE, ONE], NAMES, ["mse", "mae"], None),
    ({"a": {"c": THREE, "d": ONE}, "b": [ONE]}, {"a": {"c": THREE, "d": ONE}, "b": [ONE]}, None,
     {"a": {"c": "mse", "d": "mae"}, "b": ["mse"]}, None),
    ({"a": {"c": THREE, "d": ONE}, "b": [ONE]}, {"a": {"c": THREE, "d": ONE}, "b": [ONE]}, None,
     {"a": {"c": "mse"}}, None),
    ({"a": [THREE, ONE]}, {"a": [THREE, ONE]}, ["p", "q"], {"a": ["mse", "mae"]}, None),
    ([THREE], [THREE], ["out"], "mse", None),
    (THREE, [THREE], ["out"], "mse", None),
    # What fits nothing.
    ([THREE, ONE], [THREE, ONE], NAMES, {"out_a": "mse", "other": "mae"}, None),
    ([THREE, ONE], [THREE, ONE], NAMES, ["mse", "mae"], [1.0]),
    ({"a": THREE}, {"a": THREE}, None, {"z": "mse"}, None),
    ([THREE, ONE, ONE], [THREE, ONE], NAMES, "mse", None),
    (THREE, THREE, None, "mse", 1),
    (THREE, THREE, None, "nonsense", None),
]  # fmt: skip

# What y_true and y_pred are, the names of outputs, metrics, weighted metrics.
METRICS = [
    (THREE, THREE, ["out"], ["accuracy", "mse"], None),
    (ONE, ONE, ["out"], ["acc"], ["accuracy"]),
    (CLASS, THREE, None, ["accuracy"], ["accuracy", "mae"]),
    (CLASS, THREE, None, ["Accuracy"], None),
    ((8, 4, "classes"), (8, 4, 3), None, ["accuracy"], None),
    (THREE, THREE, ["out"], {"out": ["mse", "mae"]}, {"out": "mse"}),
    (THREE, THREE, ["out"], [["mse", "mae"]], None),
    (THREE, THREE, ["out"], ["mse", "mse"], ["mse", "mse", "mse"]),
    (THREE, THREE, ["out"], None, ["AUC", "precision"]),
    (THREE, THREE, ["out"], None, None),
    ([THREE, ONE], [THREE, ONE], NAMES, [["accuracy"], ["accuracy", "mae"]], None),
    ([THREE, ONE], [THREE, ONE], NAMES, ["accuracy", None], ["mse", ["mae"]]),
    ([CLASS, ONE], [THREE, ONE], NAMES, {"out_a": "accuracy"}, {"out_b": ["mae", "mse"]}),
    ([CLASS, ONE], [THREE, ONE], NAMES, {"out_b": "accuracy", "out_a": ["acc"]}, None),
    ([THREE, ONE], [THREE, ONE], NAMES, None, ["mse", "mse"]),
    ([THREE, ONE], [THREE, ONE], NAMES, ["mse", "mse"], ["mse", "mse"]),
    ([THREE, ONE], [THREE, ONE], None, ["mse", "mse"], ["mse", "mae"]),
    ({"a": THREE, "b": ONE}, {"a": THREE, "b": ONE}, None, {"a": "mse", "b": ["mae"]}, None),
    ({"a": THREE, "b": ONE}, {"b": ONE, "a": THREE}, ["b", "a"], {"a": "mse"}, {"b": "mae"}),
    ({"a": THREE, "b": ONE}, {"b": ONE, "a": THREE}, ["x", "y"], {"a": "mse"}, {"b": "mae"}),
    ({"a": THREE, "b": ONE}, {"a": THREE, "b": ONE}, None, ["mse", "mae"], None),
    ({"a": [THREE, ONE], "b": ONE}, {"a": [THREE, ONE], "b": ONE}, None,
     {"a": [["mse"], "mae"], "b": "mse"}, None),
    ([[THREE, ONE], ONE], [[THREE, ONE], ONE], ["p", "q", "r"], [["mse", "mae"], ["mse"]], None),
    # What fits nothing.
    ([THREE, ONE], [THREE, ONE], NAMES, {"other": "mse"}, None),
    ([THREE, ONE], [THREE, ONE], NAMES, ["mse", "mae", "mae"], None),
    ([THREE, ONE], [THREE, ONE], NAMES, ["mse", "nonsense"], None),
    (THREE, THREE, None, "mse", None),
    (THREE, THREE, None, None, "mse"),
]  # fmt: skip
