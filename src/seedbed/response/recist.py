"""Response by RECIST 1.1 or a variant of it, visit by visit.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.3 and 4.4, with the clarifications of
Schwartz et al. 2016, doi 10.1016/j.ejca.2016.03.081. The thresholds, and whether lesions that are no targets
are judged, are those of the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from seedbed.patient import Lesion, PartialDate, Visit, visits_in_order
from seedbed.protocol import ResponseRules
from seedbed.response.best import (
    best_response,
    confirmations,
    progressed,
    response_duration,
    stable_duration,
)
from seedbed.response.confirmation import Response, ever_confirmed
from seedbed.response.course_checks import check_baseline, check_course
from seedbed.response.history import ResponseHistory, TimepointResponse
from seedbed.response.measurability import baseline_notes, not_measurable
from seedbed.response.non_target import Judgement, NewLesions, judge_non_targets, new_lesions
from seedbed.response.overall import overall_response
from seedbed.response.profiles import load_profile
from seedbed.response.sums import TargetDiameters, target_diameters
from seedbed.response.targets import SumReference, change_pct, judge_targets


def assess_response(
    lesions: Sequence[Lesion],
    visits: Sequence[Visit],
    *,
    rules: ResponseRules | None = None,
    reasons: bool = True,
) -> ResponseHistory:
    """Judge the response at every visit, and the best of all.

    Parameters
    ----------
    lesions : sequence of Lesion
        All lesions that are followed; at least one of baseline.
    visits : sequence of Visit
        In any order; the earliest is baseline and has every target lesion measured.
    rules : ResponseRules, optional
        ``load_profile("paper")`` or ``protocol.response``; RECIST 1.1 by default.
    reasons : bool
        Whether the comparison of the sums is put into words at every visit; a cohort needs none.

    Raises
    ------
    InputError
        No visit, two visits on one day, no lesion at baseline, a baseline that is incomplete, shows a new
        lesion or no lesion at all, or a measurement of a lesion that is not in the list.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.patient import LesionMeasurement, visits_from_measurements
    >>> rows = [LesionMeasurement(lesion="T1", on=date(2026, month, 5), longest_mm=diameter)
    ...         for month, diameter in ((1, 40.0), (3, 28.0), (5, 27.0))]
    >>> history = assess_response([Lesion("T1")], visits_from_measurements(rows))
    >>> [(point.response, point.confirmation) for point in history.timepoints]
    [('PR', 'confirmed'), ('PR', 'pending')]
    """
    course = _Course.of(lesions, visits, rules or load_profile(), reasons=reasons)
    judged: list[dict[str, Any]] = []
    history: list[tuple[PartialDate, Response]] = []
    for number in range(1, len(course.visits)):
        judged.append(_judge(course, number, history))
        history.append((course.visits[number].when, judged[-1]["response"]))
    sustained = confirmations(history, course.rules)
    return _history(
        course,
        [TimepointResponse(**each, confirmation=said) for each, said in zip(judged, sustained, strict=True)],
    )


@dataclass(frozen=True)
class _Course:
    """What is judged: the visits in order, what was measured at each, and the rules.

    The references are the smallest complete sum of all visits before each, and when that was measured.
    """

    lesions: Sequence[Lesion]
    visits: tuple[Visit, ...]
    measured: tuple[TargetDiameters, ...]
    new: tuple[NewLesions, ...]
    seen_before: tuple[frozenset[str], ...]
    nadirs: tuple[tuple[Decimal, PartialDate], ...]
    roles: frozenset[str]
    rules: ResponseRules
    reasons: bool

    @classmethod
    def of(
        cls, lesions: Sequence[Lesion], visits: Sequence[Visit], rules: ResponseRules, *, reasons: bool
    ) -> "_Course":
        check_course(lesions, visits)
        ordered = visits_in_order(visits)
        measured: list[TargetDiameters] = []
        new, earlier = [NewLesions()], [frozenset[str]()]
        roles = frozenset(lesion.role for lesion in lesions)
        for visit in ordered:
            measured.append(target_diameters(lesions, visit, seen_before=earlier[-1]))
            new.append(new_lesions(lesions, visit, new[-1]) if "new" in roles else new[-1])
            earlier.append(earlier[-1] | {each.lesion for each in visit.measurements})
        check_baseline(lesions, ordered[0], measured[0], rules=rules, new=new[1].there)
        return cls(
            lesions,
            ordered,
            measured=tuple(measured),
            new=tuple(new[1:]),
            seen_before=tuple(earlier[:-1]),
            nadirs=_nadirs(ordered, measured),
            roles=roles,
            rules=rules,
            reasons=reasons,
        )

    @property
    def has_targets(self) -> bool:
        return "target" in self.roles

    def reference(self, number: int, earlier: Sequence[tuple[PartialDate, Response]]) -> SumReference:
        """Find what the sum of a visit is compared with."""
        nadir, nadir_when = self.nadirs[number]
        return SumReference(
            baseline=self.measured[0].total,
            nadir=nadir,
            nadir_when=nadir_when,
            after_confirmed_cr=ever_confirmed("CR", earlier, weeks=self.rules.confirmation.weeks),
        )


def _nadirs(
    visits: Sequence[Visit], measured: Sequence[TargetDiameters]
) -> tuple[tuple[Decimal, PartialDate], ...]:
    """Return for every visit the smallest complete sum of those before it, the first of several as small.

    That of baseline, which is complete, stands for baseline itself.
    """
    smallest = (measured[0].total, visits[0].when)
    found = [smallest]
    for visit, each in zip(visits[:-1], measured, strict=False):
        if each.complete and each.total < smallest[0]:
            smallest = (each.total, visit.when)
        found.append(smallest)
    return tuple(found)


def _judge(course: _Course, number: int, earlier: Sequence[tuple[PartialDate, Response]]) -> dict[str, Any]:
    """Judge one visit; returns what `TimepointResponse` says of it, without confirmation."""
    visit, now, new, rules = course.visits[number], course.measured[number], course.new[number], course.rules
    reference = course.reference(number, earlier)
    target = None
    if course.has_targets:
        target = judge_targets(now, reference, rules=rules, reasons=course.reasons)
    others = _judge_others(course, number, after_cr=reference.after_confirmed_cr)
    appeared = bool(visit.new_lesion or new.there)
    overall = overall_response(
        target.response if target else None, others.response if others else None, new_lesion=appeared
    )
    parts = [part for part in (_new_lesion(visit, new, rules), target, others) if part is not None]
    return dict(
        on=visit.on,
        when=visit.when,
        label=visit.label,
        undated=visit.undated,
        response=overall,
        target_response=target.response if target else None,
        non_target_response=others.response if others else None,
        **_numbers(course, now, reference),
        new_lesion=appeared,
        new_lesions=new.there,
        equivocal_lesions=new.equivocal,
        not_measured=now.not_measured,
        after_progression=any(response == "PD" for _, response in earlier),
        decided_by=_decided_by(parts, overall),
        rule_ids=_rule_ids(parts, overall, rules),
        reason=_reason(parts, overall, new),
    )


def _judge_others(course: _Course, number: int, *, after_cr: bool) -> Judgement | None:
    if course.rules.non_target is None or "non-target" not in course.roles:
        return None
    return judge_non_targets(
        course.lesions,
        course.visits[number],
        rule_id=course.rules.non_target.id,
        node_below_mm=course.rules.complete.node_short_axis_below_mm,
        after_cr=after_cr,
        seen_before=course.seen_before[number],
    )


def _new_lesion(visit: Visit, new: NewLesions, rules: ResponseRules) -> Judgement | None:
    if not (visit.new_lesion or new.there):
        return None
    rule_id = (rules.new_lesion or rules.progression).id
    seen = {each.lesion for each in visit.measurements}
    named = ", ".join(
        name if name in seen else f"{name} (seen before, not recorded as gone)" for name in new.there
    )
    return Judgement(
        response="PD",
        rule_id=rule_id,
        reason=f"a new lesion: {named}" if named else "a new lesion",
        decided_by=new.there,
    )


def _numbers(course: _Course, now: TargetDiameters, reference: SumReference) -> dict[str, float | None]:
    if not course.has_targets:
        names = ("sum_mm", "measured_sum_mm", "nadir_mm", "change_from_baseline_pct", "change_from_nadir_pct")
        return dict.fromkeys(names)
    return {
        "sum_mm": float(now.total) if now.complete else None,
        "measured_sum_mm": float(now.total),
        "nadir_mm": float(reference.nadir),
        "change_from_baseline_pct": change_pct(now, reference.baseline),
        "change_from_nadir_pct": change_pct(now, reference.nadir),
    }


def _deciding(parts: Sequence[Judgement], overall: str) -> list[Judgement]:
    """Those parts that made the overall response: where it is progression, those that are progression."""
    return [part for part in parts if part.response == "PD"] if overall == "PD" else list(parts)


def _decided_by(parts: Sequence[Judgement], overall: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in _deciding(parts, overall) for name in part.decided_by))


def _rule_ids(parts: Sequence[Judgement], overall: str, rules: ResponseRules) -> tuple[str, ...]:
    ids = [part.rule_id for part in _deciding(parts, overall)] or [rules.not_evaluable.id]
    if rules.overall is not None:
        ids.append(rules.overall.id)
    if overall in rules.confirmation.responses:
        ids.append(rules.confirmation.id)
    return tuple(dict.fromkeys(ids))


def _reason(parts: Sequence[Judgement], overall: str, new: NewLesions) -> str:
    reasons = [part.reason for part in _deciding(parts, overall)]
    if not parts:
        reasons.append("no target lesion, and these criteria judge no others")
    if new.equivocal:
        reasons.append(f"perhaps a new lesion: {', '.join(new.equivocal)}, which does not count yet")
    return "; ".join(reasons)


def _history(course: _Course, points: Sequence[TimepointResponse]) -> ResponseHistory:
    first, rules = course.visits[0], course.rules
    best = best_response(points, first.when, rules=rules, confirmed=False)
    best_confirmed = best_response(points, first.when, rules=rules, confirmed=True)
    progressed_at = progressed(points)
    progressed_when = None if progressed_at is None else points[progressed_at].when
    stable = best.response in ("SD", "NON-CR/NON-PD")
    return ResponseHistory(
        criteria=rules.criteria,
        baseline_on=first.on,
        baseline_when=first.when,
        baseline_sum_mm=float(course.measured[0].total) if course.has_targets else None,
        timepoints=tuple(points),
        best_response=best.response,
        best_reason=best.reason,
        best_confirmed_response=best_confirmed.response,
        best_confirmed_reason=best_confirmed.reason,
        progressed_on=progressed_when.earliest if progressed_when else None,
        progressed_when=progressed_when,
        response_duration=response_duration(points, confirmed=False),
        confirmed_response_duration=response_duration(points, confirmed=True),
        stable_duration=stable_duration(points, first.when) if stable else None,
        not_measurable=not_measurable(course.lesions, course.measured[0], rules.measurability),
        notes=(*baseline_notes(course.lesions, course.measured[0], rules), *_later_notes(points)),
    )


def _later_notes(points: Sequence[TimepointResponse]) -> list[str]:
    notes = [
        f"{point.when}: {', '.join(point.equivocal_lesions)} may be a new lesion; if it proves to be one, "
        "progression dates from this visit"
        for point in points
        if point.equivocal_lesions
    ]
    complete = [number for number, point in enumerate(points) if point.response == "CR"]
    notes += [
        f"{point.when}: {point.response} after complete response; if that was real this is progression, if "
        "it was not the best response is PR (RECIST 1.1, table 3, note a)"
        for point in points[min(complete, default=len(points)) :]
        if point.response in ("PR", "SD")
    ]
    return notes
