"""DICOMweb verbs against Orthanc: what was stored is found, and comes back to the byte."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from tests.pacs.orthanc import Orthanc
from tests.pacs.study import NAME, Kept, data_set, identity, uid_of, write_ct, write_study

from seedbed.dicom.pacs import Here, WebPeer, echo, find, get, send
from seedbed.errors import PacsError

HERE = Here()
STUDY_UID = identity().study_uid


@pytest.fixture
def peer(empty: Orthanc) -> WebPeer:
    return WebPeer("archive", empty.web_url, timeout_s=10, retries=1)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def stored(peer: WebPeer, study: list[Path]) -> WebPeer:
    """The archive with one study in it."""
    assert send(peer, HERE, study).stored == len(study)
    return peer


def test_it_answers(peer: WebPeer) -> None:
    echo(peer, HERE)


def test_a_study_comes_back_to_the_byte(stored: WebPeer, study: list[Path]) -> None:
    kept = Kept()
    found = get(stored, HERE, STUDY_UID, keep=kept)
    assert (found.count, found.already, found.failed) == (len(study), 0, ())
    assert sorted(kept.files) == sorted(path.read_bytes() for path in study)
    assert sorted(map(data_set, kept.files)) == sorted(data_set(path.read_bytes()) for path in study)


@pytest.mark.parametrize(
    "name", ["JPEG2000.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm"]
)
def test_every_transfer_syntax_stays_as_it_is(peer: WebPeer, tmp_path: Path, name: str) -> None:
    original = Path(str(get_testdata_file(name, download=False)))
    assert send(peer, HERE, [original]).stored == 1
    kept = Kept()
    get(peer, HERE, str(dcmread(original).StudyInstanceUID), keep=kept)
    assert kept.files == [original.read_bytes()]


def test_a_chinese_name_is_told(stored: WebPeer) -> None:
    (match,) = find(stored, HERE, "STUDY", {"PatientID": "SYNTH*"})
    assert match.values["PatientName"] == NAME
    assert match.values["StudyInstanceUID"] == STUDY_UID
    assert match.values["NumberOfStudyRelatedInstances"] == "7"


def test_orthanc_that_does_not_decode_a_chinese_name_is_no_proof_of_absence(stored: WebPeer) -> None:
    """The DICOMweb of Debian's Orthanc 1.10.1 compares '%E7%8E%8B*' as it stands, and finds nothing."""
    with pytest.raises(PacsError, match="does not decode what it is asked"):
        find(stored, HERE, "STUDY", {"PatientName": "王*"})


def test_nothing_there_is_no_error(stored: WebPeer) -> None:
    assert find(stored, HERE, "STUDY", {"PatientID": "NOBODY"}) == []


def test_every_level(stored: WebPeer, study: list[Path]) -> None:
    assert [each.values["PatientID"] for each in find(stored, HERE, "PATIENT", {})] == ["SYNTHETIC-one"]
    series = find(stored, HERE, "SERIES", {"StudyInstanceUID": STUDY_UID})
    assert sorted(each.values["Modality"] for each in series) == ["CT", "RTDOSE", "RTPLAN", "RTSTRUCT"]
    images = find(stored, HERE, "IMAGE", {"StudyInstanceUID": STUDY_UID})
    assert sorted(each.values["SOPInstanceUID"] for each in images) == sorted(map(uid_of, study))


def test_patients_are_told_once_however_many_studies_they_have(stored: WebPeer, tmp_path: Path) -> None:
    other = tmp_path / "other.dcm"
    again = dcmread(get_testdata_file("CT_small.dcm"))
    again.PatientID, again.PatientName = "SYNTHETIC-one", NAME
    again.SpecificCharacterSet, again.PatientBirthDate, again.PatientSex = "ISO_IR 192", "19600102", "F"
    again.save_as(other)
    assert send(stored, HERE, [other]).stored == 1
    assert len(find(stored, HERE, "STUDY", {"PatientID": "SYNTHETIC-one"})) == 2
    assert len(find(stored, HERE, "PATIENT", {"PatientID": "SYNTHETIC-*"})) == 1


def test_one_series_and_one_instance(stored: WebPeer, study: list[Path]) -> None:
    plan = next(path for path in study if path.name == "plan.dcm")
    series_uid = str(dcmread(plan).SeriesInstanceUID)
    for kwargs in ({"series_uid": series_uid}, {"series_uid": series_uid, "instance_uid": uid_of(plan)},
                   {"instance_uid": uid_of(plan)}):  # fmt: skip
        kept = Kept()
        assert get(stored, HERE, STUDY_UID, keep=kept, **kwargs).count == 1
        assert kept.files == [plan.read_bytes()]


def test_a_fetch_that_was_stopped_goes_on_where_it_stopped(stored: WebPeer, study: list[Path]) -> None:
    first = Kept(stop_after=3)
    with pytest.raises(KeyboardInterrupt):
        get(stored, HERE, STUDY_UID, keep=first)
    here = {str(dcmread(BytesIO(file)).SOPInstanceUID) for file in first.files}
    rest = Kept()
    found = get(stored, HERE, STUDY_UID, keep=rest, already=here)
    assert (found.count, found.already) == (len(study) - 3, 3)
    assert sorted(first.files + rest.files) == sorted(path.read_bytes() for path in study)


def test_a_hundred_instances(peer: WebPeer, tmp_path: Path) -> None:
    slices = write_ct(tmp_path, slices=100, side=8)
    assert send(peer, HERE, slices).stored == 100
    kept = Kept()
    steps: list[tuple[int, int]] = []
    found = get(peer, HERE, STUDY_UID, keep=kept, progress=lambda _step, *at: steps.append(at))
    assert found.count == 100
    assert sorted(kept.files) == sorted(path.read_bytes() for path in slices)
    assert steps == [(done, 100) for done in range(1, 101)]
