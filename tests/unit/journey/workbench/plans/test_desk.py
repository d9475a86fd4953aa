"""A plan on the desk: edits, versions, previews that leave it alone, the dose in planes."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedbed.dosimetry import Dvh, load_source, total_dose
from seedbed.errors import InputError, OutputError, SeedbedError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.oblique import oblique_plane
from seedbed.journey.workbench.plans import desk as desks
from seedbed.journey.workbench.plans.desk import PlanDesk, curve, lay_down
from seedbed.journey.workbench.plans.draft import (
    PlanStart,
    begin,
    implant_dict,
    implant_of,
    implant_to_copy,
    read_draft,
)
from seedbed.journey.workbench.refusals import ChangedElsewhereError, LockedError, NotFoundError

GRID = VoxelGrid((-60.0, -60.0, -60.0), (2.0, 2.0, 2.0), (61, 61, 61))
SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
NEEDLE = {
    "kind": "add_needle", "entry_mm": [4, 4, 50], "tip_mm": [4, 4, -8], "depths_mm": [47.0, 55.0],
    "strength_u": 0.7,
}  # fmt: skip


def box(name: str, half: float, at: float) -> Structure:
    planes = tuple(PlanarContour(z, half * SQUARE + [at, 0.0]) for z in (-6.0, -2.0, 2.0, 6.0))
    return Structure(name, planes, 4.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    drawn = [
        Drawn(box("GTV", 8, 0), "target", "#ff0000", 1),
        Drawn(box("Cord", 4, 25), "organ", "#00ff00", 1),
    ]
    start = PlanStart(prescription_gy=60.0, target="GTV", strengths_u=(0.7,))
    return lay_down(tmp_path, begin("0" * 16, start, by="A"), drawn)


@pytest.fixture
def desk(folder: Path) -> PlanDesk:
    return PlanDesk(folder, GRID, "SYN-1")


def test_an_edit_is_kept_and_comes_back(desk: PlanDesk, folder: Path) -> None:
    state = desk.edit(NEEDLE, version=1, by="B")
    assert (state["version"], state["seed_count"], state["by"]) == (2, 2, "B")
    again = PlanDesk(folder, GRID, "SYN-1").state()
    for name in ("seeds", "needles", "goals", "dvhs", "metrics", "version"):
        assert again[name] == state[name]


def test_undo_gives_back_the_same_numbers(desk: PlanDesk) -> None:
    one = desk.edit(NEEDLE, version=1, by="B")
    desk.edit({"kind": "remove_seed", "seed": 0}, version=2, by="B")
    back = desk.edit({"kind": "undo"}, version=3, by="B")
    assert (back["goals"], back["dvhs"]) == (one["goals"], one["dvhs"])
    assert back["version"] == 4


def test_a_preview_is_what_the_edit_gives_and_leaves_the_plan(desk: PlanDesk) -> None:
    before = desk.edit(NEEDLE, version=1, by="B")
    move = {"kind": "move_seed", "seed": 0, "position_mm": [4.0, 4.0, 1.0]}
    planes = [desk.plane("z", 0.0, 1.0), desk.plane("x", 4.0, 2.0)]
    tried, dose = desk.preview(move, planes)
    assert desk.state() == before
    done = desk.edit(move, version=2, by="B")
    assert tried["goals"] == done["goals"]
    assert tried["seeds"] == [done["seeds"][0]]
    assert (tried["needles"], tried["whole"], tried["version"]) == ([], False, 2)
    assert [each["dose_gy"] for each in tried["dvhs"]] == [each["dose_gy"] for each in done["dvhs"]]
    assert desk.dose(planes) == dose


def test_a_preview_of_another_count_of_seeds_tells_them_all(desk: PlanDesk) -> None:
    desk.edit(NEEDLE, version=1, by="B")
    tried, _ = desk.preview({"kind": "remove_seed", "seed": 0}, [])
    done = desk.edit({"kind": "remove_seed", "seed": 0}, version=2, by="B")
    assert tried["whole"]
    assert (tried["seeds"], tried["needles"]) == (done["seeds"], done["needles"])


def test_the_dose_in_a_plane_of_any_direction_is_the_dose_at_its_places(desk: PlanDesk) -> None:
    """The same places, laid as a plane across z and as one of any direction."""
    desk.edit(NEEDLE, version=1, by="B")
    across = desk.plane("z", 2.0, 1.0)
    x, y = across.origin_mm
    shape = (across.rows, across.columns)
    oblique = oblique_plane((x, y, 2.0), (1, 0, 0), (0, 1, 0), shape=shape, spacing_mm=1.0)
    one, two = (np.frombuffer(desk.dose([plane]), "<f4") for plane in (across, oblique))
    np.testing.assert_allclose(one, two, rtol=1e-6)


def test_a_surface_of_dose_lies_where_the_dose_is(desk: PlanDesk) -> None:
    """The dose by TG-43 at its vertices is the level; a surface of more dose lies inside."""
    state = desk.edit(NEEDLE, version=1, by="B")
    mesh = desk.isosurface(40.0)
    seeds = state["seeds"]
    dose = total_dose(
        load_source("6711"), np.array([s["position_mm"] for s in seeds]),
        np.array([s["axis"] for s in seeds]), np.array([s["strength_u"] for s in seeds]),
        mesh.vertices_mm.astype(float),
    )  # fmt: skip
    assert len(dose) > 200
    assert np.median(dose) == pytest.approx(40.0, rel=0.02)
    assert np.ptp(desk.isosurface(80.0).vertices_mm, axis=0).max() < np.ptp(mesh.vertices_mm, axis=0).max()
    with pytest.raises(InputError):
        desk.isosurface(float("nan"))


def test_seeds_are_copied_within_a_case_alone(desk: PlanDesk) -> None:
    desk.edit(NEEDLE, version=1, by="B")
    same = begin("0" * 16, desk.draft.start, by="A")
    assert implant_to_copy(desk.draft, same).count == 2
    with pytest.raises(InputError, match="another case"):
        implant_to_copy(desk.draft, replace(same, case="1" * 16))
    with pytest.raises(InputError, match="seed model"):
        implant_to_copy(desk.draft, replace(same, start=replace(same.start, source="ProstaSeed")))


def test_the_dose_of_a_plane_is_the_dose_at_its_places(desk: PlanDesk) -> None:
    state = desk.edit(NEEDLE, version=1, by="B")
    plane = desk.plane("y", -3.0, 2.5)
    shown = np.frombuffer(desk.dose([plane]), dtype="<f4").reshape(plane.rows, plane.columns)
    seeds = state["seeds"]
    row, column = 7, 11
    place = np.array([[plane.origin_mm[0] + 2.5 * column, -3.0, plane.origin_mm[1] + 2.5 * row]])
    expected = total_dose(
        load_source("6711"), np.array([s["position_mm"] for s in seeds]),
        np.array([s["axis"] for s in seeds]), np.array([s["strength_u"] for s in seeds]), place,
    )  # fmt: skip
    assert shown[row, column] == pytest.approx(expected[0], rel=1e-6)


def test_the_second_of_two_people_is_told_who_was_first(desk: PlanDesk) -> None:
    desk.edit(NEEDLE, version=1, by="First")
    with pytest.raises(ChangedElsewhereError, match="First"):
        desk.edit(NEEDLE | {"entry_mm": [-4, 4, 50], "tip_mm": [-4, 4, -8]}, version=1, by="Second")
    assert desk.state()["seed_count"] == 2


def test_an_approved_plan_stays_as_it_is(desk: PlanDesk) -> None:
    desk.edit(NEEDLE, version=1, by="B")
    desk.sign({"meaning": "approved", "by": "C", "at": "2026-03-02T10:00:00+00:00"})
    with pytest.raises(LockedError):
        desk.edit({"kind": "undo"}, version=2, by="B")
    with pytest.raises(LockedError):
        desk.preview({"kind": "undo"}, [])
    assert desk.state()["state"] == "approved"


def test_an_edit_takes_the_signature_of_the_plan_away(desk: PlanDesk) -> None:
    desk.sign({"meaning": "planned", "by": "B", "at": "2026-03-02T10:00:00+00:00"})
    assert desk.edit(NEEDLE, version=1, by="B")["signatures"] == []


def test_a_plan_that_could_not_be_written_is_as_before(
    desk: PlanDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.edit(NEEDLE, version=1, by="B")

    def full(*_: object) -> None:
        raise OutputError("the disk is full", "room", "make room")

    with monkeypatch.context() as patch:
        patch.setattr(desks, "write_draft", full)
        with pytest.raises(OutputError):
            desk.edit({"kind": "remove_seed", "seed": 0}, version=2, by="B")
    after = desk.state()
    assert (after["seeds"], after["version"]) == (before["seeds"], 2)


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "explode"},
        {},
        {"kind": "move_seed"},
        {"kind": "move_seed", "seed": 99, "position_mm": [0, 0, 0]},
        {"kind": "move_seed", "seed": -1, "position_mm": [0, 0, 0]},
        {"kind": "move_seed", "seed": 0, "position_mm": [0, 0]},
        {"kind": "move_seed", "seed": 0, "position_mm": ["a", 0, 0]},
        {"kind": "move_seed", "seed": 0, "position_mm": [float("nan"), 0, 0]},
        {"kind": "move_seed", "seed": 0, "position_mm": [4, 4, -4.0]},
        {"kind": "move_seed", "seed": 0, "position_mm": [20, 4, 0.0]},
        {"kind": "add_seed", "position_mm": [0, 0, 0], "strength_u": 9.0},
        {
            "kind": "add_needle",
            "entry_mm": [0, 0, 0],
            "tip_mm": [0, 0, 0],
            "depths_mm": [1],
            "strength_u": 0.7,
        },
        {"kind": "remove_needle", "needle": 7},
        {"kind": "set_strength", "strength_u": 0.7, "seeds": [55]},
        {"kind": "redo"},
    ],
)
def test_a_bad_edit_is_a_sentence_and_changes_nothing(desk: PlanDesk, edit: dict[str, Any]) -> None:
    before = desk.edit(NEEDLE, version=1, by="B")
    with pytest.raises(SeedbedError):
        desk.edit(edit, version=2, by="B")
    assert desk.state() == before


@pytest.mark.parametrize(
    ("axis", "position", "spacing"),
    [("w", 0.0, 1.0), ("x", float("nan"), 1.0), ("x", 0.0, 0.01), ("x", 0.0, 90.0)],
)
def test_a_plane_that_is_none_is_refused(desk: PlanDesk, axis: str, position: float, spacing: float) -> None:
    with pytest.raises(InputError):
        desk.plane(axis, position, spacing)


def test_no_such_plan(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_draft(tmp_path)


def test_seeds_and_needles_are_read_as_they_were_written(desk: PlanDesk) -> None:
    desk.edit(NEEDLE, version=1, by="B")
    implant = desk.draft.implant
    again = implant_of("6711", implant_dict(implant))
    np.testing.assert_array_equal(again.positions_mm, implant.positions_mm)
    np.testing.assert_array_equal(again.directions, implant.directions)
    assert (again.needles, again.needle_index.tolist()) == (implant.needles, implant.needle_index.tolist())


def test_a_thinned_histogram_lies_on_the_whole_one() -> None:
    rng = np.random.default_rng(7)
    dvh = Dvh.of("x", rng.uniform(10, 200, 5000), np.ones(5000))
    found = curve("x", dvh, 101)
    for dose, pct in zip(found["dose_gy"][1:], found["volume_pct"][1:], strict=True):
        assert dose == pytest.approx(dvh.dose_to_pct(pct), abs=1e-3)


def test_a_plan_that_is_being_signed_is_shown_at_once_and_changed_by_nobody(desk: PlanDesk) -> None:
    """Who looks at it meanwhile waits for nothing; who would change it is told so."""
    shown = desk.edit(NEEDLE, version=1, by="B")
    refused: list[Callable[[], object]] = [
        lambda: desk.edit({"kind": "undo"}, version=2, by="B"),
        lambda: desk.preview({"kind": "undo"}, []),
        lambda: desk.adopt(desk.draft.implant, version=2, by="B"),
        lambda: desk.alone("C").__enter__(),
    ]
    with desk.alone("A"), ThreadPoolExecutor(1) as another:
        assert another.submit(desk.state).result(5) == shown
        octets = another.submit(desk.state_encoded).result(5).octets
        assert json.loads(octets) == json.loads(json.dumps(shown))
        assert another.submit(desk.dose, [desk.plane("z", 0.0, 2.0)]).result(5)
        for change in refused:
            with pytest.raises(LockedError, match="being signed by A since 20"):
                another.submit(change).result(5)
        assert desk.sign({"meaning": "planned"})["signatures"] == [{"meaning": "planned"}]
    assert desk.edit({"kind": "undo"}, version=2, by="B")["version"] == 3


def test_what_the_browser_gets_is_the_plan_after_every_change(desk: PlanDesk) -> None:
    """Kept octets are the state, however it was changed, or failed to be."""

    def same() -> bool:
        return bool(json.loads(desk.state_encoded().octets) == json.loads(json.dumps(desk.state())))

    tags = [desk.state_encoded().tag]
    for change in (NEEDLE, {"kind": "remove_seed", "seed": 0}, {"kind": "undo"}, {"kind": "redo"}):
        desk.edit(change, version=desk.draft.version, by="B")
        assert same()
        tags.append(desk.state_encoded().tag)
    assert len({*tags}) == len(tags)
    assert desk.state_encoded() is desk.state_encoded()
    with pytest.raises(SeedbedError):
        desk.edit({"kind": "remove_seed", "seed": 99}, version=desk.draft.version, by="B")
    assert same()
    desk.sign({"meaning": "planned"})
    assert same()
