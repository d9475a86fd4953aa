"""Reading CDISC tumour files: what hospitals and readers really write, all rows synthetic."""

from pathlib import Path

import pytest
from tests.unit.sheets.cdisc_files import lesion, result, write

from seedbed.errors import TableError
from seedbed.response import TimepointResponse, assess_response
from seedbed.sheets.cdisc_tumour import TumourCase, read_tumour_files


def read(folder: Path, tu: list[str], tr: list[str]) -> TumourCase:
    (case,) = read_tumour_files(*write(folder, tu, tr))
    return case


def points(case: TumourCase) -> tuple[TimepointResponse, ...]:
    return assess_response(case.lesions, case.visits).timepoints


def sizes(folder: Path, row: str) -> float | None:
    """Sum at the second visit, where one target of 20 mm at baseline has one more row."""
    case = read(folder, [lesion("T01")], [result("T01", 1, "20"), row])
    assert case.faults == ()
    return points(case)[0].sum_mm


@pytest.mark.parametrize(
    ("row", "sum_mm"),
    [
        (result("T01", 2, "21"), 21.0),
        (result("T01", 2, "21.5 mm"), 21.5),
        (result("T01", 2, '"21,5"'), 21.5),
        (result("T01", 2, "2.1", unit="cm"), 21.0),
        (result("T01", 2, "2.1 cm", unit=""), 21.0),
        (result("T01", 2, "2.1", unit="", original="2.1", original_unit="cm"), 21.0),
        (result("T01", 2, "21", number="21.0", original="2.1", original_unit="cm"), 21.0),
        (result("T01", 2, "", number="21"), 21.0),
        (result("T01", 2, "", unit="", original="21", original_unit="mm"), 21.0),
        (result("T01", 2, "21", test="DIAMETER"), 21.0),
        (result("T01", 2, "<5"), 5.0),
        (result("T01", 2, "< 5 mm"), 5.0),
        (result("T01", 2, "TOO SMALL TO MEASURE"), 5.0),
        (result("T01", 2, "Too small"), 5.0),
        (result("T01", 2, "5", original="TOO SMALL TO MEASURE"), 5.0),
        (result("T01", 2, "3"), 3.0),  # measured below 5 mm: as it was measured
        (result("T01", 2, "0"), 0.0),
        (result("T01", 2, "ABSENT", test="TUMSTATE"), 0.0),
        (result("T01", 2, "NOT EVALUABLE"), None),
        (result("T01", 2, "", stat="NOT DONE"), None),
        (result("T01", 2, "NOT ASSESSABLE: image obscured"), None),
        (result("T01", 2, "PRESENT", test="TUMSTATE"), None),
    ],
)
def test_diameters_in_every_guise(tmp_path: Path, row: str, sum_mm: float | None) -> None:
    assert sizes(tmp_path, row) == sum_mm


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (result("T01", 2, "-3"), "row 3 of 'tr.csv' gives lesion 'T01' the diameter '-3' mm"),
        (result("T01", 2, "about 20"), "the diameter 'about 20' mm"),
        (result("T01", 2, "900"), "a number from 0 to 500 mm"),
        (result("T01", 2, "<10"), "the diameter '<10' mm"),
        (result("T01", 2, "2", unit="in"), "the diameter '2' in"),
        (result("T01", 2, "21", number="12"), "the same in TRSTRESC and TRSTRESN"),
        (result("T01", 2, "BIGGER", test="TUMSTATE"), "row 3 of 'tr.csv' says 'BIGGER' of lesion 'T01'"),
        (result("T01", 2, "21", date="2024-02-31"), "row 3 of 'tr.csv': the date '2024-02-31'"),
    ],
)
def test_a_row_that_cannot_be_used_is_one_sentence(tmp_path: Path, row: str, said: str) -> None:
    case = read(tmp_path, [lesion("T01")], [result("T01", 1, "20"), row])
    assert said in case.faults[0]
    assert all("\n" not in fault for fault in case.faults)
    if "date" not in said:
        assert points(case)[0].response == "NE"  # never a number of its own making


def test_a_lesion_that_nobody_identified_is_named_and_not_counted(tmp_path: Path) -> None:
    rows = [result("T01", 1, "20"), result("T09", 1, "30", group="TARGET"), result("T01", 2, "20")]
    case = read(tmp_path, [lesion("T01")], rows)
    assert "row 3 of 'tr.csv' measures lesion 'T09', which no TU record" in case.faults[0]
    assert "did you mean 'T01'" in case.faults[0]
    assert points(case)[0].sum_mm == 20.0


def test_a_node_counts_by_its_short_axis(tmp_path: Path) -> None:
    rows = [
        *(result("T01", 1, "30"), result("T01", 1, "18", test="LPERP")),
        *(result("T01", 2, "25"), result("T01", 2, "9.9", test="LPERP")),
        *(result("T01", 3, "25"), result("T01", 3, "10", test="DIAMETER")),
        result("T01", 4, "25"),
    ]
    case = read(tmp_path, [lesion("T01", loc='"LYMPH NODE, CERVICAL"')], rows)
    assert [point.target_response for point in points(case)] == ["CR", "PR", "NE"]
    assert any("without a short axis" in note for note in case.notes)


def test_a_lesion_with_the_tests_of_a_node_is_one(tmp_path: Path) -> None:
    rows = [result("T01", visit, size, test="LPERP") for visit, size in ((1, "18"), (2, "9"))]
    case = read(tmp_path, [lesion("T01", loc="NECK")], rows)
    assert points(case)[0].target_response == "CR"
    assert any("T01 is taken as a lymph node" in note for note in case.notes)


def test_two_lesions_of_baseline_with_like_names_stay_two(tmp_path: Path) -> None:
    rows = [result(name, visit, "20") for visit in (1, 2) for name in ("T1", "T1.1")]
    case = read(tmp_path, [lesion("T1"), lesion("T1.1")], rows)
    assert points(case)[0].sum_mm == 40.0


def test_a_split_lesion_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    for identified in (
        [lesion("T01.1", visit=2, test="TUSPLIT"), lesion("T01.2", visit=2, test="TUSPLIT")],
        [lesion("TX", visit=2, test="TUSPLIT", group="T01"), lesion("T01b", visit=2, test="TUSPLIT")],
        [lesion("T01.1", visit=2), lesion("T01.2", visit=2)],  # identified again instead
        [],  # told by the names alone
    ):
        names = [row.split(",")[1] for row in identified] or ["T01.1", "T01.2"]
        rows = [result("T01", 1, "40"), *(result(name, 2, "10") for name in names)]
        case = read(tmp_path, [lesion("T01"), *identified], [*rows, result(names[0], 3, "10")])
        first, second = points(case)
        assert (first.sum_mm, first.response) == (20.0, "PR")
        assert (second.sum_mm, second.not_measured) == (None, (names[1],))


@pytest.mark.parametrize(
    ("identified", "measured"),
    [
        ([lesion("T01/T02", visit=2, test="TUMERGE")], [result("T01/T02", 2, "45")]),
        ([lesion("T02", "T01", visit=2, test="TUMERGE")], [result("T01", 2, "45")]),
        ([lesion("T02", "T01", visit=2, test="TUMERGE")], [result("T02", 2, "45")]),
        ([lesion("M1", "T01/T02", visit=2, test="TUMERGE")], [result("M1", 2, "45")]),
        (
            [lesion(name, "MERGED", visit=2, test="TUMERGE") for name in ("T01", "T02")],
            [result("T01", 2, "45"), result("T02", 2, "", stat="NOT DONE")],
        ),
        ([lesion("T01/T02", visit=2)], [result("T01/T02", 2, "45")]),
        ([], [result("T01/T02", 2, "45")]),
    ],
)
def test_merged_lesions_count_once(tmp_path: Path, identified: list[str], measured: list[str]) -> None:
    rows = [result(name, 1, "20") for name in ("T01", "T02", "T03")]
    case = read(
        tmp_path,
        [lesion(name) for name in ("T01", "T02", "T03")] + identified,
        [*rows, *measured, result("T03", 2, "20")],
    )
    assert case.faults == ()
    (point,) = points(case)
    assert (point.sum_mm, point.not_measured) == (65.0, ())


def test_a_merger_does_not_excuse_an_earlier_or_another_gap(tmp_path: Path) -> None:
    rows = [result(name, 1, "20") for name in ("T01", "T02")]
    rows += [result("T01", 2, "20"), result("T01", 3, "45"), result("T02", 4, "", stat="NOT DONE")]
    identified = [lesion("T01"), lesion("T02"), lesion("T02", "T01", visit=3, test="TUMERGE")]
    found = [(point.sum_mm, point.not_measured) for point in points(read(tmp_path, identified, rows))]
    assert found == [(None, ("T02",)), (45.0, ()), (None, ("T01", "T02"))]


def test_new_lesions_come_from_tu_or_tr(tmp_path: Path) -> None:
    base = [result("T01", visit, "20") for visit in (1, 2, 3)]
    for identified, more in (
        ([lesion("NEW01", "NEW", visit=2)], []),
        ([lesion("X", "NEW LESION", visit=2)], [result("X", 2, "4")]),
        ([], [result("NEW01", 2, "PRESENT", test="TUMSTATE", group="NEW")]),
    ):
        found = points(read(tmp_path, [lesion("T01"), *identified], [*base, *more]))
        assert [point.response for point in found] == ["PD", "PD"]
        assert [point.target_response for point in found] == ["SD", "SD"]


def test_an_equivocal_lesion_waits_for_a_record_that_it_is_new(tmp_path: Path) -> None:
    base = [result("T01", visit, "20") for visit in (1, 2, 3, 4)]
    sizes = [result("NEW01", 2, "4"), result("NEW01", 3, "6")]
    tu = [lesion("T01"), lesion("NEW01", "EQUIVOCAL NEW", visit=2)]
    sure = result("NEW01", 4, "UNEQUIVOCAL", test="TUMSTATE")
    found = points(read(tmp_path, tu, [*base, *sizes, sure]))
    assert [point.response for point in found] == ["SD", "SD", "PD"]
    again = points(read(tmp_path, [*tu, lesion("NEW01", "NEW", visit=3)], [*base, *sizes]))
    assert [point.response for point in again] == ["SD", "PD", "PD"]
    by_state = [result("NEW01", 2, "EQUIVOCAL", test="TUMSTATE", group="NEW")]
    assert [point.response for point in points(read(tmp_path, [lesion("T01")], [*base, *by_state]))][:2] == [
        "SD",
        "SD",
    ]


def test_the_states_of_other_lesions(tmp_path: Path) -> None:
    states = ("PRESENT", "ABSENT", "Non-CR/Non-PD", "NOT EVALUABLE", "UNEQUIVOCAL PROGRESSION")
    for state, response in zip(states[1:], ("CR", "NON-CR/NON-PD", "NE", "PD"), strict=True):
        rows = [result("NT01", 1, states[0], test="TUMSTATE"), result("NT01", 2, state, test="TUMSTATE")]
        case = read(tmp_path, [lesion("NT01", "NON-TARGET")], rows)
        assert [point.non_target_response for point in points(case)] == [response]


def test_rows_in_any_order_and_visits_by_date(tmp_path: Path) -> None:
    rows = [
        result("T01", 3, "30"),
        result("T01", 1, "20"),
        result("T01", 4, "20", date="2024-03-01"),  # an unscheduled visit with a high number
        result("T01", 2, "20"),
    ]
    case = read(tmp_path, [lesion("T01")], rows)
    assert [visit.label for visit in case.visits] == ["V1", "V2", "V4", "V3"]
    assert any("the dates are followed" in note for note in case.notes)
    assert [point.response for point in points(case)] == ["SD", "SD", "PD"]


def test_a_baseline_of_several_days_and_dates_known_in_part(tmp_path: Path) -> None:
    rows = [
        result("T01", 1, "20", date="2024-01-03T09:15"),
        result("T02", 1, "20", date="2024-01-01"),
        result("T01", 2, "10", date="2024-02"),
        result("T02", 2, "10", date="2024-02"),
    ]
    case = read(tmp_path, [lesion("T01"), lesion("T02")], rows)
    first, second = case.visits
    assert (first.on.isoformat(), first.until and first.until.isoformat()) == ("2024-01-01", "2024-01-03")
    assert (str(second.when), points(case)[0].response) == ("2024-02", "PR")


def test_a_visit_that_was_not_done_needs_no_date(tmp_path: Path) -> None:
    rows = [result("T01", 1, "20"), result("T01", 2, "", stat="NOT DONE", date=""), result("T01", 3, "20")]
    case = read(tmp_path, [lesion("T01")], rows)
    assert [(point.label, point.response, point.undated) for point in points(case)] == [
        ("V2", "NE", True),
        ("V3", "SD", False),
    ]
    assert case.faults == ()
    case = read(tmp_path, [lesion("T01")], [*rows, result("T01", 4, "20", date="")])
    assert "V4 has no date in any record" in case.faults[0]


def test_visits_of_one_name_stay_apart(tmp_path: Path) -> None:
    rows = [result("T01", 1, "20"), result("T01", 2, "20", accepted="Y"), result("T01", 3, "30")]
    rows = [row.replace(",V2,", ",UNSCHEDULED,").replace(",V3,", ",UNSCHEDULED,") for row in rows]
    case = read(tmp_path, [lesion("T01")], rows)
    assert [point.response for point in points(case)] == ["SD", "PD"]
    assert case.accepted == {("UNSCHEDULED", 2.0)}


def test_readers_are_judged_apart(tmp_path: Path) -> None:
    tu = [lesion("T01", reader=reader) for reader in ("", "RADIOLOGIST 1")]
    tr = [result("T01", 1, "20"), result("T01", 1, "22", reader="RADIOLOGIST 1")]
    cases = read_tumour_files(*write(tmp_path, tu, tr))
    assert [(case.reader, case.visits[0].measurements[0].longest_mm) for case in cases] == [
        ("INVESTIGATOR", 20.0),
        ("RADIOLOGIST 1", 22.0),
    ]


def test_of_two_results_the_accepted_one_counts_or_none(tmp_path: Path) -> None:
    twice = [result("T01", 2, "30"), result("T01", 2, "10", accepted="Y")]
    case = read(tmp_path, [lesion("T01")], [result("T01", 1, "20"), *twice])
    assert (points(case)[0].sum_mm, case.faults) == (10.0, ())
    assert any("the accepted record is used" in note for note in case.notes)
    twice = [result("T01", 2, "30"), result("T01", 2, "10")]
    case = read(tmp_path, [lesion("T01")], [result("T01", 1, "20"), *twice])
    assert points(case)[0].response == "NE"
    assert "rows 3 and 4 of 'tr.csv' give lesion 'T01' different results" in case.faults[0]


def test_sums_of_the_file_are_kept_apart(tmp_path: Path) -> None:
    rows = [result("T01", 1, "20"), result("", 1, "25", test="SUMDIAM", group="TARGET")]
    case = read(tmp_path, [lesion("T01")], rows)
    assert case.stated_sums_mm == {("V1", 1.0): 25.0}
    assert assess_response(case.lesions, case.visits).baseline_sum_mm == 20.0


def test_a_role_that_changes_and_a_lesion_without_role_are_refused(tmp_path: Path) -> None:
    tu = [lesion("T01"), lesion("T01", "NON-TARGET", visit=2), lesion("X", "CYST")]
    case = read(tmp_path, tu, [result("T01", 1, "20")])
    assert "row 3 of 'tu.csv' calls lesion 'T01' non-target, an earlier row target" in case.faults[0]
    assert "row 4 of 'tu.csv' identifies lesion 'X' as 'CYST'" in case.faults[1]


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    tu, tr = write(tmp_path, [lesion("T01")], [])
    with pytest.raises(TableError, match="no column 'trlnkid'"):
        read_tumour_files(tu, tu)
    assert read_tumour_files(tu, tr)[0].visits == ()
