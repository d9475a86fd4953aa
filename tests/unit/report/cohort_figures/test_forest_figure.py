"""Estimates and limits at their places on a logarithmic axis; cut limits have arrows."""

from dataclasses import replace

import pytest
from tests.unit.report.cohort_figures.figure_reading import clashes, texts

from seedbed.cohort.tables import Cell, Row, Table
from seedbed.report.cohort_figures.forest_figure import (
    _draw,
    axis_limits,
    forest_figures,
)
from seedbed.report.cohort_figures.forest_rows import MOST_ROWS, ForestRow, forest_rows, in_parts


def row(label: str, ratio: float, low: float | None, high: float | None, kind: str = "hazard_ratio") -> Row:
    cells = (
        Cell(f"{ratio} ({low} to {high})", {kind: ratio, "low": low, "high": high}),
        Cell("0.1", {"p_value": 0.1}),
    )
    return Row(label, label, cells, level=1)


def table(*rows: Row, title: str = "Hazard ratios") -> Table:
    return Table(id="t", title=title, columns=("", "Ratio", "P"), rows=rows)


NONE = Row("os", "Overall survival", (Cell("not estimable: no event"), Cell("")))
HEAD = Row("lpfs", "LPFS, against A", (Cell(""), Cell("")))


def test_marks_lie_where_the_numbers_are() -> None:
    figure = _draw([ForestRow("B", 0.5, 0.25, 1.0)], ("Hazard ratio", "hazard"), 183.0)
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    (interval,) = [each for each in axes.lines if each.get_label() == "_interval"]
    (estimate,) = [each for each in axes.lines if each.get_label() == "_estimate"]
    assert list(interval.get_xdata()) == [0.25, 1.0]
    assert list(estimate.get_xdata()) == [0.5]
    assert not [each for each in axes.lines if each.get_marker() in "<>"]


def test_cut_limits_have_arrows_and_the_caption_counts_them() -> None:
    rows = [ForestRow("B", 0.5, 1e-9, None), ForestRow("C", 2.0, 1.0, 4.0)]
    axes = _draw(rows, ("Hazard ratio", "hazard"), 183.0).axes[0]
    low, high = axes.get_xlim()
    arrows = {
        each.get_marker(): each.get_xdata()[0] for each in axes.lines if each.get_marker() in ("<", ">")
    }
    assert arrows == {"<": low, ">": high}
    assert axis_limits(rows) == (low, high) == (0.05, 20.0)
    (found,) = forest_figures([table(row("B", 0.5, 1e-9, None), row("C", 2.0, 1.0, 4.0))])
    assert "Arrows: 1 interval that reaches beyond the axis." in found.caption


def test_rows_headings_and_reasons() -> None:
    found = forest_rows(table(HEAD, row("B, Cox, ties by Efron", 0.5, 0.2, 1.1), NONE), "hazard_ratio")
    assert [(each.label, each.ratio, each.text[:13]) for each in found] == [
        ("LPFS, against A", None, ""),
        ("B, Cox", 0.5, "0.5 (0.2 to 1"),
        ("Overall survival", None, "not estimable"),
    ]
    assert forest_rows(table(NONE), "hazard_ratio") == []


def test_a_heading_stands_over_its_ratios_though_other_rows_lie_between() -> None:
    counts = Row("c", "Events", (Cell("3 / 9", {"n": 9.0}), Cell("")), level=1)
    death = Row("d", "Death", (Cell(""), Cell("")))
    rows = (HEAD, counts, row("B", 0.5, 0.2, 1.1), death, counts, row("B", 0.6, 0.2, 1.1))
    assert [each.label for each in forest_rows(table(*rows), "hazard_ratio")] == [
        "LPFS, against A", "B", "Death", "B",
    ]  # fmt: skip


def test_the_same_ratio_in_two_tables_is_drawn_once() -> None:
    tables = [table(row("B", 0.5, 0.2, 1.1)), table(row("B against A", 0.5, 0.2, 1.1), title="E-values")]
    (found,) = forest_figures(tables)
    assert "1 estimate." in found.caption
    assert "E-values" not in texts(found)


def test_of_cox_and_firth_the_preferred_is_drawn_and_the_caption_names_the_methods() -> None:
    firth = "Cox with Firth's penalty"
    rows = [
        replace(row(f"{name}, {method}", ratio, 0.2, 1.9), id=f"os.{name}.{method}")
        for name, method, ratio in (
            ("B", "Cox", 0.5),
            ("B.2", "Cox", 0.8),
            ("B", firth, 0.6),
        )
    ]
    assert [each.ratio for each in forest_rows(table(*rows), "hazard_ratio")] == [0.8, 0.6]
    (found,) = forest_figures([table(*rows, row("C, subdistribution hazard ratio to A", 0.7, 0.3, 1.1))])
    assert "Hazard ratios by Cox's model" in found.caption
    assert "With Firth's penalty where the row says so" in found.caption
    assert "by Fine and Gray's model against the group in the row" in found.caption
    (plain,) = forest_figures([table(rows[1])])
    assert "Firth" not in plain.caption
    assert "Fine and Gray" not in plain.caption


def test_kinds_have_figures_of_their_own_and_many_rows_several() -> None:
    many = [row(str(at), 1.0 + at / 100, 0.5, 3.0) for at in range(MOST_ROWS + 3)]
    found = forest_figures([table(*many), table(row("ORR", 2.0, 1.0, 4.0, "risk_ratio"), title="Rates")])
    assert [each.id for each in found] == [
        "forest_hazard_ratio",
        "forest_hazard_ratio_2",
        "forest_risk_ratio",
    ]
    assert forest_figures([table(HEAD)]) == ()


def test_what_goes_on_in_the_next_figure_has_its_heading_again() -> None:
    rows = [HEAD]
    for cause in ("Local progression", "Death"):
        rows.append(Row(cause, cause, (Cell(""), Cell(""))))
        rows += [row(f"{cause} {at}", 1.0 + (len(rows) + at) / 100, 0.5, 3.0) for at in range(30)]
    parts = in_parts(forest_rows(table(*rows), "hazard_ratio"))
    assert [len(part) <= MOST_ROWS for part in parts] == [True] * len(parts)
    assert not any(part[-1].is_heading for part in parts)
    assert sum(each.ratio is not None for part in parts for each in part) == 60
    for part in parts:
        cause = ""
        for each in part:
            cause = each.label.removesuffix(" (continued)") if each.is_heading else cause
            assert each.ratio is None or (each.label.startswith(cause) and cause)


def test_no_heading_ends_a_figure() -> None:
    rows = [ForestRow(str(at), 1.0, 0.5, 2.0) for at in range(MOST_ROWS - 1)]
    rows += [ForestRow("Death"), ForestRow("B", 1.0, 0.5, 2.0)]
    assert [len(part) for part in in_parts(rows)] == [MOST_ROWS - 1, 2]


def test_causes_of_competing_risks_are_named_and_a_lacking_ratio_is_told() -> None:
    local, death = (Row(f"competing.{at}", at, (Cell(""), Cell("0.209", {"p_value": 0.209}))) for at in "ld")
    lacking = Row("competing.d.ratio", "Ratio to A", (Cell("not estimable: no such event in B"), Cell("")), 1)
    found = forest_rows(table(local, row("B", 1.1, 0.3, 4.1), death, lacking), "hazard_ratio")
    assert [(each.label, each.p, each.text[:7]) for each in found] == [
        ("l", "", ""),
        ("B", "0.100", "1.1 (0."),
        ("d", "", ""),
        ("Ratio to A", "", "not est"),
    ]


@pytest.mark.parametrize("width", [89.0, 183.0])
def test_nothing_overlaps(width: float) -> None:
    rows = [
        ForestRow("A heading that is long enough to run into the axis where it is not broken in time"),
        ForestRow(
            "联合治疗组（粒子植入加安罗替尼）减去单独用药组",
            0.02,
            0.0004,
            900.0,
            "0.02 (0.0004 to 900.00)",
            "<0.001",
        ),
        ForestRow("B", 1.1, 0.9, 1.2, "1.10 (0.90 to 1.20)", "0.050"),
        ForestRow(
            "Overall survival",
            text="not estimable: events too few or too much alike for limits, " * 3,
            under_heading=False,
        ),
    ]
    assert clashes(_draw(rows, ("Hazard ratio", "hazard"), width)) == []
