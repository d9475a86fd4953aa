"""The figure of a pair: its sides, sizes and colours."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from seedbed.errors import InputError
from seedbed.report.cohort_figures import pair_figure as drawing
from seedbed.report.cohort_figures.pair_figure import PairLook, PairPanel, PairRow, overlay, pair_figure

BOX = (-40.0, 40.0, -40.0, 40.0)
LOOK = PairLook(window_hu=(-160.0, 240.0), heads=("Before: day 1", "After: day 2"), width_mm=89.0)


def panel(**more) -> PairPanel:
    """A CT that is bright on the patient's left and black elsewhere."""
    hu = np.full((80, 80), -1000.0)
    hu[:, 60:] = 1000.0
    return PairPanel(hu, **more)


def row(**more) -> PairRow:
    return PairRow("z 1.0 mm", BOX, panel(**more), panel(**more))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    figures: list[Figure] = []
    finish = drawing.finished
    monkeypatch.setattr(
        drawing, "finished", lambda one, **more: (figures.append(one), finish(one, **more))[1]
    )
    return figures


def test_the_patients_left_is_on_the_right_and_called_so(drawn: list[Figure]) -> None:
    made = pair_figure([row()], LOOK)
    for axes in drawn[0].axes:
        places = {text.get_text(): text.get_position() for text in axes.texts}
        assert places["L"][0] > 0.9 > 0.1 > places["R"][0]
        assert places["A"][1] > 0.9 > 0.1 > places["P"][1]
    with Image.open(io.BytesIO(made.png)) as picture:
        grey = np.asarray(picture.convert("L"))
    first = grey[grey.shape[0] // 2 - 60, : grey.shape[1] // 2]
    bright = np.flatnonzero(first[60:-60] > 200) + 60
    assert bright.min() > 0.6 * len(first)


@pytest.mark.parametrize(
    ("width_mm", "pet", "panels"), [(89.0, None, 4), (183.0, None, 4), (183.0, 5.0, 8), (89.0, 5.0, 8)]
)
def test_size_on_paper_and_number_of_panels(
    drawn: list[Figure], width_mm: float, pet: float | None, panels: int
) -> None:
    values = None if pet is None else np.full((80, 80), 4.0)
    look = replace(LOOK, width_mm=width_mm, pet_max=pet, pet_unit="SUV")
    made = pair_figure([row(pet=values), row(pet=values)], look)
    with Image.open(io.BytesIO(made.png)) as picture:
        assert picture.width == pytest.approx(width_mm / 25.4 * 300, abs=1)
        assert picture.height <= 230 / 25.4 * 300 + 1
    texts = [text for axes in drawn[0].axes for text in axes.texts if text.get_verticalalignment() == "top"]
    letters = {text.get_text() for text in texts if text.get_position()[0] < 0.1}
    assert letters == set("ABCDEFGH"[:panels])


def test_all_but_the_pictures_is_vector() -> None:
    ring = 20 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    svg = pair_figure([row(solid=(ring,), diameter_mm=ring[[0, 2]])], LOOK).svg
    assert len(re.findall("<image", svg)) == 2
    assert ">Before<" in svg
    assert ">day 2<" in svg


def test_pet_is_clear_where_it_is_low_or_absent() -> None:
    alpha = overlay(np.array([[0.0, 0.9, 10.0, 20.0, np.nan]]), 10.0)[0, :, 3]
    assert alpha.tolist() == [0.0, 0.0, 0.75, 0.75, 0.0]


def test_no_plane_is_refused() -> None:
    with pytest.raises(InputError, match="0 panels"):
        pair_figure([], LOOK)
