"""Before and after without a place said: the planes lie where the seeds were put, which is the authority."""

from pathlib import Path

import numpy as np
from tests.journey.paired_cases import AFTER, BEFORE, NODE, identity

from seedbed.dicom import write_ct_series
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, make_digital_patient, make_post_implant_ct
from seedbed.journey.before_after.making import match_planes
from seedbed.journey.before_after.question import BeforeAfterQuestion

ON_THE_TABLE_MM = (7.0, -5.0, 11.0)
"""How far the patient lies from where he lay on the CT before."""
OFFSETS_MM = np.array(
    [(x, y, z) for z in (-9.0, -3.0, 3.0, 9.0) for x, y in ((-5.0, 4.0), (0.0, -5.0), (5.0, 3.0))]
)


def test_without_a_place_the_planes_lie_at_quarters_of_the_heights_of_the_seeds(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    before = make_digital_patient(rng, spacing_mm=(0.8, 0.8, 2.5), shape=(40, 216, 216)).ct
    seeds_mm = np.array(NODE) + OFFSETS_MM
    axes = np.tile((0.6, 0.8, 0.0), (len(seeds_mm), 1))
    scanned = make_post_implant_ct(before, seeds_mm, axes=axes, rng=rng)
    moved = tuple(at + by for at, by in zip(scanned.grid.origin_mm, ON_THE_TABLE_MM, strict=True))
    after = CtVolume(VoxelGrid(moved, scanned.grid.spacing_mm, scanned.grid.shape), scanned.hu)
    write_ct_series(before, tmp_path / "before", identity(BEFORE), series="CT")
    write_ct_series(after, tmp_path / "after", identity(AFTER), series="CT")

    found = match_planes(
        BeforeAfterQuestion(
            before_folder=tmp_path / "before", after_folder=tmp_path / "after", out=tmp_path / "out"
        )
    )

    places = [plane.place for plane in found.planes]
    assert {place.why for place in places} == {"seeds"}
    wanted_mm = np.percentile(seeds_mm[:, 2], (75, 50, 25))
    slice_mm = before.grid.spacing_mm[2]
    np.testing.assert_allclose([place.z_mm for place in places], wanted_mm, atol=slice_mm / 2 + 0.6)
    for place in places:
        np.testing.assert_allclose(place.middle_mm, np.median(seeds_mm[:, :2], axis=0), atol=0.6)
    np.testing.assert_allclose(found.match.rigid.apply(seeds_mm), seeds_mm + ON_THE_TABLE_MM, atol=0.8)
