"""The flow of patients as a chart of boxes, after CONSORT 2010: register, treatment, groups, assessments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from seedbed.cohort.frame import AnalysisSet, Exclusion
from seedbed.cohort.survival_tables import ENDPOINTS, GroupTimes
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.lettering import counted, group_names, width_mm, wrapped
from seedbed.report.cohort_figures.placing import SIZE_PT, Sheet
from seedbed.report.cohort_figures.style import DOUBLE_MM, INK, finished, journal_look

EDGE_MM: Final = 2.0
STAGE_MM: Final = 5.0
"""Width of the names of the stages, which stand upright at the left."""
PAD_MM: Final = 1.4
LINE_MM: Final = 3.0
ARROW_MM: Final = 5.0
LEAST_BOX_MM: Final = 18.5
"""Boxes of groups are not narrower: the figure becomes wider instead, up to two columns (local rule)."""
TINT: Final = "#eef3f7"
REGISTER, SCREENED, TREATED = "In the register", "Screened", "Treated"
MONTHS: Final = (6, 12)
Lines = tuple[str, ...]


@dataclass(frozen=True)
class FlowChart:
    """What the boxes say, the first line of each in bold.

    Attributes
    ----------
    register, screening, treated : tuple of str
        Boxes from above; empty where nothing is known of the step.
    before, after : tuple of str
        Boxes at the side: who was left out before treatment, and after it.
    analysed : tuple of str
    groups : tuple of tuple of str
    assessed : tuple of tuple of (tuple of str)
        A row for each visit, a box for each group.
    survival : tuple of tuple of str
        A box for each group.
    """

    register: Lines
    screening: Lines
    treated: Lines
    before: Lines
    after: Lines
    analysed: Lines
    groups: tuple[Lines, ...]
    assessed: tuple[tuple[Lines, ...], ...]
    survival: tuple[Lines, ...]


def flow_figure(data: AnalysisSet, *, width_mm: float = DOUBLE_MM) -> ReportFigure:
    """Draw the flow of patients.

    Parameters
    ----------
    data : AnalysisSet
    width_mm : float
        Wider where the boxes of the groups need it.
    """
    needed = STAGE_MM + 3 * EDGE_MM + len(data.groups) * (LEAST_BOX_MM + EDGE_MM)
    with journal_look():
        figure = _draw(flow_chart(data), max(width_mm, min(needed, DOUBLE_MM)))
    return finished(figure, id="flow", title="Flow of patients", caption=_caption(data))


def flow_chart(data: AnalysisSet) -> FlowChart:
    """Return what the boxes of the chart say.

    Parameters
    ----------
    data : AnalysisSet
    """
    steps = dict(data.steps)
    registered, treated = steps.get(REGISTER), steps.get(TREATED)
    before, after = _parted(data.exclusions, (registered or 0) - (treated or 0))
    return FlowChart(
        register=() if registered is None else (REGISTER, _n(registered)),
        screening=_screening(steps, registered),
        treated=() if treated is None else ("Treatment began", _n(treated)),
        before=_left_out(before),
        after=_left_out(after),
        analysed=("Analysed", _n(len(data.patients))),
        groups=tuple((name, _n(size)) for name, size in zip(group_names(data), data.sizes, strict=True)),
        assessed=tuple(_assessed(data, month) for month in MONTHS),
        survival=_survival(data),
    )


def _n(count: int) -> str:
    return f"n = {count:,}"


def _screening(steps: dict[str, int], registered: int | None) -> Lines:
    screened = steps.get(SCREENED)
    if screened is None:
        return ()
    start = f"{SCREENED}: "
    decided = [f"{name.removeprefix(start)}: {n:,}" for name, n in steps.items() if name.startswith(start)]
    without = (registered or screened) - screened
    return ("Screening", *decided, *([f"no decision on record: {without:,}"] if without else []))


def _parted(exclusions: Sequence[Exclusion], untreated: int) -> tuple[list[Exclusion], list[Exclusion]]:
    """Part the exclusions at treatment: the first ones that make up those who were not treated."""
    totals = np.cumsum([0, *(len(each.patients) for each in exclusions)]).tolist()
    at = totals.index(untreated) if untreated in totals else 0
    return list(exclusions[:at]), list(exclusions[at:])


def _left_out(exclusions: Sequence[Exclusion]) -> Lines:
    if not exclusions:
        return ()
    total = sum(len(each.patients) for each in exclusions)
    return ("Left out", _n(total), *(f"{len(each.patients):,}: {each.reason}" for each in exclusions))


def _assessed(data: AnalysisSet, month: int) -> tuple[Lines, ...]:
    boxes = []
    for size, missing in zip(data.sizes, data.missing(f"response_{month}"), strict=True):
        boxes.append(
            (f"Response at {month} months", f"assessed: {size - missing:,}", f"missing: {missing:,}")
        )
    return tuple(boxes)


def _survival(data: AnalysisSet) -> tuple[Lines, ...]:
    times = {name: GroupTimes.of(data, name) for name in ENDPOINTS}
    boxes = []
    for place in range(len(data.groups)):
        lines = [
            f"{name.upper()}: {int(each.part(place)[1].sum()):,} / {each.sizes[place]:,}"
            for name, each in times.items()
        ]
        boxes.append(("Events / patients", *lines))
    return tuple(boxes)


@dataclass(frozen=True)
class _Box:
    """A box with its lines broken, and how high it is."""

    lines: list[tuple[str, bool]]
    left: float
    width: float

    @property
    def height(self) -> float:
        return len(self.lines) * LINE_MM + 2 * PAD_MM

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def _box(said: Lines, left: float, width: float) -> _Box:
    room = width - 2 * PAD_MM
    lines = []
    for at, text in enumerate(said):
        weight = "bold" if at == 0 else "normal"
        lines += [(line, at == 0) for line in wrapped(text, room, SIZE_PT, weight=weight, lines=6)]  # type: ignore[arg-type]
    return _Box(lines, left, width)


def _draw(chart: FlowChart, width: float) -> Figure:
    """Find the size of all boxes, and draw them from above."""
    left = EDGE_MM + STAGE_MM + EDGE_MM
    room = width - left - EDGE_MM
    trunk = min(62.0, 0.46 * room)
    side_left = left + 0.52 * room
    alone = not chart.before and not chart.after
    start = left + (room - trunk) / 2 if alone else side_left - 0.06 * room - trunk
    head = [
        (_box(main, start, trunk), _box(side, side_left, left + room - side_left) if side else None)
        for main, side in (
            (chart.register, ()),
            (chart.screening, chart.before),
            (chart.treated, chart.after),
            (chart.analysed, ()),
        )
        if main or side
    ]
    rows = [_row(boxes, left, room) for boxes in (chart.groups, *chart.assessed, chart.survival)]
    sheet = Sheet(width, _height(head, rows))
    y = _draw_head(sheet, head, start + trunk / 2)
    stages = [("Enrolment", EDGE_MM, y - ARROW_MM)]
    tops = _draw_rows(sheet, rows, y, start + trunk / 2)
    ends = [top + max(box.height for box in row) for top, row in zip(tops, rows, strict=True)]
    stages += [
        ("Groups", tops[0], ends[0]),
        ("Follow-up", tops[1], ends[-2]),
        ("Analysis", tops[-1], ends[-1]),
    ]
    for name, top, end in stages:
        _draw_stage(sheet, name, top, end)
    return sheet.figure


def _row(boxes: Sequence[Lines], left: float, room: float) -> list[_Box]:
    """Return boxes side by side, none wider than half of the room."""
    pitch = room / len(boxes)
    width = min(pitch - EDGE_MM, 0.5 * room)
    return [_box(said, left + (at + 0.5) * pitch - width / 2, width) for at, said in enumerate(boxes)]


def _gap(boxes: Sequence[_Box | None]) -> float:
    return max((each.height for each in boxes if each is not None), default=0.0)


def _height(head: Sequence[tuple[_Box, _Box | None]], rows: Sequence[Sequence[_Box]]) -> float:
    tall = sum(main.height + _between(side) for main, side in head)
    return EDGE_MM + tall + 3.0 + sum(_gap(row) + ARROW_MM for row in rows) - ARROW_MM + EDGE_MM


def _between(side: _Box | None) -> float:
    """Room under a box: for the arrow, and for the box at the side of it."""
    return ARROW_MM if side is None else side.height + ARROW_MM


def _draw_head(sheet: Sheet, head: Sequence[tuple[_Box, _Box | None]], middle: float) -> float:
    """Draw the boxes above the groups; return where the next arrow ends."""
    y = EDGE_MM
    for at, (main, side) in enumerate(head):
        if main.lines:
            _draw_box(sheet, main, y)
            y += main.height
        end = y + _between(side)
        if at < len(head) - 1:
            sheet.path((middle, y), (middle, end))
        if side is not None:
            level = (y + end) / 2
            sheet.path((middle, level), (side.left, level))
            _draw_box(sheet, side, level - side.height / 2)
        y = end
    return y


def _draw_rows(sheet: Sheet, rows: Sequence[Sequence[_Box]], y: float, middle: float) -> list[float]:
    """Draw the rows of the groups; return where each begins."""
    fork, tops = y - ARROW_MM + 3.0, []
    y += 3.0
    sheet.path((middle, y - ARROW_MM - 3.0), (middle, fork), arrow=False)
    ends = [box.middle for box in rows[0]]
    sheet.path((min(*ends, middle), fork), (max(*ends, middle), fork), arrow=False)
    for at, row in enumerate(rows):
        tops.append(y)
        for box in row:
            start = (
                fork if at == 0 else y - ARROW_MM - (_gap(rows[at - 1]) - rows[at - 1][row.index(box)].height)
            )
            sheet.path((box.middle, start), (box.middle, y))
            _draw_box(sheet, box, y, tinted=at == 0)
        y += _gap(row) + ARROW_MM
    return tops


def _draw_box(sheet: Sheet, box: _Box, top: float, *, tinted: bool = False) -> None:
    sheet.box(box.left, top, box.width, box.height, facecolor=TINT if tinted else "white")
    for at, (line, strong) in enumerate(box.lines):
        y = top + PAD_MM + (at + 0.5) * LINE_MM
        weight = "bold" if strong else "normal"
        sheet.text(box.middle, y, line, ha="center", fontweight=weight)


def _draw_stage(sheet: Sheet, name: str, top: float, end: float) -> None:
    height = max(end - top, width_mm(name, SIZE_PT, "bold") + 2.0)
    top = max(EDGE_MM, (top + end - height) / 2)
    sheet.box(EDGE_MM, top, STAGE_MM, height, facecolor=INK, edgecolor=INK)
    sheet.text(
        EDGE_MM + STAGE_MM / 2,
        top + height / 2,
        name,
        ha="center",
        rotation=90,
        color="white",
        fontweight="bold",
    )


def _caption(data: AnalysisSet) -> str:
    left_out = sum(len(each.patients) for each in data.exclusions)
    return (
        f"Flow of patients after CONSORT 2010, as of {data.on}: {counted(len(data.patients), 'patient')} "
        f"analysed in {counted(len(data.groups), 'group')} by {data.group_by.replace('_', ' ')}, "
        f"{left_out:,} left out. Groups were formed by treatment or by a characteristic, not by chance. "
        "Missing: died, lost, not measured, or the visit was not yet due. LPFS, PFS, OS: local "
        "progression-free, progression-free and overall survival, events and patients with a time."
    )
