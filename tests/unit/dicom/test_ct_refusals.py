"""A CT that cannot be trusted is refused in one sentence, whatever is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.tag import Tag

from seedbed.dicom import read_ct_series
from seedbed.errors import ImageError, InputError
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]
Change = Callable[[list[FileDataset]], object]


def on_one(keyword: str, value: object) -> Change:
    def change(stored: list[FileDataset]) -> None:
        setattr(stored[2], keyword, value)

    return change


def on_all(keyword: str, value: object) -> Change:
    def change(stored: list[FileDataset]) -> None:
        for dataset in stored:
            setattr(dataset, keyword, value)

    return change


def without(keyword: str, *, everywhere: bool = True) -> Change:
    def change(stored: list[FileDataset]) -> None:
        for dataset in stored if everywhere else stored[2:3]:
            delattr(dataset, keyword)

    return change


def raw(keyword: str, value: bytes) -> Change:
    """Put bytes into an element as they may stand in a file, without pydicom's checks."""

    def change(stored: list[FileDataset]) -> None:
        tag = Tag(tag_for_keyword(keyword))  # type: ignore[arg-type]
        for dataset in stored:
            dataset[tag] = RawDataElement(tag, "DS", len(value), value, 0, False, True)

    return change


def tilt(stored: list[FileDataset]) -> None:
    for number, dataset in enumerate(stored):
        x, y, z = dataset.ImagePositionPatient
        dataset.ImagePositionPatient = [x, y + 0.4 * number, z]


def squeeze(stored: list[FileDataset]) -> None:
    x, y, z = stored[3].ImagePositionPatient
    stored[3].ImagePositionPatient = [x, y, z + 0.8]


def double(stored: list[FileDataset]) -> None:
    stored[3].ImagePositionPatient = stored[2].ImagePositionPatient


def cut_pixels(stored: list[FileDataset]) -> None:
    stored[2].PixelData = stored[2].PixelData[:10]


BROKEN: dict[str, Change] = {
    "a slice missing": lambda stored: stored.pop(3),
    "two slices missing": lambda stored: (stored.pop(3), stored.pop(3)),
    "a slice twice": double,
    "a slice out of step": squeeze,
    "one slice alone": lambda stored: stored.__delitem__(slice(1, None)),
    "two series": on_one("SeriesInstanceUID", "1.2.3"),
    "two patients": on_one("PatientID", "P2"),
    "two frames of reference": on_one("FrameOfReferenceUID", "1.2.3"),
    "no frame of reference": without("FrameOfReferenceUID"),
    "an empty frame of reference": on_all("FrameOfReferenceUID", ""),
    "no study": without("StudyInstanceUID"),
    "no position": without("ImagePositionPatient", everywhere=False),
    "no orientation": without("ImageOrientationPatient"),
    "no pixel spacing": without("PixelSpacing"),
    "no pixels": without("PixelData", everywhere=False),
    "no rows": without("Rows", everywhere=False),
    "no bits": without("BitsAllocated", everywhere=False),
    "no rescaling": without("RescaleIntercept"),
    "pixels that end early": cut_pixels,
    "other rows": on_one("Rows", 7),
    "another pixel spacing": on_one("PixelSpacing", [1.3, 1.5]),
    "another orientation": on_one("ImageOrientationPatient", [1, 0, 0, 0, -1, 0]),
    "a pixel spacing of zero": on_all("PixelSpacing", [0, 1]),
    "a negative pixel spacing": on_all("PixelSpacing", [-1, 1]),
    "one number for two pixel spacings": on_all("PixelSpacing", [1]),
    "two numbers for a position": on_one("ImagePositionPatient", [1, 2]),
    "three numbers for an orientation": on_all("ImageOrientationPatient", [1, 0, 0]),
    "oblique by two degrees": on_all(
        "ImageOrientationPatient", [np.cos(0.035), np.sin(0.035), 0, -np.sin(0.035), np.cos(0.035), 0]
    ),
    "tilted by two degrees": on_all(
        "ImageOrientationPatient", [1, 0, 0, 0, float(np.cos(0.035)), float(np.sin(0.035))]
    ),
    "a tilted gantry": tilt,
    "an orientation of zeros": on_all("ImageOrientationPatient", [0, 0, 0, 0, 0, 0]),
    "an orientation of twos": on_all("ImageOrientationPatient", [2, 0, 0, 0, 2, 0]),
    "rows along columns": on_all("ImageOrientationPatient", [1, 0, 0, 1, 0, 0]),
    "colour": on_one("SamplesPerPixel", 3),
    "words for a slope": raw("RescaleSlope", b"steep "),
    "two slopes": raw("RescaleSlope", b"1\\2 "),
    "words for a position": raw("ImagePositionPatient", b"a\\b\\c "),
    "a position that is no number": raw("ImagePositionPatient", b"nan\\0\\0 "),
    "an orientation that is no number": raw("ImageOrientationPatient", b"nan\\0\\0\\0\\1\\0"),
    "words for a spacing": raw("PixelSpacing", b"one\\two "),
    "no pixel representation": without("PixelRepresentation", everywhere=False),
}  # fmt: skip


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_series_is_refused_in_a_sentence(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, change: Change
) -> None:
    stored = slices(volume)
    change(stored)
    with pytest.raises(InputError, match="expected"):
        read_ct_series(save(stored, tmp_path))


def test_the_place_of_a_missing_slice_is_told(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    del stored[3]  # between z = -295.25 and -290.25
    with pytest.raises(ImageError, match=r"-295\.25.*-290\.25"):
        read_ct_series(save(stored, tmp_path))


def test_two_series_are_told_apart_by_name(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored, others = slices(volume), slices(volume)
    for dataset in others:
        dataset.SeriesInstanceUID = "1.2.3.4"
    save(stored, tmp_path / "a")
    save(others, tmp_path / "b")
    with pytest.raises(ImageError, match=r"2 CT series: .*6 images, .*1\.2\.3\.4"):
        read_ct_series(tmp_path)


def test_an_empty_folder_a_missing_one_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for name in ("empty", "missing", "file"):
        with pytest.raises(ImageError, match=name):
            read_ct_series(tmp_path / name)


def test_a_folder_without_ct_says_how_many_files_it_holds(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text("x" * 200)
    with pytest.raises(ImageError, match="3 files and no CT"):
        read_ct_series(tmp_path)


@pytest.mark.parametrize("suffix", ["", ".dcm", ".IMA", ".img"])
@pytest.mark.parametrize("content", [b"", bytes(5000)])
def test_an_end_slice_that_is_no_dicom_any_more_is_refused_by_name(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, suffix: str, content: bytes
) -> None:
    folder = save(slices(volume), tmp_path)
    paths = [path.rename(path.with_name(path.name + suffix)) for path in sorted(folder.iterdir())]
    (folder / f"._{paths[0].name}").write_bytes(b"\0\5\x16\7" * 40)
    (folder / "LIESMICH.TXT").write_text("x" * 200)
    assert read_ct_series(str(folder)).volume.grid.shape[0] == 6
    paths[-1].write_bytes(content)
    with pytest.raises(ImageError, match=rf"{paths[-1].name}' is not a DICOM file; expected"):
        read_ct_series(folder)
    paths[0].write_bytes(content)
    with pytest.raises(ImageError, match=r"is not a DICOM file, nor is 1 other;"):
        read_ct_series(folder)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95, 0.999])
def test_a_slice_cut_short_is_refused_wherever_it_ends(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, share: float
) -> None:
    folder = save(slices(volume), tmp_path)
    path = sorted(folder.iterdir())[2]
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="expected"):
        read_ct_series(folder)


def test_no_damage_leads_to_anything_but_a_sentence_or_a_volume(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    folder = save(slices(volume)[:3], tmp_path)
    path = sorted(folder.iterdir())[1]
    content, rng = path.read_bytes(), np.random.default_rng(20260301)
    refused = 0
    for _ in range(120):
        damaged = bytearray(content)
        for place in rng.integers(132, len(content) - 160, 4):  # leave the pixels alone
            damaged[place] = rng.integers(256)
        path.write_bytes(bytes(damaged))
        try:
            read_ct_series(folder)
        except InputError:
            refused += 1
    assert refused > 10


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_pixel_that_is_no_number_can_not_arise(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    def change(dataset: Dataset) -> None:
        dataset.RescaleIntercept = "1e39"

    stored = slices(volume)
    for dataset in stored:
        change(dataset)
    with pytest.raises(InputError):
        read_ct_series(save(stored, tmp_path))
