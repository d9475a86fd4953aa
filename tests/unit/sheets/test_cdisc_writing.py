"""What is written as CDISC tumour records and read back is the same."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.patient import Lesion, LesionMeasurement, LesionState, PartialDate, Visit
from seedbed.response import assess_response
from seedbed.sheets.cdisc_tumour import TumourCase, read_tumour_files
from seedbed.sheets.cdisc_writing import write_tumour_files

DAY = date(2024, 1, 1)
LESIONS = (
    Lesion("N1", is_lymph_node=True, location="LYMPH NODE", organ="LYMPH NODE", method="CT SCAN"),
    Lesion("NEW1", role="new"),
    Lesion("NT1", role="non-target", location="BONE", organ="BONE"),
    Lesion("T1", location="LUNG", organ="LUNG", slice_thickness_mm=2.5, previously_irradiated=True),
    Lesion("T1.1", location="LUNG", organ="LUNG", part_of="T1"),
    Lesion("T1.2", location="LUNG", organ="LUNG", part_of="T1"),
    Lesion("T2"),
    Lesion("T2/T3", merged_from=("T2", "T3")),
    Lesion("T3"),
)


def measured(visit: int, **found: float | tuple[float, float] | LesionState) -> Visit:
    on = DAY + timedelta(days=60 * visit)
    rows = []
    for name, what in found.items():
        lesion = name.replace("_", ".").replace("II", "/")
        if isinstance(what, str):
            rows.append(LesionMeasurement(lesion=lesion, on=on, state=what))
        else:
            longest, short = what if isinstance(what, tuple) else (what, None)
            rows.append(LesionMeasurement(lesion=lesion, on=on, longest_mm=longest, short_axis_mm=short))
    rows.sort(key=lambda each: each.lesion)
    return Visit(on=on, measurements=tuple(rows), label=f"V{visit}", number=float(visit))


def case(*visits: Visit, reader: str = "RADIOLOGIST 1") -> TumourCase:
    return TumourCase(
        study="SYNTHETIC",
        subject="01",
        reader=reader,
        evaluator="INDEPENDENT ASSESSOR" if reader != "INVESTIGATOR" else reader,
        lesions=LESIONS,
        visits=visits,
        accepted=frozenset({visits[1].name}),
        stated_sums_mm={},
    )


def read_back(folder: Path, *cases: TumourCase) -> tuple[TumourCase, ...]:
    histories = {(each.subject, each.reader): assess_response(each.lesions, each.visits) for each in cases}
    written = write_tumour_files(folder, cases, histories)
    return read_tumour_files(written.tu, written.tr)


BASELINE = measured(0, N1=(20.0, 16.25), NT1="present", T1=30.0, T2=20.1, T3=12.0)


def test_split_merged_new_and_all_states_come_back(tmp_path: Path) -> None:
    later = measured(1, N1=(9.0, 6.0), NT1="absent", T1_1=8.0, T1_2="too small", T2IIT3=40.0)
    last = measured(
        2,
        N1="not evaluable",
        NEW1="equivocal",
        NT1="unequivocal progression",
        T1_1=0.0,
        T1_2=3.2,
        T2IIT3=41.0,
    )
    cases = (case(BASELINE, later, last), case(BASELINE, later, last, reader="INVESTIGATOR"))
    assert read_back(tmp_path, *cases) == cases


def test_a_lesion_contained_in_another_and_a_date_known_in_part_come_back(tmp_path: Path) -> None:
    stated = PartialDate("2024-03")
    rows = [
        LesionMeasurement(lesion=name, on=stated.earliest, longest_mm=30.0, short_axis_mm=12.0)
        for name in ("N1", "T1", "T2")
    ]
    inside = LesionMeasurement(lesion="T3", on=stated.earliest, state="present", merged_into="T2")
    partial = Visit(on=stated.earliest, stated=stated, measurements=(*rows, inside), label="V1", number=1.0)
    whole = case(BASELINE, partial)
    kept = [each for each in LESIONS if each.is_whole and each.role != "new"]
    whole = TumourCase(**{**vars(whole), "lesions": tuple(kept)})
    assert read_back(tmp_path, whole) == (whole,)


SIZES = st.floats(0, 200, allow_nan=False).map(lambda size: round(size, 3))


@settings(max_examples=25)
@given(st.lists(st.tuples(SIZES, SIZES, SIZES), min_size=1, max_size=4))
def test_sizes_come_back_to_the_digit(later: list[tuple[float, float, float]]) -> None:
    visits = [measured(number, T1=a, T2=b, T3=c) for number, (a, b, c) in enumerate(later, start=1)]
    first = case(measured(0, N1=(20.0, 16.25), T1=30.0, T2=20.1, T3=12.0), *visits)
    kept = tuple(each for each in LESIONS if each.is_target and each.is_whole)
    whole = TumourCase(**{**vars(first), "lesions": kept})
    with TemporaryDirectory() as folder:
        assert read_back(Path(folder), whole) == (whole,)


def test_responses_are_written_by_visit(tmp_path: Path) -> None:
    later = measured(1, N1=(9.0, 6.0), NT1="present", T1=10.0, T2=0.0, T3=0.0)
    read_back(tmp_path, case(BASELINE, later))
    with (tmp_path / "rs.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["RSTESTCD"], row["RSSTRESC"], row["RSACPTFL"]) for row in csv.DictReader(file)]
    assert rows == [("TRGRESP", "PR", "Y"), ("NTRGRESP", "NON-CR/NON-PD", "Y"), ("OVRLRESP", "PR", "Y")]


def test_a_new_lesion_is_identified_where_it_was_first_seen(tmp_path: Path) -> None:
    visits = (measured(0, T1=30.0, NEW1="absent"), measured(1, T1=30.0, NEW1="present"))
    lesions = (Lesion("NEW1", role="new"), Lesion("NEW2", role="new"), Lesion("T1"))
    plain = replace(case(*visits), lesions=lesions)
    written = write_tumour_files(tmp_path, [plain], {})
    rows = list(csv.DictReader(written.tu.read_text(encoding="utf-8").splitlines()))
    # NEW2 was never seen: no record identifies it
    assert [(row["TULNKID"], row["TUDTC"]) for row in rows] == [("NEW1", "2024-03-01"), ("T1", "2024-01-01")]
    (back,) = read_tumour_files(written.tu, written.tr)
    ours, theirs = (assess_response(each.lesions, each.visits) for each in (plain, back))
    assert (
        [each.response for each in theirs.timepoints] == [each.response for each in ours.timepoints] == ["PD"]
    )


def test_a_node_stays_a_node_and_diameters_of_the_volume_are_not_lost(tmp_path: Path) -> None:
    lesions = (Lesion("N1", is_lymph_node=True, location="neck, level IV"), Lesion("T1", location="lung"))
    node = LesionMeasurement(lesion="N1", on=DAY, short_axis_mm=16.0)
    three = LesionMeasurement(lesion="T1", on=DAY, ap_mm=10.0, cc_mm=25.0, transverse_mm=14.0)
    first = Visit(on=DAY, measurements=(node, three), label="V0", number=0.0)
    plain = replace(case(first, measured(1, N1="absent", T1=20.0)), lesions=lesions)
    (back,) = read_back(tmp_path, plain)
    assert [lesion.is_lymph_node for lesion in back.lesions] == [True, False]
    # 16 mm of the node and 25 mm, the largest of the three, at baseline
    assert assess_response(back.lesions, back.visits).baseline_sum_mm == 41.0
