"""Outcomes of weighted groups: what is estimated of each, and how the groups differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from seedbed.cohort.frame import AnalysisSet, BoolArray, FloatArray, IntArray
from seedbed.cohort.paper_tables import OBJECTIVE
from seedbed.cohort.restricted_mean_table import FEWEST_EVENTS
from seedbed.cohort.weighted_groups import WeightedGroups
from seedbed.errors import InputError
from seedbed.statistics.weighted_differences import WeightedGroup, carry_influence
from seedbed.statistics.weighted_jackknife import jackknife_influence
from seedbed.statistics.weighted_means import WeightedEstimate, weighted_mean, weighted_restricted_mean

Estimator = Callable[[FloatArray], WeightedEstimate]
"""Makes an estimate of weights."""


@dataclass(frozen=True)
class GroupOutcome:
    """An outcome in one weighted group.

    Attributes
    ----------
    patients : int
        Whose outcome is known.
    value : float or None
        The weighted estimate, where there is one.
    plain : float or None
        The estimate without weights.
    found : WeightedGroup or None
        The estimate with its error, where that can be told.
    why : str
        Why there is no estimate, or no error.
    """

    patients: int
    value: float | None = None
    plain: float | None = None
    found: WeightedGroup | None = None
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """What is compared.

    Attributes
    ----------
    id, label : str
    decimals : int
    share : bool
        Whether it is a share, printed in percent.
    groups : tuple of GroupOutcome
        One for each weighted group.
    most : float or None
        What no mean can lie above: the horizon of a restricted mean.
    """

    id: str
    label: str
    decimals: int
    share: bool
    groups: tuple[GroupOutcome, ...]
    most: float | None = None


def weighted_outcomes(data: AnalysisSet, weighted: WeightedGroups) -> tuple[Outcome, ...]:
    """Return objective response at 6 and 12 months, VRR at 6, restricted means of LPFS and OS, by group."""
    return (
        *(_response(data, weighted, month) for month in (6, 12)),
        _reduction(data, weighted),
        *(_survival(data, weighted, name, label) for name, label in (("lpfs", "LPFS"), ("os", "OS"))),
    )


def _response(data: AnalysisSet, weighted: WeightedGroups, month: int) -> Outcome:
    values = data.column(f"response_{month}").values[weighted.rows]
    known = ~np.isnan(values)
    objective = np.where(known, values < OBJECTIVE, np.nan).astype(np.float64)
    groups = _means(weighted, objective, "no limits: all or none responded")
    return Outcome(f"orr_{month}", f"ORR at {month} months", 1, True, groups)


def _reduction(data: AnalysisSet, weighted: WeightedGroups) -> Outcome:
    column = data.column("vrr_6")
    groups = _means(weighted, column.values[weighted.rows], "no limits: no spread")
    return Outcome("vrr_6", column.variable.title, 1, False, groups)


def _means(weighted: WeightedGroups, values: FloatArray, alike: str) -> tuple[GroupOutcome, ...]:
    parts = [_known(weighted, group, ~np.isnan(values)) for group in range(len(weighted.groups))]
    makers = [partial(weighted_mean, values[part]) for part in parts]
    return _estimated(weighted, parts, makers, alike)


def _survival(data: AnalysisSet, weighted: WeightedGroups, name: str, label: str) -> Outcome:
    months = data.column(f"{name}_months").values[weighted.rows]
    events = data.column(f"{name}_event").values[weighted.rows]
    known = ~np.isnan(months) & ~np.isnan(events)
    parts = [_known(weighted, group, known) for group in range(len(weighted.groups))]
    horizon = min((float(months[part].max()) for part in parts if len(part)), default=0.0)
    if horizon <= 0:
        said = GroupOutcome(0, why="not estimable: a group was not followed at all")
        return Outcome(name, f"{label}, restricted mean, months", 2, False, (said,) * len(parts))
    makers = [_restricted(months[part], events[part], horizon) for part in parts]
    groups = tuple(
        _if_enough(group, events[part][months[part] <= horizon])
        for group, part in zip(
            _estimated(weighted, parts, makers, "no limits: no event, or all at once"), parts, strict=True
        )
    )
    title = f"{label}, restricted mean up to {horizon:.1f} months"
    return Outcome(name, title, 2, False, groups, most=horizon)


def _if_enough(group: GroupOutcome, events: FloatArray) -> GroupOutcome:
    """Leave out the error of a restricted mean that rests on few events."""
    if group.found is None or events.sum() >= FEWEST_EVENTS:
        return group
    return replace(group, found=None, why=f"no limits: fewer than {FEWEST_EVENTS} events")


def _restricted(months: FloatArray, events: FloatArray, horizon: float) -> Estimator:
    return lambda weights: weighted_restricted_mean(months, events, weights=weights, horizon=horizon)


def _known(weighted: WeightedGroups, group: int, known: BoolArray) -> IntArray:
    members = weighted.members(group)
    return members[known[members]]


def _estimated(
    weighted: WeightedGroups, parts: Sequence[IntArray], makers: Sequence[Estimator], alike: str
) -> tuple[GroupOutcome, ...]:
    return tuple(_one(weighted, part, make, alike) for part, make in zip(parts, makers, strict=True))


def _one(weighted: WeightedGroups, part: IntArray, make: Estimator, alike: str) -> GroupOutcome:
    count = len(part)
    if not count:
        return GroupOutcome(0, why="not estimable: nobody was assessed")
    plain = make(np.ones(count))
    try:
        estimate = make(weighted.weights[part])
    except InputError as error:
        return GroupOutcome(count, plain=plain.value, why=f"not estimable: {error.came}")
    if not np.any(plain.slopes):
        return GroupOutcome(count, estimate.value, plain.value, why=alike)
    if weighted.left_out is not None:
        found = jackknife_influence(weighted.left_out, make, rows=part, value=estimate.value)
    else:
        (found,) = carry_influence(weighted.model, [estimate], rows=[part])
    return GroupOutcome(count, estimate.value, plain.value, found)
