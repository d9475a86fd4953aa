"""Survival times: called mean here and median there, means of whole months, and times that cannot be."""

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict, Where
from seedbed.cohort.auditing.models import Survival, SurvivalClaim
from seedbed.cohort.auditing.numbers import PrintedNumber, shown
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.auditing.whole_scores import mean_has_power, sums_of

WORD, WHOLE, ORDER, LONGEST, TABLE = (
    "mean_called_median",
    "mean_of_whole_months",
    "order_of_endpoints",
    "longer_than_follow_up",
    "text_against_table",
)
BY_CHANCE, TOO_OFTEN = 0.01, 0.05
"""Below the first chance of fitting by accident, times are likely to be plain means; above the second nothing
can be said (local rules)."""


def check_words(study: Study) -> Iterator[Verdict]:
    """Check that the text repeats survival times as the results give them, number and name."""
    for claim in study.typed.claim:
        if isinstance(claim, SurvivalClaim):
            yield from _word(study.survival(claim.of), claim)


def _word(one: Survival, claim: SurvivalClaim) -> Iterator[Verdict]:
    place = Where(place=claim.place, row=claim.id)
    if one.statistic == claim.statistic:
        yield Fine(kind=WORD, where=place, text=f"called {claim.statistic} here and in {one.place}")
        yield from _numbers(one, claim)
        return
    same = {
        group: said
        for group, said in claim.values.items()
        if group in one.values and PrintedNumber(said).meets(PrintedNumber(one.values[group]))
    }
    if not same:
        text = f"a {claim.statistic} here, a {one.statistic} with other numbers in {one.place}"
        yield NoPower(kind=WORD, where=place, text=text)
        return
    fine = all(PrintedNumber(said).decimals for said in same.values())
    numbers = (
        f"group {group}: {claim.statistic} {said}, {one.statistic} {one.values[group]}"
        for group, said in same.items()
    )
    yield Finding(
        kind=WORD,
        where=place,
        text=f"{one.label} is called {claim.statistic} here, {one.statistic} in {one.place}; same numbers",
        arithmetic=f"'{claim.quote}'; {', '.join(numbers)}",
        certainty="certain" if fine and len(same) == len(claim.values) > 1 else "likely",
        settle="the Kaplan-Meier curve: a median is where it crosses one half",
    )


def _numbers(one: Survival, claim: SurvivalClaim) -> Iterator[Verdict]:
    for group, said in claim.values.items():
        place = Where(place=claim.place, row=claim.id, column=group)
        if group not in one.values:
            yield NoPower(kind=TABLE, where=place, text=f"{one.place} prints no number for it")
        elif PrintedNumber(said).meets(PrintedNumber(one.values[group])):
            yield Fine(kind=TABLE, where=place, text=f"{said} as {one.values[group]} in {one.place}")
        else:
            yield Finding(
                kind=TABLE,
                where=place,
                text=f"the text says {said} where {one.place} prints {one.values[group]}",
                arithmetic=f"{said} and {one.values[group]} are no roundings of one number",
                certainty="certain",
                settle="which of the two was meant",
            )


def check_whole_months(study: Study) -> Iterator[Verdict]:
    """Ask whether every printed time is a whole total divided by the number of patients.

    A mean from a Kaplan-Meier curve is an area and falls on such a fraction by chance only: about n times one
    unit of the last digit for each group.
    """
    for one in study.typed.survival:
        yield _whole_months(study, one)


def _whole_months(study: Study, one: Survival) -> Verdict:
    sizes = study.sizes(one)
    numbers = {group: PrintedNumber(text) for group, text in one.values.items()}
    powered = [group for group, number in numbers.items() if mean_has_power(number, sizes[group])]
    if not powered:
        return NoPower(
            kind=WHOLE, where=where(one), text="printed too coarsely: any time is a whole total over n"
        )
    totals = {group: sums_of(number, sizes[group]) for group, number in numbers.items()}
    if not all(totals.values()):
        other = ", ".join(group for group, found in totals.items() if not found)
        return Fine(
            kind=WHOLE,
            where=where(one),
            text=f"no whole total over n in group {other}: no mean of whole months",
        )
    chance = float(prod(min(numbers[group].unit * sizes[group], Fraction(1)) for group in numbers))
    sentence = ", ".join(
        f"{found[0]}/{sizes[group]} = {shown(Fraction(found[0], sizes[group]))}"
        for group, found in totals.items()
    )
    if all(int(one.events.get(group, "0")) == sizes[group] for group in numbers) and one.statistic == "mean":
        return Fine(
            kind=WHOLE,
            where=where(one),
            text=f"{sentence}: every patient had the event, a plain mean is right",
        )
    if chance > TOO_OFTEN:
        return NoPower(
            kind=WHOLE, where=where(one), text=f"{sentence}; as many would fit by chance: {chance:.2g}"
        )
    return _plain_mean(one, sentence, chance)


def _plain_mean(one: Survival, sentence: str, chance: float) -> Finding:
    events = ", ".join(f"group {group} {count}" for group, count in one.events.items())
    return Finding(
        kind=WHOLE,
        where=where(one),
        text=f"the {one.statistic} times of {one.label} are whole totals divided by n: plain means of times "
        "in whole months, which count a patient who was last seen without the event as if it had come then",
        arithmetic=f"{sentence}; {len(one.values)} of {len(one.values)} groups fit, by chance about "
        f"{chance:.2g}" + (f"; events: {events}" if events else ""),
        certainty="likely" if chance < BY_CHANCE else "possible",
        settle="how the time was computed: Kaplan-Meier median, area under the curve, or plain average",
    )


def check_endpoint_order(study: Study) -> Iterator[Verdict]:
    """Check that time to progression or death is, on average, no longer than time to death."""
    for one in study.typed.survival:
        if not one.not_longer_than:
            continue
        other = study.survival(one.not_longer_than)
        for group in one.values.keys() & other.values.keys():
            yield _ordered(one, other, group)


def _ordered(one: Survival, other: Survival, group: str) -> Verdict:
    short, long = PrintedNumber(one.values[group]), PrintedNumber(other.values[group])
    place, sentence = where(one, column=group), f"{one.label} {short.text}, {other.label} {long.text}"
    if one.statistic != other.statistic:
        return NoPower(kind=ORDER, where=place, text=f"{sentence}: a {one.statistic} and a {other.statistic}")
    if short.low <= long.high:
        return Fine(kind=ORDER, where=place, text=sentence)
    return Finding(
        kind=ORDER,
        where=place,
        text=f"{one.label} is longer than {other.label}, though death ends both",
        arithmetic=sentence,
        certainty="likely",
        settle="the times of the patients",
    )


def check_longest(study: Study) -> Iterator[Verdict]:
    """Check that no mean or median is longer than the longest follow-up."""
    follow = study.typed.follow_up
    if follow is None or follow.max is None:
        return
    longest = PrintedNumber(follow.max)
    for one in study.typed.survival:
        for group, text in one.values.items():
            place, sentence = where(one, column=group), f"{text}, longest follow-up {follow.max}"
            if PrintedNumber(text).low <= longest.high:
                yield Fine(kind=LONGEST, where=place, text=sentence)
            else:
                yield Finding(
                    kind=LONGEST,
                    where=place,
                    text=f"a {one.statistic} longer than anybody was followed",
                    arithmetic=sentence,
                    certainty="certain",
                    settle="the follow-up of the patients, or whether the time was extrapolated",
                )
