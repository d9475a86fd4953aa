"""What the text says against the tables: numbers, extremes, ranges, and p-values."""

from collections.abc import Iterator
from fractions import Fraction

from seedbed.cohort.auditing.count_tests import named_tests
from seedbed.cohort.auditing.findings import (
    CERTAINTIES,
    Certainty,
    Finding,
    Fine,
    NoPower,
    Verdict,
    Where,
)
from seedbed.cohort.auditing.models import CellOf, ExtremeClaim, PClaim, ValueClaim, WithinClaim
from seedbed.cohort.auditing.numbers import PrintedNumber, shown
from seedbed.cohort.auditing.p_values import p_spans, span_text
from seedbed.cohort.auditing.study import Study
from seedbed.cohort.printed import PrintedP
from seedbed.errors import InputError

TABLE, SIGNIFICANCE, TEXT = "text_against_table", "claimed_significance", "text_against_text"
SETTLE = "which of the two was meant"


def check_values(study: Study) -> Iterator[Verdict]:
    """Check numbers that the text repeats from a table."""
    for claim in study.typed.claim:
        if isinstance(claim, ValueClaim):
            yield _value(study, claim)


def _value(study: Study, claim: ValueClaim) -> Verdict:
    said, place = PrintedNumber(claim.value), Where(place=claim.place, row=claim.id, column=claim.of.group)
    cell = study.cell(claim.of)
    if cell is None:
        return NoPower(
            kind=TABLE, where=place, text=f"the line '{claim.of.variable}' does not print that number"
        )
    table = study.variable(cell.id).place
    exact = _exact_percent(study, claim.of)
    if said.meets(PrintedNumber(cell.text)) or (exact is not None and said.covers(exact)):
        return Fine(kind=TABLE, where=place, text=f"{claim.value} as {cell.text} in {table}")
    return Finding(
        kind=TABLE,
        where=place,
        text=f"the text says {claim.value} where {table} prints {cell.text}",
        arithmetic=f"{claim.value} and {cell.text} are no roundings of one number"
        + (f"; the counts give {shown(exact)} %" if exact is not None else ""),
        certainty="certain",
        settle=SETTLE,
    )


def _exact_percent(study: Study, of: CellOf) -> Fraction | None:
    if of.statistic != "percent":
        return None
    count = study.cell(of.model_copy(update={"statistic": "count"}))
    return None if count is None else Fraction(100 * int(count.text), count.size)


def check_extremes(study: Study) -> Iterator[Verdict]:
    """Check that the group said to be lowest or highest is so."""
    for claim in study.typed.claim:
        if isinstance(claim, ExtremeClaim):
            yield _extreme(study, claim)


def _extreme(study: Study, claim: ExtremeClaim) -> Verdict:
    place = Where(place=claim.place, row=claim.id, column=claim.group)
    wanted = (claim.level, claim.statistic)
    cells = {
        c.group: PrintedNumber(c.text) for c in study.line(claim.variable) if (c.level, c.statistic) == wanted
    }
    if claim.group not in cells or len(cells) < 2:
        return NoPower(kind=TABLE, where=place, text="the numbers to compare are not printed")
    mine, sign = cells.pop(claim.group), 1 if claim.extreme == "lowest" else -1
    against = [
        group
        for group, other in cells.items()
        if sign * (mine.value - other.value) > 0 and not mine.meets(other)
    ]
    numbers = ", ".join(
        f"group {group} {number.text}" for group, number in {claim.group: mine, **cells}.items()
    )
    if not against:
        return Fine(kind=TABLE, where=place, text=f"group {claim.group} is {claim.extreme}: {numbers}")
    return Finding(
        kind=TABLE,
        where=place,
        text=f"the text says that group {claim.group} has the {claim.extreme} {claim.statistic}; "
        f"{study.variable(claim.variable).place} prints a {'lower' if sign > 0 else 'higher'} one for group "
        + " and ".join(against),
        arithmetic=f"{study.variable(claim.variable).label}: {numbers}",
        certainty="certain",
        settle=SETTLE,
    )


def check_ranges(study: Study) -> Iterator[Verdict]:
    """Check that numbers given elsewhere lie in the range that the text gives."""
    for claim in study.typed.claim:
        if isinstance(claim, WithinClaim):
            low, high = Fraction(claim.low), Fraction(claim.high)
            outside = [value for value in claim.values if not low <= Fraction(value) <= high]
            place = Where(place=claim.place, row=claim.id)
            elsewhere = claim.values_place
            arithmetic = f"{claim.place}: {claim.low} to {claim.high}; {elsewhere}: {', '.join(claim.values)}"
            if not outside:
                yield Fine(kind=TEXT, where=place, text=arithmetic)
                continue
            yield Finding(
                kind=TEXT,
                where=place,
                text=f"{' and '.join(outside)} of {elsewhere} lie outside the range of {claim.place}",
                arithmetic=arithmetic,
                certainty="certain",
                settle=SETTLE,
            )


def check_p_claims(study: Study) -> Iterator[Verdict]:
    """Check p-values and words of significance in the text against the table and against the counts."""
    for claim in study.typed.claim:
        if isinstance(claim, PClaim):
            for name in claim.about:
                yield from _printed_p(study, claim, name)
                yield from _recomputed_p(study, claim, name)


def p_interval(p: PrintedP) -> tuple[float, float]:
    """Return the p-values that may be printed so.

    Examples
    --------
    >>> p_interval(PrintedP.parse("<0.05")), p_interval(PrintedP.parse("not significant"))
    ((0.0, 0.05), (0.05, 1.0))
    """
    if p.relation == "=":
        return p.value - p.half, p.value + p.half
    return (0.0, p.value) if p.relation == "<" else (p.value, 1.0)


def _printed_p(study: Study, claim: PClaim, name: str) -> Iterator[Verdict]:
    """Compare with the p-value that the line itself prints, where it is of the same groups."""
    lasting = {one.id: one for one in study.typed.survival}
    one = lasting[name] if name in lasting else study.variable(name)
    comparison = (
        study.survival_comparison(lasting[name])
        if name in lasting
        else study.comparison(study.variable(name))
    )
    groups = set(claim.groups) or set(comparison.groups)
    if one.p is None or groups != set(comparison.groups):
        return
    said, table = PrintedP.parse(claim.p), PrintedP.parse(one.p)
    place = Where(place=claim.place, row=f"{claim.id}: {one.label}")
    if said.allows(*p_interval(table)):
        yield Fine(kind=TABLE, where=place, text=f"{said.sentence}; {one.place} prints {table.sentence}")
        return
    yield Finding(
        kind=TABLE if not _crosses(said, table, float(study.typed.study.significance)) else SIGNIFICANCE,
        where=place,
        text=f"the text says {said.sentence}; {one.place} prints {table.sentence}",
        arithmetic=f"'{claim.quote}'; {one.label}: {table.sentence}",
        certainty=claim.sure,
        settle=f"which comparison the text means; {SETTLE}",
    )


def _crosses(said: PrintedP, table: PrintedP, limit: float) -> bool:
    significant = said.relation in "=<" and said.value <= limit
    return significant != (table.relation in "=<" and table.value < limit)


def _recomputed_p(study: Study, claim: PClaim, name: str) -> Iterator[Verdict]:
    """Compare with the p-values that the printed counts, or means and SDs, give."""
    if name in {one.id for one in study.typed.survival}:
        return
    one, place = (
        study.variable(name),
        Where(place=claim.place, row=f"{claim.id}: {study.variable(name).label}"),
    )
    try:
        spans = p_spans(study, study.claimed(claim, name))
    except InputError as error:
        yield NoPower(kind=SIGNIFICANCE, where=place, text=error.came)
        return
    if not spans:
        if one.p is None or claim.groups:
            text = "the printed numbers do not allow this p to be recomputed"
            yield NoPower(kind=SIGNIFICANCE, where=place, text=text)
        return
    said, named = PrintedP.parse(claim.p), [test for test in named_tests(one.test) if test in spans]
    fitting = [test for test, span in spans.items() if said.allows(*span)]
    sentence = "; ".join(f"{test} {span_text(span)}" for test, span in spans.items())
    if len(fitting) == len(spans) or set(fitting) & set(named) or (said.relation == "=" and fitting):
        yield Fine(kind=SIGNIFICANCE, where=place, text=f"{said.sentence}; {sentence}")
        return
    yield _disputed(claim, said, place, named=named, fitting=fitting, sentence=sentence)


def _disputed(
    claim: PClaim, said: PrintedP, place: Where, *, named: list[str], fitting: list[str], sentence: str
) -> Finding:
    certainty: Certainty = "certain" if said.relation != "=" else "likely"
    reason = "no usual test of the printed numbers gives that"
    if fitting:
        certainty = "likely" if named else "possible"
        refused = (
            f"{' or '.join(named)}, the test named for it, does not" if named else "that depends on the test"
        )
        reason = f"{refused}; {' and '.join(fitting)} would"
    return Finding(
        kind=SIGNIFICANCE,
        where=place,
        text=f"the text says {said.sentence}; {reason}",
        arithmetic=f"'{claim.quote}'; p by test: {sentence}",
        certainty=max(certainty, claim.sure, key=CERTAINTIES.index),
        settle="the test that was used, and the responses of the patients",
    )
