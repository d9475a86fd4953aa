"""Needles as users write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError
from seedbed.implant import Needle
from seedbed.journey.plan.drawn_needles import needles_of, read_needles, typed_needle
from seedbed.journey.plan.question import PlanQuestion

N1 = Needle("N1", (80.0, 10.0, 5.0), (30.0, 12.0, 5.0))


@pytest.mark.parametrize("text", ["N1:80,10,5:30,12,5", " N1 : 80, 10 ,5 :30,12,5e0"])
def test_a_typed_needle(text: str) -> None:
    assert typed_needle(text) == N1


@pytest.mark.parametrize(
    "text", ["", "N1", "N1:80,10:30,12,5", ":80,10,5:30,12,5", "N1:80,10,5:30,12,nan", "N1:80,10,5:1e9,0,0"]
)
def test_what_is_no_needle(text: str) -> None:
    with pytest.raises(InputError, match="NAME:x,y,z:x,y,z"):
        typed_needle(text)


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"needles": rows, "seeds": []}])
def test_needles_from_json_also_with_a_byte_order_mark(tmp_path: Path, wrap: Any) -> None:
    rows = [{"name": "N1", "entry_mm": [80, 10, 5], "tip_mm": [30, 12, 5], "depth_mm": 50.04}]
    (tmp_path / "n.json").write_text(json.dumps(wrap(rows)), encoding="utf-8-sig")
    assert needles_of(tmp_path / "n.json") == (N1,)


def test_typed_needles_come_first_and_names_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "n.json").write_text(json.dumps([{"name": "N1", "entry_mm": [1, 0, 0], "tip_mm": [0, 0, 0]}]))
    asked = {"needles_file": tmp_path / "n.json"}
    first = PlanQuestion(tmp_path, tmp_path, tmp_path, 120.0, needles=("A:9,9,9:0,0,0",), **asked)
    assert [needle.name for needle in read_needles(first)] == ["A", "N1"]
    with pytest.raises(InputError, match="two needles are called 'N1'"):
        read_needles(PlanQuestion(tmp_path, tmp_path, tmp_path, 120.0, needles=("N1:9,9,9:0,0,0",), **asked))
