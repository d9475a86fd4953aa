"""The needle sheet: every number of the table, nothing from elsewhere, nothing that a name can break."""

import re
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from seedbed.geometry import VoxelGrid
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.guide import Guide, make_guide
from seedbed.planning.needle_table import NeedleTable, needle_table
from seedbed.planning.needle_warnings import SENTENCES, Kind, NeedleWarning
from seedbed.report import NOTICE
from seedbed.report.needle_sheet import MARK, NeedleSheet, needle_page, push_text, warning_text
from seedbed.report.sheet import SheetHead
from seedbed.report.words import say_in

GRID = VoxelGrid((-30.0, -30.0, -30.0), (2.0, 2.0, 2.0), (31, 31, 31))
NEEDLES = (
    Needle("N1", (1.0, 0.0, -5.0), (-30.0, 0.0, -5.0)),
    Needle("<i>2", (1.0, 10.0, 5.0), (-30.0, 10.0, 5.0)),
)
PICTURE = "data:image/png;base64,AAAA"
HEAD = SheetHead(
    date(2026, 1, 5), "9.9", patient_name="P <script>1</script>", patient_id="P-17", birth_date="1960-02-29",
    plan="plan 1", plan_sha256="0123456789abcdef" * 4,
)  # fmt: skip


CHINESE = re.compile(r"[一-鿿]")


@cache
def table(*unseen: str) -> NeedleTable:
    positions = np.array([[-27.75, 0, -5], [-17.75, 0, -5], [-27.75, 10.7, 5], [0, 0, 0]])
    index = np.array([0, 0, 1, -1])
    return needle_table(
        SeedImplant("6711", positions, None, np.array([0.5, 0.5, 0.625, 0.5]), NEEDLES, index),
        skin_unseen=unseen,
    )


@cache
def guide() -> Guide:
    body = np.zeros(GRID.shape, dtype=bool)
    body[:, :, :16] = True
    return make_guide(NEEDLES, body, GRID)


def page(*, language="en", **changes) -> str:
    made = {
        "head": HEAD, "source": "6711", "u_per_mci": 1.27, "table": table(), "strengths_on": "2026-01-07",
        "pictures": {"N1": PICTURE, "<i>2": PICTURE}, "target": "GTV", "organs": ("Cord", "喉"),
        "guide": guide(), "prescription_gy": 120.0,
    }  # fmt: skip
    return needle_page(NeedleSheet(**{**made, **changes}), language=language)


def test_the_page_says_what_it_is_and_that_it_is_research() -> None:
    assert MARK in page()
    assert NOTICE in page()
    assert "Seedbed 9.9" in page()


def test_text_of_others_is_escaped() -> None:
    assert "<script" not in page()
    assert "<i>2" not in page()
    assert "&lt;i&gt;2" in page()


def test_the_page_needs_nothing_from_elsewhere() -> None:
    shown = re.findall(r"""(?:href|src)\s*=\s*["']([^"']*)""", page())
    assert all(address.startswith(("#", "data:")) for address in shown)
    assert "@import" not in page()


def test_the_numbers_of_the_table_are_printed() -> None:
    text = re.sub(r"<[^>]+>", " ", page())
    for number in (
        "31.0",
        "28.8",
        "18.8",
        "180.0°",
        "+0.0°",
        "tip, seed A, 5.5, seed A",
        "tip, seed B",
        "A = 0.500 U, B = 0.625 U",
        "2 x 0.500 U (0.394 mCi)",
        "1 x 0.625 U (0.492 mCi)",
        "in all 1.625 U = 1.280 mCi",
        "2026-01-07",
    ):
        assert number in text, number
    assert "-0.0°" not in text
    assert "seed 3 lies 0.7 mm off the needle" in text.replace("&#39;", "'")
    assert re.search(r"Seeds on no needle[^:]*: 4\.", text)


def test_the_drilling_table_is_printed() -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page()))
    assert re.search(r"N1 A1 8\.00 8\.00 0\.00 0\.00° 0\.00° 8\.0 39\.5", text)
    assert "1.47 mm" in text
    assert "head" in text


def test_pictures_and_template_may_be_left_out() -> None:
    bare = page(pictures={}, guide=None, prescription_gy=None)
    assert "<img" not in bare
    assert "Guide template" not in bare
    assert "3. Guide template" in page(pictures={})


def test_seeds_of_one_strength_bear_no_letters() -> None:
    positions = np.array([[-27.75, 0, -5], [-17.75, 0, -5]])
    implant = SeedImplant("6711", positions, None, np.full(2, 0.889), NEEDLES[:1], np.array([0, 0]))
    text = re.sub(r"<[^>]+>", " ", page(table=needle_table(implant), pictures={}, guide=None))
    assert "tip, seed, 5.5, seed" in text
    assert "2 x 0.889 U (0.700 mCi)" in text


def test_each_seed_is_drawn_where_it_is_loaded() -> None:
    """Tip 4 mm, seed 4.5 mm, spacer 5.5 mm, seed 4.5 mm, to scale."""
    rows = re.findall(r'<rect x="([0-9.]+)" y="0" width="([0-9.]+)" height="4" fill="([^"]+)"', page())
    assert rows[:3] == [
        ("4.00", "4.50", "#1f2933"),
        ("8.50", "5.50", "#ffffff"),
        ("14.00", "4.50", "#1f2933"),
    ]


@pytest.mark.parametrize("tip", [(-30, 0, 0), (0, 30, 0), (20, -20, 10), (0, 20, -10), (25, 2, 0)])
def test_the_push_in_words_is_that_of_the_table(tip: tuple[float, float, float]) -> None:
    needle = Needle("N1", (0.0, 0.0, 0.0), tip)
    (row,) = needle_table(
        SeedImplant("6711", np.array([tip]), None, np.ones(1), (needle,), np.array([0]))
    ).rows
    assert push_text(row, say_in("en")) == row.words
    chinese = push_text(row, say_in("zh"))
    for english, sign in (("right", "右"), ("left", "左"), ("back", "背"), ("front", "腹"), ("feet", "足")):
        assert (english in row.words) == (sign in chinese)


@pytest.mark.parametrize("kind", SENTENCES)
def test_warnings_are_said_in_both_languages(kind: Kind) -> None:
    warning = NeedleWarning(kind, (3, 12), 1.26)
    assert warning_text(warning, say_in("en")) == str(warning)
    chinese = warning_text(warning, say_in("zh"))
    assert CHINESE.search(chinese)
    assert re.findall(r"\d+(?:\.\d+)?", chinese) == re.findall(r"\d+(?:\.\d+)?", str(warning))


def test_the_chinese_sheet_holds_no_english_sentence() -> None:
    """What is left of Latin letters: names, units, axes, formats."""
    chinese = page(language="zh", table=table("N1"), guide=None, head=replace(HEAD, patient_name="李"))
    body = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", chinese.partition("<main>")[2], flags=re.DOTALL)
    assert "深度自图像边缘起算" in body
    left = set(re.findall(r"[A-Za-z]{3,}", body)) - {"plan", "dcm", "SHA", "abcdef", "mCi", "GTV", "Cord"}
    assert left <= {"Seedbed", "PDF", "Chrome", "Edge", "DICOM"}
    assert "计划名称和图中文字为英文" in body


@pytest.mark.parametrize("language", ["en", "zh"])
def test_depths_that_do_not_count_from_the_skin_are_marked(language: str) -> None:
    assert "31.0 *" in page(language=language, table=table("N1"))
    assert "31.0 *" not in page(language=language)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "(day of implantation not stated)"), ("zh", "（未注明植入日期）")]
)
def test_a_day_that_nobody_stated_is_said(language: str, said: str) -> None:
    assert said in page(language=language, day_stated=False)
    assert said not in page(language=language)


@pytest.mark.parametrize(("language", "said"), [("en", "sign or origin"), ("zh", "正负号或零点")])
def test_z_is_not_called_a_table_position(language: str, said: str) -> None:
    text = page(language=language)
    assert said in text
    assert "CT table z" not in text
    assert "CT 床位" not in text


def test_the_chinese_sheet_has_the_numbers_of_the_english_one() -> None:
    english, chinese = (
        sorted(re.findall(r"[+-]?\d+\.\d+", page(language=language).partition("<main>")[2]))
        for language in ("en", "zh")
    )
    assert english == chinese


def test_seeds_are_counted_in_and_out_and_people_sign() -> None:
    text = re.sub(r"<[^>]+>", " ", page())
    for part in ("planned: 3", "Returned or stored", "Nurse, date", "Physicist, date", "Doctor, date"):
        assert part in text
