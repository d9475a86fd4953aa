"""Groups that are weighted so that they are alike: who, by what, and with which weights."""

from dataclasses import dataclass

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules, Weights
from seedbed.cohort.comparing import NOT_COMPARED
from seedbed.cohort.frame import AnalysisSet, FloatArray, IntArray
from seedbed.cohort.weighted_covariates import ModelColumn, model_columns
from seedbed.errors import InputError
from seedbed.statistics.overlap_weights import overlap_weights
from seedbed.statistics.propensity import Propensity, fit_propensity
from seedbed.statistics.weighted_jackknife import LeftOut, leave_each_out


@dataclass(frozen=True, kw_only=True)
class WeightedGroups:
    """Patients with overlap weights.

    Attributes
    ----------
    groups : tuple of int
        Places of the groups that are weighted, among those of the analysis set.
    rows : ndarray of int
        Their patients, as rows of the analysis set.
    model : Propensity
        Its groups are the places in `groups`.
    weights : ndarray, shape (rows,)
    left_out : LeftOut or None
        The weights without each patient; None in cohorts so large that the sandwich is true.
    columns : tuple of ModelColumn
        What the groups were to be alike in, in the model or not.
    notes : tuple of str
        What was left out, and how unknown values were counted.
    """

    groups: tuple[int, ...]
    rows: IntArray
    model: Propensity
    weights: FloatArray
    left_out: LeftOut | None
    columns: tuple[ModelColumn, ...]
    notes: tuple[str, ...]

    def members(self, group: int) -> IntArray:
        """Rows of the model of the patients of a group, by its place in `groups`."""
        return np.flatnonzero(self.model.group_of == group)


def weigh_groups(data: AnalysisSet, rules: AnalysisRules) -> WeightedGroups:
    """Fit the propensity by the rules, and weigh everybody in a group that is large enough.

    Raises
    ------
    InputError
        Fewer than two such groups; no covariate that there is room for, that is known and that differs;
        groups that the covariates tell apart in every patient.
    """
    if len(data.groups) < 2:
        raise InputError(NOT_COMPARED, "two groups", "group the patients by something else")
    wanted = rules.weights
    kept, notes = _large_enough(data, wanted)
    rows = np.flatnonzero(np.isin(data.group_of, kept))
    group_of = np.searchsorted(kept, data.group_of[rows])
    smallest = int(np.bincount(group_of).min())
    most = smallest // wanted.patients_for_each
    coded = model_columns(data, rows, most=most, rules=wanted)
    used = [each.values for each in coded.columns if each.used]
    if not used:
        raise InputError(
            "no covariate of the rules differs, is known and finds room "
            f"(the smallest group has {smallest} patients)",
            "one column at least",
            "change the covariates of the rules",
        )
    names = [data.groups[place] for place in kept]
    model = fit_propensity(group_of, np.column_stack(used), names=names)
    left_out = leave_each_out(model) if len(rows) <= wanted.leave_out_up_to else None
    return WeightedGroups(
        groups=tuple(kept),
        rows=rows,
        model=model,
        weights=overlap_weights(model),
        left_out=left_out,
        columns=coded.columns,
        notes=(*notes, *coded.notes),
    )


def _large_enough(data: AnalysisSet, rules: Weights) -> tuple[list[int], list[str]]:
    kept = [place for place, size in enumerate(data.sizes) if size >= rules.fewest_in_group]
    small = [place for place in range(len(data.groups)) if place not in kept]
    if len(kept) < 2:
        raise InputError(
            f"fewer than two groups of {rules.fewest_in_group} patients or more",
            "two such groups",
            "group the patients by something else",
        )
    said = f"fewer than {rules.fewest_in_group}"
    return kept, [
        f"group {data.groups[place]}: left out, {data.sizes[place]} patients, {said}" for place in small
    ]
