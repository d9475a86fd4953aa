"""Found seeds to an implant, and metrics before and after: by hand-made histograms."""

import numpy as np
import pytest

from seedbed.dosimetry import Dvh, load_source, total_dose
from seedbed.errors import DoseError, StructureError
from seedbed.verification.given_dose import SURE_DEG, dose_comparison, given_implant

SOURCE = load_source("6711")
UP = np.array([0.0, 0.0, 1.0])
PLACES = np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
AXES = np.tile(UP, (3, 1))


def test_orientation_is_used_where_it_is_sure() -> None:
    made = given_implant(SOURCE, PLACES, AXES, [SURE_DEG, SURE_DEG + 0.1, np.nan], [0.5, 0.6, 0.7])
    assert made.axis_known.tolist() == [True, False, False]
    assert (made.source, made.strengths_u.tolist(), made.needles) == (SOURCE.name, [0.5, 0.6, 0.7], ())
    assert given_implant(SOURCE, PLACES, AXES, 30.0, 0.7, sure_deg=40.0).axis_known.all()
    assert given_implant(SOURCE, PLACES, None, 0.0, 0.7).axes is None
    assert given_implant(SOURCE, PLACES, np.full((3, 3), np.nan), np.inf, 0.7).axes is None
    assert given_implant(SOURCE, [], None, 0.0, 0.7).count == 0


def test_its_dose_is_two_dimensional_where_sure_and_one_dimensional_elsewhere() -> None:
    made = given_implant(SOURCE, PLACES, AXES, [5.0, 80.0, 5.0], 0.7)
    points, each = np.array([[4.0, 3.0, 12.0], [0.0, 0.0, -8.0]]), np.full(1, 0.7)
    parts = (
        total_dose(SOURCE, PLACES[[0, 2]], AXES[:2], np.full(2, 0.7), points)
        + total_dose(SOURCE, PLACES[1:2], None, each, points)
    )  # fmt: skip
    found = total_dose(SOURCE, made.positions_mm, made.axes, made.strengths_u, points)
    np.testing.assert_allclose(found, parts, rtol=1e-12)


def test_a_sure_axis_is_better_than_none_and_an_unsure_one_is_not() -> None:
    # What the limit stands on: seeds in a cube, axes off by a known SD, mean error of the dose in it.
    rng = np.random.default_rng(4)
    ticks = np.array([-9.0, 0.0, 9.0])
    places = np.stack(np.meshgrid(ticks, ticks, ticks), axis=-1).reshape(-1, 3) + rng.normal(0, 1, (27, 3))
    axes, points = np.tile(UP, (27, 1)), rng.uniform(-12, 12, (1500, 3))
    true = total_dose(SOURCE, places, axes, np.ones(27), points)

    def error(along: np.ndarray | None) -> float:
        return float(np.mean(np.abs(total_dose(SOURCE, places, along, np.ones(27), points) / true - 1)))

    def off(sd_deg: float) -> float:
        found = []
        for _ in range(5):
            tilt = np.tan(np.radians(sd_deg)) * rng.standard_normal((27, 2))
            turned = np.column_stack([tilt, np.ones(27)])
            found.append(error(turned / np.linalg.norm(turned, axis=1, keepdims=True)))
        return float(np.mean(found))

    assert off(SURE_DEG) < error(None) < off(3 * SURE_DEG)


def test_what_has_no_meaning_is_refused() -> None:
    for wrong in (
        lambda: given_implant(SOURCE, PLACES, AXES, -1.0, 0.7),
        lambda: given_implant(SOURCE, PLACES, AXES, [1.0, 2.0], 0.7),
        lambda: given_implant(SOURCE, PLACES, AXES[:2], 1.0, 0.7),
        lambda: given_implant(SOURCE, PLACES, 2 * AXES, 1.0, 0.7),
        lambda: given_implant(SOURCE, PLACES, AXES, 1.0, [0.7, 0.7]),
        lambda: given_implant(SOURCE, PLACES, AXES, 1.0, -0.7),
        lambda: given_implant(SOURCE, PLACES, AXES, 1.0, 0.7, sure_deg=float("nan")),
    ):
        with pytest.raises(DoseError, match="expected"):
            wrong()


def tenths(name: str, *dose: float, cc: float = 0.1) -> Dvh:
    return Dvh.of(name, np.array(dose), np.full(len(dose), cc))


def test_metrics_of_the_plan_stand_beside_those_given() -> None:
    planned = [
        tenths("GTV", *np.arange(100.0, 200.0, 10.0)),
        tenths("skin", 5.0, cc=9.0),
        tenths("cord", 50.0, 40.0, cc=2.0),
    ]
    given = [tenths("GTV post", *np.arange(80.0, 180.0, 10.0), cc=0.12), tenths("cord", 70.0, 30.0, cc=2.0)]
    rows = {
        (row.structure, row.metric): row for row in dose_comparison(planned, given, prescription_gy=100.0)
    }
    assert {metric for name, metric in rows if name == "GTV post"} == {
        "volume", "D90", "D100", "V100", "V150", "V200",
    }  # fmt: skip
    target = [rows["GTV post", metric] for metric in ("D100", "D90", "V100", "V150", "V200")]
    assert [row.planned for row in target] == pytest.approx([100, 110, 100, 50, 0])
    assert [row.given for row in target] == pytest.approx([80, 90, 80, 30, 0])
    assert [row.unit for row in target] == ["Gy", "Gy", "%", "%", "%"]
    assert rows["GTV post", "volume"].difference == pytest.approx(0.2)
    cord = [rows["cord", metric] for metric in ("D2cc", "Dmax")]
    assert [(row.planned, row.given, row.difference) for row in cord] == [(50, 70, 20), (50, 70, 20)]
    assert not any(name == "skin" for name, _ in rows)


def test_without_a_plan_or_an_organ_in_it_there_is_nothing_to_compare_with() -> None:
    given = [tenths("GTV", 80.0), tenths("cord", 70.0)]
    for planned in ([], [tenths("GTV", 90.0)]):
        rows = dose_comparison(planned, given, prescription_gy=100.0)
        assert [row.planned for row in rows if row.structure == "cord"] == [None] * 3
        assert all((row.planned is None) == (row.difference is None) for row in rows)


def test_structures_that_cannot_be_told_apart_are_refused() -> None:
    for wrong in ([], [tenths("GTV", 80.0), tenths("GTV", 80.0)]):
        with pytest.raises(StructureError, match="names"):
            dose_comparison([], wrong, prescription_gy=100.0)
    with pytest.raises(DoseError, match="prescription"):
        dose_comparison([], [tenths("GTV", 80.0)], prescription_gy=0.0)
