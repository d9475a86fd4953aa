import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.verification.seed_list import SeedTable, found_table


def three() -> SeedTable:
    rng = np.random.default_rng(3)
    return found_table(
        rng.uniform(-50, 50, (3, 3)),
        np.eye(3),
        confidence=np.array([0.2, 0.5, 0.9]),
        axis_sd_deg=np.array([4.0, 5.0, 6.0]),
        position_sd_mm=np.array([0.3, 0.4, 0.5]),
        doubt=["", "beside bone", ""],
    )


def test_found_seeds_are_numbered_from_one_in_their_order() -> None:
    table = three()
    assert (table.numbers.tolist(), table.origin, table.count) == ([1, 2, 3], ("found",) * 3, 3)


def test_chosen_seeds_bring_all_that_is_theirs() -> None:
    table = three()
    chosen = table.chosen(np.array([2, 1]))
    assert chosen.numbers.tolist() == [3, 2]
    assert chosen.positions_mm.tolist() == table.positions_mm[[2, 1]].tolist()
    assert chosen.axes.tolist() == [[0, 0, 1], [0, 1, 0]]
    assert (chosen.confidence.tolist(), chosen.axis_sd_deg.tolist()) == ([0.9, 0.5], [6.0, 5.0])
    assert (chosen.position_sd_mm.tolist(), chosen.doubt) == ([0.5, 0.4], ("", "beside bone"))


def test_none_of_no_seeds_is_a_table() -> None:
    nothing = np.empty(0)
    empty = found_table(
        np.empty((0, 3)), np.empty((0, 3)), confidence=nothing, axis_sd_deg=nothing, position_sd_mm=nothing
    )
    assert (empty.count, empty.doubt) == (0, ())


def test_a_number_that_two_seeds_share_is_refused() -> None:
    with pytest.raises(InputError, match="seed 2 and seed 2 have the same number"):
        three().chosen(np.array([0, 1, 1]))
