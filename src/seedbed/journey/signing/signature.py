"""One signature: what it states, how it is written, and its hash."""

import json
import stat
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from seedbed.errors import InputError, one_of
from seedbed.registry.objects import sha256_of

DECISIONS = ("accept", "top-up", "repeat-ct", "other")
LONGEST_NAME, LONGEST_TEXT, MOST_BYTES = 64, 2000, 20_000_000
SHORT_DIGITS, GROUP = 24, 4
"""Hexadecimal digits of the hash to print: 96 bits, too many to search through, few enough to copy."""
KIND: Literal["seedbed signature 1"] = "seedbed signature 1"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Statement:
    """What somebody signs.

    Attributes
    ----------
    by, role : str
        At most 64 characters each.
    decision : str
        In words, at most 2000 characters.
    decided : {"accept", "top-up", "repeat-ct", "other"} or None
        The same for machines.

    Raises
    ------
    InputError
        Nothing but spaces, too long, characters that cannot be printed, or an unknown decision.

    Examples
    --------
    >>> Statement("  A.  Example ", "physicist", "No seed missing.").by
    'A. Example'
    """

    by: str
    role: str
    decision: str
    decided: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", _line(self.by, "the name", LONGEST_NAME))
        object.__setattr__(self, "role", _line(self.role, "the role", LONGEST_NAME))
        object.__setattr__(self, "decision", _line(self.decision, "the decision", LONGEST_TEXT))
        if self.decided is not None and self.decided not in DECISIONS:
            raise InputError(
                f"decided '{self.decided}'", one_of(DECISIONS, self.decided), "choose one of them"
            )


def _line(text: str, what: str, longest: int) -> str:
    """Return a text as one line in composed characters, or refuse it."""
    plain = unicodedata.normalize("NFC", text).replace("\u3000", " ").replace("\u00a0", " ")
    line = " ".join(part for part in plain.split(" ") if part)
    if not any(letter.isalnum() for letter in line):
        raise InputError(
            f"{what} is '{text}'", "letters", "say who signs, in which role, and what is decided"
        )
    if not line.isprintable():
        raise InputError(
            f"{what} '{text}' holds characters that cannot be printed", "one line", "type it anew"
        )
    if len(line) > longest:
        raise InputError(f"{what} has {len(line)} characters", f"at most {longest}", "shorten it")
    return line


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class SignedFile(_Part):
    """A file of the record: its name below the folder with ``/``, SHA-256 and size."""

    name: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]


class Signature(_Part):
    """One signature as it lies in the folder.

    Attributes
    ----------
    kind : str
        Which edition of this form it is.
    number : int
        1 for the first.
    by, role, decision : str
    decided : str or None
    signed_at : str
        ISO 8601 in UTC with its offset, by the clock of the computer.
    seedbed : str
        Version of the program.
    previous : str or None
        Hash of the signature before.
    files : tuple of SignedFile
        All files of the record, by name.
    hash : str
        SHA-256 of all the above in canonical JSON: sorted keys, no spaces, UTF-8.

    Examples
    --------
    >>> statement = Statement("A. Example", "physicist", "No seed missing.")
    >>> day = datetime(2026, 12, 1, tzinfo=UTC)
    >>> signed = sealed(statement, files=(), previous=None, at=day, seedbed="0.1.0")
    >>> signed.number, signed.hash == hash_of(signed)
    (1, True)
    """

    kind: Literal["seedbed signature 1"]
    number: Annotated[int, Field(ge=1)]
    by: str
    role: str
    decision: str
    decided: str | None
    signed_at: str
    seedbed: str
    previous: Sha256 | None
    files: tuple[SignedFile, ...]
    hash: Sha256

    @property
    def at(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.signed_at)

    @property
    def short_hash(self) -> str:
        """The hash to print: 24 digits in groups of four."""
        return short(self.hash)


def sealed(
    statement: Statement,
    *,
    files: tuple[SignedFile, ...],
    previous: Signature | None,
    at: datetime,
    seedbed: str,
) -> Signature:
    """Make a signature with its hash.

    Examples
    --------
    >>> statement = Statement("A. Example", "physicist", "No seed missing.")
    >>> day = datetime(2026, 12, 1, tzinfo=UTC)
    >>> sealed(statement, files=(), previous=None, at=day, seedbed="0.1.0").signed_at
    '2026-12-01T00:00:00+00:00'
    """
    unsealed = Signature(
        kind=KIND,
        number=1 if previous is None else previous.number + 1,
        by=statement.by,
        role=statement.role,
        decision=statement.decision,
        decided=statement.decided,
        signed_at=at.astimezone(UTC).isoformat(timespec="seconds"),
        seedbed=seedbed,
        previous=None if previous is None else previous.hash,
        files=files,
        hash="0" * 64,
    )
    return unsealed.model_copy(update={"hash": hash_of(unsealed)})


def hash_of(signature: Signature) -> str:
    """Return the SHA-256 of all that a signature states, without the hash that it names itself."""
    return sha256_of(_canonical(signature.model_dump(mode="json", exclude={"hash"})))


def written(signature: Signature) -> bytes:
    """Return a signature as it lies in the folder: canonical JSON, one line."""
    return _canonical(signature.model_dump(mode="json"))


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def short(digits: str) -> str:
    """Return the first digits of a hash in groups of four, to print.

    Examples
    --------
    >>> short("0123456789abcdef" * 4)
    '0123 4567 89ab cdef 0123 4567'
    """
    return " ".join(digits[start : start + GROUP] for start in range(0, SHORT_DIGITS, GROUP))


def printed_digits(text: str) -> str:
    """Return the digits of a hash that somebody copied from paper: the short or the whole one.

    Raises
    ------
    InputError
        Something else.

    Examples
    --------
    >>> printed_digits("0123 4567-89AB CDEF 0123 4567")
    '0123456789abcdef01234567'
    """
    digits = "".join(text.casefold().replace("-", " ").split())
    if len(digits) not in (SHORT_DIGITS, 64) or not set(digits) <= set("0123456789abcdef"):
        raise InputError(
            f"the printed hash '{text}'",
            f"the {SHORT_DIGITS} digits that were printed, 0 to 9 and a to f",
            "copy it from the paper as it stands there",
        )
    return digits


def read_signature(path: Path) -> Signature:
    """Read one signature; it is exactly as Seedbed wrote it, and its hash is right.

    Raises
    ------
    InputError
        It cannot be read, or a character of it was changed.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _changed(path)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
        signature = Signature.model_validate_json(content)
        statement = Statement(signature.by, signature.role, signature.decision, signature.decided)
        said = (statement.by, statement.role, statement.decision)
        sound = (
            written(signature) == content
            and hash_of(signature) == signature.hash
            and said == (signature.by, signature.role, signature.decision)
            and signature.at.utcoffset() == timedelta(0)
        )
    except OSError as error:
        raise InputError(
            f"'{path}' cannot be read ({error.strerror or error})", "a signature", "check the permissions"
        ) from error
    except (ValueError, InputError, RecursionError) as error:
        raise _changed(path) from error
    if not sound:
        raise _changed(path)
    return signature


def _changed(path: Path) -> InputError:
    return InputError(
        f"signature '{path.name}' was changed since it was written, or is damaged",
        "the signature as Seedbed wrote it",
        "do not rely on this record; restore it from a copy",
    )
