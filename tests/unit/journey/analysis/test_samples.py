"""Thyroglobulin, pain and adverse events at the visits."""

import pytest
from tests.unit.journey.analysis.made_up_clinics import patient, set_of

from seedbed.patient.records import AdverseEvent, LaboratoryValue, Pain, VisitRecord, partial


def tg(on: str, value: float, *, unit: str = "ng/mL", name: str = "Tg", sign: str | None = None):
    return LaboratoryValue(
        patient_id="S-1", on=partial(on), analyte=name, value=value, unit=unit, comparator=sign
    )


def value(data, name: str):
    return data.column(name).plain()[0]


def test_names_and_units_are_brought_together() -> None:
    data = set_of(
        *patient(),
        tg("2024-01-08", 200, name="thyroglobulin"),
        tg("2024-03-10", 150, unit="ug/L", name="甲状腺球蛋白"),
        tg("2024-03-10", 0.1, unit="mU/L", name="TSH"),
    )
    assert (value(data, "tg_0"), value(data, "tg_2"), value(data, "tg_4")) == (200.0, 150.0, None)
    assert data.column("tg_0").sources == [("laboratory value S-1, 2024-01-08, thyroglobulin",)]


def test_what_cannot_be_measured_counts_as_its_limit_and_is_told() -> None:
    column = set_of(*patient(), tg("2024-07-10", 0.04, sign="<")).column("tg_6")
    assert column.plain() == [0.04]
    assert column.notes == ("1 value beyond what can be measured counts as that limit",)


def test_another_kind_of_unit_is_left_out_and_told() -> None:
    column = set_of(*patient(), tg("2024-07-10", 5, unit="mmol/L")).column("tg_6")
    assert column.plain() == [None]
    assert column.notes == ("1 value of Tg whose unit does not fit is left out",)


def test_the_worst_site_hurts() -> None:
    pains = [
        Pain(patient_id="S-1", on=partial("2024-01-08"), site=site, nrs=nrs)
        for site, nrs in (("hip", 3.0), ("rib", 6.0))
    ]
    column = set_of(*patient(), *pains).column("nrs_0")
    assert column.plain() == [6.0]
    assert column.sources == [("pain S-1, 2024-01-08, rib",)]


def event(start: str, grade: int, attribution: str | None = "drug", term: str = "Diarrhea"):
    return AdverseEvent(
        patient_id="S-1", term=term, start=partial(start), grade=grade, attribution=attribution
    )


ASKED = VisitRecord(patient_id="S-1", on=partial("2024-03-10"), adverse_events_asked=True)


@pytest.mark.parametrize(
    ("records", "grade"),
    [
        ([], None),
        ([ASKED], "0"),
        ([event("2024-02-01", 2)], "2"),
        ([event("2024-02-01", 2), event("2024-02-03", 3, "seeds", "Nausea")], "3"),
        ([ASKED, event("2024-02-01", 3, "disease"), event("2024-02-02", 4, "other", "Nausea")], "0"),
        ([event("2024-02-01", 1, None)], "1"),
        ([ASKED, event("2024-01-09", 3)], "0"),
        ([event("2024-01", 3)], "3"),
        ([ASKED, event("2026-02-01", 3)], "0"),
    ],
)
def test_the_worst_related_grade_after_treatment_began(records, grade: str | None) -> None:
    assert value(set_of(*patient(), *records), "worst_grade") == grade


def test_events_without_attribution_are_told() -> None:
    column = set_of(*patient(), event("2024-02-01", 1, "unknown")).column("worst_grade")
    assert column.notes == ("1 patient has events without attribution, which count",)
