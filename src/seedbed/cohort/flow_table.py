"""How many patients there were at each step: the numbers of a flow chart after CONSORT 2010."""

from collections.abc import Callable

import numpy as np

from seedbed.cohort.frame import AnalysisSet, BoolArray
from seedbed.cohort.tables import Cell, Row, Table, blank, count_cell

MOST_NAMED = 10
"""Patients named in a footnote; the rest is counted."""
STEPS: dict[str, tuple[str, Callable[[AnalysisSet], BoolArray]]] = {
    "implanted": (
        "With a seed implant",
        lambda data: np.array([bool(each) for each in data.column("seeds").sources], dtype=bool),
    ),
    "baseline": ("Measured before treatment", lambda data: data.column("volume_0").known),
    "assessed_6": ("Response assessed at 6 months", lambda data: data.column("response_6").known),
    "assessed_12": ("Response assessed at 12 months", lambda data: data.column("response_12").known),
    "progressed": (
        "Progressed, or died, by the day of the analysis",
        lambda data: data.column("pfs_event").values == 1,
    ),
    "died": ("Died by the day of the analysis", lambda data: data.column("os_event").values == 1),
}


def flow_table(data: AnalysisSet) -> Table:
    """Return the numbers of a flow chart: register, exclusions with reasons, groups, assessments, deaths."""
    count = len(data.groups)
    rows = [
        Row(f"register.{at}", label, (Cell(str(number), {"n": number}), *blank(count)))
        for at, (label, number) in enumerate(data.steps)
    ]
    rows += [
        Row(f"excluded.{at}", f"Left out: {each.reason}", (_number(len(each.patients)), *blank(count)))
        for at, each in enumerate(data.exclusions)
    ]
    rows.append(
        Row(
            "analysed",
            "Analysed",
            (_number(len(data.patients)), *(_number(size) for size in data.sizes)),
        )
    )
    rows += [_step(data, name, label=label, who=who(data)) for name, (label, who) in STEPS.items()]
    names = [f"Left out, {each.reason}: {_named(each.patients)}." for each in data.exclusions]
    return Table(
        id="flow",
        title="Flow of patients",
        columns=("", "All", *data.titles()),
        rows=tuple(rows),
        footnotes=(*names, "The order of the steps follows CONSORT 2010, doi 10.1136/bmj.c332."),
    )


def _named(patients: tuple[str, ...]) -> str:
    more = f" and {len(patients) - MOST_NAMED} more" if len(patients) > MOST_NAMED else ""
    return ", ".join(patients[:MOST_NAMED]) + more


def _number(count: int) -> Cell:
    return Cell(str(count), {"n": count})


def _step(data: AnalysisSet, name: str, *, label: str, who: BoolArray) -> Row:
    counts = np.bincount(data.group_of[who], minlength=len(data.groups))
    cells = (count_cell(int(each), size) for each, size in zip(counts, data.sizes, strict=True))
    return Row(name, label, (count_cell(int(who.sum()), len(data.patients)), *cells), level=1)
