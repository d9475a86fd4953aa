"""Denominators that shrink with time, and what the missing patients could do to a rate."""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Final

from seedbed.cohort.auditing.count_tests import fillings
from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict, Where
from seedbed.cohort.auditing.models import Variable
from seedbed.cohort.auditing.p_values import span_text
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.published import Cell
from seedbed.errors import InputError
from seedbed.statistics.exact import fisher_exact

SHRINKING, MISSING, UNCLEAR = "shrinking_denominator", "missing_outcomes", "unclear_denominator"
MOST_STEPS: Final = 1e7
"""Where all outcomes of the missing would take more, only the ends of each group are tried."""


def check_missing(study: Study) -> Iterator[Verdict]:
    """Compare the patients of each line of counts with the patients of the groups."""
    for one in study.typed.variable:
        if one.kind != "counts":
            continue
        sizes = {cell.group: cell.size for cell in study.line(one.id)}
        missing = {
            group: study.group_sizes[group] - n for group, n in sizes.items() if n < study.group_sizes[group]
        }
        if not missing:
            yield Fine(kind=SHRINKING, where=where(one), text="everybody of the groups is counted")
        elif len(one.rows) == 1:
            yield _bounds(study, one, missing)
        else:
            yield _shrinking(study, one, sizes, missing)


def _shrinking(study: Study, one: Variable, sizes: dict[str, int], missing: dict[str, int]) -> Finding:
    total = sum(study.group_sizes[group] for group in sizes)
    lost = ", ".join(f"group {group}: {study.group_sizes[group]} -> {sizes[group]}" for group in missing)
    return Finding(
        kind=SHRINKING,
        where=where(one),
        text=f"{sum(missing.values())} of {total} patients are not in this line",
        arithmetic=f"{lost}; lost from the groups: "
        + ", ".join(f"{group} {missing.get(group, 0) / study.group_sizes[group]:.0%}" for group in sizes),
        certainty="possible",
        settle="why they are missing (not yet due, lost, progressed, dead): those who did badly may be gone",
    )


def rate_bounds(count: int, n: int, missing: int) -> tuple[float, float]:
    """Return the rate if every missing patient were a failure, and if every one were a success.

    Examples
    --------
    >>> [round(rate, 3) for rate in rate_bounds(3, 9, 5)]
    [0.214, 0.571]
    """
    return count / (n + missing), (count + missing) / (n + missing)


def _bounds(study: Study, one: Variable, missing: dict[str, int]) -> Verdict:
    counts = {cell.group: cell for cell in study.line(one.id) if cell.statistic == "count"}
    if not missing.keys() <= counts.keys():
        return NoPower(kind=MISSING, where=where(one), text="the counts are not printed")
    parts = [_bound_sentence(group, cell, missing.get(group, 0)) for group, cell in counts.items()]
    try:
        low, high = p_range(counts, missing)
    except InputError as error:
        return NoPower(kind=MISSING, where=where(one), text=error.came)
    limit = float(study.typed.study.significance)
    crosses = low < limit <= high
    seen, failed = _fisher(counts, missing={}), _fisher(counts, missing=missing)
    parts.append(
        f"Fisher's p of those seen {span_text((seen, seen))}; {span_text((failed, failed))} if every missing "
        f"patient failed; from {span_text((low, high))} over all their outcomes"
    )
    return Finding(
        kind=MISSING,
        where=where(one),
        text=f"{one.label} counts only those who were seen"
        + (f"; whether the groups differ (p < {limit:g}) depends on the missing" if crosses else ""),
        arithmetic="; ".join(parts),
        certainty="likely" if crosses else "possible",
        settle="the outcome of the missing patients, or an analysis that counts all who were treated",
    )


def _bound_sentence(group: str, cell: Cell, missing: int) -> str:
    low, high = rate_bounds(int(cell.text), cell.size, missing)
    seen = f"group {group}: {cell.text}/{cell.size} = {int(cell.text) / cell.size:.0%}"
    total = cell.size + missing
    if not missing:
        return f"{seen}, nobody missing"
    return (
        f"{seen}; worst case {cell.text}/{total} = {low:.0%}, "
        f"best case {int(cell.text) + missing}/{total} = {high:.0%}"
    )


def p_range(counts: dict[str, Cell], missing: dict[str, int]) -> tuple[float, float]:
    """Return the smallest and largest Fisher p over all outcomes that the missing patients may have had."""
    lost = [missing.get(group, 0) for group in counts]
    sizes = [[int(cell.text), cell.size - int(cell.text)] for cell in counts.values()]
    every = prod(m + 1 for m in lost) * fillings(sizes) <= MOST_STEPS
    choices = [range(m + 1) if every else sorted({0, m}) for m in lost]
    found = [
        _fisher(counts, missing=missing, successes=dict(zip(counts, more, strict=True)))
        for more in product(*choices)
    ]
    return min(found), max(found)


def _fisher(
    counts: dict[str, Cell], *, missing: dict[str, int], successes: dict[str, int] | None = None
) -> float:
    """Return p where some of the missing count as successes and the rest as failures."""
    table = []
    for group, cell in counts.items():
        success = int(cell.text) + (successes or {}).get(group, 0)
        table.append([success, cell.size + missing.get(group, 0) - success])
    if not any(row[0] for row in table) or not any(row[1] for row in table):
        return 1.0
    return float(fisher_exact(table).p_value)


def check_same_time(study: Study) -> Iterator[Verdict]:
    """Check that lines of one time speak of the same number of patients."""
    times = dict.fromkeys(one.time for one in study.typed.variable if one.time)
    for time in times:
        sizes: dict[tuple[int, ...], list[str]] = {}
        for one in study.typed.variable:
            groups = {cell.group: cell.size for cell in study.line(one.id)}
            if one.time == time and groups.keys() == study.group_sizes.keys():
                sizes.setdefault(tuple(groups[group] for group in study.group_sizes), []).append(one.label)
        yield from _one_time(study, time, sizes)


def _one_time(study: Study, time: str, sizes: dict[tuple[int, ...], list[str]]) -> Iterator[Verdict]:
    places = dict.fromkeys(one.place for one in study.typed.variable if one.time == time)
    place = Where(place=", ".join(places), row=time)
    listed = "; ".join(f"n = {', '.join(map(str, n))}: {', '.join(labels)}" for n, labels in sizes.items())
    if len(sizes) < 2:
        if sizes:
            yield Fine(kind=UNCLEAR, where=place, text=listed)
        return
    yield Finding(
        kind=UNCLEAR,
        where=place,
        text=f"lines of the same time ({time}) stand under different numbers of patients",
        arithmetic=listed,
        certainty="possible",
        settle="the number of patients measured in each line",
    )
