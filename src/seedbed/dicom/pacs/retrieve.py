"""Fetch from a PACS (C-GET and C-MOVE, PS3.4 C.4.2 and C.4.3): what lacks, until nothing lacks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from pydicom import Dataset
from pynetdicom import build_role, evt
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
)
from pynetdicom.status import QR_GET_SERVICE_CLASS_STATUS, QR_MOVE_SERVICE_CLASS_STATUS, code_to_category

from seedbed.dicom.pacs.answers import Keep, Progress, Retrieved, counting
from seedbed.dicom.pacs.association import Link, associated, meaning, said
from seedbed.dicom.pacs.incoming import Incoming, drop_too_large, take
from seedbed.dicom.pacs.query import SYNTAXES, asked, find_contexts
from seedbed.dicom.pacs.question import identifier
from seedbed.dicom.pacs.receiver import Visit, listening
from seedbed.dicom.pacs.settings import DimsePeer, Here
from seedbed.dicom.pacs.storage import MOST_CONTEXTS, proposed_contexts, usual_classes
from seedbed.dicom.pacs.trying import LostError, persist
from seedbed.dicom.pacs.watch import Watch
from seedbed.errors import InputError, PacsError

DOING = "asked for a study"
MOST_AT_ONCE = 100
"""Local rule: instances that one request names; 64 letters each stay far below the 65534 of a list."""


@dataclass(frozen=True)
class _Pass:
    """How to ask: for so many instances at a time, with plain encodings or for what is compressed only."""

    at_once: int = MOST_AT_ONCE
    plain: bool = True


GET_PASSES = (_Pass(), _Pass(plain=False), _Pass(at_once=1))
"""Some archives take the first encoding that was agreed on and cannot convert into it; some read no lists."""
MOVE_PASSES = (_Pass(), _Pass(at_once=1))
STATUSES = {**QR_MOVE_SERVICE_CLASS_STATUS, **QR_GET_SERVICE_CLASS_STATUS}


@dataclass(frozen=True)
class Wanted:
    """A study, one of its series or one instance, less the instances that are here ``already``."""

    study_uid: str
    series_uid: str | None = None
    instance_uid: str | None = None
    already: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Listed:
    """Where an instance belongs; the class is empty where the PACS does not say it."""

    series_uid: str
    sop_class_uid: str


@dataclass
class _Course:
    """How far a retrieval has come; ``reasons`` says why an instance did not come, the last one.

    ``short`` is how many instances of a series the PACS did not list, although it counts them.
    """

    peer: DimsePeer
    here: Here
    wanted: Wanted
    listed: Mapping[str, _Listed]
    short: Mapping[str, int]
    keep: Keep
    progress: Progress
    kept: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    watch: Watch = field(default_factory=lambda: Watch(0.0))

    def take(self, incoming: Incoming) -> None:
        """Keep an instance that came, unless it is here."""
        if incoming.study_uid != self.wanted.study_uid:
            raise InputError(
                f"it belongs to study '{incoming.study_uid}'", self.wanted.study_uid, "ask who runs it"
            )
        if incoming.instance_uid in self.kept or incoming.instance_uid in self.wanted.already:
            return
        with self.watch.pausing():
            self.keep(incoming.content)
        self.kept.add(incoming.instance_uid)
        self.progress("retrieve", len(self.kept), len(self.listed) - self.here_already())

    def refuse(self, failed: Iterable[tuple[str, str]]) -> None:
        """Note what came and could not be kept; it is not asked for again."""
        for uid, reason in failed:
            self.reasons[uid] = reason
            self.broken.add(uid)

    def here_already(self) -> int:
        """Count listed instances that were here before."""
        return len(self.wanted.already & self.listed.keys())

    def lacking(self) -> dict[str, list[str]]:
        """Return the instances still to come, by series."""
        found: dict[str, list[str]] = {}
        for uid, listed in self.listed.items():
            if uid not in self.kept and uid not in self.wanted.already and uid not in self.broken:
                found.setdefault(listed.series_uid, []).append(uid)
        return found

    def whole(self, series_uid: str, uids: list[str]) -> bool:
        """Whether these are all instances of a series, so that the series can be asked for by its name."""
        of_series = sum(listed.series_uid == series_uid for listed in self.listed.values())
        return self.wanted.instance_uid is None and len(uids) == of_series

    def result(self) -> Retrieved:
        """Say what came, and name what did not."""
        gone = [uid for uid in self.listed if uid not in self.kept and uid not in self.wanted.already]
        failed = [(uid, self.reasons.get(uid, "the PACS did not send it")) for uid in gone]
        if sum(self.short.values()) > len(self.kept - self.listed.keys()):
            failed += [
                (uid, f"the PACS does not list {count} of its instances") for uid, count in self.short.items()
            ]
        return Retrieved(len(self.kept), self.here_already(), tuple(failed))


def get(
    peer: DimsePeer, here: Here, wanted: Wanted, *, keep: Keep, progress: Progress, move: bool = False
) -> Retrieved:
    """Fetch what is wanted; see `seedbed.dicom.pacs.get`.

    The PACS is first asked what it holds. Series of which nothing is here are asked for as a whole, the
    rest by instance. What did not come is asked for again in other ways.

    Raises
    ------
    PacsError
        The PACS did not answer, refused, has no such study, or broke off too often.
    StoppedError
        Ctrl-C after the list had come.
    """
    listed, short = persist(peer, lambda: _list(peer, here, wanted))
    course = _Course(peer, here, wanted, listed, short, keep, progress)
    run = _move if move else _get
    left = len(listed) - course.here_already()
    with counting(lambda: len(course.kept), left), _listening(course) if move else nullcontext():
        for ask in MOVE_PASSES if move else GET_PASSES:
            if course.lacking():
                _persist(course, run, ask)
    return course.result()


def _persist(course: _Course, run: Callable[[_Course, _Pass], None], ask: _Pass) -> None:
    try:
        persist(course.peer, lambda: run(course, ask), lambda: len(course.kept))
    except LostError as error:
        had = f"{len(course.kept)} of {len(course.listed) - course.here_already()} instances were kept"
        raise PacsError(
            f"{error.came} ({had})", error.expected, f"{error.do}; what is kept is not fetched again"
        ) from error


def _list(peer: DimsePeer, here: Here, wanted: Wanted) -> tuple[dict[str, _Listed], dict[str, int]]:
    """Ask a PACS for the instances of what is wanted, and how many of each series it counts beyond those."""
    found: dict[str, _Listed] = {}
    short: dict[str, int] = {}
    with associated(peer, here, find_contexts()) as link:
        for series_uid, counted in _series(link, wanted):
            keys = {"StudyInstanceUID": wanted.study_uid, "SeriesInstanceUID": series_uid}
            keys |= {"SOPInstanceUID": wanted.instance_uid} if wanted.instance_uid else {}
            matches = [
                match.values for match in asked(link, "IMAGE", keys) if match.values.get("SOPInstanceUID")
            ]
            found |= {
                one["SOPInstanceUID"]: _Listed(series_uid, one.get("SOPClassUID", "")) for one in matches
            }
            if counted > len(matches) and not wanted.instance_uid:
                short[series_uid] = counted - len(matches)
    if not found:
        what = "instance" if wanted.instance_uid else "series" if wanted.series_uid else "study"
        uid = wanted.instance_uid or wanted.series_uid or wanted.study_uid
        raise PacsError(
            f"{said(peer)} lists no instance of {what} '{uid}'", "one that it holds", "find it first"
        )
    return found, short


def _series(link: Link, wanted: Wanted) -> list[tuple[str, int]]:
    """Return the series to fetch, and how many instances the PACS counts in each; 0 where it does not say."""
    keys = {"StudyInstanceUID": wanted.study_uid, "SeriesInstanceUID": wanted.series_uid or ""}
    found = [match.values for match in asked(link, "SERIES", keys)]
    counts = {
        one.get("SeriesInstanceUID", ""): one.get("NumberOfSeriesRelatedInstances", "") for one in found
    }
    return [(uid, int(count) if count.isdecimal() else 0) for uid, count in counts.items()]


def _get(course: _Course, ask: _Pass) -> None:
    """Have what lacks sent over the association that asks."""
    model = StudyRootQueryRetrieveInformationModelGet
    named = {listed.sop_class_uid for listed in course.listed.values()}
    named |= set(usual_classes()) if "" in named else set()
    kinds = sorted(named - {""})
    contexts = [build_context(model, SYNTAXES), *find_contexts()]
    contexts += proposed_contexts(kinds, MOST_CONTEXTS - len(contexts), plain=ask.plain)
    roles = [build_role(kind, scp_role=True) for kind in kinds]

    def store(event: evt.Event) -> Dataset:
        taken = take(event, course.take)
        if taken.reason:
            course.refuse([(taken.instance_uid, taken.reason)])
        return taken.answer

    course.watch = Watch(course.peer.timeout_s)
    handlers = [(evt.EVT_PDU_RECV, drop_too_large), (evt.EVT_C_STORE, store)]
    with associated(
        course.peer, course.here, contexts, roles=roles, handlers=handlers, watch=course.watch
    ) as link:
        takes = any(context.as_scp for context in link.association.accepted_contexts)
        if not (link.accepts(model) and takes):
            raise PacsError(
                f"{said(course.peer)} sends nothing over the association that asks (C-GET)",
                "a system that offers it",
                "use --move, and have our AE title, address and port entered on that system",
            )
        _ask(course, link, ask.at_once, lambda request: link.association.send_c_get(request, model))


def _move(course: _Course, ask: _Pass) -> None:
    """Have what lacks sent to our own port."""
    model = StudyRootQueryRetrieveInformationModelMove
    course.watch = Watch(course.peer.timeout_s)
    contexts = [build_context(model, SYNTAXES), *find_contexts()]
    with associated(course.peer, course.here, contexts, watch=course.watch) as link:
        if not link.accepts(model):
            raise PacsError(f"{said(course.peer)} offers no C-MOVE", "a system that does", "leave out --move")
        title = course.here.ae_title
        _ask(course, link, ask.at_once, lambda request: link.association.send_c_move(request, title, model))


def _listening(course: _Course) -> Any:
    """Receive for a C-MOVE, from the PACS too where callers are restricted."""
    callers = course.here.allowed_callers
    here = replace(course.here, allowed_callers=(*callers, course.peer.ae_title) if callers else ())

    def told(visit: Visit) -> None:
        course.refuse(visit.failed)

    return listening(here, course.take, told=told, silence_s=course.peer.timeout_s)


def _ask(
    course: _Course,
    link: Link,
    at_once: int,
    send: Callable[[Dataset], Iterator[tuple[Dataset, Dataset | None]]],
) -> None:
    """Ask for each part of what lacks, and note what the PACS says of it."""
    for request, uids in _requests(course, at_once):
        with link.asking(DOING):
            answers = send(request)
        for status, _ in answers:
            code = link.code(status, DOING)
            if code and code_to_category(code) != "Pending":
                words = f"the PACS said {meaning(code, STATUSES, status)}"
                course.reasons.update({uid: words for uid in uids if uid not in course.reasons})


def _requests(course: _Course, at_once: int) -> Iterator[tuple[Dataset, list[str]]]:
    for series_uid, uids in course.lacking().items():
        keys = {"StudyInstanceUID": course.wanted.study_uid, "SeriesInstanceUID": series_uid}
        if at_once > 1 and course.whole(series_uid, uids):
            yield identifier("SERIES", keys), uids
            continue
        for start in range(0, len(uids), at_once):
            part = uids[start : start + at_once]
            yield identifier("IMAGE", {**keys, "SOPInstanceUID": "\\".join(part)}), part
