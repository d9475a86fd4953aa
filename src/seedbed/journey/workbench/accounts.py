"""Accounts of the people who use the workbench: listed, added, changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize

from seedbed.errors import InputError, one_of
from seedbed.journey.workbench.passwords import check_password, hashed
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError, check_version
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.people import Account, account_of, accounts, add_account, change_account
from seedbed.registry.accounts.sessions import end_sessions_of

ADMINISTRATOR = "administrator"
ROLES = ("viewer", "clinician", "physicist", "researcher", ADMINISTRATOR)
CLINICAL_ROLES = frozenset({"viewer", "clinician", "physicist"})
"""Roles that may see who a patient is."""
LONGEST_NAME = 64


@dataclass(frozen=True, kw_only=True)
class AccountChange:
    """What changes in an account; None leaves it as it is.

    Attributes
    ----------
    version : int
        The version that the change was made on.
    display_name : str or None
    roles : tuple of str or None
    disabled : bool or None
    password : str or None
    """

    version: int
    display_name: str | None = None
    roles: tuple[str, ...] | None = None
    disabled: bool | None = None
    password: str | None = None


def listed_accounts(workplace: Workplace) -> list[Account]:
    """Return all accounts by name."""
    with workplace.accounts.reading() as connection:
        return accounts(connection)


def has_accounts(workplace: Workplace) -> bool:
    """Tell whether anybody has an account: then nobody is let in without signing in."""
    return bool(listed_accounts(workplace))


def check_administered(workplace: Workplace) -> None:
    """Refuse a workplace that nobody can administer.

    Raises
    ------
    InputError
    """
    if not _administrators(listed_accounts(workplace)):
        raise InputError(
            f"the workplace '{workplace.folder}' has no account of an administrator",
            "at least one, where others than this machine's user can reach the workbench",
            "make one first with 'seedbed serve --add-administrator NAME'",
        )


def add(
    workplace: Workplace, name: str, *, display_name: str, roles: Iterable[str], password: str, by: str
) -> Account:
    """Add an account that signs in with a password.

    Parameters
    ----------
    workplace : Workplace
    name : str
        Folded to small letters; letters, digits and ``. _ - @``.
    display_name : str
        The name itself where empty.
    roles : iterable of str
        Of `ROLES`. The first account of all must be an administrator's.
    password : str
    by : str
        Who adds it.

    Raises
    ------
    InputError
        A name, role or password that cannot be used.
    ChangedElsewhereError
        There is an account of that name.
    """
    folded = account_name(name)
    check_password(password, folded)
    account = Account(
        name=folded,
        display_name=_display_name(display_name or name),
        roles=known_roles(roles),
        password=hashed(password),
        changed_at=_now(),
        changed_by=by,
    )
    with workplace.accounts.writing() as connection:
        if account_of(connection, folded) is not None:
            raise ChangedElsewhereError(f"there is an account '{folded}'", "a new name", "choose another")
        _check_still_administered([*accounts(connection), account])
        add_account(connection, account)
    return account


def change(workplace: Workplace, name: str, asked: AccountChange, *, by: str) -> Account:
    """Change an account; a new password or a disabled account ends its sessions.

    Raises
    ------
    NotFoundError
        No such account.
    ChangedElsewhereError
        It was changed since.
    InputError
        A role or password that cannot be used, or nobody would be left to administer.
    """
    folded = normalize("NFC", name).casefold()
    if asked.password is not None:
        check_password(asked.password, folded)
    password = None if asked.password is None else hashed(asked.password)
    with workplace.accounts.writing() as connection:
        account = account_of(connection, folded)
        if account is None:
            raise NotFoundError(f"there is no account '{folded}'", "one that is listed", "look at the list")
        check_version(
            f"account '{folded}'",
            asked.version,
            account.version,
            who=account.changed_by,
            at=account.changed_at,
        )
        changed = _changed(account, asked, password=password, by=by)
        others = [each for each in accounts(connection) if each.name != folded]
        _check_still_administered([*others, changed])
        changed = change_account(connection, changed)
        if password is not None or changed.disabled:
            end_sessions_of(connection, folded)
    return changed


def account_as_dict(account: Account) -> dict[str, Any]:
    """Return what is shown of an account: never the hash of its password."""
    return {
        "name": account.name,
        "display_name": account.display_name,
        "roles": list(account.roles),
        "disabled": account.disabled,
        "signs_in_with": "oidc" if account.subject else "password",
        "version": account.version,
        "changed_at": account.changed_at,
        "changed_by": account.changed_by,
    }


def account_name(name: str) -> str:
    """Fold a name to the form in which it is kept.

    Raises
    ------
    InputError

    Examples
    --------
    >>> account_name("Anna.S")
    'anna.s'
    """
    folded = normalize("NFC", name).casefold()
    if (
        not folded
        or len(folded) > LONGEST_NAME
        or not all(each.isalnum() or each in "._-@" for each in folded)
    ):
        raise InputError(
            f"the name of an account is '{name}'",
            f"1 to {LONGEST_NAME} letters, digits and . _ - @",
            "choose another",
        )
    if not any(each.isalnum() for each in folded):
        raise InputError(f"the name of an account is '{name}'", "a letter or digit in it", "choose another")
    return folded


def known_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Check roles, and return each once in their order.

    Raises
    ------
    InputError
    """
    given = list(roles)
    for role in given:
        if role not in ROLES:
            raise InputError(f"the role '{role}' is unknown", one_of(ROLES, role), "choose of these")
    if not given:
        raise InputError("an account without a role", one_of(ROLES), "choose at least one")
    return tuple(role for role in ROLES if role in given)


def _changed(account: Account, asked: AccountChange, *, password: str | None, by: str) -> Account:
    if password is not None and account.subject:
        raise InputError(
            f"'{account.name}' signs in at another system", "no password here", "change it there"
        )
    return replace(
        account,
        display_name=account.display_name
        if asked.display_name is None
        else _display_name(asked.display_name),
        roles=account.roles if asked.roles is None else known_roles(asked.roles),
        disabled=account.disabled if asked.disabled is None else asked.disabled,
        password=account.password if password is None else password,
        changed_at=_now(),
        changed_by=by,
    )


def _display_name(name: str) -> str:
    shown = " ".join(name.split())
    if not shown or not shown.isprintable() or len(shown) > LONGEST_NAME:
        raise InputError(
            f"the name to show is '{shown[:LONGEST_NAME]}'", f"1 to {LONGEST_NAME} signs", "choose another"
        )
    return shown


def _administrators(found: Iterable[Account]) -> list[Account]:
    return [each for each in found if ADMINISTRATOR in each.roles and not each.disabled]


def _check_still_administered(found: list[Account]) -> None:
    if not _administrators(found):
        raise InputError(
            "nobody would be left who may administer accounts",
            "at least one administrator who is not disabled",
            "make somebody else an administrator first",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
