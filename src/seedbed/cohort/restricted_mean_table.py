"""Restricted mean survival of the groups up to one horizon, and differences, in a table."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import hypot

from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.estimate_tests import RESTRICTED, z_test
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.further_tables import with_holm
from seedbed.cohort.survival_tables import ENDPOINTS, GroupTimes, interval_text
from seedbed.cohort.tables import Cell, Row, Table, blank, signed
from seedbed.errors import InputError, SeedbedError
from seedbed.statistics.intervals import Interval
from seedbed.statistics.rmst import compare_restricted_means, restricted_mean
from seedbed.statistics.survival import KaplanMeier, kaplan_meier

FEWEST_EVENTS = 5
"""Events of a group up to the horizon below which normal limits of a restricted mean are not to be trusted
(local rule)."""
CUT = "Limits are cut at 0 and at the horizon, beyond which no mean can lie; of a difference, at the horizon."


def restricted_mean_table(data: AnalysisSet) -> Table:
    """Return restricted mean survival up to the longest time that every group has, and differences."""
    rows: list[Row] = []
    few: list[str] = []
    for endpoint, title in ENDPOINTS.items():
        times = GroupTimes.of(data, endpoint)
        found = _restricted_rows(times, endpoint, title)
        rows += found
        few += _with_few_events(times, found[0], title)
    return Table(
        id="restricted_means",
        title="Restricted mean survival time, months",
        columns=("", *data.titles(), "Difference (95% CI)", "P-value", "P-value, Holm"),
        rows=tuple(rows),
        footnotes=(
            "Area under the Kaplan-Meier curve up to the horizon, the shortest of the groups' longest times.",
            "No proportional hazards are assumed.",
            CUT,
            *_few_note(few),
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
    limits = cut_interval(found.interval, 0.0, horizon)
    events = float(curve.events[curve.times <= horizon].sum())
    numbers = {"mean": found.mean, "low": limits.low, "high": limits.high, "horizon": horizon}
    numbers["events"] = events
    said = interval_text(limits, 2) if limits.low is not None else "no limits: no event, or all at once"
    return Cell(f"{found.mean:.2f} ({said})", numbers)


def _with_few_events(times: GroupTimes, head: Row, title: str) -> list[str]:
    """Name the groups whose restricted mean rests on few events."""
    return [
        f"{title}, {name} ({count:.0f})"
        for name, cell in zip(times.groups, head.cells, strict=False)
        if (count := cell.numbers.get("events")) is not None and count < FEWEST_EVENTS
    ]


def _few_note(few: Sequence[str]) -> tuple[str, ...]:
    if not few:
        return ()
    said = f"Warning: fewer than {FEWEST_EVENTS} events up to the horizon in: {'; '.join(few)}. Normal limits"
    return (f"{said} and p-values with these groups are not to be trusted.",)


def cut_interval(limits: Interval, least: float, most: float) -> Interval:
    """Cut limits at what is possible.

    Examples
    --------
    >>> cut_interval(Interval(-0.5, 14.0), 0.0, 12.0)
    Interval(low=0.0, high=12.0)
    """
    low, high = limits.low, limits.high
    return Interval(None if low is None else max(low, least), None if high is None else min(high, most))


def _difference_rows(
    times: GroupTimes, curves: dict[int, KaplanMeier], *, endpoint: str, horizon: float
) -> list[Row]:
    pairs = list(combinations(curves, 2))
    made = [_difference(times, curves, pair=pair, horizon=horizon) for pair in pairs]
    rows = []
    for pair, (cell, test), p_cells in zip(
        pairs, made, with_holm([test.p_value for _, test in made]), strict=True
    ):
        names = [times.groups[at] for at in pair]
        cells = (*blank(len(times.groups)), cell, *p_cells)
        rows.append(
            Row(f"{endpoint}.{'_'.join(names)}", " minus ".join(names), cells, level=1, tests=(test,))
        )
    return rows


def _difference(
    times: GroupTimes, curves: dict[int, KaplanMeier], *, pair: tuple[int, int], horizon: float
) -> tuple[Cell, GroupTest]:
    """Return the difference of two restricted means and its test; where there is none, why."""
    sizes = tuple(times.sizes[at] for at in pair)
    missing = tuple(times.missing[at] for at in pair)
    about = GroupTest(test=RESTRICTED, n=sizes, missing=missing, rule_ids=())
    try:
        if why := _without_error(times, curves, pair=pair, horizon=horizon):
            raise InputError(why, "events at different times in both groups", "give the means without a test")
        found = compare_restricted_means(curves[pair[0]], curves[pair[1]], horizon=horizon)
    except SeedbedError as error:
        said = f"not estimable: {error.came}"
        return Cell(said), replace(about, note=said)
    limits = cut_interval(found.difference_interval, -horizon, horizon)
    numbers = {"difference": found.difference, "low": limits.low, "high": limits.high}
    text = f"{signed(found.difference, 2)} ({interval_text(limits, 2)})"
    z = found.difference / hypot(found.first.standard_error, found.second.standard_error)
    tested = z_test(RESTRICTED, z, p_value=found.difference_p_value, n=sizes)
    return Cell(text, numbers), replace(tested, missing=missing)


def _without_error(
    times: GroupTimes, curves: dict[int, KaplanMeier], *, pair: tuple[int, int], horizon: float
) -> str:
    """Say which of two groups has a restricted mean without limits, and why; empty where none has."""
    said = []
    for at in pair:
        if restricted_mean(curves[at], horizon=horizon).standard_error > 0:
            continue
        name = times.groups[at]
        alone = f"one patient only in {name}"
        without = f"no event up to {horizon:.1f} months in {name}, or all at one time"
        said.append(alone if times.sizes[at] == 1 else without)
    return "; ".join(said)
