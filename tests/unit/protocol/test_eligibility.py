from importlib.resources import files
from pathlib import Path

import pytest

from seedbed.errors import InputError
from seedbed.patient import PatientFacts
from seedbed.protocol import load_rules, screen


def test_nothing_stated_decides_nothing() -> None:
    screening = screen(PatientFacts())
    assert screening.decision == "undecided"
    assert not screening.eligible
    assert len(screening.unknown) == 12


def test_one_criterion_against_is_enough() -> None:
    screening = screen(PatientFacts(prior_mki=True))
    assert screening.decision == "not eligible"
    assert screening.against == ("E4",)
    assert "kps" in screening.missing


def test_a_criterion_reports_its_facts() -> None:
    result = next(each for each in screen(PatientFacts(tsh_mu_per_l=0.7)).criteria if each.rule_id == "E1")
    assert result.status == "met"
    assert [str(fact) for fact in result.facts] == ["tgab_positive = not stated", "tsh_mu_per_l = 0.7 mU/L"]
    assert result.missing == ()
    assert result.place == "section 2.1, exclusion criterion 1"


def test_half_of_an_exclusion_leaves_it_unknown() -> None:
    result = next(each for each in screen(PatientFacts(tsh_mu_per_l=0.1)).criteria if each.rule_id == "E1")
    assert (result.status, result.missing) == ("unknown", ("tgab_positive",))


def test_every_arm_is_asked_the_same() -> None:
    for arm in ("A", "B", "C"):
        assert len(screen(PatientFacts(), arm=arm).criteria) == 12


def test_a_department_may_narrow_a_criterion_to_an_arm(tmp_path: Path) -> None:
    text = (files("seedbed.protocol") / "data" / "rair_dtc_chen_2025.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('id = "E7"', 'id = "E7"\narms = ["A", "C"]'), encoding="utf-8")
    facts, protocol = PatientFacts(drug_tolerated=False), load_rules(own)
    assert screen(facts, protocol, arm="C").against == ("E7",)
    assert screen(facts, protocol, arm="B").against == ()


def test_an_unknown_arm_is_refused() -> None:
    with pytest.raises(InputError, match="one of 'A', 'B', 'C'"):
        screen(PatientFacts(), arm="D")
