"""Answers of a JSON head and octets behind it, as the pages read them."""

import json
import struct
from typing import Any

from fastapi import Response


def framed(head: dict[str, Any], octets: bytes) -> Response:
    """Put a head before octets: its length (uint32, little-endian), JSON padded to 4 bytes, then the rest.

    Examples
    --------
    >>> body = framed({"a": 1}, b"....").body
    >>> body[0], body[4:]
    (8, b'{"a": 1}....')
    """
    text = json.dumps(head, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return Response(struct.pack("<I", len(text)) + text + octets, media_type="application/octet-stream")
