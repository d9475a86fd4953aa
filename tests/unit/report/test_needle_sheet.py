"""The needle sheet: every number of the table, nothing from elsewhere, nothing that a name can break."""

import re
from functools import cache

import numpy as np

from seedbed.geometry import VoxelGrid
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.guide import Guide, make_guide
from seedbed.planning.needle_table import NeedleTable, needle_table
from seedbed.report import NOTICE
from seedbed.report.needle_sheet import MARK, NeedleSheet, needle_page

GRID = VoxelGrid((-30.0, -30.0, -30.0), (2.0, 2.0, 2.0), (31, 31, 31))
NEEDLES = (
    Needle("N1", (1.0, 0.0, -5.0), (-30.0, 0.0, -5.0)),
    Needle("<i>2", (1.0, 10.0, 5.0), (-30.0, 10.0, 5.0)),
)
PICTURE = "data:image/png;base64,AAAA"


@cache
def table() -> NeedleTable:
    positions = np.array([[-27.75, 0, -5], [-17.75, 0, -5], [-27.75, 10.7, 5], [0, 0, 0]])
    index = np.array([0, 0, 1, -1])
    return needle_table(
        SeedImplant("6711", positions, None, np.array([0.5, 0.5, 0.625, 0.5]), NEEDLES, index)
    )


@cache
def guide() -> Guide:
    body = np.zeros(GRID.shape, dtype=bool)
    body[:, :, :16] = True
    return make_guide(NEEDLES, body, GRID)


def page(**changes) -> str:
    made = {
        "patient": "P <script>1</script>", "plan": "plan 1", "source": "6711", "table": table(),
        "pictures": {"N1": PICTURE, "<i>2": PICTURE}, "target": "GTV", "organs": ("Cord", "喉"),
        "guide": guide(), "prescription_gy": 120.0,
    }  # fmt: skip
    return needle_page(NeedleSheet(**{**made, **changes}), "9.9")


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
        "tip, seed, 5.5, seed",
        "2 x 0.500 U",
        "1 x 0.625 U",
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
