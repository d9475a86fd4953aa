"""Courses: what changes are measured from, and the best of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.cohort.courses import Courses, Findings, Happenings, Spans, baseline_places, changes_pct, lowest

PATIENTS = 4


def findings(rows: list[tuple[int, int, float]]) -> Findings:
    rows = sorted(rows, key=lambda row: row[:2])
    columns = list(zip(*rows, strict=True)) if rows else ((), (), ())
    return Findings(
        patients=np.array(columns[0], dtype=np.int64),
        days=np.array(columns[1], dtype=np.int64),
        values=np.array(columns[2], dtype=np.float64),
        words=np.full(len(rows), ""),
        due_months=np.arange(len(rows)),
    )


rows = st.lists(
    st.tuples(
        st.integers(0, PATIENTS - 1),
        st.integers(-50, 900),
        st.one_of(st.floats(0, 500), st.just(float("nan"))),
    ),
    max_size=25,
    unique_by=lambda row: row[:2],
)


@given(rows)
def test_the_best_change_is_one_of_the_changes_and_no_change_is_lower(made) -> None:
    changes = changes_pct(findings(made), PATIENTS)
    best = lowest(changes, PATIENTS)
    assert np.isfinite(changes.values).all()
    assert (changes.values >= -100).all()
    assert (changes.days > 0).all()
    assert (best[changes.patients] <= changes.values).all()
    for patient in range(PATIENTS):
        mine = changes.values[changes.patients == patient]
        assert best[patient] in mine if len(mine) else np.isnan(best[patient])


@given(rows, st.floats(0.01, 100))
def test_the_unit_of_the_sums_does_not_count(made, scale: float) -> None:
    one = changes_pct(findings(made), PATIENTS)
    other = changes_pct(findings([(who, day, value * scale) for who, day, value in made]), PATIENTS)
    if len(one.values) == len(other.values):  # a tiny sum can become 0
        assert other.values == pytest.approx(one.values, rel=1e-6, abs=1e-6)


def test_the_latest_before_treatment_counts_and_the_first_day_is_before() -> None:
    sums = findings([(0, -30, 10.0), (0, 0, 20.0), (0, 1, 5.0), (1, -3, float("nan")), (1, 60, 5.0)])
    assert baseline_places(sums, 3).tolist() == [1, 3, -1]
    assert changes_pct(sums, 3).values.tolist() == [-75.0]


def test_a_patient_whose_sum_before_treatment_is_not_known_has_no_change() -> None:
    sums = findings([(0, -30, 10.0), (0, -3, float("nan")), (0, 60, 5.0), (1, -3, 0.0), (1, 60, 5.0)])
    assert len(changes_pct(sums, 2).days) == 0


@given(rows, st.permutations(range(PATIENTS)), st.integers(0, PATIENTS))
def test_the_courses_of_some_patients_are_those_of_each(made, order, count: int) -> None:
    tg = findings(made)
    spans = Spans(
        patients=tg.patients,
        first_days=tg.days,
        last_days=tg.days + 1,
        going_on=tg.days > 9,
        words=np.full(len(tg.days), "x"),
    )
    happened = Happenings(patients=tg.patients, days=tg.days, words=np.full(len(tg.days), "implant"))
    kept = order[:count]
    found = Courses(tg_ng_ml=tg, drugs=spans, happenings=happened).of_rows(kept)
    for new, old in enumerate(kept):
        mine, theirs = found.tg_ng_ml.patients == new, tg.patients == old
        assert found.tg_ng_ml.days[mine].tolist() == tg.days[theirs].tolist()
        assert found.drugs.last_days[mine].tolist() == (tg.days[theirs] + 1).tolist()
        assert found.happenings.days[mine].tolist() == tg.days[theirs].tolist()
        assert found.tg_ng_ml.due_months[mine].tolist() == np.flatnonzero(theirs).tolist()
    assert len(found.tg_ng_ml.days) == np.isin(tg.patients, kept).sum()
