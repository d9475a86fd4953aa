"""Printed means and standard deviations: GRIM, GRIMMER, DEBIT, and the ends of the scale."""

from collections.abc import Iterator
from fractions import Fraction

from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict
from seedbed.cohort.auditing.models import Variable
from seedbed.cohort.auditing.numbers import PrintedNumber, shown
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.auditing.whole_scores import (
    binary_sd_is_possible,
    largest_sd_squared,
    mean_has_power,
    sd_has_power,
    sd_is_possible,
    sums_of,
)
from seedbed.cohort.published import Cell

HEADING = "mislabelled_line"
GRIM, GRIMMER, DEBIT, SPREAD = "impossible_mean", "impossible_sd", "impossible_binary_sd", "sd_too_large"
SETTLE = "the values, the number of patients that were measured, and whether the scores are whole numbers"


def check_headings(study: Study) -> Iterator[Verdict]:
    """Check the word over a line against what its cells hold."""
    for one in study.typed.variable:
        if one.headed is None:
            continue
        holds = {"mean_sd": "mean", "quartiles": "median"}.get(one.kind)
        if holds == one.headed:
            yield Fine(kind=HEADING, where=where(one), text=f"headed {one.headed}, holds {holds}s")
        elif holds is not None:
            yield Finding(
                kind=HEADING,
                where=where(one),
                text=f"the line is headed {one.headed} and holds {holds}s",
                arithmetic="; ".join(f"group {group}: {text}" for group, text in one.cells.items()),
                certainty="certain",
                settle="which of the two was computed",
            )


def check_means(study: Study) -> Iterator[Verdict]:
    """Check means of whole numbers (GRIM)."""
    for one in study.typed.variable:
        if one.kind == "mean_sd" and (one.whole or one.binary):
            for _, n, cells in study.by_group(one, ("mean",)):
                yield _mean(one, n, cells["mean"])


def _mean(one: Variable, n: int, cell: Cell) -> Verdict:
    mean, step, place = PrintedNumber(cell.text), Fraction(one.step), where(one, cell)
    if not mean_has_power(mean, n, step=step):
        return NoPower(
            kind=GRIM, where=place, text=f"every mean is possible with n = {n} and {mean.decimals} decimals"
        )
    found = sums_of(mean, n, step=step)
    if found:
        total = found[0] * step
        return Fine(
            kind=GRIM, where=place, text=f"{shown(total, 0)}/{n} = {shown(total / n, 4)}, printed {cell.text}"
        )
    below = (mean.value * n / step).__floor__()
    near = ", ".join(f"{shown(k * step, 0)}/{n} = {shown(k * step / n, 4)}" for k in (below, below + 1))
    return Finding(
        kind=GRIM,
        where=place,
        text=f"{n} whole-number scores cannot have the mean {cell.text}",
        arithmetic=f"the nearest are {near}; neither prints as {cell.text}",
        certainty="certain",
        settle=SETTLE,
    )


def check_sds(study: Study) -> Iterator[Verdict]:
    """Check SDs of whole numbers (GRIMMER) and of 0 and 1 (DEBIT), and against the ends of the scale."""
    for one in study.typed.variable:
        for _, n, cells in study.by_group(one, ("mean", "sd")):
            if n < 2:
                yield NoPower(kind=GRIMMER, where=where(one, cells["sd"]), text="one patient has no SD")
                continue
            if one.binary:
                yield _binary(one, n, cells)
            elif one.whole:
                yield _whole(one, n, cells)
            if one.min is not None and one.max is not None:
                yield _spread(one, n, cells)


def _whole(one: Variable, n: int, cells: dict[str, Cell]) -> Verdict:
    mean, sd, step = PrintedNumber(cells["mean"].text), PrintedNumber(cells["sd"].text), Fraction(one.step)
    place, printed = where(one, cells["sd"]), f"{mean.text} ± {sd.text}"
    if not sums_of(mean, n, step=step):
        return NoPower(kind=GRIMMER, where=place, text="the mean itself is impossible")
    if sd_is_possible(mean, sd, n, step=step):
        if not sd_has_power(sd, n, step=step):
            return NoPower(
                kind=GRIMMER, where=place, text=f"{printed}: the SD is printed too coarsely for n = {n}"
            )
        return Fine(kind=GRIMMER, where=place, text=f"{printed} is possible for n = {n}")
    with_n = sd_is_possible(mean, sd, n, step=step, population=True)
    total = sums_of(mean, n, step=step)[0]
    total_text = f"with the sum {total} the sum of squares would lie between"
    low, high = (
        (end / step) ** 2 * (n - 1) + Fraction(total * total, n)
        for end in (max(sd.low, Fraction(0)), sd.high)
    )
    return Finding(
        kind=GRIMMER,
        where=place,
        text=f"{n} whole-number scores of mean {mean.text} cannot have the SD {sd.text}",
        arithmetic=f"{total_text} {shown(low)} and {shown(high)}, where no "
        f"{'odd' if total % 2 else 'even'} whole number is that {n} such scores can have"
        + ("; an SD that divides by n instead of n - 1 is possible" if with_n else ""),
        certainty="likely" if with_n else "certain",
        settle=SETTLE,
    )


def _binary(one: Variable, n: int, cells: dict[str, Cell]) -> Verdict:
    mean, sd = PrintedNumber(cells["mean"].text), PrintedNumber(cells["sd"].text)
    place = where(one, cells["sd"])
    expected = max(mean.value * (1 - mean.value) * Fraction(n, n - 1), Fraction(0))
    root = shown(float(expected) ** 0.5, 4)
    sentence = f"sqrt({n}/{n - 1} x {mean.text} x (1 - {mean.text})) = {root}, printed {sd.text}"
    if binary_sd_is_possible(mean, sd, n):
        return Fine(kind=DEBIT, where=place, text=sentence)
    return Finding(
        kind=DEBIT,
        where=place,
        text=f"{n} answers of 0 or 1 with the mean {mean.text} cannot have the SD {sd.text}",
        arithmetic=sentence,
        certainty="certain",
        settle=SETTLE,
    )


def _spread(one: Variable, n: int, cells: dict[str, Cell]) -> Verdict:
    mean, sd = PrintedNumber(cells["mean"].text), PrintedNumber(cells["sd"].text)
    low, high = Fraction(one.min or 0), Fraction(one.max or 0)
    largest = largest_sd_squared(mean, n, low=low, high=high)
    place, limit = where(one, cells["sd"]), shown(float(largest) ** 0.5)
    if max(sd.low, Fraction(0)) ** 2 <= largest:
        return Fine(kind=SPREAD, where=place, text=f"SD {sd.text} is at most {limit}")
    return Finding(
        kind=SPREAD,
        where=place,
        text=f"values from {one.min} to {one.max} with the mean {mean.text} cannot have the SD {sd.text}",
        arithmetic=f"with every value at one of the ends the SD is {limit}",
        certainty="certain",
        settle=SETTLE,
    )
