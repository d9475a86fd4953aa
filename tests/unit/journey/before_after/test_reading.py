"""Two PETs are shown on one scale only where they are of one tracer."""

from pathlib import Path

import pytest
from pydicom import dcmread
from tests.journey.paired_cases import AFTER, BEFORE, identity, write_pet, write_water

from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.journey.before_after.question import BeforeAfterQuestion
from seedbed.journey.before_after.reading import read_pair
from seedbed.journey.progress import silent

GRID = VoxelGrid((0.0, 0.0, 0.0), (2.5, 2.5, 5.0), (4, 12, 16))


@pytest.fixture
def question(tmp_path: Path) -> BeforeAfterQuestion:
    for side, day in (("before", BEFORE), ("after", AFTER)):
        write_water(tmp_path / side, identity(day), GRID)
        write_pet(tmp_path / f"pet_{side}", identity(day), GRID, suv=1.0)
    return BeforeAfterQuestion(
        before_folder=tmp_path / "before", after_folder=tmp_path / "after", out=tmp_path / "out",
        at_mm=((10.0, 10.0, 10.0),), pet_before_folder=tmp_path / "pet_before",
        pet_after_folder=tmp_path / "pet_after",
    )  # fmt: skip


def change(folder: Path, **values: object) -> None:
    for path in folder.iterdir():
        one = dcmread(path)
        for keyword, value in values.items():
            setattr(one.RadiopharmaceuticalInformationSequence[0], keyword, value)
        one.save_as(path)


def test_one_tracer_is_read(question: BeforeAfterQuestion, tmp_path: Path) -> None:
    change(tmp_path / "pet_before", Radiopharmaceutical="FDG")
    change(tmp_path / "pet_after", Radiopharmaceutical="fdg")
    pair = read_pair(question, silent)
    assert pair.before.pet is not None
    assert pair.before.pet.values.max() == pytest.approx(1.0)


def test_two_nuclides_are_refused(question: BeforeAfterQuestion, tmp_path: Path) -> None:
    change(tmp_path / "pet_after", RadionuclideHalfLife=4062.6)
    with pytest.raises(ImageError, match="the same tracer on both"):
        read_pair(question, silent)


def test_two_tracers_of_one_nuclide_are_refused(question: BeforeAfterQuestion, tmp_path: Path) -> None:
    change(tmp_path / "pet_before", Radiopharmaceutical="FDG")
    change(tmp_path / "pet_after", Radiopharmaceutical="PSMA-1007")
    with pytest.raises(ImageError, match="PSMA-1007"):
        read_pair(question, silent)
