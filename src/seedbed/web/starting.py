"""The first seconds of the server: pages at once, and the API as soon as its routes are loaded."""

import logging
from asyncio import shield, wrap_future
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Thread

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from seedbed.web.front import Front
from seedbed.web.guard import API, READING, Guard
from seedbed.web.pages import page

log = logging.getLogger("seedbed.web")


class Starting:
    """Passes requests on to an application that is still being made; pages do not wait for it.

    The routes load all of Seedbed, some seconds of the processor; a browser needs as long to come up.

    Parameters
    ----------
    front : Front
        The server's own addresses.
    """

    def __init__(self, front: Front) -> None:
        self._pages = Guard(Router([Route("/{path:path}", page, methods=["GET"])]), front)
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="starting")
        self._app: Future[ASGIApp] = Future()
        self._ended = Event()

    def begin(self, make: Callable[[], ASGIApp], *, failed: Callable[[], object]) -> None:
        """Make the application in a thread of its own; ``failed`` is called where that raises."""

        def look(made: Future[ASGIApp]) -> None:
            if made.exception() is not None:
                failed()

        self._app = self._threads.submit(make)
        self._app.add_done_callback(look)

    def then(self, act: Callable[[], object]) -> None:
        """Do something after that, in a thread that the end of the server does not wait for.

        What it raises is logged; nothing is told of what fails as the server ends.
        """

        def begin(made: Future[ASGIApp]) -> None:
            if not made.cancelled() and made.exception() is None:
                Thread(target=self._done, args=(act,), name="made-ready", daemon=True).start()

        self._app.add_done_callback(begin)

    def _done(self, act: Callable[[], object]) -> None:
        if self._ended.is_set():
            return
        try:
            act()
        except Exception:
            if self._ended.is_set():  # what it used is closed by now
                log.debug("not made ready ahead: the server ended")
            else:
                log.exception("not made ready ahead")

    def end(self) -> None:
        """Wait for the application, and for nothing after it; raises what `begin` could not make."""
        self._ended.set()
        self._threads.shutdown(cancel_futures=True)
        if not self._app.cancelled():
            self._app.result()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if not self._app.done() and _is_of_page(scope):
            await self._pages(scope, receive, send)
            return
        app = await shield(wrap_future(self._app))
        await app(scope, receive, send)


def _is_of_page(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in READING and not scope["path"].startswith(API)
