"""What a format of model files is to the rest: how it is recognised, read and written.

Each format is one module that defines a `Format`; `saving.files` finds the one that a file has.
Formats know models and bytes and nothing of where files lie; `saving.places` knows where files lie
and nothing of what is in them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gossamer.errors import GossamerError


class ModelFileError(GossamerError, ValueError):
    """A file is not what its reader can take: broken, too large, or of another model."""


class ModelFile(NamedTuple):
    """A file as it was read, whole.

    Attributes:
        name: without folders; for its ending and for what errors say.
        data: its contents. A view where that saves a copy (of a mapped file, of an archive).
        beside: the files that it names and that lie beside it, by the path that it names them by.
    """

    name: str
    data: memoryview
    beside: Mapping[str, memoryview] = {}


class ReadOptions(NamedTuple):
    """What users say about reading, in Keras's words.

    Attributes:
        custom_objects: classes and functions by name, beside those registered.
        compile: whether a model that was compiled is so again, with its optimizer's state.
        safe_mode: whether to refuse what holds code.
        skip_mismatch: of weights, whether to leave out those of other shapes, with a warning.
        by_name: of weights, whether to give them to the layers of the same names.
        objects_to_skip: of weights, layers and variables to leave as they are.
    """

    custom_objects: dict[str, Any] | None = None
    compile: bool = True
    safe_mode: bool = True
    skip_mismatch: bool = False
    by_name: bool = False
    objects_to_skip: Any = None


def _by_its_name_only(file: ModelFile) -> bool:
    return False


@dataclass(frozen=True)
class Format:
    """A format; what it cannot do is None.

    Attributes:
        name: as people call it, `"Keras 3 (.keras)"`.
        endings: of the names that it writes to, with dots, in lower case; the longest ending that
            fits a name decides.
        recognises: whether a file has this format, by its contents alone.
        read_model: the model that is in a file.
        read_weights: gives the weights in a file to a model, all or none.
        write_model: files that a model becomes, by name, given the name that the user gave and
            whether the optimizer's state is wanted.
        write_weights: the same for the weights alone.
        names_beside: names of the files that this one needs beside it.
        ready_to_write: waits for the library that writing takes, in a page.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[ModelFile], bool] = _by_its_name_only
    read_model: Callable[[ModelFile, ReadOptions], Any] | None = None
    read_weights: Callable[[ModelFile, Any, ReadOptions], None] | None = None
    write_model: Callable[[Any, str, bool], dict[str, bytes]] | None = None
    write_weights: Callable[[Any, str], dict[str, bytes]] | None = None
    names_beside: Callable[[ModelFile], list[str]] | None = None
    ready_to_write: Callable[[], Awaitable[None]] | None = field(default=None)
