from dataclasses import replace

import numpy as np
import pytest

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.imaging.seed_candidates import Candidate
from seedbed.imaging.seed_hypotheses import Search
from seedbed.imaging.seed_judging import Judged, refusal, stated_doubt
from seedbed.imaging.seed_likelihood import confidences
from seedbed.imaging.seed_model import SeedLook
from seedbed.imaging.seed_traits import TERMS, Traits, weights

GOOD = Candidate(
    pose=np.array([0.0, 0, 0, 0, 0, 1, 0]),
    shape=0.99,
    peak_hu=3071.0,
    axis_sd_deg=3.0,
    position_sd_mm=0.1,
    gap_mm=np.inf,
    edge="",
    background_hu=40.0,
    misfit=0.3,
    own_misfit=0.3,
    odd_sight=0.5,
    together=1,
    touches=0,
    beside=0,
)
MANY = 20


@pytest.fixture(scope="module")
def scan():
    grid = VoxelGrid((-40, -40, -40), (1.0, 1.0, 2.5), (33, 81, 81))
    return Search.of(CtVolume(grid, np.zeros(grid.shape, dtype=np.float32)), SeedLook())


def at(number, **unlike):
    """One of candidates that lie far apart, off any line."""
    x, y = 30 * np.cos(2.4 * number), 30 * np.sin(2.4 * number)
    return replace(
        GOOD, pose=np.array([x, y, 3.0 * (number % 7) - 9, 0, 0, 1, unlike.pop("metal", 0)]), **unlike
    )


def counted(judged):
    return sorted(number for number, each in enumerate(judged.confidence) if each >= 0.5)


def test_only_what_the_number_stated_divides_says_so(scan):
    twice = stated_doubt(3, 2, 1)
    judged = Judged(scan, (at(0), at(1), at(2)), np.array([0.9, 0.95, 0.97]), ("", twice, twice))
    found = judged.found(level_hu=400.0)
    assert sorted(found.doubts) == sorted(["", twice, twice])
    assert found.doubts[int(np.flatnonzero(np.isclose(found.confidence, 0.9))[0])] == ""


def judged_with(scan, *confidence):
    return Judged(scan, tuple(at(number) for number in range(len(confidence))), np.array(confidence))


def test_a_known_number_counts_the_likeliest_that_was_refused(scan):
    judged = judged_with(scan, 0.95, 0.35, 0.45, 0.9)
    assert counted(judged) == [0, 3]
    assert counted(judged.tipped(3)) == [0, 2, 3]
    assert counted(judged.tipped(4)) == [0, 1, 2, 3]


def test_a_known_number_drops_the_least_likely_that_was_counted(scan):
    judged = judged_with(scan, 0.95, 0.7, 0.55, 0.9)
    assert counted(judged.tipped(3)) == [0, 1, 3]
    assert counted(judged.tipped(2)) == [0, 3]


@pytest.mark.parametrize("expected", [0, 1, 7, 99])
def test_a_known_number_is_never_forced_beyond_what_is_doubtful(scan, expected):
    judged = judged_with(scan, 0.95, 0.81, 0.29, 0.01)
    assert counted(judged.tipped(expected)) == [0, 1]


def test_what_was_tipped_stays_doubtful(scan):
    tipped = judged_with(scan, 0.95, 0.45).tipped(2).found(level_hu=0.0)
    assert tipped.count == 2
    np.testing.assert_array_equal(tipped.doubtful, tipped.confidence < 0.8)
    assert tipped.doubtful.sum() == 1


UNLIKE = [
    {"metal": 0.3},
    {"misfit": 3.0},
    {"own_misfit": 6.0},
    {"odd_sight": 4.0},
    {"gap_mm": 1.0, "touches": 1, "beside": 1, "together": 2},
    {"gap_mm": 1.0, "touches": 2, "beside": 2, "together": 3},
    {"background_hu": 900.0},
    {"edge": "side"},
]


@pytest.mark.parametrize("unlike", UNLIKE, ids=[",".join(each) for each in UNLIKE])
@pytest.mark.parametrize("others", [0, MANY])
def test_whatever_is_unlike_a_seed_is_less_likely_one(scan, unlike, others):
    company = [at(number) for number in range(1, 1 + others)]
    alike = confidences(scan, [at(0), *company])[0]
    odd = confidences(scan, [at(0, **unlike), *company])[0]
    assert odd < alike
    assert alike > 0.5


def test_a_seed_is_likelier_in_the_company_of_others(scan):
    lone = confidences(scan, [at(0)])[0]
    among = confidences(scan, [at(number) for number in range(MANY)])
    assert among.min() > lone
    assert among.min() > 0.95


def test_a_dim_seed_is_refused_alone_and_counted_among_seeds(scan):
    """A seed between two thick slices is no brighter than bone; bone alone is not to be taken for one."""
    dim = at(0, peak_hu=1100.0)
    assert confidences(scan, [dim])[0] < 0.5
    assert confidences(scan, [dim, *(at(number) for number in range(1, MANY))])[0] > 0.5


def test_every_term_has_its_weights_and_none_is_negative(scan):
    traits = Traits.of(
        scan, [at(0), *(at(number, **unlike) for number, unlike in enumerate(UNLIKE, start=1))]
    )
    terms = traits.terms()
    assert terms.shape[1] == len(TERMS) == weights().shape[1]
    assert (terms >= 0).all()


def test_the_reason_of_a_refusal_is_the_plainest():
    assert "needle" in refusal(GOOD, line=True)
    assert "legs of a clip" in refusal(replace(GOOD, touches=1, beside=1, gap_mm=0.9), line=False)
    assert "no brighter than bone" in refusal(replace(GOOD, peak_hu=900.0), line=False)
    assert "side" in refusal(replace(GOOD, edge="side"), line=True)
