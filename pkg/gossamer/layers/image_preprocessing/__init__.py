"""The layers that resize, crop and augment images, with labels, boxes and segmentations."""

from typing import Any

from gossamer.layers.image_preprocessing.clahe import ContrastLimitedAdaptiveHistogramEqualization
from gossamer.layers.image_preprocessing.colours import (
    RandomBrightness,
    RandomColorDegeneration,
    RandomContrast,
    RandomHue,
    RandomPosterization,
    RandomSaturation,
    RandomSharpness,
)
from gossamer.layers.image_preprocessing.combinations import (
    AugMix,
    RandAugment,
    RandomColorJitter,
)
from gossamer.layers.image_preprocessing.crops import CenterCrop, RandomCrop, RandomFlip, Resizing
from gossamer.layers.image_preprocessing.distortions import (
    RandomElasticTransform,
    RandomPerspective,
)
from gossamer.layers.image_preprocessing.histograms import AutoContrast, Equalization, Solarization
from gossamer.layers.image_preprocessing.mixtures import CutMix, MaxNumBoundingBoxes, MixUp
from gossamer.layers.image_preprocessing.switches import (
    RandomErasing,
    RandomGaussianBlur,
    RandomGrayscale,
    RandomInvert,
)
from gossamer.layers.image_preprocessing.warps import (
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)

MEMBERS: list[Any] = [
    AugMix, AutoContrast, CenterCrop, ContrastLimitedAdaptiveHistogramEqualization, CutMix,
    Equalization, MaxNumBoundingBoxes, MixUp, RandAugment, RandomBrightness,
    RandomColorDegeneration, RandomColorJitter, RandomContrast, RandomCrop, RandomElasticTransform,
    RandomErasing, RandomFlip, RandomGaussianBlur, RandomGrayscale, RandomHue, RandomInvert,
    RandomPerspective, RandomPosterization, RandomRotation, RandomSaturation, RandomSharpness,
    RandomShear, RandomTranslation, RandomZoom, Resizing, Solarization,
]  # fmt: skip
ALIASES: dict[str, Any] = {}
