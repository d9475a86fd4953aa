"""Displacement: bars are as long as the numbers, missing seeds are told."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.unit.report.picture_reading import pixels

from seedbed.errors import InputError
from seedbed.report.displacement_figures import MOST_ROWS, _bars, _histogram, _shown, displacement_figure
from seedbed.report.verification_facts import NeedleMoved

NEEDLES = [NeedleMoved("N1 $a$", 4, 3, 1, 2.5, -1.5, 2.0), NeedleMoved("针 2", 2, 0, 2)]


def test_bars_are_as_long_as_the_displacement() -> None:
    axes = Figure().add_subplot()
    _bars(axes, NEEDLES, len(NEEDLES))
    assert [bar.get_width() for bar in axes.patches] == [-1.5, 0.0, 2.0, 0.0]
    low, high = axes.get_xlim()
    assert low < -1.5
    assert high > 2.0
    said = [text.get_text() for text in axes.texts]
    assert "3 of 4, 1 missing" in said
    assert "0 of 2, 2 missing" in said


def test_the_histogram_counts_each_seed_and_marks_the_mean() -> None:
    axes = Figure().add_subplot()
    _histogram(axes, np.array([0.5, 0.6, 3.1, 7.0]))
    assert sum(bar.get_height() for bar in axes.patches) == 4
    assert axes.get_lines()[0].get_xdata()[0] == pytest.approx(2.8)
    assert "4 seeds: mean 2.8, largest 7.0 mm" in axes.get_title(loc="left")


def test_of_many_needles_those_that_lack_seeds_or_moved_most_are_drawn() -> None:
    many = [NeedleMoved(str(n), 3, 3, 0, float(n), 0.0, float(n)) for n in range(60)]
    many[0] = NeedleMoved("0", 3, 0, 3)
    shown = _shown(many)
    assert len(shown) == MOST_ROWS
    assert [each.needle for each in shown] == ["0", *(str(n) for n in range(61 - MOST_ROWS, 60))]


@pytest.mark.parametrize("distances", [[], [0.0], [0.0] * 150, list(np.linspace(0, 90, 150))])
@pytest.mark.parametrize("needles", [[], NEEDLES, NEEDLES * 20])
def test_any_implant_can_be_drawn(needles: list[NeedleMoved], distances: list[float]) -> None:
    assert pixels(displacement_figure(needles, np.array(distances), title="甲 $b$")).std() > 1


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_distances_without_meaning_are_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="negative or no numbers"):
        displacement_figure([], np.array([1.0, wrong]))
