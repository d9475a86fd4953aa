"""Texts in the character sets of DICOM, and in others than declared.

The bytes are typed from the code tables: GB 2312 has 甲 at BC D7, 状 at D7 B4, 腺 at CF D9, 靶 at B0 D0,
区 at C7 F8; 王 CD F5, 小 D0 A1 and 东 B6 AB are those of the example of PS3.5 Annex J.
"""

import pytest
from pydicom import Dataset

from seedbed.dicom.character_sets import declared_sets, decode, read_text

THYROID = b"\xbc\xd7\xd7\xb4\xcf\xd9"
TARGET = b"\xb0\xd0\xc7\xf8"
TO_GB2312 = b"\x1b$)A"


@pytest.mark.parametrize(
    ("value", "sets", "expected"),
    [
        (b"GTV", ("",), "GTV"),
        (b"GTV ", ("ISO_IR 100",), "GTV"),
        (b"L\xe4sion", ("ISO_IR 100",), "Läsion"),
        (THYROID, ("GB18030",), "甲状腺"),
        (THYROID, ("GBK",), "甲状腺"),
        (b"GTV" + b"\xe7\x94\xb2\xe7\x8a\xb6\xe8\x85\xba", ("ISO_IR 192",), "GTV甲状腺"),
        (
            b"Wang=" + TO_GB2312 + b"\xcd\xf5" + b"^" + TO_GB2312 + b"\xd0\xa1\xb6\xab",
            ("", "ISO 2022 IR 58"),
            "Wang=王^小东",
        ),
        (TO_GB2312 + TARGET + b" 1", ("ISO 2022 IR 6", "ISO 2022 IR 58"), "靶区 1"),
        (b"\x1b$B;3ED\x1b(B", ("", "ISO 2022 IR 87"), "山田"),  # PS3.5 Annex H
    ],
)
def test_what_is_as_declared_is_read_without_a_remark(
    value: bytes, sets: tuple[str, ...], expected: str
) -> None:
    assert decode(value, sets) == (expected, "")


@pytest.mark.parametrize(
    "sets", [("",), ("ISO_IR 6",), ("ISO 2022 IR 6", "ISO 2022 IR 58"), ("", "ISO 2022 IR 58")]
)
def test_chinese_bytes_that_are_not_declared_are_read_with_a_remark(sets: tuple[str, ...]) -> None:
    found = decode(THYROID, sets)
    assert found.text == "甲状腺"
    assert "GB18030" in found.remark


@pytest.mark.parametrize("sets", [("",), ("GB2312",), ("ISO_IR 6",)])
def test_utf8_is_tried_before_gb18030(sets: tuple[str, ...]) -> None:
    found = decode("甲状腺 GTV".encode(), sets)
    assert found.text == "甲状腺 GTV"
    assert "ISO_IR 192" in found.remark


def test_chinese_declared_as_utf8_is_read_as_gb18030() -> None:
    found = decode(b"GTV " + THYROID, ("ISO_IR 192",))
    assert (found.text, "of the declared ISO_IR 192" in found.remark) == ("GTV 甲状腺", True)


def test_escapes_without_a_declaration_are_followed() -> None:
    found = decode(TO_GB2312 + TARGET, ("",))
    assert (found.text, "ISO 2022 IR 58" in found.remark) == ("靶区", True)


def test_chinese_declared_as_western_stays_as_declared_and_says_what_it_may_be() -> None:
    found = decode(THYROID, ("ISO_IR 100",))
    assert found.text == THYROID.decode("latin-1")
    assert "by GB18030 it would be '甲状腺'" in found.remark


@pytest.mark.parametrize("name", ["Läsion", "Tumör", "été", "Größe", "Ösophagus rechts", "façade"])
def test_western_names_are_no_suspects(name: str) -> None:
    assert decode(name.encode("latin-1"), ("ISO_IR 100",)) == (name, "")


def test_bytes_that_nothing_explains_are_shown_as_bytes() -> None:
    found = decode(b"GTV\xff\xff", ("",))
    assert found.text == r"GTV\xff\xff"
    assert "no known character set" in found.remark


def test_a_misspelt_term_is_understood() -> None:
    assert decode(b"L\xe4sion", ("ISO-IR 100",)) == ("Läsion", "")


def test_an_item_declares_its_own_set_or_has_that_of_its_file() -> None:
    item = Dataset()
    assert declared_sets(item, ("GB18030",)) == ("GB18030",)
    item.SpecificCharacterSet = ["", "ISO 2022 IR 58"]
    assert declared_sets(item, ("GB18030",)) == ("", "ISO 2022 IR 58")


def test_what_was_set_in_memory_or_is_missing_is_taken_as_it_is() -> None:
    roi = Dataset()
    assert read_text(roi, "ROIName", ("",)) == ("", "")
    roi.ROIName = "甲状腺"
    assert read_text(roi, "ROIName", ("",)) == ("甲状腺", "")
