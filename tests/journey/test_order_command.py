"""The commands ``seedbed order`` and ``seedbed bed`` as functions, and the sheet they write."""

import hashlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.unit.report.reading_pdf import read_pdf
from typer.testing import CliRunner

from seedbed.cli.bioeffect import bed
from seedbed.cli.order import order
from seedbed.errors import InputError, OutputError, SeedbedError

app = typer.Typer()
app.command()(order)
app.command()(bed)
BASE = ["order", "--seeds", "40", "--calibrated", "2026-11-20", "--implant", "2026-12-01"]
ORDER = [*BASE, "--activity-mci", "0.7", "--spare", "4"]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None:
        raise result.exception
    return result.stdout


def as_json(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"), parse_constant=lambda text: pytest.fail(f"{text} in JSON"))


def test_order_prints_json() -> None:
    found = as_json(*ORDER, "--measured", "0.69,0.71,0.70,0.70,0.70")
    # 0.7 mCi = 0.889 U; eleven days leave 2^(-11/59.40) = 0.87953.
    assert found["decay_factor"] == pytest.approx(0.87953, abs=1e-5)
    assert found["implanted_at_implant"]["mci"] == pytest.approx(28 * 0.87953, abs=1e-3)
    assert found["implanted_at_calibration"] == pytest.approx({"u": 35.56, "mci": 28.0, "mbq": 1036.0})
    assert found["assay_seeds"] == 5
    assert (found["assay"]["verdict"], found["assay"]["passed"]) == ("agrees", True)
    assert found["air_kerma_rate_ugy_per_h"] == pytest.approx(35.56 * 0.87953, abs=1e-3)
    assert found["release"]["verdict"] == "measure"
    assert found["request"]["implanted"] == "2026-12-01"
    assert "not a cleared medical device" in found["seedbed"]["notice"]
    assert {"id", "text", "source", "edition"} <= set(found["rules"][0])


def test_activity_and_strength_say_the_same() -> None:
    by_activity, by_strength = as_json(*ORDER), as_json(*BASE, "--strength-u", "0.889", "--spare", "4")
    assert by_activity["implanted_at_implant"] == pytest.approx(by_strength["implanted_at_implant"])


def test_order_prints_a_table() -> None:
    printed = " ".join(run(*ORDER).split())
    assert "0.616 mCi" in printed
    assert "RELEASE-I125" in printed
    assert "not a cleared medical device" in printed


def test_the_sheet_is_one_page_that_needs_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "order.html"
    run(*ORDER, "--out", str(out))
    page = out.read_text(encoding="utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
    for text in (
        "size: A4",
        "24.627",
        "not a cleared medical device",
        "physicist checks every plan",
    ):
        assert text in page
    assert sorted(path.name for path in out.parent.iterdir()) == ["order.html", "order.pdf"]
    run(*BASE, "--activity-mci", "0.6", "--out", str(out), "--measured", "0.5")
    assert "do not use the seeds" in out.read_text(encoding="utf-8")


def test_the_sheet_in_chinese_lies_beside_the_english_one(tmp_path: Path) -> None:
    out = tmp_path / "order.html"
    printed = run(*ORDER, "--out", str(out), "--language", "both")
    names = ["order.html", "order.pdf", "order.zh.html", "order.zh.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert all(str(tmp_path / name) in printed for name in names)
    chinese = (tmp_path / "order.zh.html").read_text(encoding="utf-8")
    for text in ("粒子订购与安全单", "辐射安全", "空气比释动能率", "24.627"):
        assert text in chinese
    assert (tmp_path / "order.zh.pdf").read_bytes()[:5] == b"%PDF-"


def test_no_sheet_of_an_earlier_order_stays_beside_a_new_one(tmp_path: Path) -> None:
    out = tmp_path / "order.html"
    run(*ORDER, "--out", str(out), "--language", "both")
    run(*ORDER, "--seeds", "41", "--out", str(out), "--no-pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["order.html"]


def test_without_pango_the_html_is_written_and_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(html: str, name: str) -> bytes:
        raise OutputError("the library Pango cannot be loaded", "Pango", "print the HTML sheet")

    monkeypatch.setattr("seedbed.journey.sheets.make_pdf", refuse)
    printed = run(*ORDER, "--out", str(tmp_path / "order.html"))
    assert "No PDF was written: the library Pango cannot be loaded" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["order.html"]


def test_the_sheet_of_a_plan_names_its_patient_and_its_file(
    tmp_path: Path, demo_run: tuple[Path, dict[str, Any]]
) -> None:
    plan, seeds = demo_run[0] / "dicom" / "plan.dcm", demo_run[1]["plan"]["seeds"]
    digits = hashlib.sha256(plan.read_bytes()).hexdigest()
    wanted = ["order", "--seeds", str(seeds), *ORDER[3:], "--plan", str(plan)]
    run(*wanted, "--out", str(tmp_path / "order.html"))
    page = (tmp_path / "order.html").read_text(encoding="utf-8")
    assert digits in page
    assert "Synthetic Digital" in page
    read = read_pdf((tmp_path / "order.pdf").read_bytes())
    assert read.texts
    assert all(f"SHA-256{digits[:16]}" in text and "SyntheticDigital" in text for text in read.texts)
    assert "NOT AS PLANNED" in page, "0.7 mCi at calibration are 0.616 mCi eleven days later"
    run(*wanted, "--stated-at", "implant", "--out", str(tmp_path / "order.html"))
    assert "NOT AS PLANNED" not in (tmp_path / "order.html").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="without --out"):
        run(*wanted)
    with pytest.raises(InputError, match=f"holds {seeds} seeds of I-125, ordered are {seeds + 1}"):
        run(*wanted, "--seeds", str(seeds + 1), "--out", str(tmp_path / "other.html"))
    assert not (tmp_path / "other.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--language", "cn"], "language 'cn'; expected .*both"), (["--out", "order.pdf"], r"ends in \.html")],
)
def test_a_language_or_a_name_that_is_none_is_refused(arguments: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        run(*ORDER, *arguments)


def test_the_sheet_replaces_nothing_but_a_sheet(tmp_path: Path) -> None:
    notes = tmp_path / "notes.html"
    notes.write_text("mine")
    for place in (notes, tmp_path):
        with pytest.raises(OutputError, match="exists and is no earlier order sheet"):
            run(*ORDER, "--out", str(place))
    assert notes.read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        BASE,
        [*ORDER, "--strength-u", "0.889"],
        [*ORDER, "--calibrated", "2026-02-30"],
        [*ORDER, "--implant", "1.12.2026"],
        [*ORDER, "--implant", "2062-12-01"],
        [*ORDER, "--source", "6117"],
        [*ORDER, "--measured", "0.7;0.7"],
        [*ORDER, "--measured", ""],
        [*ORDER, "--measured", "nan"],
        [*ORDER, "--measured-on", "tomorrow"],
        [*ORDER, "--stated-at", "delivery"],
        [*ORDER, "--distance-m", "0"],
        [*ORDER, "--rate-msv-h", "-1"],
        [*BASE, "--activity-mci", "-0.7"],
        [*BASE, "--activity-mci", "25.9"],
        [*BASE, "--activity-mci", "700"],
        [*BASE, "--activity-mci", "0.0001"],
        [*BASE, "--activity-mci", "1e300"],
        [*BASE, "--activity-mci", "1e308"],
        [*BASE, "--strength-u", "1e-200"],
        [*BASE, "--strength-u", "nan"],
        [*ORDER, "--seeds", "10001"],
        [*ORDER, "--seeds", "9" * 400],
        [*ORDER, "--spare", "9" * 400],
        [*ORDER, "--spare", "9961"],
        [*ORDER, "--distance-m", "1e-200"],
        [*ORDER, "--distance-m", "1e200"],
        [*ORDER, "--measured", "1e308,1e308,1e308,1e308"],
        [*ORDER, "--measured", "25.9,25.9"],
        [*ORDER, "--measured", "0.7,0"],
        [*ORDER, "--rate-msv-h", "inf"],
        ["bed", "--dose-gy", "-1"],
        ["bed", "--dose-gy", "nan"],
        ["bed", "--dose-gy", "1e308"],
        ["bed", "--dose-gy", "10000.1"],
        ["bed", "--dose-gy", "120", "--half-life-days", "1e-300"],
        ["bed", "--dose-gy", "120", "--half-life-days", "1e300"],
        ["bed", "--dose-gy", "120", "--external", "1x1e308"],
        ["bed", "--dose-gy", "120", "--external", f"{'9' * 400}x2"],
        ["bed", "--dose-gy", "120", "--source", "6711", "--half-life-days", "59.4"],
        ["bed", "--dose-gy", "120", "--half-life-days", "0"],
        ["bed", "--dose-gy", "120", "--tissue", "thyriod"],
        ["bed", "--dose-gy", "120", "--external", "25*2"],
        ["bed", "--dose-gy", "120", "--external", "25x"],
        ["bed", "--dose-gy", "120", "--external", "0x2"],
    ],
)
def test_bad_input_is_answered_in_one_sentence(arguments: list[str]) -> None:
    with pytest.raises(SeedbedError, match=r"^[^\n]+; expected [^\n]+; [^\n]+\.$") as caught:
        run(*arguments)
    assert isinstance(caught.value, InputError)


def test_an_activity_in_mbq_is_told_apart() -> None:
    with pytest.raises(InputError, match=r"check the unit: 25\.9 MBq is 0\.7 mCi"):
        run(*BASE, "--activity-mci", "25.9")


def test_json_says_what_the_strength_to_order_is() -> None:
    assert as_json(*ORDER)["seed_to_order_is"].startswith("not the order: the 0.889 U are stated")
    assert as_json(*ORDER, "--stated-at", "implant")["seed_to_order_is"].startswith("order this")


def test_the_sheet_below_a_file_is_refused_with_that_file(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.write_text("mine")
    with pytest.raises(OutputError, match=r"notes' is a file; expected a folder to write 'order\.html' into"):
        run(*ORDER, "--out", str(notes / "order.html"))


def test_bed_of_a_weak_implant_says_that_it_does_not_outpace_repopulation() -> None:
    # 3 Gy ln 2 / 59.40 d = 0.035 Gy a day; ln 2 / (0.3 / Gy x 42 d) = 0.055 Gy a day
    told = (
        "The initial dose rate, 0.035 Gy a day, does not outpace repopulation, 0.055 Gy a day: by this model "
        "the implant cannot hold the tumour."
    )
    printed = " ".join(run("bed", "--dose-gy", "3").split())
    assert told in printed
    assert "Effective until" not in printed
    assert as_json("bed", "--dose-gy", "3")["remark"] == told
    assert as_json("bed", "--dose-gy", "120")["remark"] == ""
    assert as_json("bed", "--dose-gy", "3", "--tissue", "late-organ")["remark"] == ""


def test_bed_prints_its_band_and_says_that_nothing_is_sourced() -> None:
    printed = " ".join(
        re.sub(r"[^\x20-\x7e]", " ", run("bed", "--dose-gy", "120", "--external", "25x2")).split()
    )
    assert "No sourced alpha/beta exists for thyroid cancer" in printed
    assert "alpha/beta (Gy) BED (Gy) EQD2 (Gy)" in printed


@pytest.mark.parametrize("tissue", ["thyroid", "late-organ", "prostate-tg137"])
def test_bed_json_holds_the_band(tissue: str) -> None:
    found = as_json(
        "bed", "--dose-gy", "120", "--tissue", tissue, "--external", "25x2", "--external", "5x3/7"
    )
    assert len(found["band"]) >= 3
    assert "thyroid cancer" in found["statement"]
    assert found["bed_gy"] == pytest.approx(found["implant_bed_gy"] + found["external_bed_gy"])
    assert (found["effective_days"] is None) == (tissue == "late-organ")


def test_the_half_life_can_be_given() -> None:
    by_source = as_json("bed", "--dose-gy", "120", "--source", "6711")
    assert by_source == as_json("bed", "--dose-gy", "120", "--half-life-days", "59.40")


@pytest.mark.parametrize("command", [order, bed])
def test_every_option_has_a_help_text(command: Any) -> None:
    for parameter in inspect.signature(command).parameters.values():
        (option,) = parameter.annotation.__metadata__
        assert option.help
