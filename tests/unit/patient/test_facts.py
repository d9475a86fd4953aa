from datetime import date, datetime
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import FACTS, PatientFacts, format_value, read_patient_facts


def test_nothing_is_stated_by_default() -> None:
    assert PatientFacts().stated() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kps", 850),
        ("kps", nan),
        ("kps", inf),
        ("kps", True),
        ("kps", "90"),
        ("lvef_pct", 0.6),  # a fraction where percent is asked for
        ("pt_ratio", 13.0),  # seconds where a ratio is asked for
        ("cumulative_i131_gbq", 600.0),  # mCi where GBq is asked for
        ("platelets_1e9_per_l", 200000.0),
        ("tgab_positive", 1),
        ("tgab_positive", "no"),
        ("treatment_date", "2026-01-31"),
        ("treatment_date", datetime(2026, 1, 31)),
    ],
)
def test_a_value_without_meaning_is_refused(name: str, value: object) -> None:
    given: dict[str, object] = {name: value}
    with pytest.raises(InputError) as refused:
        PatientFacts(**given)  # type: ignore[arg-type]
    assert f"fact '{name}'" in refused.value.came
    assert FACTS[name].meaning in refused.value.do


@given(st.sampled_from([fact for fact in FACTS.values() if fact.kind == "number"]), st.data())
def test_the_plausible_range_includes_its_ends_and_nothing_outside(fact: object, data: st.DataObject) -> None:
    low, high = fact.low, fact.high  # type: ignore[attr-defined]
    name = fact.name  # type: ignore[attr-defined]
    inside = data.draw(st.one_of(st.just(low), st.just(high), st.floats(low, high)))
    assert getattr(PatientFacts.from_mapping({name: inside}), name) == inside
    outside = data.draw(st.floats(max_value=low, exclude_max=True) | st.floats(high, exclude_min=True))
    with pytest.raises(InputError):
        PatientFacts.from_mapping({name: outside})


def test_a_date_states_that_there_was_external_beam() -> None:
    assert PatientFacts(last_external_beam_date=date(2025, 1, 1)).had_external_beam is True


def test_a_date_without_external_beam_is_refused() -> None:
    with pytest.raises(InputError, match="had_external_beam"):
        PatientFacts(had_external_beam=False, last_external_beam_date=date(2025, 1, 1))


def test_external_beam_after_the_treatment_is_refused() -> None:
    with pytest.raises(InputError, match="after 'treatment_date'"):
        PatientFacts(treatment_date=date(2025, 1, 1), last_external_beam_date=date(2025, 1, 2))


def test_an_unknown_name_is_answered_with_the_likely_one() -> None:
    with pytest.raises(InputError, match=r"did you mean 'tsh_mu_per_l'\?"):
        PatientFacts.from_mapping({"tsh_mu_l": 0.1})


def test_dates_may_be_iso_texts() -> None:
    facts = PatientFacts.from_mapping({"treatment_date": "2026-01-31"})
    assert facts.treatment_date == date(2026, 1, 31)
    with pytest.raises(InputError, match="31/01/2026"):
        PatientFacts.from_mapping({"treatment_date": "31/01/2026"})


def test_facts_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "synthetic.toml"
    file.write_text("kps = 90\ntreatment_date = 2026-01-31\ntgab_positive = false\n", encoding="utf-8")
    assert read_patient_facts(file) == PatientFacts(
        kps=90, treatment_date=date(2026, 1, 31), tgab_positive=False
    )


@pytest.mark.parametrize(("text", "said"), [("kps = ", "not valid TOML"), ("kpss = 90", "'synthetic.toml'")])
def test_a_wrong_file_is_refused_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "synthetic.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_patient_facts(file)


def test_values_are_written_for_people() -> None:
    values = [True, False, None, 0.5, 22.2, 90.0, date(2026, 1, 31)]
    assert [format_value(value) for value in values] == [
        "yes", "no", "not stated", "0.5", "22.2", "90", "2026-01-31",
    ]  # fmt: skip
