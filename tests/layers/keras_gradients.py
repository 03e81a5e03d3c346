"""Gradients of layers, by Keras on JAX: called by `tests.oracle.elsewhere.on_jax`."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np


def gradients(modules: list[str], ids: list[str]) -> dict[str, Any]:
    """For each case the gradients of `sum(outputs * cotangents)`, by float inputs and weights."""
    cases = [case for name in modules for case in importlib.import_module(name).CASES]
    return {case.id: _gradients(case) for case in cases if case.id in ids}


def _gradients(case: Any) -> Any:
    import jax
    import keras

    inputs, extra = case.arrays(), case.call_arrays()
    leaves, structure = jax.tree.flatten(inputs)
    layer = case.make(keras)
    try:
        layer(inputs, **extra)
        own = layer.weights
        layer.set_weights(case.weights([tuple(w.shape) for w in own], [w.dtype for w in own]))
        trained = [v.value for v in layer.trainable_variables]
        others = [v.value for v in layer.non_trainable_variables]
        floats = [k for k, leaf in enumerate(leaves) if leaf.dtype.kind == "f"]

        def function(trained: Any, given: Any) -> Any:
            all_leaves = list(leaves)
            for k, leaf in zip(floats, given, strict=True):
                all_leaves[k] = leaf
            outputs, _ = layer.stateless_call(
                trained, others, jax.tree.unflatten(structure, all_leaves), **extra
            )
            return sum(
                (output * cotangent(output.shape)).sum()
                for output in jax.tree.leaves(outputs)
                if "float" in str(output.dtype)
            )

        found = jax.grad(function, (0, 1))(trained, [leaves[k] for k in floats])
    except Exception as error:  # the answer for this case, which the test shows
        return f"{type(error).__name__}: {error}"
    return [[np.asarray(x) for x in part] for part in found]


def cotangent(shape: Any) -> np.ndarray:
    """What outputs of a shape are weighted with."""
    return np.cos(np.arange(int(np.prod(shape)), dtype="float32")).reshape(shape)
