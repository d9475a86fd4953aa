"""Better than the paper: what a careful reader asks for beside tables 1 to 3, in tables of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.estimate_tests import COX, firth_test, ratio_test
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.survival_tables import ENDPOINTS, NO_TIME, GroupTimes, log_rank_test, median_cell
from seedbed.cohort.tables import (
    Cell,
    Row,
    Table,
    blank,
    count_cell,
    p_cell,
    p_text,
    ratio_interval_text,
    ratio_text,
)
from seedbed.errors import SeedbedError
from seedbed.statistics.hazard_ratios import GroupHazards, group_hazard_ratios
from seedbed.statistics.multiplicity import holm
from seedbed.statistics.survival import follow_up_curve

UNEQUAL = 1.5
"""Median follow-ups that differ by this factor are told of, whatever the test says (local rule)."""
FEWEST_FOLLOWED = 5
"""Patients below which the median follow-up of a group is not compared with others (local rule)."""

OF_RESPONDERS = ("ttr_months", "dor_months", "dor_event")
"""Columns that only patients who responded can have."""


def missing_table(data: AnalysisSet) -> Table:
    """Return how many values are not known, by variable and group."""
    rows = []
    for name, column in data.columns.items():
        missing = data.missing(name)
        if any(missing) and name not in OF_RESPONDERS:
            cells = (count_cell(each, size) for each, size in zip(missing, data.sizes, strict=True))
            everyone = count_cell(sum(missing), len(data.patients))
            rows.append(Row(f"missing.{name}", column.variable.label, (everyone, *cells)))
    if not rows:
        rows = [Row("missing", "Nothing is missing", blank(len(data.groups) + 1))]
    return Table(
        id="missing",
        title="Values that are not known",
        columns=("", "All", *data.titles()),
        rows=tuple(rows),
        footnotes=(
            "Of all patients analysed. Without an implant, seeds, dose and D90 are missing by design.",
            "Times of a response are not listed: who did not respond has none.",
            "A visit that was not yet due on the day of the analysis counts as missing here.",
        ),
    )


def with_holm(p_values: Sequence[float | None]) -> list[tuple[Cell, Cell]]:
    """Return the cells of p-values, and of those adjusted by Holm's steps among all that there are.

    Examples
    --------
    >>> [(one.text, adjusted.text) for one, adjusted in with_holm([0.01, None, 0.04])]
    [('0.010', '0.020'), ('', ''), ('0.040', '0.040')]
    """
    adjusted = iter(holm([p for p in p_values if p is not None]))
    return [
        (Cell(""), Cell("")) if p is None else (_p(p, "p_value"), _p(next(adjusted), "p_holm"))
        for p in p_values
    ]


def _p(value: float, name: str) -> Cell:
    return Cell(p_text(value), {name: value})


def hazard_table(data: AnalysisSet) -> Table:
    """Return hazard ratios of each group against the first."""
    rows: list[Row] = []
    notes: list[str] = []
    for endpoint, title in ENDPOINTS.items():
        times = GroupTimes.of(data, endpoint)
        if not len(times.months):
            rows.append(Row(endpoint, title, (Cell(f"not estimable: {NO_TIME}"), *blank(1))))
            continue
        try:
            found = group_hazard_ratios(
                times.months, times.events, [data.groups[at] for at in times.group_of]
            )
        except SeedbedError as error:
            rows.append(Row(endpoint, title, (Cell(f"not estimable: {error.came}"), *blank(1))))
            continue
        rows.append(Row(endpoint, f"{title}, against {found.reference}", blank(2)))
        rows += _hazard_rows(found, endpoint, times)
        notes += [f"{title}: {found.remark}."] if found.remark else []
    return Table(
        id="hazard_ratios",
        title="Hazard ratios",
        columns=("", "Hazard ratio (95% CI)", "P-value"),
        rows=tuple(rows),
        footnotes=(
            "Groups were not made by chance: nothing is adjusted, and no cause can be read from these.",
            *notes,
        ),
        methods="Cox's partial likelihood with Efron's ties; Firth's penalty where events are few or none",
    )


def _hazard_rows(found: GroupHazards, endpoint: str, times: GroupTimes) -> Iterator[Row]:
    for model in (found.cox, found.firth):
        for each in model.estimates if model else ():
            text = f"{ratio_text(each.ratio)} ({ratio_interval_text(each.low, each.high)})"
            numbers = {"hazard_ratio": each.ratio, "low": each.low, "high": each.high}
            name = model.method if model else ""
            events = model.events if model else 0
            test = (
                ratio_test(COX, each, n=times.sizes, events=events)
                if model is found.cox
                else firth_test(each, n=times.sizes, events=events)
            )
            yield Row(
                f"{endpoint}.{each.name}.{name}",
                f"{each.name}, {name}",
                (Cell(text, numbers), _p(each.p_value, "p_value")),
                level=1,
                tests=(replace(test, missing=times.missing),),
            )


def follow_up_table(data: AnalysisSet, rules: AnalysisRules) -> Table:
    """Return how long each group was followed, and a warning where the groups differ in that."""
    times = GroupTimes.of(data, "os")
    reverse = GroupTimes(times.months, 1.0 - times.events, times.group_of, times.groups, times.missing)
    test = log_rank_test(reverse, rules)
    places = range(len(times.groups))
    parts = [times.part(place) for place in places]
    medians = [
        median_cell(follow_up_curve(*part)) if len(part[0]) else Cell("not estimable: nobody")
        for part in parts
    ]
    observed = tuple(_observed(part[0]) for part in parts)
    rows = (
        Row(
            "follow_up",
            "Median follow-up by reverse Kaplan-Meier, months (95% CI)",
            (*medians, p_cell(test)),
            tests=(test,),
        ),
        Row("observed", "Observed time, months: median (range)", (*observed, Cell(""))),
    )
    warning = follow_up_warning(test, [each.numbers.get("median") for each in medians], rules.level.alpha)
    return Table(
        id="follow_up",
        title="Follow-up",
        columns=("", *data.titles(), "P-value"),
        rows=rows,
        footnotes=(
            *([warning] if warning else []),
            "Reverse Kaplan-Meier after Schemper and Smith 1996; log-rank test of it.",
        ),
        methods="log-rank test of follow-up: deaths are censored, ends of follow-up are the events",
    )


def _observed(months: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Cell:
    if not len(months):
        return Cell("not estimable: nobody", {"n": 0})
    low, middle, high = float(months.min()), float(np.median(months)), float(months.max())
    return Cell(f"{middle:.1f} ({low:.1f} to {high:.1f})", {"median": middle, "min": low, "max": high})


def follow_up_warning(test: GroupTest, medians: Sequence[float | None], alpha: float) -> str:
    """Say that groups were followed for different times, where they were.

    Examples
    --------
    >>> none = GroupTest(test="log-rank test", n=(5, 5), rule_ids=("AN-SURVIVAL",), p_value=0.6)
    >>> follow_up_warning(none, [20.0, 24.0], 0.05)
    ''
    >>> follow_up_warning(none, [20.0, 48.0], 0.05).partition(".")[0]
    'Warning: median follow-ups differ 2'
    """
    known = [each for each, n in zip(medians, test.n, strict=True) if each and n >= FEWEST_FOLLOWED]
    apart = max(known) / min(known) if len(known) > 1 else 1.0
    by_test = test.p_value is not None and test.p_value < alpha
    if not by_test and apart < UNEQUAL:
        return ""
    compare = "counts of events and means of observed times"
    p = p_text(test.p_value)
    said = f"p {p}" if p.startswith("<") else f"p = {p}"
    if by_test:
        medians_said = f"; medians differ {apart:.1f}-fold" if len(known) > 1 else ""
        return (
            f"Warning: the groups were not followed equally long ({said}{medians_said}). "
            f"{compare.capitalize()} are not comparable; compare the curves."
        )
    unsure = f"the test cannot tell ({said})" if p else "not tested"
    return (
        f"Warning: median follow-ups differ {apart:.1f}-fold; {unsure}. "
        f"{compare.capitalize()} may not be comparable; compare the curves."
    )


def holm_table(tables: Sequence[Table]) -> Table:
    """Return every p-value of the paper's tables with that adjusted by Holm's steps, table by table."""
    rows: list[Row] = []
    for table in tables:
        found = [(row, test) for row in table.rows for test in row.tests if test.p_value is not None]
        cells = with_holm([test.p_value for _, test in found])
        rows += [
            Row(
                f"{table.id}.{row.id}",
                f"{table.title.partition('.')[0]}: {test.about or row.label}",
                (Cell(test.test), *pair),
            )
            for (row, test), pair in zip(found, cells, strict=True)
        ]
    return Table(
        id="holm",
        title="P-values of the paper's tables, adjusted for their number",
        columns=("", "Test", "P-value", "P-value, Holm"),
        rows=tuple(rows),
        footnotes=(
            "Holm's steps within each table: the chance of any false finding in it stays at the level.",
            "Tables 1 to 3 and survival. Pairs of groups in other tables are adjusted there.",
        ),
    )
