"""The layers before models: numbers, vectors and spectra from raw data; images have a package."""

from typing import Any

from gossamer.layers.preprocessing.category_encoding import CategoryEncoding
from gossamer.layers.preprocessing.discretization import Discretization
from gossamer.layers.preprocessing.hashed_crossing import HashedCrossing
from gossamer.layers.preprocessing.hashing import Hashing
from gossamer.layers.preprocessing.integer_lookup import IntegerLookup
from gossamer.layers.preprocessing.mel_spectrogram import MelSpectrogram
from gossamer.layers.preprocessing.normalization import Normalization
from gossamer.layers.preprocessing.pipeline import Pipeline
from gossamer.layers.preprocessing.rescaling import Rescaling
from gossamer.layers.preprocessing.stft_spectrogram import STFTSpectrogram
from gossamer.layers.preprocessing.string_lookup import StringLookup
from gossamer.layers.preprocessing.text_vectorization import TextVectorization

MEMBERS: list[Any] = [
    CategoryEncoding, Discretization, HashedCrossing, Hashing, IntegerLookup, MelSpectrogram,
    Normalization, Pipeline, Rescaling, STFTSpectrogram, StringLookup, TextVectorization,
]  # fmt: skip
ALIASES: dict[str, Any] = {}
