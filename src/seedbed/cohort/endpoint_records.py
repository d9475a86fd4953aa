"""How each endpoint of each patient was decided: days, the event or why it is censored, and the records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.endpoints import DAYS_A_MONTH, TimeToEvent
from seedbed.statistics.counts import BoolArray, IntArray

COLUMNS = (
    *("patient_id", "endpoint", "start", "end", "days", "months", "event", "what_decided", "records"),
    "dates_known_to_the_day",
)
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class DecidedTimes:
    """One endpoint of all patients, in parallel arrays.

    Attributes
    ----------
    endpoint : str
        ``lpfs``, ``pfs``, ``os``, ``ttr`` or ``dor``.
    starts : ndarray of int, shape (patients,)
        Ordinal of the first day of treatment; of ``dor`` that of the first response.
    days : ndarray of int, shape (patients,)
        Until the event, or until it is censored.
    events, exact : ndarray of bool, shape (patients,)
        Whether the event came; whether all dates are known to the day.
    whats : ndarray of str, shape (patients,)
        The event, or why it is censored.
    sources : sequence of tuple of str
        Names of the records that decided.
    known : ndarray of bool, shape (patients,), optional
        Whether the patient has the endpoint; all have it by default.
    """

    endpoint: str
    starts: IntArray
    days: IntArray
    events: BoolArray
    exact: BoolArray
    whats: NDArray[np.str_]
    sources: Sequence[tuple[str, ...]]
    known: BoolArray | None = None

    @classmethod
    def of(
        cls, endpoint: str, found: Sequence[TimeToEvent], sources: Sequence[tuple[str, ...]]
    ) -> "DecidedTimes":
        """Keep the times of all patients.

        Examples
        --------
        >>> time = TimeToEvent(endpoint="END-OS", patient_id="SYN-1", start=date(2024, 1, 1),
        ...                    end=date(2024, 3, 1), event=True, what="death", exact=True)
        >>> DecidedTimes.of("os", [time], [("death SYN-1",)]).days.tolist()
        [60]
        """
        return cls(
            endpoint,
            np.array([each.start.toordinal() for each in found], dtype=np.int64),
            np.array([each.days for each in found], dtype=np.int64),
            np.array([each.event for each in found], dtype=bool),
            np.array([each.exact for each in found], dtype=bool),
            np.array([each.what for each in found], dtype=np.str_),
            sources,
        )

    def told(self) -> Iterator[tuple[Any, ...] | None]:
        """Return for each patient what `COLUMNS` names after the identifier; None without the endpoint."""
        words = np.array(["no", "yes"])
        lines = zip(
            repeat(self.endpoint),
            _iso(self.starts),
            _iso(self.starts + self.days),
            self.days.tolist(),
            (self.days / DAYS_A_MONTH).tolist(),
            words[self.events.astype(np.int64)].tolist(),
            self.whats.tolist(),
            map("; ".join, self.sources),
            words[self.exact.astype(np.int64)].tolist(),
        )
        if self.known is None:
            return lines
        return (line if here else None for line, here in zip(lines, self.known.tolist(), strict=True))

    def of_rows(self, rows: IntArray) -> "DecidedTimes":
        """Return those of some patients."""
        return DecidedTimes(
            self.endpoint,
            self.starts[rows],
            self.days[rows],
            self.events[rows],
            self.exact[rows],
            self.whats[rows],
            [self.sources[at] for at in rows.tolist()],
            None if self.known is None else self.known[rows],
        )


def _iso(ordinals: IntArray) -> list[str]:
    """Write ordinals of days as ISO dates."""
    days = (ordinals - EPOCH).astype("datetime64[D]")
    return list(np.datetime_as_string(days).tolist())


@dataclass(frozen=True)
class EndpointRecords:
    """How the endpoints of all patients of an analysis set were decided.

    Attributes
    ----------
    decided : tuple of DecidedTimes
    """

    decided: tuple[DecidedTimes, ...] = field(default=())

    def of_rows(self, rows: IntArray) -> "EndpointRecords":
        """Return those of some patients, in the order given."""
        return EndpointRecords(tuple(each.of_rows(rows) for each in self.decided))

    def rows(self, patients: Sequence[str]) -> Iterator[list[Any]]:
        """Return a row for each patient and endpoint that the patient has, as `COLUMNS` names them.

        Examples
        --------
        >>> time = TimeToEvent(endpoint="END-OS", patient_id="SYN-1", start=date(2024, 1, 1),
        ...                    end=date(2024, 3, 1), event=False, what="alive when last seen", exact=True)
        >>> found = EndpointRecords((DecidedTimes.of("os", [time], [("contact SYN-1, 2024-03-01",)]),))
        >>> row = next(found.rows(["SYN-1"]))
        >>> row[:5], row[6:]
        (['SYN-1', 'os', '2024-01-01', '2024-03-01', 60], ['no', 'alive when last seen', 'contact SYN-1, \
2024-03-01', 'yes'])
        """
        for patient, *each in zip(patients, *(decided.told() for decided in self.decided), strict=True):
            for told in each:
                if told is not None:
                    yield [patient, *told]
