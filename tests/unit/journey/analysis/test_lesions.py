"""Implanted lesions gathered from a register of made-up patients."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from tests.unit.journey.analysis.made_up_clinics import image, patient, set_of

from seedbed.cohort.lesions import Lesions
from seedbed.journey.analysis.batches import ImageQuestion
from seedbed.patient.records import Implantation, LesionRecord, Measurement, Record, partial

DAYS_A_MONTH = 365.25 / 12


def session(number: int, on: str = "2024-01-10", *, lesion: str = "T1", name: str = "S-1", **given) -> Record:
    return Implantation(patient_id=name, implant="1", session=number, lesion=lesion, on=partial(on), **given)


def lesion(name: str = "T1", **given) -> Record:
    return LesionRecord(patient_id="S-1", lesion=name, role="target", **given)


def lesions_of(*records: Record, **given) -> Lesions:
    people = [each for each in patient() if each.KIND == "patient"]
    named = [] if any(each.KIND == "lesion" for each in records) else [lesion()]
    return set_of(*people, *named, *records, **given).lesions


def months(day: str, since: str = "2024-01-10") -> float:
    return (date.fromisoformat(day) - date.fromisoformat(since)).days / DAYS_A_MONTH


def test_dose_seeds_and_prescription_are_those_of_the_sessions_of_the_lesion() -> None:
    found = lesions_of(
        lesion(),
        lesion("T2"),
        session(1, d90_gy=118.0, seeds_implanted=30, prescription_gy=120.0),
        session(2, "2024-02-10", d90_gy=110.0, seeds_implanted=4),
        session(1, lesion="T2", d90_gy=90.0, prescription_gy=100.0),
    )
    assert found.names == ("T1", "T2")
    assert found.patients.tolist() == [0, 0]
    assert found.d90_gy.tolist() == [110.0, 90.0]
    assert found.prescription_gy.tolist() == [120.0, 100.0]
    assert found.seeds[0] == 34
    assert np.isnan(found.seeds[1])
    assert found.sources[0][:2] == ("implantation S-1, 1, 1, T1", "implantation S-1, 1, 2, T1")


def test_volume_and_reduction_are_counted_from_the_implant_of_the_lesion() -> None:
    """A second lesion is implanted eight months after the first: its volume before is that of then."""
    found = lesions_of(
        lesion(),
        lesion("T2"),
        session(1),
        session(2, "2024-09-10", lesion="T2"),
        *(image(on, size) for on, size in (("2024-01-05", 20.0), ("2024-07-10", 10.0), ("2025-01-10", 5.0))),
        *(
            image(on, size, lesion="T2")
            for on, size in (
                ("2024-01-05", 20.0),
                ("2024-09-01", 40.0),
                ("2025-03-08", 20.0),
                ("2025-09-09", 0.0),
            )
        ),
    )
    assert found.volume_cc == pytest.approx([np.pi * 20**3 / 6000, np.pi * 40**3 / 6000])
    assert found.vrr_6_pct == pytest.approx([100 * (1 - 0.5**3)] * 2)
    assert found.vrr_12_pct == pytest.approx([100 * (1 - 0.25**3), 100.0])
    assert found.implant_days.tolist() == [0, (date(2024, 9, 10) - date(2024, 1, 10)).days]


@pytest.mark.parametrize(
    ("sizes", "ends", "grown"),
    [
        ([30.0, 20.0, 25.0], "2025-01-10", True),
        ([30.0, 20.0, 24.9], "2025-01-10", False),
        ([60.0, 50.0, 55.0], "2025-01-10", False),
        ([60.0, 50.0, 60.0], "2025-01-10", True),
        ([30.0, 36.0, 10.0], "2024-07-10", True),
        ([30.0, 0.0, 3.0], "2025-01-10", True),
        ([30.0, 25.0, 25.0], "2025-01-10", False),
    ],
)
def test_growth_is_20_percent_and_5_mm_over_the_smallest_or_coming_back(
    sizes: list[float], ends: str, grown: bool
) -> None:
    days = ("2024-01-05", "2024-07-10", "2025-01-10")
    found = lesions_of(session(1), *(image(day, size) for day, size in zip(days, sizes, strict=True)))
    assert found.grown.tolist() == [grown]
    assert found.control_months == pytest.approx([months(ends)])
    assert f"measurement S-1, T1, {ends}" in found.sources[0]


def measured(on: str, **given) -> Record:
    return Measurement(patient_id="S-1", lesion="T1", on=partial(on), **given)


@pytest.mark.parametrize(
    ("looks", "grown"),
    [
        ([{"short_axis_mm": 20.0}, {"short_axis_mm": 4.0}, {"short_axis_mm": 9.0}], False),
        ([{"short_axis_mm": 20.0}, {"short_axis_mm": 4.0}, {"short_axis_mm": 10.0}], True),
        ([{"short_axis_mm": 20.0}, {"state": "absent"}, {"short_axis_mm": 9.9}], False),
    ],
)
def test_a_lymph_node_is_judged_by_its_short_axis_from_10_mm_on(
    looks: Sequence[dict[str, float]], grown: bool
) -> None:
    days = ("2024-01-05", "2024-07-10", "2025-01-10")
    images = [measured(day, **look) for day, look in zip(days, looks, strict=True)]
    found = lesions_of(lesion(is_lymph_node=True), session(1), *images)
    assert found.grown.tolist() == [grown]


def test_states_of_a_lesion_without_diameters() -> None:
    first = image("2024-01-05", 20.0)
    said = lesions_of(session(1), first, measured("2024-07-10", state="unequivocal progression"))
    assert said.grown.tolist() == [True]
    back = lesions_of(
        session(1), first, measured("2024-07-10", state="absent"), measured("2025-01-10", state="present")
    )
    assert back.grown.tolist() == [True]
    assert back.vrr_6_pct.tolist() == [100.0]
    small = lesions_of(session(1), image("2024-01-05", 9.0), measured("2024-07-10", state="too small"))
    assert small.grown.tolist() == [False]
    none = lesions_of(session(1), first, measured("2024-07-10", state="not evaluable"))
    assert np.isnan(none.control_months).all()


def test_without_an_image_before_or_after_nothing_is_judged_and_that_is_told() -> None:
    later = lesions_of(session(1), image("2024-07-10", 20.0), image("2025-01-10", 40.0))
    assert np.isnan([later.volume_cc[0], later.vrr_6_pct[0], later.control_months[0]]).all()
    assert later.plain()["grown"] == [None]
    assert any("without an image before the implant" in note for note in later.notes)
    only = lesions_of(session(1), image("2024-01-05", 20.0))
    assert only.volume_cc[0] > 0
    assert np.isnan(only.control_months[0])
    assert any("growth cannot be judged" in note for note in only.notes)


def test_nothing_after_the_day_of_the_analysis_is_looked_at() -> None:
    records = (
        session(1, d90_gy=100.0, verified_on=partial("2024-02-01")),
        session(2, "2024-08-01", d90_gy=70.0, verified_on=partial("2024-09-01")),
        image("2024-01-05", 20.0),
        image("2024-07-10", 20.0),
        image("2025-01-10", 40.0),
    )
    early = lesions_of(*records, on=date(2024, 8, 15))
    assert (early.d90_gy[0], early.grown[0]) == (100.0, False)
    assert early.control_months == pytest.approx([months("2024-07-10")])
    late = lesions_of(*records)
    assert (late.d90_gy[0], late.grown[0]) == (70.0, True)


def test_a_session_without_a_lesion_is_that_of_the_one_that_is_marked() -> None:
    marked = lesions_of(lesion(implanted=True), lesion("T2"), session(1, lesion="", d90_gy=99.0))
    assert (marked.names, marked.d90_gy.tolist()) == (("T1",), [99.0])
    for others in ({"implanted": True}, {}):
        open_ = lesions_of(lesion(**others), lesion("T2", **others), session(1, lesion="", d90_gy=99.0))
        assert len(open_) == 0
        assert "name no lesion" in open_.notes[0]


def test_images_of_one_reader_count() -> None:
    records = [session(1)]
    for reader, factor in (("one", 1.0), ("two", 2.0)):
        for day in ("2024-01-05", "2024-07-10"):
            records.append(image(day, factor * (20.0 if day < "2024-02" else 15.0), reader=reader))
    found = lesions_of(*records, images=ImageQuestion(reader="two"))
    assert found.volume_cc == pytest.approx([np.pi * 40**3 / 6000])
    assert "by another reader are not counted: 1 patient (S-1)" in found.notes[0]


def test_patients_without_a_group_are_left_out_and_rows_follow() -> None:
    data = set_of(
        *patient("S-1", arm="A"),
        *[each for each in patient("S-2", arm="B") if each.KIND != "implantation"],
        session(1, name="S-2", d90_gy=111.0),
    )
    assert [data.patients[row] for row in data.lesions.patients] == ["S-2"]
    assert data.lesions.d90_gy.tolist() == [111.0]
