"""Laws that hold for any dataset: no identity survives, UIDs keep their graph, dates their intervals."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset
from pydicom.uid import RTDoseStorage

from seedbed.dicom.deidentification import Options, Pseudonym, deidentify, traces_of
from seedbed.dicom.deidentification.checking import remains
from seedbed.dicom.files import lenient

PSEUDONYM = Pseudonym("SB-7F3K2Q", -777, bytes(range(32)))
SECOND = Pseudonym("SB-K2Q7F3", -55, bytes(range(32, 64)))
NAMES = ("Qxzvjka^Wyqxi", "Zzkwuzhov^Xan", "欧阳^小明=Qouyang^Xiaomingq", "OBrienq^Zoe")
NUMBERS = ("QX7781233", "ZJ-99120034", "8812003377")
UIDS = tuple(f"1.3.6.1.4.1.5962.99.1.{n}.{n * 7919}.88" for n in range(1, 7))
PEOPLE = ("ReferringPhysicianName", "OperatorsName", "EvaluatorName", "VerifyingObserverName", "PersonName")
TEXTS = (
    "StudyDescription", "Manufacturer", "ManufacturerModelName", "SeriesDescription", "ImageComments",
    "ROIName", "SoftwareVersions", "SourceDescription", "CodeMeaning", "TextValue", "TrackingID",
    "SegmentLabel", "SegmentDescription", "ApplicationSetupName", "FractionPattern", "DoseComment",
)  # fmt: skip
UID_WORDS = (
    "SeriesInstanceUID", "FrameOfReferenceUID", "ReferencedSOPInstanceUID", "TrackingUID", "UID",
    "ReferencedFrameOfReferenceUID", "AssertionUID", "VolumeFrameOfReferenceUID",
)  # fmt: skip
DAYS = ("SeriesDate", "ContentDate", "SourceStrengthReferenceDate", "SecondaryReviewDate", "TreatmentDate")
MOMENTS = ("AcquisitionDateTime", "RadiopharmaceuticalStartDateTime", "StudyUpdateDateTime")
SEQUENCES = (
    "ReferencedRTPlanSequence", "ROIContourSequence", "SourceSequence", "ReferencedSeriesSequence",
    "ContentSequence", "ReferencedImageSequence", "RequestAttributesSequence", "SegmentSequence",
)  # fmt: skip

dates = st.dates(min_value=datetime(1950, 1, 1).date(), max_value=datetime(2060, 1, 1).date())
identities = st.one_of(st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(UIDS))
texts = st.builds(
    lambda before, who, after: f"{before} {who} {after}".strip(),
    st.sampled_from(["", "GTV", "for", "("]),
    identities,
    st.sampled_from(["", "2mm", "!", ")"]),
)


@st.composite
@lenient()
def items(draw: st.DrawFn, depth: int = 2) -> Dataset:
    item = Dataset()
    for keywords, values in (
        (PEOPLE, st.sampled_from(NAMES)),
        (TEXTS, texts),
        (UID_WORDS, st.sampled_from(UIDS)),
        (DAYS, dates.map(lambda day: f"{day:%Y%m%d}")),
        (MOMENTS, dates.map(lambda day: f"{day:%Y%m%d}101500")),
    ):
        for keyword in draw(st.lists(st.sampled_from(keywords), max_size=3, unique=True)):
            setattr(item, keyword, draw(values))
    if draw(st.booleans()):
        block = item.private_block(0x0029, draw(st.sampled_from(NUMBERS)), create=True)
        block.add_new(1, "LT", draw(texts))
        block.add_new(2, "UI", draw(st.sampled_from(UIDS)))
    if depth:
        for keyword in draw(st.lists(st.sampled_from(SEQUENCES), max_size=2, unique=True)):
            setattr(item, keyword, draw(st.lists(items(depth=depth - 1), min_size=1, max_size=2)))
    return item


@st.composite
@lenient()
def files(draw: st.DrawFn) -> FileDataset:
    """A dose of a person who has all names, numbers and UIDs that stand anywhere in it."""
    dataset = draw(items())
    dataset.SpecificCharacterSet = draw(st.sampled_from(["ISO_IR 192", "GB18030"]))
    dataset.SOPClassUID, dataset.Modality = RTDoseStorage, "RTDOSE"
    dataset.SOPInstanceUID, dataset.StudyInstanceUID = UIDS[0], UIDS[1]
    dataset.PatientName, dataset.PatientID, dataset.AccessionNumber = NAMES[0], NUMBERS[0], NUMBERS[1]
    dataset.OtherPatientIDs, dataset.OtherPatientNames = NUMBERS[2], list(NAMES[1:])
    dataset.RelatedSeriesSequence = [_uid_item(uid) for uid in UIDS]
    dataset.StudyDate = "20260301"
    return _written(dataset)


def _uid_item(uid: str) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID = uid
    return item


def _written(dataset: Dataset) -> FileDataset:
    place = BytesIO()
    with lenient():
        dataset.save_as(place, implicit_vr=False, little_endian=True)
        return dcmread(BytesIO(place.getvalue()), force=True)


def content_of(dataset: FileDataset) -> bytes:
    place = BytesIO()
    with lenient():
        dataset.save_as(place, enforce_file_format=True)
    return place.getvalue()


def pairs(old: Dataset, new: Dataset) -> list[tuple[str, str, str]]:
    """Value representation, old and new value of the UIDs and dates that both have."""
    found: list[tuple[str, str, str]] = []
    for element in new:
        before = old.get(element.tag)
        if before is None:
            continue
        if element.VR == "SQ":
            for a, b in zip(before.value, element.value, strict=False):
                found += pairs(a, b)
        elif element.VR in ("UI", "DA", "DT") and element.value:
            found.append((element.VR, str(before.value), str(element.value)))
    return found


@pytest.fixture(scope="module", params=[Options(), Options(False, True)])
def options(request: pytest.FixtureRequest) -> Options:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clean")


fast = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


@fast
@given(files())
def test_no_name_number_or_uid_survives(options: Options, dataset: FileDataset) -> None:
    content = content_of(deidentify(dataset, PSEUDONYM, options=options).dataset)
    parts = {part for name in NAMES for part in re.split(r"[\^=]", name)} - {"Xan", "Zoe"}
    for text in {*NAMES, *NUMBERS, *UIDS, *parts}:
        for encoding in ("utf-8", "gb18030"):
            assert text.encode(encoding) not in content


@fast
@given(files())
def test_the_search_accuses_no_clean_copy(options: Options, folder: Path, dataset: FileDataset) -> None:
    """What the cleaner leaves and what the search allows are the same, or honest exports would be refused."""
    path, traces = folder / "clean.dcm", traces_of(dataset)
    path.write_bytes(content_of(deidentify(dataset, PSEUDONYM, options=options).dataset))
    assert remains(path, traces, traces, date_shift_days=PSEUDONYM.date_shift_days) == []


@fast
@given(files())
def test_uids_keep_their_graph(options: Options, dataset: FileDataset) -> None:
    clean = deidentify(dataset, PSEUDONYM, options=options).dataset
    uids = {(old, new) for vr, old, new in pairs(dataset, clean) if vr == "UI" and old in UIDS}
    assert len(uids) == len({old for old, _ in uids}) == len({new for _, new in uids}) == len(UIDS)


@fast
@given(files())
def test_every_date_moves_by_the_same_days(options: Options, dataset: FileDataset) -> None:
    clean = deidentify(dataset, PSEUDONYM, options=options).dataset
    moved = [(old, new) for vr, old, new in pairs(dataset, clean) if vr in ("DA", "DT")]
    assert ("20260301", "20240114") in moved  # 730 days to 1 March 2024, 29 of February, 18 of January
    for old, new in moved:
        days = [datetime.strptime(text[:8], "%Y%m%d") for text in (old, new)]
        assert (days[1] - days[0]).days == -777
        assert old[8:] == new[8:]


@fast
@given(files())
def test_a_clean_object_can_be_cleaned_again(options: Options, dataset: FileDataset) -> None:
    """What comes out goes in again: nothing more is removed but what the profile writes itself."""
    once = deidentify(dataset, PSEUDONYM, options=options).dataset
    twice = deidentify(_written(once), SECOND, options=options)
    assert [element.tag for element in twice.dataset.iterall()] == [element.tag for element in once.iterall()]
    assert PSEUDONYM.code.encode() not in content_of(twice.dataset)


@fast
@given(files())
def test_the_given_dataset_stays_as_it_was(options: Options, dataset: FileDataset) -> None:
    before, traces = dataset.to_json(), traces_of(dataset)
    clean = deidentify(dataset, PSEUDONYM, options=options).dataset
    for item in clean.RelatedSeriesSequence:
        item.SeriesInstanceUID = "1.2"
    assert dataset.to_json() == before
    assert traces_of(dataset) == traces
