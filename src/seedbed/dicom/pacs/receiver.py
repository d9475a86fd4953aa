"""A receiver: other systems send to us, and hear that an object is stored only when it is safe on disk."""

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydicom import Dataset
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]
from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

from seedbed.dicom.pacs.answers import Keep
from seedbed.dicom.pacs.association import LARGEST_PDU, own_entity
from seedbed.dicom.pacs.incoming import Take, drop_too_large, take, words
from seedbed.dicom.pacs.settings import Here
from seedbed.dicom.pacs.storage import accepted_contexts
from seedbed.dicom.pacs.tls import answering_context
from seedbed.dicom.pacs.watch import Handlers, Watch
from seedbed.errors import InputError

MOST_ASSOCIATIONS = 64
"""Local rule: more callers at once are told to come again."""
SILENCE_S = 60.0
"""Local rule: a caller that says nothing for so long is cut off."""
OPENING_S = 5.0
"""Local rule: a caller that connects and does not open an association for so long is cut off."""
LAST_SILENCE_S = 2.0
"""Local rule: the same after we were told to stop."""
LOOK_S = 0.25


@dataclass(frozen=True)
class Visit:
    """One association that has ended.

    Attributes
    ----------
    caller : str
        AE title of the caller; empty where it never said.
    address : str
    studies : Mapping[str, int]
        Instances kept, by study UID.
    failed : tuple of (str, str)
        UID and reason of each instance that was not kept.
    problem : str
        Why it did not end well; empty where it did.
    """

    caller: str
    address: str
    studies: Mapping[str, int]
    failed: tuple[tuple[str, str], ...] = ()
    problem: str = ""


class Stop(Protocol):
    """What `threading.Event` is."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told to stop, or for ``timeout`` seconds."""
        ...


def receive(
    here: Here,
    keep: Keep,
    *,
    ready: Callable[[str, int], object],
    stop: Stop,
    told: Callable[[Visit], object] = lambda _: None,
    silence_s: float = SILENCE_S,
) -> int:
    """Receive what other systems send until told to stop; then let running associations finish.

    Parameters
    ----------
    here : Here
    keep : callable
        Takes each instance as a whole DICOM file, in the encoding it came in, and returns only when it is
        safe on disk; called from several threads at once. What it raises is told to the sender.
    ready : callable
        Is told address and port once we listen.
    stop : threading.Event
    told : callable
        Is told of each association when it has ended.
    silence_s : float
        A caller that says nothing for so long is cut off, s.

    Returns
    -------
    int
        Number of instances that were kept.

    Raises
    ------
    InputError
        The port is taken or the address is not of this machine, or the certificates cannot be used.
    """
    kept = Counter[str]()

    def count(visit: Visit) -> None:
        kept.update(visit.studies)
        told(visit)

    with listening(here, lambda incoming: keep(incoming.content), told=count, silence_s=silence_s) as (
        address,
        port,
    ):
        ready(address, port)
        stop.wait()
    return kept.total()


@contextmanager
def listening(
    here: Here,
    keep: Take,
    *,
    told: Callable[[Visit], object],
    silence_s: float = SILENCE_S,
) -> Iterator[tuple[str, int]]:
    """Receive meanwhile; give the address and port that we listen on. For the rest see `receive`."""
    server = _server(here, keep, told, silence_s)
    thread = threading.Thread(
        target=server.serve_forever, args=(LOOK_S,), name="seedbed-receiver", daemon=True
    )
    thread.start()
    try:
        address, port = server.server_address[:2]
        yield str(address), int(port)
    finally:
        server.silence_s = min(silence_s, LAST_SILENCE_S)
        server.shutdown()  # waits for the associations that run
        thread.join()


def _server(here: Here, keep: Take, told: Callable[[Visit], object], silence_s: float) -> "_Server":
    entity = own_entity(here)
    entity.maximum_pdu_size, entity.maximum_associations = LARGEST_PDU, MOST_ASSOCIATIONS
    entity.require_called_aet = True
    entity.require_calling_aet = list(here.allowed_callers)
    entity.acse_timeout = min(silence_s, OPENING_S)
    encrypted = answering_context(here.tls) if here.tls else None
    contexts = [build_context(Verification), *accepted_contexts()]
    try:
        server = _Server(entity, (here.bind, here.port), here.ae_title, contexts, request_handler=_Visitor)
    except OSError as error:
        raise InputError(
            f"nothing can be received at {here.bind}:{here.port} ({error.strerror})",
            "an address of this machine and a free port",
            "choose another port or bind in the settings, or stop the program that holds the port",
        ) from error
    server.keep, server.told, server.silence_s, server.encrypted = keep, told, silence_s, encrypted
    entity._servers.append(server)
    return server


class _Server(ThreadedAssociationServer):
    """Accepts connections; all else, encryption too, happens in a thread of each one."""

    keep: Take
    told: Callable[[Visit], object]
    silence_s: float
    encrypted: ssl.SSLContext | None
    request_queue_size = MOST_ASSOCIATIONS

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Encrypt the connection where that is asked for, and serve it."""
        try:
            if self.encrypted:
                request.settimeout(self.silence_s)
                request = self.encrypted.wrap_socket(request, server_side=True)
                request.settimeout(None)
        except OSError as error:
            request.close()
            self.told(Visit("", client_address[0], {}, (), f"no encryption was agreed on ({words(error)})"))
            return
        super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing on the screen: what went wrong was told with the visit."""


class _Visitor(RequestHandler):
    """One association, from its beginning to its end."""

    server: _Server

    def handle(self) -> None:
        """Serve the association, and tell of it when it has ended."""
        watch, record = Watch(self.server.silence_s), _Record()
        association = self._create_association()
        for event, handler in (*watch.handlers(), *record.handlers(self.server.keep, watch)):
            association.bind(event, handler)
        evt.trigger(association, evt.EVT_CONN_OPEN, {"address": self.client_address})
        association.start()
        while association.is_alive():
            association.join(LOOK_S)
            watch.timeout_s = self.server.silence_s
            watch.look()
        watch.close()
        self.server.told(record.visit(association, watch, self.client_address[0]))


@dataclass
class _Record:
    """What one association brought; touched by its own thread only, until that has ended."""

    studies: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[str, str]] = field(default_factory=list)
    rejected: bool = False
    aborted: bool = False

    def handlers(self, keep: Take, watch: Watch) -> Handlers:
        def store(event: evt.Event) -> Dataset:
            with watch.pausing():
                taken = take(event, keep)
            if taken.reason:
                self.failed.append((taken.instance_uid, taken.reason))
            else:
                self.studies[taken.study_uid] += 1
            return taken.answer

        def reject(event: evt.Event) -> None:  # noqa: ARG001
            self.rejected = True

        def abort(event: evt.Event) -> None:  # noqa: ARG001
            self.aborted = True

        return [
            (evt.EVT_PDU_RECV, drop_too_large),
            (evt.EVT_C_STORE, store),
            (evt.EVT_REJECTED, reject),
            (evt.EVT_ABORTED, abort),
        ]

    def visit(self, association: Association, watch: Watch, address: str) -> Visit:
        caller = association.requestor.ae_title if association.requestor.primitive is not None else ""
        return Visit(
            caller, address, dict(self.studies), tuple(self.failed), self._problem(association, watch)
        )

    def _problem(self, association: Association, watch: Watch) -> str:
        if watch.fired:
            return f"it fell silent for {watch.timeout_s:g} s"
        if self.rejected:
            question: Any = association.requestor.primitive
            return f"it was rejected (it called '{question.called_ae_title.strip()}')"
        return "it broke off" if self.aborted else ""
