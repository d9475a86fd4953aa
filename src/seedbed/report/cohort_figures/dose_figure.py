"""Dose against volume lost, lesion by lesion: marks of the groups, the fitted line, the prescribed doses."""

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from seedbed.cohort.frame import AnalysisSet, BoolArray, FloatArray
from seedbed.cohort.lesion_dose_table import CONFOUNDED, STEP_GY, vrr_model, with_both
from seedbed.cohort.lesions import VRR_MONTHS, Lesions
from seedbed.cohort.tables import p_text, signed
from seedbed.errors import SeedbedError
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.group_panels import (
    KEY_MM,
    LEGEND_PT,
    MARGIN_MM,
    are,
    evenly,
    zero_line,
)
from seedbed.report.cohort_figures.lettering import counted, group_names, width_mm, wrapped
from seedbed.report.cohort_figures.style import (
    COLOURS,
    DOUBLE_MM,
    FAINT,
    INK,
    MARKS,
    finished,
    journal_look,
    new_figure,
    settle,
)
from seedbed.statistics.estimating_equations import ClusterMeans
from seedbed.statistics.intervals import normal_quantile

TITLE: Final = "D90 of each lesion and the volume it lost"
HEIGHT_MM: Final = 80.0
LOWEST_PCT: Final = -100.0
"""Lesions that more than doubled are drawn here (local rule)."""
MOST_MARKS: Final = 1000
"""Of more lesions some are drawn, evenly in the order of D90 (local rule)."""
MOST_LARGE: Final = 250
LARGE: Final[dict[str, Any]] = {"ms": 3.6, "alpha": 0.85, "mew": 0.4, "mec": "white"}
CROWDED: Final[dict[str, Any]] = {"ms": 2.0, "alpha": 0.6, "mew": 0}
MOST_DOSES: Final = 6
NEAREST: Final = 0.1
"""Share of the axis that parts the names of two prescribed doses."""


def dose_figure(data: AnalysisSet) -> ReportFigure | None:
    """Draw D90 against VRR at 6 and 12 months; None where no lesion has both."""
    lesions = data.lesions
    if not any(with_both(lesions, month).any() for month in VRR_MONTHS):
        return None
    models = {month: _model(lesions, month) for month in VRR_MONTHS}
    with journal_look():
        figure = settle(_draw(data, models))
    return finished(figure, id="dose_response", title=TITLE, caption=_caption(lesions, models))


def _model(lesions: Lesions, month: int) -> ClusterMeans | None:
    try:
        return vrr_model(lesions, month)
    except SeedbedError:
        return None


def _draw(data: AnalysisSet, models: dict[int, ClusterMeans | None]) -> Figure:
    figure = new_figure(DOUBLE_MM, HEIGHT_MM)
    every = figure.subplots(1, len(models), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (month, model) in zip(every, models.items(), strict=True):
        both = with_both(data.lesions, month)
        if model is not None:
            _line(axes, data.lesions.d90_gy[both], model)
        _marks(axes, data, both, month)
        zero_line(axes)
        axes.set_title(f"{month} months after the implant (n = {int(both.sum()):,})", loc="left", pad=12)
        axes.set_xlabel("D90 on the CT after the implant (Gy)")
    every[0].set_ylabel("Volume reduction rate (%)")
    low = min(float(np.nanmin(data.lesions.vrr_pct(month), initial=0.0)) for month in models)
    every[0].set_ylim(max(low, LOWEST_PCT) - 8, 106)
    _prescriptions(list(every), data.lesions, list(models))
    if len(data.groups) > 1:
        _legend(figure, data)
    return figure


def _line(axes: Axes, doses: FloatArray, model: ClusterMeans) -> None:
    """Draw the fitted mean over the doses that were given, with its limits."""
    grid = np.linspace(doses.min(), doses.max(), 101)
    design = np.column_stack([np.ones(len(grid)), grid / STEP_GY])
    mean = design @ np.array([model.intercept, model.estimates[0].coefficient])
    reach = normal_quantile(0.95) * np.sqrt(np.einsum("ij,jk,ik->i", design, model.covariance, design))
    axes.fill_between(grid, mean - reach, mean + reach, color=INK, alpha=0.12, lw=0, zorder=1.5)
    axes.plot(grid, mean, color=INK, lw=1.2, zorder=4)


def _marks(axes: Axes, data: AnalysisSet, both: BoolArray, month: int) -> None:
    lesions = data.lesions
    groups, lost = data.group_of[lesions.patients], lesions.vrr_pct(month)
    drawn = np.flatnonzero(both)
    drawn = drawn[np.argsort(lesions.d90_gy[drawn], kind="stable")][evenly(len(drawn), MOST_MARKS)]
    look = CROWDED if len(drawn) > MOST_LARGE else LARGE
    for place in range(len(data.groups)):
        mine = drawn[groups[drawn] == place]
        inside, below = mine[lost[mine] >= LOWEST_PCT], mine[lost[mine] < LOWEST_PCT]
        axes.plot(lesions.d90_gy[inside], lost[inside], MARKS[place], color=COLOURS[place], **look)
        edge = np.full(len(below), LOWEST_PCT)
        axes.plot(lesions.d90_gy[below], edge, "v", ms=4, mfc="white", mec=COLOURS[place], mew=0.8)


def _legend(figure: Figure, data: AnalysisSet) -> None:
    """Tell colour and mark of the groups that have lesions here."""
    shown = np.logical_or.reduce([with_both(data.lesions, month) for month in VRR_MONTHS])
    there = np.flatnonzero(np.bincount(data.group_of[data.lesions.patients[shown]])).tolist()
    names = group_names(data)
    handles = [
        Line2D([], [], color=COLOURS[at], marker=MARKS[at], ms=3.6, ls="", label=_in_lines(names[at]))
        for at in there
    ]
    widest = max(width_mm(line, LEGEND_PT) for at in there for line in _in_lines(names[at]).splitlines())
    columns = min(len(there), max(1, int((DOUBLE_MM - MARGIN_MM) / (widest + KEY_MM))))
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)


def _in_lines(name: str) -> str:
    return "\n".join(wrapped(name, DOUBLE_MM / 2, LEGEND_PT, lines=2))


def _prescriptions(every: list[Axes], lesions: Lesions, months: list[int]) -> None:
    """Draw the prescribed doses of the lesions that are shown, with names that keep apart."""
    doses = _shown_prescriptions(lesions, months)
    if len(doses) > MOST_DOSES:
        return
    low, high = every[0].get_xlim()
    low, high = min([low, *(dose - 2 for dose in doses)]), max([high, *(dose + 2 for dose in doses)])
    every[0].set_xlim(low, high)
    for axes in every:
        named = -np.inf
        for dose in doses:
            axes.axvline(dose, color=FAINT, lw=0.7, ls=(0, (1, 2)), zorder=0)
            if dose - named > NEAREST * (high - low):
                axes.text(
                    *(dose, 1.01, f"{dose:g} Gy"),
                    transform=axes.get_xaxis_transform(),
                    ha="center",
                    color=FAINT,
                    size=6,
                )
                named = dose


def _shown_prescriptions(lesions: Lesions, months: list[int]) -> list[float]:
    shown = np.logical_or.reduce([with_both(lesions, month) for month in months])
    doses = lesions.prescription_gy[shown]
    return sorted({float(each) for each in doses[~np.isnan(doses)]})


def _caption(lesions: Lesions, models: dict[int, ClusterMeans | None]) -> str:
    shown = np.logical_or.reduce([with_both(lesions, month) for month in models])
    patients = lesions.patients_with(shown)
    doses = _shown_prescriptions(lesions, list(models))
    count = f"{counted(int(shown.sum()), 'lesion')} of {counted(patients, 'patient')}"
    said = [
        f"Lowest verified D90 of each implanted lesion against the volume it has lost ({count}).",
        *(_said(month, model) for month, model in models.items()),
    ]
    if any(model is not None for model in models.values()):
        said.append(
            "Line and band: mean and its 95 % limits, by generalised estimating equations with an error that "
            "counts patients, all groups together."
        )
    below = sum(
        int((lesions.vrr_pct(month)[with_both(lesions, month)] < LOWEST_PCT).sum()) for month in models
    )
    if below:
        said.append(f"{are(below, 'value')} below {signed(LOWEST_PCT, 0)} %, drawn there (open triangles).")
    if doses and len(doses) <= MOST_DOSES:
        said.append("Dotted: prescribed doses.")
    elif doses:
        said.append(f"{len(doses)} prescribed doses are not drawn.")
    without = len(lesions) - int(lesions.verified.sum())
    if without:
        said.append(f"{are(without, 'lesion')} not drawn, without a verified D90.")
    if any(with_both(lesions, month).sum() > MOST_MARKS for month in models):
        said.append(f"Of more than {MOST_MARKS:,} lesions so many are drawn, evenly in the order of D90.")
    return " ".join([*said, CONFOUNDED])


def _said(month: int, model: ClusterMeans | None) -> str:
    if model is None:
        return f"At {month} months no line can be fitted."
    found = model.estimates[0]
    value, low, high = (signed(each, 1) for each in (found.coefficient, found.low, found.high))
    p = p_text(found.p_value)
    return (
        f"At {month} months {value} percentage points for {STEP_GY:g} Gy more (95 % CI {low} to {high}, "
        f"p {p if p.startswith('<') else f'= {p}'})."
    )
