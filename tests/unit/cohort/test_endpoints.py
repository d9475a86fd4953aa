"""Endpoints by the words of Chen et al. 2025, section 2.4; days by the calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.cohort.endpoints import (
    DAYS_A_MONTH,
    DiseaseCourse,
    death_day,
    local_progression_free_survival,
    overall_survival,
    progression_free_survival,
)
from seedbed.errors import InputError
from seedbed.patient import PartialDate


def course(**more: object) -> DiseaseCourse:
    known = {
        "patient_id": "S-01",
        "started": PartialDate("2024-01-31"),
        "last_seen": PartialDate("2025-03-01"),
        "last_assessed": PartialDate("2025-01-31"),
    }
    return DiseaseCourse(**{**known, **more})


def test_distant_progression_alone_is_no_event_of_the_local_endpoint() -> None:
    distant = course(progressions=((PartialDate("2024-06-30"), "distant"),))
    local = local_progression_free_survival(distant)
    assert (local.event, local.days) == (False, 366)  # 2024 has a 29th of February
    anywhere = progression_free_survival(distant)
    assert (anywhere.event, anywhere.days, anywhere.what) == (True, 151, "progression")


def test_the_first_local_progression_counts() -> None:
    seen = ((PartialDate("2024-12-01"), "local"), (PartialDate("2024-07-31"), "local and distant"))
    found = local_progression_free_survival(course(progressions=seen, died=PartialDate("2025-02-01")))
    assert (found.days, found.event, found.what) == (182, True, "local progression")


def test_death_is_an_event_of_every_endpoint() -> None:
    dead = course(died=PartialDate("2024-02-01"))
    endpoints = (overall_survival, local_progression_free_survival, progression_free_survival)
    for found in (endpoint(dead) for endpoint in endpoints):
        assert (found.days, found.event, found.what) == (1, True, "death")


def test_survival_is_censored_when_last_seen_and_progression_when_last_assessed() -> None:
    assert overall_survival(course()).end == date(2025, 3, 1)
    assert progression_free_survival(course()).end == date(2025, 1, 31)


def test_a_partial_date_counts_from_its_first_day_but_not_before_the_start() -> None:
    found = overall_survival(course(died=PartialDate("2024-01")))
    assert (found.days, found.exact) == (0, False)
    assert overall_survival(course(died=PartialDate("2024-03"))).end == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("died", "seen", "day"),
    [
        ("2025", "2025-03-09", date(2025, 3, 9)),
        ("2025-03", "2025-03-09", date(2025, 3, 9)),
        ("2025-04", "2025-03-09", date(2025, 4, 1)),
        ("2025", "2025-03", date(2025, 3, 1)),  # seen on some day of March
        ("2025-12", "2025-12-31", date(2025, 12, 31)),
        ("2024-12", "2025-03-09", date(2024, 12, 1)),  # contradicts; the consistency checks name it
        ("2025-02-01", "2025-03-09", date(2025, 2, 1)),
        ("2025-04-02", "2025-03-09", date(2025, 4, 2)),
        ("2024", "2024-01-31", date(2024, 1, 31)),
    ],
)
def test_a_death_known_in_part_is_not_before_the_patient_was_last_seen(
    died: str, seen: str, day: date
) -> None:
    dead = course(died=PartialDate(died), last_seen=PartialDate(seen))
    endpoints = (overall_survival, local_progression_free_survival, progression_free_survival)
    assert [endpoint(dead).end for endpoint in endpoints] == [day] * 3
    assert overall_survival(dead).exact == (len(died) == 10)


def test_a_death_known_in_part_is_not_before_a_progression() -> None:
    dead = course(
        died=PartialDate("2024"),
        last_seen=PartialDate("2024-03-01"),
        progressions=((PartialDate("2024-06-30"), "distant"),),
    )
    assert overall_survival(dead).end == progression_free_survival(dead).end == date(2024, 6, 30)
    local = local_progression_free_survival(dead)
    assert (local.end, local.what) == (date(2024, 6, 30), "death")


@given(st.integers(0, 3000), st.integers(0, 3000), st.sampled_from([4, 7, 10]))
def test_the_day_of_death_lies_between_the_last_day_alive_and_the_true_one(
    death: int, seen: int, known: int
) -> None:
    start = date(2024, 1, 31)
    true, last = (start + timedelta(days=each) for each in (death, min(death, seen)))
    died = PartialDate(true.isoformat()[:known])
    day = death_day(course(died=died, last_seen=PartialDate.of(last)))
    assert day is not None
    assert max(died.earliest, last) <= day <= true


def test_an_event_before_the_treatment_is_refused() -> None:
    with pytest.raises(InputError, match="before the treatment of 2024-01-31"):
        overall_survival(course(died=PartialDate("2023-12")))


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_local_progression_never_comes_before_any_progression(local: int, distant: int) -> None:
    start = date(2024, 1, 31)
    days = [PartialDate.of(start + timedelta(days=each)) for each in (local, distant)]
    both = course(progressions=((days[0], "local"), (days[1], "distant")))
    first, any_first = local_progression_free_survival(both), progression_free_survival(both)
    assert (first.days, any_first.days) == (local, min(local, distant))
    assert first.months == pytest.approx(local / DAYS_A_MONTH)
