"""Angles go round, depths are plain subtraction, and what does not fit is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError, NoPlanError
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.needle_table import needle_angles, needle_direction, needle_table, push_words

SEED_MM = 4.5


def implant_of(depths: list[float], *, aside_mm: float = 0.0, depth_mm: float = 60.0) -> SeedImplant:
    """A needle from (10, 20, 30) towards the back, seeds at depths from its entry."""
    needle = Needle("A", (10.0, 20.0, 30.0), (10.0, 20.0 + depth_mm, 30.0))
    seeds = np.array([[10.0 + aside_mm, 20.0 + depth, 30.0] for depth in depths]).reshape(-1, 3)
    count = len(depths)
    return SeedImplant(
        "6711", seeds, None, np.linspace(0.5, 0.6, count), (needle,), np.zeros(count, dtype=np.int64)
    )


@pytest.mark.parametrize(
    ("direction", "azimuth", "tilt"),
    [
        ((1, 0, 0), 0, 0), ((0, 1, 0), 90, 0), ((-1, 0, 0), 180, 0), ((0, -1, 0), 270, 0),
        ((1, 1, 0), 45, 0), ((1, 0, 1), 0, 45), ((0, -1, -1), 270, -45),
        ((0, 0, 3), 0, 90), ((0, 0, -1), 0, -90),
    ],
)  # fmt: skip
def test_angles_of_plain_directions(direction: tuple[float, ...], azimuth: float, tilt: float) -> None:
    assert needle_angles(np.array(direction, dtype=float)) == pytest.approx((azimuth, tilt), abs=1e-9)


@given(st.floats(0, 359.99), st.floats(-89.9, 89.9))
def test_angles_go_round(azimuth: float, tilt: float) -> None:
    found_azimuth, found_tilt = needle_angles(needle_direction(azimuth, tilt))
    turn = (found_azimuth - azimuth + 180) % 360 - 180
    assert turn * np.cos(np.radians(tilt)) == pytest.approx(0, abs=1e-6)
    assert found_tilt == pytest.approx(tilt, abs=1e-6)


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda d: np.linalg.norm(d) > 1e-3))
def test_directions_go_round(direction: tuple[float, float, float]) -> None:
    wanted = np.array(direction) / np.linalg.norm(direction)
    azimuth, tilt = needle_angles(np.array(direction))
    assert 0 <= azimuth < 360
    np.testing.assert_allclose(needle_direction(azimuth, tilt), wanted, atol=2e-6)


@pytest.mark.parametrize("direction", [(0.0, 0.0, 0.0), (np.nan, 0.0, 1.0), (np.inf, 0.0, 0.0)])
def test_no_direction_is_refused(direction: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="direction"):
        needle_angles(np.array(direction))


@pytest.mark.parametrize(
    ("azimuth", "tilt", "words"),
    [
        (0, 0, "towards the patient's left"),
        (90, 30, "towards the patient's back, 30 degrees to the head"),
        (225, -5, "towards the patient's right and front, 5 degrees to the feet"),
    ],
)
def test_words_of_directions(azimuth: float, tilt: float, words: str) -> None:
    assert push_words(azimuth, tilt) == words


def test_a_row_lists_from_the_tip() -> None:
    row = needle_table(implant_of([37.75, 57.75, 47.75])).rows[0]
    assert (row.depth_mm, row.entry_z_mm, row.azimuth_deg, row.tilt_deg) == (60.0, 30.0, 90.0, 0.0)
    assert row.seeds == (2, 3, 1)
    assert row.seed_depths_mm == (57.75, 47.75, 37.75)
    assert row.spacings_mm == (10.0, 10.0)
    assert row.strengths_u == pytest.approx((0.55, 0.6, 0.5))
    assert row.loading_text == "tip, seed, 5.5, seed, 5.5, seed"
    assert row.warnings == ()


@given(st.lists(st.integers(0, 10), min_size=1, max_size=10, unique=True), st.floats(0, 3))
def test_a_loading_is_as_long_as_what_it_fills(seats: list[int], short_mm: float) -> None:
    depths = [57.75 - short_mm - 5.0 * seat for seat in seats]
    row = needle_table(implant_of(depths)).rows[0]
    filled = sum(part.length_mm for part in row.loading)
    assert filled == pytest.approx(60.0 - min(depths) + SEED_MM / 2, abs=0.051)
    assert sum(part.kind == "seed" for part in row.loading) == len(seats)
    assert row.warnings == ()


@pytest.mark.parametrize(("aside", "warned"), [(0.0, False), (0.49, False), (0.51, True), (-3.0, True)])
def test_seeds_off_the_line_are_remarked_on(aside: float, warned: bool) -> None:
    warnings = needle_table(implant_of([30.0], aside_mm=aside)).rows[0].warnings
    assert any("off the needle's line" in str(each) for each in warnings) == warned


@pytest.mark.parametrize(
    ("depths", "text"),
    [
        ([59.0], "seed 1 reaches 1.2 mm beyond the tip"),
        ([1.0], "seed 1 reaches 1.2 mm above the entry"),
        ([30.0, 33.0], "seeds 2, 1 overlap by 1.5 mm"),
        ([], "no seed lies on this needle"),
    ],
)
def test_what_does_not_fit_is_said(depths: list[float], text: str) -> None:
    assert [str(each) for each in needle_table(implant_of(depths)).rows[0].warnings] == [text]


@pytest.mark.parametrize("unseen", [(), ("A",), ("another",)])
def test_a_row_says_that_its_depths_do_not_count_from_the_skin(unseen: tuple[str, ...]) -> None:
    row = needle_table(implant_of([30.0]), skin_unseen=unseen).rows[0]
    assert row.skin_seen == (unseen != ("A",))
    assert any("edge of the image" in str(each) for each in row.warnings) != row.skin_seen


def test_seeds_without_a_needle_are_listed() -> None:
    implant = implant_of([30.0]).with_seed(np.zeros(3), None, 0.5)
    assert needle_table(implant).loose_seeds == (2,)


def test_an_implant_without_needles_is_refused() -> None:
    with pytest.raises(NoPlanError, match="without needles"):
        needle_table(SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1)))


def test_a_needle_without_length_is_refused() -> None:
    with pytest.raises(InputError, match="needle 'A'"):
        needle_table(implant_of([], depth_mm=0.0))


@pytest.mark.parametrize("length", [0.0, -1.0, np.nan, np.inf])
def test_a_seed_without_length_is_refused(length: float) -> None:
    with pytest.raises(InputError, match="a seed of"):
        needle_table(implant_of([30.0]), seed_length_mm=length)
