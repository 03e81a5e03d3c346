"""Cases of core layers, activations, merging, normalization, regularization and attention."""

import numpy as np

from tests.layers.case import Ints, LayerCase, Make

SEQUENCE = (2, 5, 4)
MASK = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 0, 0]], "bool")
TRUTHS = np.tril(np.ones((2, 5, 5), "bool"))
ZEROED = np.where(MASK[..., None], np.ones((2, 5, 4), "float32"), 0).astype("float32")

CORE = [
    LayerCase("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 3)}, SEQUENCE),
    LayerCase("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (None, 2, 3),
                              "bias_axes": "de", "activation": "tanh"}, SEQUENCE),
    LayerCase("EinsumDense", {"equation": "...c,cd->...d", "output_shape": 3, "bias_axes": "d"},
              (2, 3, 3, 4)),
    LayerCase("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"},
              (2, 4, 3)),
    LayerCase("Embedding", {"input_dim": 7, "output_dim": 3}, Ints((2, 5), 7)),
    LayerCase("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True,
                            "embeddings_regularizer": "l2"}, Ints((2, 5), 7)),
    LayerCase("ReversibleEmbedding", {"input_dim": 7, "output_dim": 3}, Ints((2, 5), 7)),
    LayerCase("ReversibleEmbedding", {"input_dim": 7, "output_dim": 3, "tie_weights": False,
                                      "logit_soft_cap": 5.0}, Ints((2, 5), 7)),
    LayerCase("Identity"),
    LayerCase("Masking", {"mask_value": 0.0}, ZEROED),
]  # fmt: skip
ACTIVATIONS = [
    LayerCase("Activation", {"activation": "tanh"}),
    LayerCase("Activation", {"activation": "softmax"}),
    LayerCase("ELU", {"alpha": 0.7}),
    LayerCase("LeakyReLU"),
    LayerCase("LeakyReLU", {"negative_slope": 0.1}),
    LayerCase("PReLU"),
    LayerCase("PReLU", {"shared_axes": [1], "alpha_initializer": "ones",
                        "alpha_regularizer": "l1"}, SEQUENCE),
    LayerCase("ReLU"),
    LayerCase("ReLU", {"max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2}),
    LayerCase("ReLU", {"max_value": 6}),
    LayerCase("Softmax"),
    LayerCase("Softmax", {"axis": 1}, SEQUENCE),
    LayerCase("Softmax", {"axis": (1, 2)}, SEQUENCE),
    LayerCase("Softmax", {}, (2, 5), {"mask": MASK}, note="masked"),
]  # fmt: skip
MERGING = [
    *(LayerCase(name, {}, [SEQUENCE, SEQUENCE, SEQUENCE])
      for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Concatenate")),
    *(LayerCase(name, {}, [SEQUENCE, (2, 4)], note="ranks") for name in ("Add", "Multiply")),
    LayerCase("Add", {}, [SEQUENCE, (2, 1, 4)], note="broadcast"),
    LayerCase("Subtract", {}, [SEQUENCE, SEQUENCE]),
    LayerCase("Concatenate", {"axis": 1}, [SEQUENCE, (2, 2, 4)]),
    LayerCase("Dot", {"axes": 1}, [(2, 4), (2, 4)]),
    LayerCase("Dot", {"axes": (1, 2)}, [(2, 4, 3), (2, 5, 4)]),
    LayerCase("Dot", {"axes": -1, "normalize": True}, [(2, 3, 4), (2, 4)]),
]  # fmt: skip
NORMALIZATION = [
    LayerCase("BatchNormalization", {}, (6, 4), training=True),
    LayerCase("BatchNormalization", {"axis": 1, "momentum": 0.8, "epsilon": 0.01}, (3, 4, 5, 2),
              training=True),
    LayerCase("BatchNormalization", {"center": False, "scale": False}, (3, 5, 2), training=True),
    LayerCase("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 2.0, "dmax": 1.0}},
              (6, 4), training=True),
    LayerCase("BatchNormalization", {"gamma_regularizer": "l2", "beta_constraint": "non_neg",
                                     "trainable": False}, (6, 4), training=True),
    LayerCase("BatchNormalization", {"dtype": "mixed_float16"}, (6, 4), gradients=False, rtol=2e-3,
              atol=2e-3),
    LayerCase("BatchNormalization", {}, SEQUENCE, {"mask": MASK}, training=True, note="masked"),
    LayerCase("LayerNormalization"),
    LayerCase("LayerNormalization", {"axis": [1, 2], "epsilon": 0.1}, (2, 3, 4)),
    LayerCase("LayerNormalization", {"center": False, "scale": False}, SEQUENCE),
    LayerCase("GroupNormalization", {"groups": 2}, (2, 5, 4)),
    LayerCase("GroupNormalization", {"groups": -1, "epsilon": 0.1}, (2, 3, 3, 4)),
    LayerCase("GroupNormalization", {"groups": 2, "axis": 1, "scale": False}, (2, 4, 3)),
    LayerCase("RMSNormalization"),
    LayerCase("RMSNormalization", {"axis": [1, 2]}, SEQUENCE),
    LayerCase("UnitNormalization"),
    LayerCase("UnitNormalization", {"axis": [1, 2]}, SEQUENCE),
    LayerCase("SpectralNormalization",
              {"layer": Make(lambda k: k.layers.Dense(3, name="inner"), "Dense")}, training=True),
    LayerCase("SpectralNormalization",
              {"layer": Make(lambda k: k.layers.Conv2D(3, 2, name="inner"), "Conv2D"),
               "power_iterations": 2}, (1, 4, 4, 2), training=True),
]  # fmt: skip
REGULARIZATION = [
    LayerCase("ActivityRegularization", {"l1": 0.1, "l2": 0.2}),
    LayerCase("Dropout", {"rate": 0.3}),
    LayerCase("Dropout", {"rate": 0.3, "noise_shape": (None, 1, 4), "seed": 3}, SEQUENCE),
    LayerCase("Dropout", {"rate": 0.0}, training=True),
    LayerCase("AlphaDropout", {"rate": 0.3, "seed": 1}),
    LayerCase("GaussianDropout", {"rate": 0.3}),
    LayerCase("GaussianNoise", {"stddev": 0.3}),
    LayerCase("SpatialDropout1D", {"rate": 0.3}, SEQUENCE),
    LayerCase("SpatialDropout2D", {"rate": 0.3}, (2, 3, 3, 4)),
    LayerCase("SpatialDropout3D", {"rate": 0.3, "data_format": "channels_first"}, (2, 3, 3, 3, 4)),
]  # fmt: skip
ATTENTION = [
    LayerCase("Attention", {}, [SEQUENCE, (2, 3, 4)]),
    LayerCase("Attention", {"use_scale": True, "score_mode": "concat"},
              [SEQUENCE, (2, 3, 4), (2, 3, 4)]),
    LayerCase("Attention", {}, [SEQUENCE, SEQUENCE], {"use_causal_mask": True}, note="causal"),
    LayerCase("AdditiveAttention", {}, [SEQUENCE, (2, 3, 4)]),
    LayerCase("AdditiveAttention", {"use_scale": False}, [SEQUENCE, (2, 3, 4)]),
    LayerCase("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, SEQUENCE,
              {"value": (2, 6, 4)}),
    LayerCase("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "value_dim": 2,
                                     "output_shape": 5, "use_bias": False}, SEQUENCE,
              {"value": SEQUENCE, "use_causal_mask": True}, gradients=False),
    LayerCase("MultiHeadAttention", {"num_heads": 1, "key_dim": 3, "use_gate": True}, SEQUENCE,
              {"value": SEQUENCE, "attention_mask": TRUTHS}),
    LayerCase("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "sliding_window": 2}, SEQUENCE,
              {"value": SEQUENCE}),
    LayerCase("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "attention_axes": (2,)},
              (2, 3, 5, 4), {"value": (2, 3, 6, 4)}),
    LayerCase("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4,
                                        "num_key_value_heads": 2}, SEQUENCE, {"value": SEQUENCE}),
    LayerCase("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 2,
                                        "num_key_value_heads": 1, "use_gate": True,
                                        "use_bias": False}, SEQUENCE,
              {"value": SEQUENCE, "use_causal_mask": True}),
]  # fmt: skip
CASES = [*CORE, *ACTIVATIONS, *MERGING, *NORMALIZATION, *REGULARIZATION, *ATTENTION]
