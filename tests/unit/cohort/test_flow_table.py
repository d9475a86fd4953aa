"""The numbers of a flow chart add up."""

from dataclasses import replace

from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.flow_table import flow_table
from seedbed.cohort.frame import Exclusion


def test_everyone_is_accounted_for() -> None:
    data = replace(
        analysis_set(["A", "A", "B"], response_6=["PR", None, "SD"], os_event=[True, False, False]),
        steps=(("In the register", 5), ("Treated", 3)),
        exclusions=(Exclusion("no treatment by 2026-01-01", tuple(f"SYN-{at}" for at in range(12))),),
    )
    table = flow_table(data)
    rows = {row.id: [cell.text for cell in row.cells] for row in table.rows}
    assert rows["register.0"] == ["5", "", ""]
    assert rows["excluded.0"] == ["12", "", ""]
    assert rows["analysed"] == ["3", "2", "1"]
    assert rows["assessed_6"] == ["2 (67%)", "1 (50%)", "1 (100%)"]
    assert rows["died"] == ["1 (33%)", "1 (50%)", "0 (0%)"]
    assert table.footnotes[0].endswith("SYN-9 and 2 more.")
