"""The server run: what may be reached how, the port taken, and an end without remains."""

import errno
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from seedbed.errors import InputError
from seedbed.journey.workbench.accounts import check_administered, has_accounts
from seedbed.journey.workbench.jobs import Jobs
from seedbed.journey.workbench.signing_in import end_local_sessions
from seedbed.journey.workbench.warming import count_ahead, open_ahead
from seedbed.journey.workbench.workbook_left import sweep_workbooks
from seedbed.journey.workbench.workplace import Workplace, WorkplaceAddress, open_workplace
from seedbed.web.access import load_access
from seedbed.web.app import create_app
from seedbed.web.entering import Entrance
from seedbed.web.front import LOOPBACK, Front, front_of, front_of_proxy
from seedbed.web.settings import Server, Settings
from seedbed.web.stages import hide_known_warnings, load_later, stages_of, steps
from seedbed.web.starting import Starting
from seedbed.web.visit import PREFIX, Bench

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - refused unless the settings name the host
GRACE_S = 3
"""So long answers that run may take at the end; local rule."""


@dataclass(frozen=True)
class Opened:
    """What is said when the server is ready.

    Attributes
    ----------
    address : str
        Where a browser gets in.
    local : bool
        Whether the address signs this machine's user in, once.
    """

    address: str
    local: bool


Ready = Callable[[Opened], None]


def serve(settings: Settings, address: WorkplaceAddress, *, ready: Ready) -> None:
    """Serve a workplace until Ctrl-C.

    Parameters
    ----------
    settings : Settings
    address : WorkplaceAddress
    ready : callable
        Called when the server can be reached, and again with each new address for this machine's user.

    Raises
    ------
    InputError
        What may not be reached so, a port that is taken, a workplace that another server holds.
    """
    check_reach(settings.server)
    with open_workplace(address) as workplace, bound(settings.server) as taken:
        front = front_at(settings.server, taken.getsockname()[1])
        if not only_here(settings.server):
            check_administered(workplace)
        entrance = _entrance(workplace, settings.server, front, ready)
        jobs = Jobs(workplace)
        bench = Bench(settings, front, workplace, jobs, load_access(), entrance)
        starting = Starting(front)
        server = _Server(configured(bench, starting), bench.closing)
        try:
            hide_known_warnings()
            starting.begin(
                lambda: create_app(bench), failed=server.give_up, stages=stages_of(bench), steps=steps()
            )
            starting.then(lambda: count_ahead(workplace), stage=0)
            starting.then(lambda: _make_ready(workplace))
            ready(Opened(_first_page(front, entrance), local=bench.local))
            _run(server, taken)
        finally:
            jobs.close()
            starting.end()


def only_here(server: Server) -> bool:
    """Tell whether this machine's user alone can reach the server."""
    return server.host in LOOPBACK and not server.behind_proxy


def check_reach(server: Server) -> None:
    """Refuse what others could reach in plain text.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_reach(Server())
    """
    if (server.tls_cert is None) != (server.tls_key is None):
        raise InputError("one of certificate and key", "both, as PEM files", "give --tls-cert and --tls-key")
    for file in (server.tls_cert, server.tls_key):
        if file is not None and not file.is_file():
            raise InputError(f"there is no file '{file}'", "a PEM file", "check the name")
    if server.tls_cert and server.behind_proxy:
        raise InputError(
            "a certificate and a proxy", "one of them: the proxy has the certificate", "leave one out"
        )
    if server.host not in LOOPBACK and not server.tls_cert and not server.behind_proxy:
        raise InputError(
            f"host '{server.host}' without TLS: passwords and patients' names would travel in plain text",
            "a certificate, or a proxy that has one",
            "give --tls-cert and --tls-key, or --behind-proxy ORIGIN, or leave the host out",
        )
    if server.host in EVERYWHERE and not server.names and not server.behind_proxy:
        raise InputError(
            f"host '{server.host}' listens everywhere, and the settings do not say under which names",
            'names = ["seedbed.hospital.local"] in the section [server]',
            "add it, or name the host itself",
        )


def front_at(server: Server, port: int) -> Front:
    """Return under which addresses browsers reach the server."""
    if server.behind_proxy:
        return front_of_proxy(server.behind_proxy)
    names = server.names or (server.host,)
    if server.host in LOOPBACK:
        names = tuple(dict.fromkeys((*names, *LOOPBACK)))
    return front_of(names, port, scheme="https" if server.tls_cert else "http")


def bound(server: Server) -> socket.socket:
    """Take the port, so that nothing else is started where it is taken.

    The socket says that it speaks TCP: asyncio sends small answers at once on those alone, and holds back on
    others until the browser has confirmed what came before, some 40 ms later.

    Raises
    ------
    InputError
        It is in use, or no address of this machine.
    """
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    try:
        taken = socket.create_server((server.host, server.port), family=family, backlog=128)
    except OSError as error:
        busy = error.errno in (errno.EADDRINUSE, errno.EACCES)
        why = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise InputError(
            f"the server cannot listen at {server.host} port {server.port} ({why})",
            "an address of this machine and a free port",
            "choose another with --port, or end what uses it" if busy else "choose another with --host",
        ) from error
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=taken.detach())


def _entrance(workplace: Workplace, server: Server, front: Front, ready: Ready) -> Entrance | None:
    """Let this machine's user in by address alone, as long as nobody has an account."""
    if not only_here(server) or has_accounts(workplace):
        end_local_sessions(workplace)
        return None

    def tell(token: str) -> None:
        ready(Opened(f"{front.origin}{PREFIX}/session/enter/{token}", local=True))

    return Entrance(tell)


def _first_page(front: Front, entrance: Entrance | None) -> str:
    if entrance is None:
        return f"{front.origin}/"
    return f"{front.origin}{PREFIX}/session/enter/{entrance.token}"


def _make_ready(workplace: Workplace) -> None:
    open_ahead(workplace)
    sweep_workbooks(workplace)
    load_later()


def configured(bench: Bench, app: ASGIApp) -> uvicorn.Config:
    """Say how uvicorn serves an application: by TLS or not, and who may say where a request comes from."""
    server = bench.settings.server
    return uvicorn.Config(
        app,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        ssl_certfile=server.tls_cert,
        ssl_keyfile=server.tls_key,
        proxy_headers=bool(server.behind_proxy),
        forwarded_allow_ips=list(server.proxy_addresses) if server.behind_proxy else None,
        timeout_graceful_shutdown=GRACE_S,
    )


class _Server(uvicorn.Server):
    """A server that tells long answers when it is about to end."""

    def __init__(self, config: uvicorn.Config, closing: Event) -> None:
        super().__init__(config)
        self._closing = closing

    def give_up(self) -> None:
        """End, as the application could not be made."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Hear Ctrl-C."""
        self._closing.set()
        super().handle_exit(sig, frame)


def _run(server: uvicorn.Server, taken: socket.socket) -> None:
    """Run until Ctrl-C or the system's wish to end it, after which uvicorn raises the signal again."""
    before = signal.getsignal(signal.SIGTERM)
    with suppress(ValueError):  # not in the main thread: nobody sends signals here
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.run(sockets=[taken])
    except KeyboardInterrupt:
        return
    finally:
        with suppress(ValueError):
            signal.signal(signal.SIGTERM, before)
