"""Where two criteria judge the same patient differently, and why."""

from dataclasses import dataclass

from seedbed.errors import InputError
from seedbed.response.history import ResponseHistory, TimepointResponse


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One visit, or the best response, that two criteria judge differently.

    Attributes
    ----------
    what : str
        ``overall response``, ``best response``, ``best confirmed response`` or ``date of progression``.
    when : str
        Date of the visit; empty for what belongs to the whole course.
    visit : str
        Name of the visit.
    first, second : str
        What the two criteria say; ``none`` for no progression.
    why : str
        The reasons of both.
    """

    what: str
    when: str
    visit: str
    first: str
    second: str
    why: str


def profile_differences(first: ResponseHistory, second: ResponseHistory) -> tuple[Difference, ...]:
    """Name every visit, best response and date of progression in which two criteria differ.

    Parameters
    ----------
    first, second : ResponseHistory
        Of the same lesions and visits.

    Raises
    ------
    InputError
        The two are of different visits.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.patient import Lesion, LesionMeasurement, visits_from_measurements
    >>> from seedbed.response import assess_response, load_profile
    >>> visits = visits_from_measurements([
    ...     LesionMeasurement(lesion="T1", on=date(2026, month, 5), longest_mm=size)
    ...     for month, size in ((1, 10.0), (3, 12.0))])
    >>> both = [assess_response([Lesion("T1")], visits, rules=load_profile(name))
    ...         for name in ("recist11", "paper")]
    >>> [(each.what, each.first, each.second) for each in profile_differences(*both)][0]
    ('overall response', 'SD', 'PD')
    """
    visits = [[point.when for point in history.timepoints] for history in (first, second)]
    if visits[0] != visits[1]:
        raise InputError(
            "two histories of different visits", "the same visits judged twice", "judge the same patient"
        )
    pairs = zip(first.timepoints, second.timepoints, strict=True)
    found = [_at_visit(one, other, first, second) for one, other in pairs if one.response != other.response]
    return (*found, *_of_the_course(first, second))


def _at_visit(
    one: TimepointResponse, other: TimepointResponse, first: ResponseHistory, second: ResponseHistory
) -> Difference:
    return Difference(
        what="overall response",
        when=str(one.when),
        visit=one.label,
        first=one.response,
        second=other.response,
        why=_both(first, _with_rules(one), second, _with_rules(other)),
    )


def _with_rules(point: TimepointResponse) -> str:
    return f"{point.reason} [{', '.join(point.rule_ids)}]"


def _of_the_course(first: ResponseHistory, second: ResponseHistory) -> list[Difference]:
    progressed = [str(each.progressed_when or "none") for each in (first, second)]
    rows = [
        ("best response", first.best_response, second.best_response, first.best_reason, second.best_reason),
        (
            "best confirmed response",
            first.best_confirmed_response,
            second.best_confirmed_response,
            first.best_confirmed_reason,
            second.best_confirmed_reason,
        ),
        ("date of progression", *progressed, "first progression", "first progression"),
    ]
    return [
        Difference(
            what=what, when="", visit="", first=one, second=other, why=_both(first, why, second, and_why)
        )
        for what, one, other, why, and_why in rows
        if one != other
    ]


def _both(first: ResponseHistory, why: str, second: ResponseHistory, and_why: str) -> str:
    return f"{first.criteria}: {why}; {second.criteria}: {and_why}"
