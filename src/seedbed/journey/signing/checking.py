"""A signed record checked to the last byte: every file hashed again, every signature and their chain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.signing.places import check_record_folder, signature_files, signed_files
from seedbed.journey.signing.signature import (
    SHORT_DIGITS,
    Signature,
    SignedFile,
    printed_digits,
    read_signature,
)

CLOCKS_DIFFER = timedelta(minutes=10)
"""The clocks of two computers of a clinic may differ by so much (local rule)."""
NAMED = 3
"""So many findings are named in one sentence; their number is always said (local rule)."""


@dataclass(frozen=True)
class RecordCheck:
    """What a check found.

    Attributes
    ----------
    folder : Path
    signatures : tuple of Signature
        Those that could be read, in their order.
    findings : tuple of str
        What is not as it was signed; empty where all is sound.
    """

    folder: Path
    signatures: tuple[Signature, ...]
    findings: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether all is as it was signed."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Return the check for machines."""
        return {
            "folder": str(self.folder),
            "sound": self.sound,
            "findings": list(self.findings),
            "signatures": [signature_as_dict(each) for each in self.signatures],
        }


def signature_as_dict(signature: Signature) -> dict[str, Any]:
    """Return a signature for machines, without the list of files."""
    said: dict[str, Any] = signature.model_dump(mode="json", exclude={"files"})
    return said | {"short_hash": signature.short_hash, "files": len(signature.files)}


def check_record(folder: Path, *, printed: str | None = None) -> RecordCheck:
    """Check a signed record; nothing is changed.

    Parameters
    ----------
    folder : Path
    printed : str, optional
        A hash that was printed when the record was signed: what the record is compared with beyond itself.

    Raises
    ------
    InputError
        Not a folder, one without a signature, a hash that is none, or a link in the folder.
    """
    wanted = None if printed is None else printed_digits(printed)
    if not folder.is_dir() or not signature_files(folder):
        check_record_folder(folder)
        raise InputError(f"'{folder}' is not signed", "a signed record", "sign it with 'seedbed sign'")
    findings: list[str] = []
    signatures = _read_all(folder, findings)
    findings += _chain(signatures)
    if signatures:
        findings += _differences(signatures[-1].files, signed_files(folder))
        findings += _of_one_record(signatures)
    if wanted is not None and not any(_begins(each, wanted) for each in signatures):
        findings.append(f"no signature has the printed hash {wanted[:SHORT_DIGITS]}")
    return RecordCheck(folder, tuple(signatures), tuple(findings))


def refuse_unsound(check: RecordCheck) -> None:
    """Refuse a record that is not as it was signed, naming what differs.

    Raises
    ------
    InputError
        Anything was found.

    Examples
    --------
    >>> refuse_unsound(RecordCheck(Path("record"), (), ()))
    """
    if check.sound:
        return
    more = len(check.findings) - NAMED
    named = "; ".join(check.findings[:NAMED]) + (f"; and {more} more" if more > 0 else "")
    raise InputError(
        f"the signed record '{check.folder}' was changed: {named}",
        "every file and signature as it was signed",
        "do not rely on this record; restore it from a copy, or verify again into a new folder",
    )


def follows(folder: Path) -> dict[str, Any]:
    """Return which signed record an amendment follows, for its ``verify.json``.

    Returns
    -------
    dict
        ``folder``, ``hash``, ``short_hash``, ``number``, ``by``, ``role`` and ``signed_at`` of the last
        signature.

    Raises
    ------
    InputError
        The record is not signed, or not as it was signed.
    """
    check = check_record(folder)
    refuse_unsound(check)
    last = check.signatures[-1]
    return {
        "folder": str(folder),
        "hash": last.hash,
        "short_hash": last.short_hash,
        "number": last.number,
        "by": last.by,
        "role": last.role,
        "signed_at": last.signed_at,
    }


def _begins(signature: Signature, digits: str) -> bool:
    return signature.hash.startswith(digits)


def _read_all(folder: Path, findings: list[str]) -> list[Signature]:
    """Return the signatures that can be read; say of the others why not."""
    signatures = []
    for path in signature_files(folder):
        try:
            signature = read_signature(path)
        except InputError as error:
            findings.append(error.came)
            continue
        if path.name != f"signature-{signature.number}.json":
            findings.append(f"signature '{path.name}' was renamed, it has the number {signature.number}")
        signatures.append(signature)
    return signatures


def _chain(signatures: Sequence[Signature]) -> Iterator[str]:
    """Say where a signature does not follow the one before."""
    before: Signature | None = None
    for number, each in enumerate(signatures, start=1):
        name = f"signature-{each.number}.json"
        if each.number != number:
            yield f"signature-{number}.json is missing or damaged"
            return
        if each.previous != (None if before is None else before.hash):
            yield f"'{name}' does not follow the signature before it"
        if before is not None and each.at < before.at - CLOCKS_DIFFER:
            yield f"'{name}' is older than the signature before it"
        before = each


def _differences(signed: Sequence[SignedFile], present: Sequence[SignedFile]) -> Iterator[str]:
    """Say which files are not as they were signed."""
    was, now = {each.name: each for each in signed}, {each.name: each for each in present}
    for name in sorted({*was, *now}):
        if name not in now:
            yield f"'{name}' is missing"
        elif name not in was:
            yield f"'{name}' was added"
        elif was[name] != now[name]:
            yield f"'{name}' was changed"


def _of_one_record(signatures: Sequence[Signature]) -> Iterator[str]:
    for each in signatures[:-1]:
        if each.files != signatures[-1].files:
            yield f"'signature-{each.number}.json' is of other files"
