"""The best response of all visits, and how long responses lasted.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.4.3 and 4.6, table 3.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from seedbed.patient import PartialDate
from seedbed.protocol import ResponseRules
from seedbed.response.confirmation import Confirmation, Dated, Response, confirmation, surely_apart
from seedbed.response.history import Duration, JudgedVisit, TimepointResponse

STABLE: Final[frozenset[Response]] = frozenset({"CR", "PR", "SD", "NON-CR/NON-PD"})


Point = TimepointResponse | JudgedVisit
"""A visit with its response, with words or without."""


class Best(NamedTuple):
    """A best response, why, and at which of the visits it was first seen; None where no visit shows it."""

    response: Response
    reason: str
    at: int | None = None


def with_confirmation(points: Sequence[TimepointResponse], rules: ResponseRules) -> list[TimepointResponse]:
    """Say of every visit whether its response was sustained, where the rules ask for that.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> with_confirmation([], load_profile())
    []
    """
    found = confirmations([(point.when, point.response) for point in points], rules)
    return [replace(point, confirmation=each) for point, each in zip(points, found, strict=True)]


def confirmations(history: Sequence[Dated], rules: ResponseRules) -> list[Confirmation]:
    """Say of the response at every visit whether it was sustained, where the rules ask for that.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> confirmations([(PartialDate("2026-01-05"), "SD")], load_profile())
    ['not applicable']
    """
    rule = rules.confirmation
    most = rule.not_evaluable_between_at_most
    return [
        confirmation(history, index, weeks=rule.weeks, not_evaluable_at_most=most)
        if response in rule.responses
        else "not applicable"
        for index, (_, response) in enumerate(history)
    ]


def best_response(
    points: Sequence[Point], baseline: PartialDate, *, rules: ResponseRules, confirmed: bool
) -> Best:
    """Return the best response up to progression.

    Parameters
    ----------
    points : sequence of Point
        In the order of time, with their confirmation.
    baseline : PartialDate
        When baseline was; stable disease counts from its minimum time after it on.
    rules : ResponseRules
    confirmed : bool
        Whether the responses that the rules want confirmed count only where they were.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> best_response([], PartialDate("2026-01-05"), rules=load_profile(), confirmed=True).response
    'NE'
    """
    counted = _until_progression(points, rules, confirmed=confirmed)
    for response in ("CR", "PR"):
        held = _held(points, counted, response, rules=rules, confirmed=confirmed)
        if held is not None:
            text = f"{response} at {_at(points[held])}"
            return Best(response, f"{text}, confirmed" if confirmed else text, held)
    weeks = rules.stable.minimum_weeks
    for at in counted:
        if points[at].response in STABLE and surely_apart(baseline, points[at].when, weeks=weeks):
            named: Response = "NON-CR/NON-PD" if points[at].target_response is None else "SD"
            return Best(named, f"{_seen(points[at], named)}, {weeks} weeks or more after baseline", at)
    return _worse_than_stable(points, counted, weeks)


def first_response(points: Sequence[Point], *, rules: ResponseRules, confirmed: bool) -> int | None:
    """Return at which of the visits complete or partial response was first met; None without one.

    Parameters
    ----------
    points : sequence of Point
        In the order of time, with their confirmation.
    rules : ResponseRules
    confirmed : bool
        Whether the responses that the rules want confirmed count only where they were.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> first_response([], rules=load_profile(), confirmed=True) is None
    True
    """
    counted = _until_progression(points, rules, confirmed=confirmed)
    found = [_held(points, counted, each, rules=rules, confirmed=confirmed) for each in ("CR", "PR")]
    return min((at for at in found if at is not None), default=None)


def _held(
    points: Sequence[Point],
    counted: Sequence[int],
    response: str,
    *,
    rules: ResponseRules,
    confirmed: bool,
) -> int | None:
    """Return the first visit with a response that counts, confirmed where it must be."""
    doubtful = confirmed and response in rules.confirmation.responses
    for at in counted:
        if points[at].response == response and not (doubtful and points[at].confirmation != "confirmed"):
            return at
    return None


def _worse_than_stable(points: Sequence[Point], counted: Sequence[int], weeks: int) -> Best:
    progressed_at = next((at for at in counted if points[at].response == "PD"), None)
    early = next((points[at] for at in counted if points[at].response in STABLE), None)
    before = f"; {_seen(early, early.response)} was before {weeks} weeks" if early else ""
    if progressed_at is not None:
        return Best("PD", f"PD at {_at(points[progressed_at])}{before}", progressed_at)
    complete = [at for at in counted if points[at].response != "NE"]
    was_complete = next((place for place, at in enumerate(complete) if points[at].response == "CR"), None)
    if was_complete is not None:
        returned = next((at for at in complete[was_complete:] if points[at].response != "CR"), None)
        if returned is not None:
            return Best("PD", f"disease returned after CR{before}", returned)
    return Best("NE", f"no visit tells more{before}")


def _until_progression(points: Sequence[Point], rules: ResponseRules, *, confirmed: bool) -> Sequence[int]:
    """Leave out what comes after progression; where progression must be confirmed, what was not."""
    if "PD" not in [point.response for point in points]:
        return range(len(points))
    sure_only = confirmed and "PD" in rules.confirmation.responses
    left_out: set[int] = set()
    for at, point in enumerate(points):
        if point.response != "PD":
            continue
        if not sure_only or point.confirmation == "confirmed":
            return [each for each in range(at + 1) if each not in left_out]
        left_out.add(at)
    return [each for each in range(len(points)) if each not in left_out]


def progressed(points: Sequence[Point], since: int = 0) -> int | None:
    """Return at which of the visits progression was first met; None without one.

    By a lesion that was equivocal at first, it is the visit at which that was first seen.

    Parameters
    ----------
    points : sequence of Point
        In the order of time.
    since : int
        The first visit that is looked at.

    Examples
    --------
    >>> progressed([]) is None
    True
    """
    for at in range(since, len(points)):
        if points[at].response != "PD":
            continue
        first = at
        while first > since and {*points[at].new_lesions} & {*points[first - 1].equivocal_lesions}:
            first -= 1
        return first
    return None


def _seen(point: Point, named: Response) -> str:
    if named == point.response:
        return f"{named} at {_at(point)}"
    return f"{point.response} at {_at(point)}, which was not confirmed"


def _at(point: Point) -> str:
    return f"{point.label} ({point.when})" if point.label else str(point.when)


def response_duration(points: Sequence[Point], *, confirmed: bool) -> Duration | None:
    """Return how long complete or partial response lasted, from its first visit; None without one."""
    for index, point in enumerate(points):
        if point.response == "PD":
            return None
        if point.response in ("CR", "PR") and (not confirmed or point.confirmation == "confirmed"):
            return _duration(point.when, points[index:])
    return None


def stable_duration(points: Sequence[Point], baseline: PartialDate) -> Duration | None:
    """Return how long the disease did not progress, from baseline; None where no visit was evaluable."""
    return _duration(baseline, points) if any(point.response in STABLE for point in points) else None


def _duration(since: PartialDate, points: Sequence[Point]) -> Duration:
    progressed = next((point for point in points if point.response == "PD"), None)
    if progressed is not None:
        return Duration(since=since, until=progressed.when, ended=True)
    evaluable = [point.when for point in points if point.response != "NE"]
    return Duration(since=since, until=evaluable[-1], ended=False)
