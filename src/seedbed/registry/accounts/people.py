"""Accounts read and written."""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, insert, select, update

from seedbed.registry.accounts.tables import ACCOUNT


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who may sign in.

    Attributes
    ----------
    name : str
        What is typed, and what stands under a signature; folded to small letters.
    display_name : str
    roles : tuple of str
    password : str
        Its hash; empty where another system signs in.
    subject : str
        Who it is for another system that signs in (issuer and subject); else empty.
    disabled : bool
    version : int
        Grows with every change.
    changed_at, changed_by : str
    """

    name: str
    display_name: str
    roles: tuple[str, ...]
    password: str = ""
    subject: str = ""
    disabled: bool = False
    version: int = 1
    changed_at: str = ""
    changed_by: str = ""


def accounts(connection: Connection) -> list[Account]:
    """Return all accounts by name."""
    return [_account(row) for row in connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.name))]


def account_of(connection: Connection, name: str) -> Account | None:
    """Return an account; None where there is none of that name."""
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).first()
    return None if row is None else _account(row)


def account_of_subject(connection: Connection, subject: str) -> Account | None:
    """Return the account of somebody whom another system signs in."""
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.subject == subject)).first()
    return None if row is None else _account(row)


def add_account(connection: Connection, account: Account) -> None:
    """Write a new account."""
    connection.execute(insert(ACCOUNT).values(_row(account)))


def change_account(connection: Connection, account: Account) -> Account:
    """Write an account that is there, one version on."""
    changed = replace(account, version=account.version + 1)
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.name == account.name).values(_row(changed)))
    return changed


def keep_password(connection: Connection, name: str, *, old: str, new: str) -> None:
    """Write the hash of the same password anew, as better parameters ask; the account stays as it is."""
    connection.execute(
        update(ACCOUNT).where(ACCOUNT.c.name == name, ACCOUNT.c.password == old).values(password=new)
    )


def _row(account: Account) -> dict[str, object]:
    return {**asdict(account), "roles": "|".join(account.roles)}


def _account(row: object) -> Account:
    values = dict(row._mapping)  # type: ignore[attr-defined]
    values["roles"] = tuple(each for each in values["roles"].split("|") if each)
    return Account(**values)
