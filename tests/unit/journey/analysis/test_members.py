"""Which finding counts for which visit: by the rule of the protocol, one at a time, and for many at once."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.journey.analysis.members import Members, at_months
from seedbed.journey.records.plain import first_days
from seedbed.patient import PartialDate
from seedbed.protocol import load_rules
from seedbed.protocol.follow_up import FollowUpFacts, SeenVisit, follow_up

START = date(2024, 1, 10)
ON = date(2026, 1, 1)
MONTHS = (0, 2, 4, 6, 12)


def members(*starts: str) -> Members:
    return Members(
        ids=tuple(f"S-{at}" for at in range(len(starts))),
        starts=tuple(map(PartialDate, starts)),
        on=ON,
        protocol=load_rules(),
        rules=analysis_rules(),
    )


def found_on(*found: str):
    return {"patients": np.zeros(len(found), dtype=np.int64), "days": first_days(found)}


@given(st.lists(st.integers(-60, 700), min_size=1, max_size=12, unique=True))
def test_it_is_the_matching_of_follow_up(offsets: list[int]) -> None:
    seen = sorted(START + timedelta(days=each) for each in offsets)
    later = [day for day in seen if day >= START]
    facts = FollowUpFacts(treatment_starts=(START,), seen=tuple(SeenVisit(on=day) for day in later))
    expected = {visit.month: visit.seen_on for visit in follow_up(facts, ON).visits}
    taken = at_months(members(START.isoformat()), **found_on(*map(str, seen)), months=MONTHS)
    for month in MONTHS[1:]:
        place = int(taken[month].place[0])
        assert (None if place < 0 else seen[place]) == expected[month]
    before = [day for day in seen if day <= START]
    place = int(taken[0].place[0])
    assert (None if place < 0 else seen[place]) == max(before, default=None)


def test_a_partial_start_and_a_partial_finding_before_it() -> None:
    taken = at_months(members("2024-01"), **found_on("2023-12", "2024-01-20", "2024-02-03"), months=(0,))
    assert taken[0].place.tolist() == [1]


def test_patients_do_not_mix() -> None:
    patients = np.array([0, 1, 1], dtype=np.int64)
    found = first_days(["2024-07-10", "2024-01-01", "2025-07-10"])
    taken = at_months(members("2024-01-10", "2025-01-10"), patients, days=found, months=MONTHS)
    assert taken[6].place.tolist() == [0, 2]
    assert taken[0].place.tolist() == [-1, 1]


def test_nobody_and_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert at_months(members("2024-01-10"), nothing, days=nothing, months=MONTHS)[6].place.tolist() == [-1]
    assert at_months(members(), nothing, days=nothing, months=MONTHS)[0].place.tolist() == []
