import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.implants import (
    CLEAR_MM,
    END_TO_END,
    SIDE_BY_SIDE,
    between_segments_mm,
    draw_implant,
    tilted,
)

vectors = st.tuples(*[st.floats(-5, 5)] * 3).map(np.array)
units = vectors.filter(lambda v: np.linalg.norm(v) > 0.1).map(lambda v: v / np.linalg.norm(v))


@settings(max_examples=60, deadline=None)
@given(first=vectors, axis=units, second=vectors, line=units)
def test_the_distance_of_two_segments_is_the_least_of_their_points(first, axis, second, line):
    steps = np.linspace(-2.25, 2.25, 181)
    gaps = (first + steps[:, None] * axis)[:, None] - (second + steps[:, None] * line)
    walked = np.linalg.norm(gaps, axis=2).min()
    assert between_segments_mm(first, axis, second, line, length_mm=4.5) == pytest.approx(walked, abs=0.03)


@pytest.mark.parametrize("seeds", [1, 10, 60, 150])
def test_an_implant_has_the_seeds_asked_for_and_only_pairs_touch(seeds):
    layout = draw_implant(np.random.default_rng(seeds), seeds=seeds)
    x, u = layout.positions_mm, layout.axes
    assert x.shape == u.shape == (seeds, 3)
    assert np.linalg.norm(u, axis=1) == pytest.approx(1.0)
    for i in range(seeds):
        for j in range(i):
            gap = between_segments_mm(x[i], u[i], x[j], u[j], length_mm=4.5)
            if gap < CLEAR_MM - 1e-9:
                assert layout.kinds[i] == layout.kinds[j]
                assert layout.kinds[i] in (END_TO_END, SIDE_BY_SIDE)
                assert i == j + 1


def test_pairs_are_what_they_are_called():
    layout = draw_implant(np.random.default_rng(4), seeds=60, touching_share=0.5)
    x, kinds = layout.positions_mm, layout.kinds
    assert kinds.count(END_TO_END) + kinds.count(SIDE_BY_SIDE) == 30
    for k in range(0, 30, 2):
        apart = np.linalg.norm(x[k + 1] - x[k])
        if kinds[k] == END_TO_END:
            assert 4.4 < apart < 4.9
        else:
            assert 0.8 < apart < 2.2


def test_no_seed_lies_where_it_may_not():
    def right(centre, axis):
        return centre[0] < 0

    layout = draw_implant(np.random.default_rng(6), seeds=40, allowed=right)
    assert (layout.positions_mm[:, 0] < 0).all()
    assert len(layout.kinds) == 40


def test_implants_of_many_draws_point_everywhere():
    axes = np.concatenate([draw_implant(np.random.default_rng(k), seeds=10).axes for k in range(40)])
    assert (np.abs(axes).mean(axis=0) > 0.3).all()


def test_a_tilt_has_the_size_asked_for():
    rng = np.random.default_rng(2)
    turned = np.array([tilted(rng, np.array([0, 0, 1.0]), 5.0) for _ in range(4000)])
    assert np.degrees(np.arctan(turned[:, 0] / turned[:, 2])).std() == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize("seeds", [0, -1, 301])
def test_a_number_of_seeds_out_of_range_is_refused(seeds):
    with pytest.raises(InputError, match="1 to 300"):
        draw_implant(np.random.default_rng(1), seeds=seeds)
