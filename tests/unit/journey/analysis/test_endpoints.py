"""Times to progression and death, with the records that decide."""

from datetime import date

import pytest
from tests.unit.journey.analysis.made_up_clinics import image, patient, set_of

from seedbed.cohort.endpoints import DAYS_A_MONTH
from seedbed.patient.records import Contact, Death, Progression, VisitRecord, partial

BEFORE = image("2024-01-05", 40)
LAST = Contact(patient_id="S-1", on=partial("2025-06-01"))


def found(data, name: str):
    months, event = data.column(f"{name}_months"), data.column(f"{name}_event")
    return months.plain()[0], event.plain()[0], months.sources[0]


def months_until(day: date) -> float:
    return (day - date(2024, 1, 10)).days / DAYS_A_MONTH


def test_censored_where_it_was_last_looked_for() -> None:
    data = set_of(*patient(), BEFORE, image("2024-07-10", 40), LAST)
    assert found(data, "lpfs") == (
        pytest.approx(months_until(date(2024, 7, 10))),
        "no",
        ("measurement S-1, T1, 2024-07-10",),
    )
    assert found(data, "os") == (
        pytest.approx(months_until(date(2025, 6, 1))),
        "no",
        ("contact S-1, 2025-06-01",),
    )


def test_distant_progression_is_no_local_event() -> None:
    seen = Progression(patient_id="S-1", on=partial("2024-07-10"), where="distant")
    data = set_of(*patient(), seen, LAST)
    assert found(data, "pfs")[1:] == ("yes", ("progression S-1, 2024-07-10",))
    assert found(data, "lpfs")[1] == "no"


def test_death_ends_all_and_a_partial_date_is_told() -> None:
    data = set_of(*patient(), Death(patient_id="S-1", on=partial("2025-03")), LAST)
    for name in ("lpfs", "pfs", "os"):
        assert found(data, name) == (
            pytest.approx(months_until(date(2025, 3, 1))),
            "yes",
            ("death S-1",),
        )
    (note,) = data.column("os_months").notes
    assert note == (
        "1 time rests on a date that is known in part, which counts from its first day, a death not "
        "before a day on which the patient is known to have been alive"
    )


def test_a_death_known_in_part_comes_after_the_last_visit() -> None:
    seen = VisitRecord(patient_id="S-1", on=partial("2025-03-09"))
    data = set_of(*patient(), seen, Death(patient_id="S-1", on=partial("2025")))
    for name in ("lpfs", "pfs", "os"):
        assert found(data, name) == (pytest.approx(months_until(date(2025, 3, 9))), "yes", ("death S-1",))
        assert decided(data)[name][1] == "2025-03-09"
    assert data.courses.happenings.days.tolist() == [0, (date(2025, 3, 9) - date(2024, 1, 10)).days]


@pytest.mark.parametrize(("images", "told"), [(["2024-07-10"], 1), (["2024-06-30", "2024-08-01"], 0)])
def test_a_progression_known_in_part_before_images_that_it_may_be_of_is_told(images, told: int) -> None:
    seen = Progression(patient_id="S-1", on=partial("2024-07"), where="local")
    data = set_of(*patient(), BEFORE, *[image(on, 40) for on in images], seen)
    assert found(data, "lpfs")[0] == pytest.approx(months_until(date(2024, 7, 1)))
    notes = data.column("lpfs_months").notes
    assert sum(note.startswith("1 of them end with a progression") for note in notes) == told


def test_a_progression_before_treatment_is_no_event() -> None:
    before = Progression(patient_id="S-1", on=partial("2023-11"), where="local")
    assert found(set_of(*patient(), before, LAST), "lpfs")[1] == "no"
    within = Progression(patient_id="S-1", on=partial("2024-01"), where="local")
    months, event, sources = found(set_of(*patient(), within, LAST), "lpfs")
    assert (months, event, sources) == (0.0, "yes", ("progression S-1, 2024-01",))


def test_nothing_after_the_day_is_known() -> None:
    records = [*patient(), LAST, Death(patient_id="S-1", on=partial("2025-08-01"))]
    assert found(set_of(*records, on=date(2025, 7, 1)), "os")[1] == "no"
    assert found(set_of(*records, on=date(2025, 8, 1)), "os")[1] == "yes"


def test_who_was_never_seen_again_has_no_time() -> None:
    assert found(set_of(*patient()), "os") == (0.0, "no", ())


def decided(data) -> dict[str, list[object]]:
    return {row[1]: row[2:] for row in data.courses.endpoints.rows(data.patients)}


def test_the_cause_is_what_came_first() -> None:
    local = Progression(patient_id="S-1", on=partial("2024-07-10"), where="local and distant")
    death = Death(patient_id="S-1", on=partial("2025-03-02"))
    causes = [
        set_of(*patient(), BEFORE, *records, LAST).column("lpfs_cause").plain()[0]
        for records in ((local, death), (death,), ())
    ]
    assert causes == ["local progression", "death", "censored"]


def test_every_endpoint_says_what_decided_it_and_by_which_record() -> None:
    seen = Progression(patient_id="S-1", on=partial("2024-07"), where="distant")
    rows = decided(set_of(*patient(), BEFORE, image("2024-08-10", 40), seen, LAST))
    assert rows["lpfs"][:3] == ["2024-01-10", "2024-08-10", 213]
    assert rows["lpfs"][4:] == [
        *("no", "no local progression when last assessed", "measurement S-1, T1, 2024-08-10", "yes")
    ]
    assert rows["pfs"][4:] == ["yes", "progression", "progression S-1, 2024-07", "no"]
    assert rows["os"][1:3] == ["2025-06-01", (date(2025, 6, 1) - date(2024, 1, 10)).days]
    assert rows["os"][4:] == ["no", "alive when last seen", "contact S-1, 2025-06-01", "yes"]


def test_the_rows_are_those_of_the_columns() -> None:
    """Two patients, of whom the first has no group."""
    data = set_of(*patient("S-1", arm=""), *patient("S-2"), Death(patient_id="S-2", on=partial("2025-03-02")))
    assert data.patients == ("S-2",)
    rows = decided(data)
    for name in ("lpfs", "pfs", "os"):
        assert rows[name][3] == data.column(f"{name}_months").plain()[0]
        assert rows[name][6] == "; ".join(data.column(f"{name}_months").sources[0]) == "death S-2"
