"""Signing in and out: by password, by another system, or as the user of this machine."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from math import ceil
from unicodedata import normalize

from seedbed.journey.workbench.accounts import ROLES, AccountChange, account_name, change
from seedbed.journey.workbench.passwords import verified
from seedbed.journey.workbench.refusals import BusyError, ForbiddenError, NotSignedInError
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.people import (
    Account,
    account_of,
    account_of_subject,
    add_account,
    change_account,
    keep_password,
)
from seedbed.registry.accounts.sessions import (
    Session,
    Tried,
    add_session,
    charge,
    end_old_sessions,
    end_session,
    end_sessions_of_kind,
    forgive,
    seen,
    session_of,
    token_hash,
)

TOKEN_BYTES = 32
FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 30
"""Failures without a wait; local rule. A department may share one address."""
NOTED_EVERY_S = 60.0
"""The last use of a session is noted once a minute; local rule."""


@dataclass(frozen=True)
class Person:
    """Who is signed in.

    Attributes
    ----------
    name, display_name : str
    roles : frozenset of str
    kind : {"password", "oidc", "local"}
    """

    name: str
    display_name: str
    roles: frozenset[str]
    kind: str


@dataclass(frozen=True)
class SignedIn:
    """A session that has just begun.

    Attributes
    ----------
    person : Person
    token : str
        What the browser holds; it is kept nowhere else.
    """

    person: Person
    token: str


@dataclass(frozen=True)
class Known:
    """Who another system says has signed in.

    Attributes
    ----------
    subject : str
        Issuer and subject, which never change.
    name, display_name : str
    roles : sequence of str
        What its claims come to.
    """

    subject: str
    name: str
    display_name: str
    roles: Sequence[str]


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def sign_in(workplace: Workplace, name: str, password: str, *, origin: str) -> SignedIn:
    """Sign in by name and password; a failure costs a wait that grows.

    Raises
    ------
    NotSignedInError
        Unknown name, wrong password or disabled account: the same sentence, in the same time.
    BusyError
        Too many failures; it says how long to wait.
    """
    account = checked_password(workplace, name, password, origin=origin)
    return begin(workplace, account.name, "password", origin=origin)


def checked_password(workplace: Workplace, name: str, password: str, *, origin: str) -> Account:
    """Return the account whose name and password these are.

    Raises
    ------
    NotSignedInError
    BusyError
    """
    folded = normalize("NFC", name).casefold()
    by_account = Tried(f"account {sha256(folded.encode()).hexdigest()}", FREE_OF_ACCOUNT)
    by_address = Tried(f"address {origin}", FREE_OF_ADDRESS)
    with workplace.accounts.writing() as connection:
        wait_s = charge(connection, [by_account, by_address], workplace.clock())
        account = account_of(connection, folded)
    if wait_s > 0:
        raise BusyError(f"too many attempts failed; wait {ceil(wait_s)} s", "a pause", "wait, then try again")
    right, anew = verified(password, account.password if account else "")
    if account is None or not right or account.disabled:
        known = account.name if account else "an unknown name"
        workplace.trail.note(known, "sign-in refused", origin=origin)
        raise NotSignedInError(
            "name and password do not belong together, or the account is disabled",
            "the name and password of an account",
            "try again, or ask an administrator",
        )
    with workplace.accounts.writing() as connection:
        forgive(connection, by_account, by_address)
        if anew:
            keep_password(connection, account.name, old=account.password, new=anew)
    return account


def change_password(workplace: Workplace, person: Person, old: str, new: str, *, origin: str) -> SignedIn:
    """Change one's own password; all sessions of the account end, and a new one begins.

    Raises
    ------
    ForbiddenError
        Somebody who signs in without a password.
    NotSignedInError, BusyError
        The old password is wrong.
    InputError
        The new one cannot be used.
    """
    if person.kind != "password":
        raise ForbiddenError(
            f"'{person.name}' signs in without a password", "an account with a password", "leave it"
        )
    account = checked_password(workplace, person.name, old, origin=origin)
    change(workplace, account.name, AccountChange(version=account.version, password=new), by=account.name)
    workplace.trail.note(account.name, "password changed", origin=origin)
    return begin(workplace, account.name, "password", origin=origin)


def sign_in_known(workplace: Workplace, known: Known, *, origin: str) -> SignedIn:
    """Sign in somebody whom another system knows; the account is made, and its roles are brought up to date.

    Raises
    ------
    ForbiddenError
        No role, a disabled account, or a name that somebody else has here.
    """
    if not known.roles:
        raise ForbiddenError(
            f"'{known.name}' has no role here",
            "a group that the settings give a role",
            "ask an administrator",
        )
    with workplace.accounts.writing() as connection:
        account = account_of_subject(connection, known.subject)
        if account is None:
            account = _new_account(known)
            if account_of(connection, account.name) is not None:
                raise ForbiddenError(
                    f"the name '{account.name}' belongs to another account here",
                    "a name of one's own",
                    "ask an administrator",
                )
            add_account(connection, account)
        elif account.disabled:
            raise ForbiddenError(
                f"the account '{account.name}' is disabled", "one that is not", "ask an administrator"
            )
        elif account.roles != tuple(known.roles):
            changed = replace(account, roles=tuple(known.roles), changed_at=_now(), changed_by="oidc")
            account = change_account(connection, changed)
    return begin(workplace, account.name, "oidc", origin=origin)


def begin(workplace: Workplace, name: str, kind: str, *, origin: str) -> SignedIn:
    """Begin a session, and write it into the trail.

    Raises
    ------
    NotSignedInError
        The account has been disabled meanwhile.
    """
    token, now, limits = new_token(), workplace.clock(), workplace.limits
    session = Session(
        token_hash=token_hash(token), name=name, kind=kind, origin=origin, began_s=now, seen_s=now
    )
    with workplace.accounts.writing() as connection:
        person = _person(session, account_of(connection, name))
        if person is None:
            raise NotSignedInError(
                f"the account '{name}' is disabled", "one that is not", "ask an administrator"
            )
        end_old_sessions(connection, seen_before_s=now - limits.idle_s, began_before_s=now - limits.longest_s)
        add_session(connection, session)
    workplace.trail.note(name, "signed in", detail=kind, origin=origin)
    return SignedIn(person, token)


def person_of(workplace: Workplace, token: str, *, local: bool) -> Person | None:
    """Return who holds a token; None where the session has run out or was ended.

    Parameters
    ----------
    workplace : Workplace
    token : str
    local : bool
        Whether sessions of this machine's user count: not where people have accounts.
    """
    hashed, now, limits = token_hash(token), workplace.clock(), workplace.limits
    with workplace.accounts.reading() as connection:
        session = session_of(connection, hashed)
        account = account_of(connection, session.name) if session else None
    if session is None or (session.kind == "local" and not local):
        return None
    if now - session.seen_s > limits.idle_s or now - session.began_s > limits.longest_s:
        return None
    if now - session.seen_s > min(NOTED_EVERY_S, limits.idle_s / 2):
        with workplace.accounts.writing() as connection:
            seen(connection, hashed, now)
    return _person(session, account)


def sign_out(workplace: Workplace, token: str, *, who: str, origin: str) -> None:
    """End a session."""
    with workplace.accounts.writing() as connection:
        end_session(connection, token_hash(token))
    workplace.trail.note(who, "signed out", origin=origin)


def end_local_sessions(workplace: Workplace) -> None:
    """End what sessions this machine's user had before people had accounts."""
    with workplace.accounts.writing() as connection:
        end_sessions_of_kind(connection, "local")


def _person(session: Session, account: Account | None) -> Person | None:
    if session.kind == "local":
        return Person(session.name, session.name, frozenset(ROLES), "local")
    if account is None or account.disabled:
        return None
    return Person(account.name, account.display_name, frozenset(account.roles), session.kind)


def _new_account(known: Known) -> Account:
    return Account(
        name=account_name(known.name),
        display_name=known.display_name or known.name,
        roles=tuple(known.roles),
        subject=known.subject,
        changed_at=_now(),
        changed_by="oidc",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
