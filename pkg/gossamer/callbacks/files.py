"""Callbacks that write files: checkpoints, backups, tables of the logs."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from gossamer.callbacks.callback import Callback
from gossamer.callbacks.monitor import MonitorCallback


class _Counter:
    """How many steps there have been since the last file was written."""

    def __init__(self, save_freq: Any) -> None:
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(
                f"Expected 'epoch' or a number of steps. Received: save_freq={save_freq!r}"
            )
        self.save_freq = save_freq
        self._since = 0
        self._last: int | None = None

    def is_due(self, batch: int) -> bool:
        if self.save_freq == "epoch":
            return False
        new = batch + 1 if self._last is None or batch <= self._last else batch - self._last
        self._since += new
        self._last = batch
        if self._since < self.save_freq:
            return False
        self._since = 0
        return True


class ModelCheckpoint(MonitorCallback):
    """Writes the model into a file, after each epoch or every so many steps.

    Args:
        filepath: where to; `{epoch}`, `{batch}` and names of logs in it are filled in.
        monitor: the name of the number that says which epoch is the best one.
        verbose: 1 to say what is written.
        save_best_only: whether only a better model is written.
        save_weights_only: whether the weights alone are, into a `.weights.h5` file.
        mode: `"min"`, `"max"` or `"auto"`.
        save_freq: `"epoch"`, or a number of steps.
        initial_value_threshold: what the number has to be better than at first.

    Raises:
        ValueError: for a path with another ending, or another `save_freq`.

    Example:
        >>> gs.callbacks.ModelCheckpoint("best.keras", save_best_only=True).filepath
        'best.keras'
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        endings = (".weights.h5",) if save_weights_only else (".keras", ".h5")
        if not self.filepath.endswith(endings):
            raise ValueError(
                f"Expected a path that ends in {' or '.join(endings)}. "
                f"Received: filepath={self.filepath}"
            )
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._counter = _Counter(save_freq)
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._counter.is_due(batch):
            self._save(self._epoch, batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, None, logs)

    def _save(self, epoch: int, batch: int | None, logs: Any) -> None:
        logs = dict(logs or {})
        path = self._path(epoch, batch, logs)
        if self.save_best_only and not self._is_best(epoch, logs):
            return
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: the model is in {path}")

    def _is_best(self, epoch: int, logs: dict[str, Any]) -> bool:
        value = self._value(logs)
        if value is None:
            return True
        better = self._is_improvement(value, self.best)
        if self.verbose > 0:
            verb = "improved" if better else "did not improve"
            print(f"\nEpoch {epoch + 1}: {self.monitor} {verb}, {self.best} before, now {value}")
        if better:
            self.best = value
        return better

    def _path(self, epoch: int, batch: int | None, logs: dict[str, Any]) -> str:
        given = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        try:
            return self.filepath.format(**given)
        except KeyError as error:
            raise KeyError(
                f"Expected names of logs in the path, which are {list(given)}. "
                f"Received: {error}, filepath={self.filepath!r}"
            ) from None


class BackupAndRestore(Callback):
    """Writes the state of training into a folder, so that `fit` goes on after an interruption.

    Args:
        backup_dir: the folder.
        save_freq: `"epoch"`, or a number of steps.
        double_checkpoint: whether the backup before the last one is kept, too.
        delete_checkpoint: whether the folder is removed when training has ended.

    Raises:
        ValueError: for no folder, or another `save_freq`.

    Example:
        >>> gs.callbacks.BackupAndRestore("backup").save_freq
        'epoch'
    """

    def __init__(
        self,
        backup_dir: Any,
        save_freq: Any = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not backup_dir:
            raise ValueError(f"Expected a folder. Received: backup_dir={backup_dir!r}")
        self.backup_dir = Path(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._counter = _Counter(save_freq)
        self._epoch = 0
        self._weights = self.backup_dir / "latest.weights.h5"
        self._metadata = self.backup_dir / "training_metadata.json"

    def on_train_begin(self, logs: Any = None) -> None:
        if not self.model.built:
            raise ValueError(
                "Expected a model that is built, by a call or by `build`, for BackupAndRestore. "
                f"Received: {self.model.name!r}, which is not"
            )
        if self._weights.exists():
            if not self.model.optimizer.built:
                self.model.optimizer.build(self.model.trainable_variables)
            self.model.load_weights(self._weights)
        if self._metadata.exists():
            self.model._initial_epoch = json.loads(self._metadata.read_text())["epoch"]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch + 1
        if self.save_freq == "epoch":
            self._save(0)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._counter.is_due(batch):
            self._save(batch)

    def _save(self, batch: int) -> None:
        self.backup_dir.mkdir(parents=True, exist_ok=True)
        if self.double_checkpoint:
            for path in (self._weights, self._metadata):
                if path.exists():
                    shutil.copyfile(path, path.with_name(f"{path.name}.bkp"))
        self.model.save_weights(self._weights, overwrite=True)
        self._metadata.write_text(json.dumps({"epoch": self._epoch, "batch": batch}))

    def on_train_end(self, logs: Any = None) -> None:
        self.model._initial_epoch = None
        if self.delete_checkpoint and self.backup_dir.exists():
            shutil.rmtree(self.backup_dir)


class CSVLogger(Callback):
    """Writes the logs of each epoch into a table.

    Args:
        filename: the file.
        separator: between columns.
        append: whether lines are added to the file if it is there.

    Example:
        >>> gs.callbacks.CSVLogger("log.csv").sep
        ','
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.sep = separator
        self.filename = os.fspath(filename)
        self.append = append
        self.keys: list[str] | None = None
        self._file: Any = None
        self._writer: Any = None
        self._has_header = False

    def on_train_begin(self, logs: Any = None) -> None:
        path = Path(self.filename)
        self._has_header = self.append and path.exists() and path.stat().st_size > 0
        self._file = path.open("a" if self.append else "w", newline="")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = dict(logs or {})
        if self.keys is None:
            self.keys = sorted(logs)
        if self._writer is None:
            self._writer = csv.writer(self._file, delimiter=self.sep)
            if not self._has_header:
                self._writer.writerow(["epoch", *self.keys])
        self._writer.writerow([epoch, *(_as_cell(logs.get(key, "NA")) for key in self.keys)])
        self._file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._writer = None


def _as_cell(value: Any) -> Any:
    if isinstance(value, str) or np.ndim(value) == 0:
        return value
    if isinstance(value, Iterable):
        return f'"[{", ".join(map(str, value))}]"'
    return value


class OrbaxCheckpoint(Callback):
    """Orbax is a library of JAX's.

    Raises:
        NotImplementedError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "Orbax checkpoints are JAX's own: use ModelCheckpoint or BackupAndRestore."
        )


class TensorBoard(Callback):
    """TensorBoard reads files that TensorFlow writes.

    Raises:
        NotImplementedError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "TensorBoard's files are not written here: use CSVLogger, or plot `History`."
        )
