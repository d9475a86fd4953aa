"""Where each kind of damaged file is put, and how what Seedbed reads of it is compared with an oracle."""

import shutil
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.tag import Tag
from tests.mutants import oracles
from tests.mutants.corpus import Mutant
from tests.mutants.oracles import outline_of
from tests.mutants.sound import FRAME, SoundCase, names_in

from seedbed.dicom import (
    CtSeries,
    read_ct_series,
    read_dose_file,
    read_dvhs,
    read_pet_series,
    read_plan_file,
    read_segmentation,
    read_structure_paths,
    read_structures,
)
from seedbed.dicom.instance_facts import instance_facts
from seedbed.dicom.measurement_reading import read_measurements
from seedbed.errors import SeedbedError

LONGEST_S = 10
WORDS = {
    "FrameOfReferenceUID": "frame of reference",
    "ReferencedFrameOfReferenceUID": "frame of reference",
    "PixelData": "pixel",
    "RadionuclideTotalDose": "RadiopharmaceuticalInformationSequence",
    "RadionuclideHalfLife": "RadiopharmaceuticalInformationSequence",
    "RadiopharmaceuticalStartTime": "RadiopharmaceuticalInformationSequence",
}
"""What a sentence may call an attribute instead of its keyword."""
ITSELF = {
    "delete", "blank_uid", "other_uid", "blank_number", "empty_sequence", "raw_junk", "random_number",
    "small_integer", "other_syntax", "other_patient", "short_pixels", "huge_count", "many_values",
    "long_text",
}  # fmt: skip
"""Kinds of damage that touch the value of one attribute and nothing else: the sentence must name it."""


@dataclass(frozen=True)
class Bench:
    """A sound case, the place where one of its files is exchanged for a mutant, and how it is read then."""

    file: Path
    check: Callable[[], None]


def benches(case: SoundCase, folder: Path) -> dict[str, Bench]:
    """Copy a case to a folder where its files may be exchanged."""
    here = names_in(folder)
    for field in fields(SoundCase):
        sound, copy = getattr(case, field.name), getattr(here, field.name)
        (shutil.copytree if sound.is_dir() else shutil.copyfile)(sound, copy)
    ct, packed, pet = (sorted(part.iterdir()) for part in (here.ct, here.packed, here.pet))
    made = {
        "ct in the middle": Bench(ct[2], lambda: _ct(here.ct)),
        "ct at the end": Bench(ct[-1], lambda: _ct(here.ct)),
        "packed": Bench(packed[1], lambda: _ct(here.packed)),
        "pet": Bench(pet[0], lambda: _pet(here.pet)),
        "rs": Bench(here.rs, lambda: _structures(here.rs, _sound_ct(case.ct))),
        "paths": Bench(here.paths, lambda: _paths(here.paths)),
        "rp": Bench(here.rp, lambda: _seeds(here.rp)),
        "rd": Bench(here.rd, lambda: _dose(here.rd)),
        "dvhs": Bench(here.dvhs, lambda: _histograms(here.dvhs)),
        "seg": Bench(here.seg, lambda: _segments(here.seg, _sound_ct(case.ct))),
        "sr": Bench(here.sr, lambda: _lesions(here.sr)),
    }
    for name, file in {"ct": ct[1], "rs": here.rs, "rp": here.rp, "rd": here.rd, "seg": here.seg}.items():
        made[f"facts of {name}"] = Bench(file, lambda file=file: _facts(file))  # type: ignore[misc]
    return made


@cache
def _sound_ct(folder: Path) -> CtSeries:
    return read_ct_series(folder)


def faults(bench: Bench, mutant: Mutant) -> Iterator[str]:
    """Say what is wrong with how Seedbed takes a mutant that lies in its place; nothing where all is well."""
    try:
        with _limited(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom's own; ours are held by the readers
            bench.check()
    except SeedbedError as error:
        yield from _sentence(str(error), bench, mutant)
    except AssertionError as error:
        yield f"read wrongly ({error})"
    except TimeoutError:
        yield f"took more than {LONGEST_S} s"
    except Exception as error:  # noqa: BLE001 - whatever else comes is what this test is for
        yield f"{type(error).__name__}: {error}"


def _sentence(said: str, bench: Bench, mutant: Mutant) -> Iterator[str]:
    if not said.isprintable() or "; expected " not in said:
        yield f"no sentence: {said!r}"
    if bench.file.name not in said and bench.file.parent.name not in said:
        yield f"names no file: {said}"
    if mutant.kind in ITSELF and not names(said, mutant.keyword):
        yield f"names no {mutant.keyword}: {said}"


def names(said: str, keyword: str) -> bool:
    """Whether a sentence names an attribute, by its keyword, its tag or in words."""
    tag = str(Tag(keyword)) if keyword else ""
    return any(word in said for word in (keyword, tag, WORDS.get(keyword, keyword)))


@contextmanager
def _limited() -> Iterator[None]:
    def over(_signal: int, _frame: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _ct(folder: Path) -> None:
    found = read_ct_series(folder)
    hu, places = oracles.ct_of(sorted(folder.iterdir()))
    grid = found.volume.grid
    assert found.volume.hu.shape == hu.shape, f"{len(found.volume.hu)} slices, {len(hu)} in the files"
    assert np.allclose(found.volume.hu, hu, atol=0.01), "other Hounsfield units"
    assert np.allclose(grid.origin_mm, places[0], atol=0.01), "another place"
    assert np.allclose(grid.axis_mm(2), places[:, 2], atol=0.1), "other planes"


def _pet(folder: Path) -> None:
    found = read_pet_series(folder)
    suv, places = oracles.suv_of(sorted(folder.iterdir()))
    assert found.suv.shape == suv.shape, f"{len(found.suv)} slices, {len(suv)} in the files"
    assert np.allclose(found.suv, suv, rtol=1e-4), "other SUV"
    assert np.allclose(found.grid.origin_mm, places[0], atol=0.01), "another place"


def _structures(path: Path, ct: CtSeries) -> None:
    found = read_structures(path, ct)
    drawn = {
        name: {outline_of(contour.points_mm, contour.z_mm) for contour in structure.contours}
        for name, structure in found.items()
    }
    assert drawn == oracles.contours_of(path), "other contours"


def _paths(path: Path) -> None:
    found = read_structure_paths(path, FRAME)
    read = {name: set(map(tuple, points.round(3).tolist())) for name, points in found.points_mm.items()}
    for needle in found.needles:
        read[needle.name] = {tuple(np.round(point, 3).tolist()) for point in (needle.entry_mm, needle.tip_mm)}
    drawn = oracles.paths_of(path)
    assert read == {name: points for name, points in drawn.items() if name not in found.others}


def _seeds(path: Path) -> None:
    implant = read_plan_file(path).implant
    found = [
        (*(round(v, 3) + 0.0 for v in place), round(strength, 6))
        for place, strength in zip(implant.positions_mm.tolist(), implant.strengths_u.tolist(), strict=True)
    ]
    assert sorted(found) == oracles.seeds_of(path), "other seeds"


def _dose(path: Path) -> None:
    found = read_dose_file(path)
    dose, place = oracles.dose_of(path)
    grid = found.grid
    assert found.dose_gy.shape == dose.shape
    assert np.allclose(found.dose_gy, dose), "another dose"
    assert np.allclose([*grid.origin_mm, *grid.spacing_mm], place, atol=0.01), "another place"


def _histograms(path: Path) -> None:
    found = [
        (*each.dose[1:].round(4).tolist(), *(each.volume.round(5) + 0.0).tolist()) for each in read_dvhs(path)
    ]
    assert found == oracles.histograms_of(path), "other histograms"


def _segments(path: Path, ct: CtSeries) -> None:
    found = {
        name: {round(z, 2): round(region.area, 2) for z, region in structure.regions.items()}
        for name, structure in read_segmentation(path, ct).items()
    }
    assert found == oracles.areas_of(path), "other segments"


def _lesions(path: Path) -> None:
    found = []
    for lesion in read_measurements(path):
        numbers = (lesion.longest_mm, lesion.short_axis_mm, lesion.volume_cc)
        found.append((lesion.name, tuple(sorted(value for value in numbers if value is not None))))
    assert found == oracles.lesions_of(path), "other measurements"


def _facts(path: Path) -> None:
    content = path.read_bytes()
    found = instance_facts(content, path.name)
    for field, expected in oracles.header_of(content).items():
        if not found.remark:
            assert getattr(found, field) == expected, (
                f"another {field}: {getattr(found, field)!r}, {expected!r}"
            )
