"""Characteristics before treatment as columns of a model of the groups; what was left out, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seedbed.cohort.analysis_rules import Covariate, Weights
from seedbed.cohort.frame import AnalysisSet, BoolArray, Column, FloatArray, IntArray

SAME = 1e-8
"""Columns that leave less of a further one, beside its size, determine it."""


@dataclass(frozen=True)
class ModelColumn:
    """One column.

    Attributes
    ----------
    id, label : str
    values : ndarray, shape (patients,)
        Of the patients who are weighted; every one known.
    used : bool
        Whether it is in the model.
    why : str
        Why it is not.
    """

    id: str
    label: str
    values: FloatArray
    used: bool = True
    why: str = ""


@dataclass(frozen=True)
class Coded:
    """The columns of one covariate, and what was done with it."""

    columns: tuple[ModelColumn, ...]
    notes: tuple[str, ...]


def model_columns(data: AnalysisSet, rows: IntArray, *, most: int, rules: Weights) -> Coded:
    """Return the covariates of the rules as columns, in their order, as long as there is room in the model.

    Parameters
    ----------
    data : AnalysisSet
    rows : ndarray of int
        Patients who are weighted.
    most : int
        Columns that the model may have; a covariate whose columns find no room is passed over.
    rules : Weights
    """
    found: list[ModelColumn] = []
    notes: list[str] = []
    for covariate in rules.covariates:
        if covariate.name == data.group_by:
            notes.append(f"{data.column(covariate.name).variable.label}: the groups are made by it")
            continue
        coded = code_covariate(data.column(covariate.name), covariate, rows=rows, rules=rules)
        notes += coded.notes
        found += _chosen(coded.columns, found, most)
    return Coded(tuple(found), tuple(notes))


def _chosen(
    columns: Sequence[ModelColumn], before: Sequence[ModelColumn], most: int
) -> tuple[ModelColumn, ...]:
    used = [each.values for each in before if each.used]
    if len(used) + len(columns) > most:
        why = f"no: room for {most} only, the smallest group is small"
    elif columns and not _adds(columns, used):
        why = "no: it follows from those before"
    else:
        return tuple(columns)
    return tuple(ModelColumn(each.id, each.label, each.values, False, why) for each in columns)


def _adds(columns: Sequence[ModelColumn], used: Sequence[FloatArray]) -> bool:
    """Whether columns are linearly independent of a constant, of those used and of each other."""
    table = np.column_stack([*used, *(each.values for each in columns)])
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    return bool(np.linalg.matrix_rank(scaled, tol=SAME * len(scaled) ** 0.5) == table.shape[1])


def code_covariate(column: Column, covariate: Covariate, *, rows: IntArray, rules: Weights) -> Coded:
    """Return the columns of one covariate: none where it tells nothing.

    An unknown number counts as the median, an unknown class as the most frequent one; where enough are
    unknown, and enough are not, "not known" is a column of its own.

    Parameters
    ----------
    column : Column
    covariate : Covariate
    rows : ndarray of int
        Patients who are weighted.
    rules : Weights

    Examples
    --------
    >>> from seedbed.cohort.analysis_rules import analysis_rules
    >>> from seedbed.cohort.frame import make_column
    >>> rules = analysis_rules().weights
    >>> age = make_column("age_years", [40, 50, None, 70], sources=[()] * 4)
    >>> coded = code_covariate(age, rules.covariates[2], rows=np.arange(4), rules=rules)
    >>> coded.columns[0].values.tolist(), coded.notes
    ([40.0, 50.0, 50.0, 70.0], ('Age: 1 not known, counted as the median',))
    """
    values, label = column.values[rows], column.variable.label
    known = ~np.isnan(values)
    if not known.any() or known.mean() < rules.least_known:
        return Coded((), (f"{label}: left out, known in {int(known.sum())} of {len(rows)} patients",))
    if covariate.scale == "classes":
        columns, notes = _class_columns(column, covariate, values, known, rules)
    else:
        columns, notes = _number_columns(column, covariate, values, known)
    if not columns:
        return Coded((), tuple(notes))
    unknown, enough = int((~known).sum()), rules.fewest_with
    middle = "the most frequent class" if covariate.scale == "classes" else "the median"
    if unknown:
        notes.append(f"{label}: {unknown} not known, counted as {middle}")
    if unknown >= enough and known.sum() >= enough:
        columns.append(
            ModelColumn(f"{covariate.name}.unknown", f"{label}: not known", (~known).astype(np.float64))
        )
    return Coded(tuple(columns), tuple(notes))


def _number_columns(
    column: Column, covariate: Covariate, values: FloatArray, known: BoolArray
) -> tuple[list[ModelColumn], list[str]]:
    label, title = column.variable.label, column.variable.title
    if covariate.scale == "log":
        if (values[known] < 0).any():
            return [], [f"{label}: left out, a number below 0 has no logarithm"]
        title = f"log(1 + {title})"
    scaled = np.log1p(values) if covariate.scale == "log" else values
    filled = np.where(known, scaled, np.median(scaled[known]))
    if np.ptp(filled) == 0:
        return [], [f"{label}: left out, the same in all patients"]
    return [ModelColumn(covariate.name, title, filled)], []


def _class_columns(
    column: Column, covariate: Covariate, values: FloatArray, known: BoolArray, rules: Weights
) -> tuple[list[ModelColumn], list[str]]:
    label, classes = column.variable.label, column.variable.classes
    counts = np.bincount(values[known].astype(np.int64), minlength=len(classes))
    if np.count_nonzero(counts) == 1:
        return [], [f"{label}: left out, the same in all patients"]
    if covariate.one_if:
        parts = [[classes.index(each) for each in covariate.one_if]]
    else:
        parts = _frequent(counts, rules.fewest_with)
    most_frequent = int(counts.argmax())
    filled = np.where(known, values, most_frequent)
    columns, notes = [], []
    for part in parts:
        inside = np.isin(filled, part)
        name = ", ".join(classes[place] for place in part)
        if min(inside.sum(), (~inside).sum()) < rules.fewest_with:
            notes.append(f"{label}, {name}: left out, in {int(inside.sum())} of {len(values)} patients")
            continue
        places = "_".join(map(str, part))
        columns.append(
            ModelColumn(f"{covariate.name}.{places}", f"{label}: {name}", inside.astype(np.float64))
        )
    return columns, notes


def _frequent(counts: IntArray, fewest: int) -> list[list[int]]:
    """Each class but the most frequent one; rare ones together."""
    others = [place for place in np.flatnonzero(counts).tolist() if place != int(counts.argmax())]
    frequent = [[place] for place in others if counts[place] >= fewest]
    rare = [place for place in others if counts[place] < fewest]
    return [*frequent, rare] if rare else frequent
