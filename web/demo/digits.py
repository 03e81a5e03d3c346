"""A small network that learns to read handwritten digits: everything that is machine learning here.

The other scripts of this page share their namespace with this one. drawing.py makes a picture of
what the visitor draws, chart.py draws the curve, and page.py ties all of it to the page.
"""

import io

import numpy as np
from pyodide.http import pyfetch

import gossamer as gs

EPOCHS = 30
BATCH = 128
HELD_OUT = 360  # pictures that the network is tested with and never sees while it learns


async def load_digits():
    """1,797 pictures as rows of 64 grey levels from 0 to 1, and the digit that each one shows."""
    response = await pyfetch("data/digits.npz")
    response.raise_for_status()
    file = np.load(io.BytesIO(await response.bytes()))
    pictures = file["images"].reshape(-1, 64).astype(np.float32) / 16
    return pictures, file["labels"].astype(np.int32)


def split(pictures, labels, seed=0):
    """The pictures and labels to learn from, and those to test with, in random order."""
    order = np.random.default_rng(seed).permutation(len(pictures))
    learn, test = order[HELD_OUT:], order[:HELD_OUT]
    return (pictures[learn], labels[learn]), (pictures[test], labels[test])


class Network:
    """Three dense layers: 64 grey levels in, a score for each of the ten digits out."""

    def __init__(self):
        self.layers = [
            gs.layers.Dense(128, activation="relu"),
            gs.layers.Dense(64, activation="relu"),
            gs.layers.Dense(10),
        ]

    def __call__(self, pictures):
        scores = pictures
        for layer in self.layers:
            scores = layer(scores)
        return scores

    @property
    def trainable_variables(self):
        return [variable for layer in self.layers for variable in layer.trainable_variables]


def steps(network, pictures, labels, seed=0):
    """Trains the network; yields the loss of each step, still on the GPU."""
    loss_of = gs.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = gs.optimizers.Adam(learning_rate=3e-3)
    random = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = random.permutation(len(pictures))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            batch = order[start : start + BATCH]
            with gs.GradientTape() as tape:
                loss = loss_of(labels[batch], network(pictures[batch]))
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            yield loss


async def accuracy(network, pictures, labels):
    """The share of the pictures whose highest score is that of the right digit."""
    answers = gs.ops.argmax(network(pictures), axis=-1)
    return float(np.mean(await answers.data() == labels))


async def probabilities(network, picture):
    """How sure the network is of each of the ten digits, for one 8x8 picture from 0 to 16."""
    pictures = np.reshape(picture, (1, 64)).astype(np.float32) / 16
    return (await gs.ops.softmax(network(pictures)).data())[0]
