"""What happens to single attributes, and to what scanners and systems write beside the standard."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset
from pydicom.uid import ImplicitVRLittleEndian, RLELossless
from tests.unit.dicom.deidentification.whole_case import DATES, ORIGINALS, write_case

from seedbed.dicom.deidentification import Options, Pseudonym, deidentify, why_left_out
from seedbed.dicom.deidentification.rules import Action, action_for
from seedbed.dicom.files import lenient, save
from seedbed.errors import InputError

PSEUDONYM = Pseudonym("SB-7F3K2Q", -100, bytes(range(32)))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_case(tmp_path_factory.mktemp("case"))


@pytest.fixture
def slice_read(case: Path) -> FileDataset:
    return dcmread(case / "ct" / "ct_0001.dcm")


def test_name_and_number_are_the_code(slice_read: FileDataset) -> None:
    clean = deidentify(slice_read, PSEUDONYM).dataset
    assert (clean.PatientID, clean.PatientName) == ("SB-7F3K2Q", "Anonymous^SB-7F3K2Q")
    assert (clean.PatientBirthDate, clean.PatientSex, clean.AccessionNumber, clean.StudyID) == (
        None,
        None,
        None,
        None,
    )


def test_characteristics_stay_by_option_only(slice_read: FileDataset) -> None:
    assert "PatientWeight" not in deidentify(slice_read, PSEUDONYM).dataset
    kept = deidentify(slice_read, PSEUDONYM, options=Options(keep_characteristics=True)).dataset
    assert (kept.PatientAge, kept.PatientWeight, kept.PatientSex) == ("066Y", 61.5, "F")
    assert not kept.PatientBirthDate


def test_the_very_old_are_of_one_age(slice_read: FileDataset) -> None:
    slice_read.PatientAge = "094Y"
    kept = deidentify(slice_read, PSEUDONYM, options=Options(keep_characteristics=True)).dataset
    assert kept.PatientAge == "090Y"


def test_names_of_structures_by_number_where_no_word_list_is_wanted(case: Path) -> None:
    """Without Clean Descriptors the table empties ROI Name (Z) and removes Dose Reference Description (X)."""
    without = Options(keep_structure_names=False)
    structures = deidentify(dcmread(case / "rs.dcm"), PSEUDONYM, options=without)
    assert [roi.ROIName for roi in structures.dataset.StructureSetROISequence] == [None, None]
    assert structures.structure_names == ()
    plan = deidentify(dcmread(case / "rp.dcm"), PSEUDONYM, options=without).dataset
    assert "DoseReferenceDescription" not in plan.DoseReferenceSequence[0]


def test_a_plan_names_its_target_as_the_structure_set_does(case: Path) -> None:
    """Both write ROI and the number; no word of the original is left."""
    plan = dcmread(case / "rp.dcm")
    reference = plan.DoseReferenceSequence[0]
    reference.DoseReferenceDescription, reference.ReferencedROINumber = "Liuxiang drew", 2
    done = deidentify(plan, PSEUDONYM)
    structures = deidentify(dcmread(case / "rs.dcm"), PSEUDONYM).dataset
    name = done.dataset.DoseReferenceSequence[0].DoseReferenceDescription
    assert name == structures.StructureSetROISequence[1].ROIName == "ROI 2"
    assert done.structure_names == (("ROI 2", "Liuxiang drew"),)
    del reference.ReferencedROINumber
    without = deidentify(plan, PSEUDONYM)
    assert without.dataset.DoseReferenceSequence[0].DoseReferenceDescription == "ANONYMOUS"
    assert without.structure_names == ()


def test_text_in_place_of_a_binary_number_goes(slice_read: FileDataset) -> None:
    content = BytesIO()
    slice_read.save_as(content)
    rows = b"\x28\x00\x10\x00US\x02\x00"
    assert content.getvalue().count(rows) == 1
    forged = dcmread(BytesIO(content.getvalue().replace(rows, rows.replace(b"US", b"LO"))))
    done = deidentify(forged, PSEUDONYM)
    assert done.dataset["Rows"].value is None
    assert "Rows is written as text and was emptied" in done.warnings


def test_the_copy_shares_nothing_with_the_original(slice_read: FileDataset) -> None:
    slice_read.decode()
    clean = deidentify(slice_read, PSEUDONYM).dataset
    clean.PixelSpacing[0] = 99
    clean.ImageType[2] = "OTHER"
    assert slice_read.PixelSpacing[0] == 1
    assert slice_read.ImageType[2] == "AXIAL"


@pytest.mark.parametrize("value", ["202603", "March 2026", "20260301-20260303"])
def test_a_date_that_is_none_is_emptied_with_a_warning(slice_read: FileDataset, value: str) -> None:
    with lenient():
        slice_read.SeriesDate = value
    done = deidentify(slice_read, PSEUDONYM)
    assert not done.dataset.SeriesDate
    assert "SeriesDate holds no whole date and was emptied" in done.warnings
    assert "SeriesDate" in done.removed


def test_a_name_in_an_attribute_that_the_table_does_not_list(slice_read: FileDataset) -> None:
    slice_read.ManufacturerModelName = "Liuxiang's own"
    slice_read.ConvolutionKernel = "B30 王^小明"
    done = deidentify(slice_read, PSEUDONYM)
    assert done.dataset.ManufacturerModelName == done.dataset.ConvolutionKernel == "ANONYMOUS"
    assert sum("of the patient" in sentence for sentence in done.warnings) == 2
    assert not any("Liuxiang" in sentence for sentence in done.warnings)


SHORT = "Wu^Li"


@pytest.mark.parametrize(
    ("name", "keyword", "text", "stays"),
    [
        (SHORT, "ManufacturerModelName", "Scanner of Mr WU", False),
        (SHORT, "ManufacturerModelName", "LI-7", False),
        (SHORT, "ManufacturerModelName", "Wuhan Lithium 7", True),
        ("Wu Li", "SoftwareVersions", "made for li", False),
        ("WU, LI", "ConvolutionKernel", "Wu_soft", False),
        ("Mr^Bo", "ManufacturerModelName", "MR 7700", True),
        ("王^小明", "Manufacturer", "王", False),
        ("王^小明", "Manufacturer", "王府井医疗", True),
        ("An^No", "PhotometricInterpretation", "MONOCHROME2", True),
        ("An^No", "BurnedInAnnotation", "NO", True),
    ],
)  # fmt: skip
def test_short_names_are_words_of_their_own(
    slice_read: FileDataset, name: str, keyword: str, text: str, stays: bool
) -> None:
    """Two and three letters, in text and not in code strings; one Chinese character as the whole value."""
    slice_read.PatientName = name
    slice_read.SpecificCharacterSet = "ISO_IR 192"
    setattr(slice_read, keyword, text)
    assert (getattr(deidentify(slice_read, PSEUDONYM).dataset, keyword) == text) is stays


def test_dates_in_another_calendar_go(slice_read: FileDataset) -> None:
    slice_read.PatientBirthDateInAlternativeCalendar = "6/3/15 (lunar Geng-Yin)"
    slice_read.PatientDeathDateInAlternativeCalendar = "7/4/16"
    slice_read.PatientAlternativeCalendar = "LUNAR"
    clean = deidentify(slice_read, PSEUDONYM).dataset
    assert not [element.keyword for element in clean if "Calendar" in element.keyword]


def test_a_code_string_that_is_free_text_goes(slice_read: FileDataset) -> None:
    with lenient():
        slice_read.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL", "Prof. Sun, Harbin"]
        done = deidentify(slice_read, PSEUDONYM)
    assert done.dataset.ImageType == ["ORIGINAL", "PRIMARY", "AXIAL", "ANONYMOUS"]
    assert "ImageType is no code string and was replaced" in done.warnings


def test_needles_keep_names_of_their_own(case: Path) -> None:
    """Seedbed reads needles by name: two of one name would be one needle."""
    plan = dcmread(case / "rp.dcm")
    channels = [channel for setup in plan.ApplicationSetupSequence for channel in setup.ChannelSequence]
    channels[0].SourceApplicatorID = "for Sun"
    done = deidentify(plan, PSEUDONYM)
    setup = done.dataset.ApplicationSetupSequence[0]
    number = channels[0].SourceApplicatorNumber
    assert setup.ChannelSequence[0].SourceApplicatorID == f"Needle no. {number}"
    assert (f"Needle no. {number}", "for Sun") in done.structure_names


def test_own_words_stay(case: Path) -> None:
    """What Seedbed writes of a dose and its needles, by which a reader knows what it is."""
    dose, plan = (deidentify(dcmread(case / name), PSEUDONYM) for name in ("rd.dcm", "rp.dcm"))
    assert dose.dataset.DoseComment == "Dose to complete decay, water, TG-43U1"
    channel = plan.dataset.ApplicationSetupSequence[0].ChannelSequence[0]
    before = dcmread(case / "rp.dcm").ApplicationSetupSequence[0].ChannelSequence[0]
    assert channel.SourceApplicatorID == before.SourceApplicatorID == "N1"
    assert channel.SourceApplicatorName == before.SourceApplicatorName != ""
    assert dose.warnings == plan.warnings == ()


def test_other_options_give_other_uids(case: Path) -> None:
    """One UID never stands for two contents; the same options give the same again."""
    structures = dcmread(case / "rs.dcm")
    every = [Options(names, traits) for names in (True, False) for traits in (True, False)]
    made = [deidentify(structures, PSEUDONYM, options=options).dataset for options in every]
    assert len({dataset.SOPInstanceUID for dataset in made}) == 4
    assert len({dataset.StudyInstanceUID for dataset in made}) == 4
    again = deidentify(structures, PSEUDONYM, options=every[0]).dataset
    assert again == made[0]


def test_overlays_curves_and_unknown_attributes_go(slice_read: FileDataset) -> None:
    slice_read.add_new(0x60000010, "US", 30)
    slice_read.add_new(0x60003000, "OW", b"\1\0" * 60)
    slice_read.add_new(0x50000030, "SH", "mV")
    slice_read.add_new(0x00180FFE, "LO", "not in the standard")
    clean = deidentify(slice_read, PSEUDONYM).dataset
    assert not {0x6000, 0x5000} & {element.tag.group for element in clean}
    assert 0x00180FFE not in clean


def test_text_where_a_number_belongs_goes(slice_read: FileDataset) -> None:
    slice_read.SliceThickness = "2.75"
    content = BytesIO()
    slice_read.save_as(content)
    assert content.getvalue().count(b"DS\x04\x002.75") == 1
    forged = dcmread(BytesIO(content.getvalue().replace(b"DS\x04\x002.75", b"DS\x04\x00Wang")))
    done = deidentify(forged, PSEUDONYM)
    assert done.dataset["SliceThickness"].value is None
    assert "SliceThickness holds no number and was emptied" in done.warnings


@pytest.mark.parametrize("charset", ["GB18030", "ISO_IR 192"])
def test_implicit_files_in_chinese_encodings(slice_read: FileDataset, charset: str, tmp_path: Path) -> None:
    slice_read.decode()
    slice_read.SpecificCharacterSet = charset
    slice_read.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    content = BytesIO()
    slice_read.save_as(content, implicit_vr=True, little_endian=True)
    done = deidentify(dcmread(BytesIO(content.getvalue())), PSEUDONYM)
    written = save(done.dataset, tmp_path / "clean.dcm").read_bytes()
    for text in (*ORIGINALS, *DATES):
        for encoding in ("utf-8", "gb18030"):
            assert len(text) == 1 or text.encode(encoding) not in written
    assert dcmread(tmp_path / "clean.dcm").PixelData == slice_read.PixelData


def test_compressed_pixels_pass_untouched(slice_read: FileDataset, tmp_path: Path) -> None:
    before = slice_read.pixel_array
    slice_read.compress(RLELossless, generate_instance_uid=False)
    content = BytesIO()
    slice_read.save_as(content)
    read = dcmread(BytesIO(content.getvalue()))
    after = dcmread(save(deidentify(read, PSEUDONYM).dataset, tmp_path / "rle.dcm"))
    assert after.PixelData == read.PixelData
    np.testing.assert_array_equal(after.pixel_array, before)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"BurnedInAnnotation": "YES"}, "Burned In Annotation is YES"),
        ({"ImageType": ["DERIVED", "SECONDARY"]}, "DERIVED, SECONDARY"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "SCREEN SAVE"]}, "SCREEN SAVE"),
        ({"PhotometricInterpretation": "RGB"}, "in colour"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "Secondary Capture"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1"}, "Ultrasound"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.104.1"}, "Encapsulated PDF"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11"}, "Basic Text SR"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.11.1"}, "Softcopy Presentation State"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1"}, "not stated"),
        ({"SOPClassUID": "1.3.46.670589.5.0.1"}, "1.3.46.670589.5.0.1"),
        ({"PatientID": ""}, "no PatientID"),
    ],
)
def test_what_may_show_a_name_is_refused(
    slice_read: FileDataset, changes: dict[str, object], reason: str
) -> None:
    for keyword, value in changes.items():
        setattr(slice_read, keyword, value)
    assert reason in why_left_out(slice_read)
    with pytest.raises(InputError, match="cannot be de-identified"):
        deidentify(slice_read, PSEUDONYM)


@pytest.mark.parametrize(
    "changes",
    [
        {"ImageType": ["DERIVED", "SECONDARY"], "BurnedInAnnotation": "NO"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1", "BurnedInAnnotation": "NO"},
        {"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"]},
    ],
)
def test_what_says_that_it_shows_none_is_taken(slice_read: FileDataset, changes: dict[str, object]) -> None:
    for keyword, value in changes.items():
        setattr(slice_read, keyword, value)
    assert why_left_out(slice_read) == ""


@pytest.mark.parametrize("part", ["HEAD", "NECK", ""])
def test_a_face_is_warned_of(slice_read: FileDataset, part: str) -> None:
    slice_read.BodyPartExamined = part
    assert any("a face" in sentence for sentence in deidentify(slice_read, PSEUDONYM).warnings)


def test_a_chest_has_no_face(slice_read: FileDataset) -> None:
    slice_read.BodyPartExamined = "CHEST"
    assert deidentify(slice_read, PSEUDONYM).warnings == ()


@pytest.mark.parametrize(
    ("keyword", "action"),
    [
        ("PixelData", Action.KEEP), ("ContourData", Action.KEEP), ("SourceModelID", Action.CLEAN),
        ("SourceIsotopeName", Action.CLEAN), ("ReferenceAirKermaRate", Action.KEEP),
        ("SourceManufacturer", Action.REMOVE), ("SourceStrengthReferenceDate", Action.SHIFT),
        ("SourceStrengthReferenceTime", Action.KEEP), ("RadiopharmaceuticalStartDateTime", Action.SHIFT),
        ("PatientBirthTime", Action.REMOVE), ("EvaluatorName", Action.DUMMY),
        ("PixelDataProviderURL", Action.REMOVE),
        ("SecondaryReviewDate", Action.SHIFT), ("AssertionUID", Action.NEW_UID), ("ROIName", Action.CLEAN),
    ],
)  # fmt: skip
def test_actions(keyword: str, action: Action) -> None:
    tag = Dataset()
    setattr(tag, keyword, None)
    assert action_for(int(next(iter(tag.keys()))), Options()) is action
