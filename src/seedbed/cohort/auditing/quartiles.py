"""Medians outside their quartiles, and quartiles that whole-number scores cannot have."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict
from seedbed.cohort.auditing.models import Variable
from seedbed.cohort.auditing.numbers import PrintedNumber
from seedbed.cohort.auditing.quartile_definitions import DEFINITIONS
from seedbed.cohort.auditing.quartile_search import PARTS, Scores, possible_definitions
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.published import Cell

OUTSIDE, IMPOSSIBLE = "median_outside_quartiles", "impossible_quartiles"
MOST_SIZES: Final = 60
"""So many smaller numbers of patients are tried, the nearest."""
NAMES: Final = {"p25": "lower quartile", "median": "median", "p75": "upper quartile"}


def check_order(study: Study) -> Iterator[Verdict]:
    """Check p25 <= median <= p75; rounding is allowed for."""
    for one in study.typed.variable:
        for _, _, cells in study.by_group(one, tuple(PARTS)):
            yield _order(one, cells)


def _order(one: Variable, cells: dict[str, Cell]) -> Verdict:
    low, middle, high = (PrintedNumber(cells[name].text) for name in PARTS)
    place = where(one, cells["median"])
    if low.low <= middle.high and middle.low <= high.high and low.low <= high.high:
        return Fine(kind=OUTSIDE, where=place, text=f"{low.text} <= {middle.text} <= {high.text}")
    text, order = f"the median {middle.text} lies above its upper quartile {high.text}", (low, high, middle)
    if low.low > high.high:
        text, order = (
            f"the lower quartile {low.text} lies above the upper quartile {high.text}",
            (high, middle, low),
        )
    elif middle.high < low.low:
        text, order = (
            f"the median {middle.text} lies below its lower quartile {low.text}",
            (middle, low, high),
        )
    printed = f"printed {middle.text} ({low.text}, {high.text})"
    swapped = [number.text for number in order]
    if [number.value for number in order] == sorted(number.value for number in order):
        printed += f"; with two of them exchanged they would be in order: {' <= '.join(swapped)}"
    return Finding(
        kind=OUTSIDE,
        where=place,
        text=f"{text}, which no numbers can do",
        arithmetic=printed,
        certainty="certain",
        settle="the values of the patients, or the authors' own output of this line",
    )


def check_whole_scores(study: Study) -> Iterator[Verdict]:
    """Check quartiles of whole-number scores by enumeration over eleven definitions."""
    for one in study.typed.variable:
        if one.kind == "quartiles" and one.whole:
            for group, n, cells in study.by_group(one, ("median",)):
                yield _scores(study, one, group, n=n, cells=cells)


def scores_of(one: Variable) -> Scores:
    """Return what is known of the scores of a variable."""
    low, high = (None if end is None else Fraction(end) for end in (one.min, one.max))
    return Scores(Fraction(one.step), low, high)


def _scores(study: Study, one: Variable, group: str, *, n: int, cells: dict[str, Cell]) -> Verdict:
    printed = {name: PrintedNumber(cells[name].text) for name in PARTS if name in cells}
    place, scores = where(one, cells["median"]), scores_of(one)
    if all(number.unit >= scores.step for number in printed.values()):
        return NoPower(
            kind=IMPOSSIBLE, where=place, text="printed no finer than the scores: any quartile is possible"
        )
    asked = _asked(study)
    usual = possible_definitions(printed, n, scores=scores, among=asked)
    if usual:
        return Fine(kind=IMPOSSIBLE, where=place, text=f"possible for n = {n} under {', '.join(usual)}")
    found = possible_definitions(printed, n, scores=scores)
    return _impossible(study, one, group, n=n, printed=printed, found=found)


def _asked(study: Study) -> tuple[str, ...]:
    """Return the definition of the study's software, or all usual ones where it is not known."""
    own = study.typed.study.quartiles
    return (own,) if own else tuple(name for name, one in DEFINITIONS.items() if one.usual)


def _impossible(
    study: Study,
    one: Variable,
    group: str,
    *,
    n: int,
    printed: dict[str, PrintedNumber],
    found: tuple[str, ...],
) -> Finding:
    own, scores = study.typed.study.quartiles, scores_of(one)
    tried = DEFINITIONS[own].software if own else "SAS, SPSS, R, Tukey or Moore and McCabe"
    among = _asked(study)
    smaller = range(max(2, n - MOST_SIZES), n)
    sizes = [m for m in smaller if possible_definitions(printed, m, scores=scores, among=among)]
    quoted = ", ".join(f"{NAMES[name]} {number.text}" for name, number in printed.items())
    return Finding(
        kind=IMPOSSIBLE,
        where=where(one, column=group),
        text=f"{n} scores in steps of {one.step} cannot have {quoted} "
        + ("under any definition of a quartile" if not found else f"as quartiles are defined by {tried}"),
        arithmetic=_seats_sentence(n, own, printed)
        + f"; possible under {', '.join(found) or 'none of the eleven definitions'}; "
        + (
            f"with fewer patients it is possible for n = {', '.join(map(str, sizes))}"
            if sizes
            else f"for no n from {smaller.start}"
        ),
        certainty="likely" if found else "certain",
        settle="how many patients were scored, whether the scores are whole, and the software's definition",
    )


def _seats_sentence(n: int, own: str | None, printed: dict[str, PrintedNumber]) -> str:
    name = own or "hf6"
    parts = []
    for part in printed:
        seat = DEFINITIONS[name].seat(n, PARTS[part])
        between = f"{float(seat.weight):g} of the way from score {seat.rank} to score {seat.rank + 1}"
        parts.append(f"the {NAMES[part]} is " + (between if seat.weight else f"score {seat.rank} itself"))
    return f"under {name} ({DEFINITIONS[name].software.split(';')[0]}) with n = {n} " + ", ".join(parts)


def check_range(study: Study) -> Iterator[Verdict]:
    """Check that means, medians and quartiles lie between the ends of the scale."""
    for one in study.typed.variable:
        if one.min is None and one.max is None:
            continue
        for cell in study.line(one.id):
            if cell.statistic in ("mean", "median", "p25", "p75"):
                yield _range(one, cell)


def _range(one: Variable, cell: Cell) -> Verdict:
    number, place = PrintedNumber(cell.text), where(one, cell)
    under = one.min is not None and number.high < Fraction(one.min)
    over = one.max is not None and number.low > Fraction(one.max)
    span = f"{one.min or '-'} to {one.max or '-'}"
    name = NAMES.get(cell.statistic, cell.statistic)
    if not under and not over:
        return Fine(kind="out_of_range", where=place, text=f"{name} {cell.text} lies in {span}")
    return Finding(
        kind="out_of_range",
        where=place,
        text=f"the {name} {cell.text} lies outside the scale",
        arithmetic=f"{cell.text} is {'below' if under else 'above'} the end of {span}",
        certainty="certain",
        settle="the scale that was used, or the values",
    )
