"""The first seconds of the server: pages at once, lists soon after, everything else while nobody waits."""

import logging
from asyncio import shield, wrap_future
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from seedbed.web.front import Front
from seedbed.web.guard import API, READING, Guard
from seedbed.web.pages import page
from seedbed.web.pausing import Pauses

log = logging.getLogger("seedbed.web")


@dataclass(frozen=True)
class Stage:
    """A part of the API that is there before all of it.

    Attributes
    ----------
    make : callable
        Makes an application of this part.
    answers : callable
        Whether that application, once made, is the one to answer a request, by its scope.
    """

    make: Callable[[], ASGIApp]
    answers: Callable[[Scope], bool]


class Starting:
    """Passes requests on to an application that is still being made; pages do not wait for it.

    The routes load all of Seedbed, some seconds of the processor; a browser needs as long to come up. What it
    shows first is a stage of its own. What comes after a stage is loaded while nobody asks for anything, or
    as soon as somebody waits for it.

    Parameters
    ----------
    front : Front
        The server's own addresses.
    """

    def __init__(self, front: Front) -> None:
        self._pages = Guard(Router([Route("/{path:path}", page, methods=["GET"])]), front)
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="starting")
        self._stages: Sequence[Stage] = ()
        self._apps: list[Future[ASGIApp]] = [Future()]
        self._pauses, self._ended = Pauses(), Event()

    def begin(
        self,
        make: Callable[[], ASGIApp],
        *,
        failed: Callable[[], object],
        stages: Sequence[Stage] = (),
        steps: Sequence[Callable[[], object]] = (),
    ) -> None:
        """Make the application in a thread of its own; ``failed`` is called where that raises.

        Parameters
        ----------
        make, failed : callable
        stages : sequence of Stage
            Made before, one after the other.
        steps : sequence of callable
            Done between the first stage and the next, one by one, each while nobody asks for anything.
        """

        def look(made: Future[ASGIApp]) -> None:
            if _failed(made):
                failed()

        self._stages = stages
        self._apps = []
        for place, each in enumerate([*(stage.make for stage in stages), make]):
            self._apps.append(self._threads.submit(self._made, place, each, steps))
        self._apps[-1].add_done_callback(look)

    def then(self, act: Callable[[], object], *, stage: int = -1) -> None:
        """Do something after a stage, the last by default, in a thread that the end does not wait for.

        What it raises is logged; nothing is told of what fails as the server ends.
        """

        def begin(made: Future[ASGIApp]) -> None:
            if _is_there(made):
                Thread(target=self._done, args=(act,), name="made-ready", daemon=True).start()

        self._apps[stage].add_done_callback(begin)

    def end(self) -> None:
        """Wait for what is being made, and for nothing after it; raises what `begin` could not make."""
        self._ended.set()
        self._pauses.hurry()
        self._threads.shutdown(cancel_futures=True)
        with suppress(CancelledError):
            self._apps[-1].result()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        whole = self._apps[-1]
        if _is_there(whole):
            await whole.result()(scope, receive, send)
        elif _is_of_page(scope):
            await self._pages(scope, receive, send)
        else:
            with self._pauses.asked():
                app = await self._app_for(scope)
                await app(scope, receive, send)

    async def _app_for(self, scope: Scope) -> ASGIApp:
        """Return the first application that answers a request, as soon as it is there."""
        for stage, made in zip(self._stages, self._apps, strict=False):
            app = await shield(wrap_future(made))
            if scope["type"] == "http" and stage.answers(scope):
                return app
            self._pauses.hurry()
        return await shield(wrap_future(self._apps[-1]))

    def _made(
        self, place: int, make: Callable[[], ASGIApp], steps: Sequence[Callable[[], object]]
    ) -> ASGIApp:
        """Make an application after those before it; raises what one of them raised."""
        if place > 0:
            self._apps[place - 1].result()
        if place == 1:
            self._load(steps)
        return make()

    def _load(self, steps: Sequence[Callable[[], object]]) -> None:
        for step in steps:
            self._pauses.wait()
            if self._ended.is_set():
                raise CancelledError
            step()

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


def _is_there(made: Future[ASGIApp]) -> bool:
    return made.done() and not made.cancelled() and made.exception() is None


def _failed(made: Future[ASGIApp]) -> bool:
    """Tell whether something could not be made; what was left because the server ended has not failed."""
    error = None if made.cancelled() else made.exception()
    return error is not None and not isinstance(error, CancelledError)


def _is_of_page(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in READING and not scope["path"].startswith(API)
