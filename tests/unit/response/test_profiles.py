import pytest

from seedbed.errors import InputError
from seedbed.protocol import load_rules
from seedbed.response import PROFILES, load_profile


def test_an_unknown_profile_is_refused_with_its_likeliest_meaning() -> None:
    with pytest.raises(InputError, match="did you mean 'recist11'"):
        load_profile("recist1.1")


def test_the_paper_is_the_section_of_the_protocol() -> None:
    assert load_profile("paper") == load_rules().response


@pytest.mark.parametrize("name", PROFILES)
def test_every_rule_has_an_id_of_its_own_and_a_place(name: str) -> None:
    rules = load_profile(name).rules
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.place for rule in rules)


def test_the_thresholds_of_recist() -> None:
    """Eisenhauer et al. 2009, sections 3.1.1, 4.1, 4.3.1 and 4.4.3."""
    rules = load_profile("recist11")
    assert (rules.partial.decrease_pct, rules.complete.node_short_axis_below_mm) == (30, 10)
    assert (rules.progression.increase_pct, rules.progression.absolute_increase_mm) == (20, 5)
    assert (rules.confirmation.weeks, rules.confirmation.responses) == (4, ("CR", "PR"))
    assert rules.stable.minimum_weeks == 6
    limit = rules.target_limit
    assert limit is not None
    assert (limit.at_most, limit.in_one_organ) == (5, 2)
