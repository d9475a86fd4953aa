"""Printed p-values against what the printed numbers give."""

from collections.abc import Iterator
from typing import Final

from seedbed.cohort.auditing.count_tests import FISHER, MANN_WHITNEY, WELCH, count_p_values, named_tests
from seedbed.cohort.auditing.findings import Certainty, Finding, Fine, NoPower, Verdict
from seedbed.cohort.auditing.models import Variable
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.auditing.welch import welch_p_range
from seedbed.cohort.published import Comparison, PublishedPaper
from seedbed.cohort.reproduction import AuditRow, audit, count_table
from seedbed.errors import InputError

KIND, OTHER = "p_value", "other_test"
SAMPLED: Final = 0.02
"""No p-value sampled from 10000 random tables lies further from Fisher's p than this (4 standard errors)."""

Span = tuple[float, float]


def check_p_values(study: Study) -> Iterator[Verdict]:
    """Check every printed p-value of a line that its counts, or its means and SDs, allow to recompute."""
    for one in study.typed.variable:
        if one.p is not None:
            yield _check(study, one)


def recomputed(study: Study, comparison: Comparison) -> AuditRow:
    """Recompute one comparison as `seedbed reproduce` does."""
    paper = PublishedPaper(study.typed.source.source, study.typed.source.doi, study.cells, (comparison,))
    return audit(paper).rows[0]


def p_spans(study: Study, comparison: Comparison) -> dict[str, Span]:
    """Return by test the smallest and largest p-value that the printed numbers allow.

    Raises
    ------
    InputError
        The numbers are incomplete, or no test can be computed from them.
    """
    if comparison.scale in ("nominal", "ordered"):
        found = count_p_values(count_table(comparison), ordered=comparison.scale == "ordered")
        return {test: (p, p) for test, p in found.items()}
    row = recomputed(study, comparison)
    if row.recomputed_low is None or row.recomputed_high is None:
        return {}
    spans = {row.test: (row.recomputed_low, row.recomputed_high)}
    return spans | ({WELCH: welch_p_range(comparison)} if len(comparison.groups) == 2 else {})


def _check(study: Study, one: Variable) -> Verdict:
    comparison, place = study.comparison(one), where(one)
    try:
        spans = p_spans(study, comparison)
    except InputError as error:
        return NoPower(
            kind=KIND, where=place, text=f"{comparison.published.sentence} not recomputed: {error.came}"
        )
    if not spans:
        reason = recomputed(study, comparison).reason or "one class or one group alone holds patients"
        return NoPower(kind=KIND, where=place, text=f"{comparison.published.sentence}: {reason}")
    return judged(one, comparison, spans)


def judged(one: Variable, comparison: Comparison, spans: dict[str, Span]) -> Verdict:
    """Judge a printed p-value against what the tests give."""
    printed, place = comparison.published, where(one)
    fitting = [test for test, span in spans.items() if printed.allows(*span)]
    named = [test for test in named_tests(one.test) if test in spans]
    if one.test and not named:
        text = f"'{one.test}' cannot be recomputed from what is printed, or the table is too large for it"
        return NoPower(kind=KIND, where=place, text=text)
    accepted = [test for test in fitting if test in named or not named]
    if accepted:
        text = f"{accepted[0]} gives {span_text(spans[accepted[0]])}, printed {printed.sentence}"
        return Fine(kind=KIND, where=place, text=text)
    sentence = "; ".join(f"{test} {span_text(span)}" for test, span in spans.items())
    text, certainty = (
        f"{printed.sentence} cannot come from the printed numbers",
        _certainty(named, comparison, spans),
    )
    if named:
        text = f"{text} by {' or '.join(named)}"
    if fitting:
        text, certainty = (
            f"{printed.sentence} is not what {' or '.join(named)} gives; {fitting[0]} does",
            "likely",
        )
    return Finding(
        kind=OTHER if fitting else KIND,
        where=place,
        text=text,
        arithmetic=f"p by test: {sentence}; printed {printed.sentence}",
        certainty=certainty,
        settle="the test and its options, patients missing from this line, or the authors' own output",
    )


def _certainty(named: list[str], comparison: Comparison, spans: dict[str, Span]) -> Certainty:
    if not named or MANN_WHITNEY in named:
        return "likely"
    sampled = FISHER in named and not _two_by_two(comparison)
    return "likely" if sampled and abs(spans[FISHER][0] - comparison.published.value) < SAMPLED else "certain"


def _two_by_two(comparison: Comparison) -> bool:
    table = count_table(comparison)
    return len(table) == 2 and len(table[0]) == 2


def span_text(span: Span) -> str:
    """Write a p-value or its range.

    Examples
    --------
    >>> span_text((0.3415, 0.3438)), span_text((0.195, 0.195))
    ('0.3415 to 0.3438', '0.1950')
    """
    low, high = (f"{p:.4f}" if p >= 0.0001 else f"{p:.1e}" for p in span)
    return low if low == high else f"{low} to {high}"
