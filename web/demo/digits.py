"""A small network that learns to read handwritten digits: everything that is machine learning here.

The other scripts of this page share their namespace with this one. drawing.py makes a picture of
what the visitor draws, chart.py draws the curve, and page.py ties all of it to the page.
"""

import io

import numpy as np
from pyodide.http import pyfetch

import gossamer as keras

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


def make_network(seed=0):
    """Three dense layers: 64 grey levels in, a probability for each of the ten digits out."""
    keras.utils.set_random_seed(seed)
    network = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    network.compile(
        optimizer=keras.optimizers.Adam(learning_rate=3e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network


async def train(network, pictures, labels, callback):
    """Trains the network; the page goes on meanwhile, and the callback is told of each step."""
    await network.fit_async(
        pictures, labels, batch_size=BATCH, epochs=EPOCHS, callbacks=[callback], verbose=0
    )


async def accuracy(network, pictures, labels):
    """The share of the pictures that the network reads right."""
    _, share = await network.evaluate_async(pictures, labels, batch_size=HELD_OUT, verbose=0)
    return share


async def probabilities(network, picture):
    """How sure the network is of each of the ten digits, for one 8x8 picture from 0 to 16."""
    pictures = np.reshape(picture, (1, 64)).astype(np.float32) / 16
    return (await network.predict_async(pictures, verbose=0))[0]
