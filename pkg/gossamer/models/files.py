"""Models as files: methods that call `gossamer.saving`, which knows models and comes after."""

from __future__ import annotations

from typing import Any


class Files:
    """What writes a model and reads its weights. A base of `Model`."""

    def save(
        self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any
    ) -> None:
        """Write the model, its weights and its optimizer's state: see `saving.save_model`.

        Args:
            filepath: a name that ends in `.keras`, `.h5` or `model.json`.
            overwrite: whether to replace a file without asking.
            zipped: False for a folder with what a `.keras` file has in it.
            kwargs: `include_optimizer`.
        """
        from gossamer.saving import save_model

        save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    async def save_async(self, filepath: Any, **kwargs: Any) -> None:
        """`save`, to await; it replaces what is there."""
        from gossamer.saving import save_model_async

        await save_model_async(self, filepath, **kwargs)

    def save_weights(
        self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None
    ) -> None:
        """Write the weights alone: see `saving.save_weights`.

        Args:
            filepath: a name that ends in `.weights.h5`, `.safetensors` or `.npz`.
            overwrite: whether to replace a file without asking.
            max_shard_size: gigabytes of one of several files, named by a `.weights.json`.
        """
        from gossamer.saving import save_weights

        save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size)

    async def save_weights_async(self, filepath: Any, **kwargs: Any) -> None:
        """`save_weights`, to await; it replaces what is there."""
        from gossamer.saving import save_weights_async

        await save_weights_async(self, filepath, **kwargs)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Take the weights of a file, all or none: see `saving.load_weights`.

        Args:
            filepath: of a file with weights, of any format.
            skip_mismatch: whether to leave out those of other shapes, with a warning.
            kwargs: `by_name`, `objects_to_skip`.
        """
        from gossamer.saving import load_weights

        load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    async def load_weights_async(self, filepath: Any, **kwargs: Any) -> None:
        """`load_weights`, to await."""
        from gossamer.saving import load_weights_async

        await load_weights_async(self, filepath, **kwargs)

    def export(self, filepath: Any, format: str = "tf_saved_model", **kwargs: Any) -> None:
        """Programs of other frameworks are not written.

        Raises:
            NotImplementedError: always; `save` writes models, for TensorFlow.js too.
        """
        raise NotImplementedError(
            "Models are written by `save`: as .keras and .h5 for Keras, as model.json for "
            f"TensorFlow.js. Received: format={format!r}"
        )
