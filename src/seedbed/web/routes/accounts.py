"""Accounts and the access trail, for administrators."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from seedbed.journey.workbench.accounts import (
    AccountChange,
    account_as_dict,
    add,
    change,
    listed_accounts,
)
from seedbed.registry.accounts.trail import Asked as AskedEntries
from seedbed.web.shapes import Asked, Name
from seedbed.web.visit import Admitted

router = APIRouter(tags=["accounts"])
Password = Annotated[str, StringConstraints(max_length=1000)]
Roles = Annotated[list[Name], Field(max_length=20)]
Text = Annotated[str, Query(max_length=200)]
PER_PAGE = 100
MOST_PAGES = 1_000_000


class NewAccount(Asked):
    """An account that signs in by password."""

    name: Name
    display_name: Annotated[str, StringConstraints(max_length=200)] = ""
    roles: Roles
    password: Password


class ChangedAccount(Asked):
    """What changes; nothing stays as it is."""

    version: int = Field(ge=0, le=2**31)
    display_name: Name | None = None
    roles: Roles | None = None
    disabled: bool | None = None
    password: Password | None = None


@router.get("/accounts")
def accounts(visit: Admitted) -> dict[str, Any]:
    """List the accounts."""
    return {"accounts": [account_as_dict(each) for each in listed_accounts(visit.workplace)]}


@router.post("/accounts", status_code=201)
def add_account(visit: Admitted, asked: NewAccount) -> dict[str, Any]:
    """Add an account."""
    account = add(
        visit.workplace,
        asked.name,
        display_name=asked.display_name,
        roles=asked.roles,
        password=asked.password,
        by=visit.person.name,
    )
    visit.note("account added", detail=f"{account.name}: {', '.join(account.roles)}")
    return account_as_dict(account)


@router.patch("/accounts/{name}")
def change_account(visit: Admitted, name: str, asked: ChangedAccount) -> dict[str, Any]:
    """Change an account."""
    wanted = AccountChange(
        version=asked.version,
        display_name=asked.display_name,
        roles=None if asked.roles is None else tuple(asked.roles),
        disabled=asked.disabled,
        password=asked.password,
    )
    account = change(visit.workplace, name, wanted, by=visit.person.name)
    given = [each for each in ("roles", "disabled", "password", "display_name") if _given(asked, each)]
    visit.note("account changed", detail=f"{account.name}: {', '.join(given) or 'nothing'}")
    return account_as_dict(account)


@router.get("/trail")
def trail(
    visit: Admitted,
    patient: Text = "",
    who: Text = "",
    since: date | None = None,
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
) -> dict[str, Any]:
    """Show who saw and did what, the latest first."""
    visit.viewed("access trail", patient_id=patient)
    asked = AskedEntries(patient_id=patient, who=who, since=since.isoformat() if since else "")
    total, found = visit.workplace.trail.page(asked, page=page, per_page=PER_PAGE)
    return {"total": total, "page": page, "per_page": PER_PAGE, "entries": [asdict(each) for each in found]}


@router.get("/trail/proof")
def trail_proof(visit: Admitted) -> dict[str, Any]:
    """Recompute the chain of the trail, and say whether it is whole."""
    proof = visit.workplace.trail.prove()
    return {**asdict(proof), "sound": proof.sound}


def _given(asked: ChangedAccount, name: str) -> bool:
    return getattr(asked, name) is not None
