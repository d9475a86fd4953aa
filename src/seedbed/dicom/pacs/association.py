"""An association with another system: opened, watched, closed; every failure becomes one sentence."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydicom import Dataset
from pynetdicom import AE, _config, evt
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]
from pynetdicom.status import GENERAL_STATUS, code_to_category

from seedbed.dicom.files import text
from seedbed.dicom.identity import IMPLEMENTATION_UID
from seedbed.dicom.pacs.settings import DimsePeer, Here
from seedbed.dicom.pacs.tls import asking_context
from seedbed.dicom.pacs.trying import LostError
from seedbed.dicom.pacs.watch import Gate, Handlers, Watch
from seedbed.errors import PacsError

_config.LOG_HANDLER_LEVEL = "none"  # its debug handlers cost time, and would log patients
_config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False

LARGEST_PDU = 1 << 17
"""Bytes; local rule: as DCMTK's largest. Larger ones are no faster, and hide for how long nothing comes."""

REJECTIONS = {
    (1, 2): "it does not support this kind of association",
    (1, 3): "it does not know our AE title",
    (1, 7): "it does not know the AE title that we call it by",
    (3, 1): "it is congested for the time being",
    (3, 2): "it has no room for one more association",
}
"""PS3.8, table 9-21, by source and reason; the source 3 is transient."""
TRANSIENT_SOURCE = 3


@dataclass(frozen=True)
class Link:
    """An association that stands: pynetdicom's own, the peer, and who watches it."""

    association: Association
    peer: DimsePeer
    watch: Watch

    def code(self, status: Dataset, doing: str) -> int:
        """Return the status of an answer, or say how the other system was lost.

        Raises
        ------
        LostError
            There was no answer.
        """
        if "Status" not in status:
            raise self.lost(doing)
        return int(status.Status)

    @contextmanager
    def asking(self, doing: str) -> Iterator[None]:
        """Say how the other system was lost, where it is found to be gone when we ask.

        Raises
        ------
        LostError
            The association stands no more.
        """
        try:
            yield
        except RuntimeError as error:
            if self.association.is_established:
                raise
            raise self.lost(doing) from error

    def accepts(self, sop_class: str) -> bool:
        """Whether a service was accepted."""
        return any(context.abstract_syntax == sop_class for context in self.association.accepted_contexts)

    def lost(self, doing: str) -> LostError:
        """Say how the other system was lost while it was ``doing`` something."""
        if self.watch.fired:
            came = f"{said(self.peer)} fell silent for {self.watch.timeout_s:g} s while {doing}"
        else:
            came = f"{said(self.peer)} broke off while {doing}"
        return LostError(came, "an answer", "try again; if it stays so, ask whoever runs that system")


def said(peer: DimsePeer) -> str:
    """Name a system in a sentence.

    Examples
    --------
    >>> said(DimsePeer("main", "PACS", "pacs.local", 104))
    "'main' (PACS at pacs.local:104)"
    """
    return f"'{peer.name}' ({peer.ae_title} at {peer.host}:{peer.port})"


@contextmanager
def associated(
    peer: DimsePeer,
    here: Here,
    contexts: list[PresentationContext],
    *,
    roles: Sequence[Any] = (),
    handlers: Handlers = (),
    watch: Watch | None = None,
) -> Iterator[Link]:
    """Open an association, and close it whatever happens.

    Parameters
    ----------
    peer : DimsePeer
    here : Here
    contexts : list of PresentationContext
        What is proposed, at most 128.
    roles : sequence
        Role selections of pynetdicom.
    handlers : sequence of (event, callable)
    watch : Watch, optional
        One whose `Watch.pausing` the handlers use.

    Raises
    ------
    LostError
        Nobody answers, or only for the time being.
    PacsError
        The association was rejected, or nothing that was proposed is accepted.
    """
    watch, gate = watch or Watch(peer.timeout_s), Gate()
    own = [*watch.handlers(), (evt.EVT_ESTABLISHED, gate.install)]
    with watch.looking():
        association = _opened(peer, here, contexts, roles, [*own, *handlers])
        try:
            if not association.is_established:
                raise _refusal(association, watch, peer, here)
            yield Link(association, peer, watch)
            association.release()
        finally:
            if association.is_established:
                association.abort()
            gate.open()
            watch.close()


def own_entity(here: Here) -> AE:
    """Return what we are to pynetdicom: our names, and no clock but the `Watch`, which bears large files."""
    entity = AE(here.ae_title)
    entity.implementation_class_uid, entity.implementation_version_name = IMPLEMENTATION_UID, "SEEDBED"
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = None
    return entity


def _opened(
    peer: DimsePeer, here: Here, contexts: list[PresentationContext], roles: Sequence[Any], handlers: Handlers
) -> Association:
    entity = own_entity(here)
    entity.connection_timeout = peer.timeout_s
    tls = (asking_context(peer.tls), peer.tls.server_name or peer.host) if peer.tls else None
    try:
        return entity.associate(
            peer.host,
            peer.port,
            contexts,
            ae_title=peer.ae_title,
            max_pdu=LARGEST_PDU,
            ext_neg=list(roles),
            tls_args=tls,
            evt_handlers=list(handlers),
        )
    except OSError as error:
        raise LostError(
            f"the host name of {said(peer)} is not known ({error.strerror})",
            "the name or address of a machine that can be reached",
            "correct host in the settings, or ask for the name",
        ) from error


def _refusal(association: Association, watch: Watch, peer: DimsePeer, here: Here) -> PacsError:
    """Say why an association does not stand."""
    if association.is_rejected:
        return _rejection(association, peer, here)
    if not watch.connected:
        return _unreachable(peer)
    if association.acceptor.primitive is not None:
        return PacsError(
            f"{said(peer)} accepts nothing of what was proposed",
            "a system that offers this service",
            "ask whoever runs it what it offers",
        )
    how = f"fell silent for {watch.timeout_s:g} s" if watch.fired else "closed the connection"
    return LostError(
        f"{said(peer)} {how} instead of answering",
        f"a DICOM system that answers {'with' if peer.tls else 'without'} TLS"
        + (" and takes our certificate" if peer.tls and peer.tls.certificate else ""),
        "check the port and tls in the settings",
    )


def _rejection(association: Association, peer: DimsePeer, here: Here) -> PacsError:
    answer: Any = association.acceptor.primitive
    why = REJECTIONS.get((answer.result_source, answer.diagnostic), "it gives no reason")
    kind = LostError if answer.result_source == TRANSIENT_SOURCE else PacsError
    return kind(
        f"{said(peer)} rejected the association: {why}",
        f"a system named '{peer.ae_title}' that knows us as '{here.ae_title}'",
        "correct ae_title in the settings, or have our AE title, address and port entered on that system",
    )


def _unreachable(peer: DimsePeer) -> PacsError:
    """Find out by connecting once more why there is no connection."""
    try:
        with socket.create_connection((peer.host, peer.port), timeout=peer.timeout_s) as plain:
            if peer.tls:
                context, name = asking_context(peer.tls), peer.tls.server_name or peer.host
                context.wrap_socket(plain, server_hostname=name).close()
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        return PacsError(
            f"{said(peer)} and this system agree on no encryption ({why})",
            "a system with TLS whose certificate the ca in the settings has signed",
            "check tls in the settings, and that the port is the one with TLS",
        )
    except TimeoutError:
        how = f"nobody answers within {peer.timeout_s:g} s"
    except ConnectionRefusedError:
        how = "nobody listens there"
    except OSError as error:
        how = error.strerror or str(error)
    else:
        how = "the first attempt to connect failed, a second did not"
    return LostError(
        f"{said(peer)} cannot be reached: {how}",
        "a system that listens at that address",
        "check host and port in the settings, that the system runs, and the firewall",
    )


def meaning(code: int, known: dict[int, tuple[str, str]], status: Dataset) -> str:
    """Say what a status means: category, meaning, and the comment that came with it.

    Examples
    --------
    >>> meaning(0x0122, {}, Dataset())
    '0x0122, Failure: Refused: SOP Class Not Supported'
    """
    category, what = known.get(code) or GENERAL_STATUS.get(code) or (code_to_category(code), "")
    return ": ".join(
        each for each in (f"0x{code:04X}, {category}", what, text(status, "ErrorComment")) if each
    )


def echo(peer: DimsePeer, here: Here) -> None:
    """Ask a system whether it answers (C-ECHO); tried once.

    Raises
    ------
    PacsError
        It does not.
    """
    with associated(peer, here, [build_context(Verification)]) as link:
        status = link.association.send_c_echo()
        code = link.code(status, "asked whether it answers")
    if code:
        raise PacsError(
            f"{said(peer)} answered with status {meaning(code, {}, status)}",
            "status 0x0000",
            "ask who runs it",
        )
