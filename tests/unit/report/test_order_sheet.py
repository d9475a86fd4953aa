"""The order sheet in both languages, for a patient and for stock."""

import re
from datetime import date

import pytest

from seedbed.implant.order import OrderRequest, OrderSheet, order_sheet
from seedbed.report.order_sheet import MARK, order_page
from seedbed.report.sheet import SheetHead

DAYS = date(2026, 11, 20), date(2026, 12, 1)
STOCK = SheetHead(DAYS[1], "9.9")


def sheet(**changes) -> OrderSheet:
    return order_sheet(
        OrderRequest(40, 0.889, *DAYS, "I-125", half_life_days=59.40, u_per_mci=1.270, spare=4, **changes)
    )


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main>")[2]))


def test_seeds_for_stock_say_that_there_is_no_patient() -> None:
    page = order_page(sheet(), STOCK)
    assert MARK in page
    assert "No patient stated" in text_of(page)
    assert "No plan stated" in text_of(page)
    assert "未注明患者" in text_of(order_page(sheet(), STOCK, language="zh"))


def test_the_strengths_are_those_of_the_decay() -> None:
    """0.889 U = 0.7 mCi; eleven days of 59.40 leave 0.87953."""
    text = text_of(order_page(sheet(), STOCK))
    assert "One seed 0.889 0.700 25.9 0.782 0.616 22.8" in text
    assert "decay factor 0.8795" in text
    assert "40 seeds to implant, 4 spare" in text


@pytest.mark.parametrize("stated_at", ["calibration", "implant"])
def test_both_languages_have_the_same_numbers(stated_at: str) -> None:
    made = sheet(stated_at=stated_at, measured_u=(0.93, 0.92))
    english, chinese = (
        sorted(re.findall(r"[+-]?\d+\.\d+", text_of(order_page(made, STOCK, language=each))))
        for each in ("en", "zh")
    )
    assert english == chinese


def test_an_assay_that_fails_is_told_in_words_not_by_colour_alone() -> None:
    failed = text_of(order_page(sheet(measured_u=(0.95,) * 5), STOCK))
    passed = text_of(order_page(sheet(measured_u=(0.889,) * 5), STOCK))
    assert ("MISSED" in failed, "MISSED" in passed) == (True, False)
