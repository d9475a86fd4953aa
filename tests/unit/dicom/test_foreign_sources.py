"""Seed models, strengths and their dates in plans of other planning systems."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.dicom.foreign_plans import A, B, channel_item, each_alone, plan_file, source_item

from seedbed.dicom import PlanReading, read_plan_file
from seedbed.dosimetry import load_source
from seedbed.errors import InputError


@pytest.mark.parametrize(
    "words",
    [
        {"SourceModelID": "6711"},
        {"SourceModelID": None, "SourceDescription": "OncoSeed 6711"},
        {"SourceModelID": None, "SourceIsotopeName": "I-125 (6711)"},
        {"SourceManufacturer": ""},
        {"SourceManufacturer": "Unknown"},
        {"SourceManufacturer": "N/A"},
        {"SourceManufacturer": None},
    ],
)
def test_the_model_is_found_from_what_the_plan_says(tmp_path: Path, words: dict[str, Any]) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(**words)]))
    assert (found.source.name, found.model.by_user) == ("6711", False)


def test_maker_and_model_are_read_together(tmp_path: Path) -> None:
    words = {"SourceManufacturer": "Theragenics", "SourceModelID": "200", "SourceIsotopeName": "Pd-103"}
    seeds = [source_item(**words, SourceIsotopeHalfLife=16.99)]
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), seeds))
    assert found.source.name == "TheraSeed200"


@pytest.mark.parametrize(
    "words",
    [
        {"SourceManufacturer": "Some Other Maker Ltd"},
        {"SourceModelID": "6711 type", "SourceManufacturer": ""},
        {"SourceModelID": "XY-9", "SourceManufacturer": ""},
        {"SourceModelID": None, "SourceManufacturer": None},
    ],
)
def test_a_seed_that_is_not_known_needs_the_users_word(tmp_path: Path, words: dict[str, Any]) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(**words)])
    with pytest.raises(InputError, match="--source"):
        read_plan_file(path)
    found = read_plan_file(path, load_source("6711"))
    assert found.model.by_user
    assert found.notes[0].startswith("6711 data used for seeds of")
    assert "by the user's word" in found.notes[0]
    assert (words["SourceManufacturer"] or "does not name") in found.notes[0]


def test_no_word_is_said_where_the_user_names_what_the_plan_says(tmp_path: Path) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A])), load_source("6711"))
    assert not any("user's word" in note for note in found.notes)


def test_several_strengths_are_read_and_several_models_refused(tmp_path: Path) -> None:
    channels = [*each_alone([A]), channel_item([(B, 0), (B, 1)], 2, ReferencedSourceNumber=2)]
    strong = source_item(SourceNumber=2, ReferenceAirKermaRate=0.8)
    found = read_plan_file(plan_file(tmp_path / "p.dcm", channels, [source_item(), strong]))
    assert found.implant.strengths_u.tolist() == [0.6, 0.8]
    other = source_item(SourceNumber=2, SourceModelID="STM1251", SourceManufacturer="")
    with pytest.raises(InputError, match="6711 and STM1251"):
        read_plan_file(plan_file(tmp_path / "p.dcm", channels, [source_item(), other]))


def test_a_source_that_no_channel_uses_does_not_count(tmp_path: Path) -> None:
    library = source_item(
        SourceNumber=2, SourceIsotopeName="Ir-192", SourceModelID="HDR", SourceIsotopeHalfLife=73.83
    )
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(), library]))
    assert found.source.name == "6711"


@pytest.mark.parametrize(
    "strength",
    [
        {"ReferenceAirKermaRate": 25.0},  # 0.68 mCi in MBq
        {"ReferenceAirKermaRate": 0.0},
        {"ReferenceAirKermaRate": 6e-7},
        {"ReferenceAirKermaRate": None, "SourceStrength": 0.5, "SourceStrengthUnits": "MCI"},
        {"SourceStrengthUnits": "MBQ"},
        {"ReferenceAirKermaRate": None, "SourceStrength": 0.5},
    ],
)
def test_strengths_that_are_no_air_kerma_rate_are_refused(tmp_path: Path, strength: dict[str, Any]) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(**strength)])
    with pytest.raises(InputError, match="expected"):
        read_plan_file(path)


def test_source_strength_in_units_of_air_kerma_rate_is_read(tmp_path: Path) -> None:
    item = source_item(ReferenceAirKermaRate=None, SourceStrength=0.55, SourceStrengthUnits="AIR_KERMA_RATE")
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [item]))
    assert found.implant.strengths_u.tolist() == [0.55]


def test_unusual_strengths_and_half_lives_are_remarked_on(tmp_path: Path) -> None:
    item = source_item(ReferenceAirKermaRate=5.0, SourceIsotopeHalfLife=60.14)
    notes = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [item])).notes
    assert any("5 U" in note for note in notes)
    assert any("60.14 d" in note for note in notes)


def test_strengths_decay_only_to_a_stated_day(tmp_path: Path) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]))
    as_written = read_plan_file(path)
    assert (as_written.strength_date, as_written.dates.implanted) == ("20260301", "20260301")
    assert as_written.implant.strengths_u[0] == 0.6
    later = read_plan_file(path, None, PlanReading(implanted_on=date(2026, 3, 31)))
    assert later.implant.strengths_u[0] == pytest.approx(0.6 * 2 ** (-30 / 59.40), rel=1e-12)
    assert (later.strength_date, later.dates.implanted) == ("20260301", "20260331")
    assert any("2026-03-31" in note for note in later.notes)


def test_strengths_of_several_days_are_brought_to_the_stated_one(tmp_path: Path) -> None:
    channels = [*each_alone([A]), channel_item([(B, 0), (B, 1)], 2, ReferencedSourceNumber=2)]
    other = source_item(SourceNumber=2, SourceStrengthReferenceDate="20260311")
    path = plan_file(tmp_path / "p.dcm", channels, [source_item(), other])
    with pytest.raises(InputError, match="20260301, 20260311"):
        read_plan_file(path)
    found = read_plan_file(path, None, PlanReading(implanted_on=date(2026, 3, 11))).implant
    np.testing.assert_allclose(found.strengths_u, [0.6 * 2 ** (-10 / 59.40), 0.6])


@pytest.mark.parametrize("stated", ["", "20240101"])
def test_a_day_that_cannot_be_used_is_refused(tmp_path: Path, stated: str) -> None:
    item = source_item(SourceStrengthReferenceDate=stated)
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [item])
    with pytest.raises(InputError, match="expected"):
        read_plan_file(path, None, PlanReading(implanted_on=date(2026, 3, 31)))


@pytest.mark.parametrize("days", [-9, -3, 3, 9])
def test_a_plan_made_on_another_day_than_its_strengths_says_so(tmp_path: Path, days: int) -> None:
    made = date(2026, 3, 1) + timedelta(days)
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), RTPlanDate=f"{made:%Y%m%d}")
    (note,) = [note for note in read_plan_file(path).notes if str(made) in note]
    assert f"{100 * (2 ** (-days / 59.40) - 1):+.1f} %" in note
    assert ("--implant-date" in note) is (abs(days) > 7)


@pytest.mark.parametrize(("days", "change"), [(60, "-50.3 %"), (-35, "+50.4 %"), (365, "-98.6 %")])
def test_a_change_of_strengths_over_50_percent_needs_the_day_of_implantation(
    tmp_path: Path, days: int, change: str
) -> None:
    # 2^(-60/59.4) = 0.4965, 2^(35/59.4) = 1.5044, 2^(-365/59.4) = 0.0141.
    made = date(2026, 3, 1) + timedelta(days)
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), RTPlanDate=f"{made:%Y%m%d}")
    with pytest.raises(InputError, match="--implant-date") as refused:
        read_plan_file(path)
    assert change in str(refused.value)
    same_day = read_plan_file(path, None, PlanReading(implanted_on=date(2026, 3, 1)))
    assert same_day.implant.strengths_u[0] == 0.6


@pytest.mark.parametrize(
    ("keyword", "value"), [("ReferenceAirKermaRate", "abc"), ("ReferenceAirKermaRate", "0,889")]
)
def test_a_strength_that_is_no_number_is_named(tmp_path: Path, keyword: str, value: str) -> None:
    # Eight bytes put in the place of the eight that were written.
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(**{keyword: "0.123456"})])
    path.write_bytes(path.read_bytes().replace(b"0.123456", value.ljust(8).encode()))
    with pytest.raises(InputError, match=f"source 1 of plan 'p.dcm' has the {keyword} '{value}'"):
        read_plan_file(path)


@pytest.mark.parametrize(("rate", "strength", "sound"), [(0.6, 0.604, True), (0.6, 0.61, False)])
def test_two_strengths_in_one_unit_must_agree(
    tmp_path: Path, rate: float, strength: float, sound: bool
) -> None:
    item = source_item(
        ReferenceAirKermaRate=rate, SourceStrength=strength, SourceStrengthUnits="AIR_KERMA_RATE"
    )
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [item])
    if sound:
        assert read_plan_file(path).implant.strengths_u.tolist() == [rate]
        return
    with pytest.raises(InputError, match=r"0\.6 U .* 0\.61 U"):
        read_plan_file(path)
