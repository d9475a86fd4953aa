import os
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from seedbed.dosimetry.sources import find_source, load_source, read_source, source_names
from seedbed.errors import InputError, TableError

SHIPPED = source_names()


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    """A copy of the file of the 6711 that a test may spoil."""
    path = tmp_path / "6711.toml"
    path.write_text(
        (files("seedbed.dosimetry") / "data" / "6711.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return path


@pytest.fixture
def own_file(seed_file: Path) -> Path:
    """A clinic's own seed, with the tables of the 6711."""
    text = seed_file.read_text(encoding="utf-8").replace('name = "6711"', 'name = "Own 1"')
    lines = ["aliases = []" if line.startswith("aliases") else line for line in text.splitlines()]
    lines = ['title = "A seed of our own"' if line.startswith("title") else line for line in lines]
    path = seed_file.with_name("Own 1.toml")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_seed_model_says_its_reference_and_is_normalised_at_one_centimetre(name: str) -> None:
    source = load_source(name)
    assert "doi 10." in source.reference + source.dose_rate_constant_reference
    assert source.g[source.g_r_cm == 1.0].tolist() == [1.0]
    assert (source.f[source.f_theta_deg == 90.0] == 1.0).all()
    assert (source.f_theta_deg[0], source.f_theta_deg[-1]) == (0.0, 90.0)
    assert source.note
    assert source.manufacturers
    assert source.name == name


def test_a_source_is_one_object_that_caches_can_hold() -> None:
    assert load_source("6711") is load_source("6711")
    assert hash(load_source("6711")) != hash(load_source("6702"))
    assert load_source("6711") != load_source("6702")


def test_an_unknown_model_is_refused_with_a_guess() -> None:
    with pytest.raises(TableError, match=r"'6771'.*did you mean '6711'"):
        load_source("6771")


@pytest.mark.parametrize("name", ["", ".", "..", "../data/6711", "data/6711", "6711/", "dose_rate_constants"])
def test_a_path_without_ending_is_no_name(name: str) -> None:
    with pytest.raises(TableError, match="not known"):
        load_source(name)


SPOILED = {
    "a hole in g": ("1.055, 1.078,", "1.055, , 1.078,"),
    "a number too few in g": ("1.055, 1.078,", "1.055,"),
    "a word in F": ("[0.333,", '["n/a",'),
    "a truth value in F": ("[0.333,", "[true,"),
    "not a number in F": ("[0.333,", "[nan,"),
    "a number too few in F": ("[0.333,", "["),
    "a row of F too few": ("    [0.333, 0.37, 0.442, 0.488, 0.52, 0.55],\n", ""),
    "radii of g out of order": ("0.1, 0.15,", "0.15, 0.1,"),
    "a radius of g twice": ("0.1, 0.15,", "0.1, 0.1,"),
    "a radius finer than the kernel's bins": ("0.1, 0.15,", "0.1, 0.150001,"),
    "an angle finer than the kernel's bins": ("0.0, 5.0,", "0.0, 5.0001,"),
    "angles that do not begin at 0": ("0.0, 5.0,", "1.0, 5.0,"),
    "angles that end before 90": ("80.0, 90.0]", "80.0, 89.0]"),
    "a zero in phi_an": ("[0.973,", "[0,"),
    "a negative F": ("[0.333,", "[-0.333,"),
    "no source": ("source = ", "sauce = "),
    "no place": ("place = ", "plaice = "),
    "an empty source": ('source = "Rivard', 'source = "" # "'),
    "no active length": ("active_length_mm", "active_size_mm"),
    "an active length longer than the capsule": ("active_length_mm = 3.0", "active_length_mm = 4.6"),
    "a dose-rate constant of zero": ("= 0.965", "= 0.0"),
    "a dose-rate constant in words": ("= 0.965", '= "0.965"'),
    "an unknown radionuclide": ('"I-125"\nmanu', '"I-131"\nmanu'),
    "a maker that is no list": ("manufacturers = [", 'manufacturers = "GE" # ['),
    "no table F": ("[F]", "[FF]"),
    "no table g_L": ("[g_L]", "[gL]"),
    "not TOML": ("[F]", "[F"),
    "a constant without a source": ("[g_L]", '[dose_rate_constant]\nplace = "x"\n\n[g_L]'),
}


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_seed_model_is_refused_in_a_sentence(seed_file: Path, change: tuple[str, str]) -> None:
    read_source(seed_file)
    spoil(seed_file, *change)
    with pytest.raises(TableError, match="expected") as refused:
        read_source(seed_file)
    assert "\n" not in str(refused.value)


def test_a_source_without_provenance_is_refused(seed_file: Path) -> None:
    spoil(seed_file, "source = ", "sauce = ")
    with pytest.raises(TableError, match="does not say its source"):
        read_source(seed_file)


def test_a_table_from_0_to_180_degrees_is_refused_with_the_advice_to_fold_it(seed_file: Path) -> None:
    spoil(seed_file, "80.0, 90.0]", "80.0, 180.0]")
    with pytest.raises(TableError, match="fold the table"):
        read_source(seed_file)


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file.*none\.toml"):
        load_source(tmp_path / "none.toml")


def test_without_phi_an_it_is_derived_and_the_source_says_so(seed_file: Path) -> None:
    text = seed_file.read_text(encoding="utf-8")
    seed_file.write_text(text[: text.index("[phi_an]")], encoding="utf-8")
    derived, printed = read_source(seed_file), load_source("6711")
    assert (derived.derived, printed.derived) == (("phi_an",), ())
    assert derived.phi_r_cm.tolist() == printed.f_r_cm.tolist()
    np.testing.assert_allclose(derived.phi, printed.phi, rtol=0.002)  # TG-43U1's own rounding and smoothing


def test_a_clinic_reads_its_own_file_by_path(own_file: Path) -> None:
    source = load_source(str(own_file))
    assert source is load_source(own_file)
    assert (source.name, source.dose_rate_constant) == ("Own 1", 0.965)


def test_a_changed_file_is_read_again(own_file: Path) -> None:
    before = load_source(own_file)
    spoil(own_file, "= 0.965", "= 0.96")
    os.utime(own_file, ns=(1, 1))
    assert (before.dose_rate_constant, load_source(own_file).dose_rate_constant) == (0.965, 0.96)


def test_a_clinic_keeps_its_own_seeds_in_a_folder(own_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_file.parent
    (folder / "6711.toml").unlink()
    monkeypatch.setenv("SEEDBED_SOURCES", str(folder))
    assert source_names() == [*SHIPPED, "Own 1"]
    assert load_source("Own 1").title == "A seed of our own"
    assert find_source("own-1") is load_source("Own 1")


def test_the_file_in_the_folder_is_named_after_its_model(
    own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file.rename(own_file.with_name("Other.toml"))
    monkeypatch.setenv("SEEDBED_SOURCES", str(own_file.parent))
    with pytest.raises(TableError, match=r"expected a file named Own 1\.toml"):
        load_source("Other")


def test_a_folder_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDBED_SOURCES", str(tmp_path / "none"))
    with pytest.raises(InputError, match="SEEDBED_SOURCES names"):
        source_names()


def test_a_file_that_takes_a_shipped_name_is_refused(seed_file: Path) -> None:
    with pytest.raises(TableError, match="of the shipped seed model '6711'"):
        load_source(seed_file)


def test_an_alias_of_a_shipped_model_is_refused_too(own_file: Path) -> None:
    spoil(own_file, "aliases = []", 'aliases = ["ONCOSEED-6711"]')
    with pytest.raises(TableError, match="'oncoseed6711' of the shipped"):
        load_source(own_file)


def test_no_two_shipped_models_share_a_name() -> None:
    def plain(text: str) -> str:
        return "".join(sign for sign in text.casefold() if sign.isalnum())

    names = [
        {plain(name) for name in (source.name, source.title, *source.aliases)}
        for source in map(load_source, SHIPPED)
    ]
    assert sum(map(len, names)) == len(set().union(*names))


@pytest.mark.parametrize(
    ("model", "maker", "expected"),
    [
        ("6711", "", "6711"),
        (" oncoseed-6711 ", "GE HEALTHCARE", "6711"),
        ("OncoSeed 6711", "GE Healthcare Inc.", "6711"),
        ("6711", "Amersham/GE Healthcare OncoSeed 6711", "6711"),  # as Seedbed itself writes it
        ("STM1251", "", "STM1251"),
        ("Theragenics 200", "Theragenics", "TheraSeed200"),
        ("6711", "Another Maker Co., Ltd", None),
        ("6711 type", "", None),
        ("6711型", "", None),
        ("16711", "", None),
        ("671", "", None),
        ("I-125", "", None),
        ("", "", None),
        ("--", "", None),
    ],
)
def test_a_plan_s_seed_is_found_only_by_an_exact_name_of_its_own_maker(
    model: str, maker: str, expected: str | None
) -> None:
    found = find_source(model, maker)
    assert (found.name if found else None) == expected
