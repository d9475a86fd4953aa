"""A stop from the keyboard that is heard even where Python drops it, and that tells what was kept.

Python raises KeyboardInterrupt at whatever line it stands. In a finaliser or the callback of a weak
reference, which run at any time, it is printed and lost, and the work would go on and be kept; while a
result is put in its place it would leave half of it.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Any

_asked, _keeping, _kept = Event(), Event(), Event()


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
    _kept.clear()
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    try:
        signal.signal(signal.SIGINT, _hear)
    except ValueError:  # not the main thread
        yield
        return
    told, sys.unraisablehook = sys.unraisablehook, _but_stops(sys.unraisablehook)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = told
        _asked.clear()


def stop_if_asked() -> None:
    """Stop if Ctrl-C was pressed since `heard` began.

    Raises
    ------
    KeyboardInterrupt
        It was pressed.
    """
    if _asked.is_set():
        raise KeyboardInterrupt


@contextmanager
def keeping() -> Iterator[Callable[[], None]]:
    """Give a function to call before a result is put in its place; from then on a stop waits until it is.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C was pressed: before, by the function, so that nothing is kept; or meanwhile, at the end.

    Examples
    --------
    >>> with keeping() as begin:
    ...     begin()  # and put the result in its place
    >>> anything_kept()
    True
    """

    def begin() -> None:
        _keeping.set()
        stop_if_asked()

    try:
        yield begin
        if _keeping.is_set():
            _kept.set()
    finally:
        _keeping.clear()
    stop_if_asked()


def anything_kept() -> bool:
    """Whether a result was put in its place since `heard` began last."""
    return _kept.is_set()


def _hear(_number: int, _frame: FrameType | None) -> None:
    _asked.set()
    if not _keeping.is_set():
        raise KeyboardInterrupt


def _but_stops(told: Callable[[Any], object]) -> Callable[[Any], None]:
    """Leave out dropped stops of what is told: they are asked for again."""

    def tell(dropped: Any) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            told(dropped)

    return tell
