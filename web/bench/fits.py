"""`Model.fit`: an epoch of training as users of either library write it.

Fifth of the page's Python scripts. Both begin with the same weights and see the same batches in the
same order; gossamer has the data in NumPy arrays, TensorFlow.js in tensors, as is usual there.
"""
# ruff: noqa: F821 (the names that are not defined here come from the scripts before)

import gossamer as gs


def fitting(layers, batch):
    """From layers to a function that makes a function of one epoch.

    Args:
        layers: a function that makes the model's layers.
        batch: how many samples a step has.
    """

    def make(*given):
        *values, x, y = [tensor.numpy() for tensor in given]
        model = gs.Sequential([gs.Input(x.shape[1:]), *layers()])
        model.set_weights(values)
        model.compile(gs.optimizers.Adam(0.001), "categorical_crossentropy")

        async def epoch():
            history = await model.fit_async(x, y, batch_size=batch, shuffle=False, verbose=0)
            return history.history["loss"][-1]

        return epoch

    return make


def fitting_js(layers, batch):
    """The same for TensorFlow.js, whose own epsilon, 1e-4, is meant for half floats."""
    return f"""(...given) => {{
  const [x, y] = given.splice(-2);
  const model = tf.sequential({{ layers: ({layers})(x.shape.slice(1)) }});
  model.setWeights(given);
  model.compile({{
    optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-7), loss: "categoricalCrossentropy" }});
  const options = {{ epochs: 1, batchSize: {batch}, shuffle: false, verbose: 0 }};
  return async () => (await model.fit(x, y, options)).history.loss[0];
}}"""


def mlp_layers():
    return [
        gs.layers.Dense(128, activation="relu"),
        gs.layers.Dense(10, activation="softmax"),
    ]


MLP_LAYERS_JS = """(inputShape) => [
    tf.layers.dense({ units: 128, activation: "relu", inputShape }),
    tf.layers.dense({ units: 10, activation: "softmax" }),
  ]"""


def convnet_layers():
    return [
        gs.layers.Conv2D(16, 3, padding="same", activation="relu"),
        gs.layers.Conv2D(32, 3, padding="same", activation="relu"),
        gs.layers.MaxPooling2D(),
        gs.layers.Flatten(),
        gs.layers.Dense(64, activation="relu"),
        gs.layers.Dense(10, activation="softmax"),
    ]


CONVNET_LAYERS_JS = """(inputShape) => [
    tf.layers.conv2d(
      { filters: 16, kernelSize: 3, padding: "same", activation: "relu", inputShape }),
    tf.layers.conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 64, activation: "relu" }),
    tf.layers.dense({ units: 10, activation: "softmax" }),
  ]"""

CONVNET_WEIGHTS = (
    *(weights(3, 3, 1, 16), zeros(16), weights(3, 3, 16, 32), zeros(32)),
    *(weights(512, 64), zeros(64), weights(64, 10), zeros(10)),
)
FITS = [
    *table(
        "fit",
        (
            "fit, a step of MLP 784-128-10, batch 32",
            (*MLP_WEIGHTS, *digits(1024)),
            *(fitting(mlp_layers, 32), fitting_js(MLP_LAYERS_JS, 32)),
        ),
        wanted=2.0,
        measure="fit",
        makes=True,
        steps=32,
        tolerance=TRAINED,
    ),
    *table(
        "fit",
        (
            "fit, a step of the digits convnet, batch 64",
            (*CONVNET_WEIGHTS, (512, 8, 8, 1), labels(512, 10)),
            *(fitting(convnet_layers, 64), fitting_js(CONVNET_LAYERS_JS, 64)),
        ),
        wanted=2.0,
        measure="fit",
        makes=True,
        steps=8,
        tolerance=TRAINED,
    ),
]
