import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from seedbed.dosimetry import load_source, source_names
from seedbed.dosimetry.sources import read_source
from seedbed.errors import InputError, TableError


@pytest.fixture
def seed_folder(tmp_path: Path) -> Path:
    """A copy of the tables of the 6711 that a test may spoil."""
    with as_file(files("seedbed.dosimetry") / "data" / "6711") as folder:
        return Path(shutil.copytree(folder, tmp_path / "6711"))


def spoil(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", source_names())
def test_every_seed_model_says_its_reference_and_is_normalised_at_one_centimetre(name: str) -> None:
    source = load_source(name)
    assert "doi 10." in source.reference
    assert source.g[source.g_r_cm == 1.0].tolist() == [1.0]
    assert (source.f[source.f_theta_deg == 90.0] == 1.0).all()
    assert (source.f_theta_deg[0], source.f_theta_deg[-1]) == (0.0, 90.0)


def test_an_unknown_model_is_refused_with_a_guess() -> None:
    with pytest.raises(TableError, match=r"'6771'.*did you mean '6711'"):
        load_source("6771")


@pytest.mark.parametrize("name", ["", ".", "..", "../data/6711", "6711/"])
def test_a_path_is_no_name(name: str) -> None:
    with pytest.raises(TableError, match="not known"):
        load_source(name)


SPOILED = {
    "a hole in g": ("g_L.csv", "0.5,1.071", "0.5,"),
    "a word in F": ("F.csv", "0.333", "n/a"),
    "radii of g out of order": ("g_L.csv", "0.5,1.071", "0.05,1.071"),
    "a radius of g twice": ("g_L.csv", "0.75,1.042", "0.5,1.042"),
    "radii of F out of order": ("F.csv", "theta_deg,0.5,1.0", "theta_deg,1.0,0.5"),
    "a radius of F that is a word": ("F.csv", "theta_deg,0.5", "theta_deg,half"),
    "a zero in phi_an": ("phi_an.csv", "0.973", "0"),
    "a negative F": ("F.csv", "0.333", "-0.333"),
    "no source": ("g_L.csv", "# source", "# sauce"),
    "no active length": ("source.toml", "active_length_mm", "active_size_mm"),
    "no doi": ("source.toml", "doi =", "dio ="),
    "a half-life in words": ("source.toml", "half_life_days = 59.40", 'half_life_days = "two months"'),
    "a negative half-life": ("source.toml", "half_life_days = 59.40", "half_life_days = -59.40"),
    "a dose-rate constant of zero": (
        "source.toml", "dose_rate_constant_cgy_per_h_u = 0.965", "dose_rate_constant_cgy_per_h_u = 0.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_seed_model_is_refused_in_a_sentence(
    seed_folder: Path, change: tuple[str, str, str]
) -> None:
    read_source(seed_folder)
    spoil(seed_folder, *change)
    with pytest.raises(TableError, match="expected"):
        read_source(seed_folder)


def test_a_missing_table_is_refused_in_a_sentence(seed_folder: Path) -> None:
    (seed_folder / "F.csv").unlink()
    with pytest.raises(InputError, match=r"F\.csv"):
        read_source(seed_folder)
