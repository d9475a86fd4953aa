"""Recompute the printed numbers of a paper that its counts fix: percentages, sums, rates of response.

A percentage agrees when the exact one may be printed so; a half may be rounded up or down. What rests on the
values of single patients, such as a median, is listed with the reason why it cannot be recomputed. Whether
medians, quartiles and means can be what they are is asked by `seedbed.cohort.auditing`.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Final

from seedbed.cohort.auditing.numbers import PrintedNumber, shown
from seedbed.cohort.printed import verdict_counts
from seedbed.cohort.published import ALL_GROUPS, Cell, PublishedPaper, read_published

RATES: Final = {"orr": ("CR", "PR"), "dcr": ("CR", "PR", "SD")}
"""Classes that a rate counts, by the notes under Table 2: ``orr_6_months`` is of ``response_6_months``."""
NOT_FROM_COUNTS: Final = {
    "median_quartiles": "a median and its quartiles rest on the value of each patient, which is not printed",
    "mean_sd": "a mean and its standard deviation rest on the value of each patient, which is not printed",
}
NOT_OF_MEDIANS: Final = (
    "the median of reductions is not the reduction of the medians: it rests on both volumes of each patient, "
    "which are not printed"
)
REDUCTION, VOLUME, BEFORE = "vrr_", "tumor_size_", "tumor_size_baseline"
SHOWN: Final = {
    "median_quartiles": ("median", "p25", "p75"),
    "mean_sd": ("mean", "sd"),
}


@dataclass(frozen=True, kw_only=True)
class NumberRow:
    """One printed number, or one line of them, and what comes out when it is recomputed.

    Attributes
    ----------
    id, place, label : str
        Stable name, table, line and class.
    group : str
        Column; ``all`` for the study.
    kind : {"percentage", "group sum", "total", "rate", "values"}
    published_text : str
        As printed.
    recomputed : float or None
        From the printed counts; None where it cannot be recomputed.
    recomputed_text : str
        How it came: ``11 of 14 = 78.57 %``; empty where it cannot be recomputed.
    agrees : bool or None
        Whether it may be printed so; None where it cannot be recomputed.
    reason : str
        Why it cannot be recomputed, or in what it disagrees; empty where it agrees.
    note : str
        What a reader should know.
    """

    id: str
    place: str
    label: str
    group: str
    kind: str
    published_text: str
    recomputed: float | None
    recomputed_text: str
    agrees: bool | None
    reason: str
    note: str


@dataclass(frozen=True)
class Recount:
    """All printed numbers of one paper, in its order."""

    rows: tuple[NumberRow, ...]

    @property
    def summary(self) -> dict[str, int]:
        """Count the rows: recomputed, agree, disagree, not_recomputable."""
        return verdict_counts([row.agrees for row in self.rows])

    def to_list(self) -> list[dict[str, Any]]:
        """Return plain dicts under stable keys, ready for JSON."""
        return [asdict(row) for row in self.rows]


def recount(paper: PublishedPaper | None = None) -> Recount:
    """Recompute every printed number of the tables of a paper that its printed counts fix.

    Parameters
    ----------
    paper : PublishedPaper, optional
        As `read_published` returns it; without it Chen et al. 2025, doi 10.3389/fendo.2025.1587412.

    Examples
    --------
    >>> rows = {row.id: row for row in recount().rows}
    >>> row = rows["surgery.TT + BCLND+LND.A.percentage"]
    >>> row.published_text, round(row.recomputed, 2), row.agrees
    ('77', 78.57, False)
    """
    paper = read_published() if paper is None else paper
    lines: dict[str, list[Cell]] = {}
    for cell in paper.cells:
        lines.setdefault(cell.id, []).append(cell)
    rows = [row for line in lines.values() for row in _line(line, lines)]
    return Recount((*_all_patients(paper), *rows))


def _line(line: list[Cell], lines: dict[str, list[Cell]]) -> Iterator[NumberRow]:
    yield from (_percentage(cell, line) for cell in line if cell.statistic == "percent")
    kind, _, when = line[0].id.partition("_")
    parts = lines.get(f"response_{when}", [])
    counts = [cell for cell in line if cell.statistic == "count"]
    if kind in RATES and parts:
        yield from (_rate(cell, parts, RATES[kind]) for cell in counts)
    elif len({cell.level for cell in counts}) > 1:
        yield from (_group_sum(group, counts) for group in dict.fromkeys(cell.group for cell in counts))
    if line[0].scale in NOT_FROM_COUNTS and any(cell.statistic in SHOWN[line[0].scale] for cell in line):
        yield _values(line, lines)


def _all_patients(paper: PublishedPaper) -> Iterator[NumberRow]:
    """Compare the patients of the study with those of its groups."""
    every = [cell for cell in paper.cells if cell.group == ALL_GROUPS]
    if not every:
        return
    whole = max(every, key=lambda cell: cell.size)
    sizes = {
        cell.group: cell.size for cell in paper.cells if cell.id == whole.id and cell.group != ALL_GROUPS
    }
    if sizes:
        yield _counted(
            whole,
            id="patients",
            label="Patients of all groups",
            kind="total",
            printed=whole.size,
            parts=list(sizes.values()),
        )


def _percentage(cell: Cell, line: list[Cell]) -> NumberRow:
    wanted = (cell.level, cell.group, "count")
    count = next((c.text for c in line if (c.level, c.group, c.statistic) == wanted), None)
    reason = "no count is printed beside it" if count is None else "nobody is counted in its column"
    exact = None if count is None or cell.size == 0 else Fraction(100 * int(count), cell.size)
    printed, text, agrees = PrintedNumber(cell.text), "", None
    if exact is not None:
        text = f"{count} of {cell.size} = {shown(exact, printed.decimals + 2)} %"
        agrees = printed.covers(exact)
        reason = "" if agrees else f"{text}; the paper says {cell.text} %"
    return NumberRow(
        id=f"{_name(cell)}.percentage",
        place=cell.place,
        label=_label(cell),
        group=cell.group,
        kind="percentage",
        published_text=cell.text,
        recomputed=None if exact is None else float(exact),
        recomputed_text=text,
        agrees=agrees,
        reason=reason,
        note="",
    )


def _group_sum(group: str, counts: list[Cell]) -> NumberRow:
    mine = [cell for cell in counts if cell.group == group]
    return _counted(
        mine[0],
        id=f"{mine[0].id}.{group}.sum",
        label=mine[0].label,
        kind="group sum",
        printed=mine[0].size,
        parts=[int(cell.text) for cell in mine],
    )


def _rate(cell: Cell, parts: list[Cell], levels: tuple[str, ...]) -> NumberRow:
    counted = [c for c in parts if (c.group, c.statistic) == (cell.group, "count") and c.level in levels]
    row = _counted(
        cell,
        id=f"{_name(cell)}.rate",
        label=f"{cell.label}: {' + '.join(levels)}",
        kind="rate",
        printed=int(cell.text),
        parts=[int(c.text) for c in counted],
    )
    if len(counted) == len(levels) and all(c.size == cell.size for c in counted):
        return row
    why = f"the classes {', '.join(levels)} are not printed for the same {cell.size} patients"
    return NumberRow(
        **asdict(row) | {"recomputed": None, "recomputed_text": "", "agrees": None, "reason": why}
    )


def _counted(cell: Cell, *, id: str, label: str, kind: str, printed: int, parts: list[int]) -> NumberRow:
    """Return the row of a whole number that others add up to."""
    total = sum(parts)
    text = f"{' + '.join(map(str, parts))} = {total}"
    return NumberRow(
        id=id,
        place=cell.place,
        label=label,
        group=cell.group,
        kind=kind,
        published_text=str(printed),
        recomputed=float(total),
        recomputed_text=text,
        agrees=total == printed,
        reason="" if total == printed else f"{text}; the paper says {printed}",
        note="",
    )


def _values(line: list[Cell], lines: dict[str, list[Cell]]) -> NumberRow:
    first = line[0]
    groups = [group for group in dict.fromkeys(cell.group for cell in line) if group != ALL_GROUPS]
    is_reduction = first.id.startswith(REDUCTION)
    return NumberRow(
        id=f"{first.id}.values",
        place=first.place,
        label=first.label,
        group=ALL_GROUPS,
        kind="values",
        published_text="; ".join(_as_printed(line, group) for group in groups),
        recomputed=None,
        recomputed_text="",
        agrees=None,
        reason=NOT_OF_MEDIANS if is_reduction else NOT_FROM_COUNTS[first.scale],
        note=_of_medians(first.id, lines, groups) if is_reduction else "",
    )


def _as_printed(line: list[Cell], group: str) -> str:
    found = {cell.statistic: cell.text for cell in line if cell.group == group}
    if "mean" in found:
        return f"{found['mean']} ± {found.get('sd', '?')}"
    return f"{found.get('median', '?')} ({found.get('p25', '?')}, {found.get('p75', '?')})"


def _of_medians(name: str, lines: dict[str, list[Cell]], groups: list[str]) -> str:
    """Say what the printed medians of the volume would give, and that it is another number."""
    before, now = lines.get(BEFORE), lines.get(name.replace(REDUCTION, VOLUME))
    if not before or not now:
        return ""
    said = []
    for group in groups:
        old, new = (_median(line, group) for line in (before, now))
        if old and new is not None:
            said.append(f"{group} {shown(100 * (old - new) / old, 1)} %")
    return (
        f"the reduction of the printed medians of the size, another number: {', '.join(said)}" if said else ""
    )


def _median(line: list[Cell], group: str) -> Fraction | None:
    found = (cell.text for cell in line if (cell.group, cell.statistic) == (group, "median"))
    text = next(found, None)
    return None if text is None else Fraction(text)


def _name(cell: Cell) -> str:
    return ".".join(filter(None, (cell.id, cell.level, cell.group)))


def _label(cell: Cell) -> str:
    return f"{cell.label}: {cell.level}" if cell.level else cell.label
