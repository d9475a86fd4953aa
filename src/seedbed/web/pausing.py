"""Pauses between those who ask, in which the server may load what it needs later.

Loading a module holds the interpreter, so that a thread that loads and one that answers slow each other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

QUIET_S = 0.25
"""So long after an answer a page has asked for all that it shows; local rule."""
LONGEST_ANSWER_S = 1.0
"""What lasts longer is a stream, or work that has to share the processor; local rule."""
LONGEST_S = 10.0
"""So long in all is waited, where somebody asks again and again; local rule."""


class Pauses:
    """Tells when nobody is asking; for one event loop that asks and any thread that waits.

    Parameters
    ----------
    clock : callable
        Seconds.

    Examples
    --------
    >>> pauses = Pauses()
    >>> pauses.wait()
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._changed = clock, Condition()
        self._begun: dict[object, float] = {}
        self._last, self._left_s, self._in_a_hurry = float("-inf"), LONGEST_S, False

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Hold while a request is answered."""
        key = object()
        with self._changed:
            self._begun[key] = self._clock()
        try:
            yield
        finally:
            with self._changed:
                del self._begun[key]
                self._last = self._clock()
                self._changed.notify_all()

    def hurry(self) -> None:
        """Wait no more, now and later: somebody needs what is loaded."""
        with self._changed:
            self._in_a_hurry = True
            self._changed.notify_all()

    def wait(self) -> None:
        """Wait until nobody is asking, or somebody needs what is loaded."""
        with self._changed:
            while not self._in_a_hurry and self._left_s > 0 and (rest := self._rest_s()) > 0:
                before = self._clock()
                self._changed.wait(min(rest, self._left_s))
                self._left_s -= self._clock() - before

    def _rest_s(self) -> float:
        """Seconds until a pause may be there."""
        now = self._clock()
        answers = [LONGEST_ANSWER_S - (now - begun) for begun in self._begun.values()]
        return max(QUIET_S - (now - self._last), *answers, 0.0)
