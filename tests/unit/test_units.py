import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed import units

ACTIVITY = st.floats(1e-6, 1e6)


def test_a_curie_is_37_gigabecquerel_by_definition() -> None:
    assert units.mci_to_mbq(1.0) == 37.0


@given(ACTIVITY)
def test_mbq_and_mci_undo_each_other(activity_mbq: float) -> None:
    assert units.mci_to_mbq(units.mbq_to_mci(activity_mbq)) == pytest.approx(activity_mbq, rel=1e-14)


def test_one_millicurie_apparent_of_iodine_125_is_1_270_u() -> None:
    # AAPM TG-43 (1995), Table I, and TG-40: 1 mCi of iodine-125 seeds corresponds to 1.270 U.
    assert units.i125_mbq_to_u(37.0) == pytest.approx(1.270, rel=1e-12)


@pytest.mark.parametrize(("mbq", "mci"), [(14.8, 0.4), (18.5, 0.5), (25.9, 0.7), (29.6, 0.8)])
def test_usual_seeds_by_hand(mbq: float, mci: float) -> None:
    assert units.mbq_to_mci(mbq) == pytest.approx(mci, rel=1e-12)
    assert units.i125_mbq_to_u(mbq) == pytest.approx(1.270 * mci, rel=1e-12)


def test_lengths_and_volumes_agree() -> None:
    assert pytest.approx(1.0) == units.CC_PER_MM3 * units.MM_PER_CM**3
