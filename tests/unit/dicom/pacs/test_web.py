"""DICOMweb verbs against an archive that does as it is told, also what archives should not do."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian
from tests.unit.dicom.pacs.web_archive import Answer, Archive, Asked, element, serving, told

from seedbed.dicom.pacs import StoppedError
from seedbed.dicom.pacs import find as find_as_all_do
from seedbed.dicom.pacs.settings import Here, Tls, WebPeer
from seedbed.dicom.pacs.web import echo, find, get, send
from seedbed.dicom.pacs.web_parts import wrapped
from seedbed.errors import InputError, PacsError

HERE = Here()
STUDY, SERIES = "1.2.3", "1.2.3.4"
VARIABLE = "ARCHIVE_PASSWORD"


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setattr("seedbed.dicom.pacs.trying.FIRST_PAUSE_S", 0.0)
    with serving() as running:
        yield running


@pytest.fixture
def peer(archive: Archive) -> WebPeer:
    return WebPeer("archive", archive.url, timeout_s=5, retries=2)


def instance(uid: str, study: str = STUDY) -> bytes:
    dataset = dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID = study, SERIES, uid
    dataset.file_meta.MediaStorageSOPInstanceUID = uid
    with BytesIO() as file:
        dataset.save_as(file)
        return file.getvalue()


def listing(*uids: str) -> Answer:
    return told(*({"0020000E": element("UI", SERIES), "00080018": element("UI", uid)} for uid in uids))


def part(file: bytes) -> Answer:
    content_type, body = wrapped(file)
    return Answer(headers={"Content-Type": content_type}, body=body)


def holding(*uids: str, fetch: Callable[[str], Answer] = lambda uid: part(instance(uid))) -> Any:
    """An archive of one study that sends whole lists."""

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/instances"):
            return Answer(204) if "offset" in asked.query else listing(*uids)
        return fetch(asked.path.rpartition("/")[2]) if "/instances/" in asked.path else Answer(204)

    return answer


# Questions


def test_a_chinese_name_goes_out_in_utf8_and_comes_back(archive: Archive, peer: WebPeer) -> None:
    """PS3.18, 8.3.4: values are percent-encoded UTF-8; F.2.2: JSON holds the groups of a name apart."""
    name = {"Alphabetic": "Wang^XiaoMing", "Ideographic": "王^小明"}
    archive.answer = lambda asked: (
        Answer(204)
        if "offset" in asked.query
        else told({"0020000D": element("UI", STUDY), "00100010": element("PN", name)})
    )
    (match,) = find(peer, HERE, "STUDY", {"PatientName": "王^小*", "StudyDescription": ""})
    assert match.values["PatientName"] == "Wang^XiaoMing=王^小明"
    assert match.values["StudyDescription"] == ""
    first = archive.asked[0]
    assert "PatientName=%E7%8E%8B%5E%E5%B0%8F*" in first.address
    assert first.query["PatientName"] == ["王^小*"]
    assert "StudyDescription" in first.query["includefield"]
    assert first.path == "/studies"


def test_a_chinese_name_is_asked_for_behind_latin_letters_too(archive: Archive, peer: WebPeer) -> None:
    """PS3.5, 6.2.1: one name, several scripts; what both questions find is told once, by its UID."""
    first, second = ({"0020000D": element("UI", uid)} for uid in (STUDY, "1.2.4"))

    def answer(asked: Asked) -> Answer:
        if "offset" in asked.query:
            return Answer(204)
        return told(first) if asked.query["PatientName"] == ["王*"] else told(second, first)

    archive.answer = answer
    found = find_as_all_do(peer, HERE, "STUDY", {"PatientName": "王*"})
    assert [match.values["StudyInstanceUID"] for match in found] == [STUDY, "1.2.4"]
    names = [asked.query["PatientName"][0] for asked in archive.asked if "offset" not in asked.query]
    assert names == ["王*", "*=王*"]


def test_a_stop_says_how_much_was_done(archive: Archive, peer: WebPeer, tmp_path: Path) -> None:
    def stop(_step: str, done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    archive.answer = holding("1.9.1", "1.9.2", "1.9.3", "1.9.4")
    with pytest.raises(StoppedError) as fetching:
        get(peer, HERE, STUDY, keep=lambda _: None, already={"1.9.4"}, progress=stop)
    assert (fetching.value.done, fetching.value.total) == (2, 3)
    files = [tmp_path / f"{number}.dcm" for number in range(3)]
    for number, file in enumerate(files):
        file.write_bytes(instance(f"1.9.{number}"))
    archive.answer = lambda _: told_stored("1.9.1")  # the first of the two is not named: it is not stored
    with pytest.raises(StoppedError) as sending:
        send(peer, HERE, files, progress=stop)
    assert (sending.value.done, sending.value.total) == (1, 3)


def told_stored(uid: str) -> Answer:
    """PS3.18, 10.5.3: the sequence of what was stored."""
    item = {"00081155": element("UI", uid)}
    return Answer(body=json.dumps({"00081199": element("SQ", item)}).encode())


def test_a_known_study_stands_in_the_address(archive: Archive, peer: WebPeer) -> None:
    find(peer, HERE, "SERIES", {"StudyInstanceUID": STUDY, "Modality": "CT"})
    find(peer, HERE, "IMAGE", {"StudyInstanceUID": STUDY, "SeriesInstanceUID": SERIES})
    find(peer, HERE, "SERIES", {"StudyInstanceUID": r"1.2\1.3"})
    assert [asked.path for asked in archive.asked] == [
        f"/studies/{STUDY}/series", f"/studies/{STUDY}/series/{SERIES}/instances", "/series",
    ]  # fmt: skip
    assert archive.asked[0].query["Modality"] == ["CT"]
    assert archive.asked[2].query["StudyInstanceUID"] == ["1.2,1.3"]


def test_a_list_in_pages_is_read_to_its_end(archive: Archive, peer: WebPeer) -> None:
    uids = [f"1.9.{number}" for number in range(7)]

    def answer(asked: Asked) -> Answer:
        start = int(asked.query.get("offset", ["0"])[0])
        return listing(*uids[start : start + 3])

    archive.answer = answer
    found = find(peer, HERE, "IMAGE", {"StudyInstanceUID": STUDY})
    assert [match.values["SOPInstanceUID"] for match in found] == uids


def test_an_archive_that_knows_no_pages_is_not_asked_for_ever(archive: Archive, peer: WebPeer) -> None:
    archive.answer = lambda _: listing("1.9.1", "1.9.2")
    assert len(find(peer, HERE, "IMAGE", {"StudyInstanceUID": STUDY})) == 2
    assert len(archive.asked) == 2


def test_an_answer_that_is_no_dicom_json(archive: Archive, peer: WebPeer) -> None:
    for body in (b"<html>Welcome</html>", b'[{"00100010": 7}]', b"[3]", b"[{}]"):
        archive.answer = lambda _, body=body: Answer(body=body)
        with pytest.raises(PacsError, match="cannot be read"):
            find(peer, HERE, "STUDY", {})


def answering_plain_questions_only(asked: Asked) -> Answer:
    """As Orthanc 1.10.1 with DICOMweb 1.7: what is percent-encoded is compared as it stands."""
    query = urlsplit(asked.address).query
    return (
        Answer(204) if "%" in query or "offset" in asked.query else told({"0020000D": element("UI", STUDY)})
    )


def test_an_archive_that_does_not_decode_is_no_proof_of_absence(archive: Archive, peer: WebPeer) -> None:
    archive.answer = answering_plain_questions_only
    with pytest.raises(PacsError, match="does not decode what it is asked"):
        find(peer, HERE, "STUDY", {"PatientName": "王*"})
    assert len(find(peer, HERE, "STUDY", {"PatientName": "WANG*"})) == 1


def test_an_archive_that_decodes_and_has_nothing(archive: Archive, peer: WebPeer) -> None:
    archive.answer = lambda asked: (
        told({"0020000D": element("UI", STUDY)}) if asked.query.get("PatientID") == ["?*"] else Answer(204)
    )
    assert find(peer, HERE, "STUDY", {"PatientName": "王*"}) == []


def test_a_keyword_that_is_none(peer: WebPeer) -> None:
    with pytest.raises(InputError, match="'PatientNam' is no DICOM keyword"):
        find(peer, HERE, "STUDY", {"PatientNam": "A"})


# Failures of the line


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(archive: Archive, peer: WebPeer, status: int) -> None:
    archive.answer = lambda _: Answer(status if len(archive.asked) < 3 else 204)
    assert find(peer, HERE, "STUDY", {}) == []
    assert len(archive.asked) == 3


def test_an_archive_that_stays_ill_is_named_with_address_and_status(archive: Archive, peer: WebPeer) -> None:
    archive.answer = lambda _: Answer(503)
    with pytest.raises(PacsError, match="HTTP 503") as caught:
        find(peer, HERE, "STUDY", {"PatientName": "SECRET*"})
    assert f"{archive.url}/studies" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert len(archive.asked) == 1 + peer.retries


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_not_tried_again(archive: Archive, peer: WebPeer, status: int) -> None:
    archive.answer = lambda _: Answer(status)
    with pytest.raises(PacsError, match=f"HTTP {status}"):
        find(peer, HERE, "STUDY", {})
    assert len(archive.asked) == 1


def test_nothing_follows_to_another_address(archive: Archive, peer: WebPeer) -> None:
    archive.answer = lambda _: Answer(302, {"Location": f"{archive.url}/elsewhere"})
    with pytest.raises(PacsError, match="sends on to another address"):
        find(peer, HERE, "STUDY", {})
    assert len(archive.asked) == 1


def test_silence_ends(archive: Archive, peer: WebPeer) -> None:
    def answer(asked: Asked) -> Answer:
        time.sleep(0.5)
        return Answer(204)

    archive.answer = answer
    with pytest.raises(PacsError, match=r"does not answer within 0\.1 s"):
        echo(replace(peer, timeout_s=0.1, retries=0), HERE)


def test_proxies_of_the_environment_see_nothing(
    archive: Archive, peer: WebPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    echo(peer, HERE)
    assert archive.asked[0].headers["Host"] == archive.url.removeprefix("http://")


def test_nothing_is_printed(archive: Archive, peer: WebPeer, capfd: pytest.CaptureFixture[str]) -> None:
    archive.answer = lambda _: Answer(503)
    with pytest.raises(PacsError):
        find(peer, HERE, "STUDY", {})
    assert capfd.readouterr() == ("", "")


# The password


def test_a_password_goes_as_basic_authentication(
    archive: Archive, peer: WebPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 7617, 2.1: user and password, in UTF-8, in base 64."""
    monkeypatch.setenv(VARIABLE, "密码")
    echo(replace(peer, user="王", password_env=VARIABLE), HERE)
    _kind, _gap, code = archive.asked[0].headers["Authorization"].partition(" ")
    assert base64.b64decode(code).decode() == "王:密码"


def test_no_password_goes_out_in_clear(peer: WebPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "SECRET")
    open_peer = replace(peer, url="http://192.0.2.1/dicom-web", user="u", password_env=VARIABLE)
    with pytest.raises(InputError, match="is not encrypted, and a password would go over it") as caught:
        echo(open_peer, HERE)
    assert "SECRET" not in str(caught.value)


def test_tls_holds_however_https_is_written(tmp_path: Path) -> None:
    """RFC 3986, 3.1: schemes are the same in capitals."""
    strict = WebPeer("archive", "HTTPS://127.0.0.1:9/dicom-web", tls=Tls(ca=tmp_path / "no-such.pem"))
    with pytest.raises(InputError, match=r"no-such\.pem"):
        echo(strict, HERE)


def test_tls_without_https_is_refused() -> None:
    with pytest.raises(InputError, match="nothing is encrypted"):
        WebPeer("archive", "http://127.0.0.1:9/dicom-web", tls=Tls())


def test_the_web_needs_nothing_of_the_other_protocol() -> None:
    program = "import sys, seedbed.dicom.pacs.web, seedbed.journey.pacs; print('pynetdicom' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


# Fetching


def test_a_cut_instance_is_fetched_again_and_kept_once(archive: Archive, peer: WebPeer) -> None:
    whole = part(instance("1.9.1"))
    cut = [
        replace(whole, body=whole.body[:-400], length=len(whole.body)),
        replace(whole, body=whole.body[:-400], length=None),
        whole,
    ]
    archive.answer = holding("1.9.1", fetch=lambda _: cut.pop(0))
    kept: list[bytes] = []
    assert get(peer, HERE, STUDY, keep=kept.append).count == 1
    assert kept == [instance("1.9.1")]


def test_what_is_asked_for_is_the_file_as_stored(archive: Archive, peer: WebPeer) -> None:
    archive.answer = holding("1.9.1")
    get(peer, HERE, STUDY, keep=lambda _: None)
    (asked,) = [each for each in archive.asked if "/instances/" in each.path]
    assert asked.path == f"/studies/{STUDY}/series/{SERIES}/instances/1.9.1"
    assert asked.headers["Accept"] == 'multipart/related; type="application/dicom"; transfer-syntax=*'


def test_a_bare_file_is_understood(archive: Archive, peer: WebPeer) -> None:
    file = instance("1.9.1")
    archive.answer = holding(
        "1.9.1", fetch=lambda _: Answer(200, {"Content-Type": "application/dicom"}, file)
    )
    kept: list[bytes] = []
    get(peer, HERE, STUDY, keep=kept.append)
    assert kept == [file]


@pytest.mark.parametrize("wrong", [instance("1.9.7"), instance("1.9.1", study="1.2.9"), b"no DICOM", b""])
def test_another_instance_than_the_one_asked_for_is_not_kept(
    archive: Archive, peer: WebPeer, wrong: bytes
) -> None:
    archive.answer = holding(
        "1.9.1", "1.9.2", fetch=lambda uid: part(wrong if uid == "1.9.1" else instance(uid))
    )
    kept: list[bytes] = []
    found = get(peer, HERE, STUDY, keep=kept.append)
    assert [uid for uid, _reason in found.failed] == ["1.9.1"]
    assert kept == [instance("1.9.2")]


def test_what_is_here_is_not_asked_for(archive: Archive, peer: WebPeer) -> None:
    archive.answer = holding("1.9.1", "1.9.2", "1.9.3")
    found = get(peer, HERE, STUDY, keep=lambda _: None, already={"1.9.2", "1.8.8"})
    assert (found.count, found.already) == (2, 1)
    assert not any(asked.path.endswith("/1.9.2") for asked in archive.asked)


def test_an_archive_that_counts_more_than_it_lists(archive: Archive, peer: WebPeer) -> None:
    usual = holding("1.9.1")
    counted = told({"0020000D": element("UI", STUDY), "00201208": element("IS", 3)})
    archive.answer = lambda asked: (
        counted if asked.path == "/studies" and "offset" not in asked.query else usual(asked)
    )
    found = get(peer, HERE, STUDY, keep=lambda _: None)
    assert found.count == 1
    assert found.failed == ((STUDY, "the archive counts 3 instances of this study and lists 1"),)


def test_what_was_not_asked_for_is_not_fetched(archive: Archive, peer: WebPeer) -> None:
    """Some archives ignore a part of a question and list everything."""
    archive.answer = holding("1.9.1", "1.9.2", "1.9.3")
    kept: list[bytes] = []
    assert get(peer, HERE, STUDY, instance_uid="1.9.2", keep=kept.append).count == 1
    assert kept == [instance("1.9.2")]


@pytest.mark.parametrize(
    ("syntax", "said"),
    [("1.2.3.4.5.6.7.8.9.1", "has the TransferSyntaxUID 1.2.3.4.5.6.7.8.9.1"),
     (DeflatedExplicitVRLittleEndian, "holds more than 1 MiB")],
)  # fmt: skip
def test_an_instance_in_an_encoding_that_harms_is_named_and_the_others_come(
    archive: Archive, peer: WebPeer, monkeypatch: pytest.MonkeyPatch, syntax: str, said: str
) -> None:
    """Deflated objects may hold a thousand times their size (PS3.5, A.5)."""
    monkeypatch.setattr("seedbed.dicom.encoding.LARGEST_INFLATED", 1 << 20)
    dataset = dcmread(BytesIO(instance("1.9.1")))
    dataset.PixelData = bytes(1 << 22)
    dataset.file_meta.TransferSyntaxUID = UID(DeflatedExplicitVRLittleEndian)
    with BytesIO() as file:
        dataset.save_as(file)
        bad = file.getvalue()
    if syntax != DeflatedExplicitVRLittleEndian:
        bad = instance("1.9.1").replace(ExplicitVRLittleEndian.encode(), syntax.encode(), 1)
    archive.answer = holding(
        "1.9.1", "1.9.2", fetch=lambda uid: part(bad if uid == "1.9.1" else instance(uid))
    )
    kept: list[bytes] = []
    ((uid, reason),) = get(peer, HERE, STUDY, keep=kept.append).failed
    assert (uid, kept) == ("1.9.1", [instance("1.9.2")])
    assert said in reason


def test_an_instance_without_end_is_left_and_the_others_come(
    archive: Archive, peer: WebPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = instance("1.9.2")
    monkeypatch.setattr("seedbed.dicom.pacs.web_session.LARGEST_OBJECT", 3 * len(small))
    archive.answer = holding(
        "1.9.1", "1.9.2", fetch=lambda uid: Answer(body=bytes(1 << 20)) if uid == "1.9.1" else part(small)
    )
    kept: list[bytes] = []
    ((uid, reason),) = get(peer, HERE, STUDY, keep=kept.append).failed
    assert (uid, kept) == ("1.9.1", [small])
    assert f"sends more than {3 * len(small)} bytes" in reason


@pytest.mark.parametrize("uid", ["..", "1..2", ".1", "1.", "1.2/3", "1" * 65, "١"])
def test_what_is_no_uid_stands_in_no_address(archive: Archive, peer: WebPeer, uid: str) -> None:
    """PS3.5, 9.1; a browser of addresses takes ``..`` for the folder above (RFC 3986, 5.2.4)."""
    with pytest.raises(InputError, match="digits and dots"):
        get(peer, HERE, uid, keep=lambda _: None)
    find(peer, HERE, "SERIES", {"StudyInstanceUID": uid})
    archive.answer = holding(uid, "1.9.2")
    kept: list[bytes] = []
    ((failed, reason),) = get(peer, HERE, STUDY, keep=kept.append).failed
    assert (failed, kept) == (uid, [instance("1.9.2")])
    assert "no UIDs" in reason
    assert {asked.path for asked in archive.asked} <= {
        "/series", "/studies", f"/studies/{STUDY}/instances",
        f"/studies/{STUDY}/series/{SERIES}/instances/1.9.2",
    }  # fmt: skip


def test_a_refused_password_ends_the_fetch(archive: Archive, peer: WebPeer) -> None:
    archive.answer = holding("1.9.1", "1.9.2", fetch=lambda _: Answer(401))
    with pytest.raises(PacsError, match=r"HTTP 401.*\(0 of 2 instances were kept\)"):
        get(peer, HERE, STUDY, keep=lambda _: None)
    assert sum("/instances/" in asked.path for asked in archive.asked) == 1


# Sending


def said(status: int, *, failed: int | None = None, warned: int | None = None, uid: str = "1.9.1") -> Answer:
    """A Store Instances Response of PS3.18, annex I.2.2."""
    item = {"00081150": element("UI", "1.2.840.10008.5.1.4.1.1.2"), "00081155": element("UI", uid)}
    if failed is not None:
        answer = {"00081198": element("SQ", {**item, "00081197": element("US", failed)})}
    else:
        more = {} if warned is None else {"00081196": element("US", warned)}
        answer = {"00081199": element("SQ", {**item, **more})}
    return Answer(status, body=json.dumps(answer).encode())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ct.dcm"
    path.write_bytes(instance("1.9.1"))
    return path


def test_a_file_goes_to_the_byte(archive: Archive, peer: WebPeer, file: Path) -> None:
    archive.answer = lambda _: said(200)
    found = send(peer, HERE, [file])
    assert (found.stored, found.already, found.failed, found.remarks) == (1, 0, (), ())
    (asked,) = archive.asked
    assert (asked.method, asked.path) == ("POST", "/studies")
    assert asked.headers["Content-Type"].startswith('multipart/related; type="application/dicom"; boundary=')
    assert file.read_bytes() in asked.body


def test_an_archive_that_has_it(archive: Archive, peer: WebPeer, file: Path) -> None:
    """PS3.7, C.5.6: 0111H, duplicate SOP instance."""
    archive.answer = lambda _: said(409, failed=0x0111)
    found = send(peer, HERE, [file])
    assert (found.stored, found.already, found.failed) == (0, 1, ())
    (note,) = found.notes
    assert "of 1 of these UIDs already; whether they are the same was not compared" in note


@pytest.mark.parametrize("status", [202, 409])
def test_an_archive_that_refuses_it(archive: Archive, peer: WebPeer, file: Path, status: int) -> None:
    """PS3.7, C.5.16: 0122H, SOP class not supported."""
    archive.answer = lambda _: said(status, failed=0x0122)
    ((path, reason),) = send(peer, HERE, [file]).failed
    assert path == file
    assert "0x0122" in reason
    assert "SOP Class Not Supported" in reason


def test_an_archive_that_changed_it(archive: Archive, peer: WebPeer, file: Path) -> None:
    """PS3.4, table B.2-1: B000H, coercion of data elements."""
    archive.answer = lambda _: said(202, warned=0xB000)
    found = send(peer, HERE, [file])
    assert found.stored == 1
    ((path, remark),) = found.remarks
    assert path == file
    assert "Coercion of Data Elements" in remark


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"{}"),
        said(200, uid="1.9.9"),
        Answer(body=b"<xml/>"),
        Answer(415),
        Answer(413),
        Answer(body=b""),
    ],
)
def test_what_is_not_confirmed_is_not_stored(
    archive: Archive, peer: WebPeer, file: Path, answer: Answer
) -> None:
    archive.answer = lambda _: answer
    found = send(peer, HERE, [file])
    assert found.stored == 0
    assert [path for path, _reason in found.failed] == [file]


def test_sending_survives_a_short_illness(archive: Archive, peer: WebPeer, file: Path) -> None:
    archive.answer = lambda _: said(200) if len(archive.asked) > 2 else Answer(503)
    assert send(peer, HERE, [file]).stored == 1
    assert all(file.read_bytes() in asked.body for asked in archive.asked)
