"""The shipped goals, and the names of organs they are for."""

import pytest

from seedbed.dosimetry.bioeffect import bio_effect
from seedbed.dosimetry.tissues import load_tissue
from seedbed.errors import DoseError, StructureError
from seedbed.planning.goals import (
    check_goals,
    default_goals,
    goal_sites,
    organ_goals,
    organ_role,
    role_names,
)
from seedbed.planning.goals.table import LOCAL_RULE, goal_table
from seedbed.protocol import load_rules

NAMES = {
    "spinal cord": ["SpinalCord", "spinal cord", "SPINAL_CORD", "Spinal-Cord", "SpinalCord_PRV05",
                    "Cord 3 mm", "脊髓"],
    "brain stem": ["Brainstem", "BrainStem", "脑干"],
    "brachial plexus": ["BrachialPlex_L", "BrachialPlexs", "Brachial plexus left", "left brachial plexus",
                        "左侧臂丛"],
    "larynx": ["Larynx", "LARYNX", "喉"],
    "oesophagus": ["Esophagus", "Oesophagus", "esophagus2", "食管"],
    "trachea": ["Trachea", " trachea ", "气管"],
    "carotid artery": ["A_Carotid_L", "Carotid_R", "Carotid (left)", "CarotidLeft", "Lt carotid",
                       "左颈动脉", "颈动脉_右"],
    "skin": ["Skin", "External 3 mm shell", "皮肤"],
}  # fmt: skip
STRANGERS = [
    "vocal cord",
    "Jugular_R",
    "External",
    "Body",
    "Skinfold",
    "GTV",
    "",
    "L",
    "左",
    "Tracheostoma",
    "心脏",
]


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names])
def test_an_organ_is_known_by_its_usual_names(role: str, name: str) -> None:
    assert organ_role(name) == role


@pytest.mark.parametrize("name", STRANGERS)
def test_a_name_that_only_looks_alike_has_no_role(name: str) -> None:
    assert organ_role(name) is None


def test_every_role_is_its_own_name_and_has_goals() -> None:
    assert sorted(NAMES) == sorted(role_names())
    for role in role_names():
        assert organ_role(role) == role
        assert organ_goals(role)


def test_the_sites_are_those_of_the_shipped_protocol() -> None:
    assert set(goal_sites()) == {rule.site for rule in load_rules().activity}


@pytest.mark.parametrize("site", ["surface", "bone", "other"])
def test_every_site_asks_for_coverage_first(site: str) -> None:
    goals = {str(goal) for goal in default_goals(100.0, strengths_u=[0.5], site=site).goals}
    assert {"target:V100>=95!", "target:D90[%]>=105!"} <= goals


def test_an_organ_keeps_its_own_name_and_is_asked_once() -> None:
    goals = default_goals(120.0, strengths_u=[0.889], organs=["脊髓", "Vein", "脊髓"])
    assert goals.structures == ("target", "脊髓", "Vein")
    assert [str(goal) for goal in goals.of("脊髓") if goal.hard] == ["脊髓:Dmax<=50!"]
    assert [str(goal) for goal in goals.of("Vein")] == ["Vein:D2cc[%]<=100?"]


@pytest.mark.parametrize("prescription", [80.0, 100.0, 120.0, 160.0])
@pytest.mark.parametrize("site", ["surface", "bone", "other"])
def test_the_shipped_goals_do_not_contradict_each_other(prescription: float, site: str) -> None:
    goals = default_goals(prescription, strengths_u=[0.5], organs=role_names(), site=site)
    check_goals(goals, volumes_cc=dict.fromkeys(goals.structures, 1.0))
    check_goals(goals)


def test_every_limit_of_an_organ_says_that_it_is_a_local_rule() -> None:
    # None of them was found for permanent seeds: what is taken from external beams is so by our own rule.
    for organ in goal_table()["organ"]:
        assert all(entry["source"].startswith(LOCAL_RULE) for entry in organ["goal"])
    assert all(goal.source for goal in default_goals(120.0, strengths_u=[0.5], organs=["Skin"]).goals)


PRINTED = {  # typed again from the abstracts and from QUANTEC's table 1
    ("spinal cord", "Dmax"): 50.0,
    ("spinal cord", "D0.1cc"): 45.0,
    ("brain stem", "Dmax"): 54.0,
    ("brachial plexus", "Dmax"): 66.0,
    ("brachial plexus", "D5"): 60.0,
    ("larynx", "Dmax"): 66.0,
    ("larynx", "Dmean"): 44.0,
    ("oesophagus", "Dmean"): 34.0,
}


@pytest.mark.parametrize(("role", "metric"), PRINTED)
def test_limits_after_a_publication_are_as_printed(role: str, metric: str) -> None:
    goal = next(goal for goal in organ_goals(role) if goal.metric == metric)
    assert (goal.limit, goal.sense) == (PRINTED[role, metric], "at most")
    assert "doi" in goal.source


def test_seeds_spare_late_tissue_as_the_table_says() -> None:
    # The table's remark that a limit of external beams errs on the safe side, by the linear-quadratic model.
    found = bio_effect(60.0, half_life_days=59.4, tissue=load_tissue("late-organ"))
    assert next(row.eqd2_gy for row in found.band if row.alpha_beta_gy == 3.0) == pytest.approx(37.0, abs=0.5)


def test_unknown_sites_and_misleading_names_are_refused() -> None:
    with pytest.raises(DoseError, match="did you mean 'bone'"):
        default_goals(120.0, strengths_u=[0.5], site="bones")
    with pytest.raises(StructureError, match="rename"):
        default_goals(120.0, strengths_u=[0.5], organs=["target"])
    with pytest.raises(DoseError, match="0 Gy"):
        default_goals(0, strengths_u=[0.5])
