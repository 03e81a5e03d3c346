"""The layers that TensorFlow.js has, by class, with the arguments that it knows.

What Keras 3 has beside them may only have the values that change nothing. One row a class.
"""

from __future__ import annotations

from typing import Any

# Argument lists that several classes share.
_WEIGHTS = (
    "use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer "
    "kernel_constraint bias_constraint"
)
_CONV = (
    "filters kernel_size strides padding data_format dilation_rate activation "
    f"activity_regularizer {_WEIGHTS}"
)
_SEPARABLE = (
    "kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias "
    "depthwise_initializer bias_initializer depthwise_regularizer bias_regularizer "
    "activity_regularizer depthwise_constraint bias_constraint"
)
_CELL = (
    f"units activation {_WEIGHTS} recurrent_initializer recurrent_regularizer "
    "recurrent_constraint dropout recurrent_dropout"
)
_RNN = "return_sequences return_state go_backwards stateful unroll activity_regularizer"
_NORM = (
    "axis epsilon center scale beta_initializer gamma_initializer beta_regularizer "
    "gamma_regularizer"
)
_POOL = "pool_size strides padding data_format"

LAYERS: dict[str, str] = {
    "InputLayer": "",
    "Dense": f"units activation activity_regularizer {_WEIGHTS}",
    "Activation": "activation",
    "Flatten": "data_format",
    "Reshape": "target_shape",
    "Permute": "dims",
    "RepeatVector": "n",
    "Masking": "mask_value",
    "Embedding": "input_dim output_dim embeddings_initializer embeddings_regularizer "
    "activity_regularizer embeddings_constraint mask_zero",
    "Dropout": "rate noise_shape",
    "SpatialDropout1D": "rate",
    "GaussianNoise": "stddev",
    "GaussianDropout": "rate",
    "AlphaDropout": "rate noise_shape",
    "Conv1D": _CONV,
    "Conv2D": _CONV,
    "Conv3D": _CONV,
    "Conv2DTranspose": _CONV,
    "Conv3DTranspose": _CONV,
    "DepthwiseConv2D": _SEPARABLE,
    "SeparableConv2D": f"filters pointwise_initializer pointwise_regularizer pointwise_constraint "
    f"{_SEPARABLE}",
    "Cropping2D": "cropping data_format",
    "ZeroPadding2D": "padding data_format",
    "UpSampling2D": "size data_format interpolation",
    "MaxPooling1D": _POOL, "MaxPooling2D": _POOL, "MaxPooling3D": _POOL,
    "AveragePooling1D": _POOL, "AveragePooling2D": _POOL, "AveragePooling3D": _POOL,
    "GlobalMaxPooling1D": "", "GlobalMaxPooling2D": "data_format",
    "GlobalAveragePooling1D": "", "GlobalAveragePooling2D": "data_format",
    "BatchNormalization": f"momentum moving_mean_initializer moving_variance_initializer "
    f"beta_constraint gamma_constraint {_NORM}",
    "LayerNormalization": _NORM,
    "ReLU": "max_value",
    "LeakyReLU": "negative_slope",
    "PReLU": "alpha_initializer alpha_regularizer alpha_constraint shared_axes",
    "ELU": "alpha",
    "Softmax": "axis",
    "Add": "", "Multiply": "", "Average": "", "Maximum": "", "Minimum": "",
    "Concatenate": "axis",
    "Dot": "axes normalize",
    "SimpleRNN": f"{_CELL} {_RNN}",
    "SimpleRNNCell": _CELL,
    "LSTM": f"recurrent_activation unit_forget_bias {_CELL} {_RNN}",
    "LSTMCell": f"recurrent_activation unit_forget_bias {_CELL}",
    "GRU": f"recurrent_activation reset_after {_CELL} {_RNN}",
    "GRUCell": f"recurrent_activation reset_after {_CELL}",
    "ConvLSTM2D": f"recurrent_activation unit_forget_bias recurrent_initializer "
    f"recurrent_regularizer recurrent_constraint dropout recurrent_dropout {_CONV} {_RNN}",
    "RNN": f"cell {_RNN}",
    "StackedRNNCells": "cells",
    "Bidirectional": "layer merge_mode",
    "TimeDistributed": "layer",
    "Rescaling": "scale offset",
}  # fmt: skip
MODELS = ("Functional", "Sequential")
OF_ALL = ("name", "trainable", "dtype")

# Arguments that TensorFlow.js does not know, with the values that change nothing in what a layer
# computes; those without values never do.
NEUTRAL: dict[str, tuple[Any, ...] | None] = {
    "seed": None, "use_cudnn": None, "renorm_clipping": None, "renorm_momentum": None,
    "synchronized": None, "zero_output_for_mask": None, "backward_layer": (None,),
    "groups": (1,), "output_padding": (None,), "keepdims": (False,), "renorm": (False,),
    "rms_scaling": (False,), "negative_slope": (0.0,), "threshold": (0.0,), "lora_rank": (None,),
    "lora_alpha": (None,), "quantization_config": (None,), "activity_regularizer": (None,),
    "optional": (False,), "sparse": (False,), "ragged": (False,), "noise_shape": (None,),
    "data_format": ("channels_last",), "implementation": None, "beta_constraint": (None,),
    "gamma_constraint": (None,), "batch_shape": None,
}  # fmt: skip

# Arguments that it knows but does not take all values of: by class, the values that it takes.
ONLY: dict[str, dict[str, tuple[Any, ...]]] = {
    "GRU": {"reset_after": (False,)},
    "GRUCell": {"reset_after": (False,)},
    "ELU": {"alpha": (1.0,)},
    "Softmax": {"axis": (-1,)},
    "BatchNormalization": {"axis": (-1,)},
    "Conv1D": {"padding": ("valid", "same")},
    "UpSampling2D": {"interpolation": ("nearest",)},
    "SeparableConv2D": {"data_format": ("channels_last",)},
    "DepthwiseConv2D": {"dilation_rate": ([1, 1],)},
    "Conv2DTranspose": {"dilation_rate": ([1, 1],)},
    "Conv3DTranspose": {"dilation_rate": ([1, 1, 1],)},
    **{f"{kind}Pooling1D": {"data_format": ("channels_last",)} for kind in ("Max", "Average")},
}
WHY = {
    "reset_after": "its GRU resets before the product only: make the layer with reset_after=False",
    "axis": "it takes the last axis only",
    "interpolation": "it resizes from the corners of pixels rather than from their centres",
}

ACTIVATIONS = {
    "elu": "elu", "selu": "selu", "relu": "relu", "relu6": "relu6", "linear": "linear",
    "sigmoid": "sigmoid", "softplus": "softplus", "softsign": "softsign", "tanh": "tanh",
    "softmax": "softmax", "log_softmax": "log_softmax", "gelu": "gelu", "mish": "mish",
    "silu": "swish", "swish": "swish", "keras2>hard_sigmoid": "hard_sigmoid",
}  # fmt: skip

INITIALIZERS = {
    "Zeros": "", "Ones": "", "Constant": "value", "RandomNormal": "mean stddev",
    "RandomUniform": "minval maxval", "TruncatedNormal": "mean stddev", "Identity": "gain",
    "VarianceScaling": "scale mode distribution", "GlorotUniform": "", "GlorotNormal": "",
    "HeNormal": "", "HeUniform": "", "LecunNormal": "", "LecunUniform": "", "Orthogonal": "gain",
}  # fmt: skip
INITIALIZER_NAMES = {"LecunNormal": "LeCunNormal", "LecunUniform": "LeCunUniform"}
CONSTRAINTS = {
    "MaxNorm": "max_value axis", "UnitNorm": "axis", "NonNeg": "",
    "MinMaxNorm": "min_value max_value rate axis",
}  # fmt: skip

# Calls of ops between symbolic tensors, as layers: class and arguments.
OF_TENSORS = {"Add": "Add", "Multiply": "Multiply", "Maximum": "Maximum", "Minimum": "Minimum"}
OF_A_TENSOR = {
    "Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid", "Tanh": "tanh", "Silu": "swish",
    "Softplus": "softplus", "Softsign": "softsign", "Elu": "elu", "Selu": "selu",
}  # fmt: skip
