"""Goals as a user types them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import DoseError, StructureError
from seedbed.planning.goals import Goal, PlanGoals, default_goals, parse_goal, with_goals

ORGANS = ["SpinalCord", "A_Carotid_L", "A_Carotid_R"]
GOALS = default_goals(120.0, strengths_u=[0.889], organs=ORGANS)


def changed(*texts: str, first: PlanGoals = GOALS) -> set[str]:
    before = {str(goal) for goal in first.goals}
    after = {str(goal) for goal in with_goals(first, texts).goals}
    return {f"+{text}" for text in after - before} | {f"-{text}" for text in before - after}


ALIKE = [
    "SpinalCord:Dmax<=45!",
    "SpinalCord : D max <= 45 Gy !",
    "SpinalCord：Dmax≤45！",
    "SpinalCord:dmax<=4.5e1gy!",
]


@pytest.mark.parametrize("text", ALIKE)
def test_a_goal_is_read_however_it_is_typed(text: str) -> None:
    assert parse_goal(text) == Goal("SpinalCord", "Dmax", "at most", 45.0, True, "user")


def test_a_name_with_colons_and_signs_is_kept() -> None:
    assert parse_goal("a:b <= c:D2cc<=60").structure == "a:b <= c"


@given(
    structure=st.text(min_size=1).filter(lambda text: text == text.strip() and text.isprintable()),
    metric=st.sampled_from(["V100", "V80Gy[cc]", "D90[%]", "D0.1cc", "Dmax", "Dmean"]),
    sense=st.sampled_from(["at least", "at most"]),
    limit=st.floats(0, 100),
    hard=st.booleans(),
)
def test_a_goal_written_is_the_goal_read(
    structure: str, metric: str, sense: str, limit: float, hard: bool
) -> None:
    goal = Goal(structure, metric, sense, limit, hard, "user")  # type: ignore[arg-type]
    assert parse_goal(str(goal)) == goal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dmax<=45", "STRUCTURE:METRIC"),
        ("SpinalCord:Dmax<45", "STRUCTURE:METRIC"),
        ("SpinalCord:Dmax<=", "STRUCTURE:METRIC"),
        ("SpinalCord:Dmax<=many", "STRUCTURE:METRIC"),
        (":Dmax<=45", "STRUCTURE:METRIC"),
        ("SpinalCord:Dmx<=45", "a metric|the metric"),
        ("SpinalCord:Dmax<=45 %", "answers in"),
        ("target:V100>=120", "at most 100 %"),
        ("target:V100=off", "removal"),
    ],
)
def test_a_text_that_is_no_goal_is_answered_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(DoseError, match=words):
        parse_goal(text)


def test_a_change_replaces_adds_and_takes_out() -> None:
    assert changed("target:V150<=50") == {"-target:V150<=60?", "+target:V150<=50?"}
    assert changed("target:V300<=10") == {"+target:V300<=10?"}
    assert changed("target:V200=off") == {"-target:V200<=30?"}


def test_a_replaced_goal_keeps_its_place_and_names_its_author() -> None:
    new = with_goals(GOALS, ["target:D90>=130"])
    place = [goal.metric for goal in GOALS.goals].index("D90[%]")
    assert new.goals[place] == Goal("target", "D90", "at least", 130.0, True, "user")
    assert len(new.goals) == len(GOALS.goals)


def test_a_tighter_limit_is_not_weakened_by_accident() -> None:
    assert "+SpinalCord:Dmax<=45!" in changed("SpinalCord:Dmax<=45")
    assert "+SpinalCord:Dmax<=45?" in changed("SpinalCord:Dmax<=45?")
    assert "+target:V150<=50!" in changed("target:V150<=50!")


def test_the_other_sense_is_another_goal() -> None:
    assert changed("target:V150>=20") == {"+target:V150>=20?"}


@pytest.mark.parametrize("name", ["spinalcord", "SPINALCORD", "spinal cord", "脊髓"])
def test_a_structure_is_found_by_another_case_and_by_its_role(name: str) -> None:
    assert "+SpinalCord:Dmax<=45!" in changed(f"{name}:Dmax<=45")


@pytest.mark.parametrize("name", ["carotid artery", "Tracheaa", "spinel cord"])
def test_a_structure_that_is_unknown_or_ambiguous_is_refused(name: str) -> None:
    with pytest.raises(StructureError, match="one of 'target', 'SpinalCord', 'A_Carotid_L'"):
        with_goals(GOALS, [f"{name}:D2cc<=60"])


def test_an_organ_without_a_goal_can_be_named() -> None:
    assert with_goals(GOALS, ["Vein:D2cc<=90"], organs=["Vein"]).of("Vein")[0].limit == 90.0


def test_what_is_not_there_cannot_be_taken_out() -> None:
    with pytest.raises(DoseError, match="'target:V100>=95!'"):
        with_goals(GOALS, ["target:V300=off"])


def test_all_goals_written_give_the_same_goals_again() -> None:
    again = with_goals(PlanGoals(120.0, (), (0.889,)), [str(goal) for goal in GOALS.goals], organs=ORGANS)
    assert [str(goal) for goal in again.goals] == [str(goal) for goal in GOALS.goals]
