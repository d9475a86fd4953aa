"""Free text in every attribute that can hold some: none comes out, and the search would find each."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.datadict import DicomDictionary, keyword_for_tag
from tests.unit.dicom.deidentification.measured_case import write_report, write_segmentation
from tests.unit.dicom.deidentification.whole_case import write_case

from seedbed.dicom.deidentification import Options, Pseudonym, Traces, deidentify, traces_of
from seedbed.dicom.deidentification.checking import remains
from seedbed.dicom.deidentification.structure_names import is_safe
from seedbed.dicom.files import lenient, save

PSEUDONYM = Pseudonym("SB-7F3K2Q", -100, bytes(range(32)))
FREE = {"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"}
TEXTS = {tag: row[0] for tag, row in DicomDictionary.items() if row[0] in FREE and row[4] and tag >> 16 > 2}
OF_MAKERS = {
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "ConvolutionKernel", "FilterType",
    "AttenuationCorrectionMethod", "ReconstructionMethod", "ScatterCorrectionMethod", "SourceModelID",
}  # fmt: skip
"""Typed again: what may stay in any form unless it is of the patient."""
ROOM = "Qx room"
OBJECTS = ("ct/ct_0001.dcm", "rs.dcm", "rp.dcm", "rd.dcm", "seg.dcm", "sr.dcm")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_case(tmp_path_factory.mktemp("case"))
    slices = sorted((folder / "ct").iterdir())
    write_segmentation(slices, folder / "seg.dcm", "Tumour", "Zhanghua^Reader")
    write_report(slices, folder / "sr.dcm", "Zhanghua^Reader")
    return folder


def filled(text: str = ROOM) -> Dataset:
    item = Dataset()
    for number, (tag, vr) in enumerate(TEXTS.items()):
        if keyword_for_tag(tag) not in OF_MAKERS:
            item.add_new(tag, vr, f"{text} {number}")
    return item


def rooms_in(dataset: Dataset) -> set[str]:
    return {element.keyword for element in dataset.iterall() if ROOM in str(element.value)}


@pytest.mark.parametrize("options", [Options(), Options(False, True)])
@pytest.mark.parametrize("name", OBJECTS)
def test_no_text_attribute_lets_free_text_pass(
    case: Path, name: str, options: Options, tmp_path: Path
) -> None:
    dataset = dcmread(case / name)
    nested = filled()
    nested.BeamSequence = [filled()]  # the table does not name this sequence: its items stay
    dataset.ContentSequence = [*dataset.get("ContentSequence", []), filled()]
    dataset.ApplicationSetupSequence = [*dataset.get("ApplicationSetupSequence", []), nested]
    with lenient():
        dataset.update(filled())
        clean = deidentify(dataset, PSEUDONYM, options=options).dataset
    assert len(TEXTS) > 700
    assert rooms_in(dataset) >= {"DoseComment", "SourceApplicatorName", "RadiationMachineName", "BeamName"}
    assert rooms_in(clean) == set()
    path = save(clean, tmp_path / "clean.dcm")
    assert ROOM.encode() not in path.read_bytes()
    with lenient():
        traces = traces_of(dataset)
    assert remains(path, traces, traces, date_shift_days=PSEUDONYM.date_shift_days) == []
    assert clean.ApplicationSetupSequence[-1].BeamSequence[0].BeamName == "ANONYMOUS"


@pytest.mark.parametrize("name", OBJECTS)
def test_the_search_finds_free_text_in_every_attribute(case: Path, tmp_path: Path, name: str) -> None:
    """It knows nothing of the original here, and so cannot look for words of it."""
    clean = deidentify(dcmread(case / name), PSEUDONYM).dataset
    nested = filled()
    clean.ApplicationSetupSequence = [nested]
    path = save(clean, tmp_path / "soiled.dcm")
    found = remains(path, dates_of(case / name), Traces(), date_shift_days=PSEUDONYM.date_shift_days)
    assert set(found) == {element.keyword for element in nested}


@pytest.mark.parametrize("name", OBJECTS)
def test_the_search_is_silent_where_nothing_is(case: Path, tmp_path: Path, name: str) -> None:
    path = save(deidentify(dcmread(case / name), PSEUDONYM).dataset, tmp_path / "clean.dcm")
    dates = dates_of(case / name)
    assert remains(path, dates, Traces(), date_shift_days=PSEUDONYM.date_shift_days) == []


def dates_of(path: Path) -> Traces:
    dated = [element for element in dcmread(path).iterall() if element.VR in ("DA", "DT")]
    return Traces(dates=frozenset(f"{element.value}"[:8] for element in dated))


words = st.text(st.characters(categories=["L"], max_codepoint=0x9FFF), min_size=2, max_size=5)
sentences = st.lists(words, min_size=1, max_size=3).map(" ".join).filter(lambda text: not is_safe(text))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(tag=st.sampled_from(sorted(TEXTS)), text=sentences)
def test_any_words_in_any_attribute(case: Path, tag: int, text: str) -> None:
    if keyword_for_tag(tag) in OF_MAKERS | {"EthnicGroup"}:
        return
    dataset = dcmread(case / "rd.dcm")
    dataset.SpecificCharacterSet = "ISO_IR 192"
    with lenient():
        dataset.add_new(tag, TEXTS[tag], text)
        clean = deidentify(dataset, PSEUDONYM).dataset
    assert text not in {str(element.value) for element in clean if element.value is not None}
