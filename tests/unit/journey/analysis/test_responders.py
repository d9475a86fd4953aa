"""Best response, time to response and its duration, and the course of the diameters."""

import math

import pytest
from tests.unit.journey.analysis.made_up_clinics import image, patient, set_of

from seedbed.journey.analysis.batches import ImageQuestion
from seedbed.patient.records import Death, LesionRecord, Measurement, Progression, VisitRecord, partial

A_MONTH = 365.25 / 12
BEFORE, MONTH_2, MONTH_6, MONTH_12 = "2024-01-05", "2024-03-10", "2024-07-10", "2025-01-10"
FROM_START, TO_THE_END = 60, 306
"""Days from the implant on 2024-01-10 to month 2, and from month 2 to month 12, by the calendar."""
RESPONDED = [image(BEFORE, 40), image(MONTH_2, 20), image(MONTH_6, 18)]


def said(data, name: str):
    return data.column(name).plain()[0]


def test_a_confirmed_response_counts_from_its_first_images_until_progression() -> None:
    data = set_of(*patient(), *RESPONDED, image(MONTH_12, 30))
    assert (said(data, "best_response"), said(data, "dor_event")) == ("PR", "yes")
    assert said(data, "ttr_months") == pytest.approx(FROM_START / A_MONTH)
    assert said(data, "dor_months") == pytest.approx(TO_THE_END / A_MONTH)
    names = [f"measurement S-1, T1, {on}" for on in (BEFORE, MONTH_2, MONTH_12)]
    assert data.column("best_response").sources == [(names[0], names[1])]
    assert data.column("dor_months").sources == [(names[1], names[2])]


def test_a_response_that_goes_on_is_censored_at_the_last_images_that_could_be_evaluated() -> None:
    blurred = Measurement(patient_id="S-1", lesion="T1", on=partial("2025-07-10"), state="not evaluable")
    data = set_of(*patient(), *RESPONDED, image(MONTH_12, 18), blurred)
    assert said(data, "dor_months") == pytest.approx(TO_THE_END / A_MONTH)
    assert said(data, "dor_event") == "no"
    found = data.courses.diameters_mm
    assert found.days.tolist() == [-5, 60, 182, 366, 547]
    assert found.values.tolist()[:4] == [40, 20, 18, 18]
    assert math.isnan(found.values[4])
    assert found.words.tolist() == ["", "PR", "PR", "PR", "NE"]


@pytest.mark.parametrize(
    ("ended", "source"),
    [
        (Death(patient_id="S-1", on=partial(MONTH_12)), "death S-1"),
        (
            Progression(patient_id="S-1", on=partial(MONTH_12), where="distant"),
            f"progression S-1, {MONTH_12}",
        ),
    ],
)
def test_death_and_progression_on_record_end_a_response(ended, source: str) -> None:
    data = set_of(*patient(), *RESPONDED, ended)
    assert said(data, "dor_months") == pytest.approx(TO_THE_END / A_MONTH)
    assert said(data, "dor_event") == "yes"
    assert data.column("dor_event").sources == [(f"measurement S-1, T1, {MONTH_2}", source)]


def decided(data, name: str) -> list[list[object]]:
    return [row for row in data.courses.endpoints.rows(data.patients) if row[1] == name]


def test_what_decided_response_and_its_duration_is_told_as_the_columns_have_it() -> None:
    data = set_of(*patient(), *RESPONDED, image(MONTH_12, 30))
    names = [f"measurement S-1, T1, {on}" for on in (MONTH_2, MONTH_6, MONTH_12)]
    assert decided(data, "ttr") == [
        [
            *("S-1", "ttr", "2024-01-10", MONTH_2, FROM_START, said(data, "ttr_months")),
            *("yes", "PR, confirmed", f"{names[0]}; {names[1]}", "yes"),
        ]
    ]
    assert decided(data, "dor") == [
        [
            *("S-1", "dor", MONTH_2, MONTH_12, TO_THE_END, said(data, "dor_months")),
            *("yes", "progression", names[2], "yes"),
        ]
    ]


def test_images_too_soon_to_confirm_are_passed_over() -> None:
    """Four weeks after 2024-03-10 are 2024-04-07."""
    soon, late = image("2024-04-06", 20), image("2024-04-07", 20)
    data = set_of(*patient(), image(BEFORE, 40), image(MONTH_2, 20), soon, late)
    (row,) = decided(data, "ttr")
    assert row[8] == "measurement S-1, T1, 2024-03-10; measurement S-1, T1, 2024-04-07"


def test_censored_times_end_at_the_last_images_that_could_be_evaluated() -> None:
    blurred = Measurement(patient_id="S-1", lesion="T1", on=partial("2025-07-10"), state="not evaluable")
    last = f"measurement S-1, T1, {MONTH_12}"
    data = set_of(*patient(), *RESPONDED, image(MONTH_12, 18), blurred)
    (row,) = decided(data, "dor")
    assert row[3:] == [
        *(MONTH_12, TO_THE_END, said(data, "dor_months"), "no", "response going on when last assessed"),
        *(last, "yes"),
    ]
    nobody = set_of(*patient(), image(BEFORE, 40), image(MONTH_12, 40), blurred)
    (row,) = decided(nobody, "ttr")
    assert row[2:5] == ["2024-01-10", MONTH_12, 366]  # 2024 has a 29th of February
    assert row[6:] == ["no", "no response when last assessed", last, "yes"]
    assert decided(nobody, "dor") == []
    assert said(nobody, "ttr_months") is None


def test_who_was_never_assessed_is_censored_on_the_first_day() -> None:
    """Two patients, of whom the second responded."""
    data = set_of(*patient("S-0"), *patient(), *RESPONDED)
    first, second = decided(data, "ttr")
    assert first[:5] == ["S-0", "ttr", "2024-01-10", "2024-01-10", 0]
    assert first[6:] == ["no", "response not assessed", "", "yes"]
    assert second[7] == "PR, confirmed"
    assert [row[0] for row in decided(data, "dor")] == ["S-1"]


def test_a_death_known_in_part_ends_a_response_not_before_the_last_visit() -> None:
    seen = VisitRecord(patient_id="S-1", on=partial(MONTH_12))
    data = set_of(*patient(), *RESPONDED, seen, Death(patient_id="S-1", on=partial("2025")))
    assert said(data, "dor_months") == pytest.approx(TO_THE_END / A_MONTH)
    (row,) = decided(data, "dor")
    assert row[3:5] == [MONTH_12, TO_THE_END]
    assert row[6:] == ["yes", "death", "death S-1", "no"]
    assert decided(data, "os")[0][3] == MONTH_12


def test_an_earlier_progression_on_record_ends_nothing_and_is_told() -> None:
    early = Progression(patient_id="S-1", on=partial("2024-02-10"), where="distant")
    data = set_of(*patient(), *RESPONDED, early)
    assert said(data, "dor_event") == "no"
    (note,) = data.column("dor_months").notes
    assert note.startswith("1 responder has an earlier progression on record")


def test_a_response_that_was_not_confirmed_is_none() -> None:
    data = set_of(*patient(), image(BEFORE, 40), image(MONTH_2, 20), image(MONTH_6, 30))
    assert said(data, "best_response") == "SD"
    assert said(data, "ttr_months") is said(data, "dor_months") is said(data, "dor_event") is None


def test_without_targets_no_class_is_made_up() -> None:
    other = LesionRecord(patient_id="S-1", lesion="N1", role="non-target")
    seen = [
        Measurement(patient_id="S-1", lesion="N1", on=partial(on), state="present")
        for on in (BEFORE, MONTH_2, MONTH_6)
    ]
    data = set_of(*(each for each in patient() if not isinstance(each, LesionRecord)), other, *seen)
    assert said(data, "best_response") is None
    assert any("1 patient without a target lesion" in note for note in data.column("best_response").notes)


def test_the_profile_decides() -> None:
    grown = [*patient(), image(BEFORE, 20), image(MONTH_2, 24), image(MONTH_6, 24)]
    assert said(set_of(*grown), "best_response") == "SD"  # 4 mm are fewer than 5
    assert said(set_of(*grown, images=ImageQuestion(profile="paper")), "best_response") == "PD"
