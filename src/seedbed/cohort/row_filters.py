"""Patients of an analysis set left out by what was known of them before treatment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from seedbed.cohort.frame import AnalysisSet, BoolArray, Column, Exclusion
from seedbed.errors import InputError, one_of

FILTERS: Final = (
    *("sex", "age_years", "bmi_kg_m2", "kps", "ecog", "pathology", "surgery", "bilateral_tumours"),
    *("extrathyroidal_extension", "metastasis", "mutation", "prescription_gy", "volume_0", "tg_0", "nrs_0"),
)
"""Variables that patients may be chosen by: those known when treatment begins. Who is chosen by what came
later had to live to see it (guarantee-time bias); local rule."""


@dataclass(frozen=True, kw_only=True)
class RowFilter:
    """Which values of a variable are analysed.

    Attributes
    ----------
    variable : str
        One of `FILTERS`.
    classes : tuple of str
        Classes that are kept, of a variable with classes.
    low, high : float or None
        Range that is kept, both included, of a number; None is open.

    Raises
    ------
    InputError
        A variable that patients may not be chosen by, or a filter that says nothing.

    Examples
    --------
    >>> RowFilter(variable="sex", classes=("female",)).text
    'sex: female'
    >>> RowFilter(variable="age_years", low=18, high=65).text
    'age_years: 18 to 65'
    """

    variable: str
    classes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.variable not in FILTERS:
            raise InputError(
                f"a filter by '{self.variable}'",
                f"what is known before treatment: {one_of(FILTERS, self.variable)}",
                "choose another, or compare groups by it",
            )
        ranged = self.low is not None or self.high is not None
        if ranged == bool(self.classes):
            raise InputError(f"a filter by '{self.variable}'", "either classes or a range", "state one")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InputError(
                f"'{self.variable}' from {self.low:g} to {self.high:g}", "a range that goes up", "turn it"
            )

    @property
    def text(self) -> str:
        """Say it in words."""
        if self.classes:
            return f"{self.variable}: {', '.join(self.classes)}"
        if self.low is None:
            return f"{self.variable}: at most {self.high:g}"
        return f"{self.variable}: " + (
            f"at least {self.low:g}" if self.high is None else f"{self.low:g} to {self.high:g}"
        )


def filtered(data: AnalysisSet, filters: Sequence[RowFilter]) -> AnalysisSet:
    """Leave out the patients outside of some filters, and those of whom the value is not known.

    A patient is counted once, by the first filter that leaves it out; groups without a patient are dropped.

    Parameters
    ----------
    data : AnalysisSet
    filters : sequence of RowFilter

    Returns
    -------
    AnalysisSet
        With the exclusions and a note for each filter.

    Raises
    ------
    InputError
        A class that a variable does not have, a range of classes, or nobody left.
    """
    if not filters:
        return data
    kept = np.ones(len(data.patients), dtype=bool)
    exclusions, notes = list(data.exclusions), list(data.notes)
    for each in filters:
        column = data.column(each.variable)
        fits, known = _fits(column, each), column.known
        reason = f"filter {each.text}"
        for why, out in ((reason, known & ~fits), (f"{reason}: not known", ~known)):
            left = np.flatnonzero(kept & out).tolist()
            if left:
                exclusions.append(Exclusion(why, tuple(data.patients[at] for at in left)))
        before, kept = int(kept.sum()), kept & known & fits
        notes.append(f"Filter {each.text}: {int(kept.sum())} of {before} patients are analysed")
    found = _of_rows(data, kept)
    return replace(found, exclusions=tuple(exclusions), notes=tuple(notes))


def _fits(column: Column, asked: RowFilter) -> BoolArray:
    there = column.variable.classes
    if bool(there) != bool(asked.classes):
        wanted = f"some of {', '.join(there)}" if there else "a range of numbers"
        raise InputError(f"a filter {asked.text}", wanted, "correct it")
    if not there:
        low, high = asked.low, asked.high
        with np.errstate(invalid="ignore"):
            above = column.values >= (-np.inf if low is None else low)
            return np.asarray(above & (column.values <= (np.inf if high is None else high)), dtype=bool)
    unknown = [name for name in asked.classes if name not in there]
    if unknown:
        raise InputError(f"'{unknown[0]}' of '{asked.variable}'", one_of(there, unknown[0]), "correct it")
    return np.isin(column.values, [there.index(name) for name in asked.classes])


def _of_rows(data: AnalysisSet, which: BoolArray) -> AnalysisSet:
    rows = np.flatnonzero(which)
    if not len(rows):
        raise InputError("filters that leave nobody", "at least one patient", "make them wider")
    groups = np.unique(data.group_of[rows])
    columns = {
        name: replace(each, values=each.values[rows], sources=[each.sources[at] for at in rows.tolist()])
        for name, each in data.columns.items()
    }
    return replace(
        data,
        patients=tuple(data.patients[at] for at in rows.tolist()),
        groups=tuple(data.groups[at] for at in groups.tolist()),
        group_of=np.searchsorted(groups, data.group_of[rows]),
        columns=columns,
        courses=data.courses.of_rows(rows),
        lesions=data.lesions.of_rows(rows),
    )
