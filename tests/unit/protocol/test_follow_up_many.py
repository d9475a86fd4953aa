"""Many patients at once against one at a time."""

from datetime import date

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.protocol.follow_up import FollowUpFacts, SeenVisit, follow_up
from seedbed.protocol.follow_up_many import follow_up_all
from seedbed.protocol.visit_matching import IntArray

TODAY = date(2026, 11, 1)
NOW = TODAY.toordinal()
NOBODY = np.array([], dtype=np.int64)


def synthetic(rng: np.random.Generator, patients: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Starts, rows, days and deaths of made-up patients with twelve visits each."""
    starts = rng.integers(NOW - 2200, NOW, patients)
    deaths = np.where(rng.random(patients) < 0.2, rng.integers(starts, NOW + 1), 0)
    rows = np.repeat(np.arange(patients), 12)
    last = np.where(deaths > 0, deaths, NOW)
    days = starts[rows] + (rng.random(len(rows)) * (last - starts)[rows]).astype(np.int64)
    return starts, rows, days, deaths


def test_many_patients_are_judged_as_each_alone() -> None:
    starts, rows, days, deaths = synthetic(np.random.default_rng(7), 300)
    found = follow_up_all(starts, rows, days=days, today=TODAY, deaths=deaths)
    expected = []
    for patient, (start, death) in enumerate(zip(starts.tolist(), deaths.tolist(), strict=True)):
        facts = FollowUpFacts(
            treatment_starts=(date.fromordinal(start),),
            seen=tuple(SeenVisit(on=date.fromordinal(day)) for day in days[rows == patient].tolist()),
            died_on=date.fromordinal(death) if death else None,
        )
        for visit in follow_up(facts, TODAY).visits:
            to_today = (TODAY - visit.due_on).days
            row = (patient, visit.month, visit.due_on.toordinal())
            if visit.status in ("early", "late"):
                expected.append((*row, visit.status, visit.days_off))
            elif visit.status == "missing":
                expected.append((*row, "missing", to_today))
            elif visit.status == "not yet due" and -to_today <= visit.window_days:
                expected.append((*row, "due", to_today))
    columns = (found.patient, found.month, found.due, found.status, found.days_off)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    assert {status for *_, status, _ in expected} == {"due", "early", "late", "missing"}
    assert len(found) == len(expected)


def test_visits_of_some_days_are_judged_as_each_alone() -> None:
    starts, rows, days, _ = synthetic(np.random.default_rng(9), 200)
    lasts = np.minimum(days + np.random.default_rng(10).integers(0, 31, len(days)), NOW)
    found = follow_up_all(starts, rows, days=days, last_days=lasts, today=TODAY)
    expected = set()
    for patient, start in enumerate(starts.tolist()):
        seen = tuple(
            SeenVisit(on=date.fromordinal(first), until=date.fromordinal(last) if last > first else None)
            for first, last in zip(
                days[rows == patient].tolist(), lasts[rows == patient].tolist(), strict=True
            )
        )
        facts = FollowUpFacts(treatment_starts=(date.fromordinal(start),), seen=seen)
        for visit in follow_up(facts, TODAY).visits:
            if visit.status in ("early", "late", "seen, day not known"):
                expected.add((patient, visit.month, visit.status, visit.days_off))
    listed = zip(found.patient, found.month, found.status, found.days_off, found.day_known, strict=True)
    came = {
        (int(patient), int(month), str(status), int(off) if known else None)
        for patient, month, status, off, known in listed
        if status not in ("due", "missing")
    }
    assert came == expected
    assert {status for _, _, status, _ in expected} == {"early", "late", "seen, day not known"}


def test_nobody_has_no_visit_open() -> None:
    assert len(follow_up_all(NOBODY, NOBODY, days=NOBODY, today=TODAY)) == 0


@pytest.mark.parametrize(
    ("rows", "days", "deaths", "said"),
    [
        ([0], [], [0], "arrays of equal length"),
        ([], [], [0, 0], "arrays of equal length"),
        ([1], [NOW], [0], "not in the list"),
        ([-1], [NOW], [0], "not in the list"),
        ([0], [NOW + 1], [0], "no day to come"),
        ([0], [NOW], [NOW - 1], "after death"),
    ],
)
def test_arrays_that_contradict_each_other_are_refused(
    rows: list[int], days: list[int], deaths: list[int], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        follow_up_all(
            np.array([NOW - 100]),
            np.array(rows, dtype=np.int64),
            days=np.array(days, dtype=np.int64),
            today=TODAY,
            deaths=np.array(deaths, dtype=np.int64),
        )
