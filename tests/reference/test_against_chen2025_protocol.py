"""Chen et al. 2025, doi 10.3389/fendo.2025.1587412, sections 2.1 to 2.4, typed again."""

from dataclasses import replace
from datetime import date

import pytest

from seedbed.errors import UndecidedError
from seedbed.patient import PatientFacts
from seedbed.protocol import (
    drug_calendar,
    drug_start,
    load_rules,
    next_dose,
    prescribe,
    screen,
    seed_activity,
    visits_due,
)
from seedbed.response import ellipsoid_volume_cc, volume_reduction_pct

TREATED = date(2025, 9, 15)
# A synthetic patient who meets every inclusion and no exclusion.
SYNTHETIC = PatientFacts(
    treatment_date=TREATED,
    no_lesion_takes_up_radioiodine=True,
    progressed_after_radioiodine=False,
    largest_diameter_mm=18.0,
    expected_survival_months=24.0,
    kps=90.0,
    tgab_positive=False,
    tsh_mu_per_l=0.1,
    clinical_data_complete=True,
    compliant=True,
    cooperates_with_implantation=True,
    prior_mki=False,
    fev1_pct_predicted=85.0,
    lvef_pct=62.0,
    platelets_1e9_per_l=210.0,
    pt_ratio=1.0,
    drug_tolerated=True,
    had_external_beam=False,
    cumulative_i131_gbq=11.1,
)

# id, facts on the side of the criterion's limit that forbids, facts on the side that allows
LIMITS = [
    ("I1", {"no_lesion_takes_up_radioiodine": False, "progressed_after_radioiodine": False}, {}),
    (
        "I1",
        {"no_lesion_takes_up_radioiodine": False},
        {"no_lesion_takes_up_radioiodine": False, "progressed_after_radioiodine": True},
    ),
    ("I2", {"largest_diameter_mm": 5.0}, {"largest_diameter_mm": 5.01}),
    ("I3", {"expected_survival_months": 3.0}, {"expected_survival_months": 3.1}),
    ("I4", {"kps": 79.0}, {"kps": 80.0}),
    ("E1", {"tgab_positive": True}, {"tgab_positive": False}),
    ("E1", {"tsh_mu_per_l": 0.5}, {"tsh_mu_per_l": 0.49}),
    ("E2", {"clinical_data_complete": False}, {}),
    ("E3", {"compliant": False}, {}),
    ("E3", {"cooperates_with_implantation": False}, {}),
    ("E4", {"prior_mki": True}, {}),
    ("E5", {"fev1_pct_predicted": 29.9}, {"fev1_pct_predicted": 30.0}),
    ("E5", {"lvef_pct": 34.9}, {"lvef_pct": 35.0}),
    ("E6", {"platelets_1e9_per_l": 19.9}, {"platelets_1e9_per_l": 20.0}),
    ("E6", {"pt_ratio": 1.51}, {"pt_ratio": 1.5}),
    ("E7", {"drug_tolerated": False}, {}),
]


def test_there_are_four_inclusions_and_eight_exclusions() -> None:
    rules = load_rules()
    assert [rule.id for rule in rules.inclusion] == ["I1", "I2", "I3", "I4"]
    assert [rule.id for rule in rules.exclusion] == [f"E{number}" for number in range(1, 9)]
    assert rules.source.doi == "10.3389/fendo.2025.1587412"


def test_the_synthetic_patient_is_eligible() -> None:
    assert screen(SYNTHETIC).eligible


@pytest.mark.parametrize(("rule_id", "forbids", "allows"), LIMITS)
def test_each_limit_forbids_on_one_side_only(
    rule_id: str, forbids: dict[str, bool | float], allows: dict[str, bool | float]
) -> None:
    refused = screen(replace(SYNTHETIC, **forbids))  # type: ignore[arg-type]
    assert (refused.decision, refused.against) == ("not eligible", (rule_id,))
    assert screen(replace(SYNTHETIC, **allows)).eligible  # type: ignore[arg-type]


def test_survival_below_three_months_fails_both_its_criteria() -> None:
    assert screen(replace(SYNTHETIC, expected_survival_months=2.9)).against == ("I3", "E8")


@pytest.mark.parametrize(
    ("external_beam", "i131_gbq", "dose_gy", "rule_id"),
    [
        (date(2025, 6, 1), 0.0, 80.0, "RX-80"),
        (date(2025, 3, 15), 0.0, 80.0, "RX-80"),  # six months to the day: within
        (date(2025, 3, 14), 0.0, 100.0, "RX-100"),
        (date(2019, 1, 1), 22.3, 100.0, "RX-100"),
        (None, 22.21, 100.0, "RX-100"),
        (None, 22.2, 120.0, "RX-120"),  # 2.22e10 Bq is not exceeded
        (None, 7.4 + 7.4 + 7.4, 120.0, "RX-120"),
        (None, 0.0, 120.0, "RX-120"),
        (date(2025, 6, 1), 40.0, 80.0, "RX-80"),  # both: the lower dose
    ],
)
def test_prescribed_dose(external_beam: date | None, i131_gbq: float, dose_gy: float, rule_id: str) -> None:
    facts = PatientFacts(
        treatment_date=TREATED,
        had_external_beam=external_beam is not None,
        last_external_beam_date=external_beam,
        cumulative_i131_gbq=i131_gbq,
    )
    prescription = prescribe(facts)
    assert (prescription.dose_gy, prescription.rule_id) == (dose_gy, rule_id)


def test_the_lower_dose_says_what_else_matched() -> None:
    prescription = prescribe(
        PatientFacts(
            treatment_date=TREATED, last_external_beam_date=date(2025, 6, 1), cumulative_i131_gbq=40.0
        )
    )
    assert prescription.also_matched == ("RX-100",)
    assert "80 Gy wins" in prescription.note


def test_the_dose_is_not_guessed() -> None:
    with pytest.raises(UndecidedError, match="cumulative_i131_gbq"):
        prescribe(PatientFacts(had_external_beam=False))


@pytest.mark.parametrize(
    ("site", "low_bq", "high_bq"),
    [("surface", 1.85e7, 1.85e7), ("bone", 3.33e7, 3.33e7), ("other", 2.22e7, 2.96e7)],
)
def test_activity_of_a_seed_by_site(site: str, low_bq: float, high_bq: float) -> None:
    activity = seed_activity(site)
    assert activity.low_mbq == pytest.approx(low_bq / 1e6)
    assert activity.high_mbq == pytest.approx(high_bq / 1e6)
    assert activity.default_mbq == pytest.approx((low_bq + high_bq) / 2e6)


def test_the_drug_is_taken_fourteen_days_of_twentyone_at_12_mg() -> None:
    first, second = drug_calendar(date(2025, 1, 1), cycles=2).cycles
    assert first.dose_mg == 12.0
    assert (first.last_dose - first.first_dose).days + 1 == 14
    assert (second.first_dose - first.first_dose).days == 21
    assert (first.rest_until - first.last_dose).days == 7


def test_the_drug_starts_on_the_day_of_the_implantation() -> None:
    assert drug_start(TREATED) == TREATED


@pytest.mark.parametrize("event", ["grade 3", "grade 4", "not tolerated"])
def test_the_dose_goes_12_10_8_and_then_stops(event: str) -> None:
    doses = [12.0]
    while (decision := next_dose(doses[-1], event)).dose_mg is not None:
        doses.append(decision.dose_mg)
    assert doses == [12.0, 10.0, 8.0]


@pytest.mark.parametrize("event", ["progression", "intolerable toxicity"])
@pytest.mark.parametrize("dose_mg", [12.0, 10.0, 8.0])
def test_progression_and_intolerable_toxicity_stop_the_drug(event: str, dose_mg: float) -> None:
    assert next_dose(dose_mg, event).stopped


def test_visits_are_due_at_2_4_6_months_and_every_6_after() -> None:
    due = visits_due(date(2025, 1, 15), until=date(2027, 1, 15))
    assert [visit.month for visit in due] == [2, 4, 6, 12, 18, 24]
    assert [visit.on for visit in due][:3] == [date(2025, 3, 15), date(2025, 5, 15), date(2025, 7, 15)]


def test_items_of_a_visit_are_those_of_the_follow_up_section() -> None:
    asked = " ".join(item.text for item in visits_due(TREATED, until=date(2026, 1, 1))[0].items)
    words = [
        "anlotinib",
        "symptoms",
        "blood cell",
        "Liver",
        "FT3",
        "FT4",
        "TSH",
        "thyroglobulin",
        "CT",
        "Pain",
    ]
    for word in words:
        assert word in asked


def test_thresholds_of_response() -> None:
    response = load_rules().response
    assert response.partial.decrease_pct == 30
    assert response.progression.increase_pct == 20
    assert response.progression.absolute_increase_mm == 0  # the paper prints 20 % alone
    assert response.complete.node_short_axis_below_mm == 10
    assert response.confirmation.weeks == 4


def test_endpoints() -> None:
    endpoints = {endpoint.id: endpoint for endpoint in load_rules().endpoint}
    assert endpoints["END-LPFS"].rank == "primary"
    assert endpoints["END-LPFS"].events == ("local progression", "death")
    assert endpoints["END-OS"].events == ("death",)
    assert endpoints["END-ORR"].responses == ("CR", "PR")
    assert endpoints["END-DCR"].responses == ("CR", "PR", "SD")


def test_volume_is_pi_abc_over_6() -> None:
    assert ellipsoid_volume_cc(30.0, 20.0, 10.0) == pytest.approx(3.141592653589793)
    assert volume_reduction_pct(10.0, 4.0) == pytest.approx(60.0)
