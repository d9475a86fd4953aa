"""What nobody stated is assumed aloud: the day of implantation, what an organ is."""

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from seedbed.journey.plan.asking import _day_assumed, _purpose, not_known
from seedbed.journey.plan.question import PlanQuestion
from seedbed.planning.goals import default_goals, with_goals

HERE = Path()


def day_note(study_date: str, **asked: Any) -> list[str]:
    question = PlanQuestion(HERE, HERE, HERE, 120.0, **asked)
    identity = SimpleNamespace(made=datetime(2026, 1, 5, 9), study_date=study_date)
    read: Any = SimpleNamespace(ct=SimpleNamespace(identity=identity), target=SimpleNamespace(name="GTV"))
    return _day_assumed(question, _purpose(question, read))


def test_strengths_are_dated_to_the_study_where_no_day_is_stated() -> None:
    (note,) = day_note("20260105")
    assert "day of implantation was not stated" in note
    assert "the CT's study, 2026-01-05; state it where it is another (--implant-date)" in note
    assert "has no date" in day_note("")[0]


def test_a_stated_day_needs_no_note() -> None:
    assert day_note("20260105", implant_on=date(2026, 1, 9)) == []


@pytest.mark.parametrize(
    ("names", "strange"),
    [
        (["Trachea", "A_Carotid_L", "Skin (3 mm)"], []),
        (["Trachea 王小东", "Carotid_L by Dr Li", "SpinalCord"], ["Trachea 王小东", "Carotid_L by Dr Li"]),
        (["ROI 4"], ["ROI 4"]),
    ],
)
def test_organs_that_no_role_fits_are_named(names: list[str], strange: list[str]) -> None:
    notes = not_known(default_goals(120.0, strengths_u=[0.889], organs=names), names)
    assert len(notes) == bool(strange)
    assert all(f"holds: {', '.join(strange)};" in note for note in notes)


def test_an_organ_with_a_stated_goal_is_not_named() -> None:
    goals = default_goals(120.0, strengths_u=[0.889], organs=["ROI 4"])
    assert not_known(with_goals(goals, ["ROI 4:Dmax<=45!"]), ["ROI 4"]) == []
