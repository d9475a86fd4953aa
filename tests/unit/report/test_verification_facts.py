"""Facts of a verification: what adds up, and what has no meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.report.verification_facts import ContoursFrom, FoundSeeds, VolumeChange


@pytest.mark.parametrize(
    ("seeds", "adds_up"),
    [(FoundSeeds(5, 5), True), (FoundSeeds(5, 4), False), (FoundSeeds(None, 5), False),
     (FoundSeeds(5, 5, 4, 1, 1), False), (FoundSeeds(0, 0), True)],
)  # fmt: skip
def test_seeds_add_up_only_where_the_number_is_known(seeds: FoundSeeds, adds_up: bool) -> None:
    assert seeds.adds_up is adds_up


def test_edits_are_seen() -> None:
    assert not FoundSeeds(5, 5).edited
    assert all(FoundSeeds(5, 5, **{what: 1}).edited for what in ("added", "deleted", "moved"))


@given(st.floats(0.1, 500), st.floats(-0.99, 5))
def test_a_change_of_volume_is_its_share(before: float, share: float) -> None:
    assert VolumeChange(before, before * (1 + share)).percent == pytest.approx(100 * share, abs=1e-6)


@pytest.mark.parametrize(("before", "after"), [(0.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (float("nan"), 1.0)])
def test_volumes_without_meaning_are_refused(before: float, after: float) -> None:
    with pytest.raises(InputError, match="target volumes"):
        VolumeChange(before, after)


def test_contours_from_nowhere_known_are_refused() -> None:
    with pytest.raises(InputError, match="contours by 'magic'"):
        ContoursFrom("magic")  # type: ignore[arg-type]
