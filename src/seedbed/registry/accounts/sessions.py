"""Sessions by the hash of their token, and failed sign-ins that make the next one wait."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from seedbed.registry.accounts.tables import FAILED_SIGN_IN, WEB_SESSION

LONGEST_WAIT_S = 900.0
"""Local rule."""
FORGOTTEN_AFTER_S = 86_400.0
"""Failures older than a day count no more; local rule."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One sign-in.

    Attributes
    ----------
    token_hash : str
        SHA-256 of the token that the browser holds.
    name : str
    kind : {"password", "oidc", "local"}
    origin : str
        Address that signed in.
    began_s, seen_s : float
        When it began and was last used; seconds since 1970.
    """

    token_hash: str
    name: str
    kind: str
    origin: str
    began_s: float
    seen_s: float


@dataclass(frozen=True)
class Tried:
    """Something that failures are counted by.

    Attributes
    ----------
    subject : str
        An account or an address.
    free : int
        Failures that cost no wait; each further one doubles it, from two seconds.
    """

    subject: str
    free: int

    def wait_s(self, count: int) -> float:
        """Tell how long the next attempt waits after so many failures.

        Examples
        --------
        >>> [Tried("account anna", 5).wait_s(count) for count in (5, 6, 7, 60)]
        [0.0, 2.0, 4.0, 900.0]
        """
        above = count - self.free
        return 0.0 if above <= 0 else min(2.0 ** min(above, 20), LONGEST_WAIT_S)


def token_hash(token: str) -> str:
    """Hash a token; it has 256 random bits, so that a plain hash is enough."""
    return sha256(token.encode()).hexdigest()


def add_session(connection: Connection, session: Session) -> None:
    """Write a new session."""
    connection.execute(insert(WEB_SESSION).values(asdict(session)))


def session_of(connection: Connection, hashed: str) -> Session | None:
    """Return the session of a token's hash."""
    row = connection.execute(select(WEB_SESSION).where(WEB_SESSION.c.token_hash == hashed)).first()
    return None if row is None else Session(**row._mapping)


def seen(connection: Connection, hashed: str, now_s: float) -> None:
    """Note that a session was used."""
    connection.execute(update(WEB_SESSION).where(WEB_SESSION.c.token_hash == hashed).values(seen_s=now_s))


def end_session(connection: Connection, hashed: str) -> None:
    """End one session."""
    connection.execute(delete(WEB_SESSION).where(WEB_SESSION.c.token_hash == hashed))


def end_sessions_of(connection: Connection, name: str) -> None:
    """End all sessions of an account."""
    connection.execute(delete(WEB_SESSION).where(WEB_SESSION.c.name == name))


def end_sessions_of_kind(connection: Connection, kind: str) -> None:
    """End all sessions that were begun in one way."""
    connection.execute(delete(WEB_SESSION).where(WEB_SESSION.c.kind == kind))


def end_old_sessions(connection: Connection, *, seen_before_s: float, began_before_s: float) -> None:
    """Remove sessions that have run out."""
    old = (WEB_SESSION.c.seen_s < seen_before_s) | (WEB_SESSION.c.began_s < began_before_s)
    connection.execute(delete(WEB_SESSION).where(old))


def charge(connection: Connection, tried: Sequence[Tried], now_s: float) -> float:
    """Count an attempt as failed before it is tried, so that attempts at once are counted too.

    Returns
    -------
    float
        Seconds that it must still wait; nothing was counted then. 0 where it may be tried.
    """
    connection.execute(delete(FAILED_SIGN_IN).where(FAILED_SIGN_IN.c.last_s < now_s - FORGOTTEN_AFTER_S))
    counts = {each: _failures(connection, each.subject) for each in tried}
    wait = max(last + each.wait_s(count) - now_s for each, (count, last) in counts.items())
    if wait > 0:
        return wait
    for each, (count, _last) in counts.items():
        connection.execute(delete(FAILED_SIGN_IN).where(FAILED_SIGN_IN.c.subject == each.subject))
        row = {"subject": each.subject, "count": count + 1, "last_s": now_s}
        connection.execute(insert(FAILED_SIGN_IN).values(row))
    return 0.0


def forgive(connection: Connection, account: Tried, address: Tried) -> None:
    """Take back what `charge` counted: all of the account, one of the address."""
    connection.execute(delete(FAILED_SIGN_IN).where(FAILED_SIGN_IN.c.subject == account.subject))
    connection.execute(
        update(FAILED_SIGN_IN)
        .where(FAILED_SIGN_IN.c.subject == address.subject, FAILED_SIGN_IN.c["count"] > 0)
        .values(count=FAILED_SIGN_IN.c["count"] - 1)
    )


def _failures(connection: Connection, subject: str) -> tuple[int, float]:
    columns = FAILED_SIGN_IN.c
    row = connection.execute(
        select(columns["count"], columns.last_s).where(columns.subject == subject)
    ).first()
    return (0, 0.0) if row is None else (row[0], row[1])
