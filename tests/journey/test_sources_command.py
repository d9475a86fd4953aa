"""The commands ``seedbed sources`` as a user types them."""

import json
from pathlib import Path

import pytest

from seedbed.cli.sources import sources_app
from seedbed.dosimetry.sources import load_source, source_names
from seedbed.errors import TableError


def typed(*arguments: str) -> None:
    sources_app(list(arguments), standalone_mode=False)


def test_the_list_shows_every_model(capsys: pytest.CaptureFixture[str]) -> None:
    typed("--json")
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["sources"]}
    assert list(rows) == source_names()
    assert rows["6711"]["monte_carlo_cgy_per_h_u"] == 0.932
    assert all(row["passes"] for row in rows.values())


def test_the_list_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    typed()
    printed = capsys.readouterr().out
    assert "6711" in printed
    assert "0.965" in printed
    assert "+3.5" in printed


def test_show_prints_facts_and_tables(capsys: pytest.CaptureFixture[str]) -> None:
    typed("show", "STM1251")
    printed = capsys.readouterr().out
    assert "3.81 mm" in printed
    assert "phi_an" in printed
    typed("show", "6711", "--json")
    assert json.loads(capsys.readouterr().out)["F"]["value"][0][1] == 0.370


def test_check_lists_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    typed("check", "6711", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["passes"]
    assert len(found["findings"]) == 11
    assert all(finding["checked"] for finding in found["findings"])
    typed("check", "AgX100")
    printed = capsys.readouterr().out
    assert "egs_brachy" in printed
    (phi,) = [line for line in printed.splitlines() if "phi_an " in line]
    assert [cell.strip() for cell in phi.split("│")][2] == "-"


def test_the_template_is_refused_until_it_is_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("template")
    path = tmp_path / "own.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    with pytest.raises(TableError, match="does not say its source and place"):
        typed("check", str(path))


def filled(template: str) -> str:
    """The template filled with the numbers of another model, under a name of our own."""
    source = load_source("6702")
    texts = {"source = ": "a vendor sheet", "place = ": "page 2", "name = ": "Own 1", "title = ": "Our seed"}
    numbers = {
        "dose_rate_constant_cgy_per_h_u": 1.0, "active_length_mm": 3.0,
        "capsule_length_mm": 4.5, "capsule_diameter_mm": 0.8,
    }  # fmt: skip
    for key, text in texts.items():
        template = template.replace(f'\n{key}""', f'\n{key}"{text}"', 1)
    for key, number in numbers.items():
        template = template.replace(f"\n{key} = 0.0", f"\n{key} = {number}", 1)
    head = template.partition("[g_L]")[0]
    return head + (
        f"[g_L]\nr_cm = {source.g_r_cm.tolist()}\nvalue = {source.g.tolist()}\n"
        f"[F]\nr_cm = {source.f_r_cm.tolist()}\ntheta_deg = {source.f_theta_deg.tolist()}\n"
        f"value = {source.f.tolist()}\n"
    )


def test_a_filled_template_is_a_seed_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed("template")
    path = tmp_path / "Own 1.toml"
    path.write_text(filled(capsys.readouterr().out), encoding="utf-8")
    typed("check", str(path), "--json")
    assert json.loads(capsys.readouterr().out)["passes"]
    typed("show", str(path), "--json")
    assert json.loads(capsys.readouterr().out)["derived"] == ["phi_an"]


def test_a_file_that_fails_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("template")
    path = tmp_path / "Own 1.toml"
    text = filled(capsys.readouterr().out).replace("0.861", "0.961")  # g_L(2 cm) with one digit wrong
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=r"'Own 1' fails 1 of 11 checks: .*expected") as refused:
        typed("check", str(path))
    assert "\n" not in str(refused.value)
    assert "no" in capsys.readouterr().out


def test_an_unknown_model_is_refused_with_a_guess() -> None:
    with pytest.raises(TableError, match="did you mean '6711'"):
        typed("show", "6771")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEEDBED_SOURCES", str(tmp_path))
    return tmp_path


def test_a_broken_file_is_listed_with_its_sentence_beside_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("template")
    template = capsys.readouterr().out
    (folder / "Broken.toml").write_text("[seed", encoding="utf-8")
    wrong = filled(template).replace("_u = 1.0", "_u = 96.5")
    (folder / "Own 1.toml").write_text(wrong, encoding="utf-8")
    typed("--json")
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["sources"]}
    assert rows["6711"]["passes"]
    assert rows["6711"]["problem"] == ""
    for name, told in {"Broken": "not valid TOML", "Own 1": "fails the check 'dose-rate constant'"}.items():
        assert not rows[name]["passes"]
        assert told in rows[name]["problem"]
        assert str(folder) in rows[name]["problem"]
    assert rows["Own 1"]["dose_rate_constant_cgy_per_h_u"] == 96.5
    assert set(rows["Broken"]) == set(rows["6711"])
    typed()
    assert "Broken (not used)" in " ".join(capsys.readouterr().out.replace("│", " ").split())


def test_a_failing_model_is_shown_and_checked_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("template")
    wrong = filled(capsys.readouterr().out).replace("_u = 1.0", "_u = 96.5")
    (folder / "Own 1.toml").write_text(wrong, encoding="utf-8")
    typed("show", "Own 1")
    assert "FAILS" in capsys.readouterr().out
    with pytest.raises(TableError, match=r"'Own 1' fails 1 of 11 checks: Lambda = 96\.500"):
        typed("check", "Own 1")
    capsys.readouterr()
    with pytest.raises(TableError, match="'Own 1' fails 1 of 12 checks"):
        typed("check", "--json")
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)["sources"]}
    assert [each["name"] for each in found.values() if not each["passes"]] == ["Own 1"]
    assert found["Own 1"]["findings"][0]["check"] == "file"
    (folder / "Own 1.toml").rename(folder / "Own 2.toml")
    with pytest.raises(
        TableError, match=r"'Own 2' fails 2 of 12 checks: .*'Own 2\.toml' holds the seed model"
    ):
        typed("check", "--json")
