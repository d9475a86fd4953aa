"""Who may use which route: one table, read at the start and compared with the routes that there are."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from seedbed.errors import InputError
from seedbed.journey.workbench.accounts import ROLES

ANYONE = "anyone"
"""Without signing in."""
FILE = "access.csv"
Line = tuple[str, str]
"""Method and path, as '/accounts/{name}'."""


@dataclass(frozen=True)
class AccessTable:
    """Roles of each route.

    Attributes
    ----------
    roles : mapping of (method, path) to frozenset of str
    """

    roles: Mapping[Line, frozenset[str]]

    def allowed(self, method: str, path: str) -> frozenset[str]:
        """Return who may use a route; nobody where it has no line."""
        return self.roles.get((method, path), frozenset())

    def check(self, routes: Iterable[Line]) -> None:
        """Refuse routes without a line, and lines without a route.

        Raises
        ------
        InputError
        """
        there = {*routes}
        for method, path in sorted(there - {*self.roles}):
            raise InputError(f"route {method} {path} has no line in {FILE}", "one line a route", "add it")
        for method, path in sorted({*self.roles} - there):
            raise InputError(f"{FILE} names {method} {path}, which is no route", "a route", "take it out")


def load_access() -> AccessTable:
    """Read the shipped table.

    Raises
    ------
    InputError
        An unknown role, a line that is doubled or has a hole.

    Examples
    --------
    >>> sorted(load_access().allowed("GET", "/accounts"))
    ['administrator']
    """
    return read_access((files("seedbed.web") / FILE).read_text(encoding="utf-8"))


def read_access(text: str) -> AccessTable:
    """Read a table of method, path and roles, these parted by '|'.

    Raises
    ------
    InputError
    """
    roles: dict[Line, frozenset[str]] = {}
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        method, path, named = (row.get(name) or "" for name in ("method", "path", "roles"))
        given = frozenset(named.split("|"))
        known = given <= {*ROLES} or given == {ANYONE}
        if not known or not method.isupper() or not path.startswith("/") or (method, path) in roles:
            raise InputError(
                f"line {number} of {FILE} is '{method},{path},{named}'",
                f"a method, a path and roles of {', '.join(ROLES)}, or '{ANYONE}'; once each",
                "correct it",
            )
        roles[method, path] = given
    return AccessTable(MappingProxyType(roles))
