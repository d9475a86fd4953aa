"""Visits of rules VISITS and VISIT-WINDOW, placed by hand; the matching by its definition."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError, RulesError
from seedbed.protocol import load_rules, visits_due
from seedbed.protocol.follow_up import FollowUp, FollowUpFacts, SeenVisit, follow_up

START = date(2025, 1, 10)
DUE = {month: START + relativedelta(months=month) for month in (2, 4, 6, 12, 18)}
ALL = tuple(item.id for item in load_rules().visits.item)


def visited(*days: date, today: date, died_on: date | None = None) -> FollowUp:
    seen = tuple(SeenVisit(on=day, items=ALL) for day in days)
    return follow_up(FollowUpFacts(treatment_starts=(START,), seen=seen, died_on=died_on), today)


def after(month: int, days: int) -> date:
    return DUE[month] + timedelta(days=days)


@pytest.mark.parametrize(
    ("month", "off", "status"),
    [
        (2, -15, "early"),
        (2, -14, "seen"),
        (2, 14, "seen"),
        (2, 15, "late"),
        (6, 14, "seen"),
        (6, 15, "late"),
        (12, -31, "early"),
        (12, -30, "seen"),
        (12, 30, "seen"),
        (12, 31, "late"),
    ],
)
def test_the_window_is_14_days_up_to_month_6_and_30_later(month: int, off: int, status: str) -> None:
    found = visited(after(month, off), today=date(2026, 6, 1))
    visit = next(each for each in found.visits if each.month == month)
    assert (visit.status, visit.days_off, visit.seen_on) == (status, off, after(month, off))


@pytest.mark.parametrize(("days", "status"), [(-1, "not yet due"), (14, "not yet due"), (15, "missing")])
def test_a_visit_is_missing_once_its_window_is_over(days: int, status: str) -> None:
    found = visited(today=after(2, days))
    assert found.visits[0].status == status
    assert (found.next_due is found.visits[0]) is (status == "not yet due")


def test_an_open_window_is_told() -> None:
    assert visited(today=after(2, 3)).visits[0].text == (
        f"month 2, due {DUE[2]}: due, still on time until {after(2, 14)}"
    )


def test_death_excuses_what_was_not_over() -> None:
    found = visited(after(2, 0), today=date(2026, 8, 1), died_on=after(6, 10))
    assert [visit.status for visit in found.visits] == [
        "seen",
        "missing",
        "excused by death",
        "excused by death",
        "excused by death",
        "excused by death",
    ]
    assert found.next_due is None


def test_a_visit_soon_after_treatment_is_no_early_visit() -> None:
    found = visited(START + timedelta(days=7), START, START - timedelta(days=9), today=after(2, 1))
    assert found.visits[0].status == "not yet due"
    assert len(found.extra) == 3


def test_of_two_visits_the_nearer_counts() -> None:
    found = visited(after(2, -10), after(2, 5), today=after(2, 20))
    assert (found.visits[0].seen_on, found.extra) == (after(2, 5), (after(2, -10),))


def test_a_visit_that_is_left_over_may_be_the_one_before_late() -> None:
    # 32 days after month 2 is nearer to month 4, which has a visit of its own.
    found = visited(after(2, 32), after(4, 0), today=after(4, 5))
    assert [(visit.status, visit.days_off) for visit in found.visits[:2]] == [("late", 32), ("seen", 0)]
    assert found.extra == ()


def test_a_visit_that_is_left_over_is_never_an_early_one() -> None:
    found = visited(after(2, 0), after(2, 20), today=after(4, 20))
    assert [visit.status for visit in found.visits[:2]] == ["seen", "missing"]
    assert found.extra == (after(2, 20),)


def test_a_visit_in_the_middle_counts_for_the_due_visit_before() -> None:
    found = visited(after(6, 92), today=after(12, 40))
    assert (DUE[12] - DUE[6]).days == 2 * 92
    assert [(visit.status, visit.days_off) for visit in found.visits[2:4]] == [
        ("late", 92),
        ("missing", None),
    ]


def test_two_visits_on_one_day_are_one() -> None:
    found = visited(after(4, 0), after(4, 0), today=after(4, 5))
    assert [visit.status for visit in found.visits[:2]] == ["missing", "seen"]
    assert found.extra == (after(4, 0),)


def test_a_visit_on_the_day_of_death_counts() -> None:
    assert visited(DUE[2], today=after(2, 9), died_on=DUE[2]).visits[0].status == "seen"


def test_items_that_were_left_out_are_named() -> None:
    done = tuple(item for item in ALL if item not in ("ITEM-IMAGING", "ITEM-PAIN", "ITEM-DRUG"))
    seen = (SeenVisit(on=DUE[2], items=done),)
    ask = FollowUpFacts(treatment_starts=(START,), seen=seen)
    assert follow_up(ask, DUE[2]).visits[0].missing_items == ("ITEM-DRUG", "ITEM-IMAGING", "ITEM-PAIN")
    ask = FollowUpFacts(treatment_starts=(START,), seen=seen, with_drug=False, not_asked=("ITEM-PAIN",))
    assert follow_up(ask, DUE[2]).visits[0].missing_items == ("ITEM-IMAGING",)
    assert "ITEM-IMAGING" in follow_up(ask, DUE[2]).visits[0].rule_ids


def test_the_last_contact_is_told_with_what_is_missing_after_it() -> None:
    facts = FollowUpFacts(treatment_starts=(START,), last_contact_on=after(2, 1))
    texts = [visit.text for visit in follow_up(facts, date(2025, 6, 30)).visits]
    assert "last contact" not in texts[0]
    assert f"after the last contact of {after(2, 1)}" in texts[1]


def test_the_first_of_several_treatments_counts() -> None:
    facts = FollowUpFacts(treatment_starts=(START + timedelta(days=50), START))
    assert follow_up(facts, START + timedelta(days=60)).visits[0].due_on == DUE[2]


@given(
    st.dates(date(2016, 1, 1), date(2030, 12, 31)),
    st.lists(st.integers(0, 1500), max_size=14, unique=True),
    st.integers(1500, 1600),
)
def test_every_visit_counts_once_in_the_order_of_time(start: date, offsets: list[int], horizon: int) -> None:
    today = start + timedelta(days=horizon)
    seen = tuple(SeenVisit(on=start + timedelta(days=offset)) for offset in offsets)
    found = follow_up(FollowUpFacts(treatment_starts=(start,), seen=seen), today)
    matched = [visit.seen_on for visit in found.visits if visit.seen_on is not None]
    assert matched == sorted(set(matched))
    assert sorted([*matched, *found.extra]) == sorted(visit.on for visit in seen)
    due = [visit.on for visit in visits_due(start, until=today)]
    assert [visit.due_on for visit in found.visits[: len(due)]] == due
    assert len(found.visits) == len(due) + 1
    assert found.visits[-1].due_on > today


@given(
    st.dates(date(2016, 1, 1), date(2030, 12, 31)),
    st.lists(st.integers(0, 1500), max_size=14, unique=True),
)
def test_the_nearest_visit_of_each_due_visit_counts(start: date, offsets: list[int]) -> None:
    """The definition, visit by visit: a due visit holds the nearest of those that have no nearer one."""
    today = start + timedelta(days=1500)
    seen = tuple(SeenVisit(on=start + timedelta(days=offset)) for offset in offsets)
    found = follow_up(FollowUpFacts(treatment_starts=(start,), seen=seen), today)
    marks = [start, *(visit.due_on for visit in found.visits)]
    nearest = {on: min(marks, key=lambda mark: (abs(mark - on), mark)) for on in (visit.on for visit in seen)}
    for visit in found.visits:
        rivals = [on for on, mark in nearest.items() if mark == visit.due_on]
        if rivals:
            assert visit.seen_on == min(rivals, key=lambda on: (abs(on - visit.due_on), on))
        elif visit.seen_on is not None:
            assert visit.seen_on > visit.due_on
            assert nearest[visit.seen_on] == marks[marks.index(visit.due_on) + 1]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"seen": (SeenVisit(on=date(2026, 1, 1)),)}, "no day to come"),
        ({"died_on": date(2026, 1, 1)}, "no day to come"),
        ({"last_contact_on": date(2026, 1, 1)}, "no day to come"),
        ({"died_on": DUE[2], "seen": (SeenVisit(on=DUE[4]),)}, "no visit after death"),
        ({"seen": (SeenVisit(on=DUE[2], items=("ITEM-BLOD",)),)}, "did you mean 'ITEM-BLOOD'"),
        ({"not_asked": ("ITEM-PAINN",)}, "did you mean 'ITEM-PAIN'"),
        ({"died_on": date(2024, 1, 1)}, "not before treatment"),
        ({"treatment_starts": ()}, "no start of treatment"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(facts: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        follow_up(FollowUpFacts(**{"treatment_starts": (START,), **facts}), date(2025, 12, 31))  # type: ignore[arg-type]


def test_rules_without_a_window_judge_no_visit(tmp_path: Path) -> None:
    rules = load_rules()
    without = rules.model_copy(update={"visits": rules.visits.model_copy(update={"window": None})})
    assert "VISIT-WINDOW" not in [rule.id for rule in without.rules]
    with pytest.raises(RulesError, match=r"add \[visits.window\]"):
        follow_up(FollowUpFacts(treatment_starts=(START,)), START, protocol=without)


@given(st.integers(-25, 25), st.integers(1, 31))
def test_a_visit_of_some_days_is_judged_only_where_all_days_agree(first: int, length: int) -> None:
    """Each day that it can have been on is judged alone, for the same due visit; local window of 14 days."""
    begin, end = DUE[2] + timedelta(days=first), DUE[2] + timedelta(days=first + length)
    partly = SeenVisit(on=begin, until=end, stated="as stated")
    visit = follow_up(FollowUpFacts(treatment_starts=(START,), seen=(partly,)), date(2026, 12, 1)).visits[0]
    alone = {
        "early" if off < -14 else "late" if off > 14 else "seen" for off in range(first, first + length + 1)
    }
    assert visit.status == (alone.pop() if len(alone) == 1 else "seen, day not known")
    assert (visit.days_off, visit.seen) == (None, "as stated")
    assert "seen as stated, day not known" in visit.text
