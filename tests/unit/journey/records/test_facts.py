"""Which of several sources of a fact counts, and what is said of the others; made-up records."""

from datetime import date

import pytest
from tests.unit.journey.records.registers import hold, on

from seedbed.journey.records.facts import FoundFacts, facts_from_register
from seedbed.patient.records import (
    Baseline,
    LaboratoryValue,
    LesionRecord,
    Measurement,
    Record,
    ScreeningFacts,
)
from seedbed.protocol import screen
from seedbed.registry.clinic import ClinicRegister

DAY = date(2026, 3, 10)


def facts(clinic: ClinicRegister, *records: Record) -> FoundFacts:
    return facts_from_register(hold(clinic, *records), "S-01", on=DAY)


def sample(day: str, value: float, *, comparator: str | None = None, analyte: str = "TSH") -> LaboratoryValue:
    unit = {"TSH": "mU/L", "platelets": "10^9/L"}[analyte]
    return LaboratoryValue(
        patient_id="S-01", on=on(day), analyte=analyte, value=value, comparator=comparator, unit=unit
    )


def screening(day: str, **stated: float) -> ScreeningFacts:
    return ScreeningFacts(patient_id="S-01", on=on(day), **stated)  # type: ignore[arg-type]


def image(day: str, lesion: str, mm: float | None, state: str | None = None) -> Measurement:
    return Measurement(patient_id="S-01", lesion=lesion, on=on(day), longest_mm=mm, state=state)


def lesions(*names: str) -> list[Record]:
    return [LesionRecord(patient_id="S-01", lesion=name) for name in names]


def test_a_sample_after_the_screening_wins_over_it(clinic: ClinicRegister) -> None:
    found = facts(clinic, screening("2026-01-05", tsh_mu_per_l=0.1), sample("2026-03-05", 4.0))
    assert found.facts.tsh_mu_per_l == 4.0
    assert found.origin["tsh_mu_per_l"] == "laboratory value S-01, 2026-03-05, TSH"


@pytest.mark.parametrize("day", ["2026-03-04", "2026-03-05"])
def test_an_older_sample_does_not_win_and_one_of_the_day_is_told(clinic: ClinicRegister, day: str) -> None:
    found = facts(clinic, screening("2026-03-05", tsh_mu_per_l=0.1), sample(day, 4.0))
    assert found.facts.tsh_mu_per_l == 0.1
    assert ("says 4" in found.origin["tsh_mu_per_l"]) == (day == "2026-03-05")


def test_an_old_stated_laboratory_fact_says_how_old_it_is(clinic: ClinicRegister) -> None:
    found = facts(clinic, screening("2025-03-10", tsh_mu_per_l=0.1))
    assert found.origin["tsh_mu_per_l"] == "screening S-01, 2025-03-10; 365 days before"


def test_a_newer_value_below_what_can_be_measured_is_not_passed_over(clinic: ClinicRegister) -> None:
    found = facts(clinic, sample("2026-03-01", 4.0), sample("2026-03-05", 0.01, comparator="<"))
    assert found.facts.tsh_mu_per_l == pytest.approx(0.01, rel=1e-5)
    assert float(found.facts.tsh_mu_per_l or 1) < 0.01
    assert "given as < 0.01 mU/L" in found.origin["tsh_mu_per_l"]


@pytest.mark.parametrize(("comparator", "excluded"), [("<", True), (">", False), (None, False)])
def test_platelets_below_the_limit_exclude(
    clinic: ClinicRegister, comparator: str | None, excluded: bool
) -> None:
    """Chen et al. 2025, section 2.1, exclusion criterion 6: platelets below 20e9/L."""
    found = facts(
        clinic,
        sample("2026-03-01", 150.0, analyte="platelets"),
        sample("2026-03-05", 20.0, comparator=comparator, analyte="platelets"),
    )
    answer = next(each for each in screen(found.facts).criteria if each.rule_id == "E6")
    assert (answer.status == "met") is excluded


def test_each_lesion_counts_with_its_latest_image(clinic: ClinicRegister) -> None:
    found = facts(
        clinic,
        *lesions("T1", "T2", "T3"),
        *(image("2026-02-01", "T1", 62.0), image("2026-03-01", "T2", 18.0)),  # another day, another lesion
        *(image("2026-01-20", "T3", 80.0), image("2026-02-20", "T3", 30.0)),  # it has shrunk
    )
    assert found.facts.largest_diameter_mm == 62.0
    assert found.origin["largest_diameter_mm"] == "measurement S-01, T1, 2026-02-01"


def test_a_lesion_that_is_gone_has_no_diameter_and_an_old_image_states_none(clinic: ClinicRegister) -> None:
    found = facts(
        clinic,
        *lesions("T1", "T2"),
        *(image("2026-02-01", "T1", 62.0), image("2026-03-01", "T1", None, "absent")),
        image("2025-12-09", "T2", 40.0),  # 91 days before
    )
    assert found.facts.largest_diameter_mm is None


def test_an_image_that_says_no_size_does_not_hide_the_one_before(clinic: ClinicRegister) -> None:
    images = image("2026-02-01", "T1", 62.0), image("2026-03-01", "T1", None, "not evaluable")
    assert facts(clinic, *lesions("T1"), *images).facts.largest_diameter_mm == 62.0


@pytest.mark.parametrize(("day", "kps"), [("2026-03-10", 80.0), ("2026-03-11", None), ("2026-04", None)])
def test_a_baseline_of_a_later_day_is_not_used(clinic: ClinicRegister, day: str, kps: float | None) -> None:
    assert facts(clinic, Baseline(patient_id="S-01", on=on(day), kps=80)).facts.kps == kps


def test_a_baseline_that_may_be_later_says_so(clinic: ClinicRegister) -> None:
    found = facts(clinic, Baseline(patient_id="S-01", on=on("2026-03"), kps=80))
    assert found.facts.kps == 80.0
    assert "of 2026-03, which may be after 2026-03-10" in found.origin["kps"]
