"""Other systems for a clinic: does it answer, what does it hold, fetch, send, receive."""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedbed.dicom.instance_facts import is_dicom_content, is_directory
from seedbed.dicom.pacs import Here, Match, Peer, WebPeer, echo, find, get, load_settings, send
from seedbed.dicom.pacs.answers import Level, Progress, silent
from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError, PacsError
from seedbed.journey.arrivals import arriving
from seedbed.journey.filing import filing
from seedbed.journey.places import files_below
from seedbed.report import NOTICE

if TYPE_CHECKING:
    from seedbed.dicom.pacs.receiver import Stop, Visit

KEYS: dict[Level, dict[str, str]] = {
    "PATIENT": {"patient_id": "PatientID", "patient_name": "PatientName"},
    "STUDY": {
        "patient_id": "PatientID",
        "patient_name": "PatientName",
        "study_date": "StudyDate",
        "modality": "ModalitiesInStudy",
        "study_uid": "StudyInstanceUID",
    },
    "SERIES": {"study_uid": "StudyInstanceUID", "series_uid": "SeriesInstanceUID", "modality": "Modality"},
    "IMAGE": {"study_uid": "StudyInstanceUID", "series_uid": "SeriesInstanceUID"},
}
"""What may be asked at each level (PS3.4, C.6.2.1), by the name of the question."""
NEEDED: dict[Level, tuple[str, ...]] = {"SERIES": ("study_uid",), "IMAGE": ("study_uid", "series_uid")}
DATES = re.compile(r"(?=.*\d)(\d{8})?(-?)(\d{8})?")
HEAD_BYTES = 1 << 16
"""Local rule: so much of a file is read to tell whether it is DICOM; a file's own header is far shorter."""


@dataclass(frozen=True)
class FindRequest:
    """A question to a PACS; ``level`` follows from the rest where it is None."""

    settings: Path
    name: str
    level: Level | None = None
    patient_id: str = ""
    patient_name: str = ""
    study_date: str = ""
    modality: str = ""
    study_uid: str = ""
    series_uid: str = ""


@dataclass(frozen=True)
class GetRequest:
    """A study, or one of its series, to be fetched into a store."""

    settings: Path
    name: str
    study_uid: str
    store: Path
    series_uid: str | None = None
    move: bool = False


def echo_pacs(settings: Path, name: str) -> dict[str, Any]:
    """Ask a system whether it answers.

    Raises
    ------
    InputError
        Settings that cannot be used, or that do not name it.
    PacsError
        It does not answer.
    """
    loaded = load_settings(settings)
    peer = loaded.peer(name)
    echo(peer, loaded.here)
    return {**_stamp(), "pacs": name, "address": _address(peer), "answers": True}


def find_in_pacs(request: FindRequest) -> dict[str, Any]:
    """Ask a PACS what it holds.

    Returns
    -------
    dict
        ``matches``: one dict of texts by DICOM keyword each; ``notes``: sentences.

    Raises
    ------
    InputError
        A date that is none, or a question that has no meaning at its level.
    PacsError
        The PACS did not answer, refused or broke off.
    """
    level = request.level or _level(request)
    keys = question(request, level)
    loaded = load_settings(request.settings)
    matches = find(loaded.peer(request.name), loaded.here, level, keys)
    matches, notes = _with_modality(matches, request.modality, KEYS[level].get("modality", ""))
    found = [dict(match.values) for match in matches]
    return {**_stamp(), "pacs": request.name, "level": level, "matches": found, "notes": notes}


def _level(request: FindRequest) -> Level:
    if request.series_uid:
        return "IMAGE"
    return "SERIES" if request.study_uid else "STUDY"


def question(request: FindRequest, level: Level) -> dict[str, str]:
    """Return what must match, by DICOM keyword.

    Raises
    ------
    InputError
        A date that is none, or a question that has no meaning at its level.

    Examples
    --------
    >>> question(FindRequest(Path("seedbed.toml"), "main", study_date="20260101-20260131"), "STUDY")
    {'StudyDate': '20260101-20260131'}
    """
    asked = {key: value for key, value in asdict(request).items() if value and key in _questions()}
    for key in asked:
        if key not in KEYS[level]:
            raise InputError(
                f"{_option(key)} is asked at the level {level.lower()}",
                f"one of {', '.join(map(_option, KEYS[level]))} at this level",
                "leave it out, or ask at another --level",
            )
    for key in NEEDED.get(level, ()):
        if key not in asked:
            raise InputError(
                f"the level {level.lower()} is asked for without {_option(key)}",
                "the UID of what they belong to",
                f"add {_option(key)}; a question at the level above lists it",
            )
    if request.study_date:
        _check_dates(request.study_date)
    return {KEYS[level][key]: value for key, value in asked.items()}


def _questions() -> set[str]:
    return {key for keys in KEYS.values() for key in keys}


def _option(key: str) -> str:
    return "--" + key.removesuffix("_uid").replace("_", "-")


def _check_dates(text: str) -> None:
    """Refuse what is no date or range of dates in DICOM's own form (PS3.4, C.2.2.2.5)."""
    parts = DATES.fullmatch(text)
    days = [part for part in (parts[1], parts[3]) if part] if parts and (parts[2] or not parts[3]) else []
    try:
        read = [datetime.strptime(day, "%Y%m%d") for day in days]
    except ValueError:
        read = []
    if not read or read != sorted(read):
        raise InputError(
            f"--study-date is '{text}'",
            "a day such as 20260131, or a range such as 20260101-20260131, 20260101- or -20260131",
            "correct it",
        )


def _with_modality(matches: list[Match], modality: str, keyword: str) -> tuple[list[Match], list[str]]:
    """Leave out what is of another modality, as some archives ignore that part of a question."""
    if not modality:
        return matches, []
    said = [match for match in matches if match.values.get(keyword)]
    unsaid = [match for match in matches if not match.values.get(keyword)]
    fit = [match for match in said if modality in match.values[keyword].split("\\")]
    of = counted(len(unsaid), "match", "matches")
    note = f"The PACS does not say the modality of {of}; all are listed."
    return fit + unsaid, [note] if unsaid else []


def get_from_pacs(request: GetRequest, progress: Progress = silent) -> dict[str, Any]:
    """Fetch a study or series into the store; what the store holds already is not fetched again.

    A store that is not there is made when the first object comes.

    Returns
    -------
    dict
        ``count`` fetched now, ``already`` there, ``failed``: UID and reason of each that is missing.

    Raises
    ------
    InputError
        Settings that cannot be used; a folder that is no store.
    PacsError
        The PACS did not answer, refused, has no such study, or broke off too often.
    OutputError
        The store cannot be written.
    StoppedError
        Ctrl-C while objects came; it says how many are kept.
    """
    loaded = load_settings(request.settings)
    peer = loaded.peer(request.name)
    with arriving(request.store, origin=f"PACS {request.name}") as arrivals:
        got = get(
            peer,
            loaded.here,
            request.study_uid,
            series_uid=request.series_uid,
            keep=arrivals.keep,
            already=arrivals.instance_uids(request.study_uid),
            progress=progress,
            move=request.move,
        )
        notes = list(arrivals.notes)
    failed = [{"instance_uid": uid, "reason": reason} for uid, reason in got.failed]
    counts = {"count": got.count, "already": got.already, "failed": failed, "notes": notes}
    return {
        **_stamp(),
        "pacs": request.name,
        "study_uid": request.study_uid,
        "store": str(request.store),
        **counts,
    }


def send_to_pacs(
    settings: Path, name: str, paths: Iterable[Path], progress: Progress = silent
) -> dict[str, Any]:
    """Send files to a PACS, each as it is; a folder stands for the DICOM files below it.

    Returns
    -------
    dict
        ``stored``: how many the PACS accepted, which says success for what it has too; ``already``: of how
        many it said itself that it has them; ``failed``: path and reason of each that it did not take;
        ``other_files``: what is no DICOM object in the folders; ``notes``: sentences.

    Raises
    ------
    InputError
        Settings that cannot be used; a file that is no DICOM file; a folder without any.
    PacsError
        The PACS did not answer, refused or broke off too often.
    StoppedError
        Ctrl-C while files were sent; it says how many the PACS acknowledged.
    """
    loaded = load_settings(settings)
    peer = loaded.peer(name)
    found = [each for path in paths for each in _files(path)]
    other = [path for path, is_object in found if not is_object]
    sent = send(peer, loaded.here, [path for path, is_object in found if is_object], progress=progress)
    return {
        **_stamp(),
        "pacs": name,
        "stored": sent.stored,
        "already": sent.already,
        "failed": [{"path": str(path), "reason": reason} for path, reason in sent.failed],
        "other_files": [str(path) for path in other],
        "notes": list(sent.notes),
    }


def _files(place: Path) -> list[tuple[Path, bool]]:
    """Return a file, or those below a folder and whether each is to be sent; one that is named always is."""
    if not place.is_dir():
        return [(place, True)]
    found = [(path, _is_object(path)) for path in files_below(place)]
    if not any(is_object for _, is_object in found):
        raise InputError(
            f"folder '{place}' holds {counted(len(found), 'file')} and no DICOM object among them",
            "DICOM files",
            "choose the folder that holds them",
        )
    return found


def _is_object(path: Path) -> bool:
    """Whether a file is DICOM or by its name meant to be; a page beside it is not, nor is a DICOMDIR."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise InputError(
            f"file '{path}' cannot be read ({error.strerror or error})",
            "a file that can be read",
            "ask for the permission",
        ) from error
    return not is_directory(head) and (is_dicom_content(head) or path.suffix.lower() == ".dcm")


def refuse_incomplete(found: dict[str, Any]) -> None:
    """Raise where something was not fetched or not sent.

    Raises
    ------
    PacsError
        How many objects are missing, and why the first is.
    """
    if found["failed"]:
        count, first = len(found["failed"]), found["failed"][0]["reason"]
        raise PacsError(
            f"{counted(count, 'object is', 'objects are')} missing (the first: {first})",
            "all of them",
            "do it again; what has arrived stays",
        )


def serve(
    settings: Path | None,
    store: Path,
    *,
    ready: Callable[[dict[str, Any]], object],
    told: Callable[[dict[str, Any]], object],
    stop: "Stop",
) -> dict[str, Any]:
    """Receive into the store what other systems send, until told to stop.

    Parameters
    ----------
    settings : Path or None
        Without, we are `Here` as it is by itself: SEEDBED at port 11112, reached from this machine only.
    store : Path
    ready : callable
        Is told, once we listen, ``address``, ``port``, ``ae_title``, ``allowed_callers`` and ``notes``.
    told : callable
        Is told of each association that has ended; called from several threads.
    stop : threading.Event

    Returns
    -------
    dict
        ``count`` of objects received.

    Raises
    ------
    InputError
        Settings that cannot be used, a port that is taken, a folder that is no store.
    OutputError
        The store cannot be written.
    """
    from seedbed.dicom.pacs.receiver import receive

    here = Here() if settings is None else load_settings(settings).here
    with filing(store, origin=f"sent to {here.ae_title}") as files:

        def listening(address: str, port: int) -> None:
            names = {"ae_title": here.ae_title, "allowed_callers": list(here.allowed_callers)}
            ready(
                {"address": address, "port": port, **names, "tls": bool(here.tls), "notes": list(files.notes)}
            )

        count = receive(here, files.keep, ready=listening, stop=stop, told=lambda visit: told(_visit(visit)))
    return {**_stamp(), "store": str(store), "count": count}


def _visit(visit: "Visit") -> dict[str, Any]:
    failed = [{"instance_uid": uid, "reason": reason} for uid, reason in visit.failed]
    return {**asdict(visit), "failed": failed}


def _address(peer: Peer) -> str:
    return peer.url if isinstance(peer, WebPeer) else f"{peer.ae_title} at {peer.host}:{peer.port}"


def _stamp() -> dict[str, Any]:
    return {"seedbed": {"version": version("seedbed"), "notice": NOTICE}}
