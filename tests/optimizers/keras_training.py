"""Keras's optimizers at work, where Keras runs on JAX."""

import numpy as np

from tests.optimizers.table import CASES, NETWORKS, batches, begin, loss, made


def train():
    """For each network and case: the losses of all steps, then the weights, averages included."""
    import jax
    import keras

    found = {}
    for network in NETWORKS:
        gradient = jax.jit(
            jax.value_and_grad(lambda w, x, y, n=network: loss(keras.ops, n, w, x, y))
        )
        for number, (name, given) in enumerate(CASES):
            variables = [keras.Variable(w, name=n) for n, w in begin(network).items()]
            optimizer = made(keras.optimizers, name, given)
            optimizer.build(variables)
            apply = jax.jit(optimizer.stateless_apply)
            own = [v.value for v in optimizer.variables]
            values = [v.value for v in variables]
            losses = []
            for x, y in batches(network):
                value, grads = gradient(values, x, y)
                if optimizer.loss_scale_factor:
                    grads = [g * optimizer.loss_scale_factor for g in grads]
                values, own = apply(own, grads, values)
                losses.append(float(value))
            state = [np.asarray(v) for v in own]
            found[network, number] = losses, [np.asarray(v) for v in values], state
    return found
