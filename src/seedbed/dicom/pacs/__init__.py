"""Other systems on the network: ask whether they answer, find, fetch, send; DIMSE or DICOMweb alike."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from seedbed.dicom.pacs.answers import Keep, Level, Match, Progress, Retrieved, Sent, StoppedError, silent
from seedbed.dicom.pacs.question import merged, spellings
from seedbed.dicom.pacs.settings import DimsePeer, Here, Peer, Settings, Tls, WebPeer, load_settings
from seedbed.errors import InputError

__all__ = [
    "DimsePeer",
    "Here",
    "Match",
    "Peer",
    "Retrieved",
    "Sent",
    "Settings",
    "StoppedError",
    "Tls",
    "WebPeer",
    "echo",
    "find",
    "get",
    "load_settings",
    "send",
]


def echo(peer: Peer, here: Here) -> None:
    """Ask a system whether it answers.

    Raises
    ------
    PacsError
        It does not, in a sentence that says why.
    """
    if isinstance(peer, WebPeer):
        from seedbed.dicom.pacs import web

        return web.echo(peer, here)
    from seedbed.dicom.pacs import association

    return association.echo(peer, here)


def find(peer: Peer, here: Here, level: Level, keys: Mapping[str, str]) -> list[Match]:
    """Ask a PACS what it holds.

    Parameters
    ----------
    peer : DimsePeer or WebPeer
    here : Here
    level : str
        What is counted: "PATIENT", "STUDY", "SERIES" or "IMAGE".
    keys : Mapping[str, str]
        What must match, by DICOM keyword; ``*`` and ``?`` stand for any letters (PS3.4, C.2.2.2); an empty
        value only asks that the attribute be returned. A name beyond ASCII, such as ``王*``, is asked for
        twice, as it is and behind Latin letters.

    Returns
    -------
    list of Match
        Possibly empty.

    Raises
    ------
    PacsError
        The PACS did not answer, refused, or broke off.
    """
    return merged(_find(peer, here, level, asked) for asked in spellings(keys))


def _find(peer: Peer, here: Here, level: Level, keys: Mapping[str, str]) -> list[Match]:
    if isinstance(peer, WebPeer):
        from seedbed.dicom.pacs import web

        return web.find(peer, here, level, keys)
    from seedbed.dicom.pacs import query

    return query.find(peer, here, level, keys)


def get(
    peer: Peer,
    here: Here,
    study_uid: str,
    *,
    series_uid: str | None = None,
    instance_uid: str | None = None,
    keep: Keep,
    already: Collection[str] = (),
    progress: Progress = silent,
    move: bool = False,
) -> Retrieved:
    """Fetch a study, one of its series or one instance.

    Parameters
    ----------
    peer : DimsePeer or WebPeer
    here : Here
    study_uid, series_uid, instance_uid : str
    keep : callable
        Takes each instance as a whole DICOM file, as the PACS stores it, and returns only when it is safe
        on disk. What it raises is told to the PACS and named in the result; the others go on.
    already : collection of str
        UIDs of instances that are here and are not asked for.
    progress : callable
    move : bool
        Have the PACS send to our own port (C-MOVE) instead of over the connection that asks (C-GET).

    Returns
    -------
    Retrieved

    Raises
    ------
    PacsError
        The PACS did not answer, refused, has no such study, or broke off more often than ``peer.retries``
        without anything new; what was kept by then stays.
    InputError
        ``move`` of a DICOMweb system, which has none.
    StoppedError
        Ctrl-C while instances came.
    """
    if isinstance(peer, WebPeer):
        from seedbed.dicom.pacs import web

        if move:
            raise InputError(f"'{peer.name}' is a DICOMweb system", "a DIMSE system", "leave out --move")
        return web.get(
            peer,
            here,
            study_uid,
            series_uid=series_uid,
            instance_uid=instance_uid,
            keep=keep,
            already=already,
            progress=progress,
        )
    from seedbed.dicom.pacs import retrieve

    wanted = retrieve.Wanted(study_uid, series_uid, instance_uid, frozenset(already))
    return retrieve.get(peer, here, wanted, keep=keep, progress=progress, move=move)


def send(peer: Peer, here: Here, paths: Sequence[Path], *, progress: Progress = silent) -> Sent:
    """Send DICOM files, each as it is; pixels are never compressed or decompressed on the way.

    Parameters
    ----------
    peer : DimsePeer or WebPeer
    here : Here
    paths : sequence of Path
    progress : callable

    Returns
    -------
    Sent
        An instance counts as stored only when the system said so.

    Raises
    ------
    PacsError
        The system did not answer, refused all, or broke off more often than ``peer.retries`` without
        anything new.
    InputError
        A file is no DICOM file.
    StoppedError
        Ctrl-C while files were sent.
    """
    if isinstance(peer, WebPeer):
        from seedbed.dicom.pacs import web

        return web.send(peer, here, paths, progress=progress)
    from seedbed.dicom.pacs import sending

    return sending.send(peer, here, paths, progress=progress)
