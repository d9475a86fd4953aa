"""Passwords and failures: what is calculated for whom, and when it must wait."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.journey.workbench import passwords
from seedbed.journey.workbench.accounts import AccountChange, account_name, add, change, listed_accounts
from seedbed.journey.workbench.passwords import check_password, hashed, verified
from seedbed.journey.workbench.refusals import BusyError, ForbiddenError, NotSignedInError
from seedbed.journey.workbench.signing_in import Known, person_of, sign_in, sign_in_known
from seedbed.journey.workbench.workplace import Workplace, WorkplaceAddress, open_workplace

PASSWORD = "seven green kettles"  # noqa: S105 - synthetic


class Quick:
    """Stands for Argon2, which is slow by design; it counts what is calculated."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify_and_update(self, password: str, stored: str) -> tuple[bool, str | None]:
        self.checked.append(stored)
        return stored == f"hash of {password}", None


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Quick:
    found = Quick()
    monkeypatch.setattr(passwords, "_hasher", lambda: found)
    return found


@pytest.fixture
def now() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def workplace(tmp_path: Path, quick: Quick, now: list[float]) -> Iterator[Workplace]:
    with open_workplace(WorkplaceAddress(tmp_path / "w"), clock=lambda: now[0]) as found:
        add(found, "anna", display_name="", roles=["administrator"], password=PASSWORD, by="test")
        yield found


def attempt(workplace: Workplace, password: str, *, name: str = "anna", origin: str = "10.0.0.1") -> str:
    try:
        sign_in(workplace, name, password, origin=origin)
    except (NotSignedInError, BusyError) as error:
        return error.code
    return "in"


def test_argon2id_keeps_the_password_by_a_salt_of_its_own() -> None:
    one, other = hashed(PASSWORD), hashed(PASSWORD)
    assert one.startswith("$argon2id$")
    assert one != other
    assert verified(PASSWORD, one)[0]
    assert not verified(PASSWORD + "x", one)[0]
    assert not verified("nobody has this password", "")[0]
    assert verified("ｓｅｖｅｎ green kettles", one)[0]  # full-width letters are the same letters (NFKC)


def test_as_much_is_calculated_for_a_name_that_nobody_has(workplace: Workplace, quick: Quick) -> None:
    for name in ("anna", "nobody"):
        quick.checked.clear()
        assert attempt(workplace, "wrong", name=name) == "not_signed_in"
        assert len(quick.checked) == 1


def test_failures_of_an_account_make_it_wait_from_any_address(
    workplace: Workplace, now: list[float], quick: Quick
) -> None:
    said = [attempt(workplace, "wrong", origin=f"10.0.0.{number}") for number in range(7)]
    assert said == ["not_signed_in"] * 6 + ["busy"]
    quick.checked.clear()
    assert attempt(workplace, PASSWORD, origin="10.0.1.1") == "busy"
    assert quick.checked == []
    now[0] += 2
    assert attempt(workplace, PASSWORD) == "in"
    assert attempt(workplace, "wrong") == "not_signed_in"


def test_failures_from_an_address_make_all_names_wait_there_alone(workplace: Workplace) -> None:
    said = [attempt(workplace, "wrong", name=f"guess{number}") for number in range(32)]
    assert said == ["not_signed_in"] * 31 + ["busy"]
    assert attempt(workplace, PASSWORD) == "busy"
    assert attempt(workplace, PASSWORD, origin="10.0.0.2") == "in"


def test_a_disabled_account_and_one_without_a_password_do_not_get_in(workplace: Workplace) -> None:
    add(workplace, "bert", display_name="", roles=["viewer"], password=PASSWORD, by="test")
    known = Known("https://id.local 7", "carla", "Carla", ("viewer",))
    token = sign_in_known(workplace, known, origin="10.0.0.1").token
    assert attempt(workplace, "", name="carla") == "not_signed_in"
    change(workplace, "bert", AccountChange(version=1, disabled=True), by="anna")
    assert attempt(workplace, PASSWORD, name="bert") == "not_signed_in"
    change(workplace, "carla", AccountChange(version=1, disabled=True), by="anna")
    assert person_of(workplace, token, local=True) is None
    with pytest.raises(ForbiddenError, match="disabled"):
        sign_in_known(workplace, known, origin="10.0.0.1")


def test_another_system_brings_roles_up_to_date_and_takes_no_name_over(workplace: Workplace) -> None:
    subject = "https://id.local 7"
    sign_in_known(workplace, Known(subject, "Carla", "Carla S", ("viewer",)), origin="")
    person = sign_in_known(workplace, Known(subject, "renamed", "", ("physicist",)), origin="").person
    assert (person.name, person.roles, person.kind) == ("carla", frozenset({"physicist"}), "oidc")
    with pytest.raises(ForbiddenError, match="belongs to another"):
        sign_in_known(workplace, Known("https://id.local 8", "anna", "", ("administrator",)), origin="")
    with pytest.raises(ForbiddenError, match="no role"):
        sign_in_known(workplace, Known("https://id.local 9", "dora", "", ()), origin="")
    assert [each.name for each in listed_accounts(workplace)] == ["anna", "carla"]


def test_the_register_holds_no_token_and_no_password(workplace: Workplace) -> None:
    token = sign_in(workplace, "anna", PASSWORD, origin="10.0.0.1").token
    with workplace.accounts.reading() as connection:
        dump = str([
            connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
            for table in ("account", "web_session", "failed_sign_in", "access_entry")
        ])  # fmt: skip
    assert token not in dump
    assert len(token) >= 43  # 256 bits in base64


@given(st.text(max_size=80))
def test_a_name_that_is_taken_is_kept_the_same(name: str) -> None:
    with suppress(InputError):
        folded = account_name(name)
        assert account_name(folded) == folded
        assert "/" not in folded
        assert folded.isprintable()


@pytest.mark.parametrize("password", ["correct horse battery staple", "Hospital 1234", "1" * 40])
def test_what_is_tried_first_is_no_password(password: str) -> None:
    with pytest.raises(InputError, match="tried first"):
        check_password(password, "anna")
