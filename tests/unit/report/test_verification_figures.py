"""Found and planned seeds in one picture: marks lie at their places, far seeds are told."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.unit.report.picture_reading import box, is_near, pixels, water

from seedbed.errors import InputError
from seedbed.report.cuts import CUTS
from seedbed.report.seed_marks import EXTRA, FOUND, MISSING
from seedbed.report.verification_figures import (
    DPI,
    GAP_INCH,
    SIDE_INCH,
    ImplantView,
    _draw,
    _explain,
    found_and_planned,
)
from seedbed.verification import match_seeds

NONE = np.empty((0, 3))
AXES = np.tile([0.0, 0.0, 1.0], (2, 1))


def pixel_of(view: ImplantView, number: int, place: np.ndarray) -> tuple[int, int]:
    """Row and column at which a place must show in one of the three projections."""
    centre, half = view.bounds_mm
    u, v = (CUTS[number].flat(place)[0] - CUTS[number].flat(centre)[0] + half) / (2 * half) * SIDE_INCH
    left = GAP_INCH + number * (SIDE_INCH + GAP_INCH)
    return round((0.24 + v) * DPI), round((left + u) * DPI)


def test_marks_lie_where_the_seeds_lie() -> None:
    found = np.array([[-6.0, 5.0, 3.0], [9.0, -7.0, -4.0]])
    planned = np.array([[-5.0, 5.0, 3.0], [8.0, 12.0, 14.0]])
    view = ImplantView(water(), found, AXES, planned, match_seeds(planned, found), box(15.0))
    assert (view.missing, view.extra) == ([1], [1])
    picture = pixels(found_and_planned(view, title="Implant"))
    for number in range(3):
        for place, colour in ((found[0], FOUND), (found[1], EXTRA), (planned[1], MISSING)):
            row, column = pixel_of(view, number, place)
            assert is_near(picture[row, column], colour, within=75), (number, colour)


def test_a_seed_far_away_is_told_and_does_not_shrink_the_picture() -> None:
    found = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 300.0]])
    view = ImplantView(water(), found, AXES, target=box(10.0))
    assert view.far == [1]
    assert view.bounds_mm[1] == pytest.approx(20.0)
    figure = Figure(figsize=(7, 3))
    _explain(figure, view, 0)
    assert any("Beyond these pictures: found 2." in text.get_text() for text in figure.texts)


@pytest.mark.parametrize("target", [None, box(1.0, "靶区 $x_1$")])
@pytest.mark.parametrize(("count", "oriented"), [(0, True), (0, False), (1, True), (1, False), (150, True)])
def test_any_number_of_seeds_can_be_drawn(target: object, count: int, oriented: bool) -> None:
    rng = np.random.default_rng(count)
    found = rng.uniform(-30, 30, (count, 3))
    axes = np.tile([0.0, 1.0, 0.0], (count, 1)) if oriented else None
    planned = found[: count // 2] + 1.0
    match = match_seeds(planned, found) if count else None
    view = ImplantView(water(), found, axes, planned, match, target, frozenset(range(count // 3)))  # type: ignore[arg-type]
    assert pixels(found_and_planned(view)).std() > 1


def test_all_planned_places_may_be_missing() -> None:
    planned = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0]])
    view = ImplantView(water(), NONE, None, planned, match_seeds(planned, NONE))
    picture = pixels(found_and_planned(view))
    row, column = pixel_of(view, 0, planned[0])
    assert is_near(picture[row, column], MISSING)


def test_of_many_seeds_those_that_need_a_look_have_numbers() -> None:
    rng = np.random.default_rng(3)
    view = ImplantView(water(), rng.uniform(-20, 20, (100, 3)), doubtful=frozenset({4, 70}))
    axes = Figure(figsize=(3, 3)).add_axes((0, 0, 1, 1))
    _draw(axes, view, CUTS[0])
    assert {text.get_text() for text in axes.texts} & {str(n) for n in range(1, 101)} == {"5", "71"}


def test_an_implant_beside_the_ct_can_be_drawn() -> None:
    found = np.array([[500.0, 0.0, 0.0], [505.0, 0.0, 0.0]])
    assert pixels(found_and_planned(ImplantView(water(), found, AXES))).shape[2] == 3


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="planned_mm"):
        ImplantView(water(), NONE, planned_mm=np.array([[np.nan, 0, 0]]))
