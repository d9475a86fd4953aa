"""The figure of dose against volume lost, of made-up lesions."""

import re
from dataclasses import replace

import numpy as np
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.lesion_dose_table import lesion_dose_table
from seedbed.cohort.lesions import Lesions
from seedbed.report.cohort_figures.dose_figure import dose_figure


def made_up(count: int, **given: object) -> AnalysisSet:
    rng = np.random.default_rng(1)
    dose = rng.uniform(80, 140, count)
    values = {
        "patients": np.arange(count),
        "names": ("T1",) * count,
        "implant_days": np.zeros(count, dtype=int),
        "prescription_gy": np.where(dose > 110, 120.0, 100.0),
        "seeds": np.full(count, 30.0),
        "d90_gy": dose,
        "volume_cc": np.full(count, 8.0),
        "vrr_6_pct": 0.3 * dose + rng.normal(0, 5, count),
        "vrr_12_pct": 0.4 * dose + rng.normal(0, 5, count),
        "control_months": np.full(count, 9.0),
        "grown": np.zeros(count, dtype=bool),
        "sources": [()] * count,
    }
    groups = ["B", "C"] * (count // 2) + ["C"] * (count % 2)
    return replace(analysis_set(groups), lesions=Lesions(**{**values, **given}))  # type: ignore[arg-type]


def marks_in(svg: str, of: str) -> int:
    """Count the marks of one colour in the plots: each is a use of a path."""
    return len(re.findall(rf"<use [^>]*fill: {of}", svg))


def test_every_lesion_is_drawn_in_both_panels_and_once_in_the_legend() -> None:
    found = dose_figure(made_up(30))
    assert found is not None
    assert marks_in(found.svg, "#0072b2") == marks_in(found.svg, "#d55e00") == 15 * 2 + 1
    for text in ("6 months after the implant (n = 30)", "100 Gy", "120 Gy", "Group B", "Group C"):
        assert text in found.svg
    assert "30 lesions of 30 patients" in found.caption


def test_the_caption_tells_the_numbers_of_the_table() -> None:
    data = made_up(30)
    figure, table = dose_figure(data), lesion_dose_table(data)
    assert figure is not None
    assert table is not None
    slope = {row.id: row for row in table.rows}["vrr_6_slope"].cells
    value, low, high = re.findall(r"[−\d.]+", slope[2].text)
    assert (
        f"At 6 months {value} percentage points for 10 Gy more (95 % CI {low} to {high}, p" in figure.caption
    )
    assert "No cause follows." in figure.caption


def test_nothing_to_draw_is_no_figure_and_one_lesion_has_no_line() -> None:
    assert dose_figure(analysis_set(["A"])) is None
    nothing = np.full(4, np.nan)
    assert dose_figure(made_up(4, d90_gy=nothing)) is None
    assert dose_figure(made_up(4, vrr_6_pct=nothing, vrr_12_pct=nothing)) is None
    one = dose_figure(made_up(1))
    assert one is not None
    assert "At 6 months no line can be fitted." in one.caption
    assert "Line and band" not in one.caption


def test_lesions_that_more_than_doubled_stand_at_the_edge_and_that_is_told() -> None:
    grown = np.full(6, 50.0)
    grown[2] = -900.0
    found = dose_figure(made_up(6, vrr_6_pct=grown, vrr_12_pct=np.full(6, np.nan)))
    assert found is not None
    assert "1 value is below −100 %, drawn there (open triangles)." in found.caption


def test_of_many_lesions_some_are_drawn_and_many_prescriptions_are_not() -> None:
    found = dose_figure(made_up(3000, prescription_gy=np.arange(3000) % 9 + 100.0))
    assert found is not None
    assert "Of more than 1,000 lesions so many are drawn" in found.caption
    assert "9 prescribed doses are not drawn." in found.caption
    assert marks_in(found.svg, "#0072b2") + marks_in(found.svg, "#d55e00") == 2 * 1000 + 2


def test_the_same_lesions_give_the_same_bytes() -> None:
    assert dose_figure(made_up(12)) == dose_figure(made_up(12))
