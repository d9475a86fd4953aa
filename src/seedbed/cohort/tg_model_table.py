"""Thyroglobulin over time by a mixed model; values beyond what can be measured are no numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import exp, floor, log10

import numpy as np
from scipy.linalg import qr

from seedbed.cohort.comparing import NOT_COMPARED, Found, GroupTest, run_or_note
from seedbed.cohort.frame import AnalysisSet, FloatArray, IntArray
from seedbed.cohort.tables import Cell, Row, Table, blank, p_cell
from seedbed.cohort.tg_visits import MONTHS, TgVisits, tg_visits
from seedbed.errors import InputError, SeedbedError
from seedbed.statistics.mixed_model import MixedModel, contrast, likelihood_ratio, mixed_model

AT_MONTHS = (6, 12)
MOST_LOG = 50.0
"""Limits of a ratio beyond exp(50) tell nothing (local rule)."""
TEST = "likelihood ratio test of group by time, mixed model"
BEYOND = "not estimable: no value within what can be measured"
NO_VALUE = "not estimable: no value at this visit"


@dataclass(frozen=True)
class _Cells:
    """The mean of each group at each visit that the values can tell.

    Attributes
    ----------
    data : AnalysisSet
    visits : TgVisits
    counts, measured : ndarray of int, shape (groups, visits)
        Values, and those of them within the limits.
    place : ndarray of int, shape (groups, visits)
        Number of the coefficient; -1 where there is none.
    """

    data: AnalysisSet
    visits: TgVisits
    counts: IntArray
    measured: IntArray
    place: IntArray

    @classmethod
    def of(cls, data: AnalysisSet) -> "_Cells":
        visits = tg_visits(data)
        known = ~np.isnan(visits.logs)
        counts, measured = (
            np.array([kept[data.group_of == at].sum(axis=0) for at in range(len(data.groups))])
            for kept in (known, known & (visits.beyond == 0))
        )
        there = measured > 0
        place = np.where(there, np.cumsum(there.ravel()).reshape(there.shape) - 1, -1)
        return cls(data, visits, counts, measured, place)

    @property
    def all_beyond(self) -> bool:
        """Whether the values of a group at a visit are all beyond the limits."""
        return bool(((self.counts > 0) & (self.measured == 0)).any())

    @cached_property
    def full(self) -> MixedModel:
        """A mean of its own for each group at each visit."""
        return self._fit(np.eye(int((self.place >= 0).sum())))

    @cached_property
    def additive(self) -> MixedModel:
        """The same course in all groups, but for a constant."""
        group, visit = np.nonzero(self.place >= 0)
        columns = [visit == at for at in range(len(MONTHS))]
        columns += [group == at for at in range(1, len(self.data.groups))]
        table = np.array(columns, dtype=np.float64).T
        _, triangle, order = qr(table, mode="economic", pivoting=True)
        rank = int((np.abs(np.diag(triangle)) > 1e-9).sum())
        return self._fit(table[:, np.sort(order[:rank])])

    def _fit(self, design: FloatArray) -> MixedModel:
        cells = self.place[self.data.group_of]
        logs = np.where(cells >= 0, self.visits.logs, np.nan)
        return mixed_model(logs, self.visits.beyond, cells=cells, design=design)

    def why_not(self, group: int, month: int) -> str:
        """Say why there is no mean before treatment or at a visit; empty where there is one."""
        for visit in (0, MONTHS.index(month)):
            if self.place[group, visit] < 0:
                where = NO_VALUE if self.counts[group, visit] == 0 else BEYOND
                return where.replace("at this visit", "before treatment") if visit == 0 else where
        return ""

    def weights(self, group: int, month: int) -> FloatArray | None:
        """Return what makes the change from baseline out of the coefficients; None where it cannot be."""
        first, last = self.place[group, 0], self.place[group, MONTHS.index(month)]
        if min(first, last) < 0:
            return None
        row = np.zeros(int(self.place.max()) + 1)
        row[last], row[first] = 1.0, -1.0
        return row


def tg_model_table(data: AnalysisSet) -> Table:
    """Return the change of thyroglobulin by group, from a mixed model with values beyond limits.

    Examples
    --------
    >>> from datetime import date
    >>> nobody = AnalysisSet(patients=("SYN-1",), group_by="arm", groups=("A",), group_of=np.array([0]),
    ...                      columns={}, on=date(2026, 1, 1))
    >>> tg_model_table(nobody).rows[0].cells[0].text
    'not estimable: no value of Tg within what can be measured'
    """
    try:
        cells = _Cells.of(data)
        if not cells.measured.any():
            raise InputError("no value of Tg within what can be measured", "some", "measure Tg at visits")
        rows = _rows(cells)
    except SeedbedError as error:
        said = Cell(f"not estimable: {error.came}")
        return _table(data, (Row("tg_model", "Tg", (said, *blank(len(data.groups) + 1))),), ())
    return _table(data, rows, _footnotes(cells))


def _table(data: AnalysisSet, rows: tuple[Row, ...], footnotes: tuple[str, ...]) -> Table:
    return Table(
        id="tg_model",
        title="Change of Tg over time by a mixed model",
        columns=("", *data.titles(), "Ratio between groups (95% CI)", "P-value"),
        rows=rows,
        footnotes=footnotes,
        methods="Linear mixed model of ln Tg, maximum likelihood with values beyond limits as censored",
    )


def _rows(cells: _Cells) -> tuple[Row, ...]:
    model, data = cells.full, cells.data
    places = range(len(data.groups))
    test = _interaction(cells)
    baseline = tuple(_baseline(cells, model, at) for at in places)
    rows = [
        Row(
            "tg_model.values",
            "Values (below, above the limits)",
            _filled(_counts(cells, at) for at in places),
        ),
        Row("tg_model.baseline", "Geometric mean before treatment, ng/mL (95% CI)", (*baseline, *blank(2))),
        Row(
            "tg_model.ratio",
            "Ratio to before treatment",
            (*blank(len(places) + 1), p_cell(test)),
            tests=(test,),
        ),
    ]
    for month in AT_MONTHS:
        ratios = [_ratio(model, cells.weights(at, month), why=cells.why_not(at, month)) for at in places]
        rows.append(Row(f"tg_model.ratio_{month}", f"{month} months (95% CI)", _filled(ratios), level=1))
        for one, two in combinations(places, 2):
            names = data.groups[one], data.groups[two]
            own, other = cells.weights(one, month), cells.weights(two, month)
            why = cells.why_not(one, month) or cells.why_not(two, month)
            cell = _ratio(model, None if own is None or other is None else own - other, why=why)
            rows.append(
                Row(
                    f"tg_model.ratio_{month}.{'_'.join(names)}",
                    f"{names[0]} over {names[1]}, {month} months",
                    (*blank(len(places)), cell, Cell("")),
                    level=2,
                )
            )
    return tuple(rows)


def _filled(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    return (*cells, *blank(2))


def _counts(cells: _Cells, group: int) -> Cell:
    known = ~np.isnan(cells.visits.logs[cells.data.group_of == group])
    beyond = cells.visits.beyond[cells.data.group_of == group]
    below, above = int((known & (beyond < 0)).sum()), int((known & (beyond > 0)).sum())
    numbers = {
        "values": int(known.sum()),
        "below": below,
        "above": above,
        "patients": int(known.any(1).sum()),
    }
    return Cell(f"{numbers['values']} ({below}, {above}) of {numbers['patients']} patients", numbers)


def _baseline(cells: _Cells, model: MixedModel, group: int) -> Cell:
    at = cells.place[group, 0]
    weights = np.eye(len(model.coefficients))[at] if at >= 0 else None
    return _ratio(model, weights, why=cells.why_not(group, 0), name="geometric_mean")


def _ratio(model: MixedModel, weights: FloatArray | None, *, why: str, name: str = "ratio") -> Cell:
    if weights is None:
        return Cell(why)
    found = contrast(model, weights)
    if max(abs(found.low), abs(found.high)) > MOST_LOG:
        return Cell("not estimable: too few values", {name: None})
    numbers = {name: exp(found.estimate), "low": exp(found.low), "high": exp(found.high)}
    shown = [ratio_text(each) for each in numbers.values()]
    return Cell(f"{shown[0]} ({shown[1]} to {shown[2]})", dict(numbers))


def ratio_text(value: float) -> str:
    """Write a ratio with two decimals, or as many as two digits need.

    Examples
    --------
    >>> ratio_text(1.234), ratio_text(0.01234), ratio_text(123.456)
    ('1.23', '0.012', '123.46')
    """
    return f"{value:.{max(2, 1 - floor(log10(value)))}f}"


def _interaction(cells: _Cells) -> GroupTest:
    data = cells.data
    known = ~np.isnan(cells.visits.logs).all(axis=1)
    sizes = np.bincount(data.group_of[known], minlength=len(data.groups))
    about = GroupTest(
        test=TEST,
        n=tuple(int(each) for each in sizes),
        missing=tuple(size - int(each) for size, each in zip(data.sizes, sizes, strict=True)),
        rule_ids=(),
    )
    if len(data.groups) < 2:
        return replace(about, note=NOT_COMPARED)
    if cells.all_beyond:
        said = "all values of a group at a visit are beyond what can be measured"
        return replace(about, note=f"not estimable: {said}")
    return run_or_note(about, lambda: _tested(cells))


def _tested(cells: _Cells) -> Found:
    found = likelihood_ratio(cells.full, cells.additive)
    return Found(found.p_value, found.statistic, (found.df,))


def _footnotes(cells: _Cells) -> tuple[str, ...]:
    model, visits = cells.full, cells.visits
    known = ~np.isnan(visits.logs)
    below, above = (int((known & (visits.beyond == side)).sum()) for side in (-1, 1))
    notes = (
        f"{int(known.sum())} values of {model.patients} patients before treatment and at 2, 4, 6, 12 months.",
        f"{below} below and {above} above what can be measured count with the probability to be there.",
        "Mean of ln Tg free for each group at each visit, one random intercept a patient, limits by Wald.",
        f"SD {model.residual_sd:.2f} within, {model.intercept_sd:.2f} between patients, for all groups.",
        "What is missing is taken as missing at random, given the values that there are.",
        "P-value: whether Tg takes one course in all groups but for a constant factor, all visits at once.",
        "It holds for many patients; with few it is somewhat too small.",
        "Antibodies against Tg (TgAb), which disturb its measurement, and TSH are not modelled.",
        "Groups were not made by chance: nothing is adjusted.",
    )
    if not visits.not_above_zero:
        return notes
    return (
        *notes,
        f"{visits.not_above_zero} values of zero without a limit have no logarithm and are left out.",
    )
