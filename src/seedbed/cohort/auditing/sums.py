"""Counts that must add up: to the group, to a rate, to the study."""

from collections.abc import Iterator

from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict, Where
from seedbed.cohort.auditing.models import TotalClaim, Variable
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.published import Cell

KIND = "sum"


def _verdict(place: Where, *, fits: bool, text: str, arithmetic: str, settle: str) -> Verdict:
    if fits:
        return Fine(kind=KIND, where=place, text=arithmetic)
    return Finding(
        kind=KIND, where=place, text=text, arithmetic=arithmetic, certainty="certain", settle=settle
    )


def check_groups(study: Study) -> Iterator[Verdict]:
    """Check that the groups make up the study."""
    if study.typed.study.n is None:
        return
    sizes, total = list(study.group_sizes.values()), int(study.typed.study.n)
    arithmetic = f"{' + '.join(map(str, sizes))} = {sum(sizes)}, printed {total}"
    yield _verdict(
        Where(place=study.typed.study.place),
        fits=sum(sizes) == total,
        text="the groups do not make up the study",
        arithmetic=arithmetic,
        settle="the flow of patients",
    )


def check_levels(study: Study) -> Iterator[Verdict]:
    """Check the counts of each column as `levels` says: n in all, at most n in all, or at most n each."""
    for one in study.typed.variable:
        if one.kind == "counts":
            for group in study.group_sizes:
                counts = [c for c in study.line(one.id) if c.group == group and c.statistic == "count"]
                if counts:
                    yield _levels(one, group, counts)


def _levels(one: Variable, group: str, counts: list[Cell]) -> Verdict:
    numbers, n = [int(cell.text) for cell in counts], max(cell.size for cell in counts)
    place, total = where(one, column=group), sum(numbers)
    added = f"{' + '.join(map(str, numbers))} = {total}, n = {n}"
    if one.levels == "several" or (len(one.rows) == 1 and one.levels == "one each") or one.rate_of:
        return _verdict(
            place,
            fits=max(numbers) <= n,
            text="a count is larger than its group",
            arithmetic=f"the largest count is {max(numbers)}, n = {n}",
            settle="the count",
        )
    if len(counts) < len(one.rows):
        return NoPower(kind=KIND, where=place, text="not every level prints its count")
    exhaustive = one.levels == "one each"
    return _verdict(
        place,
        fits=total == n if exhaustive else total <= n,
        text=f"the counts add up to {total}, not to n = {n}" if exhaustive else "the counts exceed the group",
        arithmetic=added,
        settle="whether patients are missing from this line, or a count is misprinted",
    )


def check_rates(study: Study) -> Iterator[Verdict]:
    """Check that a rate counts the levels that it is made of: ORR = CR + PR."""
    for one in study.typed.variable:
        if one.rate_of is None:
            continue
        parts = study.line(one.rate_of.variable)
        for cell in study.line(one.id):
            if cell.statistic == "count":
                yield _rate(one, cell, parts)


def _rate(one: Variable, cell: Cell, parts: tuple[Cell, ...]) -> Verdict:
    levels = one.rate_of.levels if one.rate_of else []
    counted = [c for c in parts if (c.group, c.statistic) == (cell.group, "count") and c.level in levels]
    place = where(one, cell)
    if len(counted) < len(levels):
        return NoPower(kind=KIND, where=place, text="not every level of the rate prints its count")
    numbers, n = [int(c.text) for c in counted], counted[0].size
    added = f"{' + '.join(levels)} = {' + '.join(map(str, numbers))} = {sum(numbers)}"
    arithmetic = f"{added} of {n}, printed {cell.text} of {cell.size}"
    return _verdict(
        place,
        fits=(sum(numbers), n) == (int(cell.text), cell.size),
        text=f"{cell.text} of {cell.size} is not {' + '.join(levels)}",
        arithmetic=arithmetic,
        settle="the responses of the patients",
    )


def check_totals(study: Study) -> Iterator[Verdict]:
    """Check a total of the text against its parts."""
    for claim in study.typed.claim:
        if isinstance(claim, TotalClaim):
            numbers = [int(part) for part in claim.parts]
            yield _verdict(
                Where(place=claim.place, row=claim.id),
                fits=sum(numbers) == int(claim.value),
                text=f"the text says {claim.value} where its parts make {sum(numbers)}",
                arithmetic=f"{' + '.join(map(str, numbers))} = {sum(numbers)}, printed {claim.value}",
                settle="which number was meant",
            )
