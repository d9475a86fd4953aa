"""Two implants in one: the dose is the sum, and each seed stays on its needle."""

import numpy as np
import pytest

from seedbed.dosimetry import load_source, total_dose
from seedbed.errors import DoseError
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.joining import joined_by_name, without_loose_numbers

SOURCE = load_source("6711")
UP = [0.0, 0.0, 1.0]


def implant(*names: str, x: float = 0.0, loose: int = 0) -> SeedImplant:
    """One seed on each needle, and seeds on none."""
    needles = tuple(Needle(name, (x + 6.0 * n, 0, 60), (x + 6.0 * n, 0, 0)) for n, name in enumerate(names))
    places = [[x + 6.0 * n, 0.0, 5.0] for n in range(len(names) + loose)]
    index = np.append(np.arange(len(names)), np.full(loose, -1)).astype(np.int64)
    count = len(places)
    return SeedImplant("6711", np.array(places), np.tile(UP, (count, 1)), np.full(count, 0.5), needles, index)


def needle_names(whole: SeedImplant) -> list[str]:
    return ["" if n < 0 else whole.needles[n].name for n in whole.needle_index]


def test_the_dose_is_the_sum_of_both() -> None:
    given, new = implant("A", "B", loose=1), implant("B", "C", x=30.0)
    whole = joined_by_name(given, new, same=["B"])
    points = np.random.default_rng(0).uniform(-10, 40, (50, 3))
    doses = [total_dose(SOURCE, i.positions_mm, i.axes, i.strengths_u, points) for i in (given, new, whole)]
    np.testing.assert_allclose(doses[0] + doses[1], doses[2], rtol=1e-9)


def test_each_seed_stays_on_its_needle() -> None:
    given, new = implant("A", "B", loose=1), implant("B", "C", x=30.0, loose=2)
    assert needle_names(joined_by_name(given, new)) == ["A", "B", "", "B'", "C", "", ""]
    assert needle_names(joined_by_name(given, new, same=["B"])) == ["A", "B", "", "B", "C", "", ""]
    assert joined_by_name(given, new, same=["B"]).needles[1] == given.needles[1]


def test_nothing_beside_an_implant_is_the_implant() -> None:
    given, none = implant("A", "B"), SeedImplant("6711", np.empty((0, 3)), None, np.empty(0))
    for whole in (joined_by_name(given, none), joined_by_name(none, given)):
        np.testing.assert_array_equal(whole.positions_mm, given.positions_mm)
        assert needle_names(whole) == ["A", "B"]


def test_numbers_without_needles_are_dropped() -> None:
    found = SeedImplant("6711", np.zeros((2, 3)), np.array([UP, UP]), np.ones(2), (), np.array([4, 5]))
    assert without_loose_numbers(found).needle_index.tolist() == [-1, -1]
    assert needle_names(joined_by_name(found, implant("A", x=20.0))) == ["", "", "A"]


def test_seeds_of_another_model_are_refused() -> None:
    other = SeedImplant("6733", np.zeros((1, 3)), np.array([UP]), np.ones(1))
    with pytest.raises(DoseError, match="one seed model"):
        joined_by_name(implant("A"), other)
