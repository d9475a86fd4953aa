"""Every damaged file is refused in one sentence that names it, or read as what stands in it; never a hang."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from tests.mutants.bench import Bench, benches, faults
from tests.mutants.corpus import MUTATIONS, Mutant, mutants
from tests.mutants.lies import bomb
from tests.mutants.places import place_of
from tests.mutants.sound import SoundCase, write_sound_case

from seedbed.dicom import encoding, read_ct_series, read_pet_series
from seedbed.errors import ImageError

READERS = (
    "ct in the middle", "ct at the end", "pet", "rs", "paths", "rp", "rd", "dvhs", "seg", "sr", "facts of ct",
    "facts of rs", "facts of rp", "facts of rd", "facts of seg",
)  # fmt: skip
ROUNDS = 3
"""How often each kind of damage is done to each file."""
TO_PACKED = ("noise_in_pixels", "short_pixels", "truncate_near_an_end", "zero_a_stretch", "other_syntax")
"""Kinds of damage done to a compressed slice, whose decoder is a process of its own."""
SMALL_BYTES = 4 << 20


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> SoundCase:
    return write_sound_case(tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def places(case: SoundCase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bench]:
    return benches(case, tmp_path_factory.mktemp("damaged"))


@pytest.fixture
def bench(request: pytest.FixtureRequest, places: dict[str, Bench]) -> Iterator[Bench]:
    chosen = places[request.param]
    sound = chosen.file.read_bytes()
    yield chosen
    chosen.file.write_bytes(sound)


def found_wrong(bench: Bench, corpus: Iterator[Mutant]) -> list[str]:
    wrong = []
    for mutant in corpus:
        bench.file.write_bytes(mutant.content)
        wrong += [f"{mutant}: {fault}" for fault in faults(bench, mutant)]
    return wrong


def of_kind(kind: str, sound: bytes, rounds: int) -> Iterator[Mutant]:
    first, step = list(MUTATIONS).index(kind), len(MUTATIONS)
    for number in range(first, first + rounds * step, step):
        yield from mutants(sound, 1, first=number)


@pytest.mark.parametrize("bench", [*READERS, "packed"], indirect=True)
def test_the_sound_file_is_read_as_the_oracle_reads_it(bench: Bench) -> None:
    bench.check()


@pytest.mark.parametrize("kind", MUTATIONS)
@pytest.mark.parametrize("bench", READERS, indirect=True)
def test_a_damaged_file_is_refused_or_read_rightly(bench: Bench, kind: str) -> None:
    assert found_wrong(bench, of_kind(kind, bench.file.read_bytes(), ROUNDS)) == []


@pytest.mark.parametrize("kind", TO_PACKED)
@pytest.mark.parametrize("bench", ["packed"], indirect=True)
def test_a_damaged_compressed_slice_is_refused_or_read_rightly(bench: Bench, kind: str) -> None:
    assert found_wrong(bench, of_kind(kind, bench.file.read_bytes(), 2)) == []


@pytest.mark.parametrize("bench", READERS, indirect=True)
def test_a_deflated_file_that_grows_without_bounds_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "LARGEST_INFLATED", SMALL_BYTES)
    grown = Mutant(0, "bomb", "TransferSyntaxUID", bomb(bench.file.read_bytes(), 8))
    assert found_wrong(bench, iter([grown])) == []
    with pytest.raises(Exception, match="holds more than 4 MiB"):
        bench.check()


def test_the_corpus_is_large_and_comes_out_the_same(places: dict[str, Bench]) -> None:
    count = ROUNDS * len(MUTATIONS)
    sound = {name: places[name].file.read_bytes() for name in ("pet", "paths", "rs", "rp", "rd", "seg", "sr")}
    corpus = {name: list(mutants(content, count)) for name, content in sound.items()}
    assert len({mutant.content for each in corpus.values() for mutant in each}) >= 500
    again = mutants(sound["rs"], count)
    assert list(islice(again, 40)) == corpus["rs"][:40]


@pytest.mark.parametrize("part", ["ct", "packed", "pet"])
def test_a_series_larger_than_memory_is_refused(case: SoundCase, tmp_path: Path, part: str) -> None:
    for path in getattr(case, part).iterdir():
        content = path.read_bytes()
        for keyword in ("Rows", "Columns"):
            place = place_of(content, keyword)
            assert place is not None
            content = place.replaced(content, b"\xff\xff")
        (tmp_path / path.name).write_bytes(content)
    with pytest.raises(ImageError, match="Rows"):
        (read_pet_series if part == "pet" else read_ct_series)(tmp_path)
