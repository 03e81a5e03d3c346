"""Cases of the densely connected layer: the example of how cases are written."""

from tests.layers.case import LayerCase, Make

CASES = [
    LayerCase("Dense", {"units": 3}),
    LayerCase("Dense", {"units": 4, "activation": "relu", "use_bias": False}, (2, 3, 5)),
    LayerCase("Dense", {
        "units": 2, "activation": "softmax", "kernel_initializer": "he_normal",
        "bias_initializer": "ones", "kernel_regularizer": "l2", "kernel_constraint": "max_norm",
    }),
    LayerCase("Dense", {
        "units": 2, "kernel_regularizer": Make(lambda k: k.regularizers.L1L2(0.1, 0.2)),
        "activity_regularizer": "l1", "name": "named", "trainable": False,
    }, note="objects"),
    LayerCase("Dense", {"units": 2, "dtype": "mixed_float16"}, rtol=2e-3, gradients=False),
]  # fmt: skip
