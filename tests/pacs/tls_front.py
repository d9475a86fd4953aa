"""TLS in front of an archive that speaks plain HTTP, as a reverse proxy in a hospital does.

Debian's Orthanc 1.10.1 falls (segmentation fault) at the first request over its own HTTPS.
"""

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_S = 20
CHUNK = 1 << 16


class _Front(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    block_on_close = True
    context: ssl.SSLContext
    behind: int


class _Relay(socketserver.BaseRequestHandler):
    server: _Front

    def handle(self) -> None:
        """Carry bytes both ways; a caller who cannot prove who it is gets none."""
        with (
            suppress(OSError),
            self.server.context.wrap_socket(self.request, server_side=True) as outer,
            socket.create_connection(("127.0.0.1", self.server.behind), timeout=PATIENCE_S) as inner,
        ):
            relay(outer, inner)


def relay(outer: ssl.SSLSocket, inner: socket.socket) -> None:
    while True:
        ready = [outer] if outer.pending() else select.select([outer, inner], [], [], PATIENCE_S)[0]
        if not ready:
            return
        for each in ready:
            data = each.recv(CHUNK)
            if not data:
                return
            (inner if each is outer else outer).sendall(data)


@contextmanager
def tls_front(behind: int, *, certificate: tuple[Path, Path], authority: Path) -> Iterator[int]:
    """Listen with TLS for callers whose certificate the authority signed; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    with _Front(("127.0.0.1", 0), _Relay) as front:
        front.context, front.behind = context, behind
        thread = threading.Thread(target=front.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield front.server_address[1]
        finally:
            front.shutdown()
            thread.join()
