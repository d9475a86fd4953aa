"""Codes of the standard stay, private ones say nothing, and a report does not say who it is of."""

from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import ComprehensiveSRStorage

from seedbed.dicom.deidentification import Deidentified, Pseudonym, deidentify, traces_of
from seedbed.dicom.deidentification.checking import remains
from seedbed.dicom.deidentification.codes import schemes, subject_concepts
from seedbed.dicom.files import save

PSEUDONYM = Pseudonym("SB-7F3K2Q", -100, bytes(range(32)))


def item(**values: object) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def coded(value: str, scheme: str, meaning: str) -> list[Dataset]:
    return [item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]


def report(*content: Dataset, **more: object) -> Dataset:
    return item(
        SOPClassUID=ComprehensiveSRStorage, SOPInstanceUID="1.2.3.4", StudyInstanceUID="1.2.3",
        PatientID="P1234", PatientName="Wu^Li", PatientBirthDate="19300401", StudyDate="20260301",
        ContentSequence=list(content), **more,
    )  # fmt: skip


def cleaned(dataset: Dataset) -> Deidentified:
    return deidentify(dataset, PSEUDONYM)


def test_schemes_are_those_of_the_context_groups() -> None:
    """The schemes whose codes pydicom took from PS3.16."""
    assert set(codes.schemes()) <= schemes()
    assert [name for name in schemes() if name.startswith("99")] == ["99SDM"]


def test_subject_concepts_are_named_as_in_the_standard() -> None:
    """PS3.16 TID 1007: the seven facts of a subject, by pydicom's dictionary."""
    names = "Name", "ID", "BirthDate", "Sex", "Age", "Species", "Breed"
    typed = {getattr(codes.DCM, f"Subject{name}").value for name in names}
    assert {value for scheme, value in subject_concepts() if scheme == "DCM"} == typed


def test_who_a_report_is_of_is_emptied_and_keeps_its_place() -> None:
    """Others refer to items by their place, so that none is taken out."""
    done = cleaned(
        report(
            item(ValueType="NUM", ConceptNameCodeSequence=coded("121033", "DCM", "Subject Age"),
                 MeasuredValueSequence=[item(NumericValue="95")]),
            item(ValueType="DATE", Date="19300401",
                 ConceptNameCodeSequence=coded("121031", "DCM", "Subject Birth Date")),
            item(ValueType="CODE", ConceptNameCodeSequence=coded("121032", "DCM", "Subject Sex"),
                 ConceptCodeSequence=coded("F", "DCM", "Female")),
            item(ValueType="TEXT", ConceptNameCodeSequence=coded("121030", "DCM", "Subject ID"),
                 TextValue="P1234"),
            item(ValueType="NUM", ConceptNameCodeSequence=coded("103339001", "SCT", "Long axis"),
                 MeasuredValueSequence=[item(NumericValue="12.5")]),
        )
    )  # fmt: skip
    age, birth, sex, number, axis = done.dataset.ContentSequence
    assert len(age.MeasuredValueSequence) == 0
    assert birth.Date == "19000101"
    assert (sex.ConceptCodeSequence[0].CodeMeaning, number.TextValue) == ("Anonymous", "ANONYMOUS")
    assert axis.MeasuredValueSequence[0].NumericValue == 12.5
    assert any("who it is of" in sentence for sentence in done.warnings)


def test_the_birth_date_under_any_concept_is_replaced_and_other_dates_move() -> None:
    done = cleaned(
        report(
            item(ValueType="DATE", Date="19300401", ConceptNameCodeSequence=coded("1", "99LOC", "出生日期")),
            item(ValueType="DATETIME", DateTime="193004010800"),
            item(ValueType="DATE", Date="20260301", ConceptNameCodeSequence=coded("2", "99LOC", "seen")),
        )
    )
    born, moment, seen = done.dataset.ContentSequence
    assert (born.Date, moment.DateTime, seen.Date) == ("19000101", "19000101", "20251121")


@pytest.mark.parametrize("scheme", ["99LOC", "HARBIN", ""])
def test_private_codes_keep_only_that_they_are_equal(scheme: str, tmp_path: Path) -> None:
    people = [coded("SUN-1", scheme, "Prof. Sun, Harbin"), coded("SUN-1", scheme, "Prof. Sun, Harbin")]
    target = coded("T7", scheme, "GTV left")
    original = report(*(item(ConceptCodeSequence=each) for each in (*people, target)))
    done = cleaned(original)
    one, same, other = (each.ConceptCodeSequence[0] for each in done.dataset.ContentSequence)
    assert one == same
    assert len({one.CodeValue, other.CodeValue, "SUN-1", "T7"}) == 4
    assert (one.CodeMeaning, other.CodeMeaning) == ("ANONYMOUS", "GTV left")
    assert one.CodingSchemeDesignator == ("99SEEDBED" if scheme else None)
    assert "a code of a private or unknown coding scheme was replaced" in done.warnings
    path, traces = save(done.dataset, tmp_path / "sr.dcm"), traces_of(original)
    assert remains(path, traces, traces, date_shift_days=PSEUDONYM.date_shift_days) == []


def test_public_codes_stay() -> None:
    said = coded("45048000", "SCT", "Neck")
    done = cleaned(report(item(ConceptCodeSequence=said)))
    assert done.dataset.ContentSequence[0].ConceptCodeSequence[0] == said[0]
    assert done.warnings == ()


def test_spaces_make_no_code_of_the_standard() -> None:
    done = cleaned(report(item(ConceptCodeSequence=coded("Mr Wu room 12", "DCM", "Neck"))))
    assert done.dataset.ContentSequence[0].ConceptCodeSequence[0].CodeValue != "Mr Wu room 12"
