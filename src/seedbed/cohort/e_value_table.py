"""How strong something that was not measured would have to be to explain the differences between groups."""

from collections.abc import Iterator

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import NOT_COMPARED
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.rate_tables import MONTHS, RATES
from seedbed.cohort.survival_tables import ENDPOINTS, GroupTimes
from seedbed.cohort.tables import Cell, Row, Table, blank
from seedbed.errors import SeedbedError
from seedbed.statistics.e_value import Measure, e_value
from seedbed.statistics.survival import kaplan_meier, points_at
from seedbed.statistics.two_proportions import TwoGroups, risk_ratio

MEANING = (
    "Risk ratio that something not measured must have both with the group and with the event to explain the "
    "ratio, or its limit nearer to 1, away; 1: the interval holds 1, nothing is needed."
)
READING = (
    "A hazard ratio is read as a risk ratio where fewer than {rare:g} % of each of the two groups have the "
    "event; where one has more it is converted for common events. Nothing is adjusted in these ratios."
)
SHARE = (
    "Who has the event: the larger share of the two groups, each the larger of events by patients and of 1 "
    "minus Kaplan-Meier at the shorter of the two groups' longest times, so that censoring hides none."
)
COLUMNS = ("", "Ratio (95% CI)", "Read as", "E-value", "E-value of the limit")


def e_value_table(data: AnalysisSet, rules: AnalysisRules, *, hazards: Table) -> Table:
    """Return E-values of hazard ratios and of ratios of response rates.

    Parameters
    ----------
    data : AnalysisSet
    rules : AnalysisRules
    hazards : Table
        That of `seedbed.cohort.further_tables.hazard_table`; where it gives two estimates, Firth's counts.
    """
    rows = [*_hazard_rows(data, rules, hazards), *_rate_rows(data)]
    if len(data.groups) < 2:
        rows = [Row("e_values", "E-values", (Cell(NOT_COMPARED), *blank(3)))]
    return Table(
        id="e_values",
        title="E-values: how strong an unmeasured confounder would have to be",
        columns=COLUMNS,
        rows=tuple(rows),
        footnotes=(
            MEANING,
            READING.format(rare=100 * rules.e_values.rare_below),
            SHARE,
            "Rates: of the patients who were assessed; limits by Koopman.",
        ),
        methods="E-values after VanderWeele and Ding 2017, doi 10.7326/M16-2607",
    )


def _hazard_rows(data: AnalysisSet, rules: AnalysisRules, hazards: Table) -> Iterator[Row]:
    for endpoint, title in ENDPOINTS.items():
        head = next(row for row in hazards.rows if row.id == endpoint)
        if head.cells[0].text:
            yield Row(endpoint, title, (head.cells[0], *blank(3)))
            continue
        times = GroupTimes.of(data, endpoint)
        found = {group: _estimate(hazards, endpoint, group) for group in data.groups}
        without = [place for place, cell in enumerate(found.values()) if cell is None and times.sizes[place]]
        for place, (group, cell) in enumerate(found.items()):
            if cell is not None:
                share = _share(times, (place, without[0]))
                label = f"{title}: {group} against {data.groups[without[0]]}"
                yield Row(f"{endpoint}.{group}", label, _hazard_cells(cell, share, rules))
            elif not times.sizes[place]:
                said = Cell("not estimable: nobody")
                yield Row(f"{endpoint}.{group}", f"{title}: {group}", (said, *blank(3)))


def _hazard_cells(ratio: Cell, share: float, rules: AnalysisRules) -> tuple[Cell, ...]:
    measure: Measure = "risk ratio" if share < rules.e_values.rare_below else "hazard ratio, common"
    read = Cell(f"{measure} (up to {100 * share:.0f}% have the event)", {"share": share})
    numbers = tuple(ratio.numbers[name] for name in ("hazard_ratio", "low", "high"))
    return (ratio, read, *_e_cells(numbers, measure))


def _estimate(hazards: Table, endpoint: str, group: str) -> Cell | None:
    """Return the cell of a group's hazard ratio, the last one where there are two; None for the reference."""
    start = f"{endpoint}.{group}."
    found = [
        row.cells[0]
        for row in hazards.rows
        if row.id.startswith(start) and row.id.removeprefix(start).startswith("Cox")
    ]
    return found[-1] if found else None


def _share(times: GroupTimes, places: tuple[int, int]) -> float:
    """Return how many have the event in the group in which more have it; censoring hides none."""
    parts = [times.part(place) for place in places]
    horizon = min(float(months.max()) for months, _ in parts)
    crude = [float(events.mean()) for _, events in parts]
    points = [points_at(kaplan_meier(*part), [horizon])[0].survival for part in parts]
    return max(*crude, *(1.0 - each for each in points if each is not None))


def _rate_rows(data: AnalysisSet) -> Iterator[Row]:
    for month in MONTHS:
        counts = data.counts(f"response_{month}")
        for name, (label, upto) in RATES.items():
            events, patients = counts[:, :upto].sum(axis=1), counts.sum(axis=1)
            for place in range(1, len(data.groups)):
                pair = [int(each[at]) for at in (place, 0) for each in (events, patients)]
                said = f"{label} at {month} months: {data.groups[place]} against {data.groups[0]}"
                yield Row(f"{name}_{month}.{data.groups[place]}", said, _rate_cells(*pair))


def _rate_cells(events: int, patients: int, other_events: int, other_patients: int) -> tuple[Cell, ...]:
    if 0 in (patients, other_patients):
        return (Cell("not estimable: nobody was assessed in a group"), *blank(3))
    if 0 in (events, other_events):
        return (Cell("not estimable: nobody had it in a group"), *blank(3))
    found = risk_ratio(TwoGroups(events, patients, other_events, other_patients))
    ratio = (found.estimate, found.interval.low, found.interval.high)
    if any(each is None for each in ratio):
        return (Cell("not estimable: a limit is infinite"), *blank(3))
    numbers = dict(zip(("risk_ratio", "low", "high"), ratio, strict=True))
    text = f"{ratio[0]:.2f} ({ratio[1]:.2f} to {ratio[2]:.2f})"
    return (Cell(text, numbers), Cell("risk ratio"), *_e_cells(ratio, "risk ratio"))


def _e_cells(ratio: tuple[float | None, ...], measure: Measure) -> tuple[Cell, Cell]:
    value, low, high = (each if each is not None else 0.0 for each in ratio)
    try:
        found = e_value(value, low, high, measure=measure)
    except SeedbedError as error:
        return Cell(f"not estimable: {error.came}"), Cell("")
    return (
        Cell(f"{found.estimate:.2f}", {"e_value": found.estimate}),
        Cell(f"{found.limit:.2f}", {"e_value_limit": found.limit}),
    )
