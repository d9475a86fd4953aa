"""De-identification against DICOM PS3.15 Annex E: Table E.1-1 typed again, its codes, and dciodvfy."""

import re
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from pydicom.datadict import DicomDictionary
from tests.reference.dciodvfy import said_of
from tests.unit.dicom.deidentification.measured_case import numbers_of, write_report, write_segmentation
from tests.unit.dicom.deidentification.whole_case import edited, write_case

from seedbed.dicom.deidentification import Options, Pseudonym, deidentify
from seedbed.dicom.deidentification.profile import profile, row_of
from seedbed.dicom.files import save

TYPED_AGAIN = """
(0008,0012) Instance Creation Date                     X/D      modified_dates C
(0008,0014) Instance Creator UID                       U        uids K
(0008,0018) SOP Instance UID                           U        uids K
(0008,0020) Study Date                                 Z        modified_dates C
(0008,0021) Series Date                                X/D      modified_dates C
(0008,0022) Acquisition Date                           X/Z      modified_dates C
(0008,0023) Content Date                               Z/D      modified_dates C
(0008,002A) Acquisition DateTime                       X/Z/D    modified_dates C
(0008,0050) Accession Number                           Z
(0008,0080) Institution Name                           X/Z/D    institution K
(0008,0081) Institution Address                        X        institution K
(0008,0090) Referring Physician's Name                 Z
(0008,0201) Timezone Offset From UTC                   X        modified_dates C
(0008,1010) Station Name                               X/Z/D    device K
(0008,1030) Study Description                          X        descriptors C
(0008,103E) Series Description                         X        descriptors C
(0008,1048) Physician(s) of Record                     X
(0008,1070) Operators' Name                            X/Z/D
(0008,1140) Referenced Image Sequence                  X/Z/U*   uids K
(0008,1155) Referenced SOP Instance UID                U        uids K
(0010,0010) Patient's Name                             Z
(0010,0020) Patient ID                                 Z/D
(0010,0030) Patient's Birth Date                       Z
(0010,0040) Patient's Sex                              Z        characteristics K
(0010,1010) Patient's Age                              X        characteristics K
(0010,1030) Patient's Weight                           X        characteristics K
(0010,4000) Patient Comments                           X        descriptors C
(0018,1000) Device Serial Number                       X/Z/D    device K
(0018,1030) Protocol Name                              X/D      descriptors C
(0020,000D) Study Instance UID                         U        uids K
(0020,000E) Series Instance UID                        U        uids K
(0020,0010) Study ID                                   Z
(0020,0052) Frame of Reference UID                     U        uids K
(0020,4000) Image Comments                             X        descriptors C
(0040,A123) Person Name                                D
(0040,A730) Content Sequence                           D        structured_content C
(3006,0002) Structure Set Label                        D        descriptors C
(3006,0026) ROI Name                                   Z        descriptors C
(3006,00A6) ROI Interpreter                            Z
(300A,0002) RT Plan Label                              D        descriptors C
(300A,0006) RT Plan Date                               X/D      modified_dates C
(300A,00B2) Treatment Machine Name                     X/Z      device K
(300A,022C) Source Strength Reference Date             D        modified_dates C
"""
YOUNGER = 25
"""At most so many rows are of attributes that entered the standard after the dictionary of pydicom 3.0."""
PSEUDONYM = Pseudonym("SB-7F3K2Q", -1000, bytes(range(32)))


def typed_rows() -> list[tuple[str, ...]]:
    lines = TYPED_AGAIN.strip().splitlines()
    found = [re.fullmatch(r"\((\w{4}),(\w{4})\) (.+?)\s{2,}(\S+)\s*(\S*)\s*(\S*)", line) for line in lines]
    return [match.groups() for match in found if match]


@pytest.mark.parametrize("row", typed_rows(), ids=lambda row: row[2])
def test_the_table_as_typed_again(row: tuple[str, ...]) -> None:
    group, element, name, basic, option, action = row
    found = profile()[group + element]
    assert (found.name, found.basic) == (name, basic)
    if option:
        assert found.options[option] == action
    else:
        assert not {"descriptors", "modified_dates", "uids", "characteristics"} & set(found.options)


def test_typed_rows_are_many() -> None:
    assert len(typed_rows()) == len(TYPED_AGAIN.strip().splitlines()) > 40


def test_names_are_those_of_the_data_dictionary() -> None:
    """Single attributes of the table carry the name that PS3.6 gives to their tag."""
    single = {tag: row for tag, row in profile().items() if re.fullmatch("[0-9A-F]{8}", tag)}
    assert len(single) > 600
    known = {tag: row for tag, row in single.items() if int(tag, 16) in DicomDictionary}
    assert len(single) - len(known) <= YOUNGER
    for tag, row in known.items():
        written = DicomDictionary[int(tag, 16)][2].replace("\u200b", "")
        assert re.sub(r"\W", "", written).casefold() == re.sub(r"\W", "", row.name).casefold(), tag


def test_dates_of_the_table_are_all_kept_moved_but_birth() -> None:
    """Every DA, DT and TM has a C under modified dates, but those of the person (E.3.6)."""
    without = {
        row.name
        for tag, row in profile().items()
        if DicomDictionary.get(int(tag, 16) if re.fullmatch("[0-9A-F]{8}", tag) else 0, ("",))[0]
        in ("DA", "DT", "TM")
        and "modified_dates" not in row.options
    }
    assert {"Patient's Birth Date", "Patient's Birth Time"} <= without
    assert "Study Date" not in without
    assert len(without) < 12


@pytest.mark.parametrize(
    ("tag", "name"),
    [(0x50101030, "Curve Data"), (0x601E3000, "Overlay Data"), (0x60004000, "Overlay Comments")],
)
def test_repeating_groups(tag: int, name: str) -> None:
    row = row_of(tag)
    assert row is not None
    assert (row.name, row.basic) == (name, "X")


def test_every_odd_group_is_private() -> None:
    assert {row_of(group << 16 | 0x1001).basic for group in range(9, 0x6001, 2)} == {"X"}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_case(tmp_path_factory.mktemp("case"))
    slices = sorted((folder / "ct").iterdir())
    write_segmentation(slices, folder / "seg.dcm", "Zhanghua tumour", "Zhanghua^Reader")
    write_report(slices, folder / "sr.dcm", "Zhanghua^Reader")
    edited(folder / "rd.dcm", to_16_bits)  # dciodvfy of Debian stops at 32-bit pixels
    return folder


def to_16_bits(dose: Dataset) -> None:
    stored = dose.pixel_array >> 16
    dose.BitsAllocated, dose.BitsStored, dose.HighBit = 16, 16, 15
    dose.DoseGridScaling = f"{float(dose.DoseGridScaling) * 65536:.9g}"
    dose.PixelData = stored.astype("<u2").tobytes()
    dose["PixelData"].VR = "OW"


@pytest.mark.parametrize("name", ["ct/ct_0001.dcm", "rs.dcm", "rp.dcm", "rd.dcm", "seg.dcm", "sr.dcm"])
@pytest.mark.parametrize(
    "options", [Options(), Options(keep_structure_names=False, keep_characteristics=True)]
)
def test_the_clean_object_is_as_valid_as_the_original(
    case: Path, tmp_path: Path, name: str, options: Options
) -> None:
    clean = deidentify(dcmread(case / name), PSEUDONYM, options=options)
    save(clean.dataset, tmp_path / "clean.dcm")
    assert set(said_of(tmp_path / "clean.dcm")) - set(said_of(case / name)) == set()


@pytest.mark.parametrize(
    ("name", "options", "codes"),
    [
        ("rp.dcm", Options(), {"113100", "113107", "113105"}),
        ("rp.dcm", Options(keep_structure_names=False), {"113100", "113107"}),
        ("rp.dcm", Options(keep_characteristics=True), {"113100", "113107", "113105", "113108"}),
        ("sr.dcm", Options(), {"113100", "113107", "113105", "113104"}),
    ],
)
def test_codes_say_which_options_were_used(case: Path, name: str, options: Options, codes: set[str]) -> None:
    """PS3.16, CID 7050."""
    clean = deidentify(dcmread(case / name), PSEUDONYM, options=options).dataset
    items = clean.DeidentificationMethodCodeSequence
    assert {item.CodeValue for item in items} == codes
    assert {item.CodingSchemeDesignator for item in items} == {"DCM"}
    assert clean.PatientIdentityRemoved == "YES"
    assert clean.LongitudinalTemporalInformationModified == "MODIFIED"


def test_a_report_keeps_its_numbers_and_loses_its_people(case: Path, tmp_path: Path) -> None:
    original = dcmread(case / "sr.dcm")
    clean = deidentify(original, PSEUDONYM).dataset
    assert numbers_of(clean) == numbers_of(original) == [("81827009", 12.5, "mm")]
    assert b"hanghua" not in save(clean, tmp_path / "sr.dcm").read_bytes()


def test_a_segmentation_keeps_its_mask_and_loses_its_names(case: Path, tmp_path: Path) -> None:
    original = dcmread(case / "seg.dcm")
    done = deidentify(original, PSEUDONYM)
    content = save(done.dataset, tmp_path / "seg.dcm").read_bytes()
    assert done.structure_names == (("Segment 1", "Zhanghua tumour"),)
    assert done.dataset.SegmentSequence[0].SegmentLabel == "Segment 1"
    assert done.dataset.PixelData == original.PixelData
    assert b"hanghua" not in content
    assert b"SN99001122" not in content
