from dataclasses import replace
from pathlib import Path

import pytest

from seedbed.dosimetry.tissues import load_tissue, read_tissues, tissue_names
from seedbed.errors import DoseError, TableError

GOOD = {
    "name": '"t"',
    "title": '"T"',
    "alpha_beta_gy": "3.0",
    "repair_half_time_hours": "1.5",
    "band_gy": "[2.0, 3.0]",
    "source": '"local rule"',
    "place": '"here"',
    "statement": '"read the band"',
}


def written(folder: Path, **changes: str | None) -> Path:
    rows = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    body = "\n".join(f"{key} = {value}" for key, value in rows.items())
    file = folder / "tissues.toml"
    file.write_text(f'[source]\nsource = "s"\nplace = "p"\n\n[[tissue]]\n{body}\n', encoding="utf-8")
    return file


def test_a_good_tissue_is_read(tmp_path: Path) -> None:
    (tissue,) = read_tissues(written(tmp_path))
    assert (tissue.name, tissue.band_gy, tissue.loss_gy_per_day) == ("t", (2.0, 3.0), 0.0)


@pytest.mark.parametrize("name", tissue_names())
def test_every_shipped_tissue_says_where_it_comes_from(name: str) -> None:
    tissue = load_tissue(name)
    assert "doi" in tissue.source or tissue.source == "local rule"
    assert tissue.place
    assert tissue.alpha_beta_gy in tissue.band_gy


@pytest.mark.parametrize("key", [*GOOD])
def test_a_hole_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(TableError, match=key):
        read_tissues(written(tmp_path, **{key: None}))


@pytest.mark.parametrize(
    "changes",
    [
        {"alpha_beta_gy": "true"},
        {"alpha_beta_gy": '"3"'},
        {"band_gy": '["2", "3"]'},
        {"statement": "5"},
        {"statement": '" "'},
        {"alfa_per_gy": "0.3"},
    ],
)
def test_a_wrong_kind_or_key_is_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(TableError):
        read_tissues(written(tmp_path, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"alpha_beta_gy": "0.0"},
        {"alpha_beta_gy": "nan"},
        {"repair_half_time_hours": "-1.0"},
        {"band_gy": "[3.0]"},
        {"band_gy": "[3.0, 2.0]"},
        {"band_gy": "[2.0, 2.0]"},
        {"band_gy": "[-2.0, 3.0]"},
        {"alpha_per_gy": "0.3"},
        {"doubling_days": "42.0"},
        {"alpha_per_gy": "0.3", "doubling_days": "0.0"},
        {"alpha_per_gy": "-0.3", "doubling_days": "42.0"},
        {"kick_off_days": "-1.0"},
        {"kick_off_days": "inf"},
    ],
)
def test_a_number_without_meaning_is_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(DoseError):
        read_tissues(written(tmp_path, **changes))


def test_a_misspelt_name_is_answered_with_the_likely_one() -> None:
    with pytest.raises(TableError, match="did you mean 'thyroid'"):
        load_tissue("thyriod")


def test_only_alpha_beta_changes_in_the_band() -> None:
    tissue = load_tissue("thyroid")
    assert replace(tissue.at(2.0), alpha_beta_gy=tissue.alpha_beta_gy) == tissue
