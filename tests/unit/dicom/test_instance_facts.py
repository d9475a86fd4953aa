"""What the header of one object says; a file that is not whole is refused."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileDataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    MediaStorageDirectoryStorage,
    RTDoseStorage,
    RTPlanStorage,
    RTStructureSetStorage,
)
from tests.unit.dicom.conftest import raw_slice

from seedbed.dicom.instance_facts import instance_facts, is_dicom_content, is_directory, same_object
from seedbed.errors import InputError

SYNTAXES = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian]


def ct(**changes: Any) -> FileDataset:
    dataset = raw_slice(np.arange(12).reshape(3, 4), series="1.2.3.4", study="1.2.3", frame="1.2.9", number=5)
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = [-10.5, -20, 32.25], [1, 0, 0, 0, 1, 0]
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    return dataset


def rt(sop_class: UID, modality: str, **changes: Any) -> FileDataset:
    dataset = ct(Modality=modality, SOPClassUID=sop_class, **changes)
    for keyword in ("Rows", "Columns", "BitsAllocated", "PixelData"):
        delattr(dataset, keyword)
    return dataset


def item(**values: Any) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def written(dataset: FileDataset, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    dataset.file_meta.TransferSyntaxUID = syntax
    content = BytesIO()
    dataset.save_as(content, implicit_vr=syntax.is_implicit_VR, little_endian=True, enforce_file_format=True)
    return content.getvalue()


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_the_facts_are_those_of_the_header(syntax: UID) -> None:
    dataset = ct(StudyDescription=" Neck ", SeriesDescription="Thin", SeriesNumber=4, AccessionNumber="A7")
    facts = instance_facts(written(dataset, syntax), "slice")
    assert facts.instance_uid == dataset.SOPInstanceUID
    assert (facts.series_uid, facts.study_uid, facts.frame_uid) == ("1.2.3.4", "1.2.3", "1.2.9")
    assert (facts.patient_id, facts.patient_name, facts.patient_birth_date) == (
        "P1",
        "Made^By^Test",
        "19600102",
    )
    assert (facts.patient_sex, facts.modality, facts.study_date) == ("F", "CT", "20260301")
    assert (facts.study_description, facts.series_description, facts.series_number) == ("Neck", "Thin", "4")
    assert (facts.instance_number, facts.accession_number, facts.issuer_of_patient_id) == ("95", "A7", "")
    assert facts.image_type == "ORIGINAL\\PRIMARY\\AXIAL"
    assert [float(value) for value in facts.position_mm.split("\\")] == [-10.5, -20.0, 32.25]
    assert [float(value) for value in facts.orientation.split("\\")] == [1, 0, 0, 0, 1, 0]
    assert facts.transfer_syntax_uid == syntax


@pytest.mark.parametrize(
    ("declared", "encoding", "name"),
    [
        ("GB18030", "gb18030", "Wang^XiaoDong=王^小东"),
        ("GBK", "gbk", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 192", "utf-8", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 100", "latin-1", "Müller^Jörg"),
    ],
)
def test_names_are_decoded_by_the_declared_character_set(declared: str, encoding: str, name: str) -> None:
    placeholder = "#" * (len(name.encode(encoding)) // 2 * 2)
    plain = written(ct(SpecificCharacterSet=declared, PatientName=placeholder))
    content = plain.replace(placeholder.encode(), name.encode(encoding).ljust(len(placeholder)))
    if len(name.encode(encoding)) > len(placeholder):  # an odd name: the placeholder one letter longer
        placeholder += "##"
        plain = written(ct(SpecificCharacterSet=declared, PatientName=placeholder))
        content = plain.replace(placeholder.encode(), name.encode(encoding).ljust(len(placeholder)))
    assert instance_facts(content, "slice").patient_name == name


def test_a_structure_set_has_the_frame_of_the_images_it_was_drawn_on() -> None:
    by_roi = rt(
        RTStructureSetStorage, "RTSTRUCT",
        StructureSetROISequence=[item(ReferencedFrameOfReferenceUID="1.5.1")],
        ReferencedFrameOfReferenceSequence=[item(FrameOfReferenceUID="1.5.2")],
    )  # fmt: skip
    assert instance_facts(written(by_roi), "structures").frame_uid == "1.5.1"
    by_list = rt(
        RTStructureSetStorage, "RTSTRUCT",
        StructureSetROISequence=[item(ROINumber=1)],
        ReferencedFrameOfReferenceSequence=[item(FrameOfReferenceUID="1.5.2")],
    )  # fmt: skip
    assert instance_facts(written(by_list), "structures").frame_uid == "1.5.2"
    assert instance_facts(written(rt(RTStructureSetStorage, "RTSTRUCT")), "structures").frame_uid == "1.2.9"


def test_a_plan_names_its_structure_set_and_a_dose_its_plan() -> None:
    plan = rt(RTPlanStorage, "RTPLAN", ReferencedStructureSetSequence=[item(ReferencedSOPInstanceUID="1.7")])
    assert instance_facts(written(plan), "plan").referenced_uid == "1.7"
    dose = rt(RTDoseStorage, "RTDOSE", ReferencedRTPlanSequence=[item(ReferencedSOPInstanceUID="1.8")])
    assert instance_facts(written(dose), "dose").referenced_uid == "1.8"
    assert instance_facts(written(rt(RTDoseStorage, "RTDOSE")), "dose").referenced_uid == ""


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_a_file_cut_anywhere_is_refused(syntax: UID) -> None:
    content = written(nested(), syntax)
    assert instance_facts(content, "slice").modality == "CT"
    end = len(content) - (syntax == DeflatedExplicitVRLittleEndian)  # its last byte may be padding
    assert [size for size in range(end) if not refused(content[:size])] == []


def test_a_file_with_compressed_pixels_cut_anywhere_is_refused() -> None:
    dataset = ct()
    dataset.PixelData = np.arange(12, dtype="<u2").reshape(3, 4).tobytes()
    dataset.compress("1.2.840.10008.1.2.5", generate_instance_uid=False)  # RLE, PS3.5 annex G
    content = BytesIO()
    dataset.save_as(content, enforce_file_format=True)
    whole = content.getvalue()
    assert instance_facts(whole, "slice").transfer_syntax_uid == "1.2.840.10008.1.2.5"
    assert [size for size in range(len(whole)) if not refused(whole[:size])] == []


def nested() -> FileDataset:
    dataset = ct(ReferencedStudySequence=[item(ReferencedSOPInstanceUID="1.2.8")])
    inner = item(CodeValue="1", CodeMeaning="inner")
    dataset.ProcedureCodeSequence = [item(CodeValue="2", EquivalentCodeSequence=[inner])]
    dataset["ProcedureCodeSequence"].is_undefined_length = True
    dataset.ProcedureCodeSequence[0].is_undefined_length_sequence_item = True
    return dataset


def refused(content: bytes) -> bool:
    try:
        instance_facts(content, "slice.dcm")
    except InputError as error:
        return "slice.dcm" in str(error)
    return False


def test_bytes_behind_the_last_element_are_refused() -> None:
    with pytest.raises(InputError, match="does not end with a whole element"):
        instance_facts(written(ct()) + b"\x10\x00\x20", "slice")


@pytest.mark.parametrize(
    ("keyword", "tag"),
    [
        ("SOPInstanceUID", "(0008,0018)"),
        ("SOPClassUID", "(0008,0016)"),
        ("SeriesInstanceUID", "(0020,000E)"),
        ("StudyInstanceUID", "(0020,000D)"),
    ],
)
def test_an_object_without_a_uid_is_refused_by_tag(keyword: str, tag: str) -> None:
    for change in (lambda ds: delattr(ds, keyword), lambda ds: setattr(ds, keyword, "")):
        dataset = ct()
        change(dataset)
        content = BytesIO()
        dataset.save_as(content)
        with pytest.raises(InputError) as error:
            instance_facts(content.getvalue(), "slice")
        assert f"'slice' has no {keyword} {tag}" in str(error.value)


def test_an_object_without_a_transfer_syntax_is_refused_by_tag() -> None:
    dataset = ct()
    content = written(dataset)
    syntax = dataset.file_meta["TransferSyntaxUID"]
    raw = b"\x02\x00\x10\x00UI" + len(str(syntax.value) + "\0").to_bytes(2, "little")
    assert raw in content
    start = content.index(raw)
    without = content[:start] + content[start + len(raw) + len(str(syntax.value) + "\0") :]
    length = int.from_bytes(without[140:144], "little") - len(raw) - len(str(syntax.value) + "\0")
    without = without[:140] + length.to_bytes(4, "little") + without[144:]
    with pytest.raises(InputError, match=r"has no TransferSyntaxUID \(0002,0010\)"):
        instance_facts(without, "slice")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", bytes(200)])
def test_what_is_no_dicom_is_a_sentence(content: bytes) -> None:
    assert not is_dicom_content(content)
    assert not is_directory(content)
    with pytest.raises(InputError, match=r"file 'letter\.pdf' is not a DICOM file"):
        instance_facts(content, "letter.pdf")


def test_a_table_of_contents_is_told_from_an_object() -> None:
    dataset = ct()
    assert is_dicom_content(written(dataset))
    assert not is_directory(written(dataset))
    dataset.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    content = BytesIO()
    dataset.save_as(content)
    assert is_directory(content.getvalue())


def private(dataset: FileDataset) -> FileDataset:
    block = dataset.private_block(0x0019, "SYNTHETIC 1", create=True)
    block.add_new(0x01, "SQ", [item(CodeValue="3")])
    block.add_new(0x02, "LO", "kept")
    return dataset


def test_an_object_is_the_same_in_every_uncompressed_encoding_and_with_other_file_meta() -> None:
    versions = [written(private(nested()), syntax) for syntax in SYNTAXES]
    other = private(nested())
    other.file_meta.SourceApplicationEntityTitle = "ARCHIVE"
    versions.append(written(other))
    assert len(set(versions)) == 4
    assert all(same_object(versions[0], version) for version in versions)


@pytest.mark.parametrize(
    "change",
    [
        {"PatientID": "P2"},
        {"StudyDescription": "added"},
        {"PixelData": bytes(24)},
        {"ProcedureCodeSequence": [item(CodeValue="9")]},
        {"ReferencedStudySequence": []},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_object_that_differs_in_anything_is_another(change: dict[str, Any]) -> None:
    changed = nested()
    for keyword, value in change.items():
        setattr(changed, keyword, value)
    assert not same_object(written(nested()), written(changed, ImplicitVRLittleEndian))
    assert not same_object(written(nested()), written(changed))


def test_what_cannot_be_read_is_not_the_same() -> None:
    assert not same_object(written(ct()), b"no object")


@pytest.mark.parametrize("uid", ["1.2.x", "../../1.2", "1" * 65, "1.2\\1.3"])
def test_a_uid_that_is_none_is_refused(uid: str) -> None:
    content = written(ct())
    at = content.rindex(b"\x08\0\x18\0UI")
    length = int.from_bytes(content[at + 6 : at + 8], "little")
    said = uid.encode() + b"\0" * (len(uid) % 2)
    changed = content[: at + 6] + len(said).to_bytes(2, "little") + said + content[at + 8 + length :]
    with pytest.raises(InputError, match=r"SOPInstanceUID .* \(0008,0018\); expected digits and points"):
        instance_facts(changed, "slice")


def test_compressed_pixels_are_decoded_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoders of C++ may end their process over damage: not this one, which may be receiving."""
    plain = ct(PixelData=np.arange(64 * 64, dtype="<u2").tobytes(), Rows=64, Columns=64)
    packed = ct(PixelData=np.arange(64 * 64, dtype="<u2").tobytes(), Rows=64, Columns=64)
    packed.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg", generate_instance_uid=False)
    monkeypatch.setattr(Dataset, "pixel_array", property(lambda _self: pytest.fail("decoded here")))
    assert same_object(written(plain), written(packed, JPEG2000Lossless))
    damaged = bytearray(written(packed, JPEG2000Lossless))
    damaged[-200:-100] = bytes(100)
    assert not same_object(written(plain), bytes(damaged))
