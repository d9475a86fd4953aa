"""Sign a record: hash its files, write the signature whole or not at all, never over another one."""

import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from seedbed.errors import InputError, OutputError
from seedbed.journey.signing.checking import CLOCKS_DIFFER, check_record, refuse_unsound
from seedbed.journey.signing.places import check_record_folder, signature_files, signed_files
from seedbed.journey.signing.signature import Signature, Statement, sealed, written
from seedbed.registry.objects import sync_folder

READ_ONLY = 0o444


def sign_record(folder: Path, statement: Statement, *, now: datetime | None = None) -> Signature:
    """Sign a finished record, or sign it once more after another person.

    Parameters
    ----------
    folder : Path
        As ``seedbed verify`` wrote it.
    statement : Statement
    now : datetime, optional
        With its offset; the computer's clock where None.

    Returns
    -------
    Signature
        As it lies in ``signature-N.json``. All files of the record are read-only then, where the disk can.

    Raises
    ------
    InputError
        Not a finished record, one that is not as the first person signed it, a link or an open file in the
        folder, the same signature twice, a clock before the signature before.
    OutputError
        The signature cannot be written, or somebody else signed at the same moment; nothing is left of it.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = (Path(name) / "verify.json").write_text('{"seedbed": {}}')
    ...     signed = sign_record(Path(name), Statement("A. Example", "physicist", "No seed missing."))
    ...     sorted(path.name for path in Path(name).iterdir()), signed.number
    (['signature-1.json', 'verify.json'], 1)
    """
    check_record_folder(folder)
    at = datetime.now(UTC) if now is None else now
    previous = _previous(folder, statement, at)
    files = signed_files(folder, before_signing=True)
    if previous is not None and files != previous.files:
        raise _changing(folder)
    signature = sealed(statement, files=files, previous=previous, at=at, seedbed=version("seedbed"))
    _place(folder, signature)
    for path in (folder / each.name for each in files):
        with suppress(OSError):
            path.chmod(path.stat().st_mode & READ_ONLY)
    return signature


def _previous(folder: Path, statement: Statement, at: datetime) -> Signature | None:
    """Return the signature to follow, after checking all that was signed."""
    if not signature_files(folder):
        return None
    check = check_record(folder)
    refuse_unsound(check)
    last = check.signatures[-1]
    for each in check.signatures:
        if statement == Statement(each.by, each.role, each.decision, each.decided):
            raise InputError(
                f"{each.by}, {each.role}, signed this record with the same decision at {each.signed_at}",
                "one signature of each person and decision",
                "nothing is to be done",
            )
    if at < last.at - CLOCKS_DIFFER:
        raise InputError(
            f"the clock says {at.isoformat(timespec='seconds')}, "
            f"and the record was signed at {last.signed_at}",
            "a later time",
            "set the clock of this computer",
        )
    return last


def _place(folder: Path, signature: Signature) -> None:
    """Write a signature beside its place, look once more at the files, and name it if its name is free."""
    place = folder / f"signature-{signature.number}.json"
    stage: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".signature-", suffix=".part", dir=folder)
        stage = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(written(signature))
            file.flush()
            os.fsync(file.fileno())
        stage.chmod(READ_ONLY)
        if signed_files(folder, before_signing=True) != signature.files:
            raise _changing(folder)
        _name(stage, place)
        sync_folder(folder)
    except FileExistsError as error:
        raise OutputError(
            f"somebody else signed '{folder}' at the same moment ({place.name})",
            "one signature after the other",
            "look at that signature with --check, then sign again",
        ) from error
    except OSError as error:
        raise OutputError(
            f"'{place}' could not be written ({error.strerror or error})",
            "a folder that can be written, with room",
            "check the permissions and the space; the record is not signed",
        ) from error
    finally:
        if stage is not None:
            with suppress(OSError):
                _remove(stage)


def _name(stage: Path, place: Path) -> None:
    """Give a whole file its name, only where that is free: no system call but a link does both everywhere."""
    if os.name == "nt":
        stage.rename(place)  # refuses an existing file there
        return
    try:
        os.link(stage, place)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, such as FAT
        _copy(stage, place)


def _copy(stage: Path, place: Path) -> None:
    """Write a file only where none is; not whole after a power cut, which the hash in it shows."""
    with place.open("xb") as file:
        try:
            file.write(stage.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            place.unlink()
            raise


def _remove(stage: Path) -> None:
    if os.name == "nt":
        stage.chmod(0o666)
    stage.unlink(missing_ok=True)


def _changing(folder: Path) -> InputError:
    return InputError(
        f"a file in '{folder}' changes while it is being signed",
        "files that nobody is writing",
        "wait until other programs are done, and sign again",
    )
