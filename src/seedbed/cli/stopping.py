"""Stop when pleased: the first Ctrl-C asks a search to end, the second leaves the program."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_when_asked(said: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether the user pressed Ctrl-C.

    Parameters
    ----------
    said : callable
        Called at the first Ctrl-C; the second raises KeyboardInterrupt as usual.
    """
    asked = False

    def hear(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        said()

    before, ended = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    try:
        signal.signal(signal.SIGINT, hear)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # tidy up as after the second Ctrl-C
    except ValueError:  # not in the main thread: nobody can press anything here
        yield lambda: False
        return
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, ended)
