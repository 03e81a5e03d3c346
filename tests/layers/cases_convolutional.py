"""Cases of the layers of convolutions: windows, formats, groups, options, dtypes."""

from tests.layers.case import LayerCase, Make

STEPS, IMAGES, VOLUMES = (2, 9, 4), (2, 7, 6, 4), (1, 5, 4, 6, 2)
HALF = {"dtype": "mixed_float16"}
OPTIONS = {
    "activation": "tanh", "kernel_initializer": "he_normal", "bias_initializer": "ones",
    "kernel_regularizer": "l2", "bias_regularizer": "l1", "activity_regularizer": "l2",
    "kernel_constraint": "max_norm", "bias_constraint": "non_neg",
}  # fmt: skip


def first(shape):
    """The shape with the channels first."""
    return (shape[0], shape[-1], *shape[1:-1])


CONV = [
    LayerCase("Conv1D", {"filters": 3, "kernel_size": 3}, STEPS),
    LayerCase("Conv1D", {"filters": 3, "kernel_size": [3], "padding": "SAME"}, STEPS),
    LayerCase("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "causal"}, STEPS),
    LayerCase("Conv1D", {
        "filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2,
        "data_format": "channels_first",
    }, first(STEPS)),
    LayerCase("Conv1D", {
        "filters": 2, "kernel_size": 4, "padding": "causal", "strides": 3, "use_bias": False,
    }, STEPS),
    LayerCase("Conv1D", {
        "filters": 4, "kernel_size": 2, "groups": 2, "strides": 2, "padding": "same",
    }, STEPS),
    LayerCase("Conv1D", {"filters": 8, "kernel_size": 3, "groups": 4}, STEPS),
    LayerCase("Conv1D", {"filters": 3, "kernel_size": 1, "activation": "relu"}, STEPS),
    LayerCase("Conv1D", {"filters": 3, "kernel_size": 3, **HALF}, STEPS, rtol=3e-3, atol=3e-3,
              gradients=False),
    LayerCase("Conv2D", {"filters": 3, "kernel_size": 3}, IMAGES),
    LayerCase("Conv2D", {"filters": 3, "kernel_size": (3, 2), "padding": "same"}, IMAGES),
    LayerCase("Conv2D", {"filters": 3, "kernel_size": (2, 3), "strides": (2, 1)}, IMAGES),
    LayerCase("Conv2D", {
        "filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False,
        "activation": "relu",
    }, IMAGES),
    LayerCase("Conv2D", {"filters": 2, "kernel_size": 2, "dilation_rate": (3, 2)}, IMAGES),
    LayerCase("Conv2D", {
        "filters": 2, "kernel_size": 3, "dilation_rate": 2, "padding": "same",
        "data_format": "channels_first",
    }, first(IMAGES)),
    LayerCase("Conv2D", {
        "filters": 6, "kernel_size": 3, "groups": 2, "data_format": "channels_first",
    }, first(IMAGES)),
    LayerCase("Conv2D", {"filters": 4, "kernel_size": 2, "groups": 4, "padding": "same"}, IMAGES),
    LayerCase("Conv2D", {"filters": 3, "kernel_size": 1, "strides": 2}, IMAGES),
    LayerCase("Conv2D", {"filters": 3, "kernel_size": 2, **OPTIONS}, IMAGES, note="options"),
    LayerCase("Conv2D", {
        "filters": 3, "kernel_size": 2, "name": "named", "trainable": False,
        "kernel_regularizer": Make(lambda k: k.regularizers.L1L2(0.1, 0.2)),
        "kernel_initializer": Make(lambda k: k.initializers.RandomNormal(0.1, 0.2, seed=3)),
    }, IMAGES, note="objects"),
    LayerCase("Conv2D", {"filters": 3, "kernel_size": 3, **HALF}, IMAGES, rtol=3e-3, atol=3e-3,
              gradients=False),
    LayerCase("Conv3D", {"filters": 3, "kernel_size": 2}, VOLUMES),
    LayerCase("Conv3D", {
        "filters": 2, "kernel_size": (3, 2, 1), "strides": (1, 2, 3), "padding": "same",
    }, VOLUMES),
    LayerCase("Conv3D", {
        "filters": 4, "kernel_size": 2, "dilation_rate": (1, 2, 2), "groups": 2,
        "data_format": "channels_first", "use_bias": False,
    }, first(VOLUMES)),
    LayerCase("Conv3D", {"filters": 2, "kernel_size": 2, **OPTIONS}, VOLUMES, note="options"),
]  # fmt: skip

TRANSPOSED = [
    LayerCase("Conv1DTranspose", {"filters": 3, "kernel_size": 3}, STEPS),
    LayerCase("Conv1DTranspose", {"filters": 3, "kernel_size": 2, "strides": 3}, STEPS),
    LayerCase("Conv1DTranspose", {
        "filters": 3, "kernel_size": 4, "strides": 2, "padding": "same",
    }, STEPS),
    LayerCase("Conv1DTranspose", {
        "filters": 3, "kernel_size": 3, "strides": 3, "padding": "same", "output_padding": 2,
    }, STEPS),
    LayerCase("Conv1DTranspose", {
        "filters": 3, "kernel_size": 3, "dilation_rate": 2, "data_format": "channels_first",
        "use_bias": False,
    }, first(STEPS)),
    LayerCase("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2}, IMAGES),
    LayerCase("Conv2DTranspose", {
        "filters": 3, "kernel_size": (3, 2), "strides": (2, 3), "padding": "same",
        "activation": "relu",
    }, IMAGES),
    LayerCase("Conv2DTranspose", {
        "filters": 2, "kernel_size": 3, "strides": 2, "output_padding": (1, 0),
    }, IMAGES),
    LayerCase("Conv2DTranspose", {
        "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1,
        "data_format": "channels_first",
    }, first(IMAGES)),
    LayerCase("Conv2DTranspose", {
        "filters": 2, "kernel_size": 2, "dilation_rate": (2, 3), "padding": "same",
    }, IMAGES),
    LayerCase("Conv2DTranspose", {"filters": 3, "kernel_size": 2, **OPTIONS}, IMAGES,
              note="options"),
    LayerCase("Conv2DTranspose", {"filters": 3, "kernel_size": 3, **HALF}, IMAGES, rtol=3e-3,
              atol=3e-3, gradients=False),
    LayerCase("Conv3DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}, VOLUMES),
    LayerCase("Conv3DTranspose", {
        "filters": 2, "kernel_size": (3, 2, 1), "strides": (1, 2, 3), "padding": "same",
        "output_padding": (0, 1, 2), "data_format": "channels_first",
    }, first(VOLUMES)),
    LayerCase("Conv3DTranspose", {
        "filters": 2, "kernel_size": 2, "dilation_rate": 2, "padding": "same", "use_bias": False,
    }, VOLUMES),
]  # fmt: skip

DEPTH_OPTIONS = {
    "activation": "tanh", "depthwise_initializer": "he_normal", "bias_initializer": "ones",
    "depthwise_regularizer": "l2", "bias_regularizer": "l1", "activity_regularizer": "l2",
    "depthwise_constraint": "max_norm", "bias_constraint": "non_neg",
}  # fmt: skip

DEPTHWISE = [
    LayerCase("DepthwiseConv1D", {"kernel_size": 3}, STEPS),
    LayerCase("DepthwiseConv1D", {
        "kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 3,
    }, STEPS),
    LayerCase("DepthwiseConv1D", {
        "kernel_size": 2, "dilation_rate": 3, "data_format": "channels_first", "use_bias": False,
    }, first(STEPS)),
    LayerCase("DepthwiseConv1D", {"kernel_size": 3, **DEPTH_OPTIONS}, STEPS, note="options"),
    LayerCase("DepthwiseConv2D", {"kernel_size": 3}, IMAGES),
    LayerCase("DepthwiseConv2D", {
        "kernel_size": (3, 2), "strides": 2, "padding": "same", "depth_multiplier": 2,
    }, IMAGES),
    LayerCase("DepthwiseConv2D", {
        "kernel_size": 2, "dilation_rate": (2, 3), "padding": "same", "depth_multiplier": 2,
        "data_format": "channels_first", "activation": "relu",
    }, first(IMAGES)),
    LayerCase("DepthwiseConv2D", {"kernel_size": 3, **DEPTH_OPTIONS}, IMAGES, note="options"),
    LayerCase("DepthwiseConv2D", {"kernel_size": 3, **HALF}, IMAGES, rtol=3e-3, atol=3e-3,
              gradients=False),
]  # fmt: skip

SEPARABLE = [
    LayerCase("SeparableConv1D", {"filters": 3, "kernel_size": 3}, STEPS),
    LayerCase("SeparableConv1D", {
        "filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2,
    }, STEPS),
    LayerCase("SeparableConv1D", {
        "filters": 3, "kernel_size": 2, "dilation_rate": 3, "data_format": "channels_first",
        "use_bias": False,
    }, first(STEPS)),
    LayerCase("SeparableConv2D", {"filters": 3, "kernel_size": 3}, IMAGES),
    LayerCase("SeparableConv2D", {
        "filters": 3, "kernel_size": (3, 2), "strides": 2, "padding": "same",
        "depth_multiplier": 2, "activation": "relu",
    }, IMAGES),
    LayerCase("SeparableConv2D", {
        "filters": 2, "kernel_size": 2, "dilation_rate": 2, "data_format": "channels_first",
        "depth_multiplier": 3,
    }, first(IMAGES)),
    LayerCase("SeparableConv2D", {
        "filters": 2, "kernel_size": 2, "pointwise_initializer": "he_uniform",
        "pointwise_regularizer": "l1", "pointwise_constraint": "unit_norm", **DEPTH_OPTIONS,
    }, IMAGES, note="options"),
]  # fmt: skip

CASES = CONV + TRANSPOSED + DEPTHWISE + SEPARABLE
