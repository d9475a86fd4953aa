from seedbed.cohort.lesion_rules import lesion_rules
from seedbed.response import load_profile


def test_growth_is_what_the_profile_of_recist_calls_progression() -> None:
    """Two files hold the numbers of Eisenhauer et al. 2009, section 4.3.1: they must be the same."""
    progression = load_profile("recist11").progression
    growth = lesion_rules().growth
    assert growth.increase_pct == progression.increase_pct == 20.0
    assert growth.absolute_increase_mm == progression.absolute_increase_mm == 5.0
    assert growth.node_at_least_mm == load_profile("recist11").complete.node_short_axis_below_mm == 10.0


def test_every_rule_has_an_id_a_text_and_a_place() -> None:
    rules = lesion_rules().every
    assert len({rule.id for rule in rules}) == len(rules) == 6
    assert all(rule.id.startswith("LES-") and rule.text and rule.place for rule in rules)
