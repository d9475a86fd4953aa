"""Cuts of a CT: sides, places, and numbers where there is no CT."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.report.cuts import (
    AXIAL,
    CORONAL,
    CUTS,
    SAGITTAL,
    Cut,
    brightest_image,
    cut_image,
    cut_points,
    frame,
    pixel_centres,
    reserved_places,
    show,
    window_words,
)

GRID = VoxelGrid((-10.0, -20.0, -15.0), (1.0, 0.5, 5.0), (7, 81, 21))


def ramp() -> CtVolume:
    """A CT whose number is x + 100 y + 10 000 z, which linear interpolation keeps."""
    x, y, z = GRID.points_mm().T
    return CtVolume(GRID, (x + 100 * y + 10_000 * z).reshape(GRID.shape).astype(np.float32))


@pytest.mark.parametrize("cut", CUTS)
def test_each_pixel_shows_the_ct_at_its_own_place(cut: Cut) -> None:
    through = np.array([2.0, -3.0, 4.0])
    box = cut.box(through, 5.0)
    image = cut_image(ramp(), cut, through_mm=through, box=box, step_mm=0.5)
    points, shape = cut_points(cut, through_mm=through, box=box, step_mm=0.5)
    expected = points @ [1.0, 100.0, 10_000.0]
    np.testing.assert_allclose(image.ravel(), expected, atol=0.05)
    assert image.shape == shape == (20, 20)
    u, v = pixel_centres(box, 0.5)
    np.testing.assert_allclose(cut.flat(points), np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2))


def test_sides_are_those_of_radiologists() -> None:
    left, back, head = np.eye(3)
    assert AXIAL.flat(left)[0].tolist() == [1, 0]
    assert AXIAL.flat(back)[0].tolist() == [0, 1]
    assert CORONAL.flat(head)[0].tolist() == SAGITTAL.flat(head)[0].tolist() == [0, -1]
    assert SAGITTAL.flat(back)[0].tolist() == [1, 0]
    assert [cut.normal for cut in CUTS] == [2, 1, 0]


@pytest.mark.parametrize(
    ("cut", "letters"),
    [(AXIAL, "RLAP"), (CORONAL, "RLHF"), (SAGITTAL, "APHF")],
)
def test_letters_stand_left_right_above_and_below(cut: Cut, letters: str) -> None:
    axes = Figure().add_subplot()
    frame(axes, cut, (0.0, 24.0, 0.0, 24.0))
    places = {text.get_text(): text.get_position() for text in axes.texts}
    left, right, above, below = (places[letter] for letter in letters)
    assert left[0] < 0.1 < 0.9 < right[0]
    assert below[1] < 0.1 < 0.9 < above[1]


@pytest.mark.parametrize(("side", "bar"), [(24.0, 5), (60.0, 20), (120.0, 20), (200.0, 50), (3.0, 1)])
def test_the_scale_bar_is_as_long_as_it_says(side: float, bar: int) -> None:
    axes = Figure().add_subplot()
    frame(axes, AXIAL, (0.0, side, 0.0, side))
    (line,) = [each for each in axes.get_lines() if each.get_label() == "scale"]
    assert np.ptp(line.get_xdata()) == pytest.approx(bar)
    assert f"{bar} mm" in [text.get_text() for text in axes.texts]


def test_outside_the_ct_there_is_no_number() -> None:
    image = cut_image(ramp(), AXIAL, through_mm=np.zeros(3), box=(5.5, 15.5, 0.0, 10.0), step_mm=1.0)
    assert np.isfinite(image[:, :5]).all()
    assert np.isnan(image[:, 5:]).all()
    beyond = cut_image(ramp(), AXIAL, through_mm=np.array([0, 0, 99.0]), box=(0, 5, 0, 5), step_mm=1.0)
    assert np.isnan(beyond).all()


def test_a_picture_without_a_ct_can_be_shown() -> None:
    axes = Figure().add_subplot()
    image, box = brightest_image(ramp(), AXIAL, lower_mm=np.full(3, 900.0), upper_mm=np.full(3, 950.0))
    show(axes, image, box=box, window=(0.0, 1.0))
    assert not axes.images


@given(st.tuples(*(st.integers(0, size - 1) for size in GRID.shape)))
def test_the_brightest_voxel_shows_at_its_place_in_each_projection(index: tuple[int, int, int]) -> None:
    hu = np.zeros(GRID.shape, dtype=np.float32)
    hu[index] = 3000.0
    place = np.array([GRID.axis_mm(axis)[index[2 - axis]] for axis in range(3)])
    for cut in CUTS:
        image, (left, right, top, bottom) = brightest_image(
            CtVolume(GRID, hu), cut, lower_mm=GRID.lower_mm(), upper_mm=GRID.upper_mm()
        )
        (row,), (column,) = np.nonzero(image)
        u = left + (column + 0.5) * (right - left) / image.shape[1]
        v = top + (row + 0.5) * (bottom - top) / image.shape[0]
        assert cut.flat(place)[0].tolist() == pytest.approx([u, v])


def test_a_window_is_said_and_reserved_places_lie_inside() -> None:
    assert window_words((-160.0, 240.0)) == "window -160 to 240 HU"
    for left, right, top, bottom in reserved_places((10.0, 20.0, -5.0, 5.0)):
        assert 10 <= left < right <= 20
        assert -5 <= top < bottom <= 5
