"""How often tokens have been seen, and in how many documents."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np


class TokenCounts:
    """Counts of tokens.

    Args:
        by_document: whether it is also counted in how many documents each token is.

    Attributes:
        tokens: how often each token has been seen.
        num_documents: how many documents have been.
    """

    def __init__(self, by_document: bool) -> None:
        self.tokens: Counter[Any] = Counter()
        self.num_documents = 0
        self._by_document = by_document
        self._documents: Counter[Any] = Counter()

    def add(self, tokens: np.ndarray, rows: np.ndarray, num_documents: int) -> None:
        """Count tokens; `rows` says in which document each of them stands."""
        if tokens.size:
            different, places, counts = np.unique(tokens, return_inverse=True, return_counts=True)
            self.tokens.update(dict(zip(different.tolist(), counts.tolist(), strict=True)))
            if self._by_document:
                pairs = np.unique(np.stack([places.ravel(), rows]), axis=1)
                counts = np.bincount(pairs[0], minlength=len(different))
                self._documents.update(dict(zip(different.tolist(), counts.tolist(), strict=True)))
        self.num_documents += num_documents

    def most_common(self, special: set[Any], most: int | None) -> list[Any]:
        """Tokens by their counts, equal ones last first, without special ones."""
        found = [(count, token) for token, count in self.tokens.items() if token not in special]
        return [token for _, token in sorted(found, reverse=True)[:most]]

    def inverse_document_frequencies(self, tokens: list[Any]) -> np.ndarray:
        """`log(1 + documents / (1 + documents with the token))`, for each token."""
        counts = np.array([self._documents[token] for token in tokens], np.float64)
        return np.log(1 + self.num_documents / (1 + counts))
