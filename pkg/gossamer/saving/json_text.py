"""JSON from elsewhere: measured before it is parsed, since its depth is the depth of the parser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

LONGEST_TEXT = 256 << 20
# Models within models take a handful of levels each. In a page a few hundred are the parser's
# limit, behind which there is no error but a dead interpreter.
MAX_DEPTH = 200

_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def parse(
    text: memoryview | bytes | str,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None,
) -> Any:
    """What JSON says.

    Args:
        text: in UTF-8 if it is bytes.
        object_pairs_hook: as for `json.loads`.

    Raises:
        ValueError: if it is no JSON, too long or too deep.

    Example:
        >>> from gossamer.saving import json_text
        >>> json_text.parse(b'{"a": [1, null]}')
        {'a': [1, None]}
    """
    data = text.encode() if isinstance(text, str) else bytes(text)
    if len(data) > LONGEST_TEXT:
        raise ValueError(f"Expected at most {LONGEST_TEXT} bytes of JSON. Received: {len(data)}")
    brackets = _TEXT.sub(b"", data).translate(None, _NO_BRACKET)
    depth = max(accumulate(_STEPS[bracket] for bracket in brackets), default=0)
    if depth > MAX_DEPTH:
        raise ValueError(f"Expected at most {MAX_DEPTH} levels of JSON. Received: {depth}")
    return json.loads(data.decode(), object_pairs_hook=object_pairs_hook)
