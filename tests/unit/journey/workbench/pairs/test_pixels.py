"""A ball that a known motion carried away lies at one place in both pictures; so do PET and contours."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from tests.journey.paired_cases import AFTER, identity, turned_feet_first
from tests.unit.journey.workbench.pairs.paired_bench import (
    AFTER_UID,
    BALL_MM,
    GRID,
    LATER_GRID,
    MOTION,
    RADIUS_MM,
    SUV,
    asked_of,
    ball,
    balls,
    case_of,
    keep_files,
    known_match,
    pair_bench,
    write_pair_of_balls,
)
from tests.unit.journey.workbench.verifications.kept import begun, keep_run, record
from tests.unit.web.benches import Bench, bench_at

from seedbed.dicom import write_ct_series, write_structures
from seedbed.errors import ImageError, InputError
from seedbed.geometry import RigidTransform
from seedbed.journey.before_after.planes import sampled_volume
from seedbed.journey.workbench.kept_arrays import drop_files
from seedbed.journey.workbench.pairs import pixels
from seedbed.journey.workbench.pairs.asked import ask_pair
from seedbed.journey.workbench.pairs.pixels import (
    KEPT_PAIRS,
    after_on_before,
    drop_old_pixels,
    pet_on_before,
    plane_pair,
)
from seedbed.journey.workbench.pairs.series import pets_of
from seedbed.journey.workbench.pairs.shown import pair_dict, sections
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError
from seedbed.journey.workbench.resampled import NOTHING

HALF_VOXEL_MM = min(GRID.spacing_mm) / 2


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with pair_bench(tmp_path_factory.mktemp("pairs")) as found:
        yield found


def middle_mm(hu: np.ndarray) -> np.ndarray:
    """Middle of what is denser than tissue, on the voxels of the CT before."""
    weight = np.clip(hu.astype(float) - 60, 0, None).ravel()
    found: np.ndarray = (GRID.points_mm() * weight[:, None]).sum(axis=0) / weight.sum()
    return found


def test_a_ball_lies_at_the_same_place_in_both_pictures(bench: Bench) -> None:
    asked = asked_of(bench)
    before = bench.workplace.rooms.case(asked.before.case).hu
    after = after_on_before(bench.workplace, asked, known_match().match)
    assert after.shape == before.shape
    np.testing.assert_allclose(middle_mm(before), BALL_MM, atol=HALF_VOXEL_MM)
    np.testing.assert_allclose(middle_mm(after), BALL_MM, atol=HALF_VOXEL_MM)


def test_without_the_motion_it_lies_elsewhere(bench: Bench) -> None:
    """The same voxels, not laid on each other: off by the motion itself."""
    after = after_on_before(bench.workplace, asked_of(bench), known_match(RigidTransform.none()).match)
    moved = MOTION.apply(BALL_MM[None])[0]
    np.testing.assert_allclose(middle_mm(after), moved, atol=HALF_VOXEL_MM)
    assert np.linalg.norm(moved - BALL_MM) > 5


def test_what_the_ct_after_does_not_show_is_nothing(bench: Bench) -> None:
    """A voxel shows nothing exactly where its place, moved, lies outside the CT after."""
    after = after_on_before(bench.workplace, asked_of(bench), known_match().match)
    moved = MOTION.apply(GRID.points_mm())
    edge = np.min([moved - LATER_GRID.lower_mm(), LATER_GRID.upper_mm() - moved], axis=(0, 2))
    sure = np.abs(edge) > 1e-3
    assert ((after.ravel() == NOTHING) == (edge < 0))[sure].all()
    assert 0.01 < (after == NOTHING).mean() < 0.99


@pytest.mark.parametrize("axis", ["z", "y", "x"])
def test_a_plane_is_cut_from_both(bench: Bench, axis: str) -> None:
    asked, match = asked_of(bench), known_match().match
    along = {"x": 0, "y": 1, "z": 2}[axis]
    head, octets = plane_pair(bench.workplace, asked, match, axis=axis, position_mm=float(BALL_MM[along]))
    rows, columns = head["shape"]
    planes = np.frombuffer(octets, dtype="<i2").reshape(2, rows, columns)
    assert abs(head["position_mm"] - BALL_MM[along]) <= GRID.spacing_mm[along] / 2
    whole = (bench.workplace.rooms.case(asked.before.case).hu, after_on_before(bench.workplace, asked, match))
    for plane, hu in zip(planes, whole, strict=True):
        assert np.array_equal(plane, hu.take(head["index"], axis=2 - along))


def test_a_plane_outside_is_not_there(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="choose one within"):
        plane_pair(bench.workplace, asked_of(bench), known_match().match, axis="z", position_mm=500.0)


@pytest.mark.parametrize("which", ["before", "after"])
def test_pet_by_the_closed_form(bench: Bench, which: str) -> None:
    asked = asked_of(bench)
    row = {"before": asked.before, "after": asked.after}[which]
    pet = pets_of(bench.workplace.rooms, row)[0]
    grid, suv = pet_on_before(bench.workplace, asked, known_match().match, which, pet.series)
    assert suv.shape == grid.shape
    np.testing.assert_allclose(suv[np.isfinite(suv)], SUV[which], rtol=1e-4)
    k, j, i = np.rint(grid.indices(BALL_MM[None])[0]).astype(int)
    assert np.isfinite(suv[k, j, i])


def test_a_pet_of_the_other_examination_is_not_taken(bench: Bench) -> None:
    asked = asked_of(bench)
    pet = pets_of(bench.workplace.rooms, asked.after)[0]
    with pytest.raises(NotFoundError, match="same examination"):
        pet_on_before(bench.workplace, asked, known_match().match, "before", pet.series)


def test_contours_of_the_ct_after_are_circles_on_the_planes_before(bench: Bench) -> None:
    """A ball of half the radius about the same place, cut by planes of the CT before."""
    found = sections(bench.workplace, asked_of(bench), known_match())
    (drawn,) = found["structures"]
    assert found["left_out"] == []
    for plane in drawn["planes"]:
        below = abs(plane["z_mm"] - BALL_MM[2])
        if below < 0.4 * RADIUS_MM:
            (ring,) = plane["polygons"]
            away = np.linalg.norm(np.array(ring) - BALL_MM[:2], axis=1)
            np.testing.assert_allclose(away, np.sqrt((0.5 * RADIUS_MM) ** 2 - below**2), atol=0.6)


def test_sizes_places_and_quality_of_a_pair(bench: Bench) -> None:
    shown = pair_dict(bench.workplace, asked_of(bench), known_match())
    sizes = sections(bench.workplace, asked_of(bench), known_match())["lesion"]
    assert sizes["before"]["longest_mm"] == pytest.approx(2 * RADIUS_MM, abs=0.3)
    assert sizes["after"]["longest_mm"] == pytest.approx(RADIUS_MM, abs=0.5)
    largest = next(each for each in shown["places"] if each["why"] == "largest")
    np.testing.assert_allclose(largest["position_mm"], BALL_MM, atol=GRID.spacing_mm[2] / 2 + 0.1)
    tilt = np.degrees(np.arccos(MOTION.rotation[2, 2]))
    assert shown["match"]["tilt_deg"] == pytest.approx(tilt)
    assert (shown["match"]["by"], shown["match"]["grade"], shown["around"]) == ("registration", "good", "GTV")


def test_feet_first_is_the_same_picture(tmp_path: Path) -> None:
    """The patient's left stays at the right of the picture, however the patient lay."""
    write_ct_series(
        balls(GRID, RigidTransform.none()), tmp_path / "in/Before", identity("20260105"), series="Before"
    )
    later = identity(AFTER)
    write_ct_series(balls(GRID, RigidTransform.none()), tmp_path / "straight", later, series="After")
    turned_feet_first(tmp_path / "straight", tmp_path / "in/After")
    with bench_at(tmp_path) as bench:
        keep_files(bench, tmp_path / "in")
        asked = asked_of(bench)
        after = after_on_before(bench.workplace, asked, known_match(RigidTransform.none(), GRID).match)
        one = dcmread(next((tmp_path / "in/After").iterdir()))
        assert (one.PatientPosition, list(one.ImageOrientationPatient)[:3]) == ("FFS", [-1, 0, 0])
        assert np.array_equal(after, bench.workplace.rooms.case(asked.before.case).hu)
        assert middle_mm(after)[0] > 10


def test_cts_that_show_nothing_in_common_are_refused(bench: Bench) -> None:
    far = RigidTransform(np.eye(3), np.array([500.0, 0.0, 0.0]))
    with pytest.raises(ImageError, match="no place in common"):
        after_on_before(bench.workplace, asked_of(bench), known_match(far).match)


def test_other_motions_have_other_pixels_and_old_ones_go(bench: Bench) -> None:
    asked, cases = asked_of(bench), bench.workplace.cases
    first = np.array(after_on_before(bench.workplace, asked, known_match().match))
    shift = known_match(RigidTransform(MOTION.rotation, MOTION.shift_mm + 4.0)).match
    assert not np.array_equal(first, after_on_before(bench.workplace, asked, shift))
    pet = pets_of(bench.workplace.rooms, asked.after)[0].series
    for match in (known_match().match, shift):
        pet_on_before(bench.workplace, asked, match, "after", pet)
    of_earlier = [asked.folder(cases) / f"{kind}-0.npy" for kind in ("after", "pet-before-1-1")]
    older = [asked.folder(cases).parent / f"{number:016x}" for number in range(KEPT_PAIRS + 1)]
    for folder in older:
        folder.mkdir()
    for path in (*of_earlier, *(folder / "after-0.npy" for folder in older)):
        path.touch()
    drop_old_pixels(cases, asked, shift)
    assert sum((folder / "after-0.npy").exists() for folder in older) == KEPT_PAIRS - 1
    left = sorted(path.name for path in asked.folder(cases).glob("*.npy"))
    assert [name.split("-")[0] for name in left] == ["after", "pet"]
    assert len({name.rpartition("-")[2] for name in left}) == 1


def test_pixels_of_one_motion_take_the_place_of_those_of_another(bench: Bench) -> None:
    """However often two CTs are matched again, one volume is kept of them."""
    asked = asked_of(bench)
    for step in (1.0, 2.0, 3.0):
        shift = RigidTransform(MOTION.rotation, MOTION.shift_mm + step)
        after_on_before(bench.workplace, asked, known_match(shift).match)
    assert len([*asked.folder(bench.workplace.cases).glob("after-*.npy")]) == 1


def test_all_who_ask_at_once_wait_for_one_resampling(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, made, start = asked_of(bench), list[int](), Barrier(8)
    match = known_match(RigidTransform(MOTION.rotation, MOTION.shift_mm + 0.5)).match
    pet = pets_of(bench.workplace.rooms, asked.after)[0].series

    def counted(*given: Any) -> Any:
        made.append(1)
        return sampled_volume(*given)

    def ask(_number: int) -> tuple[Any, Any]:
        start.wait()
        one = after_on_before(bench.workplace, asked, match)
        return one, pet_on_before(bench.workplace, asked, match, "after", pet)[1]

    monkeypatch.setattr(pixels, "sampled_volume", counted)
    with ThreadPoolExecutor(8) as threads:
        found = [*threads.map(ask, range(8))]
    assert len(made) == 2
    assert all(np.array_equal(each[0], found[0][0]) for each in found)


def test_pixels_that_are_deleted_while_somebody_asks_are_made_again(bench: Bench) -> None:
    asked, stop = asked_of(bench), Event()
    match, folder = known_match().match, asked.folder(bench.workplace.cases)
    first = np.array(after_on_before(bench.workplace, asked, match))

    def delete() -> None:
        while not stop.is_set():
            drop_files(folder.glob("after-*.npy"))

    with ThreadPoolExecutor(1) as threads:
        threads.submit(delete)
        try:
            found = [after_on_before(bench.workplace, asked, match) for _ in range(30)]
        finally:
            stop.set()
    assert all(np.array_equal(each, first) for each in found)


def test_the_rest_of_a_ct_that_comes_later_is_in_every_picture(tmp_path: Path) -> None:
    """The job, a process of its own, reads the whole CT; so does the server that had a part of it open."""
    write_pair_of_balls(tmp_path / "in")
    (tmp_path / "late").mkdir()
    slices = sorted(
        (tmp_path / "in/Before").iterdir(), key=lambda path: dcmread(path).ImagePositionPatient[2]
    )
    for path in slices[:8]:
        path.rename(tmp_path / "late" / path.name)
    with pair_bench(tmp_path, filled=False) as bench:
        rooms, early = bench.workplace.rooms, asked_of(bench)
        assert rooms.case(early.before.case).hu.shape[0] == GRID.shape[0] - 8
        keep_files(bench, tmp_path / "late")
        with pytest.raises(ChangedElsewhereError, match="17 images that has 25 now"):
            after_on_before(bench.workplace, early, known_match().match)
        asked = asked_of(bench)
        opened = rooms.case(asked.before.case)
        assert opened.ct.volume.grid == GRID
        assert rooms.case(asked.before.case) is opened
        z_mm = float(BALL_MM[2])
        head, octets = plane_pair(bench.workplace, asked, known_match().match, axis="z", position_mm=z_mm)
        planes = np.frombuffer(octets, dtype="<i2").reshape(2, *head["shape"])
        truth = balls(GRID, RigidTransform.none()).hu[head["index"]]
        np.testing.assert_allclose(planes[0], truth, atol=1.0)
        _, j, i = np.rint(GRID.indices(BALL_MM[None])[0]).astype(int)
        assert planes[:, j, i].min() > 250
        assert after_on_before(bench.workplace, asked, known_match().match).shape == GRID.shape


def test_pixels_of_other_voxels_are_refused_in_a_sentence(bench: Bench) -> None:
    asked, match = asked_of(bench), known_match().match
    after_on_before(bench.workplace, asked, match)
    (path,) = asked.folder(bench.workplace.cases).glob("after-*.npy")
    np.save(path, np.zeros((3, 4, 5), dtype="<i2"))
    try:
        for ask in (after_on_before, partial(plane_pair, axis="z", position_mm=0.0)):
            with pytest.raises(ImageError, match="3, 4, 5"):
                ask(bench.workplace, asked, match)
    finally:
        path.unlink()


def test_a_new_structure_set_of_the_same_names_has_its_own_sizes(tmp_path: Path) -> None:
    """Imported structures have no versions: what is drawn anew elsewhere is told by its contours."""
    with pair_bench(tmp_path) as bench:
        asked = asked_of(bench)
        known = known_match()
        assert sections(bench.workplace, asked, known)["lesion"]["after"]["longest_mm"] < 1.1 * RADIUS_MM
        ct = bench.workplace.rooms.case(asked.after.case).ct
        larger = ball(MOTION, LATER_GRID, radius_mm=1.3 * RADIUS_MM)
        new = tmp_path / "new"
        new.mkdir()
        write_structures([larger], ct, new / "new.dcm", AFTER_UID, types=["GTV"])
        keep_files(bench, new)
        found = sections(bench.workplace, asked_of(bench), known)
        assert found["lesion"]["after"]["longest_mm"] == pytest.approx(2.6 * RADIUS_MM, abs=0.3)
        rings = [np.array(each["polygons"][0]) for each in found["structures"][0]["planes"]]
        widest = max(np.linalg.norm(each - BALL_MM[:2], axis=1).max() for each in rings)
        assert widest == pytest.approx(1.3 * RADIUS_MM, abs=0.5)
        assert len([*asked.folder(bench.workplace.cases).glob("sections-*.json")]) == 1


def test_what_cannot_be_a_pair(bench: Bench) -> None:
    rooms = bench.workplace.rooms
    before, after, other = (case_of(bench, name) for name in ("Before", "After", "Other"))
    for first, second, by, said in (
        (before, before, "registration", "same CT"),
        (after, before, "registration", "earlier one first"),
        (before, other, "registration", "another patient"),
        (before, after, "frame", "different frames"),
    ):
        with pytest.raises(InputError, match=said):
            ask_pair(rooms, "P1", before=first, after=second, by=by)
    with pytest.raises(InputError, match="one CT of 'P2'"):
        ask_pair(rooms, "P2", before=other, after=other, by="registration")
    with pytest.raises(NotFoundError):
        ask_pair(rooms, "P1", before=before, after="0" * 16, by="registration")


def test_seeds_that_were_found_lie_where_the_motion_took_them_from(bench: Bench) -> None:
    asked = asked_of(bench)
    folder = bench.workplace.rooms.case(asked.after.case).folder
    keep_run(begun(folder / "verifications", asked.after.case))
    shown = pair_dict(bench.workplace, asked, known_match())
    assert [shown["seeds"]["before"], shown["seeds"]["after"]["planned"]] == [
        {"planned": [], "found": []},
        [],
    ]
    true_mm = MOTION.inverse().apply(np.array([each["position_mm"] for each in record()["seeds"]]))
    marks = shown["seeds"]["after"]["found"]
    np.testing.assert_allclose([each["position_mm"] for each in marks], true_mm, atol=1e-3)
    along = MOTION.inverse().turn(np.array([[1.0, 0.0, 0.0]]))[0]
    np.testing.assert_allclose(marks[0]["axis"], along, atol=1e-4)
    at = next(each["position_mm"] for each in shown["places"] if each["why"] == "seeds")
    np.testing.assert_allclose(at[:2], np.median(true_mm[:, :2], axis=0), atol=1e-2)
