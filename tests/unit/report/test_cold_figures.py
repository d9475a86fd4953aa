"""Cold regions: the right slices, and a fill where the target lacks dose and nowhere else."""

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.report.picture_reading import box, pixels, water

from seedbed.errors import InputError
from seedbed.geometry import Structure
from seedbed.report.cold_figures import (
    DPI,
    GAP_INCH,
    MOST_PLANES,
    SIDE_INCH,
    ColdView,
    cold_figure,
    cold_planes,
)
from seedbed.report.verification_facts import ColdPlace


def rising(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """100 Gy at x = 0, more to the left."""
    return 100.0 + 5.0 * points[:, 0]


def view_of(target: Structure, **changes: object) -> ColdView:
    return ColdView(water(), target, rising, 100.0, **changes)  # type: ignore[arg-type]


def place(z: float, low: float, high: float) -> ColdPlace:
    return ColdPlace(1.0, 50.0, (-10.0, 0.0, z), (low, high))


def test_the_coldest_slices_come_first_then_first_and_last() -> None:
    view = view_of(box(20.0))
    assert cold_planes(view, [place(0.0, -10.0, 10.0)]) == [
        (10, "region 1: last"), (8, "region 1: coldest"), (6, "region 1: first")
    ]  # fmt: skip
    assert cold_planes(view, [place(0.0, -1.0, 1.0)]) == [(8, "region 1: coldest, last, first")]
    eight = [place(5.0 * n, 5.0 * n, 5.0 * n) for n in range(-4, 4)]
    shown = cold_planes(view, eight)
    assert [index for index, _ in shown] == [9, 8, 7, 6, 5, 4]
    assert len(shown) == MOST_PLANES
    assert cold_planes(view, [place(999.0, 999.0, 999.0)])[0][0] == 16
    assert cold_planes(view, []) == []


def bluish(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    red, _, blue = (picture[..., n].astype(int) for n in range(3))
    return blue - red > 40


def test_the_fill_lies_in_the_cold_part_of_the_target_alone() -> None:
    view = view_of(box(15.0))
    picture = pixels(cold_figure(view, [place(0.0, 0.0, 0.0)]))
    blue = bluish(picture)
    left, right, top, _ = view.box
    scale = SIDE_INCH * DPI / (right - left)

    def share(x0: float, x1: float, y0: float, y1: float) -> float:
        rows = slice(round(0.24 * DPI + (y0 - top) * scale), round(0.24 * DPI + (y1 - top) * scale))
        columns = slice(
            round(GAP_INCH * DPI + (x0 - left) * scale), round(GAP_INCH * DPI + (x1 - left) * scale)
        )
        return float(blue[rows, columns].mean())

    assert share(-9.0, -3.0, -10.0, 10.0) > 0.5
    assert share(2.0, 13.0, -10.0, 10.0) == 0.0
    assert share(-20.0, -17.0, -10.0, 10.0) == 0.0


@pytest.mark.parametrize("target", [box(15.0), box(1.0, "靶区 $x_1$"), box(10.0, centre=(35.0, 0, 35.0))])
@pytest.mark.parametrize("count", [0, 1, 150])
def test_any_target_and_implant_can_be_drawn(target: Structure, count: int) -> None:
    rng = np.random.default_rng(count)
    seeds = rng.uniform(-15, 15, (count, 3))
    view = view_of(target, found_mm=seeds, found_axes=np.tile([1.0, 0, 0], (count, 1)), added_mm=seeds[:3])
    for regions in ([], [place(0.0, -5.0, 5.0), place(10.0, 8.0, 12.0)]):
        assert pixels(cold_figure(view, regions, title="Cold $a$")).std() > 1


@pytest.mark.parametrize("dose", [0.0, 99.9, 1e9, np.inf])
def test_a_dose_without_a_line_can_be_drawn(dose: float) -> None:
    view = ColdView(water(), box(15.0), lambda points: np.full(len(points), dose), 100.0)
    assert pixels(cold_figure(view, [])).std() > 1


@pytest.mark.parametrize("prescription", [0.0, -1.0, np.nan])
def test_a_prescription_without_meaning_is_refused(prescription: float) -> None:
    with pytest.raises(InputError, match="a prescription of"):
        ColdView(water(), box(15.0), rising, prescription)


def test_slices_are_numbered_as_the_ct_counts_them() -> None:
    numbers = tuple(range(60, 60 - water().grid.shape[0], -1))
    assert view_of(box(20.0), slice_numbers=numbers).slice_number(2) == 58
    assert view_of(box(20.0)).slice_number(2) == 3
