"""Figures of courses in odd cases: no text over another, the same bytes each time, small files, no NaN."""

from types import ModuleType

import numpy as np
import pytest
from tests.unit.report.cohort_figures.figure_reading import clashes
from tests.unit.report.cohort_figures.made_up_courses import crowd, draw

from seedbed.cohort.frame import AnalysisSet
from seedbed.report.cohort_figures import (
    pain_figure,
    spider_figure,
    swimmer_figure,
    tg_figure,
    waterfall_figure,
)
from seedbed.report.cohort_figures.group_panels import FEWEST, bands
from seedbed.statistics.quantiles import spss_quantile

MODULES = (waterfall_figure, spider_figure, swimmer_figure, tg_figure, pain_figure)
NAMES = (
    *("粒子植入联合安罗替尼治疗", "seeds and a drug, in a group whose name is long enough for two lines"),
    *("$x_1$", "<b>&", "E", "F", "G", "H"),
)


def named(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def renamed(data: AnalysisSet) -> AnalysisSet:
    return AnalysisSet(**(vars(data) | {"groups": NAMES[: len(data.groups)], "group_by": "metastasis"}))


@pytest.mark.parametrize("module", MODULES, ids=named)
@pytest.mark.parametrize("sizes", [[1], [2, 3], [20, 9, 1], [12, 30, 2, 5, 6, 7, 8, 9]], ids=str)
def test_no_text_lies_over_another_or_leaves_the_paper(module: ModuleType, sizes: list[int]) -> None:
    sizes = [FEWEST] if sizes == [1] and module is pain_figure else sizes  # which draws no group of one
    _, figure = draw(getattr(module, named(module)), renamed(crowd(sizes)), module)
    assert clashes(figure) == []


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_the_same_figure_has_the_same_bytes_and_no_nan(module: ModuleType) -> None:
    data = renamed(crowd([90, 0, 4]))
    one, other = (getattr(module, named(module))(data) for _ in range(2))
    assert one == other
    assert "nan" not in one.svg.lower()
    assert "nan" not in one.caption
    assert len(one.svg) < 2_000_000
    assert len(one.png) < 2_000_000


def test_bands_are_the_quantiles_of_the_tables() -> None:
    rng = np.random.default_rng(3)
    months, values = rng.integers(-1, 3, 60), rng.normal(size=60)
    found = bands(months, values)
    assert found.months.tolist() == [0, 1, 2]
    for month, row, count in zip(found.months, found.values, found.counts, strict=True):
        mine = values[months == month]
        assert count == len(mine)
        assert row == pytest.approx([spss_quantile(mine, share) for share in (0.1, 0.25, 0.5, 0.75, 0.9)])
