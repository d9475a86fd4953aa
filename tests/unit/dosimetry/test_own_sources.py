"""A clinic's own seed files: none is used for dose before it passes, and a bad one stops no other."""

from importlib.resources import files
from pathlib import Path

import pytest

from seedbed.dosimetry.own_sources import own_models, read_own
from seedbed.dosimetry.sources import find_source, load_source, load_unchecked, source_names
from seedbed.errors import InputError, TableError

SHIPPED = source_names()
TEXT_6711 = (files("seedbed.dosimetry") / "data" / "6711.toml").read_text(encoding="utf-8")


def seed_text(name: str, *, aliases: str = "[]", makers: str = '["Maker"]', wrong: bool = False) -> str:
    """The tables of the 6711 under a name of our own; ``wrong`` has its Lambda a hundred times too high."""
    lines = {
        "name": f'name = "{name}"',
        "title": f'title = "Seed {name} of ours"',
        "aliases": f"aliases = {aliases}",
        "manufacturers": f"manufacturers = {makers}",
        "dose_rate_constant_cgy_per_h_u": f"dose_rate_constant_cgy_per_h_u = {96.5 if wrong else 0.965}",
    }
    return "\n".join(lines.get(line.partition(" =")[0], line) for line in TEXT_6711.splitlines())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEEDBED_SOURCES", str(tmp_path))
    return tmp_path


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_fails_a_check_is_not_used_for_dose(tmp_path: Path) -> None:
    path = put(tmp_path, "Own 1", seed_text("Own 1", wrong=True))
    for name in (path, str(path)):
        with pytest.raises(
            TableError, match=r"fails the check 'dose-rate constant': Lambda = 96\.500"
        ) as refused:
            load_source(name)
        assert "\n" not in str(refused.value)
        assert load_unchecked(name).dose_rate_constant == 96.5  # to show and check it
    assert read_own(path).dose_rate_constant == 96.5


def test_all_failing_checks_are_named(tmp_path: Path) -> None:
    text = seed_text("Own 1", wrong=True).replace("active_length_mm = 3.0", "active_length_mm = 0.3")
    with pytest.raises(TableError, match=r"fails the checks '.*' and 'dose-rate constant' and 'sizes'"):
        load_source(put(tmp_path, "Own 1", text))


def test_a_file_of_the_folder_that_fails_is_refused_by_name_and_by_plan(folder: Path) -> None:
    put(folder, "Own 1", seed_text("Own 1", aliases='["Model X"]', wrong=True))
    for find in (load_source, find_source):
        for name in ("Own 1", "Model X"):
            with pytest.raises(TableError, match=r"SEEDBED_SOURCES names, .*'dose-rate constant'") as refused:
                find(name)
            assert str(folder) in str(refused.value)
    assert source_names() == SHIPPED
    assert load_unchecked("Own 1").dose_rate_constant == 96.5


@pytest.mark.parametrize(
    "text", ["this is = no TOML", "", seed_text("6711"), seed_text("Other name"), '[source]\nsource = "A"\n']
)
def test_a_broken_file_stops_no_other_model(folder: Path, text: str) -> None:
    put(folder, "Broken", text)
    put(folder, "Own 1", seed_text("Own 1"))
    assert source_names() == [*SHIPPED, "Own 1"]
    assert load_source("6711") is find_source("OncoSeed 6711", "GE")
    assert find_source("Own 1") is load_source("Own 1")
    with pytest.raises(InputError, match=r"SEEDBED_SOURCES names, .*Broken\.toml") as refused:
        load_source("Broken")
    assert str(folder) in str(refused.value)
    assert own_models()["Broken"].problem is not None


def test_a_name_of_two_files_is_refused_with_both(folder: Path) -> None:
    first = put(folder, "A", seed_text("A", aliases='["Model X"]'))
    second = put(folder, "B", seed_text("B", aliases='["model-x"]'))
    for find in (load_source, find_source):
        with pytest.raises(TableError, match="SEEDBED_SOURCES") as refused:
            find("Model X")
        assert str(first) in str(refused.value)
        assert str(second) in str(refused.value)
    assert load_source("B").name == "B"  # its own name is not shared


def test_of_two_models_of_one_name_that_of_the_maker_is_meant(folder: Path) -> None:
    put(folder, "A", seed_text("A", aliases='["Model X"]', makers='["First"]'))
    put(folder, "B", seed_text("B", aliases='["Model X"]', makers='["Second"]'))
    assert find_source("Model X", "Second Ltd.") is load_source("B")
    assert find_source("Model X", "First") is load_source("A")
    assert find_source("Model X", "Third") is None
    with pytest.raises(TableError, match="'Model X' is a name of the seed models"):
        find_source("Model X")


def test_hidden_files_and_other_files_are_no_models(folder: Path) -> None:
    put(folder, ".hidden", "x = ")
    (folder / "notes.txt").write_text("no seed")
    assert own_models() == {}


def test_other_names_of_shipped_models_can_be_loaded() -> None:
    assert load_source("GE 6711") is load_source("6711")
    assert load_source("TheraSeed 200") is load_source("TheraSeed200")


@pytest.mark.parametrize("name", [6711, None, 6711.0, ["6711"]])
def test_a_name_that_is_no_text_is_refused_in_a_sentence(name: object) -> None:
    with pytest.raises(TableError, match=r"seed model .*expected a name or a file; write it like '6711'"):
        load_source(name)  # type: ignore[arg-type]


MISSPELT = {
    "[phi_an]": ("[phi_ann]", "did you mean 'phi_an'"),
    "[g_L]": (
        '[dose_rate_constnat]\nsource = "A"\nplace = "B"\n\n[g_L]',
        "did you mean 'dose_rate_constant'",
    ),
    "errata =": ("eratta =", r"key 'eratta' in \[source\].*did you mean 'errata'"),
    "aliases =": ("alias =", "did you mean 'aliases'"),
    "[source]": ("gl = 3\n[source]", "'gl' outside its tables"),
    "[F]\n": ("[F]\ntheta = [0.0]\n", "did you mean 'theta_deg'"),
}


@pytest.mark.parametrize(("old", "new", "told"), [(old, *new) for old, new in MISSPELT.items()])
def test_a_misspelt_table_or_key_is_refused_with_what_was_meant(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    text = seed_text("Own 1")
    assert old in text
    with pytest.raises(TableError, match=told):
        read_own(put(tmp_path, "Own 1", text.replace(old, new, 1)))


@pytest.mark.parametrize("said", ["TODO", "todo: find it", "...", "?", "???", "n/a", "TBD", "-", "待定"])
@pytest.mark.parametrize("key", ["source", "place"])
def test_a_placeholder_is_no_source(tmp_path: Path, said: str, key: str) -> None:
    lines = [f'{key} = "{said}"' if line.startswith(f"{key} = ") else line for line in TEXT_6711.splitlines()]
    with pytest.raises(TableError, match=rf"{key} = '.*' in \[source\]; expected the publication"):
        read_own(put(tmp_path, "Own 1", "\n".join(lines)))


@pytest.mark.parametrize("said", ["p. 2", "Table II", "表2", "vendor sheet of 2024"])
def test_a_short_place_is_one(tmp_path: Path, said: str) -> None:
    text = seed_text("Own 1").replace(
        'place = "consensus data of the Amersham model 6711"', f'place = "{said}"'
    )
    assert read_own(put(tmp_path, "Own 1", text)).name == "Own 1"
