"""Courses from the register: days since treatment began, by hand, as of the data cut."""

from datetime import date

import numpy as np
import pytest
from tests.unit.journey.analysis.made_up_clinics import clinic_of, image, patient, set_of

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.courses import Findings
from seedbed.journey.analysis.building import SetQuestion, build_set
from seedbed.patient.records import (
    Contact,
    Death,
    DrugCourse,
    Implantation,
    LaboratoryValue,
    Pain,
    Patient,
    Progression,
    partial,
)

CUT = date(2024, 12, 31)
"""Treatment of `patient` begins on 2024-01-10."""


def tg(on: str, value: float, *, unit: str = "ng/mL", sign: str | None = None) -> LaboratoryValue:
    return LaboratoryValue(
        patient_id="S-1", on=partial(on), analyte="Tg", value=value, unit=unit, comparator=sign
    )


def pain(on: str, nrs: float, site: str = "") -> Pain:
    return Pain(patient_id="S-1", on=partial(on), site=site, nrs=nrs)


def course(start: str, end: str | None = None, drug: str = "anlotinib") -> DrugCourse:
    return DrugCourse(
        patient_id="S-1",
        course=drug + start,
        drug=drug,
        start=partial(start),
        end=None if end is None else partial(end),
    )


def plain(found: Findings) -> list[tuple[int, float, str, int]]:
    assert found.due_months is not None
    columns = (found.days.tolist(), found.values.tolist(), found.words.tolist(), found.due_months.tolist())
    return list(zip(*columns, strict=True))


def test_thyroglobulin() -> None:
    data = set_of(
        *patient(),
        *(tg("2023-01-10", 90), tg("2024-01-08", 80), tg("2024-03-10", 60, unit="ug/L")),
        *(tg("2024-03-12", 5, unit="mmol/L"), tg("2024-07-10", 0.2, sign="<"), tg("2025-01-01", 7)),
        on=CUT,
    )
    assert plain(data.courses.tg_ng_ml) == [
        *((-365, 90.0, "", -1), (-2, 80.0, "", 0), (60, 60.0, "", 2), (182, 0.2, "<", 6)),
    ]


def test_pain_is_the_worst_site_of_the_day() -> None:
    data = set_of(
        *patient(),
        *(pain("2024-01-10", 3, "hip"), pain("2024-01-10", 6, "rib"), pain("2024-05-10", 2)),
        pain("2025-01-01", 9),
        on=CUT,
    )
    assert plain(data.courses.nrs) == [(0, 6.0, "", 0), (121, 2.0, "", 4)]


def test_sums_of_diameters_with_their_response() -> None:
    images = [image("2024-01-03", 40.0), image("2024-03-10", 20.0), image("2025-03-10", 10.0)]
    data = set_of(*patient(), *images, on=CUT)
    assert plain(data.courses.diameters_mm) == [(-7, 40.0, "", 0), (60, 20.0, "PR", 2)]


@pytest.mark.parametrize(
    ("record", "more", "span"),
    [
        (course("2024-01-20", "2024-03-10"), [], (10, 60, False)),
        (course("2024-01-20"), [], (10, 356, True)),  # until the data cut
        (course("2024-01-20", "2025-03-10"), [], (10, 356, True)),  # it ended later
        (course("2024-01-20", "2024-12-31"), [], (10, 356, False)),
        (course("2024-01-20"), [Death(patient_id="S-1", on=partial("2024-06-10"))], (10, 152, False)),
        (course("2024-02", "2024-02"), [], (22, 22, False)),  # the first day counts
        (course("2024-02-10", "2024-02"), [], (31, 31, False)),
    ],
)
def test_courses_of_the_drug(record: DrugCourse, more: list, span: tuple[int, int, bool]) -> None:
    drugs = set_of(*patient(), record, *more, on=CUT).courses.drugs
    found = (drugs.first_days.tolist(), drugs.last_days.tolist(), drugs.going_on.tolist())
    assert found == ([span[0]], [span[1]], [span[2]])
    assert drugs.words.tolist() == ["anlotinib"]


def test_other_drugs_and_later_courses_are_not_read() -> None:
    drugs = set_of(
        *patient(), course("2015-01-01", drug="levothyroxine"), course("2025-02-01"), on=CUT
    ).courses.drugs
    assert len(drugs.patients) == 0


def happened(data) -> list[tuple[int, str]]:
    found = data.courses.happenings
    return list(zip(found.days.tolist(), found.words.tolist(), strict=True))


def progression(on: str, where: str = "local") -> Progression:
    return Progression(patient_id="S-1", on=partial(on), where=where)


def implant(session: int, on: str, lesion: str = "") -> Implantation:
    return Implantation(patient_id="S-1", implant="1", session=session, lesion=lesion, on=partial(on))


def test_what_happened() -> None:
    data = set_of(
        *patient(),
        *(implant(2, "2024-02-10"), implant(2, "2024-02-10", "T1"), implant(3, "2025-02-10")),
        *(
            progression("2023-12-01"),
            progression("2024-07-10", "local and distant"),
            progression("2025-02-01"),
        ),
        Death(patient_id="S-1", on=partial("2024-09-10")),
        on=CUT,
    )
    assert happened(data) == [
        *((0, "implant"), (31, "implant"), (182, "local and distant progression"), (244, "death")),
    ]


def test_who_died_after_the_data_cut_was_last_seen_before_it() -> None:
    data = set_of(
        *patient(),
        Contact(patient_id="S-1", on=partial("2024-12-01")),
        Contact(patient_id="S-1", on=partial("2025-01-20")),
        Death(patient_id="S-1", on=partial("2025-02-01")),
        on=CUT,
    )
    assert happened(data) == [(0, "implant"), (326, "last seen")]


def test_of_dates_known_in_part_the_first_day_counts_but_none_before_treatment() -> None:
    data = set_of(*patient(), progression("2024-01", "distant"), tg("2024-01", 5), tg("2024-08", 3), on=CUT)
    assert happened(data) == [(0, "implant"), (0, "distant progression"), (0, "last seen")]
    assert plain(data.courses.tg_ng_ml) == [(-9, 5.0, "", 0), (204, 3.0, "", 6)]


def test_a_day_on_which_treatment_may_have_begun_is_its_first_day() -> None:
    data = set_of(*patient(start="2024-01"), tg("2024-01-20", 5), tg("2024-02-01", 4), on=CUT)
    assert data.courses.tg_ng_ml.days.tolist() == [0, 31]
    assert data.column("tg_0").plain() == [5.0]


def test_voided_records_are_not_read() -> None:
    voided = (tg("2024-03-10", 60), pain("2024-03-10", 2), progression("2024-07-10"), course("2024-01-20"))
    question = SetQuestion(group_by="arm", on=CUT, rules=analysis_rules())
    with clinic_of(*patient(), *voided) as clinic:
        full = build_set(clinic, question).courses
        for record in voided:
            clinic.void(record, who="test", why="synthetic")
        data = build_set(clinic, question)
    assert (len(full.tg_ng_ml.days), len(full.nrs.days), len(full.drugs.patients)) == (1, 1, 1)
    found = data.courses
    assert (len(found.tg_ng_ml.days), len(found.nrs.days), len(found.drugs.patients)) == (0, 0, 0)
    assert happened(data) == [(0, "implant"), (0, "last seen")]


def test_courses_are_cut_to_who_is_analysed() -> None:
    alone = [
        Implantation(patient_id="S-0", implant="1", session=1, on=partial("2024-03-01")),
        LaboratoryValue(patient_id="S-0", on=partial("2024-03-01"), analyte="Tg", value=9, unit="ng/mL"),
    ]
    data = set_of(Patient(patient_id="S-0", arm=""), *alone, *patient(), tg("2024-03-10", 60), on=CUT)
    assert data.patients == ("S-1",)
    assert data.courses.tg_ng_ml.values.tolist() == [60.0]
    assert np.unique(data.courses.happenings.patients).tolist() == [0]
