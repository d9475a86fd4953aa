"""Recompute the p-values of a paper from the numbers it printed, and say plainly which agree.

A table of counts is the data itself: its p-value must agree to every printed digit. Means and standard
deviations are rounded: every p-value that inputs rounding to the printed ones can give is considered, and
the printed p-value agrees when one of those rounds to it. Nothing else is adjusted.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from seedbed.cohort.printed import half_unit, verdict_counts
from seedbed.cohort.published import Cell, Comparison, PublishedPaper, read_published
from seedbed.errors import TableError
from seedbed.statistics import (
    anova_from_summary,
    anova_rounding_range,
    fisher_exact,
    kruskal_wallis_from_counts,
)

TESTS = {
    "nominal": "Fisher's exact test",
    "ordered": "Kruskal-Wallis test",
    "mean_sd": "one-way analysis of variance",
    "median_quartiles": "Kruskal-Wallis test",
    "repeated": "Friedman test",
    "paired": "Wilcoxon signed-rank test",
    "survival": "log-rank test",
    "summary": "",
}
"""The test that section 2.5 of the paper names for each kind of outcome."""

REASONS = {
    "median_quartiles": "only medians and quartiles are printed; "
    "the Kruskal-Wallis test needs the value of each patient",
    "repeated": "only medians and quartiles are printed; "
    "the Friedman test needs the value of each patient at each time",
    "paired": "only medians and quartiles are printed; "
    "the Wilcoxon signed-rank test needs both values of each patient",
    "survival": "only times and curves of the groups are printed; "
    "the log-rank test needs the time of each patient and whether the event came",
    "summary": "a statement about many comparisons, each of which has a row of its own",
}
"""Why an outcome of this kind cannot be recomputed from what is printed."""


@dataclass(frozen=True)
class AuditRow:
    """One p-value of the paper, and what comes out when it is recomputed.

    Attributes
    ----------
    id, place, label : str
        Stable name, table or section, what is compared.
    groups : tuple of str
        Groups compared.
    test : str
        The test that the paper names for this kind of outcome.
    statistic : float or None
        H or F; None for Fisher's exact test, which has none, and where nothing was recomputed.
    df : tuple of int, or None
        Degrees of freedom: one for H, two for F.
    published : float
        The printed p-value; the number after the sign where one is printed, 0.05 for ``not significant``.
    published_text : str
        As printed, sign and digits and all.
    recomputed : float or None
        p-value from the numbers as printed; None where it cannot be recomputed.
    recomputed_low, recomputed_high : float or None
        Range of p-values that rounding of the printed numbers leaves open; equal for counts.
    agrees : bool or None
        Whether some p-value in that range is printed so; None where it cannot be recomputed.
    reason : str
        Why it cannot be recomputed, or in what it disagrees; empty where it agrees.
    note : str
        Misprints and other facts a reader should know.
    """

    id: str
    place: str
    label: str
    groups: tuple[str, ...]
    test: str
    statistic: float | None
    df: tuple[int, ...] | None
    published: float
    published_text: str
    recomputed: float | None
    recomputed_low: float | None
    recomputed_high: float | None
    agrees: bool | None
    reason: str
    note: str


@dataclass(frozen=True)
class Audit:
    """All rows of one paper.

    Attributes
    ----------
    source, doi : str
        The paper.
    rows : tuple of AuditRow
        One for each p-value, tables first, then text.
    """

    source: str
    doi: str
    rows: tuple[AuditRow, ...]

    @property
    def summary(self) -> dict[str, int]:
        """Count the rows: recomputed, agree, disagree, not_recomputable."""
        return verdict_counts([row.agrees for row in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers under stable keys, ready for JSON."""
        rows = [asdict(row) for row in self.rows]
        for row in rows:
            row["groups"] = list(row["groups"])
            row["df"] = None if row["df"] is None else list(row["df"])
        return {"paper": {"source": self.source, "doi": self.doi}, "rows": rows, "summary": self.summary}


@dataclass(frozen=True)
class _Recomputed:
    statistic: float | None
    df: tuple[int, ...] | None
    p_value: float
    low: float
    high: float


def audit(paper: PublishedPaper | None = None) -> Audit:
    """Recompute every p-value of a paper that its printed numbers allow.

    Parameters
    ----------
    paper : PublishedPaper, optional
        As `read_published` returns it; without it Chen et al. 2025, doi 10.3389/fendo.2025.1587412.

    Returns
    -------
    Audit
        One row for each p-value, in the order of the paper.

    Raises
    ------
    InputError
        The typed numbers are no table of counts, or no means and standard deviations.

    Examples
    --------
    >>> rows = {row.id: row for row in audit().rows}
    >>> rows["pathology"].published_text, round(rows["pathology"].recomputed, 4), rows["pathology"].agrees
    ('0.195', 0.1951, True)
    """
    paper = read_published() if paper is None else paper
    return Audit(paper.source, paper.doi, tuple(_audit_row(one) for one in paper.comparisons))


def _audit_row(one: Comparison) -> AuditRow:
    recompute = _RECOMPUTE.get(one.scale)
    found = recompute(one) if recompute is not None else None
    agrees = None if found is None else one.published.allows(found.low, found.high)
    return AuditRow(
        id=one.id,
        place=one.place,
        label=one.label,
        groups=one.groups,
        test=TESTS[one.scale],
        statistic=None if found is None else found.statistic,
        df=None if found is None else found.df,
        published=one.published.value,
        published_text=one.published.text,
        recomputed=None if found is None else found.p_value,
        recomputed_low=None if found is None else found.low,
        recomputed_high=None if found is None else found.high,
        agrees=agrees,
        reason=_reason(one, found, agrees),
        note=_note(one, found),
    )


def _reason(one: Comparison, found: _Recomputed | None, agrees: bool | None) -> str:
    if found is None:
        return REASONS[one.scale]
    if agrees:
        return ""
    return f"recomputed p = {_span(found)}; the paper says {one.published.sentence}"


def _span(found: _Recomputed) -> str:
    return f"{found.low:.4f}" if found.low == found.high else f"{found.low:.4f} to {found.high:.4f}"


def _note(one: Comparison, found: _Recomputed | None) -> str:
    if found is None or found.low == found.high:
        return one.note
    rounding = (
        f"the printed means and SDs, taken as exact, give p = {found.p_value:.4f}; "
        f"unrounded ones that print alike can give any p from {_span(found)}"
    )
    return "; ".join(filter(None, (one.note, rounding)))


def _fisher(one: Comparison) -> _Recomputed:
    p_value = fisher_exact(count_table(one)).p_value
    return _Recomputed(None, None, p_value, p_value, p_value)


def _kruskal(one: Comparison) -> _Recomputed:
    result = kruskal_wallis_from_counts(count_table(one))
    return _Recomputed(result.statistic, (result.df,), result.p_value, result.p_value, result.p_value)


def _anova(one: Comparison) -> _Recomputed:
    means, sds = ([_only(one, group, name) for group in one.groups] for name in ("mean", "sd"))
    values = ([cell.value for cell in means], [cell.value for cell in sds], [cell.size for cell in means])
    result = anova_from_summary(*values)
    span = anova_rounding_range(
        *values,
        mean_half=[half_unit(cell.text) for cell in means],
        sd_half=[half_unit(cell.text) for cell in sds],
    )
    df = (result.df_between, result.df_within)
    return _Recomputed(result.statistic, df, result.p_value, span.p_low, span.p_high)


_RECOMPUTE: dict[str, Callable[[Comparison], _Recomputed]] = {
    "nominal": _fisher,
    "ordered": _kruskal,
    "mean_sd": _anova,
}


def count_table(one: Comparison) -> list[list[int]]:
    """Lay out the printed counts: a row for each group, a column for each class in printed order.

    Where one class alone is printed, a rate such as the ORR, the rest of the group is the second class.

    Raises
    ------
    TableError
        A count is missing, or the counts of a group do not add up to its size.

    Examples
    --------
    >>> rates = {one.id: one for one in read_published().comparisons if one.place == "section 3.2"}
    >>> count_table(rates["dcr_6_months"])
    [[13, 1], [25, 0], [13, 0]]
    """
    counts = [cell for cell in one.cells if cell.statistic == "count"]
    levels = list(dict.fromkeys(cell.level for cell in counts))
    return [_count_row(one, [cell for cell in counts if cell.group == group], levels) for group in one.groups]


def _count_row(one: Comparison, cells: list[Cell], levels: list[str]) -> list[int]:
    row = [int(cell.value) for cell in cells]
    if len(levels) == 1 and cells:
        row.append(cells[0].size - row[0])
    if not cells or [cell.level for cell in cells] != levels or sum(row) != cells[0].size:
        raise TableError(
            f"the counts of '{one.id}' are incomplete or do not add up to the size of the group",
            "one count for each class in each group",
            "compare the typed table with the paper",
        )
    return row


def _only(one: Comparison, group: str, statistic: str) -> Cell:
    found = [cell for cell in one.cells if (cell.group, cell.statistic) == (group, statistic)]
    if len(found) != 1:
        raise TableError(
            f"'{one.id}' has {len(found)} numbers called '{statistic}' for Group {group}",
            "one",
            "compare the typed table with the paper",
        )
    return found[0]
