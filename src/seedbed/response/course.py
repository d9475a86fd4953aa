"""Response at every visit as plain values, without words: all that a cohort needs, and what is told in words.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.3 and 4.4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from seedbed.patient import Lesion, LesionMeasurement, Visit, visits_in_order
from seedbed.protocol import ResponseRules
from seedbed.response.best import confirmations
from seedbed.response.confirmation import Dated, Response, ever_confirmed
from seedbed.response.course_checks import check_baseline, check_course
from seedbed.response.history import JudgedVisit
from seedbed.response.non_target import NewLesions, NonTargets, judge_non_targets, new_lesions
from seedbed.response.overall import overall_response
from seedbed.response.sums import NM_PER_MM, Followed, TargetDiameters, target_diameters
from seedbed.response.targets import RESPONSES, SumReference, TargetFinding, TargetLimits, judge_targets

NO_NEW = NewLesions()


class VisitFound(NamedTuple):
    """How one visit after baseline was judged.

    Attributes
    ----------
    reference : SumReference
        What the sum was compared with.
    target : TargetFinding or None
        None without target lesions.
    other : NonTargets or None
        None where there are no such lesions, or the rules do not judge them.
    response : str
        Overall.
    """

    reference: SumReference
    target: TargetFinding | None
    other: NonTargets | None
    response: Response


@dataclass(frozen=True, kw_only=True)
class JudgedCourse:
    """A course judged.

    Attributes
    ----------
    rules : ResponseRules
    lesions : sequence of Lesion
    visits : tuple of Visit
        In the order of time; the first is baseline.
    measured : list of TargetDiameters
        At each of the visits.
    new : list of NewLesions
        At each of the visits.
    found : list of VisitFound
        What was found at each visit after baseline.
    points : tuple of JudgedVisit
        The same without how it was found, with its confirmation.
    """

    rules: ResponseRules
    lesions: Sequence[Lesion]
    visits: tuple[Visit, ...]
    measured: list[TargetDiameters]
    new: list[NewLesions]
    found: list[VisitFound]
    points: tuple[JudgedVisit, ...]

    @property
    def has_targets(self) -> bool:
        """Whether there are target lesions."""
        return any(lesion.role == "target" for lesion in self.lesions)

    @property
    def baseline_sum_mm(self) -> float | None:
        """Sum of diameters at baseline; None without target lesions."""
        return self.measured[0].total / NM_PER_MM if self.has_targets else None


def judge_course(lesions: Sequence[Lesion], visits: Sequence[Visit], rules: ResponseRules) -> JudgedCourse:
    """Judge the response at every visit after the earliest.

    Parameters
    ----------
    lesions : sequence of Lesion
    visits : sequence of Visit
        In any order; the earliest is baseline and has every target lesion measured.
    rules : ResponseRules

    Raises
    ------
    InputError
        As `seedbed.response.assess_response`, which puts the same into words.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.patient import visits_from_measurements
    >>> from seedbed.response.profiles import load_profile
    >>> rows = [LesionMeasurement(lesion="T1", on=date(2026, month, 5), longest_mm=diameter)
    ...         for month, diameter in ((1, 40.0), (3, 28.0), (5, 27.0))]
    >>> course = judge_course([Lesion("T1")], visits_from_measurements(rows), load_profile())
    >>> [point.response for point in course.points]
    ['PR', 'PR']
    """
    check_course(lesions, visits)
    ordered, followed = visits_in_order(visits), Followed(lesions)
    looked = _Looked.at(ordered, followed)
    check_baseline(lesions, ordered[0], looked.measured[0], rules=rules, new=looked.new[0].there)
    found = _judge_visits(ordered, looked, followed, rules)
    return JudgedCourse(
        rules=rules,
        lesions=lesions,
        visits=ordered,
        measured=looked.measured,
        new=looked.new,
        found=found,
        points=tuple(_points(ordered, looked, found, rules)),
    )


class _Looked(NamedTuple):
    """What was looked at, visit by visit, before anything is compared."""

    here: list[dict[str, LesionMeasurement]]
    seen_before: list[frozenset[str]]
    measured: list[TargetDiameters]
    new: list[NewLesions]

    @classmethod
    def at(cls, visits: Sequence[Visit], followed: Followed) -> "_Looked":
        here = [followed.measured(visit) for visit in visits]
        seen = _seen_before(here, followed)
        measured = [
            target_diameters(followed.at("target", now, before), now)
            for now, before in zip(here, seen, strict=True)
        ]
        may_be_new = followed.of("new")
        new = [NO_NEW] * len(here)
        if may_be_new:
            last = NO_NEW
            for at, now in enumerate(here):
                new[at] = last = new_lesions(may_be_new, now, last)
        return cls(here, seen, measured, new)


def _seen_before(here: Sequence[dict[str, LesionMeasurement]], followed: Followed) -> list[frozenset[str]]:
    """Return the lesions that earlier visits measured; asked for only where lesions split or merged."""
    seen: frozenset[str] = frozenset()
    found = [seen] * len(here)
    if not followed.all_whole:
        for at, now in enumerate(here):
            found[at], seen = seen, seen | now.keys()
    return found


def _judge_visits(
    visits: Sequence[Visit], looked: _Looked, followed: Followed, rules: ResponseRules
) -> list[VisitFound]:
    limits, weeks = TargetLimits.of(rules), rules.confirmation.weeks
    has_targets = bool(followed.of("target"))
    has_others = rules.non_target is not None and bool(followed.of("non-target"))
    baseline = nadir = looked.measured[0].total
    nadir_when = visits[0].when
    found: list[VisitFound] = []
    history: list[Dated] = []
    completed = False
    for at in range(1, len(visits)):
        visit, now = visits[at], looked.measured[at]
        after_cr = completed and ever_confirmed("CR", history, weeks=weeks)
        reference = SumReference(baseline, nadir, nadir_when, after_cr)
        target = judge_targets(now, reference, limits) if has_targets else None
        other = (
            _judge_others(looked, at, followed=followed, rules=rules, after_cr=after_cr)
            if has_others
            else None
        )
        response = overall_response(
            RESPONSES[target] if target else None,
            other.response if other else None,
            new_lesion=bool(visit.new_lesion or looked.new[at].there),
        )
        found.append(VisitFound(reference, target, other, response))
        history.append((visit.when, response))
        completed = completed or response == "CR"
        if now.total < nadir and not now.not_measured:
            nadir, nadir_when = now.total, visit.when
    return found


def _judge_others(
    looked: _Looked, at: int, *, followed: Followed, rules: ResponseRules, after_cr: bool
) -> NonTargets | None:
    here = looked.here[at]
    return judge_non_targets(
        followed.at("non-target", here, looked.seen_before[at]),
        here,
        node_below_mm=rules.complete.node_short_axis_below_mm,
        after_cr=after_cr,
    )


def _points(
    visits: Sequence[Visit], looked: _Looked, found: Sequence[VisitFound], rules: ResponseRules
) -> Iterator[JudgedVisit]:
    after_progression = False
    sustained = confirmations(
        [(visit.when, each.response) for visit, each in zip(visits[1:], found, strict=True)], rules
    )
    for at, (each, confirmation) in enumerate(zip(found, sustained, strict=True), start=1):
        visit, now, new = visits[at], looked.measured[at], looked.new[at]
        yield JudgedVisit(
            visit.when,
            visit.label,
            each.response,
            RESPONSES[each.target] if each.target else None,
            each.other.response if each.other else None,
            confirmation,
            None if each.target is None or now.not_measured else now.total / NM_PER_MM,
            new.there,
            new.equivocal,
            after_progression,
        )
        after_progression = after_progression or each.response == "PD"
