"""Architectures for images, `keras.applications`'s names: with random weights, or those of a file.

Each family is a module, with its constructors, the `preprocess_input` that images need before them,
and `decode_predictions`, which names classes.
"""

from gossamer.applications import (
    convnext,
    densenet,
    efficientnet,
    efficientnet_v2,
    imagenet_utils,
    inception_resnet_v2,
    inception_v3,
    mobilenet,
    mobilenet_v2,
    mobilenet_v3,
    nasnet,
    resnet,
    resnet50,
    resnet_v2,
    vgg16,
    vgg19,
    xception,
)
from gossamer.applications.convnext import (
    ConvNeXtBase,
    ConvNeXtLarge,
    ConvNeXtSmall,
    ConvNeXtTiny,
    ConvNeXtXLarge,
)
from gossamer.applications.densenet import DenseNet121, DenseNet169, DenseNet201
from gossamer.applications.efficientnet import (
    EfficientNetB0,
    EfficientNetB1,
    EfficientNetB2,
    EfficientNetB3,
    EfficientNetB4,
    EfficientNetB5,
    EfficientNetB6,
    EfficientNetB7,
)
from gossamer.applications.efficientnet_v2 import (
    EfficientNetV2B0,
    EfficientNetV2B1,
    EfficientNetV2B2,
    EfficientNetV2B3,
    EfficientNetV2L,
    EfficientNetV2M,
    EfficientNetV2S,
)
from gossamer.applications.inception_resnet_v2 import InceptionResNetV2
from gossamer.applications.inception_v3 import InceptionV3
from gossamer.applications.mobilenet import MobileNet
from gossamer.applications.mobilenet_v2 import MobileNetV2
from gossamer.applications.mobilenet_v3 import MobileNetV3Large, MobileNetV3Small
from gossamer.applications.nasnet import NASNetLarge, NASNetMobile
from gossamer.applications.resnet import ResNet50, ResNet101, ResNet152
from gossamer.applications.resnet_v2 import ResNet50V2, ResNet101V2, ResNet152V2
from gossamer.applications.vgg16 import VGG16
from gossamer.applications.vgg19 import VGG19
from gossamer.applications.xception import Xception
