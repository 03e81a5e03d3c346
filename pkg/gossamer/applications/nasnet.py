"""NASNet-A, mobile and large: cells that were found by search, of what came in and what before."""

from __future__ import annotations

from typing import Any

from gossamer.applications.architecture import (
    Task,
    channel_axis,
    correct_pad,
    documented,
    layer,
    needs_channels_last,
)
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import tf_input as preprocess_input
from gossamer.name_scope import name_scope

__all__ = ["NASNetLarge", "NASNetMobile", "decode_predictions", "preprocess_input"]


def _normalized(x: Any, name: str) -> Any:
    return layer(
        "BatchNormalization", axis=channel_axis(-1), momentum=0.9997, epsilon=1e-3, name=name
    )(x)


def _relu(x: Any, name: str | None = None) -> Any:
    return layer("Activation", "relu", name=name)(x)


def _pointwise(x: Any, filters: int, name: str, **options: Any) -> Any:
    return layer(
        "Conv2D", filters, (1, 1), padding="same", use_bias=False, kernel_initializer="he_normal",
        name=name, **options,
    )(x)  # fmt: skip


def _averaged(x: Any, size: int, stride: int, padding: str, name: str) -> Any:
    return layer(
        "AveragePooling2D", (size, size), strides=(stride, stride), padding=padding, name=name
    )(x)


def _most(x: Any, name: str) -> Any:
    return layer("MaxPooling2D", (3, 3), strides=(2, 2), padding="valid", name=name)(x)


def _sum(x: Any, y: Any, name: str | None = None) -> Any:
    return layer("add", [x, y], name=name)


def _separable(x: Any, filters: int, size: int, name: str, stride: int = 1) -> Any:
    """Two separable convolutions, of which the first may halve."""
    with name_scope(f"separable_conv_block_{name}"):
        x = _relu(x)
        if stride == 2:
            pad = correct_pad(x, size)
            x = layer("ZeroPadding2D", padding=pad, name=f"separable_conv_1_pad_{name}")(x)
        x = layer(
            "SeparableConv2D", filters, (size, size), strides=(stride, stride), use_bias=False,
            padding="valid" if stride == 2 else "same", name=f"separable_conv_1_{name}",
        )(x)  # fmt: skip
        x = _relu(_normalized(x, f"separable_conv_1_bn_{name}"))
        x = layer(
            "SeparableConv2D", filters, (size, size), padding="same", use_bias=False,
            name=f"separable_conv_2_{name}",
        )(x)  # fmt: skip
        return _normalized(x, f"separable_conv_2_bn_{name}")


def _adjusted(before: Any, x: Any, filters: int, name: str) -> Any:
    """What came before, in the size and with the filters of this cell."""
    if before is None:
        return x
    with name_scope("adjust_block"):
        if before.shape[-2] != x.shape[-2]:
            with name_scope(f"adjust_reduction_block_{name}"):
                return _halved(before, filters, name)
        if before.shape[channel_axis(-1)] != filters:
            with name_scope(f"adjust_projection_block_{name}"):
                options = {"strides": (1, 1)}
                before = _pointwise(
                    _relu(before), filters, f"adjust_conv_projection_{name}", **options
                )
                return _normalized(before, f"adjust_bn_{name}")
    return before


def _halved(x: Any, filters: int, name: str) -> Any:
    """Every other pixel, and those beside them."""
    x = _relu(x, f"adjust_relu_1_{name}")
    even = _averaged(x, 1, 2, "valid", f"adjust_avg_pool_1_{name}")
    even = _pointwise(even, filters // 2, f"adjust_conv_1_{name}")
    odd = layer("ZeroPadding2D", padding=((0, 1), (0, 1)))(x)
    odd = layer("Cropping2D", cropping=((1, 0), (1, 0)))(odd)
    odd = _averaged(odd, 1, 2, "valid", f"adjust_avg_pool_2_{name}")
    odd = _pointwise(odd, filters // 2, f"adjust_conv_2_{name}")
    x = layer("concatenate", [even, odd], axis=channel_axis(-1))
    return _normalized(x, f"adjust_bn_{name}")


def _normal_cell(x: Any, before: Any, filters: int, name: str) -> Any:
    with name_scope(f"normal_A_block_{name}"):
        p = _adjusted(before, x, filters, name)
        h = _pointwise(_relu(x), filters, f"normal_conv_1_{name}", strides=(1, 1))
        h = _normalized(h, f"normal_bn_1_{name}")
        with name_scope("block_1"):
            left = _separable(h, filters, 5, f"normal_left1_{name}")
            right = _separable(p, filters, 3, f"normal_right1_{name}")
            sum_1 = _sum(left, right, f"normal_add_1_{name}")
        with name_scope("block_2"):
            left = _separable(p, filters, 5, f"normal_left2_{name}")
            right = _separable(p, filters, 3, f"normal_right2_{name}")
            sum_2 = _sum(left, right, f"normal_add_2_{name}")
        with name_scope("block_3"):
            left = _averaged(h, 3, 1, "same", f"normal_left3_{name}")
            sum_3 = _sum(left, p, f"normal_add_3_{name}")
        with name_scope("block_4"):
            left = _averaged(p, 3, 1, "same", f"normal_left4_{name}")
            right = _averaged(p, 3, 1, "same", f"normal_right4_{name}")
            sum_4 = _sum(left, right, f"normal_add_4_{name}")
        with name_scope("block_5"):
            left = _separable(h, filters, 3, f"normal_left5_{name}")
            sum_5 = _sum(left, h, f"normal_add_5_{name}")
        return layer(
            "concatenate", [p, sum_1, sum_2, sum_3, sum_4, sum_5], axis=channel_axis(-1),
            name=f"normal_concat_{name}",
        )  # fmt: skip


def _reduction_cell(x: Any, before: Any, filters: int, name: str) -> Any:
    with name_scope(f"reduction_A_block_{name}"):
        p = _adjusted(before, x, filters, name)
        h = _pointwise(_relu(x), filters, f"reduction_conv_1_{name}", strides=(1, 1))
        h = _normalized(h, f"reduction_bn_1_{name}")
        padded = layer("ZeroPadding2D", padding=correct_pad(h, 3), name=f"reduction_pad_1_{name}")(
            h
        )
        with name_scope("block_1"):
            left = _separable(h, filters, 5, f"reduction_left1_{name}", 2)
            right = _separable(p, filters, 7, f"reduction_right1_{name}", 2)
            sum_1 = _sum(left, right, f"reduction_add_1_{name}")
        with name_scope("block_2"):
            left = _most(padded, f"reduction_left2_{name}")
            right = _separable(p, filters, 7, f"reduction_right2_{name}", 2)
            sum_2 = _sum(left, right, f"reduction_add_2_{name}")
        with name_scope("block_3"):
            left = _averaged(padded, 3, 2, "valid", f"reduction_left3_{name}")
            right = _separable(p, filters, 5, f"reduction_right3_{name}", 2)
            sum_3 = _sum(left, right, f"reduction_add3_{name}")
        with name_scope("block_4"):
            left = _averaged(sum_1, 3, 1, "same", f"reduction_left4_{name}")
            sum_4 = _sum(sum_2, left)
        with name_scope("block_5"):
            left = _separable(sum_1, filters, 3, f"reduction_left4_{name}")
            right = _most(padded, f"reduction_right5_{name}")
            sum_5 = _sum(left, right, f"reduction_add4_{name}")
        return layer(
            "concatenate", [sum_2, sum_3, sum_4, sum_5], axis=channel_axis(-1),
            name=f"reduction_concat_{name}",
        )  # fmt: skip


def _nasnet(
    last_filters: int, cells: int, stem_filters: int, skips: bool, default_size: int, task: Task
) -> Any:
    """A NASNet.

    Args:
        last_filters: of the last cell's output.
        cells: how many of a kind follow each other.
        stem_filters: of the first convolution.
        skips: whether after a reduction what came before it is what came before.
        default_size: height and width of images.
        task: what else was asked for.
    """
    needs_channels_last("NASNet")
    image = task.image(task.shape(default_size, smallest=32))
    filters = last_filters // 24
    x = layer(
        "Conv2D", stem_filters, (3, 3), strides=(2, 2), padding="valid", use_bias=False,
        name="stem_conv1", kernel_initializer="he_normal",
    )(image)  # fmt: skip
    x = _normalized(x, "stem_bn1")
    x, before = _reduction_cell(x, None, filters // 4, "stem_1"), x
    x, before = _reduction_cell(x, before, filters // 2, "stem_2"), x
    for stage in range(3):
        width = filters * 2**stage
        if stage:
            x, reduced = _reduction_cell(x, before, width, f"reduce_{cells * stage}"), x
            before = before if skips else reduced
        # One number is left out after the first stage.
        for number in range(cells * stage + min(stage, 1), cells * (stage + 1) + min(stage, 1)):
            x, before = _normal_cell(x, before, width, str(number)), x
    return task.model(image, task.classes_or_features(_relu(x), top=None))


@documented
def NASNetMobile(  # noqa: N802
    input_shape: Any = None,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_mobile",
) -> Any:
    """NASNet-A (4 @ 1056): thrice four cells, for small devices.

    Args:
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.NASNetMobile((32, 32, 3), include_top=False, weights=None)
        >>> model.output_shape, model.count_params()
        ((None, 1, 1, 1056), 4269716)

    Source: Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017.
    """
    if not include_top and input_shape is None:
        input_shape = (224, 224, 3)
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    return _nasnet(1056, 4, 32, False, 224, task)


@documented
def NASNetLarge(  # noqa: N802
    input_shape: Any = None,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_large",
) -> Any:
    """NASNet-A (6 @ 4032): thrice six cells.

    Args:
        {arguments}

    {raises}

    Source: Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    return _nasnet(4032, 6, 96, True, 331, task)
