"""Can n whole-number scores have these quartiles? Enumerated for each definition of a quartile.

A quartile is ``x[j] + g (x[j+1] - x[j])`` of the ordered scores. All pairs of neighbours that print as the
quartile are listed; the three quartiles are possible together where pairs can be chosen that keep the order.
Of two pairs that differ by a whole period of the weight, the closer one keeps it whenever the wider does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from seedbed.cohort.auditing.numbers import PrintedNumber, whole_between
from seedbed.cohort.auditing.quartile_definitions import (
    DEFINITIONS,
    HALF,
    QUARTER,
    THREE_QUARTERS,
    Definition,
    Seat,
    usual_median,
)

PARTS = {"p25": QUARTER, "median": HALF, "p75": THREE_QUARTERS}
Ranks = dict[int, int]


@dataclass(frozen=True)
class Scores:
    """What is known of the scores: their step, and their ends where the scale has ends."""

    step: Fraction = Fraction(1)
    low: Fraction | None = None
    high: Fraction | None = None


def possible_definitions(
    printed: Mapping[str, PrintedNumber],
    n: int,
    *,
    scores: Scores | None = None,
    among: Iterable[str] = tuple(DEFINITIONS),
) -> tuple[str, ...]:
    """Return the ids of the definitions under which n scores can have what is printed.

    Parameters
    ----------
    printed : Mapping
        ``p25``, ``median``, ``p75`` or some of them.
    n : int
        Number of scores.
    scores : Scores, optional
        Whole numbers without ends where it is left out.
    among : iterable of str
        Ids of the definitions to try.

    Returns
    -------
    tuple of str
        In the order of `DEFINITIONS`; empty where no scores can have them.

    Examples
    --------
    >>> three = {"p25": PrintedNumber("2.25"), "median": PrintedNumber("4.00"), "p75": PrintedNumber("5.75")}
    >>> "hf6" in possible_definitions(three, 13), "hf6" in possible_definitions(three, 12)
    (False, True)
    """
    scores = Scores() if scores is None else scores
    return tuple(name for name in among if _possible(printed, n, scores=scores, one=DEFINITIONS[name]))


def _possible(printed: Mapping[str, PrintedNumber], n: int, *, scores: Scores, one: Definition) -> bool:
    medians = {one.seat(n, HALF), usual_median(n)} if "median" in printed else {usual_median(n)}
    for middle in medians:
        seats = {name: middle if name == "median" else one.seat(n, PARTS[name]) for name in PARTS}
        pairs = [list(_pairs(printed[name], seats[name], scores)) for name in PARTS if name in printed]
        if _in_order(pairs):
            return True
    return False


def _pairs(number: PrintedNumber, seat: Seat, scores: Scores) -> Iterator[Ranks]:
    """List the neighbours that print so, as scores in steps; one period of the weight is enough."""
    low, high = number.low / scores.step, number.high / scores.step
    ends = (
        None if scores.low is None else scores.low / scores.step,
        None if scores.high is None else scores.high / scores.step,
    )
    apart = range(seat.weight.denominator + 1) if seat.weight else (0,)
    for gap in apart:
        for first in whole_between(low - seat.weight * gap, high - seat.weight * gap):
            second = first + gap
            if (ends[0] is None or first >= ends[0]) and (ends[1] is None or second <= ends[1]):
                yield {seat.rank: first, seat.rank + 1: second} if seat.weight else {seat.rank: first}


def _in_order(pairs: list[list[Ranks]]) -> bool:
    """Tell whether one pair of each can be chosen so that no score falls below one of a lower rank.

    Of few scores two quartiles can share one; they are then looked at one by one.
    """
    kept = pairs[0]
    for following in pairs[1:]:
        apart = not kept or not following or max(kept[0]) < min(following[0])
        if apart:
            following = [after for after in following if any(_fit(before, after) for before in kept)]
        kept = following if kept else []
    return bool(kept)


def _fit(before: Ranks, after: Ranks) -> bool:
    return max(before.values()) <= min(after.values())
