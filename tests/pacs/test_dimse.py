"""DICOM's own protocol against Orthanc: what was stored is found, and comes back to the byte."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import FileDataset
from tests.pacs.orthanc import AE_TITLE, DICOM_PORT, OUR_AE_TITLE, OUR_PORT, Orthanc
from tests.pacs.study import NAME, Kept, data_set, identity, uid_of, write_ct, write_study

from seedbed.dicom.pacs import DimsePeer, Here, echo, find, get, send
from seedbed.errors import PacsError

HERE = Here(OUR_AE_TITLE, OUR_PORT)
STUDY_UID = identity().study_uid
both_ways = pytest.mark.parametrize("move", [False, True], ids=["C-GET", "C-MOVE"])


@pytest.fixture
def peer(empty: Orthanc) -> DimsePeer:
    return DimsePeer("archive", AE_TITLE, "127.0.0.1", DICOM_PORT, timeout_s=10, retries=1)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def stored(peer: DimsePeer, study: list[Path]) -> DimsePeer:
    """The archive with one study in it."""
    assert send(peer, HERE, study).stored == len(study)
    return peer


def data_sets(files: list[bytes]) -> list[bytes]:
    return sorted(map(data_set, files))


def data_sets_of(paths: list[Path]) -> list[bytes]:
    return data_sets([path.read_bytes() for path in paths])


def test_it_answers(peer: DimsePeer) -> None:
    echo(peer, HERE)


def test_what_is_sent_is_stored_to_the_byte(stored: DimsePeer, empty: Orthanc, study: list[Path]) -> None:
    there = [path.read_bytes() for path in empty.stored_files() if path.read_bytes()[128:132] == b"DICM"]
    assert data_sets(there) == data_sets_of(study)


@both_ways
def test_a_study_comes_back_to_the_byte(stored: DimsePeer, study: list[Path], move: bool) -> None:
    kept = Kept()
    found = get(stored, HERE, STUDY_UID, keep=kept, move=move)
    assert (found.count, found.already, found.failed) == (len(study), 0, ())
    assert data_sets(kept.files) == data_sets_of(study)


@both_ways
@pytest.mark.parametrize("name", ["JPEG2000.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm"])
def test_compressed_and_big_endian_objects_stay_so(peer: DimsePeer, name: str, move: bool) -> None:
    original = sample(name)
    came = there_and_back(peer, original, move=move)
    assert came.file_meta.TransferSyntaxUID == dcmread(original).file_meta.TransferSyntaxUID


@both_ways
@pytest.mark.parametrize("name", ["JPEG2000.dcm", "MR_small_RLE.dcm", "MR_small_implicit.dcm"])
def test_no_value_changes(peer: DimsePeer, name: str, move: bool) -> None:
    """Orthanc writes anew what comes over DIMSE: lengths of sequences change, and padding at the end goes.

    That padding (FFFC,FFFC) has no meaning (PS3.10, 7.2).
    """
    original = sample(name)
    came, sent = there_and_back(peer, original, move=move), dcmread(original)
    for dataset in (came, sent):
        dataset.pop("DataSetTrailingPadding", None)
    assert came == sent
    assert came.PixelData == sent.PixelData


def sample(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


def there_and_back(peer: DimsePeer, original: Path, *, move: bool) -> FileDataset:
    assert send(peer, HERE, [original]).stored == 1
    kept = Kept()
    get(peer, HERE, str(dcmread(original).StudyInstanceUID), keep=kept, move=move)
    return dcmread(BytesIO(kept.files[0]))


def test_a_chinese_name_is_found_by_part_of_it(stored: DimsePeer) -> None:
    (match,) = find(stored, HERE, "STUDY", {"PatientName": "王*"})
    assert match.values["PatientName"] == NAME
    assert match.values["StudyInstanceUID"] == STUDY_UID
    assert find(stored, HERE, "STUDY", {"PatientName": "李*"}) == []


@pytest.mark.parametrize("name", ["王*", "王^小*", "*王*", "Wang*", "*=王*"])
def test_a_chinese_name_behind_latin_letters_is_found(peer: DimsePeer, tmp_path: Path, name: str) -> None:
    """Orthanc compares what is asked with all scripts of a name at once."""
    (file,) = write_ct(tmp_path, slices=1)
    dataset = dcmread(file)
    dataset.PatientName = "Wang^XiaoDong=王^小东"
    dataset.save_as(file)
    assert send(peer, HERE, [file]).stored == 1
    (match,) = find(peer, HERE, "STUDY", {"PatientName": name})
    assert match.values["StudyInstanceUID"] == STUDY_UID
    assert len(find(peer, HERE, "PATIENT", {"PatientName": name})) == 1


def test_every_level(stored: DimsePeer, study: list[Path]) -> None:
    assert [each.values["PatientID"] for each in find(stored, HERE, "PATIENT", {})] == ["SYNTHETIC-one"]
    series = find(stored, HERE, "SERIES", {"StudyInstanceUID": STUDY_UID})
    assert sorted(each.values["Modality"] for each in series) == ["CT", "RTDOSE", "RTPLAN", "RTSTRUCT"]
    uids = set()
    for each in series:
        keys = {name: each.values[name] for name in ("StudyInstanceUID", "SeriesInstanceUID")}
        uids |= {image.values["SOPInstanceUID"] for image in find(stored, HERE, "IMAGE", keys)}
    assert uids == set(map(uid_of, study))


def test_one_series_and_one_instance(stored: DimsePeer, study: list[Path]) -> None:
    plan = next(path for path in study if path.name == "plan.dcm")
    series_uid = str(dcmread(plan).SeriesInstanceUID)
    for instance_uid in (None, uid_of(plan)):
        kept = Kept()
        found = get(stored, HERE, STUDY_UID, series_uid=series_uid, instance_uid=instance_uid, keep=kept)
        assert found.count == 1
        assert data_sets(kept.files) == data_sets_of([plan])


@both_ways
def test_what_could_not_be_kept_is_named_and_comes_the_next_time(
    stored: DimsePeer, study: list[Path], move: bool
) -> None:
    files: list[bytes] = []

    def keep(file: bytes) -> None:
        if len(files) == 3:
            raise OSError("the disk is full")
        files.append(file)

    found = get(stored, HERE, STUDY_UID, keep=keep, move=move)
    assert (found.count, len(found.failed)) == (3, len(study) - 3)
    assert "the disk is full" in found.failed[0][1]
    here = {str(dcmread(BytesIO(file)).SOPInstanceUID) for file in files}
    rest = Kept()
    found = get(stored, HERE, STUDY_UID, keep=rest, already=here, move=move)
    assert (found.count, found.already, found.failed) == (len(study) - 3, 3, ())
    assert data_sets(files + rest.files) == data_sets_of(study)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.usefixtures("swept")
@both_ways
def test_an_archive_that_falls_and_rises_again(
    peer: DimsePeer, empty: Orthanc, tmp_path: Path, move: bool
) -> None:
    """The fetch that runs survives a short fall; one that ended is taken up without doubles."""
    slices = write_ct(tmp_path, slices=20)
    send(peer, HERE, slices)
    kept: list[bytes] = []

    def keep(file: bytes) -> None:
        kept.append(file)
        if len(kept) == 5:
            empty.kill()
            empty.start()
        if len(kept) == 10:
            empty.kill()

    with pytest.raises(PacsError, match="archive"):
        get(peer, HERE, STUDY_UID, keep=keep, move=move)
    assert 10 <= len(kept) < 20
    empty.start()
    already = {str(dcmread(BytesIO(file)).SOPInstanceUID) for file in kept}
    found = get(peer, HERE, STUDY_UID, keep=kept.append, already=already, move=move)
    assert (found.count, found.already, found.failed) == (20 - len(already), len(already), ())
    assert data_sets(kept) == data_sets_of(slices)


def test_a_hundred_instances(peer: DimsePeer, tmp_path: Path) -> None:
    slices = write_ct(tmp_path, slices=100, side=8)
    assert send(peer, HERE, slices).stored == 100
    kept = Kept()
    assert get(peer, HERE, STUDY_UID, keep=kept).count == 100
    assert data_sets(kept.files) == data_sets_of(slices)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.usefixtures("swept")
def test_a_wrong_port(loopback: None) -> None:
    with pytest.raises(PacsError, match=r"'archive' \(ORTHANC at 127\.0\.0\.1:9\) cannot be reached"):
        echo(DimsePeer("archive", AE_TITLE, "127.0.0.1", 9, timeout_s=5, retries=0), HERE)


def test_a_wrong_name_of_the_archive(peer: DimsePeer) -> None:
    with pytest.raises(PacsError, match="it does not know the AE title that we call it by"):
        echo(replace(peer, ae_title="NOBODY"), HERE)


def test_a_name_of_ours_that_the_archive_does_not_know(peer: DimsePeer, study: list[Path]) -> None:
    stranger = replace(HERE, ae_title="STRANGER")
    calls: list[Callable[[], object]] = [
        lambda: echo(peer, stranger),
        lambda: find(peer, stranger, "STUDY", {}),
        lambda: send(peer, stranger, study),
    ]
    for call in calls:
        with pytest.raises(PacsError):
            call()


def test_a_study_that_is_not_there(peer: DimsePeer) -> None:
    with pytest.raises(PacsError, match=r"1\.2\.3"):
        get(peer, HERE, "1.2.3", keep=Kept())
