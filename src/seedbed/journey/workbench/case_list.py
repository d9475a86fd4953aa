"""The list of cases, kept as long as the store holds the same images."""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from seedbed.journey.workbench.case_folder import CaseRow, list_cases
from seedbed.journey.workbench.encoded import Encoded, encoded
from seedbed.registry.store import Store


@dataclass(frozen=True)
class ListedCases:
    """All cases at one state of the store.

    Attributes
    ----------
    state : tuple
        Of the store, as it says.
    rows : tuple of CaseRow
    """

    state: tuple[int, str]
    rows: tuple[CaseRow, ...]

    @cached_property
    def encoded(self) -> Encoded:
        """All, as the browser gets them."""
        return encoded({"cases": [case_dict(row) for row in self.rows]})


class CaseList:
    """The cases of a store, grouped anew only where that holds other images; for any number of threads."""

    def __init__(self) -> None:
        self._kept: ListedCases | None = None
        self._using = Lock()

    def rows(self, store: Store, *, patient_id: str | None = None) -> list[CaseRow]:
        """Return the cases, newest study first, all or those of a patient."""
        rows = self._now(store).rows
        return [row for row in rows if patient_id is None or row.patient_id == patient_id]

    def encoded(self, store: Store) -> Encoded:
        """Return all cases as the browser gets them."""
        found = self._now(store)
        with self._using:  # written once, not by each who asks meanwhile
            return found.encoded

    def _now(self, store: Store) -> ListedCases:
        with self._using:
            state = store.state()  # before it is read: what comes meanwhile is another state
            if self._kept is None or self._kept.state != state:
                self._kept = ListedCases(state, tuple(list_cases(store)))
            return self._kept


def case_dict(row: CaseRow) -> dict[str, Any]:
    """Return a case of the list for the browser."""
    return {**vars(row), "study_date": iso_day(row.study_date)}


def iso_day(dicom: str) -> str | None:
    """Write a DICOM date as ISO; None where there is none.

    Examples
    --------
    >>> iso_day("20260302"), iso_day("")
    ('2026-03-02', None)
    """
    return f"{dicom[:4]}-{dicom[4:6]}-{dicom[6:8]}" if len(dicom) == 8 and dicom.isdigit() else None
