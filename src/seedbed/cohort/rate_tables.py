"""ORR and DCR with exact limits and differences between groups, of the assessed and of everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import GroupTest, compare_classes
from seedbed.cohort.frame import AnalysisSet, IntArray
from seedbed.cohort.further_tables import with_holm
from seedbed.cohort.paper_tables import CONTROLLED, OBJECTIVE, methods_line
from seedbed.cohort.tables import Cell, Row, Table, blank, p_cell, signed
from seedbed.statistics.proportions import exact_proportion
from seedbed.statistics.two_proportions import TwoGroups, risk_difference

MONTHS = (6, 12)
RATES = {"orr": ("ORR", OBJECTIVE), "dcr": ("DCR", CONTROLLED)}


@dataclass(frozen=True)
class Rate:
    """A rate of each group.

    Attributes
    ----------
    id, label : str
    events, patients : ndarray of int, shape (groups,)
    """

    id: str
    label: str
    events: IntArray
    patients: IntArray


def rate_table(data: AnalysisSet, rules: AnalysisRules) -> Table:
    """Return ORR and DCR of the patients who were assessed, with exact limits and risk differences."""
    return _table(
        data,
        rules,
        id="rates",
        title="Response rates with exact intervals and differences",
        everyone=False,
        note="Of the patients with a response at that visit.",
    )


def imputed_rate_table(data: AnalysisSet, rules: AnalysisRules) -> Table:
    """Return ORR and DCR of everybody: who was not assessed counts as without response and not controlled."""
    return _table(
        data,
        rules,
        id="rates_everyone",
        title="Response rates of all patients: not assessed counts as no response",
        everyone=True,
        note="Of all patients, also those who had died, were lost, or whose visit was not yet due.",
    )


def _table(
    data: AnalysisSet, rules: AnalysisRules, *, id: str, title: str, everyone: bool, note: str
) -> Table:
    rows: list[Row] = []
    for rate in _rates(data, everyone=everyone):
        rows += _rate_rows(data, rate, rules)
    return Table(
        id=id,
        title=title,
        columns=("", *data.titles(), "Difference (95% CI)", "P-value", "P-value, Holm"),
        rows=tuple(rows),
        footnotes=(
            note,
            "Rates: 95 % limits by Clopper and Pearson.",
            "Differences in percentage points: 95 % limits by Newcombe; test by the rule.",
            "Holm's steps over the pairs of one rate.",
        ),
        methods=methods_line(rows),
    )


def _rates(data: AnalysisSet, *, everyone: bool) -> list[Rate]:
    found = []
    for month in MONTHS:
        counts = data.counts(f"response_{month}")
        patients = np.array(data.sizes, dtype=np.int64) if everyone else counts.sum(axis=1)
        for name, (label, upto) in RATES.items():
            events = counts[:, :upto].sum(axis=1)
            ending = "_everyone" if everyone else ""
            found.append(Rate(f"{name}_{month}{ending}", f"{label} at {month} months", events, patients))
    return found


def _rate_rows(data: AnalysisSet, rate: Rate, rules: AnalysisRules) -> list[Row]:
    pairs = [
        (one, two) for one, two in combinations(range(len(data.groups)), 2) if rate.patients[[one, two]].all()
    ]
    test = _compare(rate, range(len(data.groups)), data, rules)
    cells = tuple(
        rate_cell(int(events), int(patients))
        for events, patients in zip(rate.events, rate.patients, strict=True)
    )
    tests = [_compare(rate, pair, data, rules) for pair in pairs]
    adjusted = with_holm([each.p_value for each in tests])
    rows = [Row(rate.id, rate.label, (*cells, Cell(""), p_cell(test), Cell("")), tests=(test,))]
    for pair, tested, (plain, holm) in zip(pairs, tests, adjusted, strict=True):
        names = [data.groups[at] for at in pair]
        p = plain if tested.p_value is not None else p_cell(tested)
        cell = _difference(rate, pair)
        filled = (*blank(len(data.groups)), cell, p, holm)
        rows.append(
            Row(f"{rate.id}.{'_'.join(names)}", " minus ".join(names), filled, level=1, tests=(tested,))
        )
    return rows


def _compare(rate: Rate, places: Sequence[int], data: AnalysisSet, rules: AnalysisRules) -> GroupTest:
    at = list(places)
    counts = np.column_stack([rate.events[at], rate.patients[at] - rate.events[at]])
    missing = [data.sizes[place] - int(rate.patients[place]) for place in at]
    return compare_classes(counts, ordered=False, missing=missing, rules=rules)


def rate_cell(events: int, patients: int) -> Cell:
    """Return a rate with exact limits.

    Examples
    --------
    >>> rate_cell(10, 13).text, rate_cell(0, 0).text
    ('76.9% (46.2 to 95.0), 10/13', 'not estimable: nobody was assessed')
    """
    if patients == 0:
        return Cell("not estimable: nobody was assessed", {"events": 0, "patients": 0})
    found = exact_proportion(events, patients)
    shown = f"{100 * found.share:.1f}% ({100 * found.low:.1f} to {100 * found.high:.1f}), {events}/{patients}"
    numbers = {
        "events": events,
        "patients": patients,
        "share": found.share,
        "low": found.low,
        "high": found.high,
    }
    return Cell(shown, numbers)


def _difference(rate: Rate, pair: tuple[int, int]) -> Cell:
    one, two = pair
    counts = (rate.events[one], rate.patients[one], rate.events[two], rate.patients[two])
    found = risk_difference(TwoGroups(*(int(each) for each in counts)))
    low, high = found.interval.low, found.interval.high
    if found.estimate is None or low is None or high is None:
        return Cell("not estimable")
    text = f"{signed(100 * found.estimate, 1)} ({signed(100 * low, 1)} to {signed(100 * high, 1)})"
    return Cell(text, {"difference": found.estimate, "low": low, "high": high})
