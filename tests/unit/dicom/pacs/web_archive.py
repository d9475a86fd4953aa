"""A DICOMweb archive that answers as a test tells it, on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

JSON = {"Content-Type": "application/dicom+json"}


@dataclass(frozen=True)
class Asked:
    method: str
    address: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def query(self) -> dict[str, list[str]]:
        """Decoded as RFC 3986 and HTML forms say."""
        return parse_qs(urlsplit(self.address).query, keep_blank_values=True)


@dataclass(frozen=True)
class Answer:
    """What is sent; ``length`` is what the header says of the body, None for no such header."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    body: bytes = b""
    length: int | None = -1


@dataclass
class Archive:
    answer: Callable[[Asked], Answer] = lambda _: Answer(204)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


def told(*datasets: dict[str, Any]) -> Answer:
    return Answer(body=json.dumps(datasets, ensure_ascii=False).encode())


def element(vr: str, *values: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": list(values)}


@contextmanager
def serving() -> Iterator[Archive]:
    archive = Archive()

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, dict(self.headers), body)
            archive.asked.append(asked)
            answer = archive.answer(asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.length is not None:
                self.send_header("Content-Length", str(max(answer.length, len(answer.body))))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = _respond  # noqa: N815

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        archive.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield archive
        finally:
            server.shutdown()
            thread.join()
