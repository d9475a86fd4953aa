"""Goals that contradict each other: what is certain is refused, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.dosimetry import Dvh
from seedbed.errors import DoseError, NoPlanError
from seedbed.planning.goals import (
    Goal,
    PlanGoals,
    check_goals,
    contradictions,
    judge_goals,
    parse_goal,
)

RX = 100.0


def goals(*texts: str) -> PlanGoals:
    return PlanGoals(RX, tuple(parse_goal(text) for text in texts), (0.5,))


CONTRADICTORY = [
    ("target:V100>=95!", "target:V100<=90"),
    ("target:V100>=95!", "target:V90<=90"),  # more get 90 Gy than get 100 Gy
    ("target:V100>=95!", "target:V100Gy<=90"),
    ("target:V100>=95!", "target:D90<=99"),
    ("target:V100>=95!", "target:Dmax<=90"),
    ("target:D90>=100", "target:V100<=85"),
    ("target:D90>=100", "target:D90[%]<=99"),
    ("target:D90>=100", "target:D50<=99"),
    ("target:Dmin>=60", "target:D2cc<=50"),
    ("target:Dmin>=60", "target:Dmean<=50"),
    ("target:D100>=60", "target:Dmin<=50"),
    ("target:Dmean>=60", "target:Dmax<=50"),
    ("target:Dmax>=200", "target:Dmax<=150"),
    ("target:Dmax>=200", "target:V150<=0"),
    ("target:V150>=50", "target:Dmean<=70"),  # half of it at 150 Gy is a mean of 75 Gy
    ("target:V100[cc]>=3", "target:V90[cc]<=2"),
    ("target:V100[cc]>=3", "target:D2cc<=90"),
    ("target:D5cc>=60", "target:D2cc<=50"),
    ("target:D5cc>=60", "target:Dmax<=50"),
    ("target:V100>=95", "target:V100<=0"),
]
COMPATIBLE = [
    ("target:V100>=95!", "target:V100<=95"),
    ("target:V100>=95!", "target:V150<=60"),
    ("target:V100>=95!", "target:D90<=100"),
    ("target:V100>=95!", "target:D98<=50"),
    ("target:V100>=95!", "target:Dmin<=10"),
    ("target:V100>=95!", "target:Dmax<=100"),
    ("target:V100>=0", "target:Dmax<=50"),
    ("target:D90>=100", "target:V101<=0"),
    ("target:D90>=100", "target:V100<=90"),
    ("target:Dmax>=200", "target:V100<=1"),
    ("target:Dmean>=60", "target:V60<=1"),
    ("target:Dmean>=60", "target:D2cc<=50"),
    ("target:V150>=50", "target:Dmean<=75"),
    ("target:V100[cc]>=50", "target:Dmean<=40"),  # the target may be large
    ("target:V100>=95", "target:V100[cc]<=2"),  # the target may be small
    ("target:D5cc>=60", "target:V60Gy[cc]<=2"),  # likewise
    ("target:V100>=95!", "Cord:V100<=0!"),
    ("target:V100>=95", "target:V100>=50"),
]


@pytest.mark.parametrize("pair", CONTRADICTORY)
def test_a_contradiction_names_both_goals(pair: tuple[str, str]) -> None:
    with pytest.raises(NoPlanError) as refusal:
        check_goals(goals("Cord:Dmax<=50!", *reversed(pair)))
    for text in pair:
        assert f"'{parse_goal(text)}'" in str(refusal.value)


@pytest.mark.parametrize("pair", COMPATIBLE)
def test_what_can_be_met_is_not_refused(pair: tuple[str, str]) -> None:
    check_goals(goals(*pair))


@pytest.mark.parametrize(
    ("pair", "largest_cc"),
    [(("target:V100>=90", "target:V100[cc]<=2"), 2.2), (("target:D5cc>=60", "target:V60Gy[cc]<=2"), 2.0)],
)
def test_a_volume_decides_between_cc_and_percent(pair: tuple[str, str], largest_cc: float) -> None:
    check_goals(goals(*pair), volumes_cc={"target": largest_cc - 0.1})
    with pytest.raises(NoPlanError):
        check_goals(goals(*pair), volumes_cc={"target": largest_cc + 0.1})


def test_a_small_organ_is_read_as_it_is_judged() -> None:
    # D2cc of 1 cc is judged as Dmax: not even 1 % of the organ may get 60 Gy; of 100 cc 1 % may.
    pair = ("Nerve:V60Gy>=1", "Nerve:D2cc<=50")
    check_goals(goals(*pair), volumes_cc={"Nerve": 100.0})
    with pytest.raises(NoPlanError):
        check_goals(goals(*pair), volumes_cc={"Nerve": 1.0})


METRICS = ["V50", "V100", "V120Gy", "V80[cc]", "V100[cc]", "D10", "D50", "D90", "D90[%]", "D100", "D1cc",
           "D2cc", "D4cc", "D4cc[%]", "Dmax", "Dmin", "Dmean", "Dmean[%]"]  # fmt: skip


@st.composite
def any_goal(draw: st.DrawFn) -> Goal:
    metric = draw(st.sampled_from(METRICS))
    most = 8 if metric.endswith("[cc]") else 100 if metric.startswith("V") else 200
    sense = draw(st.sampled_from(["at least", "at most"]))
    return Goal("X", metric, sense, float(draw(st.integers(0, most))), False, "user")


@st.composite
def any_dvh(draw: st.DrawFn) -> Dvh:
    parts = draw(st.lists(st.tuples(st.integers(0, 220), st.integers(1, 8)), min_size=1, max_size=5))
    dose, quarters = np.array(parts, dtype=float).T
    return Dvh.of("X", dose, quarters / 4)


@given(first=any_goal(), second=any_goal(), dvh=any_dvh(), known=st.booleans())
@settings(max_examples=400, deadline=None)
def test_no_dose_meets_both_of_a_contradictory_pair(first: Goal, second: Goal, dvh: Dvh, known: bool) -> None:
    pair = PlanGoals(80.0, (first, second), (0.5,))
    if all(result.met for result in judge_goals(pair, {"X": dvh})):
        assert not list(contradictions(pair, volumes_cc={"X": dvh.total_cc} if known else None))


@given(goal=any_goal(), less=st.integers(1, 50))
def test_one_metric_cannot_be_more_and_less(goal: Goal, less: int) -> None:
    lower = Goal("X", goal.metric, "at least", goal.limit, False, "user")
    if goal.limit < less:
        return
    upper = Goal("X", goal.metric, "at most", goal.limit - less, False, "user")
    assert list(contradictions(PlanGoals(80.0, (upper, lower), (0.5,)))) == [(lower, upper)]


@pytest.mark.parametrize(
    "text", ["target:V100>=101", "target:V100>=-1", "target:D9O>=100", "target:Dmax<=-5"]
)
def test_nonsense_is_no_goal_at_all(text: str) -> None:
    with pytest.raises(DoseError):
        goals(text)
