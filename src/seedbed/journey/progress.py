"""How long work tells how far it is, and how it is stopped."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the step in words, what is done and what there is in all."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Show no progress."""


class Stopped(BaseException):
    """The word to stop was heard."""


def stopping(progress: Progress, stop: Callable[[], bool]) -> Progress:
    """Return a progress that raises `Stopped` once there is a word to stop.

    Examples
    --------
    >>> try:
    ...     stopping(silent, lambda: True)("Reading", 0, 1)
    ... except Stopped:
    ...     print("stopped")
    stopped
    """

    def told(step: str, done: int, total: int) -> None:
        if stop():
            raise Stopped
        progress(step, done, total)

    return told
