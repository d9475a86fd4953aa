"""Survival of the groups in tables: events, medians, shares at fixed times, log-rank tests."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import NOT_COMPARED, Found, GroupTest, run_or_note
from seedbed.cohort.frame import AnalysisSet, FloatArray, IntArray
from seedbed.cohort.paper_tables import methods_line
from seedbed.cohort.tables import Cell, Row, Table, blank, p_cell, signed
from seedbed.statistics.intervals import Interval
from seedbed.statistics.log_rank import log_rank
from seedbed.statistics.survival import KaplanMeier, kaplan_meier, points_at, quantile

ENDPOINTS = {
    "lpfs": "Local progression-free survival",
    "pfs": "Progression-free survival",
    "os": "Overall survival",
}
AT_MONTHS = (12.0, 24.0)
MEDIAN = 0.5
NO_TIME = "nobody has a time that is known"
NOT_REACHED = "not reached"


@dataclass(frozen=True)
class GroupTimes:
    """Times and events of one endpoint, with the group of each patient.

    Attributes
    ----------
    months : ndarray, shape (patients,)
    events : ndarray, shape (patients,)
        1 for an event, 0 for a censored time.
    group_of : ndarray of int, shape (patients,)
    groups : tuple of str
    missing : tuple of int
        Patients of each group without a time.
    """

    months: FloatArray
    events: FloatArray
    group_of: IntArray
    groups: tuple[str, ...]
    missing: tuple[int, ...]

    @classmethod
    def of(cls, data: AnalysisSet, endpoint: str) -> "GroupTimes":
        """Read an endpoint of an analysis set: ``lpfs``, ``pfs`` or ``os``."""
        months, events = data.column(f"{endpoint}_months"), data.column(f"{endpoint}_event")
        known = months.known & events.known
        return cls(
            months.values[known],
            events.values[known],
            data.group_of[known],
            data.groups,
            data.missing(f"{endpoint}_months"),
        )

    def part(self, place: int) -> tuple[FloatArray, FloatArray]:
        """Return times and events of one group."""
        mine = self.group_of == place
        return self.months[mine], self.events[mine]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Patients of each group."""
        return tuple(int(each) for each in np.bincount(self.group_of, minlength=len(self.groups)))


def survival_table(data: AnalysisSet, rules: AnalysisRules) -> Table:
    """Return survival by group: events, median, shares at 12 and 24 months, log-rank test."""
    rows: list[Row] = []
    notes: list[str] = []
    for endpoint, title in ENDPOINTS.items():
        times = GroupTimes.of(data, endpoint)
        rows += _endpoint_rows(times, endpoint, title=title, rules=rules)
        notes += [f"{title}: {note}." for note in data.column(f"{endpoint}_months").notes]
    return Table(
        id="survival",
        title="Survival from the first day of treatment",
        columns=("", *data.titles(), "P-value"),
        rows=tuple(rows),
        footnotes=(
            "Months of 365.25 / 12 days.",
            "Progression is censored on the last day on which the disease was looked at.",
            "Death is censored on the last day on which the patient was known to be alive.",
            "Medians and shares by Kaplan and Meier; 95 % limits by the log-log transformation.",
            "Section 3.3 of the paper prints means of observed times; they are no estimate of survival.",
            *notes,
        ),
        methods=methods_line(rows),
    )


def _endpoint_rows(times: GroupTimes, endpoint: str, *, title: str, rules: AnalysisRules) -> list[Row]:
    test = log_rank_test(times, rules)
    count = len(times.groups)
    rows = [Row(endpoint, title, (*blank(count), p_cell(test)), tests=(test,))]
    lines: dict[str, tuple[str, Callable[[FloatArray, FloatArray], Cell]]] = {
        "events": ("Events / patients", _events),
        "median": ("Median, months (95% CI)", _median),
        **{
            f"at_{month:g}": (f"Without event at {month:g} months (95% CI)", _share_at(month))
            for month in AT_MONTHS
        },
        "mean_observed": ("Mean of the observed times, months", _mean),
    }
    for name, (label, make) in lines.items():
        cells = tuple(_or_empty(make, *times.part(place)) for place in range(count))
        rows.append(Row(f"{endpoint}.{name}", label, (*cells, Cell("")), level=1))
    return rows


def log_rank_test(times: GroupTimes, rules: AnalysisRules) -> GroupTest:
    """Compare groups in survival; where that cannot be done, the note says why."""
    about = GroupTest(
        test="log-rank test", n=times.sizes, missing=times.missing, rule_ids=(rules.survival.id,)
    )
    if len(times.groups) < 2:
        return replace(about, note=NOT_COMPARED)
    if not len(times.months):
        return replace(about, note=f"not estimable: {NO_TIME}")
    return run_or_note(about, lambda: _log_rank(times))


def _log_rank(times: GroupTimes) -> Found:
    found = log_rank(times.months, times.events, times.group_of)
    ended = [times.groups[int(each)] for each in found.never_at_risk]
    note = f"{', '.join(ended)} had ended before the first event and do not count" if ended else ""
    return Found(found.p_value, found.statistic, (found.df,), note)


def _or_empty(make: Callable[[FloatArray, FloatArray], Cell], months: FloatArray, events: FloatArray) -> Cell:
    return make(months, events) if len(months) else Cell("not estimable: nobody", {"n": 0})


def _events(months: FloatArray, events: FloatArray) -> Cell:
    return Cell(f"{int(events.sum())} / {len(months)}", {"events": float(events.sum()), "n": len(months)})


def _mean(months: FloatArray, events: FloatArray) -> Cell:
    mean = float(months.mean())
    return Cell(f"{mean:.2f}", {"n": len(months), "events": float(events.sum()), "mean": mean})


def _median(months: FloatArray, events: FloatArray) -> Cell:
    return median_cell(kaplan_meier(months, events))


def median_cell(curve: KaplanMeier) -> Cell:
    """Return the median of a curve with its limits; "not reached" where there is none."""
    found = quantile(curve, MEDIAN)
    text = NOT_REACHED if found.time is None else f"{found.time:.1f}"
    said = interval_text(found.log_log, 1)
    numbers = {"median": found.time, "low": found.log_log.low, "high": found.log_log.high}
    return Cell(text if said == f"{NOT_REACHED} to {NOT_REACHED}" else f"{text} ({said})", numbers)


def interval_text(limits: Interval, decimals: int, factor: float = 1.0) -> str:
    """Write limits; "not reached" where the data set none.

    Examples
    --------
    >>> interval_text(Interval(0.25, None), 1, 100.0)
    '25.0 to not reached'
    """
    ends = (
        NOT_REACHED if end is None or not isfinite(end) else signed(factor * end, decimals)
        for end in (limits.low, limits.high)
    )
    return " to ".join(ends)


def _share_at(month: float) -> Callable[[FloatArray, FloatArray], Cell]:
    def make(months: FloatArray, events: FloatArray) -> Cell:
        (point,) = points_at(kaplan_meier(months, events), [month])
        if point.survival is None:
            return Cell(f"not estimable: nobody was followed for {month:g} months", {"survival": None})
        limits = point.log_log
        numbers = {
            "survival": point.survival,
            "low": limits.low if limits else None,
            "high": limits.high if limits else None,
            "at_risk": point.at_risk,
        }
        said = interval_text(limits, 0, 100.0) if limits else "no limits: all or none"
        return Cell(f"{100 * point.survival:.0f}% ({said})", numbers)

    return make
