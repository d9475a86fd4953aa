"""Addresses that name a patient, whose identifier may hold a slash: parted, and then decoded once."""

import re
from urllib.parse import quote, unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from seedbed.errors import InputError

ONLY_STOPS = re.compile(r"~+\.+")
ENCODED = "latin-1"
"""In which every octet of an address that is still encoded is a sign."""


class EncodedBelow:
    """Leaves addresses below a prefix encoded, so that an encoded slash parts nothing.

    Their routes decode what they take of them, as `decoded` does.

    Parameters
    ----------
    app : ASGI application
    prefix : str
        Ends with a slash.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app, self.prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and scope["path"].startswith(self.prefix):
            raw = scope.get("raw_path") or quote(scope["path"]).encode()
            scope = {**scope, "path": raw.partition(b"?")[0].decode(ENCODED)}
        await self.app(scope, receive, send)


def decoded(text: str) -> str:
    """Decode what is percent-encoded, once.

    Raises
    ------
    InputError
        It is no UTF-8.

    Examples
    --------
    >>> decoded("X%2F1"), decoded("50%25"), decoded("%E7%94%B2")
    ('X/1', '50%', '甲')
    """
    try:
        return unquote_to_bytes(text.encode(ENCODED)).decode()
    except UnicodeError as error:
        raise InputError(
            "a name that is not encoded as browsers do", "percent-encoded UTF-8", "encode it so"
        ) from error


def identifier(part: str) -> str:
    """Decode an identifier in an address; full stops alone, which would be a step up, stand behind a tilde.

    Examples
    --------
    >>> identifier("X%2F1"), identifier("~.."), identifier("~~.."), identifier("~a")
    ('X/1', '..', '~..', '~a')
    """
    text = decoded(part)
    return text.removeprefix("~") if ONLY_STOPS.fullmatch(text) else text
