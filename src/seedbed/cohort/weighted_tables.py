"""Groups that were not made by chance, made alike by weights: the weights, the balance, the comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.special import expit, logit

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.frame import AnalysisSet, FloatArray
from seedbed.cohort.further_tables import with_holm
from seedbed.cohort.restricted_mean_table import FEWEST_EVENTS
from seedbed.cohort.tables import Cell, Row, Table, blank, signed
from seedbed.cohort.weighted_covariates import ModelColumn
from seedbed.cohort.weighted_groups import WeightedGroups, weigh_groups
from seedbed.cohort.weighted_outcomes import GroupOutcome, Outcome, weighted_outcomes
from seedbed.errors import InputError
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.overlap_weights import effective_size, largest_difference
from seedbed.statistics.weighted_differences import WeightedDifference, weighted_difference

BALANCED = 0.1
"""Absolute standardised difference up to which groups are called alike (P. C. Austin, Stat. Med. 28 (2009)
3083-3107, doi 10.1002/sim.3697)."""
ESTIMAND = (
    "Of the patients who could have been in any of the groups, as far as the covariates of the model tell: "
    "not of all patients, and not of one group."
)
UNMEASURED = (
    "Groups were not made by chance. Weights make them more alike in what the model holds (see the table of "
    "balance), not in what was not measured or found no room: confounding by that remains."
)
UNIT = (
    "Largest absolute standardised difference of means between two groups; unit: the root of the mean "
    "variance within the groups before weighting."
)
ALIKE = (
    f"Up to {BALANCED:g} is commonly called alike (Austin 2009). Of two groups, what is in the model is "
    "alike exactly, without a penalty; of more, as a rule more alike than before, and not always enough."
)
SHARES = (
    "Shares in percent, their differences in percentage points. Of the patients whose outcome is known; "
    "weights are not changed for who is missing."
)
AREAS = (
    "Restricted means: area under the weighted Kaplan-Meier curve, up to the shortest of the longest times "
    "of the groups. Limits are cut at 0 and there, as no mean can lie beyond; a group with fewer than "
    f"{FEWEST_EVENTS} events until then has none, nor has a difference from it."
)
PENALISED = (
    "the covariates tell some patients' group without doubt (separation), so that maximum likelihood has no "
    "answer: a ridge penalty of weight {weight:g} was used, and balance is approximate"
)
NOT_ALIKE = "the weights did not make the groups alike"
WALD = "Wald's test of weighted groups"


@dataclass(frozen=True)
class _Frame:
    """What the three tables have in common."""

    id: str
    title: str
    columns: tuple[str, ...]
    footnotes: tuple[str, ...]
    methods: str


def weighted_tables(data: AnalysisSet, rules: AnalysisRules) -> tuple[Table, Table, Table]:
    """Return the weights, the balance before and after them, and the outcomes of the weighted groups.

    Where groups cannot be weighted each table has one row that says why.
    """
    frames = _frames(data)
    try:
        weighted = weigh_groups(data, rules)
    except InputError as error:
        said = error.came if error.came.startswith("one group") else f"not estimable: {error.came}"
        return tuple(_empty(frame, said) for frame in frames)  # type: ignore[return-value]
    outcomes = weighted_outcomes(data, weighted)
    rows, notes = _outcome_rows(data, weighted, outcomes, rules), _outcome_notes(weighted)
    return (
        _table(frames[0], _weight_rows(data, weighted), _model_notes(weighted)),
        _table(frames[1], _balance_rows(weighted), weighted.notes),
        _warned(_table(frames[2], rows, notes), _still_apart(weighted, used=True)),
    )


def _warned(table: Table, apart: Sequence[str]) -> Table:
    """Open the outcomes with a warning where weights failed; p-values are then not set in bold."""
    if not apart:
        return table
    row = Row("weighted.warning", f"Warning: {NOT_ALIKE}", blank(len(table.columns) - 1))
    said = (
        f"Warning: {NOT_ALIKE}: in the model, yet apart by more than {BALANCED:g}: {'; '.join(apart)}. "
        "Differences of outcomes may come from these; p-values are not set in bold."
    )
    return replace(table, rows=(row, *table.rows), footnotes=(said, *table.footnotes), plain=True)


def _frames(data: AnalysisSet) -> tuple[_Frame, _Frame, _Frame]:
    groups = ("", *data.titles())
    compared = ("Difference (95% CI)", "Difference without weights", "P-value", "P-value, Holm")
    made = "Weights by Li and Li 2019, from multinomial logistic regression of the group."
    size = "Effective number: so many patients of equal weight would tell as much (Kish)."
    steps = "Holm's steps over the pairs of one outcome."
    return (
        _Frame("weights", "Overlap weights of the groups", groups, (ESTIMAND, made, size), ""),
        _Frame(
            "balance",
            "How alike the groups are before and after weighting",
            ("", "Before", "After", "In the model"),
            (UNIT, ALIKE),
            "",
        ),
        _Frame(
            "weighted",
            "Outcomes of weighted groups",
            (*groups, *compared),
            (ESTIMAND, UNMEASURED, SHARES, AREAS, steps),
            f"{WALD}: each pair",
        ),
    )


def _table(frame: _Frame, rows: Sequence[Row], notes: Sequence[str]) -> Table:
    return Table(
        id=frame.id,
        title=frame.title,
        columns=frame.columns,
        rows=tuple(rows),
        footnotes=(*frame.footnotes, *(f"{note[0].upper()}{note[1:]}." for note in notes)),
        methods=frame.methods,
    )


def _empty(frame: _Frame, said: str) -> Table:
    cells = (Cell(said), *blank(len(frame.columns) - 2))
    return _table(replace(frame, footnotes=(), methods=""), (Row(frame.id, frame.title, cells),), ())


def _model_notes(weighted: WeightedGroups) -> tuple[str, ...]:
    used = "; ".join(each.label for each in weighted.columns if each.used)
    weight = weighted.model.penalty
    return (f"In the model: {used}", *((PENALISED.format(weight=weight),) if weight else ()))


def _outcome_notes(weighted: WeightedGroups) -> tuple[str, ...]:
    apart = _still_apart(weighted, used=False)
    said = f"after weighting the groups still differ by more than {BALANCED:g} in: {'; '.join(apart)}"
    return (*((said,) if apart else ()), _error_note(weighted))


def _still_apart(weighted: WeightedGroups, *, used: bool) -> list[str]:
    """Name the covariates, in the model or not, that weights left apart, with their differences."""
    columns = [each for each in weighted.columns if each.used is used]
    after = ((each.label, _difference(each, weighted, weighted.weights)) for each in columns)
    return [
        f"{label} (no spread within the groups)" if value is None else f"{label} ({value:.2f})"
        for label, value in after
        if value is None or value > BALANCED
    ]


def _difference(column: ModelColumn, weighted: WeightedGroups, weights: FloatArray) -> float | None:
    return largest_difference(column.values, weighted.model.group_of, weights)


def _error_note(weighted: WeightedGroups) -> str:
    if weighted.left_out is None:
        return "errors by the sandwich, which knows that the weights are estimated"
    said = "errors by the jackknife: each patient was left out once and the model of the weights fitted again"
    times = weighted.left_out.penalised
    return f"{said}; {times} of {len(weighted.rows)} fits needed a penalty" if times else said


def _weight_rows(data: AnalysisSet, weighted: WeightedGroups) -> list[Row]:
    texts: dict[str, tuple[str, list[Cell]]] = {
        "patients": ("Patients weighted", []),
        "effective": ("Effective number of patients", []),
        "largest": ("Largest weight of one patient, share of the group's", []),
    }
    for place in range(len(data.groups)):
        if place not in weighted.groups:
            for _, cells in texts.values():
                cells.append(Cell("left out"))
            continue
        mine = weighted.weights[weighted.members(weighted.groups.index(place))]
        size, largest = effective_size(mine), float(mine.max() / mine.sum())
        texts["patients"][1].append(Cell(str(len(mine)), {"n": len(mine)}))
        texts["effective"][1].append(Cell(f"{size:.1f}", {"effective_n": size}))
        texts["largest"][1].append(Cell(f"{100 * largest:.1f}%", {"largest_share": largest}))
    return [Row(id, label, tuple(cells)) for id, (label, cells) in texts.items()]


def _balance_rows(weighted: WeightedGroups) -> list[Row]:
    rows = []
    for column in weighted.columns:
        before = _difference(column, weighted, np.ones(len(weighted.rows)))
        after = _difference(column, weighted, weighted.weights)
        numbers = {"before": before, "after": after}
        cells = tuple(
            Cell("not estimable: no spread within the groups" if each is None else f"{each:.2f}", numbers)
            for each in (before, after)
        )
        rows.append(Row(column.id, column.label, (*cells, Cell("yes" if column.used else column.why))))
    return rows


def _outcome_rows(
    data: AnalysisSet, weighted: WeightedGroups, outcomes: Sequence[Outcome], rules: AnalysisRules
) -> list[Row]:
    rows: list[Row] = []
    for outcome in outcomes:
        cells = [Cell("left out")] * len(data.groups)
        for place, group in zip(weighted.groups, outcome.groups, strict=True):
            cells[place] = _group_cell(outcome, group)
        rows.append(Row(f"weighted.{outcome.id}", outcome.label, (*cells, *blank(4))))
        rows += _pair_rows(data, weighted, outcome, rules)
    return rows


def _group_cell(outcome: Outcome, group: GroupOutcome) -> Cell:
    value = group.value
    if value is None:
        return Cell(group.why, {"n": group.patients})
    numbers: dict[str, float | None] = {"value": value, "low": None, "high": None, "n": group.patients}
    text = _text(outcome, value) + ("%" if outcome.share else "")
    if group.found is None:
        return Cell(f"{text} ({group.why})", numbers)
    low, high = _limits(outcome, value, group.found.standard_error)
    numbers.update(low=low, high=high)
    return Cell(f"{text} ({_text(outcome, low)} to {_text(outcome, high)})", numbers)


def _limits(outcome: Outcome, value: float, error: float) -> tuple[float, float]:
    """Return normal limits: of a share on its logit, of a time from 0 to the horizon."""
    z = normal_quantile(0.95)
    if outcome.share:
        reach = z * error / (value * (1 - value))
        return float(expit(logit(value) - reach)), float(expit(logit(value) + reach))
    low, high = value - z * error, value + z * error
    return (low, high) if outcome.most is None else (max(low, 0.0), min(high, outcome.most))


def _text(outcome: Outcome, value: float) -> str:
    return signed(100 * value if outcome.share else value, outcome.decimals)


def _pair_rows(
    data: AnalysisSet, weighted: WeightedGroups, outcome: Outcome, rules: AnalysisRules
) -> list[Row]:
    pairs = list(combinations(range(len(weighted.groups)), 2))
    made = [_pair(outcome, pair, rules) for pair in pairs]
    adjusted = with_holm([test.p_value for _, _, test in made])
    rows = []
    for pair, (cell, plain, test), (p, holm) in zip(pairs, made, adjusted, strict=True):
        names = [data.groups[weighted.groups[at]] for at in pair]
        cells = (*blank(len(data.groups)), cell, plain, p, holm)
        label = " minus ".join(names)
        row = f"weighted.{outcome.id}.{'_'.join(names)}"
        rows.append(Row(row, label, cells, level=1, tests=(test,)))
    return rows


def _pair(outcome: Outcome, pair: tuple[int, int], rules: AnalysisRules) -> tuple[Cell, Cell, GroupTest]:
    one, two = (outcome.groups[at] for at in pair)
    about = GroupTest(test=WALD, n=(one.patients, two.patients), rule_ids=(rules.weights.id,))
    plain = Cell("")
    if one.plain is not None and two.plain is not None:
        bare = one.plain - two.plain
        plain = Cell(_text(outcome, bare), {"unweighted_difference": bare})
    if one.value is None or two.value is None:
        why = one.why if one.value is None else two.why
        return Cell(why), plain, replace(about, note=why)
    if one.found is None or two.found is None:
        value, why = one.value - two.value, one.why or two.why
        numbers = {"difference": value, "low": None, "high": None}
        return Cell(f"{_text(outcome, value)} ({why})", numbers), plain, replace(about, note=why)
    try:
        found = weighted_difference(one.found, two.found)
    except InputError as error:
        why = f"not estimable: {error.came}"
        return Cell(why), plain, replace(about, note=why)
    tested = replace(about, statistic=found.value / found.standard_error, p_value=found.p_value)
    return _difference_cell(outcome, found), plain, tested


def _difference_cell(outcome: Outcome, found: WeightedDifference) -> Cell:
    low, high = found.interval.low, found.interval.high
    most = 1.0 if outcome.share else outcome.most
    if most is not None and low is not None and high is not None:
        low, high = max(low, -most), min(high, most)
    ends = " to ".join(_text(outcome, end) for end in (low, high) if end is not None)
    numbers = {"difference": found.value, "low": low, "high": high}
    return Cell(f"{_text(outcome, found.value)} ({ends})", numbers)
