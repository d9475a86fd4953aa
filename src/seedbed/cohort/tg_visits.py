"""Thyroglobulin at the visits as a table of patients by visits, with what is said of each value."""

from dataclasses import dataclass

import numpy as np

from seedbed.cohort.frame import AnalysisSet, FloatArray, IntArray
from seedbed.errors import InputError

MONTHS = (0, 2, 4, 6, 12)


@dataclass(frozen=True)
class TgVisits:
    """Natural logarithms of thyroglobulin.

    Attributes
    ----------
    logs : ndarray of float, shape (patients, visits)
        Of ng/mL, at `MONTHS`; NaN where there is none.
    beyond : ndarray of int, shape (patients, visits)
        -1 below what can be measured, 1 above, 0 measured; the value is then the limit.
    not_above_zero : int
        Values of zero, which have no logarithm and are left out.
    """

    logs: FloatArray
    beyond: IntArray
    not_above_zero: int


def tg_visits(data: AnalysisSet) -> TgVisits:
    """Read the thyroglobulin that counts for each visit, as in table 3, from the courses.

    Raises
    ------
    InputError
        Values in the columns and none in the courses, so that their limits are not known.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.cohort.courses import Courses, Findings
    >>> tg = Findings(patients=np.array([0]), days=np.array([-3]), values=np.array([0.04]),
    ...               words=np.array(["<"]), due_months=np.array([0]))
    >>> found = tg_visits(AnalysisSet(patients=("SYN-1",), group_by="arm", groups=("A",),
    ...     group_of=np.array([0]), columns={}, on=date(2026, 1, 1), courses=Courses(tg_ng_ml=tg)))
    >>> found.logs[0].round(2).tolist(), found.beyond[0].tolist()
    ([-3.22, nan, nan, nan, nan], [-1, 0, 0, 0, 0])
    """
    findings = data.courses.tg_ng_ml
    values = np.full((len(data.patients), len(MONTHS)), np.nan)
    beyond = np.zeros(values.shape, dtype=np.int64)
    for place, month in enumerate(MONTHS):
        taken = findings.at_month(month)
        values[taken.patients, place] = taken.values
        beyond[taken.patients, place] = np.where(taken.words == "<", -1, np.where(taken.words == ">", 1, 0))
    if np.isnan(values).all() and _are_known(data):
        raise InputError(
            "values of Tg of which it is not known whether they lie beyond what can be measured",
            "the course of Tg of each patient, matched with due visits",
            "build the analysis set from a register",
        )
    zero = values <= 0
    return TgVisits(np.log(np.where(zero, np.nan, values)), beyond, int(zero.sum()))


def _are_known(data: AnalysisSet) -> bool:
    names = [name for month in MONTHS if (name := f"tg_{month}") in data.columns]
    return any(data.column(name).known.any() for name in names)
