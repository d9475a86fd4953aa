"""The outermost layer: who is addressed, who asks, and the headers that every answer carries."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedbed.web.answers import JsonAnswer, refusal, too_large
from seedbed.web.front import Front

log = logging.getLogger("seedbed.web")
API, TOO_LARGE = "/api/", 413
READING = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_PAGES = frozenset({"same-origin", "none"})
POLICY = "Content-Security-Policy"
"""A file that must show nothing but itself brings a stricter one of its own."""
HEADERS: Mapping[str, str] = {
    POLICY: "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; font-src 'self'; "
    "manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
TLS_ONLY = ("Strict-Transport-Security", "max-age=31536000")


class Guard:
    """Refuses requests to another host or from another site's pages; adds headers to every answer.

    Parameters
    ----------
    app : ASGI application
    front : Front
        The server's own addresses.
    most : (int, int)
        Bytes of a file, and of anything else, that the settings allow; for the sentence alone.
    """

    def __init__(self, app: ASGIApp, front: Front, most: tuple[int, int] = (0, 0)) -> None:
        self.app, self.front, self.most = app, front, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = replaced = False

        async def send_guarded(message: Message) -> None:
            nonlocal started, replaced
            if message["type"] == "http.response.start":
                replaced = _too_large_in_plain_text(message)
                if replaced:
                    await too_large(*self.most)(scope, receive, send_guarded)
                    replaced = True
                    return
                started = True
                self._add_headers(message, scope)
            if not replaced:
                await send(message)

        answer = self._refusal(scope)
        if answer is not None:
            await answer(scope, receive, send_guarded)
            return
        try:
            await self.app(scope, receive, send_guarded)
        except Exception:
            if started:
                raise
            await _own_fault(scope)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> JsonAnswer | None:
        headers = Headers(scope=scope)
        hosts = [each.lower() for each in headers.getlist("host")]
        if len(hosts) != 1 or hosts[0] not in self.front.hosts:
            return refusal(
                f"the request is for '{', '.join(hosts)[:200]}'",
                f"this server, {self.front.origin}",
                "open that address, or have the administrator add the name to the settings",
                code="bad_input",
            )
        if scope["method"] in READING:
            return None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if (origin is None or origin.lower() in self.front.origins) and site in OWN_PAGES:
            return None
        return refusal(
            f"the request comes from a page of '{(origin or site)[:200]}'",
            f"a page of {self.front.origin}",
            "use the workbench's own pages",
            code="forbidden",
        )

    def _add_headers(self, message: Message, scope: Scope) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers[name] = headers.get(name, value) if name == POLICY else value
        if self.front.secure:
            headers[TLS_ONLY[0]] = TLS_ONLY[1]
        if scope["path"].startswith(API):
            headers["Cache-Control"] = "no-store"


def _too_large_in_plain_text(message: Message) -> bool:
    """Whether Starlette has cut a body off, in words of its own."""
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] == TOO_LARGE and not kind.startswith("application/json")


def _own_fault(scope: Mapping[str, Any]) -> JsonAnswer:
    """Log an error of ours with a number, by which it is found again."""
    number = secrets.token_hex(4)
    log.exception("error %s in %s %s", number, scope["method"], scope["path"])
    return refusal(
        f"an error in Seedbed itself, number {number} in the server's log",
        "an answer",
        "report it with that part of the log",
        code="bug",
        status=500,
    )
