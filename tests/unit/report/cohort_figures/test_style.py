"""The look: colours by the formulas of WCAG 2 and Machado 2009, an SVG that may stand beside others."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.report.cohort_figures.figure_reading import ids, references, texts

from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.style import COLOURS, DASHES, MARKS, finished, journal_look, new_figure

FloatArray = NDArray[np.float64]
MACHADO_2009 = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB."""


def linear(colour: str) -> FloatArray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: FloatArray) -> FloatArray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ rgb / np.array([0.9505, 1.0, 1.089]), 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_first_six_colours_stand_out_from_white() -> None:
    for colour in COLOURS[:6]:
        luminance = linear(colour) @ np.array([0.2126, 0.7152, 0.0722])
        assert 1.05 / (luminance + 0.05) >= 3.0, colour


@pytest.mark.parametrize("kind", MACHADO_2009)
def test_the_colour_blind_tell_neighbours_apart(kind: str) -> None:
    seen = [lab(np.clip(np.array(MACHADO_2009[kind]) @ linear(each), 0, 1)) for each in COLOURS]
    apart = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(range(5), 2)}
    assert min(apart.values()) > 10, apart


def test_groups_also_differ_by_dash_and_mark() -> None:
    assert len(set(COLOURS)) == len(set(MARKS)) == len(set(map(str, DASHES))) == 8


def drawn(id: str, text: str) -> ReportFigure:
    with journal_look():
        figure = new_figure(60, 40)
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1])
        axes.set_title(text)
    return finished(figure, id=id, title=text, caption="Two points.")


def test_svgs_stand_beside_each_other() -> None:
    nasty = 'id="x" url(#y) href="#z" <b> & 联合组'
    one, two = drawn("one", nasty), drawn("two", nasty)
    every = [*ids(one), *ids(two)]
    assert len(set(every)) == len(every)
    for each in (one, two):
        assert nasty in texts(each)
        pointed = list(references(each))
        assert pointed
        assert {name.removeprefix("#") for name in pointed} <= set(ids(each))
        assert f'[id="{each.id}.svg"] *{{' in each.svg


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert drawn("a", "x") == drawn("a", "x")
