"""A percentage against its count and its denominator."""

from collections.abc import Iterator
from fractions import Fraction

from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict, Where
from seedbed.cohort.auditing.models import Variable
from seedbed.cohort.auditing.numbers import PrintedNumber, shown, whole_between
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.published import Cell

KIND = "percentage"


def check_percentages(study: Study) -> Iterator[Verdict]:
    """Check 100 count / n against the printed percentage; a half may be rounded up or down."""
    for one in study.typed.variable:
        for cell in study.line(one.id):
            if cell.statistic == "percent":
                yield _check(study, one, cell)


def _check(study: Study, one: Variable, cell: Cell) -> Verdict:
    printed, place = PrintedNumber(cell.text), where(one, cell)
    count = _same(study, cell, "count")
    if count is None:
        return _alone(cell, printed, place)
    n = _base(study, one, cell)
    if n == 0:
        return NoPower(kind=KIND, where=place, text="nobody is counted in its row")
    exact = Fraction(100 * int(count.text), n)
    sentence = f"{count.text} of {n} is {shown(exact, printed.decimals + 2)} %, printed {cell.text} %"
    if not printed.covers(exact):
        return Finding(
            kind=KIND,
            where=place,
            text=f"{cell.text} % does not match {count.text} of {n}",
            arithmetic="; ".join((sentence, *_explanations(study, one, cell, exact=exact))),
            certainty="certain",
            settle="the count and the denominator that were meant",
        )
    if Fraction(100, cell.size) < printed.unit:
        return NoPower(
            kind=KIND, where=place, text=f"{sentence}; with n = {cell.size} neighbouring counts print alike"
        )
    return Fine(kind=KIND, where=place, text=sentence)


def _alone(cell: Cell, printed: PrintedNumber, place: Where) -> Verdict:
    """Check a percentage without a count: some whole number of patients must give it (GRIM)."""
    n = cell.size
    if Fraction(100, n) <= printed.unit:
        return NoPower(kind=KIND, where=place, text=f"any percentage can be printed so with n = {n}")
    if whole_between(max(printed.low, Fraction(0)) * n / 100, min(printed.high, Fraction(100)) * n / 100):
        return Fine(kind=KIND, where=place, text=f"{cell.text} % is possible for n = {n}")
    below = int(printed.value * n / 100)
    return Finding(
        kind=KIND,
        where=place,
        text=f"no number of patients out of {n} is {cell.text} %",
        arithmetic=f"{below} of {n} is {shown(Fraction(100 * below, n))} %, "
        f"{below + 1} of {n} is {shown(Fraction(100 * (below + 1), n))} %",
        certainty="certain",
        settle="the count and the denominator that were meant",
    )


def _same(study: Study, cell: Cell, statistic: str) -> Cell | None:
    for other in study.line(cell.id):
        if (other.level, other.group, other.statistic) == (cell.level, cell.group, statistic):
            return other
    return None


def _bases(study: Study, one: Variable, cell: Cell) -> dict[str, int]:
    counts = [each for each in study.line(one.id) if each.statistic == "count"]
    return {
        "the group": cell.size,
        "the counts of its column": sum(int(each.text) for each in counts if each.group == cell.group),
        "the counts of its row": sum(int(each.text) for each in counts if each.level == cell.level),
        "all patients": sum(study.group_sizes.values()),
    }


def _base(study: Study, one: Variable, cell: Cell) -> int:
    """Return the denominator that the line says its percentages have."""
    name = {"group": "the group", "row": "the counts of its row", "all": "all patients"}[one.percent_of]
    return _bases(study, one, cell)[name]


def _explanations(study: Study, one: Variable, cell: Cell, *, exact: Fraction) -> Iterator[str]:
    """Say what the percentage would match: another denominator, cutting off, a column made to give 100."""
    printed, n = PrintedNumber(cell.text), _base(study, one, cell)
    count = exact * n / 100
    for name, total in _bases(study, one, cell).items():
        if total not in (0, n) and printed.covers(100 * count / total):
            yield f"{count} of {total} ({name}) would print so"
    if printed.value <= exact < printed.value + printed.unit:
        yield "cut off instead of rounded it would print so"
    yield from _made_to_100(study, cell, exact=exact)


def _made_to_100(study: Study, cell: Cell, *, exact: Fraction) -> Iterator[str]:
    column = [
        each for each in study.line(cell.id) if each.group == cell.group and each.statistic == "percent"
    ]
    total = sum(Fraction(each.text) for each in column)
    printed = PrintedNumber(cell.text)
    right = round(exact / printed.unit) * printed.unit
    if len(column) > 1 and total == 100 and total - printed.value + right != 100:
        other = shown(total - printed.value + right, printed.decimals)
        yield (
            f"the column adds up to 100 as printed and to {other} with {shown(right, printed.decimals)}: "
            "it may have been changed to make 100"
        )
