"""Response by RECIST 1.1 or a variant of it, visit by visit.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.3 and 4.4, with the clarifications of
Schwartz et al. 2016, doi 10.1016/j.ejca.2016.03.081. The thresholds, and whether lesions that are no targets
are judged, are those of the rules.
"""

from collections.abc import Sequence

from seedbed.patient import Lesion, Visit
from seedbed.protocol import ResponseRules
from seedbed.response.best import best_response, progressed, response_duration, stable_duration
from seedbed.response.course import JudgedCourse, judge_course
from seedbed.response.history import JudgedVisit, ResponseHistory, TimepointResponse
from seedbed.response.measurability import baseline_notes, not_measurable
from seedbed.response.non_target import Judgement, NewLesions, told_non_targets
from seedbed.response.profiles import load_profile
from seedbed.response.sums import NM_PER_MM
from seedbed.response.targets import change_pct, told_targets


def assess_response(
    lesions: Sequence[Lesion],
    visits: Sequence[Visit],
    *,
    rules: ResponseRules | None = None,
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
    course = judge_course(lesions, visits, rules or load_profile())
    return _history(course, [_told(course, number) for number in range(1, len(course.visits))])


def _told(course: JudgedCourse, number: int) -> TimepointResponse:
    """Put what was found at one visit into words."""
    visit, now, new = course.visits[number], course.measured[number], course.new[number]
    point, parts = course.points[number - 1], _parts(course, number)
    return TimepointResponse(
        on=visit.on,
        when=visit.when,
        label=visit.label,
        undated=visit.undated,
        response=point.response,
        target_response=point.target_response,
        non_target_response=point.non_target_response,
        confirmation=point.confirmation,
        **_numbers(course, number, point),
        new_lesion=bool(visit.new_lesion or new.there),
        new_lesions=new.there,
        equivocal_lesions=new.equivocal,
        not_measured=now.not_measured,
        after_progression=point.after_progression,
        decided_by=_decided_by(parts, point.response),
        rule_ids=_rule_ids(parts, point.response, course.rules),
        reason=_reason(parts, point.response, new),
    )


def _parts(course: JudgedCourse, number: int) -> list[Judgement]:
    """Return the parts of the response at one visit: new lesions, targets, the others."""
    visit, rules, found = course.visits[number], course.rules, course.found[number - 1]
    new = _new_lesion(visit, course.new[number], rules)
    target = other = None
    if found.target is not None:
        target = told_targets(found.target, course.measured[number], found.reference, rules=rules)
    if found.other is not None and rules.non_target is not None:
        other = told_non_targets(found.other, rules.non_target.id)
    return [part for part in (new, target, other) if part is not None]


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


def _numbers(course: JudgedCourse, number: int, point: JudgedVisit) -> dict[str, float | None]:
    if not course.has_targets:
        names = ("sum_mm", "measured_sum_mm", "nadir_mm", "change_from_baseline_pct", "change_from_nadir_pct")
        return dict.fromkeys(names)
    now, reference = course.measured[number], course.found[number - 1].reference
    return {
        "sum_mm": point.sum_mm,
        "measured_sum_mm": now.total / NM_PER_MM,
        "nadir_mm": reference.nadir / NM_PER_MM,
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


def _history(course: JudgedCourse, points: Sequence[TimepointResponse]) -> ResponseHistory:
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
        baseline_sum_mm=course.baseline_sum_mm,
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
