"""Who may sign a plan, and what a signature stands for; the files are tested with the routes."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.journey.workbench.test_plan_runs import START, found

from seedbed.errors import SeedbedError
from seedbed.journey.workbench.plan_approval import check_signer, plan_hash
from seedbed.journey.workbench.plans.draft import Draft, begin, implant_of
from seedbed.journey.workbench.refusals import ForbiddenError, LockedError

EMPTY = begin("0" * 16, START, by="A")


def draft(*depths: float, signed: tuple[tuple[str, str], ...] = ()) -> Draft:
    plan: dict[str, Any] = found("A", *depths)
    for seed in plan["seeds"]:
        seed["needle"] = 0
    signatures = tuple({"meaning": meaning, "by": by} for meaning, by in signed)
    return replace(EMPTY, implant=implant_of("6711", plan), signatures=signatures)


def test_two_people_sign_and_one_person_only_where_there_is_only_one() -> None:
    check_signer(draft(0.0), "planned", "A", single_user=False)
    planned = draft(0.0, signed=(("planned", "A"),))
    check_signer(planned, "approved", "B", single_user=False)
    with pytest.raises(ForbiddenError):
        check_signer(planned, "approved", "A", single_user=False)
    check_signer(planned, "approved", "A", single_user=True)


@pytest.mark.parametrize(
    ("plan", "meaning"),
    [
        (draft(), "planned"),
        (draft(0.0), "approved"),
        (draft(0.0, signed=(("planned", "B"),)), "planned"),
    ],
)
def test_what_cannot_be_signed(plan: Draft, meaning: str) -> None:
    with pytest.raises(SeedbedError):
        check_signer(plan, meaning, "A", single_user=True)


def test_an_approved_plan_is_signed_no_more() -> None:
    approved = draft(0.0, signed=(("planned", "A"), ("approved", "B")))
    for meaning in ("planned", "approved"):
        with pytest.raises(LockedError):
            check_signer(approved, meaning, "C", single_user=True)


def test_the_hash_stands_for_seeds_and_what_was_asked_not_for_who_changed_it() -> None:
    one = plan_hash(draft(0.0))
    assert plan_hash(replace(draft(0.0), by="Z", version=9)) == one
    assert plan_hash(draft(0.001)) != one
    assert plan_hash(replace(draft(0.0), start=replace(START, prescription_gy=61.0))) != one
