"""Hazard ratios of groups against one of them, by the method that has an answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError, one_of
from seedbed.statistics.cox import EVENTS_PER_COVARIATE, HazardModel, cox_regression
from seedbed.statistics.firth import firth_regression
from seedbed.statistics.survival_times import read_groups, read_survival


@dataclass(frozen=True)
class GroupHazards:
    """Hazard ratios of groups.

    Attributes
    ----------
    reference : str
        The group that the others are compared with.
    cox : HazardModel or None
        None where Cox's estimate does not exist.
    firth : HazardModel or None
        None where it is not needed: enough events in all.
    remark : str
        Which one to use, and why.
    """

    reference: str
    cox: HazardModel | None
    firth: HazardModel | None
    remark: str


def group_hazard_ratios(
    times: ArrayLike,
    events: ArrayLike,
    groups: ArrayLike,
    *,
    reference: str | None = None,
    level: float = 0.95,
) -> GroupHazards:
    """Return hazard ratios of each group against a reference group.

    Cox's estimate with Efron's ties; with fewer than 10 events for each ratio Firth's beside it; where a
    group has no event, or the estimate is infinite for another reason, Firth's only.

    Parameters
    ----------
    times, events, groups : array_like, shape (patients,)
        As `seedbed.statistics.log_rank`.
    reference : str or None
        Name of a group; the first in order without it.
    level : float
        Of the confidence limits.

    Raises
    ------
    InputError
        One group, an unknown reference, no event at all, as `firth_regression`.

    Examples
    --------
    >>> found = group_hazard_ratios([6, 7, 10, 13, 2, 3, 5, 12], [0, 0, 0, 0, 1, 1, 1, 0], list("aaaabbbb"))
    >>> found.cox is None, found.firth.estimates[0].name
    (True, 'b')
    >>> found.remark
    "no event in group a: Cox's estimate does not exist, use Firth's"
    """
    patients = read_survival(times, events)
    names, group = read_groups(groups, len(patients.times))
    if len(names) < 2:
        raise InputError("one group", "two at least", "give the group of each patient")
    chosen = names[0] if reference is None else reference
    if chosen not in names:
        raise InputError(f"reference group '{chosen}'", one_of(names, chosen), "name one of the groups")
    others = [name for name in names if name != chosen]
    table = np.array([group == names.index(name) for name in others], dtype=np.float64).T
    counts = np.bincount(group[patients.events], minlength=len(names))
    without = [name for name, count in zip(names, counts, strict=True) if count == 0]
    cox = None if without else _cox_or_none(patients.times, patients.events, table, others, level)
    enough = counts.sum() >= EVENTS_PER_COVARIATE * len(others)
    firth = None
    if cox is None or not enough:
        try:
            firth = firth_regression(
                patients.times, patients.events, covariates=table, names=others, level=level
            )
        except InputError:
            if cox is None:
                raise
    return GroupHazards(chosen, cox, firth, _remark(without, cox, firth))


def _cox_or_none(
    times: ArrayLike, events: ArrayLike, table: ArrayLike, names: list[str], level: float
) -> HazardModel | None:
    try:
        return cox_regression(times, events, covariates=table, names=names, level=level)
    except InputError:
        return None


def _remark(without: list[str], cox: HazardModel | None, firth: HazardModel | None) -> str:
    if without:
        many = "group" if len(without) == 1 else "groups"
        return f"no event in {many} {', '.join(without)}: Cox's estimate does not exist, use Firth's"
    if cox is None:
        return "the groups are told apart by their events without exception: use Firth's estimate"
    if firth is not None:
        return f"{cox.remark}: prefer Firth's" if cox.remark else ""
    return ""
