"""The best response of all visits, and how long responses lasted.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.4.3 and 4.6, table 3.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from seedbed.patient import PartialDate
from seedbed.protocol import ResponseRules
from seedbed.response.confirmation import Response, confirmation, surely_apart
from seedbed.response.history import Duration, TimepointResponse

STABLE: Final[frozenset[Response]] = frozenset({"CR", "PR", "SD", "NON-CR/NON-PD"})


class Best(NamedTuple):
    """A best response, and why."""

    response: Response
    reason: str


def with_confirmation(points: Sequence[TimepointResponse], rules: ResponseRules) -> list[TimepointResponse]:
    """Say of every visit whether its response was sustained, where the rules ask for that.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> with_confirmation([], load_profile())
    []
    """
    rule, history = rules.confirmation, [(point.when, point.response) for point in points]
    most = rule.not_evaluable_between_at_most
    return [
        replace(
            point,
            confirmation=confirmation(history, index, weeks=rule.weeks, not_evaluable_at_most=most)
            if point.response in rule.responses
            else "not applicable",
        )
        for index, point in enumerate(points)
    ]


def best_response(
    points: Sequence[TimepointResponse], baseline: PartialDate, *, rules: ResponseRules, confirmed: bool
) -> Best:
    """Return the best response up to progression.

    Parameters
    ----------
    points : sequence of TimepointResponse
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
    must_be = rules.confirmation.responses if confirmed else ()
    for response in ("CR", "PR"):
        found = [each for each in counted if each.response == response]
        held = [each for each in found if response not in must_be or each.confirmation == "confirmed"]
        if held:
            text = f"{response} at {_at(held[0])}"
            return Best(response, f"{text}, confirmed" if confirmed else text)
    weeks = rules.stable.minimum_weeks
    for point in (each for each in counted if each.response in STABLE):
        if surely_apart(baseline, point.when, weeks=weeks):
            named: Response = "NON-CR/NON-PD" if point.target_response is None else "SD"
            return Best(named, f"{_seen(point, named)}, {weeks} weeks or more after baseline")
    return _worse_than_stable(counted, weeks)


def _worse_than_stable(counted: Sequence[TimepointResponse], weeks: int) -> Best:
    progressed = next((each for each in counted if each.response == "PD"), None)
    early = next((each for each in counted if each.response in STABLE), None)
    before = f"; {_seen(early, early.response)} was before {weeks} weeks" if early else ""
    if progressed is not None:
        return Best("PD", f"PD at {_at(progressed)}{before}")
    complete = [each.response for each in counted if each.response not in ("NE",)]
    if "CR" in complete and any(each != "CR" for each in complete[complete.index("CR") :]):
        return Best("PD", f"disease returned after CR{before}")
    return Best("NE", f"no visit tells more{before}")


def _until_progression(
    points: Sequence[TimepointResponse], rules: ResponseRules, *, confirmed: bool
) -> list[TimepointResponse]:
    """Leave out what comes after progression; where progression must be confirmed, what was not."""
    counted: list[TimepointResponse] = []
    for point in points:
        doubtful = confirmed and "PD" in rules.confirmation.responses and point.confirmation != "confirmed"
        if point.response == "PD" and doubtful:
            continue
        counted.append(point)
        if point.response == "PD":
            break
    return counted


def _seen(point: TimepointResponse, named: Response) -> str:
    if named == point.response:
        return f"{named} at {_at(point)}"
    return f"{point.response} at {_at(point)}, which was not confirmed"


def _at(point: TimepointResponse) -> str:
    return f"{point.label} ({point.when})" if point.label else str(point.when)


def response_duration(points: Sequence[TimepointResponse], *, confirmed: bool) -> Duration | None:
    """Return how long complete or partial response lasted, from its first visit; None without one."""
    for index, point in enumerate(points):
        if point.response == "PD":
            return None
        if point.response in ("CR", "PR") and (not confirmed or point.confirmation == "confirmed"):
            return _duration(point.when, points[index:])
    return None


def stable_duration(points: Sequence[TimepointResponse], baseline: PartialDate) -> Duration | None:
    """Return how long the disease did not progress, from baseline; None where no visit was evaluable."""
    return _duration(baseline, points) if any(point.response in STABLE for point in points) else None


def _duration(since: PartialDate, points: Sequence[TimepointResponse]) -> Duration:
    progressed = next((point for point in points if point.response == "PD"), None)
    if progressed is not None:
        return Duration(since=since, until=progressed.when, ended=True)
    evaluable = [point.when for point in points if point.response != "NE"]
    return Duration(since=since, until=evaluable[-1], ended=False)
