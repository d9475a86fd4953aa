"""Response of the target lesions by RECIST 1.1, visit by visit.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.3 and 4.4, with the thresholds of the
protocol's rules. Lesions that are not targets are not judged; a new lesion is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from seedbed.errors import InputError
from seedbed.patient import Lesion, Visit
from seedbed.protocol import ResponseRules, load_rules
from seedbed.response.confirmation import Confirmation, Response, confirmation, ever_confirmed
from seedbed.response.sums import TargetDiameters, exact, target_diameters

RANK: Final[tuple[Response, ...]] = ("CR", "PR", "SD", "PD", "NE")


@dataclass(frozen=True, kw_only=True)
class TimepointResponse:
    """Response at one visit after baseline.

    Attributes
    ----------
    on : date
        Day of the visit.
    response : {"CR", "PR", "SD", "PD", "NE"}
        Complete response, partial response, stable disease, progression, not evaluable.
    confirmation : {"confirmed", "unconfirmed", "pending", "not applicable"}
        Whether it was sustained; pending while no later visit can tell; not applicable for NE.
    sum_mm : float or None
        Sum of diameters; None where a target lesion was not measured.
    nadir_mm : float
        Smallest sum of the earlier visits, baseline included.
    change_from_baseline_pct, change_from_nadir_pct : float or None
        Of the sum; None without a sum (or, from a nadir of zero, without a percentage).
    new_lesion : bool
        Whether a new lesion was seen.
    not_measured : tuple of str
        Target lesions that were not measured.
    after_progression : bool
        Whether an earlier visit already showed progression.
    rule_ids : tuple of str
        The rules used.
    reason : str
        Why, as a phrase.
    """

    on: date
    response: Response
    confirmation: Confirmation
    sum_mm: float | None
    nadir_mm: float
    change_from_baseline_pct: float | None
    change_from_nadir_pct: float | None
    new_lesion: bool
    not_measured: tuple[str, ...]
    after_progression: bool
    rule_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResponseHistory:
    """Response of one patient over time.

    Attributes
    ----------
    baseline_on : date
        Day of the first visit.
    baseline_sum_mm : float
        Sum of diameters at baseline.
    timepoints : tuple of TimepointResponse
        The later visits, in the order of time.
    best_response : {"CR", "PR", "SD", "PD", "NE"}
        The best up to the first progression, confirmed or not.
    best_confirmed_response : {"CR", "PR", "SD", "PD", "NE"}
        The same, with a complete or partial response that is not confirmed taken as stable disease.
    progressed_on : date or None
        Day of the first progression.
    not_measurable : tuple of str
        Target lesions that were too small at baseline to be measurable by RECIST 1.1.
    """

    baseline_on: date
    baseline_sum_mm: float
    timepoints: tuple[TimepointResponse, ...]
    best_response: Response
    best_confirmed_response: Response
    progressed_on: date | None
    not_measurable: tuple[str, ...]


def assess_response(
    lesions: Sequence[Lesion], visits: Sequence[Visit], *, rules: ResponseRules | None = None
) -> ResponseHistory:
    """Judge the response of the target lesions at every visit.

    Parameters
    ----------
    lesions : sequence of Lesion
        All lesions that are followed; at least one is a target.
    visits : sequence of Visit
        In any order; the earliest is baseline and has every target lesion measured.
    rules : ResponseRules, optional
        ``protocol.response``; that of the shipped protocol by default.

    Raises
    ------
    InputError
        No visit, two visits on one day, no target lesion, a baseline that is incomplete, shows a new lesion
        or no lesion at all, or a measurement of a lesion that is not in the list.

    Examples
    --------
    >>> from seedbed.patient import LesionMeasurement, visits_from_measurements
    >>> rows = [LesionMeasurement(lesion="T1", on=date(2026, month, 5), longest_mm=diameter)
    ...         for month, diameter in ((1, 40.0), (3, 28.0), (5, 27.0))]
    >>> history = assess_response([Lesion("T1")], visits_from_measurements(rows))
    >>> [(point.response, point.confirmation) for point in history.timepoints]
    [('PR', 'confirmed'), ('PR', 'pending')]
    """
    rules = rules or load_rules().response
    ordered = sorted(visits, key=lambda visit: visit.on)
    _check_visits(lesions, ordered)
    measured = [target_diameters(lesions, visit) for visit in ordered]
    _check_baseline(ordered[0], measured[0], rules)
    points: list[TimepointResponse] = []
    for number in range(1, len(ordered)):
        points.append(_judge(ordered[number], measured[: number + 1], points, rules))
    confirmed = _with_confirmation(points, rules)
    return ResponseHistory(
        baseline_on=ordered[0].on,
        baseline_sum_mm=float(measured[0].total),
        timepoints=confirmed,
        best_response=_best(confirmed, confirmed_only=False),
        best_confirmed_response=_best(confirmed, confirmed_only=True),
        progressed_on=next((point.on for point in confirmed if point.response == "PD"), None),
        not_measurable=_not_measurable(measured[0], rules),
    )


@dataclass(frozen=True)
class _Reference:
    """What a visit is compared with, mm."""

    baseline: Decimal
    nadir: Decimal
    after_confirmed_cr: bool


def _judge(
    visit: Visit, measured: Sequence[TargetDiameters], earlier: list[TimepointResponse], rules: ResponseRules
) -> TimepointResponse:
    *before, now = measured
    history = [(point.on, point.response) for point in earlier]
    reference = _Reference(
        baseline=before[0].total,
        nadir=min(each.total for each in before if each.complete),
        after_confirmed_cr=ever_confirmed("CR", history, weeks=rules.confirmation.weeks),
    )
    response, rule_id, reason = _respond(now, reference, rules, new_lesion=visit.new_lesion)
    return TimepointResponse(
        on=visit.on,
        response=response,
        confirmation="pending",
        sum_mm=float(now.total) if now.complete else None,
        nadir_mm=float(reference.nadir),
        change_from_baseline_pct=_change_pct(now, reference.baseline),
        change_from_nadir_pct=_change_pct(now, reference.nadir),
        new_lesion=visit.new_lesion,
        not_measured=now.not_measured,
        after_progression=any(point.response == "PD" for point in earlier),
        rule_ids=(rule_id,) if response == "NE" else (rule_id, rules.confirmation.id),
        reason=reason,
    )


def _respond(
    now: TargetDiameters, reference: _Reference, rules: ResponseRules, *, new_lesion: bool
) -> tuple[Response, str, str]:
    present = now.present(rules.complete.node_short_axis_below_mm)
    if new_lesion:
        return "PD", rules.progression.id, "a new lesion"
    if now.complete and not present:
        return "CR", rules.complete.id, "all target lesions have gone"
    if present and reference.after_confirmed_cr:
        return "PD", rules.progression.id, "a target lesion returned after a confirmed complete response"
    if _has_grown(now.total, reference.nadir, rules):
        measured = "" if now.complete else "those measured of the "
        return "PD", rules.progression.id, f"{measured}target lesions grew above the smallest sum"
    if not now.complete:
        return "NE", rules.not_evaluable.id, f"not measured: {', '.join(now.not_measured)}"
    if _has_shrunk(now.total, reference.baseline, rules):
        return "PR", rules.partial.id, "the sum is far enough below baseline"
    return "SD", rules.stable.id, "neither far enough below baseline nor far enough above the smallest sum"


def _has_grown(total: Decimal, nadir: Decimal, rules: ResponseRules) -> bool:
    """Compare exactly; lesions that were not measured could only add to the total."""
    growth = total - nadir
    relative = growth * 100 >= nadir * exact(rules.progression.increase_pct)
    return growth > 0 and relative and growth >= exact(rules.progression.absolute_increase_mm)


def _has_shrunk(total: Decimal, baseline: Decimal, rules: ResponseRules) -> bool:
    return (baseline - total) * 100 >= baseline * exact(rules.partial.decrease_pct)


def _change_pct(now: TargetDiameters, reference: Decimal) -> float | None:
    if not now.complete or reference == 0:
        return None
    return float((now.total - reference) * 100 / reference)


def _with_confirmation(
    points: list[TimepointResponse], rules: ResponseRules
) -> tuple[TimepointResponse, ...]:
    history = [(point.on, point.response) for point in points]
    weeks = rules.confirmation.weeks
    return tuple(
        replace(point, confirmation=confirmation(history, index, weeks=weeks))
        for index, point in enumerate(points)
    )


def _best(points: Sequence[TimepointResponse], *, confirmed_only: bool) -> Response:
    counted: list[Response] = ["NE"]
    for point in points:
        if point.after_progression:
            break
        doubtful = point.response in ("CR", "PR") and point.confirmation != "confirmed"
        counted.append("SD" if confirmed_only and doubtful else point.response)
    return min(counted, key=RANK.index)


def _not_measurable(baseline: TargetDiameters, rules: ResponseRules) -> tuple[str, ...]:
    node, other = rules.measurability.node_short_axis_at_least_mm, rules.measurability.longest_at_least_mm
    return tuple(
        name
        for name, diameter in baseline.lesions.items()
        if diameter < exact(node if name in baseline.nodes else other)
    )


def _check_visits(lesions: Sequence[Lesion], visits: Sequence[Visit]) -> None:
    if not visits or not any(lesion.is_target for lesion in lesions):
        raise InputError(
            f"{len(visits)} visits and {sum(lesion.is_target for lesion in lesions)} target lesions",
            "a baseline visit and at least one target lesion",
            "add them",
        )
    names = [lesion.name for lesion in lesions]
    days = [visit.on.isoformat() for visit in visits]
    for what, items in (("lesion", names), ("visit of", days)):
        twice = [item for item in items if items.count(item) > 1]
        if twice:
            raise InputError(f"two times the {what} '{twice[0]}'", "each of them once", "keep one")


def _check_baseline(visit: Visit, measured: TargetDiameters, rules: ResponseRules) -> None:
    if measured.not_measured:
        raise InputError(
            f"the baseline visit of {visit.on} has no diameter of {', '.join(measured.not_measured)}",
            "the longest diameter of each target lesion, the short axis of each target lymph node",
            "add it, or do not call the lesion a target",
        )
    node_limit_mm = rules.complete.node_short_axis_below_mm
    if visit.new_lesion or not measured.present(node_limit_mm):
        what = "a new lesion" if visit.new_lesion else "no target lesion that is there"
        raise InputError(
            f"the baseline visit of {visit.on} has {what}",
            f"something to compare with: a diameter above 0, a node of {node_limit_mm:g} mm or more",
            "check which visit comes first and which lesions are targets",
        )
