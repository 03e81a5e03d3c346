"""Layers that draw from others: several changes of an image, one after the other or mixed."""

from __future__ import annotations

import random as python_random
from typing import Any

from gossamer import ops, random
from gossamer.layers.image_preprocessing.base import BaseImagePreprocessingLayer
from gossamer.layers.image_preprocessing.colours import (
    RandomBrightness,
    RandomColorDegeneration,
    RandomContrast,
    RandomHue,
    RandomPosterization,
    RandomSaturation,
    RandomSharpness,
)
from gossamer.layers.image_preprocessing.histograms import AutoContrast, Equalization, Solarization
from gossamer.layers.image_preprocessing.ranges import factor_range
from gossamer.layers.image_preprocessing.warps import (
    RandomRotation,
    RandomShear,
    RandomTranslation,
)
from gossamer.tensor import Tensor


class _Combination(BaseImagePreprocessingLayer):
    """The base: layers of one strength, each an attribute, whose names stand in files."""

    _FACTOR_BOUNDS = (0, 1)

    def _make_layers(self, names: Any, interpolation: str, data_format: Any, kwargs: Any) -> None:
        common = {"data_format": data_format, **kwargs}
        drawn = {"seed": self.seed, **common}
        coloured = {"value_range": self.value_range, **drawn}
        warped = {"interpolation": interpolation, **drawn}
        strength = self.factor
        plain = {"value_range": self.value_range, **common}
        made: dict[str, Any] = {
            "random_shear": lambda: RandomShear(strength, strength, **warped),
            "random_translation": lambda: RandomTranslation(strength, strength, **warped),
            "random_rotation": lambda: RandomRotation(strength, **warped),
            "random_brightness": lambda: RandomBrightness(strength, **coloured),
            "random_color_degeneration": lambda: RandomColorDegeneration(strength, **coloured),
            "random_contrast": lambda: RandomContrast(strength, **coloured),
            "random_sharpness": lambda: RandomSharpness(strength, **coloured),
            "random_posterization": lambda: RandomPosterization(
                max(1, int(8 * strength[1])), **coloured
            ),
            "solarization": lambda: Solarization(strength, strength, **coloured),
            "auto_contrast": lambda: AutoContrast(**plain),
            "equalization": lambda: Equalization(**plain),
        }
        self._made_names = names
        for name in names:
            setattr(self, name, made[name]())

    def _layer(self, name: str) -> BaseImagePreprocessingLayer:
        return getattr(self, name)

    seed: int | None
    value_range: Any


class RandAugment(_Combination):
    """Images changed by some layers out of eleven, one after the other.

    Args:
        value_range: the smallest and the largest value of images.
        num_ops: how many changes are made.
        factor: how strong they are, from 0 to 1: two numbers, or one.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.

    Example:
        >>> gs.layers.RandAugment(seed=1)(ops.ones((1, 4, 4, 3))).shape
        (1, 4, 4, 3)

    Source: Cubuk et al., "RandAugment: Practical automated data augmentation" (2019).
    """

    _NAMES = (
        "random_shear", "random_translation", "random_rotation", "random_brightness",
        "random_color_degeneration", "random_contrast", "random_sharpness", "random_posterization",
        "solarization", "auto_contrast", "equalization",
    )  # fmt: skip

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_ops: int = 2,
        factor: Any = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range, self.num_ops, self.interpolation = value_range, num_ops, interpolation
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        self.seed, self.generator = seed, random.SeedGenerator(seed)
        kwargs.pop("name", None)
        self._make_layers(self._NAMES, interpolation, data_format, kwargs)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        seed = self.generator if seed is None else seed
        which = random.randint((self.num_ops,), 0, len(self._NAMES), seed=seed)
        transforms = {
            name: self._layer(name).get_random_transformation(data, training=training, seed=seed)
            for name in self._made_names
        }
        return {"transforms": transforms, "layer_idxes": which}

    def _in_turn(self, transformation: Any, x: Any, apply: Any) -> Any:
        """What those layers make of something that are drawn. Which they are the host does not
        know: all are applied, and one of the results is taken.
        """
        which = transformation["layer_idxes"]
        for turn in range(self.num_ops):
            results = [
                apply(self._layer(name), x, transformation["transforms"][name])
                for name in self._NAMES
            ]
            for number, result in enumerate(results):
                x = ops.where(which[turn] == number, result, x)
        return x

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        return self._cast(
            self._in_turn(transformation, images, lambda f, x, value: f.transform_images(x, value))
        )

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return segmentation_masks
        return self._in_turn(
            transformation,
            segmentation_masks,
            lambda f, x, value: f.transform_segmentation_masks(x, value),
        )

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return bounding_boxes
        which, boxes = transformation["layer_idxes"], dict(bounding_boxes)
        for number, name in enumerate(self._NAMES):
            layer, value = self._layer(name), transformation["transforms"][name]
            changed = layer.transform_bounding_boxes(dict(boxes), value)
            chosen = ops.any(which == number)
            for part in ("boxes", "labels"):
                boxes[part] = ops.where(chosen, changed[part], boxes[part])
        return boxes

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "num_ops": self.num_ops,
            "factor": self.factor,
            "interpolation": self.interpolation,
            "seed": self.seed,
        }


class AugMix(_Combination):
    """Images mixed with what chains of random changes make of them.

    Which changes a chain has is drawn by Python, as in Keras: in a jitted function once, when it is
    traced; how strong they are, each time.

    Args:
        value_range: the smallest and the largest value of images.
        num_chains: how many chains there are.
        chain_depth: how many changes a chain has, at most.
        factor: how strong they are, from 0 to 1: two numbers, or one.
        alpha: of the distributions that the weights of the mixture are drawn from.
        all_ops: whether changes of brightness, colour, contrast and sharpness are among them.
        interpolation: between pixels: `"nearest"` or `"bilinear"`.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.

    Example:
        >>> gs.layers.AugMix(seed=1)(ops.ones((1, 4, 4, 3))).shape
        (1, 4, 4, 3)

    Source: Hendrycks et al., "AugMix: A Simple Data Processing Method" (2020).
    """

    _SOME = (
        "random_shear", "random_translation", "random_rotation", "random_posterization",
        "solarization", "auto_contrast", "equalization",
    )  # fmt: skip
    _MORE = (
        "random_brightness",
        "random_color_degeneration",
        "random_contrast",
        "random_sharpness",
    )

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: Any = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range, self.num_chains, self.chain_depth = value_range, num_chains, chain_depth
        self.factor = factor_range(factor, self._FACTOR_BOUNDS)
        self.alpha, self.all_ops, self.interpolation = alpha, all_ops, interpolation
        self.seed, self.generator = seed, random.SeedGenerator(seed)
        kwargs.pop("name", None)
        names = self._SOME + self._MORE if all_ops else self._SOME
        self._make_layers(names, interpolation, data_format, kwargs)
        self._choices = python_random.Random(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        seed = self.generator if seed is None else seed
        # Dirichlet's distribution: gammas, divided by their sum.
        gammas = random.gamma((self.num_chains,), self.alpha, seed=seed)
        weight = random.beta((), self.alpha, self.alpha, seed=seed)
        chains = []
        for _ in range(self.num_chains):
            names = self._choices.choices([*self._made_names, None], k=self.chain_depth)
            chains.append([
                {
                    "layer_name": name,
                    "transformation": self._layer(name).get_random_transformation(
                        data, seed=seed
                    ),
                }
                for name in names if name is not None
            ])  # fmt: skip
        return {
            "chain_mixing_weights": gammas / ops.sum(gammas),
            "weight_sample": weight,
            "chain_transforms": chains,
        }

    def _mixed(self, transformation: Any, x: Tensor, method: str) -> Tensor:
        weights = transformation["chain_mixing_weights"]
        mixture: Any = 0
        for k, chain in enumerate(transformation["chain_transforms"]):
            changed = x
            for step in chain:
                layer = self._layer(step["layer_name"])
                changed = getattr(layer, method)(changed, step["transformation"])
            mixture = mixture + changed * weights[k]
        weight = transformation["weight_sample"]
        return weight * x + (1 - weight) * mixture

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        images = self._mixed(transformation, images, "transform_images")
        return self._cast(ops.clip(images, self.value_range[0], self.value_range[1]))

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        if not training:
            return segmentation_masks
        return self._mixed(transformation, segmentation_masks, "transform_segmentation_masks")

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "num_chains": self.num_chains,
            "chain_depth": self.chain_depth,
            "factor": self.factor,
            "alpha": self.alpha,
            "all_ops": self.all_ops,
            "interpolation": self.interpolation,
            "seed": self.seed,
        }


class RandomColorJitter(BaseImagePreprocessingLayer):
    """Images with other brightness, contrast, saturation and hue, one after the other.

    Args:
        value_range: the smallest and the largest value of images.
        brightness_factor, contrast_factor, saturation_factor, hue_factor: those of
            `RandomBrightness`, `RandomContrast`, `RandomSaturation` and `RandomHue`; none if None.
        seed: what draws begin with.
        data_format: `"channels_last"` or `"channels_first"`.
        kwargs: as for `Layer`; `bounding_box_format`.

    Raises:
        ValueError: for factors out of bounds.

    Example:
        >>> layer = gs.layers.RandomColorJitter(brightness_factor=[0.5, 0.5], hue_factor=0.0)
        >>> layer(ops.zeros((1, 1, 1, 3)))[0, 0, 0].numpy().round(1).tolist()
        [127.5, 127.5, 127.5]
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range, self.seed = value_range, seed
        self.brightness_factor, self.contrast_factor = brightness_factor, contrast_factor
        self.saturation_factor, self.hue_factor = saturation_factor, hue_factor
        self.generator = random.SeedGenerator(seed)

        def made(kind: Any, factor: Any) -> Any:
            if factor is None:
                return None
            return kind(factor, value_range=value_range, seed=seed, data_format=self.data_format)

        self.random_brightness = made(RandomBrightness, brightness_factor)
        self.random_contrast = made(RandomContrast, contrast_factor)
        self.random_saturation = made(RandomSaturation, saturation_factor)
        self.random_hue = made(RandomHue, hue_factor)

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Tensor:
        images = self._cast(images)
        if not training:
            return images
        jitters = (
            self.random_brightness,
            self.random_contrast,
            self.random_saturation,
            self.random_hue,
        )
        for layer in jitters:
            if layer is None:
                continue
            drawn = layer.get_random_transformation(images, seed=self.generator)
            images = layer.transform_images(images, drawn)
        return self._cast(images)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "brightness_factor": self.brightness_factor,
            "contrast_factor": self.contrast_factor,
            "saturation_factor": self.saturation_factor,
            "hue_factor": self.hue_factor,
            "seed": self.seed,
        }
