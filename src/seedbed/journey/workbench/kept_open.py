"""Things that many threads use by name: the last ones stay open, and none is ever open twice."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock, RLock
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Opened = TypeVar("Opened")


class NamedLocks:
    """A lock for each name; it is there as long as somebody holds it or waits for it.

    Examples
    --------
    >>> locks = NamedLocks()
    >>> with locks.of("a"):
    ...     len(locks)
    1
    >>> len(locks)
    0
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, RLock] = WeakValueDictionary()
        self._using = Lock()

    def __len__(self) -> int:
        return len(self._locks)

    def of(self, name: str) -> RLock:
        """Return the lock of a name."""
        with self._using:
            return self._locks.setdefault(name, RLock())


class KeptOpen(Generic[Opened]):
    """What was opened last stays open; what somebody still uses is never opened a second time.

    Two plans open at once under one name would each keep their own version, and the second edit would not
    know of the first.

    Parameters
    ----------
    most : int
        So many stay open though nobody uses them.

    Examples
    --------
    >>> kept = KeptOpen(1)
    >>> [kept.opened(name, lambda name: {*name}) for name in ("a", "b", "b")]
    [{'a'}, {'b'}, {'b'}]
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._last: OrderedDict[str, Opened] = OrderedDict()
        self._used: WeakValueDictionary[str, Opened] = WeakValueDictionary()
        self._using, self._turns = Lock(), NamedLocks()

    def opened(
        self, name: str, open_it: Callable[[str], Opened], *, holds: Callable[[Opened], bool] | None = None
    ) -> Opened:
        """Return what is open under a name, or open it; others who ask for it meanwhile wait.

        Parameters
        ----------
        name : str
        open_it : callable
        holds : callable, optional
            Whether what is open is still as what it was opened from; otherwise it is opened anew, and who has
            the old one keeps it. Not for what remembers changes of its own.
        """
        found = self._found(name)
        if found is not None and (holds is None or holds(found)):
            return found
        with self._turns.of(name):
            found = self._found(name)
            if found is None or not (holds is None or holds(found)):
                found = open_it(name)
                self._keep(name, found)
            return found

    def closed(self, name: str) -> None:
        """Forget what is open under a name; for what is there no more."""
        with self._using:
            self._last.pop(name, None)
            self._used.pop(name, None)

    def _found(self, name: str) -> Opened | None:
        with self._using:
            found = self._used.get(name)
            if found is not None:
                self._move_last(name, found)
            return found

    def _keep(self, name: str, found: Opened) -> None:
        with self._using:
            self._used[name] = found
            self._move_last(name, found)

    def _move_last(self, name: str, found: Opened) -> None:
        self._last[name] = found
        self._last.move_to_end(name)
        while len(self._last) > self._most:
            self._last.popitem(last=False)
