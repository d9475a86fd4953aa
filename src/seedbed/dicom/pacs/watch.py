"""A guard over a connection: it cuts what is silent for too long, and keeps answers for whoever asked."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from pynetdicom import evt

Handlers = Sequence[tuple[Any, Callable[..., Any]]]
"""Events of pynetdicom, and what is to be called."""
LOOKS_PER_TIMEOUT = 8
CONFIRM_AT_ONCE: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux has it, and forgets it after each answer."""


class Watch:
    """Cuts a connection over which nothing has come or gone for too long.

    Time that we need ourselves, within `pausing`, does not count.

    Parameters
    ----------
    timeout_s : float
        Longest silence, s.
    """

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s, self.fired = timeout_s, False
        self._last, self._busy = time.monotonic(), False
        self._socket: socket.socket | None = None

    def begin(self, event: evt.Event) -> None:
        """Take the socket of a connection that has opened; small messages go at once from now on."""
        connected = event.assoc.dul.socket
        self._socket = connected.socket if connected else None
        self._set(socket.TCP_NODELAY)
        self.touch()

    def touch(self, event: evt.Event | None = None) -> None:  # noqa: ARG002 - the shape of a handler
        """Note that something has come or gone, and confirm at once what comes next.

        Senders that write a message in two pieces wait for the confirmation of the first; a system that
        puts it off makes each image 40 ms longer.
        """
        self._last = time.monotonic()
        if CONFIRM_AT_ONCE is not None:
            self._set(CONFIRM_AT_ONCE)

    def _set(self, option: int) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it may be closed already
                self._socket.setsockopt(socket.IPPROTO_TCP, option, 1)

    @property
    def connected(self) -> bool:
        """Whether there ever was a connection."""
        return self._socket is not None

    @contextmanager
    def pausing(self) -> Iterator[None]:
        """Bear silence while we are at work ourselves."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
            self.touch()

    def look(self) -> None:
        """Cut the connection if the silence is too long; whoever waits on it then wakes."""
        if self._socket is None or self._busy or time.monotonic() - self._last < self.timeout_s:
            return
        self.fired = True
        with suppress(OSError):  # closed already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection for good; the library leaves it open where the other one was first."""
        if self._socket is not None:
            self._socket.close()

    def handlers(self) -> Handlers:
        """Return what to bind to an association."""
        return [
            (evt.EVT_CONN_OPEN, self.begin),
            (evt.EVT_DATA_RECV, self.touch),
            (evt.EVT_DATA_SENT, self.touch),
        ]

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look from a thread of its own."""
        done = threading.Event()

        def look_on() -> None:
            while not done.wait(min(1.0, self.timeout_s / LOOKS_PER_TIMEOUT)):
                self.look()

        thread = threading.Thread(target=look_on, name="seedbed-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class Gate(threading.Event):
    """Keeps pynetdicom's own loop still while we ask; it would now and then take an answer that is ours.

    It lets that loop go on after each question, and a quick answer to the next one can come before it rests.
    """

    def install(self, event: evt.Event) -> None:
        """Stand in for the library's own gate, before its loop starts."""
        event.assoc._reactor_checkpoint = self

    def set(self) -> None:
        """Stay closed: the library opens its gate after each question."""

    def open(self) -> None:
        """Let the loop end."""
        super().set()
