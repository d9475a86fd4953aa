"""Every damaged file is refused in one sentence that names it, or read as what stands in it; never a hang."""

import shutil
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.mutants.corpus import MUTATIONS, Mutant, mutants
from tests.mutants.oracles import contours_of, ct_of, dose_of, outline_of, seeds_of
from tests.mutants.sound import SoundCase, write_sound_case

from seedbed.dicom import read_ct_series, read_dose_file, read_plan_file, read_structures
from seedbed.errors import SeedbedError

LONGEST_S = 10
ROUNDS = 9
"""How often each kind of damage is done to each file."""


@dataclass(frozen=True)
class Bench:
    """A sound case, the place where one of its files is exchanged for a mutant, and how it is read then."""

    case: SoundCase
    file: Path
    check: Callable[[], None]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> SoundCase:
    return write_sound_case(tmp_path_factory.mktemp("sound"))


@pytest.fixture(params=["ct in the middle", "ct at the end", "rs", "rp", "rd"])
def bench(request: pytest.FixtureRequest, case: SoundCase, tmp_path: Path) -> Bench:
    here = SoundCase(*(tmp_path / part.name for part in (case.ct, case.rs, case.rp, case.rd)))
    shutil.copytree(case.ct, here.ct)
    for sound, copy in ((case.rs, here.rs), (case.rp, here.rp), (case.rd, here.rd)):
        shutil.copyfile(sound, copy)
    slices = sorted(here.ct.iterdir())
    return {
        "ct in the middle": Bench(here, slices[2], lambda: _ct(here.ct)),
        "ct at the end": Bench(here, slices[-1], lambda: _ct(here.ct)),
        "rs": Bench(here, here.rs, lambda: _structures(here)),
        "rp": Bench(here, here.rp, lambda: _seeds(here.rp)),
        "rd": Bench(here, here.rd, lambda: _dose(here.rd)),
    }[request.param]


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_damaged_file_is_refused_or_read_rightly(bench: Bench, kind: str) -> None:
    sound = bench.file.read_bytes()
    first, step = list(MUTATIONS).index(kind), len(MUTATIONS)
    wrong = []
    for number in range(first, first + ROUNDS * step, step):
        for mutant in mutants(sound, 1, first=number):
            bench.file.write_bytes(mutant.content)
            wrong += [f"{mutant}: {fault}" for fault in _faults(bench, mutant)]
    assert wrong == []


def test_the_corpus_is_large_and_comes_out_the_same(case: SoundCase) -> None:
    sound = [sorted(case.ct.iterdir())[2], case.rs, case.rp, case.rd]
    count = ROUNDS * len(MUTATIONS)
    corpus = [m for path in sound for m in mutants(path.read_bytes(), count)]
    assert len({m.content for m in corpus}) >= 500
    assert corpus[:40] == list(mutants(sound[0].read_bytes(), count))[:40]


def _faults(bench: Bench, mutant: Mutant) -> Iterator[str]:
    try:
        with _limited(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom's own; ours are held by the readers
            bench.check()
    except SeedbedError as error:
        yield from _sentence(str(error), bench)
    except AssertionError as error:
        yield f"read wrongly ({error})"
    except TimeoutError:
        yield f"took more than {LONGEST_S} s"
    except Exception as error:  # noqa: BLE001 - whatever else comes is what this test is for
        yield f"{type(error).__name__}: {error}"


def _sentence(said: str, bench: Bench) -> Iterator[str]:
    if "\n" in said or "\0" in said:
        yield f"more than one line: {said!r}"
    if "; expected " not in said:
        yield f"no sentence: {said!r}"


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
    hu, places = ct_of(sorted(folder.iterdir()))
    grid = found.volume.grid
    assert found.volume.hu.shape == hu.shape, f"{len(found.volume.hu)} slices, {len(hu)} in the files"
    assert np.allclose(found.volume.hu, hu, atol=0.01), "other Hounsfield units"
    assert np.allclose(grid.origin_mm, places[0], atol=0.01), "another place"
    assert np.allclose(grid.axis_mm(2), places[:, 2], atol=0.1), "other planes"


def _structures(case: SoundCase) -> None:
    found = read_structures(case.rs, read_ct_series(case.ct))
    drawn = {
        name: {outline_of(contour.points_mm, contour.z_mm) for contour in structure.contours}
        for name, structure in found.items()
    }
    assert drawn == contours_of(case.rs), "other contours"


def _seeds(path: Path) -> None:
    implant = read_plan_file(path).implant
    found = [
        (*(round(v, 3) + 0.0 for v in place), round(strength, 6))
        for place, strength in zip(implant.positions_mm.tolist(), implant.strengths_u.tolist(), strict=True)
    ]
    assert sorted(found) == seeds_of(path), "other seeds"


def _dose(path: Path) -> None:
    found = read_dose_file(path)
    dose, place = dose_of(path)
    grid = found.grid
    assert found.dose_gy.shape == dose.shape
    assert np.allclose(found.dose_gy, dose), "another dose"
    assert np.allclose([*grid.origin_mm, *grid.spacing_mm], place, atol=0.01), "another place"
