"""Verbs of a DICOMweb archive: ask whether it answers, find (QIDO-RS), fetch (WADO-RS), send (STOW-RS).

Instances travel as whole DICOM files and are not decoded on the way: they come as the archive keeps them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

from pydicom import dcmread

from seedbed.dicom.encoding import check_encoding
from seedbed.dicom.files import MALFORMED, lenient, reading, text
from seedbed.dicom.pacs.answers import Keep, Level, Match, Progress, Retrieved, Sent, counting, silent
from seedbed.dicom.pacs.outgoing import Outgoing, outgoing
from seedbed.dicom.pacs.settings import Here, WebPeer
from seedbed.dicom.pacs.web_outcomes import Outcome, outcome
from seedbed.dicom.pacs.web_parts import BrokenMessageError, unwrapped, wrapped
from seedbed.dicom.pacs.web_query import INSTANCE, SERIES, STUDY, UID, search
from seedbed.dicom.pacs.web_session import WebLine, line_to, of_one_instance
from seedbed.errors import InputError, PacsError, SeedbedError

AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
"""Compressed or not (PS3.18, 8.7.3.5.2)."""
STUDY_COUNT = "NumberOfStudyRelatedInstances"
Failure = tuple[str, str]


def echo(peer: WebPeer, here: Here) -> None:  # noqa: ARG001 - DIMSE and the web share the shape of their verbs
    """Ask an archive whether it answers a search; tried once.

    Raises
    ------
    PacsError
        It does not, in a sentence that says why.
    """
    with line_to(replace(peer, retries=0)) as line:
        line.ask(partial(line.client.search_for_studies, limit=1))


def find(peer: WebPeer, here: Here, level: Level, keys: Mapping[str, str]) -> list[Match]:  # noqa: ARG001
    """Ask an archive what it holds; see `seedbed.dicom.pacs.find`."""
    with line_to(peer) as line:
        return search(line, level, keys)


def get(
    peer: WebPeer,
    here: Here,  # noqa: ARG001
    study_uid: str,
    *,
    series_uid: str | None = None,
    instance_uid: str | None = None,
    keep: Keep,
    already: Collection[str] = (),
    progress: Progress = silent,
) -> Retrieved:
    """Fetch a study, one of its series or one instance; see `seedbed.dicom.pacs.get`.

    The archive is asked for the list, then for one instance after the other: a fetch that was broken off goes
    on where it stopped.

    Raises
    ------
    PacsError
        The archive cannot be reached, refuses us, or has no such study.
    InputError
        An identifier that is none.
    StoppedError
        Ctrl-C after the list had come.
    """
    keys = {STUDY: study_uid, SERIES: series_uid or "", INSTANCE: instance_uid or ""}
    with line_to(peer) as line:
        listed = _listed(line, keys)
        failed = [] if series_uid or instance_uid else _unlisted(line, study_uid, len(listed))
        wanted = [each for each in listed if each[INSTANCE] not in already]
        count = 0
        with counting(lambda: count, len(wanted)):
            for done, each in enumerate(wanted, start=1):
                with _saying(f"{count} of {len(wanted)} instances were kept"):
                    reason = _fetched(line, each, keep)
                count += not reason
                failed += [(each[INSTANCE], reason)] if reason else []
                progress("retrieve", done, len(wanted))
    return Retrieved(count, len(listed) - len(wanted), tuple(failed))


@contextmanager
def _saying(had: str) -> Iterator[None]:
    """Add to a refusal how far we had come."""
    try:
        yield
    except PacsError as error:
        raise PacsError(
            f"{error.came} ({had})", error.expected, f"{error.do}; what is done is not done again"
        ) from error


def _listed(line: WebLine, keys: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the identifiers of each instance; those that were asked by may be left out, not differ."""
    for keyword, uid in keys.items():
        if uid and not UID.fullmatch(uid):
            raise InputError(f"{keyword} is '{uid}'", "digits and dots, at most 64", "correct it")
    known = {keyword: uid for keyword, uid in keys.items() if uid}
    rows = [{key: each.values[key] or keys[key] for key in keys} for each in search(line, "IMAGE", keys)]
    listed = [row for row in rows if row.items() >= known.items()]
    if not listed:
        asked = ", ".join(f"{keyword} {uid}" for keyword, uid in known.items())
        raise PacsError(
            f"'{line.peer.name}' at {line.peer.url} has nothing of {asked}",
            "a study that the archive holds",
            "search for it first",
        )
    return listed


def _unlisted(line: WebLine, study_uid: str, listed: int) -> list[Failure]:
    """Name the study itself where the archive counts more instances than it lists."""
    found = search(line, "STUDY", {STUDY: study_uid})
    counted = found[0].values[STUDY_COUNT] if found else ""
    if not counted.isdigit() or int(counted) <= listed:
        return []
    return [(study_uid, f"the archive counts {counted} instances of this study and lists {listed}")]


def _fetched(line: WebLine, values: Mapping[str, str], keep: Keep) -> str:
    """Fetch and keep one instance; return why not, if so."""
    if not all(map(UID.fullmatch, values.values())):
        return f"the archive lists it by what are no UIDs ({', '.join(values.values())})"
    try:
        keep(line.ask(partial(_file, line, values)))
    except PacsError as refusal:
        if not of_one_instance(refusal):
            raise
        return str(refusal)
    except (OSError, SeedbedError) as error:
        return str(error)
    return ""


def _file(line: WebLine, values: Mapping[str, str]) -> bytes:
    place = f"studies/{values[STUDY]}/series/{values[SERIES]}/instances/{values[INSTANCE]}"
    file = unwrapped(*line.get(place, AS_STORED))
    try:
        with lenient():
            check_encoding(BytesIO(file), values[INSTANCE])
            head = dcmread(BytesIO(file), stop_before_pixels=True, specific_tags=[STUDY, INSTANCE])
            came = {keyword: text(head, keyword) for keyword in (STUDY, INSTANCE)}
    except MALFORMED as error:
        raise BrokenMessageError(f"instance {values[INSTANCE]} comes as no DICOM file") from error
    if came != {keyword: values[keyword] for keyword in came}:
        raise BrokenMessageError(f"another instance comes for {values[INSTANCE]}: {came}")
    return file


def send(
    peer: WebPeer,
    here: Here,  # noqa: ARG001
    paths: Sequence[Path],
    *,
    progress: Progress = silent,
) -> Sent:
    """Send DICOM files, each as it is; see `seedbed.dicom.pacs.send`.

    Raises
    ------
    PacsError
        The archive cannot be reached or refuses us.
    InputError
        A file is no DICOM file, or is another object than its header says; nothing was sent then.
    StoppedError
        Ctrl-C after the headers were read.
    """
    files = [outgoing(path) for path in dict.fromkeys(paths)]
    outcomes: dict[Path, Outcome] = {}
    with (
        line_to(peer) as line,
        counting(lambda: sum(not each.reason for each in outcomes.values()), len(files)),
    ):
        for done, file in enumerate(files, start=1):
            with _saying(f"{len(outcomes)} of {len(files)} objects were answered for"):
                outcomes[file.path] = _sent(line, file)
            progress("send", done, len(files))
    return Sent(
        sum(each.stored for each in outcomes.values()),
        sum(each.already for each in outcomes.values()),
        tuple((path, each.reason) for path, each in outcomes.items() if each.reason),
        tuple((path, each.remark) for path, each in outcomes.items() if each.remark),
    )


def _sent(line: WebLine, file: Outgoing) -> Outcome:
    """Send one file; an archive that refuses this one only is asked to take the next."""
    try:
        with reading(file.path):
            content_type, body = wrapped(file.path.read_bytes())
        return line.ask(lambda: outcome(line.post("studies", body, content_type), file.instance_uid))
    except InputError as error:
        return Outcome(reason=error.came)
    except PacsError as refusal:
        if not of_one_instance(refusal):
            raise
        return Outcome(reason=str(refusal))
