"""Failed sign-ins make the next one wait, longer each time, and are forgotten."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from seedbed.registry.accounts.opening import AccountRegister, open_accounts
from seedbed.registry.accounts.people import Account, account_of, accounts, add_account, change_account
from seedbed.registry.accounts.sessions import Tried, charge, forgive
from seedbed.registry.clinic import ClinicRegister

ACCOUNT, ADDRESS = Tried("account anna", 2), Tried("address 10.0.0.1", 4)
DAY_S = 86_400


@pytest.fixture
def register(place: Path | str, clinic: ClinicRegister) -> Iterator[AccountRegister]:
    with open_accounts(place) as found:
        yield found


def test_the_law_of_the_wait(register: AccountRegister) -> None:
    """Two failures are free; the n-th after them costs 2^n seconds, 15 minutes at most."""
    with register.writing() as connection:
        now = 1000.0
        for failure in range(1, 20):
            assert charge(connection, [ACCOUNT], now) == 0
            wait = 0.0 if failure <= 2 else min(2.0 ** (failure - 2), 900.0)
            if wait:
                assert charge(connection, [ACCOUNT], now) == wait
                assert charge(connection, [ACCOUNT], now + wait - 0.5) == 0.5
            now += wait


def test_success_forgives_the_account_and_one_of_the_address(register: AccountRegister) -> None:
    with register.writing() as connection:
        for _ in range(3):
            charge(connection, [ACCOUNT, ADDRESS], 1000.0)
        assert charge(connection, [ACCOUNT], 1000.0) == 2
        forgive(connection, ACCOUNT, ADDRESS)
        assert charge(connection, [ACCOUNT], 1000.0) == 0
        for _ in range(3):
            assert charge(connection, [ADDRESS], 1000.0) == 0
        assert charge(connection, [ADDRESS], 1000.0) == 2


def test_after_a_day_failures_are_forgotten(register: AccountRegister) -> None:
    with register.writing() as connection:
        for _ in range(3):
            charge(connection, [ACCOUNT], 1000.0)
        assert charge(connection, [ACCOUNT], 1000.0) == 2
        assert charge(connection, [ACCOUNT], 1001.0 + DAY_S) == 0
        assert charge(connection, [ACCOUNT], 1001.0 + DAY_S) == 0


def test_accounts_are_kept_and_grow_by_versions(register: AccountRegister) -> None:
    anna = Account(name="anna", display_name="Anna 王", roles=("viewer", "physicist"), password="$hash")  # noqa: S106
    with register.writing() as connection:
        add_account(connection, anna)
        assert account_of(connection, "anna") == anna
        assert account_of(connection, "bert") is None
        changed = change_account(connection, anna)
        assert (changed.version, accounts(connection)) == (2, [changed])


def test_what_fails_in_the_middle_leaves_nothing(register: AccountRegister) -> None:
    with suppress(KeyboardInterrupt), register.writing() as connection:
        add_account(connection, Account(name="anna", display_name="A", roles=("viewer",)))
        raise KeyboardInterrupt
    with register.reading() as connection:
        assert accounts(connection) == []
