"""Best response, time to response and duration of response, by group."""

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import compare_classes
from seedbed.cohort.competing_table import CauseTimes, gray_or_note, incidence_cell
from seedbed.cohort.frame import AnalysisSet, FloatArray
from seedbed.cohort.paper_tables import CONTROLLED, OBJECTIVE, methods_line
from seedbed.cohort.rate_tables import rate_cell
from seedbed.cohort.survival_tables import AT_MONTHS, GroupTimes, interval_text, median_cell
from seedbed.cohort.tables import Cell, Row, Table, blank, p_cell
from seedbed.statistics.quantiles import spss_quartiles
from seedbed.statistics.survival import kaplan_meier, points_at

NEEDED = ("best_response", "ttr_months", "dor_months", "dor_event")
RESPONSE_MONTHS = (9.0, 15.0)
"""After the visits at 6 and 12 months, so that those some days late count (local rule)."""
NOBODY = "not estimable: nobody responded"


def response_time_table(data: AnalysisSet, rules: AnalysisRules) -> Table | None:
    """Return best response, time to response and its duration; None where they are no columns.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.cohort.analysis_rules import analysis_rules
    >>> nothing = AnalysisSet(patients=(), group_by="arm", groups=("A",), group_of=np.zeros(0, dtype=int),
    ...                       columns={}, on=date(2026, 1, 1))
    >>> response_time_table(nothing, analysis_rules()) is None
    True
    """
    if not all(name in data.columns for name in NEEDED):
        return None
    rows = (*_best_rows(data, rules), *_incidence_rows(data), *_time_rows(data), *_duration_rows(data))
    labels = {name: data.column(name).variable.label for name in NEEDED}
    return Table(
        id="response_times",
        title="Best response, time to response and duration of response",
        columns=("", *data.titles(), "P-value"),
        rows=rows,
        footnotes=(
            "Percentages of the patients whose best response is known; 95 % limits by Clopper and Pearson.",
            "Incidence of response by Aalen and Johansen; progression or death without it compete.",
            "It is read at 9 and 15 months, so that visits some days after 6 and 12 months count.",
            "Time to response is that of responders alone: it says nothing of those who did not respond.",
            "Duration of response from the first response to progression or death, by Kaplan and Meier.",
            "Responders were selected by what came after treatment began: groups of them are not compared.",
            *(f"{labels[name]}: {note}." for name in NEEDED for note in data.column(name).notes),
        ),
        methods=methods_line(rows),
    )


def _best_rows(data: AnalysisSet, rules: AnalysisRules) -> list[Row]:
    counts = data.counts("best_response")
    missing = data.missing("best_response")
    test = compare_classes(counts, ordered=True, missing=missing, rules=rules)
    known = counts.sum(axis=1)
    rows = [Row("best_response", "Best response", (*blank(len(known)), p_cell(test)), tests=(test,))]
    lines = {name: counts[:, at] for at, name in enumerate(data.column("best_response").variable.classes)}
    lines["ORR: CR + PR"] = counts[:, :OBJECTIVE].sum(axis=1)
    lines["DCR: CR + PR + SD"] = counts[:, :CONTROLLED].sum(axis=1)
    for label, found in lines.items():
        cells = (rate_cell(int(each), int(of)) for each, of in zip(found, known, strict=True))
        row_id = f"best_response.{label.split(':')[0].casefold()}"
        rows.append(Row(row_id, f"{label} (95% CI)", (*cells, Cell("")), level=1))
    if any(missing):
        lost = (Cell(str(each), {"n": each}) for each in missing)
        rows.append(Row("best_response.missing", "Not known", (*lost, Cell("")), level=1))
    return rows


def response_times(data: AnalysisSet) -> CauseTimes:
    """Return until when each patient was without a response: 1 it came, 2 progression or death came first.

    Who had neither is censored when the disease was last looked at.

    Parameters
    ----------
    data : AnalysisSet
        With the columns of the response and of progression-free survival.
    """
    response, ended = data.column("ttr_months"), data.column("pfs_event").values
    months = np.where(response.known, response.values, data.column("pfs_months").values)
    causes = np.where(response.known, 1.0, 2.0 * ended)
    known = ~np.isnan(months) & ~np.isnan(causes)
    return CauseTimes(months[known], causes[known].astype(np.int64), data.group_of[known], data.groups)


def _incidence_rows(data: AnalysisSet) -> list[Row]:
    times, title = response_times(data), "Response in all patients"
    test = gray_or_note(data, times, cause=1, about=title, nobody="nobody responded")
    places = range(len(times.groups))
    rows = [Row("response", title, (*blank(len(places)), p_cell(test)), tests=(test,))]
    for month in RESPONSE_MONTHS:
        cells = (incidence_cell(*times.part(at), cause=1, month=month) for at in places)
        label = f"Incidence at {month:g} months (95% CI)"
        rows.append(Row(f"response.at_{month:g}", label, (*cells, Cell("")), level=1))
    return rows


def _time_rows(data: AnalysisSet) -> list[Row]:
    samples = data.samples("ttr_months")
    title = "Time to response of responders, months"
    return [
        Row("ttr", title, blank(len(samples) + 1)),
        Row("ttr.median", "Median (P25, P75)", (*(_quartiles(each) for each in samples), Cell("")), level=1),
        Row("ttr.range", "Range", (*(_range(each) for each in samples), Cell("")), level=1),
    ]


def _quartiles(months: FloatArray) -> Cell:
    if not len(months):
        return Cell(NOBODY, {"n": 0})
    found = spss_quartiles(months)
    text = f"{found.median:.1f} ({found.lower:.1f}, {found.upper:.1f}), n = {len(months)}"
    numbers = {"n": len(months), "median": found.median, "p25": found.lower, "p75": found.upper}
    return Cell(text, numbers)


def _range(months: FloatArray) -> Cell:
    if not len(months):
        return Cell(NOBODY, {"n": 0})
    low, high = float(months.min()), float(months.max())
    return Cell(f"{low:.1f} to {high:.1f}", {"min": low, "max": high})


def _duration_rows(data: AnalysisSet) -> list[Row]:
    times = GroupTimes.of(data, "dor")
    places = range(len(times.groups))
    parts = [times.part(place) for place in places]
    rows = [Row("dor", "Duration of response, months", blank(len(parts) + 1))]
    lines = {
        "events": ("Events / responders", [_events(*part) for part in parts]),
        "median": ("Median (95% CI)", [_median(*part) for part in parts]),
        **{
            f"at_{month:g}": (
                f"Going on at {month:g} months (95% CI)",
                [_share(*part, month=month) for part in parts],
            )
            for month in AT_MONTHS
        },
    }
    for name, (label, cells) in lines.items():
        rows.append(Row(f"dor.{name}", label, (*cells, Cell("")), level=1))
    return rows


def _events(months: FloatArray, events: FloatArray) -> Cell:
    return Cell(f"{int(events.sum())} / {len(months)}", {"events": float(events.sum()), "n": len(months)})


def _median(months: FloatArray, events: FloatArray) -> Cell:
    return median_cell(kaplan_meier(months, events)) if len(months) else Cell(NOBODY, {"n": 0})


def _share(months: FloatArray, events: FloatArray, *, month: float) -> Cell:
    if not len(months):
        return Cell(NOBODY, {"n": 0})
    (point,) = points_at(kaplan_meier(months, events), [month])
    if point.survival is None:
        return Cell(f"not estimable: no response was followed for {month:g} months", {"share": None})
    limits = point.log_log
    said = interval_text(limits, 0, 100.0) if limits else "no limits: all or none"
    numbers = {
        "share": point.survival,
        "low": limits.low if limits else None,
        "high": limits.high if limits else None,
    }
    return Cell(f"{100 * point.survival:.0f}% ({said})", numbers)
