"""Sheets as PDF, read again by another program: who and which plan on each page, letters, fonts, size."""

import re
import subprocess
import sys
from functools import cache

import pypdfium2
import pytest
from tests.unit.report.reading_pdf import A4_PT, read_pdf
from tests.unit.report.test_needle_sheet import page as needle_sheet

from seedbed.errors import OutputError
from seedbed.report.pdf import make_pdf, subject_of

PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/"
    "iZk9HQAAAABJRU5ErkJggg=="
)
NO_PANGO = """
import cffi
def refuse(self, name, *flags):
    raise OSError(f"cannot load library {name!r}")
cffi.FFI.dlopen = refuse
from seedbed.errors import OutputError
from seedbed.report.pdf import make_pdf
try:
    make_pdf("<p>text", "a.pdf")
except OutputError as error:
    print(error)
"""


@cache
def sheet(language: str) -> str:
    return needle_sheet(pictures={"N1": PICTURE}, language=language)


@cache
def pdf(language: str) -> bytes:
    return make_pdf(sheet(language), "needles.pdf")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_page_is_a4_and_names_patient_plan_and_page(language: str) -> None:
    read = read_pdf(pdf(language))
    count = len(read.texts)
    assert count >= 2
    for number, (text, size) in enumerate(zip(read.texts, read.sizes, strict=True), start=1):
        assert size == pytest.approx(A4_PT, abs=0.5)
        for part in ("P<script>1</script>", "P-17", "1960-02-29", "SHA-2560123456789abcdef"):
            assert part in text, (number, part)
        page = f"Page{number}of{count}" if language == "en" else f"第{number}页，共{count}页"
        assert page in text
        assert ("notaclearedmedicaldevice" if language == "en" else "非获准医疗器械") in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pdf_holds_the_numbers_of_the_html(language: str) -> None:
    body = sheet(language).partition("<main>")[2]
    shown = re.sub(r'<p class="[^"]*screen">.*?</p>|<[^>]*>', " ", body)
    read = "".join(read_pdf(pdf(language)).texts)
    numbers = set(re.findall(r"[+-]?\d+\.\d+", shown))
    assert len(numbers) > 20
    assert {number for number in numbers if number not in read} == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_fonts_are_embedded(language: str) -> None:
    fonts = read_pdf(pdf(language)).fonts
    assert fonts
    assert all(fonts.values())


def test_chinese_is_there_as_letters() -> None:
    text = read_pdf(pdf("zh")).texts[0]
    for word in ("穿刺针手术单", "患者", "针道", "粒子", "进针深度", "方位角"):
        assert word in text
    assert "\ufffd" not in text


def test_the_same_sheet_is_the_same_file() -> None:
    assert make_pdf(sheet("en"), "needles.pdf") == pdf("en")


def test_the_pdf_says_what_it_is_and_bears_the_day_of_the_sheet(tmp_path) -> None:
    path = tmp_path / "needles.pdf"
    path.write_bytes(pdf("en"))
    assert subject_of(path) == "seedbed needle sheet"
    with pypdfium2.PdfDocument(path) as document:
        assert document.get_metadata_value("CreationDate").startswith("D:20260105")
    path.write_text("no PDF")
    assert subject_of(path) == ""
    assert subject_of(tmp_path / "none.pdf") == ""


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.png", "file:///etc/hostname", "a.png"])
def test_nothing_is_fetched_and_a_lacking_picture_is_told(address: str) -> None:
    with pytest.raises(OutputError, match=r"'a\.pdf' lacks a part"):
        make_pdf(f'<p>text<img src="{address}">', "a.pdf")


def test_a_letter_without_a_font_is_told_and_not_drawn_as_a_box() -> None:
    with pytest.raises(OutputError, match=r"no font .* has 1 letters of 'a.pdf', such as . \(U\+10FFFD\)"):
        make_pdf("<p>Name: \U0010fffd", "a.pdf")


def test_without_pango_a_sentence_says_what_to_do() -> None:
    said = subprocess.run([sys.executable, "-c", NO_PANGO], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    assert re.fullmatch(
        r"the library Pango, [^\n]*; expected Pango; print the HTML sheet [^\n]*\.\n", said.stdout
    )
