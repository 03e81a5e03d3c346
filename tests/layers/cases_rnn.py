"""Cases of recurrent layers."""

import numpy as np

from tests.layers.case import LayerCase, Make

X = (3, 5, 4)
MASK = np.array([[1, 1, 1, 0, 0], [1, 0, 1, 1, 0], [0, 1, 0, 1, 1]], bool)
RATES = {"dropout": 0.3, "recurrent_dropout": 0.2, "seed": 1}
WEIGHTS = {
    "kernel_regularizer": "l2", "recurrent_regularizer": "l1", "bias_regularizer": "l1l2",
    "kernel_constraint": "max_norm", "recurrent_constraint": "unit_norm",
    "bias_constraint": "non_neg", "kernel_initializer": "he_normal",
    "recurrent_initializer": "glorot_normal", "bias_initializer": "ones",
}  # fmt: skip


def of_each(layer, states, **first):
    """What `RNN` does with a cell, with the layer's own."""
    every = {"return_sequences": True, "return_state": True}
    initial = [(3, 3)] * states
    return [
        LayerCase(layer, {**first, "units": 3}, X, {"training": True}, note="training"),
        LayerCase(layer, {**first, "units": 3, **every}, X),
        LayerCase(layer, {**first, "units": 3, **every, "go_backwards": True}, X),
        LayerCase(layer, {**first, "units": 3, "unroll": True, "return_sequences": True}, X),
        LayerCase(layer, {**first, "units": 3, **every}, X, {"mask": MASK}, note="mask"),
        LayerCase(
            layer, {**first, "units": 3, **every, "unroll": True}, X, {"mask": MASK}, note="mask"
        ),
        LayerCase(
            layer, {**first, "units": 3, **every, "go_backwards": True,
                    "zero_output_for_mask": True}, X, {"mask": MASK}, note="mask",
        ),
        LayerCase(layer, {**first, "units": 3}, X, {"mask": MASK}, note="mask, the last output"),
        LayerCase(
            layer, {**first, "units": 3, **every}, X, {"initial_state": initial}, note="states"
        ),
        LayerCase(layer, {**first, "units": 3, **WEIGHTS}, X),
        LayerCase(layer, {
            **first, "units": 2, "use_bias": False, "activation": "relu", "trainable": False,
            "name": "named", **first,
        }, X),
        LayerCase(layer, {**first, "units": 3, "dtype": "mixed_float16"}, X, rtol=4e-3, atol=4e-3,
                  gradients=False),
        LayerCase(layer, {**first, "units": 3, **RATES}, X),
        LayerCase(layer, {**first, "units": 3, **RATES}, X, {"training": True}, random=True,
                  note="training"),
    ]  # fmt: skip


def of_cell(layer, states, **first):
    call = {"states": [(3, 3)] * states}
    return [
        LayerCase(layer, {**first, "units": 3}, (3, 4), call),
        LayerCase(layer, {**first, "units": 3, "use_bias": False, **WEIGHTS}, (3, 4), call),
        LayerCase(layer, {**first, "units": 3, **RATES}, (3, 4), call),
    ]


def bidirectional(layer, note="", inputs=X, call=None, **config):
    return LayerCase("Bidirectional", {"layer": Make(layer, note), **config}, inputs, call or {})


ALL = {"return_sequences": True, "return_state": True}

# `test_rnn.py` compares them: without a known batch size Keras takes no arrays as states.
CELLS = [
    *of_cell("SimpleRNNCell", 1),
    *of_cell("LSTMCell", 2),
    *of_cell("GRUCell", 1),
    *of_cell("GRUCell", 1, reset_after=False),
    LayerCase("StackedRNNCells", {
        "cells": Make(lambda k: [k.layers.LSTMCell(3), k.layers.GRUCell(2)], "two"),
    }, (3, 4), {"states": [[(3, 3), (3, 3)], [(3, 2)]]}),
]  # fmt: skip

CASES = [
    *of_each("SimpleRNN", 1),
    *of_each("LSTM", 2),
    *of_each("GRU", 1),
    *of_each("GRU", 1, reset_after=False),
    LayerCase("LSTM", {"units": 3, "recurrent_activation": "hard_sigmoid",
                       "unit_forget_bias": False, "dropout": 0.5, "implementation": 1}, X),
    LayerCase("LSTM", {"units": 3, "activity_regularizer": "l2", "use_cudnn": False}, X),
    LayerCase("GRU", {"units": 3, "recurrent_activation": "hard_sigmoid", "activation": None}, X),
    LayerCase("RNN", {"cell": Make(lambda k: k.layers.LSTMCell(3), "LSTM"), **ALL}, X),
    LayerCase("RNN", {"cell": Make(lambda k: k.layers.GRUCell(3), "GRU"), "go_backwards": True,
                      "zero_output_for_mask": True, "return_sequences": True}, X, {"mask": MASK}),
    LayerCase("RNN", {
        "cell": Make(lambda k: [k.layers.LSTMCell(3), k.layers.LSTMCell(2)], "stacked"), **ALL,
    }, X),
    LayerCase("RNN", {
        "cell": Make(lambda k: [k.layers.GRUCell(3), k.layers.LSTMCell(2)], "mixed"),
    }, X, {"mask": MASK}),
    LayerCase("RNN", {
        "cell": Make(lambda k: [k.layers.SimpleRNNCell(3), k.layers.SimpleRNNCell(3)], "plain"),
        "unroll": True, "return_sequences": True,
    }, X, {"mask": MASK}),
    LayerCase("RNN", {
        "cell": Make(lambda k: k.layers.LSTMCell(3, dtype="mixed_float16"), "half"),
    }, X, rtol=4e-3, atol=4e-3, gradients=False),
    bidirectional(lambda k: k.layers.LSTM(3), "LSTM"),
    bidirectional(lambda k: k.layers.LSTM(3, **ALL), "all", merge_mode="sum"),
    bidirectional(lambda k: k.layers.GRU(3, **ALL), "all", merge_mode=None),
    bidirectional(lambda k: k.layers.GRU(3), "GRU", merge_mode=None),
    bidirectional(lambda k: k.layers.SimpleRNN(3), "plain", merge_mode="mul"),
    bidirectional(lambda k: k.layers.SimpleRNN(3, return_sequences=True), "seq", merge_mode="ave"),
    bidirectional(lambda k: k.layers.LSTM(3, return_sequences=True), "mask", X, {"mask": MASK}),
    bidirectional(lambda k: k.layers.LSTM(3), "masked", X, {"mask": MASK}, name="both"),
    bidirectional(lambda k: k.layers.GRU(3), "states", X, {"initial_state": [(3, 3), (3, 3)]}),
    bidirectional(
        lambda k: k.layers.LSTM(3), "other",
        backward_layer=Make(lambda k: k.layers.GRU(2, go_backwards=True, name="back"), "GRU"),
    ),
    bidirectional(
        lambda k: k.layers.RNN([k.layers.LSTMCell(3), k.layers.GRUCell(2)]), "RNN",
    ),
    bidirectional(lambda k: k.layers.LSTM(3, return_sequences=True), "half", dtype="float32"),
    LayerCase("TimeDistributed", {"layer": Make(lambda k: k.layers.Dense(3), "Dense")}, X),
    LayerCase("TimeDistributed", {"layer": Make(lambda k: k.layers.Dense(3, "relu"), "relu"),
                                  "name": "each"}, X, {"mask": MASK}),
    LayerCase("TimeDistributed", {"layer": Make(lambda k: k.layers.LSTM(3), "LSTM")}, (2, 3, 4, 2),
              {"mask": MASK[:2, :3, None] & np.ones((2, 3, 4), bool)}),
    LayerCase("ConvLSTM1D", {"filters": 2, "kernel_size": 3}, (2, 3, 6, 2), {"training": True}),
    LayerCase("ConvLSTM1D", {"filters": 2, "kernel_size": 2, "strides": 2, "padding": "same",
                             **ALL, **WEIGHTS}, (2, 3, 5, 2)),
    LayerCase("ConvLSTM1D", {"filters": 2, "kernel_size": (2,), "dilation_rate": 2,
                             "data_format": "channels_first", "return_sequences": True},
              (2, 3, 2, 6)),
    LayerCase("ConvLSTM2D", {"filters": 2, "kernel_size": (3, 2)}, (2, 3, 6, 5, 2)),
    LayerCase("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "padding": "SAME", "use_bias": False,
                             "strides": (1, 2), **ALL}, (2, 3, 4, 5, 1)),
    LayerCase("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "data_format": "channels_first",
                             "go_backwards": True, **ALL}, (2, 3, 2, 4, 5)),
    LayerCase("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "activation": "relu",
                             "recurrent_activation": "hard_sigmoid", "unit_forget_bias": False,
                             "trainable": False, "name": "named"}, (2, 3, 4, 5, 1)),
    LayerCase("ConvLSTM2D", {"filters": 2, "kernel_size": 2, **RATES}, (2, 3, 4, 5, 1)),
    LayerCase("ConvLSTM2D", {"filters": 2, "kernel_size": 2, **RATES}, (2, 3, 4, 5, 1),
              {"training": True}, random=True, note="training"),
    LayerCase("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "activity_regularizer": "l2"},
              (2, 3, 4, 5, 1), {"initial_state": [(2, 3, 4, 2), (2, 3, 4, 2)]}),
    LayerCase("ConvLSTM3D", {"filters": 2, "kernel_size": 2}, (1, 3, 4, 3, 3, 2)),
    LayerCase("ConvLSTM3D", {"filters": 2, "kernel_size": (1, 2, 2), "padding": "same",
                             "data_format": "channels_first", **ALL}, (1, 2, 2, 3, 4, 3)),
]  # fmt: skip
