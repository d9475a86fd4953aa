"""The verification sheet: seeds that do not add up are told, numbers are those of the facts."""

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.unit.report.reading_pdf import read_pdf
from tests.unit.report.test_pdf import PICTURE

from seedbed.report.pdf import make_pdf
from seedbed.report.sheet import SheetHead
from seedbed.report.verification_sheet import (
    FIGURES,
    MARK,
    ColdPlace,
    ContoursFrom,
    FoundSeeds,
    MigratedSeed,
    NeedleMoved,
    SignedDecision,
    TopUp,
    TopUpNeedle,
    VerificationSheet,
    VolumeChange,
    WholeMoved,
    place_words,
    verification_page,
)
from seedbed.report.words import say_in

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


FULL = replace(
    SHEET,
    seeds=FoundSeeds(19, 18, 17, 2, 1, 2.64, 4.04, doubtful=3, refused=2, added=1, deleted=4, moved=5),
    after={"d90_gy": 133.3, "d100_gy": 70.2, "v100_pct": 96.6, "v150_pct": 61.1, "v200_pct": 30.9},
    d90_gy=(111.4, 127.8),
    organs_after={"Cord": 3.9},
    cold=[ColdPlace(1.53, 67.4, (43.2, 0.0, -17.2), (-12.2, -0.3), (-6.2, 8.4, 0.3), (41, 46))],
    cold_90=[],
    migrated=[MigratedSeed("18", (-60.1, 20.2, -90.3), 87.0, "in the <right> lung")],
    whole=WholeMoved((1.04, -0.5, 0.0), 2.3, 1.9, "It moved & turned."),
    needles=[NeedleMoved("N<1>", 4, 3, 1, 2.5, -1.5, 2.2), NeedleMoved("N2", 2, 0, 2)],
    contours=ContoursFrom("rigid", "good", True, [("Edges", "0.8 mm")]),
    volume=VolumeChange(20.0, 23.0),
    top_up=TopUp(4, 2, 133.3, 96.6, "", 0.533,
                 [TopUpNeedle("T1", (60.0, 0.0, 5.5), (20.0, 1.5, 5.5),
                              [(30.5, 1.0, 5.5), (25.5, 1.2, 5.5)])]),
)  # fmt: skip
NO_PLAN = replace(
    SHEET, head=SheetHead(date(2026, 2, 1), "9.9"), planned=None, seeds=FoundSeeds(None, 18),
    organs=[("Cord", None, 3.4)], cold=[],
)  # fmt: skip
BARE = replace(NO_PLAN, target="", prescription_gy=None, given=None, organs=[])


def test_all_that_is_known_is_printed() -> None:
    text = text_of(FULL)
    for words in (
        "3 of the seeds found are in doubt; 2 other bright pieces were refused",
        "1 added, 4 deleted, 5 moved",
        "seed 18 at -60.1, 20.2, -90.3 mm , 87 mm from the target", "1.0 mm left and 0.5 mm anterior", "2.3°",
        "N&lt;1&gt; 4 3 1 2.5 -1.5 2.2", "N2 2 0 2 – – –", "by a rigid registration. Quality: good",
        "Edges 0.8 mm", "20.0 cc at planning, 23.0 cc after implantation, +15 %",
        "D90, Gy 131.7 120.3 -11.4 133.3", "between 111.4 and 127.8 Gy", "41 to 46",
        "6 mm right and 8 mm posterior", "below 108 Gy", "Seeds: 4, needles: 2.", "Each seed 0.533 U",
        "T1 60.0, 0.0, 5.5 20.0, 1.5, 5.5 30.5, 1.0, 5.5; 25.5, 1.2, 5.5", "Cord 3.5 3.4 3.9",
    ):  # fmt: skip
        assert re.sub(r"\s+", "", words) in re.sub(r"\s+", "", text), words


def test_the_full_chinese_sheet_has_the_numbers_of_the_english_one() -> None:
    english, chinese = (sorted(re.findall(r"\d+\.\d+", text_of(FULL, each))) for each in ("en", "zh"))
    assert english == chinese
    for word in (
        "整体平移",
        "轮廓由计划 CT 经刚性配准转移",
        "补种后",
        "右侧 6 mm、背侧 8 mm",
        "移位",
        "存疑",
    ):
        assert word in text_of(FULL, "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("sheet", [SHEET, FULL, NO_PLAN, BARE])
def test_no_sheet_says_nan_or_none_and_all_names_are_escaped(sheet: VerificationSheet, language: str) -> None:
    page = verification_page(sheet, language=language)
    assert not re.search(r"\b(nan|inf)\b", page, flags=re.IGNORECASE)
    assert ">None<" not in page
    for raw in ("N<1>", "<right>", "moved & turned"):
        assert raw not in page


@pytest.mark.parametrize(
    ("language", "no_plan", "no_target", "no_count"),
    [("en", "No plan was given", "No target was given: neither", "THE NUMBER IMPLANTED WAS NOT STATED"),
     ("zh", "未提供计划", "未给定靶区：", "未注明植入粒数")],
)  # fmt: skip
def test_blocks_without_facts_shrink_to_a_sentence(
    language: str, no_plan: str, no_target: str, no_count: str
) -> None:
    text = text_of(NO_PLAN, language)
    assert no_plan in text
    assert no_count in text
    assert no_target not in text
    assert "120.3" in text
    bare = text_of(BARE, language)
    assert no_target in bare
    assert "D90" not in bare
    assert verification_page(BARE, language=language).count("<table") < verification_page(FULL).count(
        "<table"
    )
    assert no_plan not in text_of(FULL, language)


def test_an_interval_that_is_no_number_is_a_dash() -> None:
    text = text_of(replace(FULL, given={**SHEET.given, "d90_gy": float("nan")}))  # type: ignore[dict-item]
    assert "D90, Gy 131.7 – – 133.3" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_unsigned_sheet_has_room_and_a_signed_one_its_hash(language: str) -> None:
    signed = SignedDecision("no top-up <now>", "A. B.", date(2026, 2, 3), "fedc" * 16, "enough")
    open_page, closed = (
        verification_page(replace(FULL, signed=each), language=language) for each in (None, signed)
    )
    assert 'class="fill decide"' in open_page
    assert "fedc" * 16 not in open_page
    assert 'class="fill decide"' not in closed
    for words in ("fedc" * 16, "no top-up &lt;now&gt;", "2026-02-03", "A. B.", "enough"):
        assert words in closed


def test_pictures_have_captions_in_both_languages() -> None:
    shown = replace(FULL, pictures=dict.fromkeys(FIGURES, PICTURE), doubtful_pictures=[PICTURE, PICTURE])
    for language, words in (("en", "as a checker-board"), ("zh", "棋盘图")):
        page = verification_page(shown, language=language)  # type: ignore[arg-type]
        assert page.count("<figure>") == len(FIGURES) + 2
        assert words in page
    assert "图中文字为英文" in verification_page(shown, language="zh")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("sheet", [FULL, BARE])
def test_the_sheet_can_be_a_pdf_of_a_few_pages(sheet: VerificationSheet, language: str) -> None:
    read = read_pdf(make_pdf(verification_page(sheet, language=language), "verification.pdf"))
    assert 1 <= len(read.texts) <= 3
    assert all("\ufffd" not in text for text in read.texts)


@pytest.mark.parametrize(
    ("offset", "english", "chinese"),
    [((0.2, 0.1, 0.9), "", ""), ((5.0, 0.0, 0.0), "5 mm left", "左侧 5 mm"),
     ((0.0, -3.0, -2.0), "3 mm anterior and 2 mm inferior", "腹侧 3 mm、足侧 2 mm"),
     ((0.0, 0.0, 7.0), "7 mm superior", "头侧 7 mm")],
)  # fmt: skip
def test_places_are_said_in_both_languages(
    offset: tuple[float, float, float], english: str, chinese: str
) -> None:
    assert place_words(offset, say_in("en")) == english
    assert place_words(offset, say_in("zh")) == chinese
