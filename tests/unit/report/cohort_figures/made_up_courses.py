"""Made-up courses for tests of the figures; nobody in them is a patient."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.courses import Courses, Findings, Happenings, Spans
from seedbed.cohort.frame import AnalysisSet
from seedbed.report.analysis_report import ReportFigure

Point = tuple[int, int, float, str]


def findings(*points: Point, due: Sequence[int] | None = None) -> Findings:
    """Make findings of (patient, day, value, word)."""
    patients, days, values, words = zip(*points, strict=True) if points else ((), (), (), ())
    return Findings(
        patients=np.array(patients, dtype=np.int64),
        days=np.array(days, dtype=np.int64),
        values=np.array(values, dtype=np.float64),
        words=np.array(words, dtype=np.str_),
        due_months=None if due is None else np.array(due, dtype=np.int64),
    )


def happenings(*events: tuple[int, int, str]) -> Happenings:
    """Make happenings of (patient, day, word)."""
    patients, days, words = zip(*events, strict=True)
    return Happenings(patients=np.array(patients), days=np.array(days), words=np.array(words))


def drug(*spans: tuple[int, int, int]) -> Spans:
    """Make courses of a drug of (patient, first day, last day)."""
    patients, first, last = (np.array(each) for each in zip(*spans, strict=True))
    going_on, words = np.zeros(len(spans), dtype=bool), np.full(len(spans), "anlotinib")
    return Spans(patients=patients, first_days=first, last_days=last, going_on=going_on, words=words)


def set_with(
    groups: Sequence[str], *, columns: dict[str, Sequence[Any]] | None = None, **courses: Any
) -> AnalysisSet:
    """Make a set of one patient for each group that is named, with courses."""
    made = analysis_set(groups, **(columns or {}))
    return AnalysisSet(**(vars(made) | {"courses": Courses(**courses)}))


def crowd(sizes: Sequence[int], *, visits: int = 4) -> AnalysisSet:
    """Make groups of several sizes, every patient with all findings at months 0, 2, 4 and so on."""
    rng = np.random.default_rng(7)
    groups = [f"{at} 组" for at, size in enumerate(sizes) for _ in range(size)]
    count = len(groups)
    patients, due = np.repeat(np.arange(count), visits), np.tile(2 * np.arange(visits), count)
    days = np.round(due * 30.4375).astype(np.int64)
    size = np.repeat(rng.uniform(15, 90, count), visits) * rng.uniform(0.0, 2.4, count * visits)
    blank = np.full(len(days), "")
    shared = {"patients": patients, "days": days, "due_months": due}
    ends = rng.integers(days[-1], 900, count)
    made = set_with(
        groups,
        columns={"best_response": list(rng.choice(["CR", "PR", "SD", "PD"], count))},
        diameters_mm=Findings(values=np.where(days == 0, 50.0, size), words=blank, **shared),
        tg_ng_ml=Findings(values=np.exp(rng.normal(3, 2, len(days))), words=blank, **shared),
        nrs=Findings(values=rng.integers(0, 11, len(days)).astype(float), words=blank, **shared),
        happenings=Happenings(
            patients=np.arange(count), days=ends, words=np.where(ends % 2 == 0, "death", "last seen")
        ),
    )
    # Groups without a patient stay groups.
    every = tuple(f"{at} 组" for at in range(len(sizes)))
    group_of = np.repeat(np.arange(len(sizes)), sizes)
    return AnalysisSet(**(vars(made) | {"groups": every, "group_of": group_of}))


Drawn = tuple[ReportFigure | None, Figure]


def draw(make: Callable[[AnalysisSet], ReportFigure | None], data: AnalysisSet, module: ModuleType) -> Drawn:
    """Make a figure, and return also what it was drawn on."""
    kept: list[Figure] = []
    finished = module.finished  # type: ignore[attr-defined]

    def keep(figure: Figure, **more: Any) -> ReportFigure:
        kept.append(figure)
        return finished(figure, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "finished", keep)
        found = make(data)
    return found, kept[0]
