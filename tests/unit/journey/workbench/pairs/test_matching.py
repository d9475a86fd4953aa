"""A pair matched as a job does it; the authority is the motion by which the digital patient was moved."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.journey.paired_cases import MOTION, NODE, PairCase, write_pair
from tests.unit.journey.workbench.pairs.paired_bench import known_match
from tests.unit.web.benches import Bench, bench_at

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform
from seedbed.journey.filing import filing
from seedbed.journey.workbench.pairs.asked import AskedPair, ask_pair
from seedbed.journey.workbench.pairs.matching import (
    keep_match,
    kept_dict,
    kept_of,
    read_match,
    run_pair,
    target_of,
)
from seedbed.journey.workbench.pairs.picture import PictureAsked, draw_picture
from seedbed.journey.workbench.pairs.pixels import after_on_before
from seedbed.journey.workbench.pairs.series import pets_of
from seedbed.journey.workbench.resampled import NOTHING


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> PairCase:
    return write_pair(tmp_path_factory.mktemp("written"))


@pytest.fixture(scope="module")
def bench(case: PairCase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench_at(tmp_path_factory.mktemp("matched")) as found:
        with filing(found.workplace.store) as files:
            for path in sorted(case.folder.rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        yield found


@pytest.fixture(scope="module")
def asked(bench: Bench) -> AskedPair:
    after, before = bench.workplace.rooms.listed("P1")
    found = ask_pair(bench.workplace.rooms, "P1", before=before.case, after=after.case, by="registration")
    told: list[str] = []
    arguments = {**found.arguments(), "asked_by": "A"}
    answer = run_pair(bench.workplace, arguments, lambda step, *_: told.append(step), lambda: False)
    assert answer == {"patient_id": "P1", "before": before.case, "after": after.case}
    assert len(set(told)) > 3
    return found


def test_the_motion_is_found_and_kept(bench: Bench, asked: AskedPair, case: PairCase) -> None:
    kept = read_match(asked.folder(bench.workplace.cases), asked)
    assert kept is not None
    near = np.array(NODE) + 20 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0.5]])
    off = np.linalg.norm(kept.match.rigid.apply(near) - MOTION.apply(near), axis=1)
    assert off.max() < 1.0
    assert (kept.around, kept.by, kept.match.grade) == (case.lesion.name, "A", "good")


def test_both_pictures_show_the_same_tissue(bench: Bench, asked: AskedPair) -> None:
    """Noise of both CTs, 12 and 15 HU, is all that may differ, and edges of anatomy."""
    kept = read_match(asked.folder(bench.workplace.cases), asked)
    assert kept is not None
    before = bench.workplace.rooms.case(asked.before.case).hu.astype(int)
    after = after_on_before(bench.workplace, asked, kept.match).astype(int)
    both = (after != NOTHING) & (before > -200)
    assert np.median(np.abs(before - after)[both]) < np.hypot(12, 15)


def test_the_figure_is_that_of_the_command(bench: Bench, asked: AskedPair) -> None:
    kept = read_match(asked.folder(bench.workplace.cases), asked)
    assert kept is not None
    pets = [pets_of(bench.workplace.rooms, row)[0].series for row in (asked.before, asked.after)]
    look = PictureAsked(window_hu=(-160.0, 240.0), pets=(pets[0], pets[1]), dates=False)
    figure, matched = draw_picture(bench.workplace, asked, kept, look)
    assert figure.png[1:4] == b"PNG"
    assert "Before" in figure.svg
    assert (len(matched.planes), matched.heads) == (3, ("Before", "After: 182 days later"))
    assert matched.pet_max == 6.0
    for secret in ("P1", "Made", "2026"):
        assert secret not in matched.caption


def test_a_stopped_job_keeps_nothing(bench: Bench, asked: AskedPair) -> None:
    other = {**asked.arguments(), "asked_by": "A", "target": "GTV_node"}
    assert run_pair(bench.workplace, other, lambda *_: None, lambda: True) is None
    again = ask_pair(
        bench.workplace.rooms, "P1", before=asked.before.case, after=asked.after.case, by="registration",
        target="GTV_node",
    )  # fmt: skip
    assert read_match(again.folder(bench.workplace.cases), again) is None


def test_a_target_that_is_not_there_is_refused(bench: Bench, asked: AskedPair) -> None:
    drawn = bench.workplace.rooms.structures(bench.workplace.rooms.case(asked.before.case))
    with pytest.raises(InputError, match="no structure 'none'"):
        target_of(drawn, "none")
    found = target_of(drawn, "")
    assert found is not None
    assert found.role == "target"


def test_a_match_is_read_as_it_was_written() -> None:
    kept = known_match()
    again = kept_of(kept_dict(kept))
    assert np.array_equal(again.match.rigid.rotation, kept.match.rigid.rotation)
    assert kept_dict(again) == kept_dict(kept)


def test_a_ct_that_has_got_more_images_is_matched_again(
    bench: Bench, asked: AskedPair, tmp_path: Path
) -> None:
    keep_match(tmp_path, known_match(RigidTransform.none()))
    assert read_match(tmp_path, asked) is None
