"""Batches of patients judged one after the other, or by several processes at once."""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from seedbed.errors import OutputError
from seedbed.journey.analysis.judging import Batch, JudgedImages, judge_batch

MOST = 8
"""Processes that are started without being asked for a number (local rule): each needs memory of its own."""
WAITING = 2
"""Batches for each process that are read ahead (local rule): bounds the memory."""


def usable_processes() -> int:
    """Return how many processes this machine can run at once, at most eight.

    Examples
    --------
    >>> 1 <= usable_processes() <= MOST
    True
    """
    return min(os.cpu_count() or 1, MOST)


def judge_batches(batches: Iterable[Batch], *, processes: int = 1) -> Iterator[JudgedImages]:
    """Judge batches of patients, in their order; the results do not depend on the number of processes.

    Parameters
    ----------
    batches : iterable of Batch
        Taken as they are needed.
    processes : int
        With one, no other process is started. Others are started anew ("spawn"), so that a script which asks
        for several has to keep its own work behind ``if __name__ == "__main__"``.

    Raises
    ------
    InputError
        Of a batch, as `judge_batch` raises it.
    OutputError
        A process ended in the middle, as where memory is short.
    """
    if processes < 2:
        yield from map(judge_batch, batches)
        return
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_stopping)
    try:
        yield from _in_order(pool, batches, most=WAITING * processes)
    except BrokenProcessPool as error:
        raise OutputError(
            "a process that judged images ended before it was done",
            "enough memory for it",
            "close other programs, or use one process",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, batches: Iterable[Batch], *, most: int) -> Iterator[JudgedImages]:
    waiting: deque[Future[JudgedImages]] = deque()
    for batch in batches:
        waiting.append(pool.submit(judge_batch, batch))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _leave_stopping() -> None:
    """Let the first process alone answer Ctrl-C: it waits for what is being judged, and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
