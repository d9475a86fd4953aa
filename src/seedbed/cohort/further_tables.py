"""Better than the paper: what a careful reader asks for beside tables 1 to 3, in tables of their own."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.survival_tables import ENDPOINTS, GroupTimes, interval_text, log_rank_test, median_cell
from seedbed.cohort.tables import Cell, Row, Table, blank, count_cell, p_cell, p_text, signed
from seedbed.errors import SeedbedError
from seedbed.statistics.hazard_ratios import GroupHazards, group_hazard_ratios
from seedbed.statistics.multiplicity import holm
from seedbed.statistics.rmst import compare_restricted_means, restricted_mean
from seedbed.statistics.survival import KaplanMeier, follow_up_curve, kaplan_meier

UNEQUAL = 1.5
"""Median follow-ups that differ by this factor are told of, whatever the test says (local rule)."""

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


def restricted_mean_table(data: AnalysisSet) -> Table:
    """Return restricted mean survival up to the longest time that every group has, and differences."""
    rows: list[Row] = []
    for endpoint, title in ENDPOINTS.items():
        rows += _restricted_rows(GroupTimes.of(data, endpoint), endpoint, title)
    return Table(
        id="restricted_means",
        title="Restricted mean survival time, months",
        columns=("", *data.titles(), "Difference (95% CI)", "P-value", "P-value, Holm"),
        rows=tuple(rows),
        footnotes=(
            "Area under the Kaplan-Meier curve up to the horizon, the shortest of the groups' longest times.",
            "No proportional hazards are assumed.",
            "Holm's steps over the pairs of one endpoint.",
        ),
        methods="Restricted means after Uno et al. 2014, doi 10.1200/JCO.2014.55.2208",
    )


def _restricted_rows(times: GroupTimes, endpoint: str, title: str) -> list[Row]:
    present = [place for place, size in enumerate(times.sizes) if size]
    curves = {place: kaplan_meier(*times.part(place)) for place in present}
    horizon = min((curve.last_time for curve in curves.values()), default=0.0)
    width = len(times.groups) + 3
    if horizon <= 0:
        said = Cell("not estimable: a group, or everybody, was not followed at all")
        return [Row(endpoint, title, (said, *blank(width - 1)))]
    cells = tuple(
        _restricted_cell(curves[place], horizon) if place in curves else Cell("not estimable: nobody")
        for place in range(len(times.groups))
    )
    head = Row(endpoint, f"{title}, up to {horizon:.1f} months", (*cells, *blank(3)))
    return [head, *_difference_rows(times, curves, endpoint=endpoint, horizon=horizon)]


def _restricted_cell(curve: KaplanMeier, horizon: float) -> Cell:
    try:
        found = restricted_mean(curve, horizon=horizon)
    except SeedbedError as error:
        return Cell(f"not estimable: {error.came}")
    numbers = {"mean": found.mean, "low": found.interval.low, "high": found.interval.high, "horizon": horizon}
    known = found.interval.low is not None
    said = interval_text(found.interval, 2) if known else "no limits: no event, or all at once"
    return Cell(f"{found.mean:.2f} ({said})", numbers)


def _difference_rows(
    times: GroupTimes, curves: dict[int, KaplanMeier], *, endpoint: str, horizon: float
) -> list[Row]:
    pairs = list(combinations(curves, 2))
    texts: list[str] = []
    numbers: list[dict[str, float | None]] = []
    p_values: list[float | None] = []
    for one, two in pairs:
        try:
            found = compare_restricted_means(curves[one], curves[two], horizon=horizon)
        except SeedbedError as error:
            texts.append(f"not estimable: {error.came}")
            numbers.append({})
            p_values.append(None)
            continue
        limits = found.difference_interval
        texts.append(f"{signed(found.difference, 2)} ({interval_text(limits, 2)})")
        numbers.append({"difference": found.difference, "low": limits.low, "high": limits.high})
        p_values.append(found.difference_p_value)
    labels = [f"{times.groups[one]} minus {times.groups[two]}" for one, two in pairs]
    return [
        Row(
            f"{endpoint}.{times.groups[pair[0]]}_{times.groups[pair[1]]}",
            label,
            (*blank(len(times.groups)), Cell(text, found), *cells),
            level=1,
        )
        for pair, label, text, found, cells in zip(
            pairs, labels, texts, numbers, with_holm(p_values), strict=True
        )
    ]


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
        try:
            found = group_hazard_ratios(
                times.months, times.events, [data.groups[at] for at in times.group_of]
            )
        except SeedbedError as error:
            rows.append(Row(endpoint, title, (Cell(f"not estimable: {error.came}"), *blank(1))))
            continue
        rows.append(Row(endpoint, f"{title}, against {found.reference}", blank(2)))
        rows += _hazard_rows(found, endpoint)
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


def _hazard_rows(found: GroupHazards, endpoint: str) -> Iterator[Row]:
    for model in (found.cox, found.firth):
        for each in model.estimates if model else ():
            text = f"{each.ratio:.2f} ({each.low:.2f} to {each.high:.2f})"
            numbers = {"hazard_ratio": each.ratio, "low": each.low, "high": each.high}
            name = model.method if model else ""
            yield Row(
                f"{endpoint}.{each.name}.{name}",
                f"{each.name}, {name}",
                (Cell(text, numbers), _p(each.p_value, "p_value")),
                level=1,
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
    >>> follow_up_warning(none, [20.0, 24.0], 0.05), follow_up_warning(none, [20.0, 48.0], 0.05)[:8]
    ('', 'Warning:')
    """
    known = [each for each in medians if each]
    apart = max(known) / min(known) if len(known) > 1 else 1.0
    by_test = test.p_value is not None and test.p_value < alpha
    if not by_test and apart < UNEQUAL:
        return ""
    said = f"p = {p_text(test.p_value)}" if test.p_value is not None else "not tested"
    return (
        f"Warning: the groups were not followed equally long ({said}; medians {apart:.1f} times apart). "
        "Counts of events and means of observed times are not comparable; compare the curves."
    )


def holm_table(tables: Sequence[Table]) -> Table:
    """Return every p-value of the tables with that adjusted by Holm's steps, table by table."""
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
        title="All p-values, adjusted for their number",
        columns=("", "Test", "P-value", "P-value, Holm"),
        rows=tuple(rows),
        footnotes=(
            "Holm's steps within each table: the chance of any false finding in it stays at the level.",
        ),
    )
