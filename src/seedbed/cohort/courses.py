"""What happened to each patient day by day: the findings, treatments and events that figures are drawn from.

Days count from the first day of the patient's treatment; findings before it have days below zero. Rows are
those of the analysis set, in parallel arrays, so that a hundred thousand patients fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Rows = TypeVar("Rows", "Findings", "Spans", "Happenings")


def _no_rows() -> IntArray:
    return np.zeros(0, dtype=np.int64)


def _no_values() -> FloatArray:
    return np.zeros(0, dtype=np.float64)


def _no_words() -> NDArray[np.str_]:
    return np.zeros(0, dtype=np.str_)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """One number at several times: a sum of diameters, thyroglobulin, pain.

    Attributes
    ----------
    patients : ndarray of int, shape (findings,)
        Row of the patient in the analysis set.
    days : ndarray of int, shape (findings,)
        Since the first day of treatment, in the order of time for each patient.
    values : ndarray of float, shape (findings,)
        NaN where it could not be measured.
    words : ndarray of str, shape (findings,)
        What was said of it: the response (``CR``, ``PR``, ``SD``, ``PD``, ``NE`` or empty) of images, ``<``
        or ``>`` of a value beyond what can be measured; empty else.
    """

    patients: IntArray = field(default_factory=_no_rows)
    days: IntArray = field(default_factory=_no_rows)
    values: FloatArray = field(default_factory=_no_values)
    words: NDArray[np.str_] = field(default_factory=_no_words)


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Treatment that lasts: courses of a drug.

    Attributes
    ----------
    patients, first_days, last_days : ndarray of int, shape (spans,)
        The last day is that of the last dose, or the day of the analysis while it is going on.
    going_on : ndarray of bool, shape (spans,)
    words : ndarray of str, shape (spans,)
        The drug.
    """

    patients: IntArray = field(default_factory=_no_rows)
    first_days: IntArray = field(default_factory=_no_rows)
    last_days: IntArray = field(default_factory=_no_rows)
    going_on: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    words: NDArray[np.str_] = field(default_factory=_no_words)


@dataclass(frozen=True, kw_only=True)
class Happenings:
    """What happened on one day.

    Attributes
    ----------
    patients, days : ndarray of int, shape (happenings,)
    words : ndarray of str, shape (happenings,)
        ``implant``, ``local progression``, ``distant progression``, ``local and distant progression``,
        ``death``, or ``last seen`` of those who are not known to have died.
    """

    patients: IntArray = field(default_factory=_no_rows)
    days: IntArray = field(default_factory=_no_rows)
    words: NDArray[np.str_] = field(default_factory=_no_words)


@dataclass(frozen=True, kw_only=True)
class Courses:
    """The courses of all patients of an analysis set.

    Attributes
    ----------
    diameters_mm : Findings
        Sum of the diameters of the target lesions, with the response at that visit.
    tg_ng_ml : Findings
    nrs : Findings
        Worst pain of any site, 0 to 10.
    drugs : Spans
    happenings : Happenings

    Examples
    --------
    >>> tg = Findings(patients=np.array([0, 0, 1]), days=np.array([-3, 60, 58]),
    ...               values=np.array([41.0, 6.5, 0.04]), words=np.array(["", "", "<"]))
    >>> kept = Courses(tg_ng_ml=tg).of_rows([1])
    >>> kept.tg_ng_ml.patients.tolist(), kept.tg_ng_ml.days.tolist()
    ([0], [58])
    """

    diameters_mm: Findings = field(default_factory=Findings)
    tg_ng_ml: Findings = field(default_factory=Findings)
    nrs: Findings = field(default_factory=Findings)
    drugs: Spans = field(default_factory=Spans)
    happenings: Happenings = field(default_factory=Happenings)

    def of_rows(self, rows: Sequence[int] | IntArray) -> "Courses":
        """Return the courses of some patients, whose rows are then counted anew in the order given."""
        kept = np.asarray(rows, dtype=np.int64)
        return Courses(
            diameters_mm=_of_rows(self.diameters_mm, kept),
            tg_ng_ml=_of_rows(self.tg_ng_ml, kept),
            nrs=_of_rows(self.nrs, kept),
            drugs=_of_rows(self.drugs, kept),
            happenings=_of_rows(self.happenings, kept),
        )


def _of_rows(series: Rows, kept: IntArray) -> Rows:
    most = int(max(series.patients.max(initial=-1), kept.max(initial=-1)))
    place = np.full(most + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    new = place[series.patients]
    there = new >= 0
    cut = {name: values[there] for name, values in vars(series).items()}
    return replace(series, **cut | {"patients": new[there]})
