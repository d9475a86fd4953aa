"""The access trail: who saw or did what of which patient, in a chain of hashes.

The hash of an entry is SHA-256 over one line of UTF-8 text, ended by a line feed: the JSON array ``[hash
before, number, at, who, what, patient_id, detail, origin]`` without spaces, nothing escaped that need not be.
The first takes 64 zeros for the hash before. Any other program can recompute it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select

from seedbed.registry.accounts.tables import ACCESS_ENTRY
from seedbed.registry.chain_proof import ChainProof
from seedbed.registry.ledger import FIRST, as_json

AT_ONCE = 10_000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one person saw or did.

    Attributes
    ----------
    number : int
        From 1, without gaps.
    at : str
        UTC, ISO 8601.
    who, what, patient_id, detail, origin : str
        ``origin`` is the address it came from; ``patient_id`` is empty where it is of no patient.
    hash : str
        Of this entry and all before it.
    """

    number: int
    at: str
    who: str
    what: str
    patient_id: str
    detail: str
    origin: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which entries are wanted; what is empty does not count.

    Attributes
    ----------
    patient_id, who, since : str
        ``since`` is a day or a moment, ISO 8601.
    """

    patient_id: str = ""
    who: str = ""
    since: str = ""


@dataclass(kw_only=True)
class TrailProof(ChainProof):
    """What a check of the trail found; a link of the chain is an entry.

    Attributes
    ----------
    entries : int
        How many were looked at.
    """

    entries: int = 0


def entry_hash(previous: str, stated: Sequence[object]) -> str:
    """Return the hash of an entry.

    Parameters
    ----------
    previous : str
        Hash of the entry before; `FIRST` for the first.
    stated : sequence
        Number, at, who, what, patient_id, detail, origin.

    Examples
    --------
    >>> entry_hash(FIRST, [1, "2026-01-01T00:00:00Z", "S", "signed in", "", "", "127.0.0.1"])[:8]
    '6cc0df27'
    """
    return sha256(f"{as_json([previous, *stated])}\n".encode()).hexdigest()


def add_entry(
    connection: Connection, who: str, *, what: str, patient_id: str = "", detail: str = "", origin: str = ""
) -> Entry:
    """Write an entry after all others; the caller holds the lock of writers."""
    number, previous = last_entry(connection)
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    stated = (number + 1, at, who, what, patient_id, detail, origin)
    names = [column.name for column in ACCESS_ENTRY.columns]
    values = dict(zip(names, (*stated, entry_hash(previous, stated)), strict=True))
    entry = Entry(**values)  # type: ignore[arg-type]
    connection.execute(insert(ACCESS_ENTRY).values(asdict(entry)))
    return entry


def last_entry(connection: Connection) -> tuple[int, str]:
    """Return the number and the hash of the latest entry; 0 and `FIRST` where there is none."""
    columns = ACCESS_ENTRY.c
    newest = select(func.max(columns.number)).scalar_subquery()
    found = connection.execute(select(columns.number, columns.hash).where(columns.number == newest)).first()
    return (found[0], found[1]) if found else (0, FIRST)


def entries(
    connection: Connection, asked: Asked, *, page: int = 1, per_page: int = 100
) -> tuple[int, list[Entry]]:
    """Return how many entries there are, and one page of them, the latest first; pages count from 1."""
    columns = ACCESS_ENTRY.c
    where = [
        condition
        for given, condition in (
            (asked.patient_id, columns.patient_id == asked.patient_id),
            (asked.who, columns.who == asked.who),
            (asked.since, columns.at >= asked.since),
        )
        if given
    ]
    total = connection.scalar(select(func.count()).select_from(ACCESS_ENTRY).where(*where))
    query = select(ACCESS_ENTRY).where(*where).order_by(columns.number.desc())
    rows = connection.execute(query.limit(per_page).offset((page - 1) * per_page))
    return total or 0, [Entry(**row._mapping) for row in rows]


def prove_trail(connection: Connection, *, head: str | None = None) -> TrailProof:
    """Recompute the chain of hashes.

    Parameters
    ----------
    connection : Connection
    head : str, optional
        A hash that was written down before, at least its first 8 signs: it must be in the chain.
    """
    proof, found = TrailProof(), head is None
    query = select(ACCESS_ENTRY).order_by(ACCESS_ENTRY.c.number)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        *stated, stored = row
        if stated[0] != proof.number + 1:
            proof.fault(f"After entry {proof.number} comes entry {stated[0]}: one is missing.")
        if entry_hash(proof.head, stated) != stored:
            proof.fault(
                f"The hash of entry {stated[0]} ({stated[1]}, {stated[2]}) does not fit what it holds."
            )
        proof.entries, proof.number, proof.head = proof.entries + 1, stated[0], stored
        found = found or (head is not None and stored.startswith(head.lower()))
    proof.expect(head, found=found)
    return proof
