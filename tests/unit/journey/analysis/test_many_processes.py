"""Patients judged by several processes: the same results, errors as they are, nothing left running."""

import multiprocessing
import os
from dataclasses import replace
from datetime import date

import pytest

from seedbed.errors import InputError, OutputError
from seedbed.journey.analysis.judging import Batch, JudgedImages, judge_batch
from seedbed.journey.analysis.many_processes import other_processes
from seedbed.patient import PartialDate

VISITS = ("2024-01-05", "2024-03-10", "2024-07-10", "2025-01-10")


def batch(first: int) -> Batch:
    """Return three made-up patients, each with a course of diameters of its own."""
    rows = tuple(range(first, first + 3))
    patients = tuple(f"S-{row}" for row in rows)
    sizes = {name: (40.0, 20.0 + 9 * at, 18.0, 30.0) for at, name in enumerate(patients)}
    return Batch(
        rows=rows,
        patients=patients,
        starts=(PartialDate("2024-01-10"),) * 3,
        on=date(2026, 1, 1),
        lesions=[(name, "T1", "target", "", None, None, "", None) for name in patients],
        images=[
            (name, "T1", on, "", size, None, size, size, size, None, None, None)
            for name in patients
            for on, size in zip(VISITS, sizes[name], strict=True)
        ],
        profile="recist11",
        reader=None,
        stays=True,
    )


BATCHES = [batch(first) for first in range(0, 15, 3)]


def together(batches: list[Batch], processes: int = 1) -> JudgedImages:
    """Judge batches by this process or by others, and put together what they found."""
    found = JudgedImages()
    with other_processes(processes) as others:
        others.start("seedbed.journey.analysis.judging")
        assert others.started == (processes > 1)
        for later in [others.give(judge_batch, each) for each in batches]:
            found.add(later())
    return found


def test_two_processes_find_what_one_finds() -> None:
    one = together(BATCHES)
    assert together(BATCHES, processes=2) == one
    assert one.rows == [row for row in range(15) for _ in VISITS]
    assert [each.best for each in one.patients[:3]] == ["PR", "SD", "SD"]
    assert [one.days[each.first] for each in one.patients] == [date(2024, 1, 5).toordinal()] * 15
    assert not multiprocessing.active_children()


def test_places_move_with_the_lists() -> None:
    alone = judge_batch(BATCHES[1]).patients[0]
    moved = together(BATCHES[:2]).patients[3]
    assert moved.responded_at - moved.first == alone.responded_at - alone.first == 1


def test_an_error_comes_through_as_it_is_and_leaves_no_process() -> None:
    twice = [(*row[:3], "one", *row[4:]) for row in BATCHES[0].images]
    wrong = replace(BATCHES[0], images=[*BATCHES[0].images, *twice])
    with pytest.raises(InputError, match=r"S-0 were measured by 2 readers.*--reader"):
        together([BATCHES[1], wrong], processes=2)
    assert not multiprocessing.active_children()


def test_a_process_that_dies_is_a_sentence() -> None:
    with other_processes(2) as others:
        others.start("json")
        later = others.give(os._exit, 9)
        with pytest.raises(OutputError, match=r"ended before its work was done.*enough memory"):
            later()
    assert not multiprocessing.active_children()
