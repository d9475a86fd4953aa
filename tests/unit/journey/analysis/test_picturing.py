"""What is drawn from which tables; what is lacking is told."""

import pytest
from tests.unit.cohort.analysis_sets import analysis_set
from tests.unit.report.cohort_figures.made_up_courses import happenings, set_with

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.tables import Cell, Row, Table
from seedbed.journey.analysis.picturing import REASONS, cohort_figures, not_drawn, preferred_ratios


def test_a_set_in_which_nothing_is_known_has_its_flow_and_reasons_for_the_rest() -> None:
    found = cohort_figures(analysis_set(["A", "B"]), (), (), analysis_rules())
    assert [each.id for each in found] == ["flow"]
    assert [name for name, _ in not_drawn(found)] == list(REASONS)


def test_where_nobody_was_followed_no_curve_is_drawn() -> None:
    ends = {f"{name}_months": [0.0] * 6 for name in ("lpfs", "pfs", "os")}
    events = {f"{name}_event": [False] * 6 for name in ("lpfs", "pfs", "os")}
    seen = happenings(*((at, 0, "last seen") for at in range(6)))
    columns = {**ends, **events, "lpfs_cause": ["censored"] * 6}
    data = set_with(["A"] * 3 + ["B"] * 3, columns=columns, happenings=seen)
    found = cohort_figures(data, (), (), analysis_rules())
    assert [each.id for each in found] == ["flow"]
    assert dict(not_drawn(found))["swimmer"] == "nobody was followed beyond the first day of treatment"


def test_progress_is_told_figure_by_figure() -> None:
    told: list[tuple[str, int, int]] = []
    cohort_figures(
        analysis_set(["A", "B"]), (), (), analysis_rules(), progress=lambda *step: told.append(step)
    )
    done = [each[1] for each in told]
    assert {each[0] for each in told} == {"Drawing the figures"}
    assert done == list(range(1, len(done) + 1))
    assert all(each[1] <= each[2] for each in told)


@pytest.mark.parametrize(("width", "inches"), [("single", 89 / 25.4), ("double", 183 / 25.4)])
def test_widths(width: str, inches: float) -> None:
    data = analysis_set(["A", "B"], os_months=[5.0, 6.0], os_event=[True, False])
    found = cohort_figures(data, (), (), analysis_rules(), width=width)
    (curve,) = [each for each in found if each.id == "km_os"]
    assert f'width="{72 * inches:.2f}'[:-3] in curve.svg
    assert "Log-rank test: " in curve.caption


def test_firths_ratio_is_preferred_and_names_with_points_are_told_apart() -> None:
    rows = tuple(
        Row(f"os.{name}.{method}", name, (Cell(text, {"hazard_ratio": 1.0}),), level=1)
        for name, method, text in (("B", "Cox", "1"), ("B.2", "Cox", "2"), ("B", "Firth", "3"))
    )
    table = Table(id="hazard_ratios", title="", columns=("", ""), rows=rows)
    found = preferred_ratios(analysis_set(["A", "B", "B.2"]), table, "os")
    assert found == {"B": "3", "B.2": "2"}
