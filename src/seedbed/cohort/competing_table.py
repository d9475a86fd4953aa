"""Local progression and death without it as competing risks: incidence, Gray's test, Fine and Gray."""

from dataclasses import dataclass, replace

import numpy as np

from seedbed.cohort.comparing import NOT_COMPARED, Found, GroupTest, run_or_note
from seedbed.cohort.estimate_tests import FINE_GRAY, ratio_test
from seedbed.cohort.frame import AnalysisSet, FloatArray, IntArray
from seedbed.cohort.survival_tables import AT_MONTHS
from seedbed.cohort.tables import Cell, Row, Table, blank, p_cell, p_text, ratio_interval_text, ratio_text
from seedbed.errors import InputError, SeedbedError
from seedbed.statistics.competing_risks import cumulative_incidence, gray_test, incidence_band
from seedbed.statistics.cox import few_events
from seedbed.statistics.fine_gray_groups import fine_gray_groups

CAUSES = {1: ("local progression", "Local progression"), 2: ("death", "Death without local progression")}
"""Numbers of the classes of `lpfs_cause`, as they stand in `variables.csv`, with their titles."""


@dataclass(frozen=True)
class CauseTimes:
    """Months, causes and groups of the patients who have them.

    Attributes
    ----------
    months : ndarray of float, shape (patients,)
    causes : ndarray of int, shape (patients,)
        0 for a censored time.
    group_of : ndarray of int, shape (patients,)
    groups : tuple of str
    """

    months: FloatArray
    causes: IntArray
    group_of: IntArray
    groups: tuple[str, ...]

    @classmethod
    def of(cls, data: AnalysisSet) -> "CauseTimes":
        """Read what came first of local progression and death."""
        months, causes = data.column("lpfs_months"), data.column("lpfs_cause")
        known = months.known & causes.known
        return cls(
            months.values[known], causes.values[known].astype(np.int64), data.group_of[known], data.groups
        )

    def part(self, place: int) -> tuple[FloatArray, IntArray]:
        """Return months and causes of one group."""
        mine = self.group_of == place
        return self.months[mine], self.causes[mine]

    @property
    def names(self) -> list[str]:
        """Group of each patient, named so that groups sort in their order."""
        return [f"{at:03d}" for at in self.group_of.tolist()]


def competing_table(data: AnalysisSet) -> Table | None:
    """Return the incidence of local progression and of death without it; None where the cause is no column.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.cohort.frame import make_column
    >>> columns = {"lpfs_months": make_column("lpfs_months", [5.0, 30.0], sources=[(), ()]),
    ...            "lpfs_cause": make_column("lpfs_cause", ["death", "censored"], sources=[(), ()])}
    >>> two = AnalysisSet(patients=("SYN-1", "SYN-2"), group_by="arm", groups=("A",),
    ...                   group_of=np.array([0, 0]), columns=columns, on=date(2026, 1, 1))
    >>> found = {row.id: row.cells[0].text for row in competing_table(two).rows}
    >>> found["competing.death.at_12"]
    '50% (1 to 91)'
    """
    if "lpfs_cause" not in data.columns:
        return None
    times = CauseTimes.of(data)
    rows: list[Row] = []
    for cause in CAUSES:
        rows += _cause_rows(data, times, cause)
    return Table(
        id="competing_risks",
        title="Local progression and death without it, as competing risks",
        columns=("", *data.titles(), "P-value"),
        rows=tuple(rows),
        footnotes=(
            "What came first counts; who had neither is censored when the disease was last looked at.",
            "Incidence by Aalen and Johansen, limits by the log-log transformation; P-value by Gray's test.",
            "Subdistribution hazards by Fine and Gray: the other event does not end the risk, by weights.",
            "Groups were not made by chance: nothing is adjusted, and no cause can be read from these.",
            *_few(times),
        ),
        methods="Gray's test; Fine and Gray's model with robust limits",
    )


def _few(times: CauseTimes) -> list[str]:
    """Say where there are few events for the ratios of the groups."""
    counts = {title: int((times.causes == cause).sum()) for cause, (_, title) in CAUSES.items()}
    said = {title: few_events(count, len(times.groups) - 1) for title, count in counts.items() if count}
    return [f"{title}: {note}." for title, note in said.items() if note and len(times.groups) > 1]


def _cause_rows(data: AnalysisSet, times: CauseTimes, cause: int) -> list[Row]:
    name, title = CAUSES[cause]
    test = gray_or_note(data, times, cause=cause, about=title, nobody=f"no {name} came first")
    row_id = f"competing.{name.replace(' ', '_')}"
    rows = [Row(row_id, title, (*blank(len(times.groups)), p_cell(test)), tests=(test,))]
    places = range(len(times.groups))
    events = tuple(_events(times, cause, at) for at in places)
    rows.append(Row(f"{row_id}.events", "First events / patients", (*events, Cell("")), level=1))
    for month in AT_MONTHS:
        cells = tuple(incidence_cell(*times.part(at), cause=cause, month=month) for at in places)
        label = f"Incidence at {month:g} months (95% CI)"
        rows.append(Row(f"{row_id}.at_{month:g}", label, (*cells, Cell("")), level=1))
    if len(times.groups) > 1:
        rows += _ratio_rows(times, cause, row_id)
    return rows


def _events(times: CauseTimes, cause: int, place: int) -> Cell:
    _, causes = times.part(place)
    count = int((causes == cause).sum())
    return Cell(f"{count} / {len(causes)}", {"events": count, "n": len(causes)})


def incidence_cell(months: FloatArray, causes: IntArray, *, cause: int, month: float) -> Cell:
    """Return the incidence of one cause at a time with its limits; where it is not known, why.

    Examples
    --------
    >>> months, causes = np.array([5.0, 30.0]), np.array([2, 0])
    >>> [incidence_cell(months, causes, cause=2, month=month).text for month in (12, 40)]
    ['50% (1 to 91)', 'not estimable: nobody was followed for 40 months']
    """
    if not len(months):
        return Cell("not estimable: nobody", {"n": 0})
    if month > months.max() and (causes[months == months.max()] == 0).any():
        return Cell(f"not estimable: nobody was followed for {month:g} months", {"incidence": None})
    found = cumulative_incidence(months, causes, cause=cause)
    at = int(np.searchsorted(found.times, month, side="right")) - 1
    if at < 0 or found.incidence[at] == 0:
        return Cell("0% (no limits: none)", {"incidence": 0.0, "low": None, "high": None})
    band, share = incidence_band(found), float(found.incidence[at])
    if not band.defined[at]:
        return Cell(f"{100 * share:.0f}% (no limits: all)", {"incidence": share, "low": None, "high": None})
    low, high = float(band.low[at]), float(band.high[at])
    text = f"{100 * share:.0f}% ({100 * low:.0f} to {100 * high:.0f})"
    return Cell(text, {"incidence": share, "low": low, "high": high})


def gray_or_note(data: AnalysisSet, times: CauseTimes, *, cause: int, about: str, nobody: str) -> GroupTest:
    """Compare groups in the incidence of a cause by Gray's test; where that cannot be, the note says why.

    Parameters
    ----------
    data : AnalysisSet
    times : CauseTimes
    cause : int
    about, nobody : str
        What is compared, and what to say where nobody had it.
    """
    sizes = np.bincount(times.group_of, minlength=len(times.groups))
    test = GroupTest(
        test="Gray's test",
        n=tuple(int(each) for each in sizes),
        missing=tuple(all_ - int(known) for all_, known in zip(data.sizes, sizes, strict=True)),
        rule_ids=(),
        about=about,
    )
    if len(times.groups) < 2:
        return replace(test, note=NOT_COMPARED)
    return run_or_note(test, lambda: _tested(times, cause, nobody))


def _tested(times: CauseTimes, cause: int, nobody: str) -> Found:
    if not (times.causes == cause).any():
        raise InputError(nobody, "an event", "wait for events")
    found = gray_test(times.months, times.causes, times.names, cause=cause)
    return Found(found.p_value, found.statistic, (found.df,))


def _ratio_rows(times: CauseTimes, cause: int, row_id: str) -> list[Row]:
    """Return the ratio of each group to the first; where there is none, why."""
    count, first = len(times.groups), times.groups[0]
    label = f"subdistribution hazard ratio to {first}"
    without = [at for at in range(count) if not (times.part(at)[1] == cause).any()]
    try:
        if without:
            names = ", ".join(times.groups[at] for at in without)
            raise InputError(f"no such event in {names}", "an event in each group", "compare the incidences")
        model = fine_gray_groups(times.months, times.causes, times.names, cause=cause)
    except SeedbedError as error:
        said = Cell(f"not estimable: {error.came}")
        return [Row(f"{row_id}.ratio", f"S{label[1:]}", (said, *blank(count)), level=1)]
    rows = []
    sizes = tuple(int(each) for each in np.bincount(times.group_of, minlength=count))
    for place, each in enumerate(model.estimates, start=1):
        cells = list(blank(count + 1))
        text = f"{ratio_text(each.ratio)} ({ratio_interval_text(each.low, each.high)})"
        cells[place] = Cell(text, {"hazard_ratio": each.ratio, "low": each.low, "high": each.high})
        cells[-1] = Cell(p_text(each.p_value), {"p_value": each.p_value})
        group = times.groups[place]
        test = ratio_test(FINE_GRAY, each, n=sizes, events=model.events)
        name, heading = f"{row_id}.ratio.{group}", f"{group}, {label} (95% CI)"
        rows.append(Row(name, heading, tuple(cells), level=1, tests=(test,)))
    return rows
