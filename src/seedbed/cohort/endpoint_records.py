"""How each endpoint of each patient was decided: days, the event or why it is censored, and the records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.endpoints import DAYS_A_MONTH, TimeToEvent
from seedbed.statistics.counts import BoolArray, IntArray

COLUMNS = (
    *("patient_id", "endpoint", "start", "end", "days", "months", "event", "what_decided", "records"),
    "dates_known_to_the_day",
)


@dataclass(frozen=True)
class DecidedTimes:
    """One endpoint of all patients, in parallel arrays.

    Attributes
    ----------
    endpoint : str
        ``lpfs``, ``pfs`` or ``os``.
    starts : ndarray of int, shape (patients,)
        Ordinal of the first day of treatment.
    days : ndarray of int, shape (patients,)
        Until the event, or until it is censored.
    events, exact : ndarray of bool, shape (patients,)
        Whether the event came; whether all dates are known to the day.
    whats : ndarray of str, shape (patients,)
        The event, or why it is censored.
    sources : sequence of tuple of str
        Names of the records that decided.
    """

    endpoint: str
    starts: IntArray
    days: IntArray
    events: BoolArray
    exact: BoolArray
    whats: NDArray[np.str_]
    sources: Sequence[tuple[str, ...]]

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
        )


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
        """Return a row for each patient and endpoint, as `COLUMNS` names them.

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
        for at, patient in enumerate(patients):
            for each in self.decided:
                start, days = date.fromordinal(int(each.starts[at])), int(each.days[at])
                yield [
                    *(patient, each.endpoint, start.isoformat(), (start + timedelta(days)).isoformat(), days),
                    days / DAYS_A_MONTH,
                    "yes" if each.events[at] else "no",
                    str(each.whats[at]),
                    "; ".join(each.sources[at]),
                    "yes" if each.exact[at] else "no",
                ]
