"""The one exception for what a person has to mend: no npm, no network, a wrong checksum.

Every step of the build raises it with one clear sentence; build.py prints that sentence and
exits with 1, without a traceback. Anything else that escapes is a fault of ours and keeps its
traceback.
"""

from __future__ import annotations


class BuildError(Exception):
    """A sentence for the person at the terminal: what went wrong and what to do about it."""
