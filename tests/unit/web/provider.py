"""A small OpenID provider on loopback, which checks what it is sent and can be told to lie."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "seedbed", "synthetic secret"


class FakeProvider:
    """Who signs in, and which lie is told."""

    def __init__(self) -> None:
        self.key, self.other_key = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))
        self.claims: dict[str, Any] = {
            "sub": "7", "preferred_username": "Anna", "name": "Anna S", "groups": ["physics", "staff"],
        }  # fmt: skip
        self.lie: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.issuer = self.named = ""
        self.signed_by, self.by_public_key = self.key, False

    def authorise(self, location: str) -> dict[str, str]:
        """Take where the browser was sent; gives what it comes back with."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return {"code": "a code", "state": self.asked["state"]}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """Give a token for a code, if client and verifier are right."""
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.asked["code_challenge"]
        assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"
        assert form["code"] == "a code"
        now = int(time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": self.asked["nonce"],
            **self.claims, **self.lie,
        }  # fmt: skip
        if self.by_public_key:
            token = hmac_token(claims, self.key.as_pem(private=False))
        else:
            token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signed_by)
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def document(self, path: str) -> dict[str, Any] | None:
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        if path != "/.well-known/openid-configuration":
            return None
        return {
            "issuer": self.named or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }


def hmac_token(claims: dict[str, Any], key: bytes) -> str:
    """Sign by HMAC with a key that everybody knows."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "1"}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    made = base64.urlsafe_b64encode(hmac.digest(key, signed, "sha256")).rstrip(b"=")
    return (signed + b"." + made).decode()


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(provider.document(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(provider.token(form, self.headers.get("Authorization", "")))

        def answer(self, found: dict[str, Any] | None) -> None:
            content = json.dumps(found or {}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
