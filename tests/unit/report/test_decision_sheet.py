"""The decision sheet in both languages: the screening is never hidden, each rule and fact stands there."""

import re
from dataclasses import replace
from datetime import date

import pytest

from seedbed.patient import FACTS, PatientFacts
from seedbed.protocol import load_rules, prescribe, screen, seed_activity
from seedbed.report.decision_sheet import MARK, DecisionSheet, decision_page
from seedbed.report.sheet import SheetHead
from seedbed.report.words import LANGUAGES, Language, words

ON = date(2026, 3, 2)
PATIENT = SheetHead(ON, "9.9", patient_name="Made Up", patient_id="S-01", birth_date="1961-05")
ELIGIBLE = PatientFacts(
    treatment_date=ON,
    no_lesion_takes_up_radioiodine=True,
    largest_diameter_mm=24.0,
    expected_survival_months=18.0,
    kps=90.0,
    tgab_positive=False,
    tsh_mu_per_l=0.08,
    clinical_data_complete=True,
    compliant=True,
    cooperates_with_implantation=True,
    prior_mki=False,
    fev1_pct_predicted=88.0,
    lvef_pct=61.0,
    platelets_1e9_per_l=190.0,
    pt_ratio=1.0,
    drug_tolerated=True,
    had_external_beam=False,
    cumulative_i131_gbq=11.1,
)
"""A made-up patient."""


def sheet(facts: PatientFacts = ELIGIBLE, site: str | None = "bone", **changes) -> DecisionSheet:
    protocol = load_rules()
    made = DecisionSheet(
        protocol=protocol,
        on=ON,
        screening=screen(facts, protocol),
        prescription=prescribe(facts, protocol),
        activity=None if site is None else seed_activity(site, protocol),
        origin=dict.fromkeys(facts.stated(), "screening S-01, 2026-02-20"),
    )
    return replace(made, **changes)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])).replace(" ;", ";")


def test_dose_and_seeds_are_those_of_the_paper_with_rule_and_source() -> None:
    """Chen et al. 2025, section 2.3: 120 Gy for all others; bone 33.3 MBq = 0.9 mCi; 1 mCi = 1.270 U."""
    text = text_of(decision_page(sheet(), PATIENT))
    for said in ("120 Gy by rule RX-120", "33.3 MBq · 0.900 mCi · 1.143 U", "by rule ACT-BONE",
                 "the rule names one value: 33.3 MBq", "doi 10.3389/fendo.2025.1587412", "section 2.3",
                 "cumulative_i131_gbq 11.1 GBq screening S-01, 2026-02-20",
                 "No other rule matched."):  # fmt: skip
        assert said in text
    assert "range of the rule: 22.2 to 29.6 MBq" in text_of(decision_page(sheet(site="other"), PATIENT))
    assert "no activity of the seeds is chosen" in text_of(decision_page(sheet(site=None), PATIENT))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_criterion_its_facts_and_each_reading_stand_there(language: Language) -> None:
    made = sheet(replace(ELIGIBLE, cumulative_i131_gbq=25.9))  # RX-100, which R1 to R4 are about
    text = text_of(decision_page(made, PATIENT, language=language))
    for each in made.screening.criteria:
        assert each.rule_id in text
        assert each.text in text
        for fact in each.facts:
            assert words(language)[f"fact.{fact.name}"] in text
    for number in range(1, 11):  # criteria, doses and activities
        assert f" R{number} " in text
    assert " R1 " not in text_of(decision_page(sheet(), PATIENT, language=language))  # RX-120


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_eligible_patient_is_said_to_be_eligible_and_nothing_warns(language: Language) -> None:
    page = decision_page(sheet(), PATIENT, language=language)
    assert words(language)["decision.eligible_is"] in page
    assert '<div class="loud">' not in page
    assert words(language)["decision.no_permission"] not in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"kps": 70.0}, "screening.not_eligible", "I4"),
        ({"prior_mki": True}, "screening.not_eligible", "E4"),
        ({"pt_ratio": None}, "screening.undecided", "pt_ratio"),
    ],
)
def test_another_answer_stands_before_the_dose_beside_it_and_on_each_page(
    changes: dict[str, object], status: str, named: str, language: Language
) -> None:
    page = decision_page(sheet(replace(ELIGIBLE, **changes)), PATIENT, language=language)
    say = words(language)
    before, dose, after = page.partition('<div class="dose">')
    loud = before.partition('<div class="loud">')[2]
    assert dose
    assert say[status] in loud
    assert named in loud
    assert say["decision.no_permission"] in loud
    assert say[status] in after.partition("</div>")[0], "beside the dose"
    assert page.partition("@top-left { content:")[2].partition("}")[0].count(say[status]) == 1
    assert say["decision.in_spite"] in page


def test_the_rule_that_lost_is_named_with_our_reading() -> None:
    """Recent external beam and 25.9 GBq: both rules of the paper hold, and reading R1 lets 80 Gy win."""
    facts = replace(ELIGIBLE, had_external_beam=True, last_external_beam_date=date(2025, 11, 20),
                    cumulative_i131_gbq=25.9)  # fmt: skip
    text = text_of(decision_page(sheet(facts), PATIENT))
    assert "80 Gy by rule RX-80" in text
    assert "RX-100 (100 Gy) also matched; RX-80 has precedence." in text
    assert "Our reading R1: 80 Gy wins." in text


def test_physician_and_physicist_sign_with_date() -> None:
    text = text_of(decision_page(sheet(), PATIENT))
    assert "Physician, signature, date" in text
    assert "Physicist, signature, date" in text
    chinese = text_of(decision_page(sheet(), PATIENT, language="zh"))
    assert "医师签名，日期" in chinese
    assert "物理师签名，日期" in chinese


def test_facts_of_a_file_name_the_file_and_ask_for_the_patient_by_hand() -> None:
    made = sheet(facts_file="facts.toml", facts_sha256="ab" * 32)
    text = text_of(decision_page(made, SheetHead(ON, "9.9")))
    assert "facts of the file facts.toml · ID (none stated)" in text
    assert "ab" * 32 in text
    assert "Patient: name, ID, birth" in text


def test_no_name_can_run_as_a_script() -> None:
    hostile = "<script>alert(1)</script>\"'"
    made = sheet(facts_file="", rules_file=hostile, origin=dict.fromkeys(FACTS, hostile))
    page = decision_page(made, replace(PATIENT, patient_name=hostile, patient_id=hostile))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in decision_page(sheet(facts_file=hostile), SheetHead(ON, "9.9"))


def test_the_page_is_marked_and_says_what_it_is() -> None:
    page = decision_page(sheet(synthetic=True), PATIENT)
    assert MARK in page
    assert "not a cleared medical device" in page
    assert "Seedbed 9.9" in page
    assert "MADE-UP PATIENT" in page
    assert "MADE-UP PATIENT" not in decision_page(sheet(), PATIENT)


def test_the_chinese_sheet_says_that_rules_are_english() -> None:
    assert "规则原文" in decision_page(sheet(), PATIENT, language="zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_fact_has_a_word(language: Language) -> None:
    assert {f"fact.{name}" for name in FACTS} == {key for key in words(language) if key.startswith("fact.")}


def test_both_languages_have_the_same_numbers() -> None:
    """Numbers of our own words; dates and texts of the rules are the same anyway."""
    english, chinese = (
        sorted(re.findall(r"\d+\.\d+", text_of(decision_page(sheet(), PATIENT, language=each))))
        for each in LANGUAGES
    )
    assert english == chinese
