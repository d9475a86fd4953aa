"""Edits of found seeds: what a person did is told, and nothing that nobody did."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.verification.seed_edits import SeedEdits, compare_edits
from seedbed.verification.seed_list import SeedTable, found_table

SLICE_MM = 2.5
RNGS = st.integers(0, 2**32 - 1)


def lattice(count: int, rng: np.random.Generator) -> SeedTable:
    """Seeds 10 mm apart, in any order and direction."""
    steps = np.stack(np.meshgrid(*[np.arange(5)] * 3), axis=-1).reshape(-1, 3)
    axes = rng.normal(size=(count, 3))
    return found_table(
        10.0 * steps[rng.permutation(len(steps))[:count]],
        axes / np.linalg.norm(axes, axis=1, keepdims=True),
        confidence=rng.uniform(0, 1, count),
        axis_sd_deg=rng.uniform(1, 20, count),
        position_sd_mm=rng.uniform(0.1, 0.6, count),
        doubt=[f"look at {number}" for number in range(count)],
    )


def with_rows(
    table: SeedTable, positions: list[list[float]], *, numbers: tuple[int, ...] = (), origin: str = ""
) -> SeedTable:
    """A table with rows typed below it: no axis."""
    more = len(positions)
    return SeedTable(
        np.append(table.numbers, np.array(numbers or (0,) * more, dtype=int)),
        np.vstack([table.positions_mm, np.reshape(positions, (more, 3))]),
        np.vstack([table.axes, np.zeros((more, 3))]),
        np.append(table.confidence, np.ones(more)),
        np.append(table.axis_sd_deg, np.full(more, 90.0)),
        np.append(table.position_sd_mm, np.ones(more)),
        table.origin + (origin,) * more,
        table.doubt + ("",) * more,
        tuple(range(2, 2 + table.count + more)),
    )


def moved(table: SeedTable, index: int, by: list[float]) -> SeedTable:
    positions = table.positions_mm.copy()
    positions[index] += by
    return replace(table, positions_mm=positions)


def turned(table: SeedTable, index: int, to: list[float]) -> SeedTable:
    axes = table.axes.copy()
    axes[index] = to
    return replace(table, axes=axes)


def compare(found: SeedTable, table: SeedTable) -> SeedEdits:
    return compare_edits(found, table, slice_mm=SLICE_MM)


@settings(max_examples=30)
@given(RNGS, st.integers(0, 30))
def test_rows_in_another_order_and_axes_the_other_way_round_are_no_edits(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    found = lattice(count, rng)
    order = rng.permutation(count)
    flipped = replace(found, axes=found.axes * rng.choice([-1, 1], (count, 1))).chosen(order)
    edits = compare(found, flipped)
    assert not edits.any
    assert edits.kept == tuple(range(1, count + 1))
    for name in ("numbers", "positions_mm", "axes", "confidence", "axis_sd_deg", "position_sd_mm"):
        np.testing.assert_array_equal(getattr(edits.final, name), getattr(found, name))
    assert (edits.final.origin, edits.final.doubt) == (found.origin, found.doubt)


@settings(max_examples=30)
@given(RNGS, st.integers(1, 30), st.data())
def test_deleted_added_and_moved_seeds_are_told_apart(seed: int, count: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    found = lattice(count, rng)
    fate = np.array(data.draw(st.lists(st.sampled_from("kkmd"), min_size=count, max_size=count)))
    fate[0] = "k"  # one stays, or the list looks like another CT's
    table = found
    for index in np.flatnonzero(fate == "m"):
        table = moved(table, int(index), [0.0, 3.0, 0.0])
    new = data.draw(st.integers(0, 3))
    rows = [[5.0 + 10 * row, 5.0, 5.0] for row in range(new)]
    table = with_rows(table.chosen(np.flatnonzero(fate != "d")), rows)
    edits = compare(found, table)
    assert edits.deleted == tuple(found.numbers[fate == "d"])
    assert tuple(move.number for move in edits.moved) == tuple(found.numbers[fate == "m"])
    assert all(move.by_mm == pytest.approx(3.0) and move.turned_deg == 0 for move in edits.moved)
    assert edits.kept == tuple(found.numbers[fate == "k"])
    assert edits.added == tuple(range(count + 1, count + 1 + new))
    assert edits.final.count == count - (fate == "d").sum() + new
    assert sorted(edits.final.numbers) == list(edits.final.numbers)


def test_what_a_person_placed_is_certain_and_as_exact_as_a_voxel_or_a_slice() -> None:
    found = lattice(4, np.random.default_rng(0))
    table = with_rows(moved(found, 1, [2.0, 0, 0]), [[5.0, 5, 5]])
    for slice_mm, sd in ((1.0, 1.0), (5.0, 2.5)):
        final = compare_edits(found, table, slice_mm=slice_mm).final
        assert final.confidence[[1, 4]].tolist() == [1.0, 1.0]
        assert final.position_sd_mm[[1, 4]].tolist() == [sd, sd]
    assert final.origin == ("found", "moved", "found", "found", "added")
    assert final.doubt == ("look at 0", "", "look at 2", "look at 3", "")
    assert final.axis_sd_deg[1] == found.axis_sd_deg[1]  # moved, its axis left
    assert (final.axis_sd_deg[4], final.axes[4].tolist()) == (90.0, [0, 0, 0])


@pytest.mark.parametrize(
    ("to", "turned_deg", "sd"), [([0.6, 0.8, 0], 53.130, 10.0), ([0.0, 0, 0], None, 90.0)]
)
def test_a_seed_that_was_only_turned_keeps_its_place(to: list[float], turned_deg: float, sd: float) -> None:
    found = turned(lattice(4, np.random.default_rng(0)), 2, [1.0, 0, 0])  # cos 53.130 = 0.6
    edits = compare(found, turned(found, 2, to))
    (move,) = edits.moved
    assert (move.number, move.by_mm) == (3, 0.0)
    assert move.turned_deg == (turned_deg and pytest.approx(turned_deg, abs=1e-3))
    assert edits.final.axes[2].tolist() == to
    assert edits.final.axis_sd_deg[2] == sd
    assert edits.final.position_sd_mm[2] == found.position_sd_mm[2]
    assert (edits.final.origin[2], edits.final.confidence[2]) == ("moved", 1.0)


def test_an_axis_given_to_a_seed_without_one_is_an_edit() -> None:
    found = turned(lattice(4, np.random.default_rng(0)), 0, [0.0, 0, 0])
    assert not compare(found, found).any
    (move,) = compare(found, turned(found, 0, [0.0, 0, 1])).moved
    assert (move.number, move.by_mm, move.turned_deg) == (1, 0.0, None)


def test_what_a_spreadsheet_rounds_is_no_edit() -> None:
    found = lattice(40, np.random.default_rng(5))
    shifts = np.random.default_rng(6).uniform(-1, 1, (40, 3))
    found = replace(found, positions_mm=found.positions_mm + shifts)
    axes = found.axes.round(2)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)  # as the reader of the file does
    edits = compare(found, replace(found, positions_mm=found.positions_mm.round(1), axes=axes))
    assert not edits.any
    np.testing.assert_array_equal(edits.final.positions_mm, found.positions_mm)


def test_a_seed_whose_number_was_erased_is_still_itself() -> None:
    found = lattice(5, np.random.default_rng(0))
    table = replace(found, numbers=np.array([1, 0, 3, 4, 5]))
    assert not compare(found, table).any


def test_edits_of_an_edited_list_are_counted_from_what_was_found() -> None:
    found = lattice(6, np.random.default_rng(0))
    first = compare(found, with_rows(moved(found, 1, [2.0, 0, 0]), [[5.0, 5, 5]]))
    again = compare(found, first.final)
    assert (again.moved, again.added, again.deleted) == (first.moved, (7,), ())
    more = compare(found, with_rows(first.final, [[15.0, 5, 5]]))
    assert more.added == (7, 8)
    without = compare(found, with_rows(found, [[15.0, 5, 5]], numbers=(8,)))
    assert without.added == (8,)  # a number that the list gave before stays


def test_all_seeds_may_be_deleted() -> None:
    found = lattice(4, np.random.default_rng(0))
    edits = compare(found, found.chosen(np.empty(0, dtype=np.int64)))
    assert (edits.deleted, edits.final.count) == ((1, 2, 3, 4), 0)


def test_seeds_may_be_added_where_none_was_found() -> None:
    nothing = lattice(0, np.random.default_rng(0))
    edits = compare(nothing, with_rows(nothing, [[0.0, 0, 0], [5.0, 0, 0]]))
    assert (edits.added, edits.final.count) == ((1, 2), 2)


def test_a_list_of_another_ct_or_count_is_refused() -> None:
    found = lattice(5, np.random.default_rng(0))
    for wrong, said in (
        (replace(found, positions_mm=found.positions_mm + 2.0), "none of 5 numbered seeds lies where"),
        (moved(found, 2, [0.0, 0, 31.0]), "seed 3 was moved by 31.0 mm"),
        (with_rows(found, [[5.0, 5, 5]], numbers=(9,), origin="found"), "seed 9 in row 7 is called 'found'"),
        (with_rows(found, [[5.0, 5, 5]], numbers=(9,), origin="moved"), "seed 9 in row 7 is called 'moved'"),
    ):
        with pytest.raises(InputError, match=said):
            compare(found, wrong)


def test_a_seed_is_known_by_its_place_where_another_count_numbers_it_otherwise() -> None:
    """One seed of the list, between the others, is no longer found: those after it have other numbers now."""
    steps = np.array([[0.0, 0, 0], [5.0, 0, 0], [10.0, 0, 0], [15.0, 0, 0]])
    found = replace(lattice(4, np.random.default_rng(0)), positions_mm=steps)
    listed = replace(found, numbers=np.array([1, 3, 4, 5]))
    edits = compare(found, listed)
    assert (edits.kept, edits.any) == ((1, 2, 3, 4), False)
    swapped = replace(found, numbers=np.array([2, 1, 3, 4]))
    assert not compare(found, swapped).any
    without = listed.chosen(np.array([0, 1, 3]))
    assert compare(found, without).deleted == (3,)


def test_an_added_seed_keeps_its_row_where_a_found_one_has_its_number() -> None:
    found = lattice(5, np.random.default_rng(0))
    four = found.chosen(np.arange(4))
    added = with_rows(four, [[60.0, 60, 60]], numbers=(5,), origin="added")
    edits = compare(found, added)
    assert edits.deleted == (5,)
    assert len(edits.added) == 1
    assert not edits.moved


@pytest.mark.parametrize(("apart", "refused"), [(0.79, True), (0.81, False)])
def test_two_seeds_in_one_place_are_refused_where_a_person_set_one(apart: float, refused: bool) -> None:
    found = lattice(4, np.random.default_rng(0))
    beside = found.positions_mm[2] + [0.0, 0, apart]
    tables = with_rows(found, [list(beside)]), moved(found, 0, list(beside - found.positions_mm[0]))
    for table in tables if np.linalg.norm(beside - found.positions_mm[0]) < 30 else tables[:1]:
        if refused:
            with pytest.raises(InputError, match=r"0.79 mm apart; expected centres at least 0.8 mm apart"):
                compare(found, table)
        else:
            assert compare(found, table).any


def test_two_seeds_that_were_found_close_together_are_left() -> None:
    found = lattice(4, np.random.default_rng(0))
    places = found.positions_mm[[0, 1, 2, 2]] + np.array([[0.0, 0, 0]] * 3 + [[0.0, 0, 0.5]])
    near = replace(found, positions_mm=places)
    assert not compare(near, near).any
