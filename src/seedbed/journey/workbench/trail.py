"""The access trail written and read: every view of a patient and every change, before it is answered."""

from collections.abc import Callable
from threading import Lock
from time import time

from seedbed.registry.accounts.opening import AccountRegister
from seedbed.registry.accounts.trail import Asked, Entry, TrailProof, add_entry, entries, prove_trail

MOST_REMEMBERED = 10_000
"""Views that are remembered so as not to write them twice; local rule."""
LONGEST_TEXT = 300
"""Signs of a text of the trail; beyond, it is cut. Local rule."""


class Trail:
    """The access trail of a register; for any number of threads.

    Parameters
    ----------
    register : AccountRegister
    same_view_s : float
        The same view by the same person from the same address is one entry in so many seconds.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self, register: AccountRegister, *, same_view_s: float = 0.0, clock: Callable[[], float] = time
    ) -> None:
        self._register, self._same_view_s, self._clock = register, same_view_s, clock
        self._views: dict[tuple[str, ...], float] = {}
        self._using = Lock()

    def note(self, who: str, what: str, *, patient_id: str = "", detail: str = "", origin: str = "") -> Entry:
        """Write what somebody did; when this returns, it is kept.

        Raises
        ------
        OutputError
            It could not be written: then the answer must not be sent.
        """
        with self._register.writing() as connection:
            return add_entry(
                connection,
                _short(who),
                what=_short(what),
                patient_id=_short(patient_id),
                detail=_short(detail),
                origin=_short(origin),
            )

    def viewed(
        self, who: str, what: str, *, patient_id: str = "", detail: str = "", origin: str = ""
    ) -> None:
        """Write what somebody saw, once in `same_view_s`.

        Raises
        ------
        OutputError
        """
        view, now = (who, what, patient_id, detail, origin), self._clock()
        with self._using:
            if now - self._views.get(view, float("-inf")) < self._same_view_s:
                return
        self.note(who, what, patient_id=patient_id, detail=detail, origin=origin)
        with self._using:
            if len(self._views) >= MOST_REMEMBERED:
                self._views.clear()
            self._views[view] = now

    def page(
        self, asked: Asked | None = None, *, page: int = 1, per_page: int = 100
    ) -> tuple[int, list[Entry]]:
        """Return how many entries there are and one page of them, the latest first."""
        with self._register.reading() as connection:
            return entries(connection, asked or Asked(), page=page, per_page=per_page)

    def prove(self, *, head: str | None = None) -> TrailProof:
        """Recompute the chain of hashes; ``head`` is a hash that was written down before."""
        with self._register.reading() as connection:
            return prove_trail(connection, head=head)


def _short(text: str) -> str:
    shown = "".join(each if each.isprintable() else "?" for each in text)
    return shown if len(shown) <= LONGEST_TEXT else shown[:LONGEST_TEXT] + "..."
