"""One model taught by another; `keras.distillation`'s names."""

from gossamer.distillation.distiller import Distiller
from gossamer.distillation.losses import (
    DistillationLoss,
    FeatureDistillation,
    LogitsDistillation,
)
from gossamer.serialization import name_built_in

__all__ = ["DistillationLoss", "Distiller", "FeatureDistillation", "LogitsDistillation"]

for _member in (Distiller, DistillationLoss, FeatureDistillation, LogitsDistillation):
    name_built_in(f"keras.distillation.{_member.__name__}", _member)
