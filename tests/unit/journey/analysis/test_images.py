"""Response and volume at the visits, from images."""

from datetime import date
from math import pi

import pytest
from tests.unit.journey.analysis.made_up_clinics import image, patient, set_of

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.errors import InputError
from seedbed.journey.analysis.batches import ImageQuestion
from seedbed.patient.records import LesionRecord, Measurement, Progression, partial

BEFORE, MONTH_6, MONTH_12 = "2024-01-05", "2024-07-10", "2025-01-10"


def values(data, name: str):
    return data.column(name).plain()[0]


def test_volume_reduction_and_response() -> None:
    data = set_of(*patient(), image(BEFORE, 40), image(MONTH_6, 20), image(MONTH_12, 28))
    assert values(data, "volume_0") == pytest.approx(pi * 64 / 6)
    assert values(data, "vrr_6") == pytest.approx(87.5)
    assert values(data, "vrr_12") == pytest.approx(100 * (1 - 0.7**3))
    assert (values(data, "response_6"), values(data, "response_12")) == ("PR", "PD")
    assert data.column("vrr_6").sources == [
        (f"measurement S-1, T1, {BEFORE}", f"measurement S-1, T1, {MONTH_6}")
    ]


def test_the_latest_image_before_treatment_is_baseline() -> None:
    data = set_of(*patient(), image("2023-06-01", 80), image(BEFORE, 40), image(MONTH_6, 40))
    assert (values(data, "vrr_6"), values(data, "response_6")) == (0.0, "SD")


def test_without_an_image_before_treatment_nothing_is_compared() -> None:
    data = set_of(*patient(), image("2024-03-10", 40), image(MONTH_6, 10))
    assert values(data, "response_6") is None
    assert values(data, "vrr_6") is None
    assert values(data, "volume_6") == pytest.approx(pi / 6)
    (note,) = data.notes
    assert note == (
        "No response, no image before treatment, so that nothing can be compared with it: 1 patient (S-1)"
    )


def test_all_targets_count_and_all_must_be_measured() -> None:
    second = LesionRecord(patient_id="S-1", lesion="T2", role="target")
    both = [image(BEFORE, 20), image(BEFORE, 40, lesion="T2"), image(MONTH_6, 10)]
    assert values(set_of(*patient(), second, *both), "volume_0") == pytest.approx(pi * (8 + 64) / 6)
    assert values(set_of(*patient(), second, *both), "vrr_6") is None
    gone = Measurement(patient_id="S-1", lesion="T2", on=partial(MONTH_6), state="absent")
    assert values(set_of(*patient(), second, *both, gone), "volume_6") == pytest.approx(pi / 6)


def test_late_visits_count_and_are_told_or_are_left_out_by_the_rule() -> None:
    records = [*patient(), image(BEFORE, 40), image("2024-08-20", 20)]
    late = set_of(*records)
    assert values(late, "response_6") == "PR"
    assert late.column("response_6").notes == ("1 outside the window of the visit are counted",)
    rules = analysis_rules()
    strict = rules.model_copy(
        update={"visits": rules.visits.model_copy(update={"outside_window": "leave out"})}
    )
    assert values(set_of(*records, rules=strict), "response_6") is None


def test_of_two_readers_one_must_be_named() -> None:
    records = [
        *patient(),
        *(image(on, size, reader="one") for on, size in ((BEFORE, 40), (MONTH_6, 20))),
        *(image(on, size, reader="two") for on, size in ((BEFORE, 40), (MONTH_6, 40))),
    ]
    with pytest.raises(InputError, match=r"S-1 were measured by 2 readers.*'one', 'two'.*--reader"):
        set_of(*records)
    for reader, response in (("one", "PR"), ("two", "SD")):
        assert values(set_of(*records, images=ImageQuestion(reader=reader)), "response_6") == response


def test_images_of_later_years_do_not_change_month_12() -> None:
    records = [*patient(), image(BEFORE, 40), image(MONTH_12, 40)]
    later = [image(f"{2025 + at // 12}-{1 + at % 12:02}-28", 10 + at) for at in range(5, 11)]
    one, other = set_of(*records), set_of(*records, *later)
    assert values(one, "response_12") == values(other, "response_12") == "SD"
    assert values(one, "vrr_12") == values(other, "vrr_12") == 0.0


def test_what_the_images_show_and_no_record_says_is_told() -> None:
    records = [*patient(), image(BEFORE, 40), image(MONTH_6, 60)]
    (note,) = set_of(*records).notes
    assert note.startswith("Progression by the images and no record of it")
    assert note.endswith("1 patient (S-1)")
    recorded = Progression(patient_id="S-1", on=partial(MONTH_6), where="local")
    assert set_of(*records, recorded).notes == ()


def test_a_lesion_without_a_role_is_told() -> None:
    lesion = LesionRecord(patient_id="S-1", lesion="X 1")
    (note,) = set_of(*patient(), lesion, image(BEFORE, 40)).notes
    assert note == "A lesion has no role; it is no target: 1 patient (S-1)"


def test_progression_stays_unless_the_rule_says_otherwise() -> None:
    records = [*patient(), image(BEFORE, 40), image("2024-03-10", 60), image(MONTH_6, 20)]
    assert values(set_of(*records), "response_6") == "PD"
    rules = analysis_rules()
    judged = rules.progressed.model_copy(update={"later_response": "as judged"})
    assert (
        values(set_of(*records, rules=rules.model_copy(update={"progressed": judged})), "response_6") == "PR"
    )


def test_a_new_lesion_after_the_day_of_the_analysis_is_not_known() -> None:
    new = LesionRecord(patient_id="S-1", lesion="N1", role="new", seen_on=partial("2024-07-12"))
    records = [*patient(), new, image(BEFORE, 40)]
    seen = set_of(*records, on=date(2024, 7, 12)).column("response_6")
    assert (seen.plain(), seen.sources) == (["PD"], [("lesion S-1, N1",)])
    assert values(set_of(*records, on=date(2024, 7, 11)), "response_6") is None
