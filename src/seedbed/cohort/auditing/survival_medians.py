"""Whether the Kaplan-Meier curve can have come down to one half, with so few events.

With d events among n patients the curve can reach one half only if few are still observed by then. Let m
patients have had the event by the time the curve gets there, and let r stay under observation after it.
Patients who leave early make each step larger, never smaller, but the steps cannot be larger than if nobody
but the r + m were left at the first of the m events: the curve then stands at r / (r + m). It stands at one
half or lower only if r <= m <= d. So after a median at most d patients are still under observation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict, Where
from seedbed.cohort.auditing.models import SurvivalClaim
from seedbed.cohort.auditing.numbers import PrintedNumber
from seedbed.cohort.auditing.study import Study, where

KIND, FEW = "median_not_reached", 0.25
"""With at most this part of a group having had the event, a median is worth asking about (local rule)."""
SETTLE = "the Kaplan-Meier curve with the numbers at risk below it"


@dataclass(frozen=True)
class MedianStatement:
    """Times that somebody calls medians: where, of which survival time, by group, events and patients."""

    where: Where
    label: str
    values: dict[str, str]
    events: dict[str, int]
    sizes: dict[str, int]


def most_observed_after_median(events: int, n: int) -> int:
    """Return the largest number of patients who can still be observed after a Kaplan-Meier median.

    Examples
    --------
    >>> most_observed_after_median(1, 25), most_observed_after_median(20, 25)
    (1, 12)
    """
    return min(events, n // 2)


def medians_of(study: Study) -> Iterator[MedianStatement]:
    """List what the results or the text call medians."""
    for one in study.typed.survival:
        events = {group: int(count) for group, count in one.events.items()}
        if one.statistic == "median":
            yield MedianStatement(where(one), one.label, one.values, events, study.sizes(one))
        for claim in study.typed.claim:
            if isinstance(claim, SurvivalClaim) and claim.of == one.id and claim.statistic == "median":
                place = Where(place=claim.place, row=claim.id)
                yield MedianStatement(place, one.label, claim.values, events, study.sizes(one))


def check_medians(study: Study) -> Iterator[Verdict]:
    """Check every median of the text or the results against the number of events."""
    for said in medians_of(study):
        known = {group: text for group, text in said.values.items() if group in said.events}
        if not known:
            yield NoPower(kind=KIND, where=said.where, text=f"the events of {said.label} are not printed")
            continue
        few = [group for group in known if 2 * said.events[group] < said.sizes[group]]
        if not few:
            yield Fine(kind=KIND, where=said.where, text="at least half of each group had the event")
        elif followed_longer(study, said) or any(said.events[g] <= FEW * said.sizes[g] for g in few):
            yield _few(study, said, few)
        else:
            text = f"a median needs early censoring in group {' and '.join(few)}: {_conditions(said, few)}"
            yield NoPower(kind=KIND, where=said.where, text=text)


def _conditions(said: MedianStatement, few: list[str]) -> str:
    return "; ".join(
        f"group {group}: {said.events[group]} events among {said.sizes[group]} leave the curve at "
        f"{1 - said.events[group] / said.sizes[group]:.2f} unless patients are censored before; a median of "
        f"{said.values[group]} needs at most {said.events[group]} of {said.sizes[group]} observed after it"
        for group in few
    )


def _few(study: Study, said: MedianStatement, few: list[str]) -> Finding:
    none = [group for group in few if said.events[group] == 0]
    crowd = None if none else followed_longer(study, said)
    if none:
        text = f"no event in group {' and '.join(none)}: the curve never falls, there is no median"
    elif crowd:
        text = "the printed events and the printed follow-up leave no room for these medians"
    else:
        text = "so few events give a median only where nearly everybody was censored before it"
    return Finding(
        kind=KIND,
        where=said.where,
        text=f"{said.label} of group {' and '.join(few)} can hardly have a median: {text}",
        arithmetic="; ".join(filter(None, (_conditions(said, few), crowd))),
        certainty="certain" if none else "likely" if crowd else "possible",
        settle=SETTLE,
    )


def followed_longer(study: Study, said: MedianStatement) -> str | None:
    """Count who can have been followed for the median follow-up if the medians were right; None: it fits.

    Half of the patients were followed at least as long as the median follow-up. In a group whose median
    survival is shorter than that, at most as many as had events can have been.
    """
    follow = study.typed.follow_up
    if (
        follow is None
        or set(study.group_sizes) != set(said.sizes)
        or int(follow.n) != sum(said.sizes.values())
    ):
        return None
    shortest, most = PrintedNumber(follow.median).low, 0
    parts: list[str] = []
    for group, n in said.sizes.items():
        early = group in said.values and PrintedNumber(said.values[group]).high < shortest
        most_here = most_observed_after_median(said.events[group], n) if early and group in said.events else n
        most, parts = most + most_here, [*parts, f"{most_here} of group {group}"]
    needed = -(-int(follow.n) // 2)
    if most >= needed:
        return None
    return (
        f"median follow-up {follow.median} of {follow.n} means that at least {needed} were followed "
        f"that long; these medians would allow at most {' + '.join(parts)} = {most}"
    )
