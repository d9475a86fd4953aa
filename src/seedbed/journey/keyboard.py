"""A stop from the keyboard that is heard even where Python drops it.

Python raises KeyboardInterrupt at whatever line it stands. In a finaliser or the callback of a weak
reference, which run at any time, it is printed and lost, and the work would go on and be kept.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

_asked = Event()


@contextmanager
def heard() -> Iterator[None]:
    """Remember a Ctrl-C that comes inside, beside raising KeyboardInterrupt.

    Outside the main thread, and where the system or a program around this one listens otherwise, nothing
    is changed.

    Examples
    --------
    >>> with heard():
    ...     stop_if_asked()
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    try:
        signal.signal(signal.SIGINT, _hear)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _asked.clear()


def stop_if_asked() -> None:
    """Stop before something is kept, if Ctrl-C was pressed since `heard` began.

    Raises
    ------
    KeyboardInterrupt
        It was pressed.
    """
    if _asked.is_set():
        raise KeyboardInterrupt


def _hear(_number: int, _frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt
