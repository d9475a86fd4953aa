"""What a person settled is certain; what was not counted may be one of the seeds that lack, no more."""

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seedbed.dosimetry import load_source
from seedbed.geometry import PlanarContour, Structure
from seedbed.imaging import FoundSeeds
from seedbed.imaging.seed_found import RefusedBlob
from seedbed.journey.verification.finding import Decided, Finding
from seedbed.journey.verification.judging import CANDIDATE, Given, _candidates, _presence, _spread
from seedbed.verification import LocalisationSpread, given_implant
from seedbed.verification.seed_list import SeedTable, found_table

UP = np.array([0.0, 0.0, 1.0])
LATTICE_MM = np.array([[x, y, z] for x in (-8.0, 0, 8) for y in (-8.0, 0, 8) for z in (-5.0, 5)])
DOUBTFUL = (2, 5, 9, 14)
"""Numbers of the seeds of the lattice that are in doubt where any are."""


def finding(confidences: list[float], *, found: int = 10, edits: Any = None, decided: Any = None) -> Finding:
    refused = tuple(RefusedBlob(10 * n * UP, UP, each, "little metal") for n, each in enumerate(confidences))
    return Finding(replace(FoundSeeds.none(1.0), refused=refused), edits, table(LATTICE_MM[:found]), decided)


def table(places_mm: np.ndarray, *, doubtful: tuple[int, ...] = (), likely: float = 0.6) -> SeedTable:
    """Seeds along z, some of them in doubt."""
    count = len(places_mm)
    doubt = np.isin(np.arange(1, count + 1), doubtful)
    return found_table(
        places_mm, np.tile(UP, (count, 1)), confidence=np.where(doubt, likely, 0.99),
        axis_sd_deg=np.full(count, 5.0), position_sd_mm=np.full(count, 0.4),
        doubt=["little metal" if each else "" for each in doubt],
    )  # fmt: skip


def spread(found: Finding, count: int | None = None) -> LocalisationSpread:
    """The spread of the dose to a box about the lattice."""
    square = 12.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    target = Structure("GTV", tuple(PlanarContour(z, square) for z in (-8.0, -4.0, 0.0, 4.0, 8.0)), 4.0)
    source, seeds = load_source("6711"), found.seeds
    asked: Any = SimpleNamespace(
        source=source, registration=None, question=SimpleNamespace(count=count, random_seed=3)
    )
    contours: Any = SimpleNamespace(target=target, organs=(), carried=False)
    given = given_implant(
        source, seeds.positions_mm, seeds.axes, seeds.axis_sd_deg, np.full(seeds.count, 0.6)
    )
    return _spread(asked, contours, found, Given(given, 0.6), 60.0, lambda *_: None)


def width(of: LocalisationSpread) -> float:
    _, low, high = of.d90_gy
    return high - low


def found_of(seeds: SeedTable, *refused: RefusedBlob, decided: Decided | None = None) -> Finding:
    return Finding(replace(FoundSeeds.none(1.0), refused=refused), None, seeds, decided)


def test_accepting_every_doubt_gives_the_interval_of_the_same_seeds_without_doubt() -> None:
    accepted = table(LATTICE_MM, doubtful=DOUBTFUL).accepted(DOUBTFUL)
    sure = spread(found_of(table(LATTICE_MM)))
    assert spread(found_of(accepted)).d90_gy == sure.d90_gy
    assert spread(found_of(accepted)).v100_pct == sure.v100_pct
    np.testing.assert_array_equal(accepted.position_sd_mm, table(LATTICE_MM).position_sd_mm)


def test_the_interval_never_widens_where_a_doubt_is_settled() -> None:
    seeds = table(LATTICE_MM, doubtful=DOUBTFUL)
    accepted = [width(spread(found_of(seeds.accepted(DOUBTFUL[:many])))) for many in range(5)]
    assert all(after < before for before, after in pairwise(accepted))
    kept = [np.flatnonzero(~np.isin(seeds.numbers, DOUBTFUL[:many])) for many in range(5)]
    refused = [width(spread(found_of(seeds.chosen(each)))) for each in kept]
    assert all(after < before for before, after in pairwise(refused))


def test_what_was_not_counted_and_is_refused_is_not_there_in_any_trial() -> None:
    maybe = [RefusedBlob(np.array([4.0, y, 0.0]), UP, 0.45, "little metal") for y in (-4.0, 4.0)]
    widths = [
        width(spread(found_of(table(LATTICE_MM), *maybe, decided=Decided(20, settled=frozenset(gone))), 20))
        for gone in ((), (0,), (0, 1))
    ]
    assert widths[0] > widths[1] > widths[2]
    open_still, likely = _candidates(
        found_of(table(LATTICE_MM), *maybe, decided=Decided(19, settled=frozenset((0,)))), 19
    )
    assert len(open_still) == 2
    np.testing.assert_allclose(likely, [0.0, 0.45])


@pytest.mark.parametrize("count", [None, 10])
def test_none_is_added_where_no_seed_is_known_to_lack(count: int | None) -> None:
    maybe, likely = _candidates(finding([0.45] * 6), count)
    assert maybe == []
    assert likely.size == 0


def test_no_more_are_expected_than_lack() -> None:
    maybe, likely = _candidates(finding([0.45] * 6), 11)
    assert len(maybe) == 6
    assert likely.sum() == pytest.approx(1.0)
    maybe, likely = _candidates(finding([0.45, 0.4]), 15)
    np.testing.assert_allclose(likely, [0.45, 0.4])


def test_what_is_hardly_a_seed_is_none_and_a_settled_list_is_settled() -> None:
    assert _candidates(finding([CANDIDATE - 0.01]), 12)[0] == []
    assert _candidates(finding([0.49], edits=object()), 12)[0] == []


SURE_DOUBTED = tuple(range(8, 19))
"""Numbers of seeds that are in doubt whatever their confidence."""


def surplus(count: int, *, accepted: tuple[int, ...] = (), explained: bool = False) -> tuple[Finding, Any]:
    """Eighteen seeds of good confidence, eleven of them in doubt, where another number was implanted."""
    seeds = table(LATTICE_MM, doubtful=SURE_DOUBTED, likely=0.95).accepted(accepted)
    found = found_of(seeds, decided=Decided(count, frozenset(accepted), explained=explained))
    return found, _presence(found, count)


def test_more_excess_never_makes_a_seed_surer_nor_the_interval_narrower() -> None:
    counts = (18, 16, 13, 9, 4)
    many = [surplus(count) for count in counts]
    assert all((after[1] <= before[1]).all() for before, after in pairwise(many))
    assert all((each >= 0.5).all() for _, each in many)  # it counts: never less likely there than not
    np.testing.assert_allclose([each.sum() for _, each in many[:3]], counts[:3])
    ends = [spread(found, count).d90_gy for count, (found, _) in zip(counts, many, strict=True)]
    assert all(seen == ends[0][0] for seen, _, _ in ends)
    assert all(after[1] <= before[1] for before, after in pairwise(ends))
    widths = [high - low for _, low, high in ends]
    assert widths == sorted(widths)
    assert len({high for _, _, high in ends}) == 1  # all of them may be there: the number may be wrong
    assert widths[2] > 1.1 * widths[0]


@pytest.mark.parametrize("count", [None, 18, 20])
def test_no_excess_changes_nothing(count: int | None) -> None:
    found, there = surplus(18)
    assert (there == 1).all()
    np.testing.assert_array_equal(_presence(found, count), there)
    weak = found_of(table(LATTICE_MM, doubtful=DOUBTFUL), decided=Decided(count))
    doubted = np.isin(weak.seeds.numbers, DOUBTFUL)
    np.testing.assert_array_equal(_presence(weak, count), np.where(doubted, 0.6, 1.0))


def test_what_is_accepted_or_explained_is_there_in_every_trial() -> None:
    _, there = surplus(15, accepted=(8, 12))
    assert there[7] == there[11] == 1
    assert there[8] == pytest.approx(6 / 9)
    assert (surplus(10, accepted=SURE_DOUBTED)[1] == 1).all()
    assert (surplus(10, explained=True)[1] == 1).all()
