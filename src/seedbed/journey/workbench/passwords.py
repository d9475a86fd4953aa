"""Passwords: long enough, not a common one, kept as Argon2id hashes."""

from functools import lru_cache
from importlib.resources import files
from threading import BoundedSemaphore
from typing import Any
from unicodedata import normalize

from seedbed.errors import InputError

SHORTEST, LONGEST = 12, 256
"""Signs of a password; no rule beyond length and commonness (after NIST SP 800-63B, 3.1.1.2)."""
AT_ONCE = 2
"""Hashes that are made at the same time, each in 64 MiB; local rule."""
_turn = BoundedSemaphore(AT_ONCE)


def check_password(password: str, name: str) -> None:
    """Refuse a password that is too short, too long, common, or the name.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_password("seven green kettles", "anna")
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(
            f"the password has {len(password)} signs",
            f"{SHORTEST} to {LONGEST}; any signs will do",
            "choose another, such as four words that do not belong together",
        )
    if _prepared(password) in _common() or _prepared(password) == name or len({*password}) == 1:
        raise InputError(
            "the password is one that is tried first", "one that nobody guesses", "choose another"
        )


def hashed(password: str) -> str:
    """Hash a password with Argon2id and a salt of its own."""
    with _turn:
        return str(_hasher().hash(_normal(password)))


def verified(password: str, stored: str) -> tuple[bool, str | None]:
    """Tell whether a password is right, and its hash made anew where better parameters ask for it.

    Where there is no hash, as much is calculated, so that the time tells nothing.
    """
    if len(password) > LONGEST:
        password = ""
    with _turn:
        right, anew = _hasher().verify_and_update(_normal(password), stored or _nobodys())
    return (right, anew) if stored else (False, None)


@lru_cache(maxsize=1)
def _hasher() -> Any:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(),))


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return str(_hasher().hash("nobody has this password"))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = (files("seedbed.journey.workbench") / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(_prepared(line) for line in text.splitlines() if line and not line.startswith("#"))


def _prepared(password: str) -> str:
    return "".join(_normal(password).casefold().split())


def _normal(password: str) -> str:
    """One form of letters that can be written in several."""
    return normalize("NFKC", password)
