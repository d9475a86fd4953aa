"""Capsules in projection, and numbers that do not cover each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from shapely import Polygon

from seedbed.report.cuts import CORONAL, CUTS, Box
from seedbed.report.seed_marks import FOUND, capsule_outline, draw_seed, number_places, write_numbers

ROOM: Box = (-30.0, 30.0, -30.0, 30.0)
angles = st.floats(0, np.pi)


@given(angles, st.floats(0, 2 * np.pi))
def test_a_capsule_in_projection_is_a_stadium(polar: float, azimuth: float) -> None:
    axis = np.array([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)])
    for cut in CUTS:
        outline = Polygon(capsule_outline(np.array([3.0, 4.0, 5.0]), axis, cut))
        seen = 3.7 * float(np.hypot(*cut.flat(axis)[0]))
        assert outline.area == pytest.approx(0.8 * seen + np.pi * 0.16, abs=0.01)
        assert [outline.centroid.x, outline.centroid.y] == pytest.approx(
            cut.flat(np.array([3.0, 4.0, 5.0]))[0].tolist(), abs=1e-6
        )


def test_a_seed_without_an_axis_is_a_dot_at_its_place() -> None:
    axes = Figure().add_subplot()
    draw_seed(axes, CORONAL, np.array([1.0, 2.0, 3.0]), None, facecolor="none", edgecolor=FOUND)
    (dot,) = axes.get_lines()
    assert (dot.get_xdata()[0], dot.get_ydata()[0], dot.get_color()) == (1.0, -3.0, FOUND)


def rectangle(middle: tuple[float, float], text: str, height: float) -> Box:
    half = 0.5 * height * 0.75 * len(text)
    return middle[0] - half, middle[0] + half, middle[1] - height / 2, middle[1] + height / 2


def overlap(one: Box, other: Box) -> bool:
    wide = min(one[1], other[1]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[2], other[2])
    return min(wide, high) > 1e-9


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.integers(0, 150))
def test_numbers_never_cover_each_other_and_stay_inside(seed: int, count: int) -> None:
    places = np.random.default_rng(seed).uniform(-32, 32, (count, 2))
    texts = [str(number + 1) for number in range(count)]
    middles = number_places(places, texts, height_mm=1.5, box=ROOM, reserved=[(-30.0, -20.0, -30.0, 0.0)])
    put = [rectangle(middle, text, 1.5) for middle, text in zip(middles, texts, strict=True) if middle]
    for number, one in enumerate(put):
        assert ROOM[0] <= one[0] + 1e-9
        assert one[1] <= ROOM[1] + 1e-9
        assert not overlap(one, (-30.0, -20.0, -30.0, 0.0))
        assert not any(overlap(one, other) for other in put[:number])


def test_a_lonely_seed_has_its_number_beside_it_and_not_on_it() -> None:
    (middle,) = number_places(np.zeros((1, 2)), ["12"], height_mm=2.0, box=ROOM)
    assert middle is not None
    assert not overlap(rectangle(middle, "12", 2.0), (-0.1, 0.1, -0.1, 0.1))
    assert np.hypot(*middle) < 5.0


def test_the_first_choose_first_and_the_rest_is_counted() -> None:
    figure = Figure(figsize=(2, 2))
    axes = figure.add_axes((0, 0, 1, 1))
    places = np.zeros((80, 2))
    texts = [str(number) for number in range(80)]
    left_out = write_numbers(axes, places, texts, box=ROOM, colours=[FOUND] * 80, size=6)
    written = [text.get_text() for text in axes.texts]
    assert "0" in written
    assert 0 < left_out == 80 - len(written)
