"""The verification sheet: seeds that do not add up are told, numbers are those of the facts."""

import re
from dataclasses import replace
from datetime import date

import pytest

from seedbed.report.sheet import SheetHead
from seedbed.report.verification_sheet import (
    MARK,
    ColdPlace,
    FoundSeeds,
    TopUp,
    VerificationSheet,
    verification_page,
)

SHEET = VerificationSheet(
    head=SheetHead(date(2026, 2, 1), "9.9", patient_name="Li <b>Ming</b>", patient_id="P-17",
                   plan="GTV, 120 Gy", plan_sha256="0123456789abcdef" * 4),
    target="GTV & node, 20.0 cc", source="6711", prescription_gy=120.0,
    seeds=FoundSeeds(19, 18, 17, 2, 1, 2.64, 4.04),
    planned={"d90_gy": 131.7, "d100_gy": 79.7, "v100_pct": 95.0, "v150_pct": 58.4, "v200_pct": 23.9},
    given={"d90_gy": 120.3, "d100_gy": 65.5, "v100_pct": 90.1, "v150_pct": 45.6, "v200_pct": 20.3},
    organs=[("Cord", 3.5, 3.4)],
    cold=[ColdPlace(1.53, 67.4, (43.24, -0.04, -17.2), (-12.2, -0.3))],
    least_cold_cc=0.05,
)  # fmt: skip


def text_of(sheet: VerificationSheet, language: str = "en") -> str:
    body = verification_page(sheet, language=language).partition("<main>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_page_says_what_it_is_and_escapes_what_others_wrote() -> None:
    page = verification_page(SHEET)
    assert MARK in page
    assert "<b>Ming" not in page
    assert "GTV &amp; node" in page


def test_planned_given_and_their_difference_are_printed() -> None:
    text = text_of(SHEET)
    for row in ("D90, Gy 131.7 120.3 -11.4", "V100, % 95.0 90.1 -4.9", "Cord 3.5 3.4"):
        assert row in text
    assert "1.53 67 43.2, 0.0, -17.2 -12 to 0" in text
    assert "2.6 and 4.0 mm" in text


@pytest.mark.parametrize(
    ("seeds", "adds_up"),
    [(FoundSeeds(19, 19, 19, 0, 0, 2.0, 3.0), True), (FoundSeeds(19, 18, 18, 1, 0), False),
     (FoundSeeds(19, 20, 19, 0, 1), False), (FoundSeeds(19, 19, 18, 1, 1), False),
     (FoundSeeds(19, 0, 0, 19, 0), False)],
)  # fmt: skip
def test_seeds_that_do_not_add_up_are_told_in_words(seeds: FoundSeeds, adds_up: bool) -> None:
    for language, good, bad in (
        ("en", "Seeds add up.", "SEEDS DO NOT ADD UP"), ("zh", "粒子数相符。", "粒子数不符")
    ):  # fmt: skip
        text = text_of(replace(SHEET, seeds=seeds), language)
        assert (good in text, bad in text) == (adds_up, not adds_up)


def test_cold_regions_top_up_and_organs_may_be_none() -> None:
    text = text_of(replace(SHEET, cold=[], organs=[]))
    assert "None." in text
    assert "No top-up plan was made." in text
    assert "no organ at risk" in text


def test_a_top_up_is_printed_with_its_own_plan() -> None:
    text = text_of(replace(SHEET, top_up=TopUp(4, 2, 131.2, 97.1, "aaaa bbbb")))
    assert "4 seeds on 2 needles bring D90 to 131.2 Gy and V100 to 97.1 % (plan aaaa bbbb)" in text


def test_the_chinese_sheet_has_the_numbers_of_the_english_one() -> None:
    english, chinese = (sorted(re.findall(r"[+-]?\d+\.\d+", text_of(SHEET, each))) for each in ("en", "zh"))
    assert english == chinese
    for word in ("术后剂量验证单", "低剂量区", "危及器官", "补种"):
        assert word in text_of(SHEET, "zh")
