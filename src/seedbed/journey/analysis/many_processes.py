"""Work given to other processes where there is much of it, and done here where there is not."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from typing import TypeVar

from seedbed.errors import OutputError

Result = TypeVar("Result")
Later = Callable[[], Result]
"""Gives the result of some work, once; it waits where the work goes on."""
MOST = 8
"""Processes that are started without being asked for a number (local rule): each needs memory of its own."""


def usable_processes() -> int:
    """Return how many processes this machine can run at once, at most eight.

    Examples
    --------
    >>> 1 <= usable_processes() <= MOST
    True
    """
    return min(os.cpu_count() or 1, MOST)


class OtherProcesses:
    """Processes beside this one, once they are started; until then work is done here, when it is asked for.

    The results do not depend on their number. `other_processes` makes them and ends them.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    @property
    def started(self) -> bool:
        """Whether there are any."""
        return self._pool is not None

    def start(self, module: str) -> None:
        """Start them, each by loading a module; nothing happens where one process was asked for."""
        if self._count < 2 or self.started:
            return
        self._pool = ProcessPoolExecutor(
            self._count, mp_context=get_context("spawn"), initializer=_begin, initargs=(module,)
        )
        for _ in range(self._count):  # each is started by work of its own
            self._pool.submit(os.getpid)

    def give(self, work: Callable[..., Result], *arguments: object) -> Later[Result]:
        """Give some work away.

        Parameters
        ----------
        work : callable
            A function of a module.
        *arguments
            Plain, so that a process can get them.

        Returns
        -------
        callable
            Gives the result, or raises what the work raised; OutputError where its process ended before it
            was done.
        """
        if self._pool is None:
            return partial(work, *arguments)
        future = self._pool.submit(work, *arguments)

        def result() -> Result:
            try:
                return future.result()
            except BrokenProcessPool as error:
                raise OutputError(
                    "a process ended before its work was done",
                    "enough memory for it",
                    "close other programs, or use one process",
                ) from error

        return result

    def end(self) -> None:
        """End them; what was not begun is left."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


@contextmanager
def other_processes(count: int) -> Iterator[OtherProcesses]:
    """Have other processes for a while.

    Parameters
    ----------
    count : int
        With one, no other process is ever started. Others are started anew ("spawn"), so that a script which
        asks for several has to keep its own work behind ``if __name__ == "__main__"``.

    Examples
    --------
    >>> with other_processes(1) as others:
    ...     others.start("json")
    ...     others.started, others.give(max, 3, 4)()
    (False, 4)
    """
    others = OtherProcesses(count)
    try:
        yield others
    finally:
        others.end()


@contextmanager
def ended_by_error(others: OtherProcesses) -> Iterator[None]:
    """End other processes where something is raised, before what they have open is taken away.

    Examples
    --------
    >>> with other_processes(1) as others, ended_by_error(others):
    ...     others.give(max, 3, 4)()
    4
    """
    with ExitStack() as unless_done:
        unless_done.callback(others.end)
        yield
        unless_done.pop_all()


def _begin(module: str) -> None:
    """Let the first process alone answer Ctrl-C: it waits for what is being done, and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import_module(module)
