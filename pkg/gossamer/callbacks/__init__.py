"""Callbacks: what is done as a model is trained; `keras.callbacks`'s names."""

from gossamer.callbacks.callback import Callback
from gossamer.callbacks.callback_list import CallbackList
from gossamer.callbacks.early_stopping import EarlyStopping
from gossamer.callbacks.files import (
    BackupAndRestore,
    CSVLogger,
    ModelCheckpoint,
    OrbaxCheckpoint,
    TensorBoard,
)
from gossamer.callbacks.history import History
from gossamer.callbacks.learning_rate import LearningRateScheduler, ReduceLROnPlateau
from gossamer.callbacks.progbar_logger import ProgbarLogger
from gossamer.callbacks.remote_monitor import RemoteMonitor
from gossamer.callbacks.small_callbacks import LambdaCallback, SwapEMAWeights, TerminateOnNaN

__all__ = [
    "BackupAndRestore", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History",
    "LambdaCallback", "LearningRateScheduler", "ModelCheckpoint", "OrbaxCheckpoint",
    "ProgbarLogger", "ReduceLROnPlateau", "RemoteMonitor", "SwapEMAWeights", "TensorBoard",
    "TerminateOnNaN",
]  # fmt: skip
