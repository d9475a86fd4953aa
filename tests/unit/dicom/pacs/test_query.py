"""Questions to an archive of another maker."""

from pathlib import Path

import pytest
from tests.unit.dicom.pacs.archive import image, images

from seedbed.dicom.pacs import DimsePeer, Here, find, send
from seedbed.dicom.pacs.question import identifier
from seedbed.errors import InputError, PacsError

OTHER = "1.2.826.0.1.3680043.8.498.72"


@pytest.fixture(scope="module")
def filled(peer: DimsePeer, here: Here, tmp_path_factory: pytest.TempPathFactory) -> DimsePeer:
    folder = tmp_path_factory.mktemp("query")
    files = [*images(folder, 3), image(folder / "other.dcm", study=OTHER, name="Zhang^San=张^三")]
    assert send(peer, here, files).stored == 4
    return peer


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("*张*", [OTHER]),
        ("Zhang*", [OTHER]),
        ("*王*", [OTHER[:-1] + "1"]),
        ("Nobody", []),
        ("张*", [OTHER]),
        ("张^*", [OTHER]),
        ("*=张*", [OTHER]),
        ("李*", []),
    ],
)
def test_a_name_with_wildcards(filled: DimsePeer, here: Here, name: str, found: list[str]) -> None:
    matches = find(filled, here, "STUDY", {"PatientName": name})
    assert [match.values["StudyInstanceUID"] for match in matches] == found


def test_every_level(filled: DimsePeer, here: Here) -> None:
    study = OTHER[:-1] + "1"
    assert [match.values["PatientID"] for match in find(filled, here, "PATIENT", {})] == ["SYNTHETIC"]
    (series,) = find(filled, here, "SERIES", {"StudyInstanceUID": study})
    assert (series.level, series.values["Modality"]) == ("SERIES", "CT")
    keys = {"StudyInstanceUID": study, "SeriesInstanceUID": series.values["SeriesInstanceUID"]}
    found = {match.values["SOPInstanceUID"] for match in find(filled, here, "IMAGE", keys)}
    assert found == {f"{study}.1.{number}" for number in (1, 2, 3)}


@pytest.mark.parametrize(("date", "count"), [("20260101-20260131", 2), ("-20251231", 0), ("20260102", 2)])
def test_a_range_of_dates(filled: DimsePeer, here: Here, date: str, count: int) -> None:
    assert len(find(filled, here, "STUDY", {"StudyDate": date})) == count


def test_a_service_that_is_not_offered(receiving: object) -> None:
    with (
        receiving(lambda _: None, Here("US")) as (us, _),  # type: ignore[operator]
        pytest.raises(PacsError, match="accepts nothing of what was proposed"),
    ):
        find(us, Here(), "STUDY", {})


def test_what_is_no_keyword() -> None:
    with pytest.raises(InputError, match="'PatientsName' is no DICOM keyword"):
        identifier("STUDY", {"PatientsName": "X"})


def test_a_question_is_in_unicode(tmp_path: Path) -> None:
    question = identifier("STUDY", {"PatientName": "王*"})
    question.save_as(tmp_path / "question", implicit_vr=True, little_endian=True)
    assert "王*".encode() in (tmp_path / "question").read_bytes()
