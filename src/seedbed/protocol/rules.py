"""Read a rules file, or say in one sentence what is wrong with it."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from seedbed.errors import RulesError, TableError
from seedbed.protocol.checks import check_rules
from seedbed.protocol.faults import rules_error
from seedbed.protocol.models import Protocol
from seedbed.tables import read_toml

SHIPPED: Final = "rair_dtc_chen_2025.toml"


def load_rules(path: Path | None = None) -> Protocol:
    """Read a rules file; without a path the shipped one (Chen et al. 2025, RAIR-DTC).

    Parameters
    ----------
    path : Path, optional
        A TOML file built like the shipped one, with its ``[source]``.

    Raises
    ------
    RulesError
        A typo, a wrong type, a missing key, two rules with one id, an unknown fact or operator, or
        rules that contradict each other.

    Examples
    --------
    >>> [rule.dose_gy for rule in load_rules().prescription]
    [80.0, 100.0, 120.0]
    """
    return _shipped() if path is None else _read(path)


@cache
def _shipped() -> Protocol:
    return _read(files("seedbed.protocol") / "data" / SHIPPED)


def _read(path: Path | Traversable) -> Protocol:
    try:
        content = read_toml(path)
    except TableError as error:
        raise RulesError(error.came, error.expected, error.do) from error
    try:
        protocol = Protocol.model_validate(content)
    except ValidationError as error:
        raise rules_error(error, content, name=path.name) from None
    check_rules(protocol, path.name)
    return protocol
